"""Recordings named by files, folders, globs and URIs: found, with size and time of change, and without opening them."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.audio import AUDIO_ENDINGS
from scanner.batch.find_remotely import RemoteSearch
from scanner.batch.found import Found, GlobPattern, Wanted, is_wild
from scanner.errors import UserError
from scanner.storage import file_info, is_uri, open_file

_CHUNK = 1 << 20


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
    wanted = Wanted(endings)
    remote = RemoteSearch(map(absolute, inputs), wanted)
    for given in inputs:
        place = absolute(given)
        files, kind = remote.look(place) if is_uri(place) else _look_locally(place, wanted)
        if kind == "nothing":
            missing.append(given)
        found |= {f.uri: f for f in files if f.uri not in found}
        covers.append(_coverage(place, kind))
    return Search(found, tuple(missing), lambda uri: any(c(uri) for c in covers))


def sha256_of(uri: str) -> str | None:
    """Of the bytes at a path or URI; None when they cannot be read."""
    digest = hashlib.sha256()
    try:
        with open_file(uri) if is_uri(uri) else Path(uri).open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:  # scanning will say which it is
        return None
    return digest.hexdigest()


def exists(uri: str) -> bool:
    """Whether there is a file at a path or URI."""
    if not is_uri(uri):
        return Path(uri).exists()
    try:
        return file_info(uri) is not None
    except OSError:
        return True  # not known to be gone


def _look_locally(place: str, wanted: Wanted) -> tuple[list[Found], str]:
    path = Path(place)
    if path.is_dir():
        return list(_in_folder(place, wanted)), "folder"
    if path.exists():
        return list(_files(path.parent, lambda name, _beside: name == path.name)), "file"
    if is_wild(place):
        pattern = GlobPattern(place)
        root = Path(pattern.root)
        return [f for f in _in_folder(str(root), wanted) if pattern.matches(f.uri)] if root.is_dir() else [], "glob"
    return [], "nothing"


def _in_folder(folder: str, wanted: Wanted) -> Iterator[Found]:
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


def _coverage(place: str, kind: str) -> Callable[[str], bool]:
    """Whether a file at some place would have been found, had it been there."""
    if kind == "folder":
        return lambda uri: uri.startswith(place.rstrip("/") + "/")
    if kind == "glob":
        return GlobPattern(place).matches
    return lambda uri: uri == place
