"""Recordings named by files, folders, globs and URIs: found, with size and time of change, and without opening them."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from scanner.audio import AUDIO_ENDINGS
from scanner.errors import UserError
from scanner.store import is_uri

_WILD = re.compile(r"[*?\[]")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was found; `sidecar` is the JSON file beside it that may describe it."""

    uri: str
    size: int
    mtime_ns: int | None
    seen_at_ns: int
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What the inputs lead to: recordings, inputs that lead nowhere, and whether a file that is missing was meant."""

    found: dict[str, Found]
    missing: tuple[str, ...]
    covers: Callable[[str], bool]


def absolute(place: str) -> str:
    """A path made absolute and plain; a URI as it is. What names one recording names it always the same."""
    return place if is_uri(place) else os.path.abspath(os.path.expanduser(place.removeprefix("file://")))  # noqa: PTH100, PTH111 - ".." goes, links stay


def find_recordings(inputs: Sequence[str], *, endings: frozenset[str] = AUDIO_ENDINGS) -> Search:
    """The recordings that files, folders (recursively), globs and URIs of these lead to, each once.

    In folders and globs, what has none of these endings is left alone; a file that is named itself is taken as it is. A
    transcript in JSON beside a subtitle of the same name is that one's metadata. Raises UserError for storage that cannot
    be looked into.
    """
    found: dict[str, Found] = {}
    missing: list[str] = []
    covers: list[Callable[[str], bool]] = []
    for given in inputs:
        place = absolute(given)
        look = _look_remotely if is_uri(place) else _look_locally
        files, kind = look(place, _Wanted(endings))
        if kind == "nothing":
            missing.append(given)
        found |= {f.uri: f for f in files if f.uri not in found}
        covers.append(_coverage(place, kind))
    return Search(found, tuple(missing), lambda uri: any(c(uri) for c in covers))


def sha256_of(uri: str) -> str | None:
    """Of the bytes at a path or URI; None when they cannot be read."""
    digest = hashlib.sha256()
    try:
        with fsspec.open(uri, "rb").open() if is_uri(uri) else Path(uri).open("rb") as file:  # type: ignore[no-untyped-call]
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except Exception:  # noqa: BLE001 - each storage has errors of its own; scanning will say which it is
        return None
    return digest.hexdigest()


def exists(uri: str) -> bool:
    """Whether there is a file at a path or URI."""
    if not is_uri(uri):
        return Path(uri).exists()
    try:
        system, path = fsspec.core.url_to_fs(uri)  # type: ignore[no-untyped-call]
        return bool(system.exists(path))
    except Exception:  # noqa: BLE001 - as above
        return True  # not known to be gone


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which names of a folder are looked for, by their endings."""

    endings: frozenset[str]

    def __call__(self, name: str, beside: Container[str]) -> bool:
        """Whether a file is one, given all that lies beside it; "._x.wav" is what a Mac leaves beside x.wav."""
        stem, ending = os.path.splitext(name)  # noqa: PTH122 - 100,000 names
        if ending.lower() not in self.endings or name.startswith("._"):
            return False
        return ending.lower() != ".json" or not any(
            stem + other in beside for other in (".vtt", ".srt", ".VTT", ".SRT")
        )


def _look_locally(place: str, wanted: _Wanted) -> tuple[list[Found], str]:
    path = Path(place)
    if path.is_dir():
        return list(_in_folder(place, wanted)), "folder"
    if path.exists():
        return list(_files(path.parent, lambda name, _beside: name == path.name)), "file"
    if _WILD.search(place):
        root = Path(re.split(r"[^/]*[*?\[]", place, maxsplit=1)[0])
        matches = _glob_pattern(place).match
        return [f for f in _in_folder(str(root), wanted) if matches(f.uri)] if root.is_dir() else [], "glob"
    return [], "nothing"


def _in_folder(folder: str, wanted: _Wanted) -> Iterator[Found]:
    """Recordings in a folder and below; linked folders are followed, once."""
    seen: set[str] = set()
    waiting = [folder]
    while waiting:
        here = Path(waiting.pop())
        real = os.path.realpath(here)
        if real in seen:
            continue
        seen.add(real)
        yield from _files(here, wanted, below=waiting)


