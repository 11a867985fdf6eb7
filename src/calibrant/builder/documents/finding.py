"""Which files are meant: files, folders and patterns, without hidden ones, each once, in a fixed order."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from calibrant.errors import InputError

__all__ = ["Found", "find_files"]

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A file and what it is called in the set."""

    path: Path
    name: str


def find_files(
    sources: Sequence[str], endings: Collection[str], *, most_mb: float = 50.0
) -> tuple[list[Found], dict[str, str]]:
    """The files of all sources, and what was left out with the reason.

    Args:
        sources: files, folders (read with all folders inside), or patterns such as ``docs/**/*.md``.
        endings: of names that are read, as ``.md``.
        most_mb: megabytes above which a file is left out.

    Raises:
        InputError: a source does not exist, or a pattern fits nothing.
    """
    gathering = _Gathering(endings, most_mb)
    for source in sources:
        path = Path(source)
        if path.is_dir():
            gathering.folder(path, path.name if len(sources) > 1 else "")
        elif path.is_file():
            gathering.file(path, path.name, named=True)
        elif glob.has_magic(source):
            gathering.pattern(source)
        else:
            raise InputError("no such file or folder", place=source)
    return gathering.found, gathering.skipped


class _Gathering:
    def __init__(self, endings: Collection[str], most_mb: float) -> None:
        self._endings = endings
        self._most_mb = most_mb
        self._seen: set[tuple[int, int]] = set()
        self._names: set[str] = set()
        self.found: list[Found] = []
        self.skipped: dict[str, str] = {}

    def folder(self, top: Path, prefix: str) -> None:
        walked: set[tuple[int, int]] = set()
        for where, folders, files in os.walk(top, followlinks=True):
            here = Path(where)
            folders[:] = sorted(folders)
            for name in [name for name in folders if not self._enters(here / name, top, walked)]:
                folders.remove(name)
            for name in sorted(files):
                path = here / name
                shown = path.relative_to(top).as_posix()
                self.file(path, f"{prefix}/{shown}" if prefix else shown)

    def _enters(self, folder: Path, top: Path, walked: set[tuple[int, int]]) -> bool:
        shown = f"{folder.relative_to(top).as_posix()}/"
        if folder.name.startswith("."):
            self.skipped[shown] = "is hidden"
            return False
        status = folder.stat()
        above = top.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in walked or identity == (above.st_dev, above.st_ino):
            self.skipped[shown] = "is a link to a folder that is read already"
            return False
        walked.add(identity)
        if not os.access(folder, os.R_OK | os.X_OK):
            self.skipped[shown] = "cannot be read: permission denied"
            return False
        return True

    def pattern(self, source: str) -> None:
        places = sorted(glob.glob(source, recursive=True))  # noqa: PTH207 - patterns may be absolute
        files = [Path(place) for place in places if Path(place).is_file()]
        if not files:
            raise InputError("the pattern fits no file", place=source, remedy="Quote it, and see whether ** is meant.")
        top = Path(os.path.commonpath([path.parent for path in files]))
        for path in files:
            self.file(path, path.relative_to(top).as_posix())

    def file(self, path: Path, name: str, *, named: bool = False) -> None:
        """Take a file, or say why not; ``named``: the user named it, so that being hidden is no reason."""
        reason = self._reason(path, named=named)
        if reason is not None:
            self.skipped[name] = reason
            return
        status = path.stat()
        if (status.st_dev, status.st_ino) in self._seen:
            return
        self._seen.add((status.st_dev, status.st_ino))
        if name in self._names:
            name = path.as_posix()
        self._names.add(name)
        self.found.append(Found(path, name))

    def _reason(self, path: Path, *, named: bool) -> str | None:
        if path.name.startswith(".") and not named:
            return "is hidden"
        if not path.is_file():
            return "is a link to nothing" if path.is_symlink() else "is no plain file"
        if path.suffix.lower() not in self._endings:
            return f"'{path.suffix}' is no kind of document that is read"
        megabytes = path.stat().st_size / _MB
        if megabytes > self._most_mb:
            return f"has {megabytes:,.0f} MB, more than {self._most_mb:g} MB (--max-size)"
        return None
