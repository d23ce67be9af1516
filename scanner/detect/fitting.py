"""Fits the two halves of the learned ear to readings: sums of weights by AdaGrad, a small network by Adam.

Both are plain numpy, a batch at a time: of a batch only the rows that its readings touch are looked at. The same readings
give the same weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from scanner.detect.hearing.learned import KINDS, Bag, Sums
from scanner.detect.hearing.network import WIDTHS, Network, parts_of
from scanner.detect.hearing.readings import PLACES, Reading

Numbers = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Lessons:
    """Readings with what each says (n, kinds), and 1 where that is known, else 0 (n, kinds)."""

    readings: Sequence[Reading]
    says: Numbers
    counts: Numbers


@dataclass(frozen=True)
class _Rows:
    """Lists of indices, one after the other in `at`; list i is at[starts[i] : starts[i + 1]]."""

    at: Indices
    starts: Indices

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]]) -> _Rows:
        flat = np.fromiter((i for row in lists for i in row), dtype=np.int64)
        return cls(flat, np.array([0, *accumulate(len(row) for row in lists)], dtype=np.int64))

    def matrix(self, chosen: Indices, dropped: npt.NDArray[np.bool_] | None = None) -> tuple[Numbers, Indices]:
        """What the chosen lists hold as a matrix (lists, indices), each over the root of its length; and the indices."""
        lengths = self.starts[chosen + 1] - self.starts[chosen]
        row = np.repeat(np.arange(len(chosen)), lengths)
        offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        at = self.at[offset + np.repeat(self.starts[chosen], lengths)]
        if dropped is not None:
            kept = ~dropped[row] | (offset > 0)
            row, at = row[kept], at[kept]
        touched, column = np.unique(at, return_inverse=True)
        sums = np.zeros((len(chosen), len(touched)), dtype=np.float32)
        sums[row, column] = 1.0
        return sums / np.sqrt(np.maximum(sums.sum(axis=1, keepdims=True), 1.0)), touched


def _chance(odds: Numbers) -> Numbers:
    return (1.0 / (1.0 + np.exp(-odds))).astype(np.float32)


_BATCH, _ROUNDS, _RATE, _SHRINK = 32, 20, 0.7, 2e-5


def fit_sums(lessons: Lessons, *, rounds: int = _ROUNDS) -> Sums:
    """Weights of places: logistic regression, a kind each."""
    shape = (PLACES, len(KINDS))
    places, slopes = np.zeros(shape, dtype=np.float32), np.full(shape, 1e-2, dtype=np.float32)
    start = np.full(len(KINDS), -2.0, dtype=np.float32)
    rows, order = _Rows.of([r.places for r in lessons.readings]), np.random.default_rng(0)
    for _ in range(rounds):
        for chosen in _batches(order.permutation(len(lessons.readings)), _BATCH):
            said, at = rows.matrix(chosen)
            wrong = (_chance(said @ places[at] + start) - lessons.says[chosen]) * lessons.counts[chosen]
            slope = said.T @ wrong + _SHRINK * len(chosen) * places[at]
            slopes[at] += slope * slope
            places[at] -= _RATE * slope / np.sqrt(slopes[at])
            start -= 0.02 * wrong.sum(axis=0)
    return Sums(places, start)


def _batches(order: Indices, size: int) -> Iterator[Indices]:
    return (order[i : i + size] for i in range(0, len(order), size))


_VECTOR, _FLAGS, _FILTERS, _HIDDEN = 40, 24, 48, 64
_NETWORK_BATCH, _NETWORK_ROUNDS, _STEP, _ROW_STEP = 64, 14, 2e-3, 0.05
_WORD_LOST, _NAME_LOST, _ANSWER_LOST, _INNER_LOST = 0.1, 0.3, 0.2, 0.4
"""How often a word, what is known of it beside its parts, an answer of a filter, an inner value is left out of a step."""
_SEEN = 2
"""A word in fewer readings is known by its parts only."""
_WORN = 1e-5


class _Trained:
    """Matrices that Adam moves, by name."""

    def __init__(self, shapes: dict[str, tuple[int, ...]], order: np.random.Generator) -> None:
        self.of = {
            name: np.zeros(shape, dtype=np.float32)
            if len(shape) == 1
            else (order.standard_normal(shape) / shape[0] ** 0.5).astype(np.float32)
            for name, shape in shapes.items()
        }
        self._mean = {name: np.zeros_like(m) for name, m in self.of.items()}
        self._square = {name: np.zeros_like(m) for name, m in self.of.items()}
        self._steps = 0

    def step(self, slopes: dict[str, Numbers], rate: float) -> None:
        self._steps += 1
        for name, slope in slopes.items():
            mean, square = self._mean[name], self._square[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            first, second = mean / (1.0 - 0.9**self._steps), square / (1.0 - 0.999**self._steps)
            self.of[name] -= (rate * first / (np.sqrt(second) + 1e-8)).astype(np.float32)


class _Vectors:
    """Rows that AdaGrad moves, those that a batch touches only."""

    def __init__(self, shape: tuple[int, int], spread: float, order: np.random.Generator) -> None:
        self.rows = (order.standard_normal(shape) * spread).astype(np.float32)
        self._squares = np.full(shape[0], 1e-3, dtype=np.float32)

    def step(self, at: Indices, slopes: Numbers, rate: float) -> None:
        self._squares[at] += (slopes * slopes).sum(axis=1)
        self.rows[at] -= rate * slopes / np.sqrt(self._squares[at])[:, None]


def fit_network(lessons: Lessons, *, rounds: int = _NETWORK_ROUNDS, seed: int = 1) -> Network:
    """The network: words as vectors of their parts, filters, one hidden layer."""
    school = _School(lessons, np.random.default_rng(seed))
    lengths = np.array([len(s) for s in school.said])
    steps = to_come = rounds * -(-len(lengths) // _NETWORK_BATCH)
    for _ in range(rounds):
        mixed = school.order.permutation(len(lengths))
        like = list(_batches(mixed[np.argsort(lengths[mixed] // 3, kind="stable")], _NETWORK_BATCH))
        for i in school.order.permutation(len(like)):
            school.learn(like[i], to_come / steps)
            to_come -= 1
    return school.network()


class _School:
    """A network that is being trained, and what it is trained on."""

    def __init__(self, lessons: Lessons, order: np.random.Generator) -> None:
        self._lessons, self.order = lessons, order
        words, self.said = _numbered([r.words for r in lessons.readings])
        self._rows, made = _vocabulary(words, self.said)
        self._flags, before = _numbered([r.flags for r in lessons.readings])
        self._parts, self._before = _Rows.of(made), _Rows.of(before)
        self._vectors = _Vectors((len(self._rows), _VECTOR), 0.2, order)
        self._flag_vectors = _Vectors((len(self._flags), _FLAGS), 0.2, order)
        shapes: dict[str, tuple[int, ...]] = {"hidden": (len(WIDTHS) * _FILTERS + _FLAGS, _HIDDEN)}
        shapes |= {"hidden start": (_HIDDEN,), "kinds": (_HIDDEN, len(KINDS)), "kinds start": (len(KINDS),)}
        for width in WIDTHS:
            shapes |= {f"filter {width}": (width * _VECTOR, _FILTERS), f"filter {width} start": (_FILTERS,)}
        self._trained = _Trained(shapes, order)
        self._trained.of["kinds start"] -= 2.0

    def network(self) -> Network:
        """What has been learned so far."""
        m = self._trained.of
        return Network(
            rows={name: i for i, name in enumerate(self._rows)},
            vectors=self._vectors.rows,
            flag_rows={name: i for i, name in enumerate(self._flags)},
            flag_vectors=self._flag_vectors.rows,
            filters={w: (m[f"filter {w}"], m[f"filter {w} start"]) for w in WIDTHS},
            hidden=(m["hidden"], m["hidden start"]),
            kinds=(m["kinds"], m["kinds start"]),
        )

    def learn(self, chosen: Indices, left: float) -> None:
        """One step over a batch; `left`: how much of the training is to come, from 1 to 0."""
        m, size = self._trained.of, len(chosen)
        lengths = np.array([len(self.said[i]) for i in chosen])
        longest = int(lengths.max())
        inside = np.arange(longest) < lengths[:, None]
        flat = np.concatenate([self.said[i] for i in chosen])
        words, which = np.unique(flat, return_inverse=True)
        made, at = self._parts.matrix(words, self.order.random(len(words)) < _NAME_LOST)
        lost = (self.order.random(len(flat)) >= _WORD_LOST).astype(np.float32)[:, None]
        edge = max(WIDTHS) // 2
        padded = np.zeros((size, longest + 2 * edge, _VECTOR), dtype=np.float32)
        padded[:, edge : edge + longest][inside] = (made @ self._vectors.rows[at])[which] * lost
        before, flags = self._before.matrix(chosen)

        strongest, answers, looked = [], [], []
        for width in WIDTHS:
            first = edge - width // 2
            rows = np.concatenate([padded[:, first + j : first + j + longest] for j in range(width)], axis=2)
            found = rows @ m[f"filter {width}"] + m[f"filter {width} start"]
            found[~inside] = -1e9
            place = found.argmax(axis=1)
            strongest.append(place)
            answers.append(np.take_along_axis(found, place[:, None], axis=1)[:, 0])
            looked.append(rows)
        outer = np.concatenate(
            [*(np.maximum(a, 0.0) for a in answers), before @ self._flag_vectors.rows[flags]], axis=1
        )
        outer_kept = _kept(outer.shape, _ANSWER_LOST, self.order)
        inner = (outer * outer_kept) @ m["hidden"] + m["hidden start"]
        inner_kept = _kept(inner.shape, _INNER_LOST, self.order) * (inner > 0.0)
        odds = (inner * inner_kept) @ m["kinds"] + m["kinds start"]

        wrong = (_chance(odds) - self._lessons.says[chosen]) * self._lessons.counts[chosen] / size
        to_inner = (wrong @ m["kinds"].T) * inner_kept
        to_outer = (to_inner @ m["hidden"].T) * outer_kept
        slopes = {
            "kinds": (inner * inner_kept).T @ wrong + _WORN * m["kinds"],
            "kinds start": wrong.sum(axis=0),
            "hidden": (outer * outer_kept).T @ to_inner + _WORN * m["hidden"],
            "hidden start": to_inner.sum(axis=0),
        }
        to_padded = np.zeros_like(padded)
        for k, width in enumerate(WIDTHS):
            to_answer = to_outer[:, k * _FILTERS : (k + 1) * _FILTERS] * (answers[k] > 0.0)
            matrix = m[f"filter {width}"]
            heard = np.take_along_axis(looked[k], strongest[k][:, :, None], axis=1)
            slopes[f"filter {width}"] = (heard * to_answer[:, :, None]).sum(axis=0).T + _WORN * matrix
            slopes[f"filter {width} start"] = to_answer.sum(axis=0)
            to_found = np.zeros((size, longest, _FILTERS), dtype=np.float32)
            np.put_along_axis(to_found, strongest[k][:, None], to_answer[:, None], axis=1)
            to_rows = (to_found.reshape(-1, _FILTERS) @ matrix.T).reshape(size, longest, width, _VECTOR)
            first = edge - width // 2
            for j in range(width):
                to_padded[:, first + j : first + j + longest] += to_rows[:, :, j]
        to_flat = to_padded[:, edge : edge + longest][inside] * lost
        to_words = np.zeros((len(words), _VECTOR), dtype=np.float32)
        np.add.at(to_words, which, to_flat)
        rate = _ROW_STEP * (0.1 + 0.9 * left)
        self._vectors.step(at, made.T @ to_words * size, rate)
        self._flag_vectors.step(flags, before.T @ to_outer[:, -_FLAGS:] * size, rate)
        self._trained.step(slopes, _STEP * left + 1e-4)


def _numbered(lists: Sequence[Sequence[str]]) -> tuple[list[str], list[list[int]]]:
    """All names that lists hold, sorted, and the lists as their numbers."""
    names = sorted({name for names in lists for name in names})
    number = {name: i for i, name in enumerate(names)}
    return names, [[number[name] for name in row] for row in lists]


def _vocabulary(words: Sequence[str], said: Sequence[Sequence[int]]) -> tuple[list[str], list[list[int]]]:
    """The names that have a vector, and for each word which of them it is made of, its own first."""
    seen = np.bincount([i for row in said for i in set(row)], minlength=len(words))
    names = [[*([f"w {word}"] if seen[i] >= _SEEN else []), *parts_of(word)] for i, word in enumerate(words)]
    rows = {name: i for i, name in enumerate(sorted({name for made in names for name in made}))}
    return list(rows), [[rows[name] for name in made] for made in names]


def _kept(shape: tuple[int, ...], lost: float, order: np.random.Generator) -> Numbers:
    return ((order.random(shape, dtype=np.float32) >= lost) / (1.0 - lost)).astype(np.float32)


_PLACE_VECTOR, _PLACE_BATCH, _PLACE_ROUNDS, _PLACE_STEP, _PLACE_LOST = 32, 64, 9, 0.1, 0.4
_PLACE_SEEN = 10
"""Places in fewer readings have no vector: they would be learned by heart."""


def fit_bag(lessons: Lessons, *, rounds: int = _PLACE_ROUNDS, seed: int = 0) -> Bag:
    """Places as short vectors, and one hidden layer over their sum."""
    order = np.random.default_rng(seed)
    seen = np.bincount([p for r in lessons.readings for p in r.places], minlength=PLACES) > _PLACE_SEEN
    rows = _Rows.of([[p for p in r.places if seen[p]] for r in lessons.readings])
    vectors = _Vectors((PLACES, _PLACE_VECTOR), 0.1, order)
    vectors.rows[~seen] = 0.0
    shapes: dict[str, tuple[int, ...]] = {"hidden": (_PLACE_VECTOR, _HIDDEN), "hidden start": (_HIDDEN,)}
    shapes |= {"kinds": (_HIDDEN, len(KINDS)), "kinds start": (len(KINDS),)}
    trained = _Trained(shapes, order)
    m = trained.of
    m["kinds start"] -= 2.0
    steps = to_come = rounds * -(-len(lessons.readings) // _PLACE_BATCH)
    for _ in range(rounds):
        for chosen in _batches(order.permutation(len(lessons.readings)), _PLACE_BATCH):
            size, left = len(chosen), to_come / steps
            made, at = rows.matrix(chosen)
            made *= _kept(made.shape, _PLACE_LOST, order) * np.float32((1.0 - _PLACE_LOST) ** 0.5)
            outer = made @ vectors.rows[at]
            inner = outer @ m["hidden"] + m["hidden start"]
            kept = _kept(inner.shape, _INNER_LOST, order) * (inner > 0.0)
            odds = (inner * kept) @ m["kinds"] + m["kinds start"]
            wrong = (_chance(odds) - lessons.says[chosen]) * lessons.counts[chosen] / size
            to_inner = (wrong @ m["kinds"].T) * kept
            slopes = {"kinds": (inner * kept).T @ wrong + _WORN * m["kinds"], "kinds start": wrong.sum(axis=0)}
            slopes |= {
                "hidden": outer.T @ to_inner + _WORN * m["hidden"],
                "hidden start": to_inner.sum(axis=0),
            }
            vectors.step(at, made.T @ (to_inner @ m["hidden"].T) * size, _PLACE_STEP * (0.1 + 0.9 * left))
            trained.step(slopes, _STEP * left + 1e-4)
            to_come -= 1
    return Bag(vectors.rows, (m["hidden"], m["hidden start"]), (m["kinds"], m["kinds start"]))
