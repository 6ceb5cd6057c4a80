"""Writes an output file beside its target and renames it into place: a target is whole, or
untouched, and nothing that was read.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiscal_model.errors import Faults, FiscalModelError, fault, why
from fiscal_model.messages.message import Arg, message

PACKAGE: Final = Path(__file__).parent


@dataclass(frozen=True)
class Read:
    """What has been read, and so is never replaced: files by any name and through any link, and
    folders with all below them.
    """

    files: frozenset[Path] = frozenset()
    folders: frozenset[Path] = frozenset()

    @staticmethod
    def of(*paths: str | Path) -> Read:
        """Files, and folders with the files in them; a path that leads nowhere is nothing that was
        read.
        """
        files, folders = set[Path](), set[Path]()
        for path in map(_absolute, paths):
            try:
                if path.is_dir():
                    folders.add(path)
                    files |= {each for each in path.iterdir() if each.is_file()}
                elif path.is_file():
                    files.add(path)
            # a name that the system cannot hold, or a folder that is closed to us
            except (
                OSError,
                ValueError,
            ):
                continue
        return Read(frozenset(files), frozenset(folders))

    @staticmethod
    def together(reads: Iterable[Read]) -> Read:
        """What was read in all."""
        every = tuple(reads)
        return Read(
            frozenset().union(*(each.files for each in every)),
            frozenset().union(*(each.folders for each in every)),
        )

    def refuse(self, *targets: Path) -> None:
        """Stops before a target replaces what was read or what comes with the program, or lies in a
        folder that was read.

        Raises:
            FiscalModelError: with every such target.

        """
        faults = Faults()
        for target in targets:
            where = _identities((_absolute(target),))
            around = _identities(
                each for start in _ends(target) for each in (start, *start.parents)
            )
            shipped = PACKAGE.parent / "scenarios"
            if _identities(shipped.glob("*")) & where or _identities((PACKAGE,)) & around:
                faults.add(str(target), "output-over-program")
            elif same := sorted(each for each in self.files if _identities((each,)) & where):
                faults.add(str(target), "output-over-input", file=str(same[0]))
            elif inside := sorted(each for each in self.folders if _identities((each,)) & around):
                faults.add(str(target), "output-among-inputs", folder=str(inside[0]))
        faults.raise_if_any()


NOTHING: Final = Read()
"""What writes without having read; what comes with the program is still not replaced."""


def _absolute(path: str | Path) -> Path:
    """A path that still leads there when the working folder is another one; links in it stay as
    they are.
    """
    return Path.cwd() / path


def _ends(target: Path) -> Iterator[Path]:
    """Where a target lies: the folder in which it is named, and where it leads to if it is a
    link.
    """
    for end in (target.parent, target):
        try:
            yield end.resolve()
        # a circle of links, or no name at all: whoever writes there will say so
        except (
            OSError,
            ValueError,
            RuntimeError,
        ):
            continue


def _identities(paths: Iterable[Path]) -> set[tuple[int, int]]:
    """What the system knows files and folders by, whatever they are called; those that are not
    there have none.
    """
    found = set[tuple[int, int]]()
    for path in paths:
        try:
            state = path.stat()
        except (OSError, ValueError):
            continue
        found.add((state.st_dev, state.st_ino))
    return found


def path_of(target: str | Path) -> Path:
    """Where to write.

    Raises:
        FiscalModelError: what is given is no path.

    """
    try:
        return Path(target)
    except TypeError:
        raise fault("", "path-expected", kind=type(target).__name__) from None


@contextmanager
def replacing(target: Path, read: Read) -> Iterator[Path]:
    """A path to write to; it replaces ``target`` when the block ends well and vanishes otherwise.

    Raises:
        FiscalModelError: the target is or lies in what was ``read``, its folder does not exist, or
            it cannot be replaced (open in another program, say).

    """
    read.refuse(target)
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
def replacing_all(targets: Sequence[Path], read: Read) -> Iterator[tuple[Path, ...]]:
    """Paths to write to, one for each of ``targets``; when the block ends well all of them are
    replaced, otherwise none is.

    Raises:
        FiscalModelError: as :func:`replacing`, for any of them; what was there before stands again.

    """
    read.refuse(*targets)
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
    hint: Arg = message("maybe-open") if isinstance(error, PermissionError) else ""
    return fault(str(target), "unwritable", why=why(error), hint=hint)


def _draft(target: Path) -> Path:
    """A new empty file beside ``target``."""
    try:
        if target.is_dir():
            raise fault(str(target), "output-is-folder")
        if not target.parent.is_dir():
            raise fault(str(target), "folder-missing", folder=str(target.parent))
        target.exists()  # a name that the system cannot hold fails here, before any work
        handle, name = tempfile.mkstemp(
            suffix=target.suffix, prefix=f".{target.stem[:40]}-", dir=target.parent
        )
    except (OSError, ValueError) as error:
        raise fault(str(target), "unwritable", why=why(error), hint="") from None
    os.close(handle)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
