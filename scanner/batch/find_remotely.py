"""Recordings in object storage: found by few requests, whether a whole bucket is meant or a hundred thousand names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from scanner.batch.found import Found, GlobPattern, Wanted, is_wild
from scanner.errors import UserError
from scanner.storage import file_info, file_system, is_uri, size_and_mtime, storage_errors

_WORTH_A_LISTING = 10
"""So many names in one folder are looked up by listing the folder; fewer are asked for one by one."""

Listing = dict[str, dict[str, Any]]
"""Files by URI, each with what the storage says of it."""


class RemoteSearch:
    """Looks into object storage for some places, which it is told beforehand."""

    def __init__(self, places: Iterable[str], wanted: Wanted) -> None:
        self._wanted = wanted
        self._neighbours = Counter(_folder(p) for p in places if is_uri(p))
        self._listed: dict[str, Listing] = {}

    def look(self, place: str) -> tuple[list[Found], str]:
        """(recordings at a URI, what it is: file, folder, glob or nothing). Raises UserError when there is no telling."""
        try:
            return self._look(place.rstrip("/"))
        except OSError as error:
            reason = str(error.strerror or error).split("\n")[0] or type(error).__name__
            raise UserError(f"{place}: cannot be looked into ({reason})") from error

    def _look(self, place: str) -> tuple[list[Found], str]:
        folder = _folder(place)
        if self._neighbours[folder] >= _WORTH_A_LISTING and PurePosixPath(place).suffix.lower() in self._wanted.endings:
            if folder not in self._listed:
                self._listed[folder] = _files_below(folder, deep=False)
            known = self._listed[folder]
            if place in known:
                return [_found(place, known)], "file"
            if not is_wild(place):
                return [], "nothing"
        elif (info := file_info(place)) is not None:
            known = {place: info}
            if (beside := file_info(_sidecar(place))) is not None:
                known[_sidecar(place)] = beside
            return [_found(place, known)], "file"
        if is_wild(place):
            pattern = GlobPattern(place)
            known = _files_below(pattern.root)
            return [f for f in self._recordings(_files_below(pattern.root)) if pattern.matches(f.uri)], "glob"
        known = _files_below(place)
        return self._recordings(known), "folder" if known else "nothing"

    def _recordings(self, known: Listing) -> list[Found]:
        return [
            _found(uri, known) for uri in sorted(known) if self._wanted(PurePosixPath(uri).name, _Beside(uri, known))
        ]


@dataclass(frozen=True, slots=True)
class _Beside:
    """The names in the folder of a file."""

    uri: str
    known: Listing

    def __contains__(self, name: object) -> bool:
        return f"{_folder(self.uri)}/{name}" in self.known


def _files_below(folder: str, *, deep: bool = True) -> Listing:
    with storage_errors():
        system, path = file_system(folder)
        below = system.find(path, maxdepth=None if deep else 1, detail=True)  # type: ignore[no-untyped-call]
    path = path.rstrip("/")
    return {
        folder + name.removeprefix(path): info
        for name, info in below.items()
        if info.get("type") == "file" and name.startswith(path + "/")
    }


def _found(uri: str, known: Listing) -> Found:
    size, mtime_ns = size_and_mtime(known[uri])
    sidecar = _sidecar(uri)
    return Found(uri, size, mtime_ns, time.time_ns(), sidecar if sidecar in known and sidecar != uri else None)


def _sidecar(uri: str) -> str:
    return uri.removesuffix(PurePosixPath(uri).suffix) + ".json"


def _folder(place: str) -> str:
    return place.rstrip("/").rpartition("/")[0]
