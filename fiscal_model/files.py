"""Writes an output file beside its target and renames it into place: a target is whole, or untouched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fiscal_model.errors import fault


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write to; it replaces ``target`` when the block ends well and vanishes otherwise.

    Raises:
        FiscalModelError: the folder does not exist or the target cannot be replaced (open in another program, say).

    """
    if target.is_dir():
        raise fault(str(target), "是一个文件夹，不能写入", "is a folder and cannot be written")
    if not target.parent.is_dir():
        raise fault(str(target), f"文件夹 {target.parent} 不存在", f"the folder {target.parent} does not exist")
    try:
        handle, name = tempfile.mkstemp(suffix=target.suffix, prefix=f".{target.stem}-", dir=target.parent)
    except OSError as error:
        raise fault(str(target), f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}") from None
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(target)
    except PermissionError as error:
        message = "可能正在其他程序中打开，请关闭后重试"
        raise fault(
            str(target), f"无法写入：{error.strerror}；{message}", f"cannot be written: {error.strerror}; it may be open in another program"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
