"""A recording's bytes: opened wherever they lie, hashed, and looked at for what FFmpeg does not tell."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from scanner.errors import MissingRecording, RecordingError, UndecodableRecording, UnreadableRecording
from scanner.storage import open_file

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_HASH_CHUNK = 1 << 20
_KEEP_IN_MEMORY = 192 << 20
"""Remote recordings up to this many bytes are fetched once; longer ones once for the digest and once to decode."""
_LARGEST_OGG_PAGE = 1 << 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """An open recording, at its start, and what its bytes tell.

    FFmpeg gives a length that it estimates and one that the file declares alike: `mp3_declares_length` says whether
    an MP3 holds one at all, `ogg_cut_short` whether an Ogg file, which declares none, ends inside a page.
    """

    source: BinaryIO
    sha256: str
    mp3_declares_length: bool
    ogg_cut_short: bool


@contextmanager
def opened(uri: str, *, fs: AbstractFileSystem | None = None) -> Iterator[BinaryIO]:
    """The file at a local path or fsspec URI, open for reading.

    Raises MissingRecording and UnreadableRecording, the latter for whatever a storage raises while it is open, too.
    """
    try:
        with _open(uri, fs) as source:
            yield source
    except OSError as e:
        raise _translated(e, uri) from e


def _translated(error: OSError, uri: str) -> RecordingError:
    match error:
        case FileNotFoundError():
            return MissingRecording(f"{uri}: there is no such file")
        case IsADirectoryError():
            return UnreadableRecording(f"{uri}: is a folder, not a recording")
        case PermissionError():
            return UnreadableRecording(f"{uri}: no permission to read it")
        case _:
            return UnreadableRecording(f"{uri}: cannot be read: {first_line(error)}")


@contextmanager
def fetched(uri: str, *, fs: AbstractFileSystem | None = None) -> Iterator[Fetched]:
    """The recording, hashed and ready to decode; raises as `opened` does, and UndecodableRecording for an empty file."""
    with opened(uri, fs=fs) as source:
        digest = hashlib.sha256()
        local = fs is None and "://" not in uri
        kept: bytearray | None = None if local else bytearray()
        size = 0
        while chunk := source.read(_HASH_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            if kept is not None:
                kept += chunk
                kept = kept if size <= _KEEP_IN_MEMORY else None
        if size == 0:
            raise UndecodableRecording(f"{uri}: the file is empty")
        readable = source if kept is None else io.BytesIO(kept)
        readable.seek(0)
        head = readable.read(1 << 17)
        readable.seek(max(0, size - 2 * _LARGEST_OGG_PAGE))
        cut_short = head.startswith(b"OggS") and _ends_inside_ogg_page(readable.read())
        readable.seek(0)
        declares = any(tag in head for tag in (b"Xing", b"Info", b"VBRI"))
        yield Fetched(readable, digest.hexdigest(), declares, cut_short)


def first_line(error: BaseException) -> str:
    """What an error says, as a cause that fits into a message."""
    text = getattr(error, "strerror", None) or str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0]


def _open(uri: str, fs: AbstractFileSystem | None) -> AbstractContextManager[BinaryIO]:
    if fs is not None:
        return cast("BinaryIO", fs.open(uri, "rb"))  # type: ignore[no-untyped-call]
    if "://" not in uri:  # a name like "chat:1.wav" is no URI
        return open(uri, "rb")  # noqa: PTH123
    return open_file(uri)


def _ends_inside_ogg_page(tail: bytes) -> bool:
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return at >= 0
    segments = tail[at + 26]
    lacing = tail[at + 27 : at + 27 + segments]
    return len(lacing) < segments or at + 27 + segments + sum(lacing) > len(tail)
