"""Speech as one would write it down, a line per statement, in which each character knows the words it stands for.

"four five three two, zero one five one" is written 45320151, "S as in Sam" S. Recognizers of written forms read the
text; what they find there is traced back to words, and by them to seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.detect.spoken.conversation import Statement
from scanner.detect.spoken.number_runs import Run


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters text[start:end] stand for the tokens `first` to `last` of statement `line`."""

    start: int
    end: int
    line: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WrittenView:
    """The text of all statements, one line each, and where each piece of it comes from; `pieces` are ordered."""

    text: str = field(repr=False)
    statements: tuple[Statement, ...] = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)

    def characters(self, line: int, first: int, last: int) -> tuple[int, int]:
        """The characters that stand for tokens `first` to `last` of a statement."""
        low = bisect_left(self.pieces, (line, first), key=lambda p: (p.line, p.last))
        high = bisect_right(self.pieces, (line, last), key=lambda p: (p.line, p.first))
        return self.pieces[low].start, self.pieces[high - 1].end

    def tokens(self, start: int, end: int) -> tuple[int, int, int]:
        """Statement, first and last token of the characters text[start:end], which must not cross a line's end."""
        low = bisect_right(self.pieces, start, key=lambda p: p.end)
        high = bisect_left(self.pieces, end, key=lambda p: p.start)
        if low >= high:
            raise ValueError("no characters, no words")
        pieces = self.pieces[low:high]
        return pieces[0].line, min(p.first for p in pieces), max(p.last for p in pieces)

    def word_indices(self, line: int, first: int, last: int) -> tuple[int, ...]:
        """The words of the transcript that tokens `first` to `last` of a statement are part of, ascending."""
        statement = self.statements[line]
        words = range(statement.tokens[first].word, statement.tokens[last].word + 1)
        return tuple(statement.indices[w] for w in words)


def write(statements: Sequence[Statement], capitals: Mapping[int, frozenset[int]] | None = None) -> WrittenView:
    """The written view of statements; `capitals` gives for a statement the tokens that want a capital (restored names)."""
    text: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for line, statement in enumerate(statements):
        written = list(_written(statement, (capitals or {}).get(line, frozenset())))
        for lead, said, first, last in written:
            text += [lead, said]
            at += len(lead)
            pieces.append(Piece(at, at + len(said), line, first, last))
            at += len(said)
        text.append(".\n" if written else "\n")
        at += len(text[-1])
    return WrittenView("".join(text), tuple(statements), tuple(pieces))


def _written(statement: Statement, capitals: frozenset[int]) -> Iterable[tuple[str, str, int, int]]:
    """What stands before each piece, the piece, and the tokens it is for."""
    tokens = statement.tokens
    runs = {r.first: r for r in statement.runs}
    i = 0
    while i < len(tokens):
        lead = tokens[i].lead.replace("\n", " ") if i else ""
        if i in runs:
            yield from _run(runs[i], lead)
            i = runs[i].last + 1
            continue
        said = tokens[i].text
        yield lead, said[0].upper() + said[1:] if i in capitals else said, i, i
        i += 1


def _run(run: Run, lead: str) -> Iterable[tuple[str, str, int, int]]:
    """A run written without spaces, a piece for each chunk; what was taken back stands there too, being said."""
    for k, chunk in enumerate(run.chunks):
        # Fillers belong to the chunk before them, so that no word within a number is left without a character.
        last = run.chunks[k + 1].first - 1 if k + 1 < len(run.chunks) else chunk.last
        yield lead if k == 0 else "", chunk.text, chunk.first, last
