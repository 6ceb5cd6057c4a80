"""Places that are divided and merged, and series that move between prefectures and counties: nobody
is counted twice or lost, and the money is that of before.
"""

from __future__ import annotations

import random

from hypothesis import given
from random_worlds import changed_places, worlds

from test_engine import equals_the_exact_engine


@given(worlds)
def test_equals_the_exact_engine(rng: random.Random) -> None:
    equals_the_exact_engine(changed_places(rng, totals=True))
