"""A small network over the words of a sentence in their order, which hears what a sum over words cannot.

A word is a short vector: the sum of what is known of the word itself, of its concepts and of its spelling, so that an
inflection or a name that no table has lies near what it resembles. Filters over one, three and five words in a row keep
their strongest answer anywhere in the sentence; with what went before they go through one hidden layer to a kind each.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.readings import Reading

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float32]

WIDTHS = (1, 3, 5)
"""A filter looks at so many words in a row."""
SPELLINGS = 4096
"""Pieces of spelling are hashed into so many places."""
EDGES = frozenset({"^", ".", "?"})
_MOST_WORDS = 1 << 12
"""Of so many words it is remembered what the filters make of them: 7 MB."""


def parts_of(word: str) -> list[str]:
    """What a word is made of beside itself: its concepts, and pieces of its spelling as `#` and their place."""
    if word in EDGES:
        return []
    spelt = f"<{word}>"
    pieces = {spelt[i : i + size] for size in (3, 4) for i in range(len(spelt) - size + 1)}
    pieces |= {f"{word[:size]}-" for size in (4, 5) if len(word) > size}
    places = sorted({zlib.crc32(p.encode()) % SPELLINGS for p in pieces})
    return [*(f"c {c}" for c in CONCEPTS.get(word, ())), *(f"#{p}" for p in places)]


@dataclass(frozen=True)
class Network:
    """Vectors by name (`w record`, `c RECORD`, `#17`), vectors of flags, and the matrices of the layers.

    `filters` holds for each width w a matrix (w * size of a vector, filters) and its start; `hidden` and `kinds` are
    a matrix and a start each, over the filters' answers with the flags' vector behind them.
    """

    rows: Mapping[str, int]
    vectors: Numbers
    flag_rows: Mapping[str, int]
    flag_vectors: Numbers
    filters: Mapping[int, tuple[Numbers, Numbers]]
    hidden: tuple[Numbers, Numbers]
    kinds: tuple[Numbers, Numbers]
    _known: dict[str, Numbers] = field(default_factory=dict, repr=False)

    def odds(self, reading: Reading) -> Numbers:
        """Log odds of each kind."""
        import numpy as np  # noqa: PLC0415 - only who hears pays for it

        edge = max(WIDTHS) // 2
        said = np.zeros((len(reading.words) + 2 * edge, self._looks.shape[1]), dtype=np.float32)
        for i, word in enumerate(reading.words):
            said[edge + i] = self._look(word)
        answers, column = [], 0
        for width, (_, start) in self.filters.items():
            first, found = edge - width // 2, np.zeros((len(reading.words), len(start)), dtype=np.float32)
            for j in range(first, first + width):
                found += said[j : j + len(found), column : column + len(start)]
                column += len(start)
            answers.append(np.maximum(found.max(axis=0) + start, 0.0))
        flags = [self.flag_rows[f] for f in reading.flags if f in self.flag_rows]
        before = self.flag_vectors[flags].sum(axis=0) / max(1, len(flags)) ** 0.5
        inner = np.maximum(np.concatenate([*answers, before]) @ self.hidden[0] + self.hidden[1], 0.0)
        odds: Numbers = inner @ self.kinds[0] + self.kinds[1]
        return odds

    @cached_property
    def _looks(self) -> Numbers:
        """For a word's vector what every filter makes of it at each of the filter's places: (vector, looks)."""
        import numpy as np  # noqa: PLC0415

        size = self.vectors.shape[1]
        places = [matrix[j * size : (j + 1) * size] for w, (matrix, _) in self.filters.items() for j in range(w)]
        return np.concatenate(places, axis=1)

    def _look(self, word: str) -> Numbers:
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            known = self._known[word] = vector_of(word, self.rows, self.vectors) @ self._looks
        return known


def vector_of(word: str, rows: Mapping[str, int], vectors: Numbers) -> Numbers:
    """The sum of the vectors of a word and its parts, over the root of how many they are."""
    at = [rows[name] for name in (f"w {word}", *parts_of(word)) if name in rows]
    total: Numbers = vectors[at].sum(axis=0) / max(1, len(at)) ** 0.5
    return total
