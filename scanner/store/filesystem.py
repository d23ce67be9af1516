"""Folders on disk and in object storage alike, behind pyarrow's file systems."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from pyarrow import fs

from scanner.errors import OutputError

T = TypeVar("T")


def is_uri(place: str) -> bool:
    """Whether a place is named by a URI rather than by a path; a `file://` URI counts as a path."""
    return "://" in place and not place.startswith("file://")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on some file system; `root` is how that file system names it."""

    system: fs.FileSystem
    root: str
    local: bool

    @classmethod
    def at(cls, place: str) -> Folder:
        """The folder at a path or URI; it need not exist. Raises OutputError when no file system answers to the URI."""
        if not is_uri(place):
            path = place.removeprefix("file://")
            return cls(fs.LocalFileSystem(), str(Path(path).expanduser().absolute()), local=True)
        try:
            system, root = fs.FileSystem.from_uri(place)
        except (pa.ArrowInvalid, NotImplementedError):
            system, root = _through_fsspec(place)
        except OSError as error:
            raise OutputError(f"{place}: {plain(error)}") from error
        return cls(system, root.rstrip("/"), local=False)

    def path(self, *parts: str) -> str:
        """How the file system names a file below the folder."""
        return "/".join((self.root, *parts))

    def files(self, below: str, *, ending: str = "") -> list[fs.FileInfo]:
        """All files below, ordered by path; none when there is no such folder."""
        selector = fs.FileSelector(self.path(below), recursive=True, allow_not_found=True)
        found = [
            i for i in self.system.get_file_info(selector) if i.type == fs.FileType.File and i.path.endswith(ending)
        ]
        return sorted(found, key=lambda info: info.path)

    def read(self, *parts: str) -> bytes:
        """The bytes of one file."""
        with self.system.open_input_stream(self.path(*parts)) as stream:
            return bytes(stream.read())

    def delete(self, path: str) -> None:
        """Remove one file, if it is there."""
        with suppress(FileNotFoundError):
            self.system.delete_file(path)

    def write(self, path: str, write: Callable[[str], None]) -> None:
        """Make one file of what `write` writes to the path it is given: all of it, or nothing at all.

        On disk it is written aside, synced and renamed. In object storage an object appears with its last byte.
        """
        if not self.local:
            write(path)
            return
        final = Path(path)
        aside = Path(self.path("_writing", f"{os.getpid()}-{final.name}"))
        aside.parent.mkdir(parents=True, exist_ok=True)
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(str(aside))
            _sync(aside)
            aside.replace(final)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync(final.parent)

    def write_bytes(self, path: str, content: bytes) -> None:
        """Make one file of some bytes, as `write` does."""

        def put(where: str) -> None:
            with self.system.open_output_stream(where) as stream:
                stream.write(content)

        self.write(path, put)


def plain(error: BaseException) -> str:
    """An operating-system or Arrow error in one line, without the traceback that some libraries put into it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.split("\n")[0]
    return str(error).split("\n")[0] or type(error).__name__


def _through_fsspec(place: str) -> tuple[fs.FileSystem, str]:
    import fsspec  # noqa: PLC0415 - only where pyarrow has no file system of its own

    try:
        system, root = fsspec.core.url_to_fs(place)  # type: ignore[no-untyped-call]
    except (ValueError, ImportError, OSError) as error:
        raise OutputError(f"{place}: {plain(error)}") from error
    return fs.PyFileSystem(fs.FSSpecHandler(system)), root


def _sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
