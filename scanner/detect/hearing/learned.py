"""Hearing what the tables of phrasings teach: weights of words, concepts and their order, for each kind.

The grammar of the other modules is sure and narrow; this ear is wide. It adds up what each word, each concept
(`scanner.detect.hearing.concepts`), each pair and triple of them in a row, and what went before speaks for a kind.
The weights are learned from `tests/cases/phrasings` by `python -m scanner.detect.learning`.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from scanner.detect.hearing import scope
from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.sentences import Sentence
from scanner.detections import CUSTOMER_KINDS, DisclosureKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

COMPANY_KINDS: tuple[DisclosureKind, ...] = (
    "recording",
    "third_party",
    "ai_analysis",
    "ai_training",
    "consent_request",
    "opt_out_offered",
    "recording_denied",
    "transfer",
)
CLEARING = frozenset({"recording", "third_party", "ai_analysis", "ai_training"})
KINDS = (*COMPANY_KINDS, *CUSTOMER_KINDS)
SIZE = 1 << 16
"""Features are hashed into so many places."""
WEIGHTS = "learned_weights.npz"
LONGEST, STEP = 24, 12
"""A longer sentence is read in windows of so many tokens, each so far from the one before."""
_SHORT = 8


def words_of(sentence: Sentence, at: Range) -> str:
    """The plain words of some tokens, with `somename` for a name that nobody told us, and `files` for kept records."""
    return " ".join(_word_of(sentence, i) for i in range(at.first, min(at.end, len(sentence))))


def _word_of(sentence: Sentence, i: int) -> str:
    token = sentence.tokens[i]
    if token.text == "records" and sentence.word(i + 1) not in _RECORDED_THINGS:
        return "files"
    if token.name_like and i and not sentence.tokens[i - 1].mark and token.text not in _NO_NAMES:
        return "somename"
    return token.text


_RECORDED_THINGS = frozenset(
    """the this these those your you our us my me it all every everything everyone everybody each any what whatever calls
    conversations both and or sound audio voice voices incoming inbound phone""".split()
)
"""What follows the verb: "the system records every call". Without one of them records are files."""


_NO_NAMES = frozenset(
    "i ai a okay monday tuesday wednesday thursday friday saturday sunday spanish english vendorname aiproduct".split()
)


def features(text: str, *, question: bool, context: Iterable[str] = ()) -> list[int]:
    """The places of all that speaks for or against a kind in plain words; `context`: what went before, as flags."""
    words = text.split()
    found = {f"w {w}" for w in words}
    edged = ["^", *words, "?" if question else "."]
    found |= {f"b {a} {b}" for a, b in pairwise(edged)}
    found |= {f"s {a} {b}" for a, b in zip(edged, edged[2:], strict=False)}
    mixed = [CONCEPTS[w][0] if w in CONCEPTS else w for w in edged]
    found |= {f"m {a} {b}" for a, b in pairwise(mixed)}
    found |= {f"t {a} {b} {c}" for a, b, c in zip(mixed, mixed[1:], mixed[2:], strict=False)}
    row = ["^", *(CONCEPTS[w][0] for w in words if w in CONCEPTS), edged[-1]]
    found |= {f"c {a} {b}" for a, b in pairwise(row)}
    found |= {f"d {a} {b} {c}" for a, b, c in zip(row, row[1:], row[2:], strict=False)}
    concepts = sorted({c for w in words for c in CONCEPTS.get(w, ())})
    found |= {f"k {c}" for c in concepts}
    found |= {f"p {a} {b}" for i, a in enumerate(concepts) for b in concepts[i + 1 :]}
    flags = set(context)
    if question:
        flags.add("question")
    if scope.negated(text):
        flags.add("negated")
    if scope.elsewhere(text):
        flags.add("elsewhere")
    if len(words) <= _SHORT:
        flags.add("short")
    found |= {f"f {f}" for f in flags}
    found |= {f"f {f} {c}" for f in flags for c in concepts}
    if "short" in flags:
        found |= {f"f {f} w {w}" for f in flags for w in words}
    return sorted({zlib.crc32(f.encode()) % SIZE for f in found})


@dataclass(frozen=True, slots=True)
class Weights:
    """What each place speaks for each kind: (SIZE, kinds), and how likely a kind is before a word is said: (kinds,)."""

    places: npt.NDArray[np.float32]
    start: npt.NDArray[np.float32]

    def odds(self, at: list[int]) -> npt.NDArray[np.float32]:
        """Log odds of each kind."""
        sums: npt.NDArray[np.float32] = self.places[at].sum(axis=0) / len(at) ** 0.5 + self.start
        return sums


@cache
def shipped() -> Weights:
    """The weights that the package brings."""
    import numpy as np  # noqa: PLC0415 - only who hears pays for it

    with (
        resources.files("scanner.detect.hearing").joinpath(WEIGHTS).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return Weights(stored["places"].astype(np.float32) * stored["scale"], stored["start"])


COUNTS, PERHAPS, SURELY = 0.4, 0.3, 0.8
"""From these probabilities on, what this ear alone hears counts, a person must listen, or it would be odd to be wrong."""
_CLEARS = 0.6
"""From here on those count that clear a call: a false one hides a violation."""
_NEVER_REVIEWED = frozenset({"consent_request", "consent_granted", "opt_out_offered"})
"""Of these nothing hangs on a perhaps, so that nobody need listen."""
_ACCUSES = 0.5
"""From here on a refusal counts: a false one makes a violation of the call that goes on."""
DOUBTS, DISBELIEVES = 0.3, 0.1
"""Below these, what the grammar hears is less sure, or a person must listen."""
OPEN = 0.5
COUNTED = 0.6
"""What is surer than `OPEN` and counts as heard."""
SURE_ENOUGH = 0.7
"""Less sure a request leaves its answer in doubt."""
_LEANS = 0.5
_UNSURE, _LESS_SURE, _FOUND = 0.78, 0.88, 0.45


def confidence_of(kind: DisclosureKind, probability: float) -> float:
    """What a hearing of this ear alone is worth; 0 where it is nothing."""
    counts = _ACCUSES if kind == "consent_refused" else _CLEARS if kind in CLEARING else COUNTS
    if probability >= counts:
        return 0.68 + 0.2 * (probability - counts) / (1.0 - counts)
    return _FOUND if probability >= PERHAPS and kind not in _NEVER_REVIEWED else 0.0


def second_opinion(kind: DisclosureKind, confidence: float, probability: float) -> float:
    """What a hearing of the grammar is worth when this ear finds it so likely; 0 where nobody need listen.

    A grammar that hears a caller object must not be alone with it: of lines by people who had not seen the rules, what it
    hears so against this ear is wrong more often than right.
    """
    if kind in _OBJECTIONS:
        if probability < _RULES_OUT and confidence < _PLAIN:
            return 0.0
        return min(confidence, OPEN) if probability < DOUBTS else confidence
    if probability < DISBELIEVES:
        return min(confidence, OPEN)
    if probability < DOUBTS:
        return min(confidence, _UNSURE)
    return min(confidence, _LESS_SURE) if probability < _LEANS else confidence


_OBJECTIONS = frozenset({"consent_refused", "opt_out_requested"})
_PLAIN = 0.85
"""What the grammar hears so surely it heard in words that say little else."""
_RULES_OUT = 0.05


_CALL_KEPT = (
    frozenset({"RECORD"}),
    frozenset({"KEEP", "SOUND"}),
    frozenset({"KEEP", "CALL"}),
    frozenset({"KEEP", "SAY"}),
)
_SOFTWARE = tuple(frozenset({c}) for c in ("MACHINE", "SYSTEM", "WRITE", "STUDY", "LEARN", "NAME"))
_TOLD = (
    frozenset({"noticed recording"}),
    frozenset({"noticed ai"}),
    frozenset({"after RECORD"}),
    frozenset({"after AI"}),
)
_ASKED = (frozenset({"asked recording"}), frozenset({"asked ai"}))
_NEEDS: Mapping[DisclosureKind, tuple[frozenset[str], ...]] = {
    "recording": (*_CALL_KEPT, frozenset({"questioned"})),
    "recording_denied": (*_CALL_KEPT, frozenset({"questioned"}), frozenset({"stop wanted", "OFF"})),
    "third_party": tuple(
        frozenset({c}) for c in ("OUTSIDE", "CALL", "SAY", "KEEP", "LISTEN", "RECORD", "after RECORD", "after CALL")
    ),
    "ai_analysis": _SOFTWARE,
    "ai_training": _SOFTWARE,
    "consent_request": (frozenset({"RECORD"}), *_SOFTWARE, *_TOLD),
    "opt_out_offered": (frozenset({"RECORD"}), *_SOFTWARE, *_TOLD),
    "consent_granted": (frozenset({"RECORD"}), *_ASKED, frozenset({"noticed recording", "MIND"})),
    "consent_refused": (frozenset({"RECORD"}), *_ASKED, frozenset({"noticed recording"})),
    "opt_out_requested": (frozenset({"RECORD"}), frozenset({"MACHINE"}), *_ASKED, *_TOLD, frozenset({"offered"})),
}
"""A kind needs one of these sets of concepts and flags, whatever the weights say."""


def possible(kind: DisclosureKind, concepts: Collection[str]) -> bool:
    """Whether the least that a kind needs was said or went before."""
    return any(needed <= set(concepts) for needed in _NEEDS.get(kind, (frozenset(),)))


@dataclass(frozen=True, slots=True)
class Likely:
    """How likely a sentence says a kind, and where."""

    at: Range
    probability: float


Likelihoods = Mapping[DisclosureKind, Likely]


class Ear(Protocol):
    """Says how likely a sentence says each of some kinds, given what went before; leaves out what it knows nothing of."""

    def __call__(
        self, sentence: Sentence, *, context: frozenset[str], kinds: tuple[DisclosureKind, ...]
    ) -> Likelihoods: ...


def likelihoods(sentence: Sentence, *, context: frozenset[str], kinds: tuple[DisclosureKind, ...]) -> Likelihoods:
    """How likely a sentence says each kind; of a long sentence the window that says it most."""
    import numpy as np  # noqa: PLC0415

    weights = shipped()
    said = {c for i in range(len(sentence)) for c in CONCEPTS.get(_word_of(sentence, i), ())} | context
    best: dict[DisclosureKind, Likely] = {}
    kinds = tuple(k for k in kinds if possible(k, said))
    for at in windows(sentence):
        text = words_of(sentence, at)
        odds = weights.odds(features(text, question=sentence.question and at.end == len(sentence), context=context))
        probabilities = 1.0 / (1.0 + np.exp(-odds))
        for kind in kinds:
            p = float(probabilities[KINDS.index(kind)])
            if kind not in best or p > best[kind].probability:
                best[kind] = Likely(at, p)
    return best


def windows(sentence: Sentence) -> Iterator[Range]:
    """The sentence whole, or in overlapping windows where it is long."""
    size = len(sentence)
    if size <= LONGEST:
        yield Range(0, size)
        return
    for first in range(0, size - STEP, STEP):
        yield Range(first, min(size, first + LONGEST))
