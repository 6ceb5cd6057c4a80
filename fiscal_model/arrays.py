"""Names for numpy arrays. At run time they are plain objects: importing numpy's typing machinery
would slow every command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.intp]
    Mask = npt.NDArray[np.bool_]
else:
    Floats = Ints = Mask = object
