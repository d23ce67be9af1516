"""Dates as people say them: "March third eighty-four", "the second of July 1959", "oh three fourteen eighty six"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.detect.spoken.number_chunks import read_chunk
from scanner.detect.spoken.number_runs import Run
from scanner.detect.spoken.speech_tokens import Token
from scanner.detect.spoken.spelling import SPELLING_WORDS

_MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {m: n for n, m in enumerate(_MONTH_NAMES, 1)}
MONTHS |= {m[:3]: n for m, n in MONTHS.items() if m != "may"} | {"sept": 9}
_EVERYDAY = frozenset(("may", "march", "mar", "jan", "dec", "sep", "jun"))
"""Months that are something else as well: only with a number beside them."""

_ORDINALS = {
    w: n
    for n, w in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            "sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(),
        1,
    )
} | {"thirtieth": 30}
_LINKS = frozenset("the of in comma year um uh".split())


@dataclass(frozen=True, slots=True)
class SpokenDate:
    """A date over tokens `first` to `last`; day and year may be missing. Two-digit years stay as they were said."""

    first: int
    last: int
    month: int = field(repr=False)
    day: int | None = field(default=None, repr=False)
    year: int | None = field(default=None, repr=False)

    @property
    def value(self) -> str:
        """MM/DD/YYYY, MM/YYYY or MM/DD."""
        parts = [
            f"{self.month:02d}",
            f"{self.day:02d}" if self.day else "",
            f"{self.year:02d}" if self.year is not None else "",
        ]
        return "/".join(p for p in parts if p)


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    first: int
    last: int
    ordinal: bool = False


def find_dates(tokens: Sequence[Token]) -> tuple[SpokenDate, ...]:
    """All dates that name their month, in order."""
    found: list[SpokenDate] = []
    at = 0
    for i, token in enumerate(tokens):
        month = MONTHS.get(token.norm)
        if month is None or i < at:
            continue
        date = _month_first(tokens, i, month, after=at)
        if (
            date is not None
            and date.year is None
            and token.norm in SPELLING_WORDS
            and i
            and len(tokens[i - 1].text) == 1
        ):
            continue  # "A, B, November, four"
        if date is not None and (date.day or date.year or token.norm not in _EVERYDAY):
            if date.day is None and date.year is None:
                continue
            found.append(date)
            at = date.last + 1
    return tuple(found)


def _month_first(tokens: Sequence[Token], i: int, month: int, *, after: int) -> SpokenDate | None:
    day_before = _day_before(tokens, i, after)
    parts = _parts(tokens, i + 1)
    if day_before is not None:
        year = _year(parts)
        return SpokenDate(
            day_before.first, year[1] if year else i, month, int(day_before.text), year[0] if year else None
        )
    if not parts:
        return None
    whole_year = _year(parts)
    if whole_year is not None and whole_year[0] > 1000 and whole_year[1] == parts[-1].last:
        return SpokenDate(i, whole_year[1], month, None, whole_year[0])
    first = parts[0]
    if first.text == "0" and tokens[first.first - 1].norm == "of" and whole_year is not None:
        return SpokenDate(i, whole_year[1], month, None, whole_year[0])  # "June of oh seven"
    if first.ordinal or (len(first.text) <= 2 and 1 <= int(first.text) <= 31):
        day, used = int(first.text), 1
    elif len(parts) > 1 and len(first.text + parts[1].text) == 2 and first.text == "0":
        day, used = int(parts[1].text), 2
    elif whole_year is not None:
        return SpokenDate(i, whole_year[1], month, None, whole_year[0])
    else:
        return None
    year = _year(parts[used:])
    if year is None and used == 1 and not first.ordinal and tokens[first.first - 1].norm == "of":
        return SpokenDate(i, first.last, month, None, day)  # "August of twenty seven"
    return SpokenDate(i, year[1] if year else parts[used - 1].last, month, day, year[0] if year else None)


def _day_before(tokens: Sequence[Token], i: int, after: int) -> _Part | None:
    """The day in "third of March", "14 March", "the twenty second of July"."""
    end = i - 1 if i > after and tokens[i - 1].norm == "of" else i
    for start in (end - 2, end - 1):
        if start < after or start >= end:
            continue
        part = _part(tokens, start)
        if part is not None and part.last == end - 1 and (part.ordinal or (end == i and tokens[start].is_figure)):
            first = part.first - 1 if part.first > after and tokens[part.first - 1].norm == "the" else part.first
            return _Part(part.text, first, part.last, part.ordinal) if 1 <= int(part.text) <= 31 else None
    return None


def _part(tokens: Sequence[Token], i: int) -> _Part | None:
    """A number or ordinal at token i."""
    norm = tokens[i].norm
    if norm[0].isdigit() and not norm[-1].isdigit():
        return _Part(norm[:-2], i, i, ordinal=True)
    if norm in _ORDINALS:
        return _Part(str(_ORDINALS[norm]), i, i, ordinal=True)
    if norm in ("twenty", "thirty") and i + 1 < len(tokens) and _ORDINALS.get(tokens[i + 1].norm, 99) < 10:
        tens = 20 if norm == "twenty" else 30
        return _Part(str(tens + _ORDINALS[tokens[i + 1].norm]), i, i + 1, ordinal=True)
    chunk = read_chunk(tokens, i, ())
    return _Part(chunk.text, chunk.first, chunk.last) if chunk is not None and chunk.kind != "letter" else None


def _parts(tokens: Sequence[Token], i: int) -> list[_Part]:
    """Up to six numbers that follow, over links such as "of" and "the"."""
    parts: list[_Part] = []
    while i < len(tokens) and len(parts) < 6:
        if tokens[i].break_before == 2 and parts:
            break
        if tokens[i].norm in _LINKS:
            i += 1
            continue
        part = _part(tokens, i)
        if part is None:
            break
        parts.append(part)
        i = part.last + 1
    return parts


def _year(parts: Sequence[_Part]) -> tuple[int, int] | None:
    """The year that numbers begin with, and its last token: 1986 from "nineteen eighty six", 86 from "eighty six"."""
    text = ""
    for k, part in enumerate(parts[:4]):
        if part.ordinal:
            break
        text += part.text
        if len(text) == 4 and text[:2] in ("19", "20"):
            return int(text), part.last
        if len(text) > 4:
            break
        if len(text) == 2 and text not in ("19", "20") and (k + 1 == len(parts) or text[0] in "3456789"):
            return int(text), part.last
    if parts and len(parts[0].text) == 2 and not parts[0].ordinal:
        return int(parts[0].text), parts[0].last
    if len(parts) > 1 and parts[0].text == "0" and len(parts[1].text) == 1:
        return int(parts[1].text), parts[1].last
    return None


def birth_date(run: Run) -> str | None:
    """A run of digits as a full date, MM/DD/YYYY or MM/DD/YY, or None: "3 14 86", "03141986"."""
    for text in run.readings()[:3]:
        for month, day, year in _splits(text, run):
            if _is_day(month, day) and _is_birth_year(year):
                return f"{int(month):02d}/{int(day):02d}/{year}"
    return None


def expiry_date(run: Run) -> str | None:
    """A run of digits as month and year of an expiry, MM/YY, or None: "08 27", "827", "11 2028"."""
    for text in run.readings()[:3]:
        for size in (2, 1):
            month, year = text[:size], text[size:]
            if len(year) == 4 and year.startswith("20"):
                year = year[2:]
            if (
                month.isdigit()
                and 1 <= int(month) <= 12
                and len(year) == 2
                and year.isdigit()
                and 15 <= int(year) <= 45
            ):
                return f"{int(month):02d}/{year}"
    return None


def _splits(text: str, run: Run) -> list[tuple[str, str, str]]:
    if not text.isdigit():
        return []
    grouped = [g for g in (run.groups, tuple(c.text for c in run.chunks)) if len(g) == 3]
    splits = [(g[0], g[1], g[2]) for g in grouped if "".join(g) == text]
    sizes = {8: [(2, 2)], 7: [(1, 2), (2, 1)], 6: [(2, 2), (1, 1)], 5: [(1, 2), (2, 1)]}.get(len(text), [])
    splits += [(text[:a], text[a : a + b], text[a + b :]) for a, b in sizes]
    splits += [(d, m, y) for m, d, y in splits]
    if len(text) == 8:
        splits.append((text[4:6], text[6:], text[:4]))
    return splits


def _is_day(month: str, day: str) -> bool:
    return month.isdigit() and day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_birth_year(year: str) -> bool:
    return len(year) == 2 or (len(year) == 4 and 1900 <= int(year) <= 2030)