def _files(
    folder: Path, wanted: Callable[[str, Container[str]], bool], *, below: list[str] | None = None
) -> Iterator[Found]:
    """The wanted files of one folder; folders in it are added to `below`."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise UserError(f"{folder}: cannot be looked into ({error.strerror})") from error
    names = {e.name for e in entries}
    for entry in sorted(entries, key=lambda e: e.name):
        if below is not None and entry.is_dir():
            below.append(entry.path)
        elif wanted(entry.name, names):
            try:
                seen, stat = time.time_ns(), entry.stat()
            except OSError:
                continue  # a dangling link, or gone in this moment
            beside = os.path.splitext(entry.name)[0] + ".json"  # noqa: PTH122 - 100,000 names
            sidecar = str(folder / beside) if beside in names and beside != entry.name else None
            yield Found(entry.path, stat.st_size, stat.st_mtime_ns, seen, sidecar)


def _look_remotely(place: str, wanted: _Wanted) -> tuple[list[Found], str]:
    try:
        system, path = fsspec.core.url_to_fs(place)  # type: ignore[no-untyped-call]
        if _WILD.search(path):
            details, kind = system.glob(path, detail=True), "glob"
        else:
            details, kind = system.find(path, detail=True), "folder"
            if set(details) == {path} or list(details) == [path.lstrip("/")]:
                kind = "file"
    except Exception as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        raise UserError(f"{place}: cannot be looked into ({reason})") from error
    files = {system.unstrip_protocol(name): info for name, info in details.items() if info.get("type") == "file"}
    chosen = [uri for uri in sorted(files) if kind == "file" or _is_wanted(uri, files, wanted)]
    if not files and kind == "folder":
        kind = "nothing"
    return [_found_remotely(uri, files[uri], files) for uri in chosen], kind


def _is_wanted(uri: str, beside: Container[str], wanted: _Wanted) -> bool:
    folder, _, name = uri.rpartition("/")
    near = {
        sibling
        for sibling in (f"{PurePosixPath(name).stem}{e}" for e in (".vtt", ".srt"))
        if f"{folder}/{sibling}" in beside
    }
    return wanted(name, near)


def _found_remotely(uri: str, info: dict[str, Any], beside: Container[str]) -> Found:
    changed = next(
        (info[k] for k in ("LastModified", "mtime", "last_modified", "updated", "created") if info.get(k)), None
    )
    if isinstance(changed, str):
        changed = datetime.fromisoformat(changed)
    if isinstance(changed, datetime):
        changed = changed.timestamp()
    sidecar = uri.rsplit(".", 1)[0] + ".json"
    sidecar = "" if sidecar == uri else sidecar  # a transcript in JSON does not describe itself
    mtime_ns = None if changed is None else round(changed * 1e6) * 1000
    return Found(uri, int(info.get("size") or 0), mtime_ns, time.time_ns(), sidecar if sidecar in beside else None)


def _coverage(place: str, kind: str) -> Callable[[str], bool]:
    """Whether a file at some place would have been found, had it been there."""
    if kind == "folder":
        return lambda uri: uri.startswith(place.rstrip("/") + "/")
    if kind == "glob":
        return lambda uri: bool(_glob_pattern(place).match(uri))
    return lambda uri: uri == place


def _glob_pattern(glob: str) -> re.Pattern[str]:
    """`**/` any folders, `*` and `?` within a name, `[…]` a set of characters."""
    pattern = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])", glob):
        if piece == "**/":
            pattern += "(?:.*/)?"
        elif piece == "**":
            pattern += ".*"
        elif piece == "*":
            pattern += "[^/]*"
        elif piece == "?":
            pattern += "[^/]"
        elif piece.startswith("[") and piece.endswith("]"):
            pattern += "[^" + piece[2:] if piece.startswith("[!") else piece
        else:
            pattern += re.escape(piece)
    return re.compile(pattern + r"\Z")
