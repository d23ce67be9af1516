"""A value found in the statements of a call, before it is traced back to words and seconds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens `first` to `last` of statement `line` say a value of `entity`.

    Hits with the same `group` are stretches of one value that somebody else interrupted.
    """

    entity: str
    line: int
    first: int
    last: int
    value: str = field(repr=False)
    confidence: float
    group: int | None = None

    def overlaps(self, line: int, first: int, last: int) -> bool:
        return self.line == line and self.first <= last and first <= self.last
