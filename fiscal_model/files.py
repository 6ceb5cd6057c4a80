"""Writes an output file beside its target and renames it into place: a target is whole, or untouched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fiscal_model.errors import FiscalModelError, fault, why


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to write to; it replaces ``target`` when the block ends well and vanishes otherwise.

    Raises:
        FiscalModelError: the folder does not exist or the target cannot be replaced (open in another program, say).

    """
    draft = _draft(target)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(target)
    except OSError as error:
        raise _unwritten(target, error) from None
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def replacing_all(targets: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Paths to write to, one for each of ``targets``; when the block ends well all of them are replaced, otherwise none is.

    Raises:
        FiscalModelError: a folder does not exist or a target cannot be replaced; what was there before stands again.

    """
    drafts: list[Path] = []
    try:
        drafts += [_draft(target) for target in targets]
        yield tuple(drafts)
        _swap(list(zip(drafts, targets, strict=True)))
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)


def _swap(pairs: list[tuple[Path, Path]]) -> None:
    """Moves every draft to its target; the former files are kept aside until all have moved."""
    moved: list[tuple[Path, Path | None]] = []
    try:
        for draft, target in pairs:
            aside = _draft(target) if target.exists() else None
            if aside:
                target.replace(aside)
            moved.append((target, aside))
            draft.chmod(0o666 & ~_umask())
            draft.replace(target)
    except OSError as error:
        if aside and (target, aside) not in moved:
            aside.unlink(missing_ok=True)
        for done, former in reversed(moved):
            if former:
                former.replace(done)
            else:
                done.unlink(missing_ok=True)
        raise _unwritten(target, error) from None
    for _, former in moved:
        if former:
            former.unlink(missing_ok=True)


def _unwritten(target: Path, error: OSError) -> FiscalModelError:
    zh, en = "；可能正在其他程序中打开，请关闭后重试", "; it may be open in another program"
    hint = isinstance(error, PermissionError)
    return fault(str(target), f"无法写入：{why(error)}{zh if hint else ''}", f"cannot be written: {why(error)}{en if hint else ''}")


def _draft(target: Path) -> Path:
    """A new empty file beside ``target``."""
    try:
        if target.is_dir():
            raise fault(str(target), "是一个文件夹，不能写入", "is a folder and cannot be written")
        if not target.parent.is_dir():
            raise fault(str(target), f"文件夹 {target.parent} 不存在", f"the folder {target.parent} does not exist")
        target.exists()  # a name that the system cannot hold fails here, before any work
        handle, name = tempfile.mkstemp(suffix=target.suffix, prefix=f".{target.stem[:40]}-", dir=target.parent)
    except (OSError, ValueError) as error:
        raise fault(str(target), f"无法写入：{why(error)}", f"cannot be written: {why(error)}") from None
    os.close(handle)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
