"""A recording as it was found, and by what names recordings are looked for."""

from __future__ import annotations

import os
import re
from collections.abc import Container
from dataclasses import dataclass

_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was found; `sidecar` is the JSON file beside it that may describe it."""

    uri: str
    size: int
    mtime_ns: int | None
    seen_at_ns: int
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
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


def is_wild(place: str) -> bool:
    """Whether a place may be a glob; a file of that name comes first."""
    return bool(_WILD.search(place))


class GlobPattern:
    """`**/` any folders, `*` and `?` within a name, `[…]` a set of characters; `root`: the folder that all matches lie in."""

    def __init__(self, glob: str) -> None:
        self.root = re.split(r"[^/]*[*?\[]", glob, maxsplit=1)[0].rstrip("/") or "/"
        self._pattern = re.compile(_as_regex(glob) + r"\Z")

    def matches(self, uri: str) -> bool:
        return bool(self._pattern.match(uri))


def _as_regex(glob: str) -> str:
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
    return pattern
