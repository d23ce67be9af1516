"""Folders on disk and in object storage alike, behind pyarrow's file systems."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import fs

from scanner.errors import OutputError
from scanner.storage import file_system, is_uri, size_and_mtime, storage_errors

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["Folder", "is_uri", "plain"]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on some file system; `root` is how that file system names it.

    `remote` is what `system` wraps where the folder lies in object storage, None on disk. All methods raise OSError.
    """

    system: fs.FileSystem
    root: str
    remote: AbstractFileSystem | None = None

    @classmethod
    def at(cls, place: str) -> Folder:
        """The folder at a path or URI; it need not exist. Raises OutputError when no file system answers to the URI."""
        if not is_uri(place):
            path = place.removeprefix("file://")
            return cls(fs.LocalFileSystem(), str(Path(path).expanduser().absolute()))
        try:
            remote, root = file_system(place)
        except OSError as error:
            raise OutputError(f"{place}: {plain(error)}") from error
        return cls(fs.PyFileSystem(fs.FSSpecHandler(remote)), root.rstrip("/"), remote)

    @property
    def local(self) -> bool:
        return self.remote is None

    def path(self, *parts: str) -> str:
        """How the file system names a file below the folder."""
        return "/".join((self.root, *parts))

    def make(self) -> None:
        """Make the folder where there is a need to: object storage knows no folders, and a bucket is its owner's to make."""
        if self.remote is None:
            self.system.create_dir(self.root, recursive=True)

    def files(self, below: str, *, ending: str = "") -> list[fs.FileInfo]:
        """All files below, ordered by path; none when there is no such folder."""
        if self.remote is not None:
            found = self._remote_files(self.remote, self.path(below))
        else:
            selector = fs.FileSelector(self.path(below), recursive=True, allow_not_found=True)
            found = [i for i in self.system.get_file_info(selector) if i.type == fs.FileType.File]
        return sorted((i for i in found if i.path.endswith(ending)), key=lambda info: info.path)

    def _remote_files(self, remote: AbstractFileSystem, below: str) -> list[fs.FileInfo]:
        with storage_errors():
            there = remote.find(below, detail=True)  # type: ignore[no-untyped-call]
        files = {name: size_and_mtime(info) for name, info in there.items() if info.get("type") == "file"}
        return [
            fs.FileInfo(name, fs.FileType.File, size=size, mtime_ns=mtime_ns)
            for name, (size, mtime_ns) in files.items()
        ]

    @contextmanager
    def opened(self, path: str) -> Iterator[pa.NativeFile]:
        """One file, open for reading here and there in it."""
        with storage_errors(), self.system.open_input_file(path) as file:
            yield file

    def read(self, *parts: str) -> bytes:
        """The bytes of one file."""
        with self.opened(self.path(*parts)) as file:
            return bytes(file.read())

    def delete(self, path: str) -> None:
        """Remove one file, if it is there."""
        with storage_errors(), suppress(FileNotFoundError):
            self.system.delete_file(path)

    def write(self, path: str, write: Callable[[pa.NativeFile], None]) -> None:
        """Make one file of what `write` writes to the open file it is given: all of it, or nothing at all.

        On disk it is written aside, synced and renamed. In object storage an object appears with its last byte, and nothing
        is sent before all of it is known.
        """
        if self.remote is not None:
            sink = pa.BufferOutputStream()
            write(sink)
            with storage_errors():
                self.remote.pipe_file(path, sink.getvalue().to_pybytes())  # type: ignore[no-untyped-call]
            return
        final = Path(path)
        aside = Path(self.path("_writing", f"{os.getpid()}-{final.name}"))
        aside.parent.mkdir(parents=True, exist_ok=True)
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            with pa.OSFile(str(aside), "wb") as file:
                write(file)
            _sync(aside)
            aside.replace(final)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync(final.parent)

    def write_bytes(self, path: str, content: bytes) -> None:
        """Make one file of some bytes, as `write` does."""
        self.write(path, lambda file: file.write(content))

    def create(self, path: str, content: bytes) -> bool:
        """Make one file in object storage unless there is one of that name; whether it was made.

        Of several who try at once, one makes it: the storage decides (on S3 by `If-None-Match: *`).
        """
        if self.remote is None:
            raise ValueError("on disk, the kernel's locks are better")
        with storage_errors():
            try:
                self.remote.pipe_file(path, content, mode="create")  # type: ignore[no-untyped-call]
            except FileExistsError:
                return False
        return True


def plain(error: BaseException) -> str:
    """An operating-system or Arrow error in one line, without the traceback that some libraries put into it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.split("\n")[0]
    return str(error).split("\n")[0] or type(error).__name__


def _sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
