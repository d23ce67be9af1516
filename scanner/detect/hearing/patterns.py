"""Regular expressions over plain sentences, written with the names of the tables: `<call> (?:is|are) <recpp>`."""

from __future__ import annotations

import re
from functools import cache

from scanner.detect.hearing.lexicon import TABLES

_NEW_LINE = re.compile(r"\s*\n\s*")
_NAME = re.compile(r"<(~\d+|[a-z]+)>")


@cache
def _table(name: str) -> str:
    return f"(?:{_expanded(_NEW_LINE.sub('', TABLES[name]))})"


def _expanded(pattern: str) -> str:
    def one(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("~"):
            return rf"(?:[a-z0-9']+ ){{0,{name[1:]}}}?"
        return _table(name)

    return _NAME.sub(one, pattern)


@cache
def rx(pattern: str) -> re.Pattern[str]:
    """The pattern with its tables filled in, matching whole words only."""
    return re.compile(rf"(?<![a-z0-9'])(?:{_expanded(pattern)})(?![a-z0-9'])")


def any_of(*patterns: str) -> re.Pattern[str]:
    """Whichever of the patterns matches first."""
    return rx("|".join(f"(?:{p})" for p in patterns))


def words_of(*tables: str) -> frozenset[str]:
    """The single words of tables, for a quick look whether a sentence is worth reading."""
    return frozenset(w for t in tables for w in re.findall(r"[a-z]+", TABLES[t]))
