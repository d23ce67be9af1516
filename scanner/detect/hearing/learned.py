"""Hearing what the tables of phrasings teach: how likely a sentence says each kind, given what went before.

The grammar of the other modules is sure and narrow; this ear is wide, and has three parts. One adds up what each word, each
concept, each pair and triple of them in a row, and what went before speaks for a kind; one weighs the same through a hidden
layer; one is a small network over the words in their order (`scanner.detect.hearing.network`). All know words only, so that a
"not" counts. The weights are learned from `tests/cases/phrasings` by `python -m scanner.detect.learning`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

from scanner.detect.hearing.concepts import CONCEPTS
from scanner.detect.hearing.heard import Range
from scanner.detect.hearing.network import WIDTHS, Network
from scanner.detect.hearing.readings import Reading, reading_of, windows, word_of
from scanner.detect.hearing.sentences import Sentence
from scanner.detections import CUSTOMER_KINDS, OBJECTIONS, DisclosureKind

if TYPE_CHECKING:
    from pathlib import Path

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
WEIGHTS = "learned_weights.npz"


@dataclass(frozen=True, slots=True)
class Sums:
    """What each place speaks for each kind: (places, kinds), and how likely a kind is before a word is said: (kinds,)."""

    places: npt.NDArray[np.float32]
    start: npt.NDArray[np.float32]

    def odds(self, reading: Reading) -> npt.NDArray[np.float32]:
        """Log odds of each kind."""
        at = list(reading.places)
        sums: npt.NDArray[np.float32] = self.places[at].sum(axis=0) / len(at) ** 0.5 + self.start
        return sums


@dataclass(frozen=True, slots=True)
class Bag:
    """A short vector for each place (0 where too few were seen), and a hidden layer over their sum: a matrix and a start."""

    vectors: npt.NDArray[np.float32]
    hidden: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
    kinds: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]

    def odds(self, reading: Reading) -> npt.NDArray[np.float32]:
        """Log odds of each kind."""
        import numpy as np  # noqa: PLC0415

        rows = self.vectors[list(reading.places)]
        known = max(1, int(rows.any(axis=1).sum()))
        inner = np.maximum(rows.sum(axis=0) / known**0.5 @ self.hidden[0] + self.hidden[1], 0.0)
        odds: npt.NDArray[np.float32] = inner @ self.kinds[0] + self.kinds[1]
        return odds


_HOPELESS = -3.5
"""In whole calls nothing that the sums found less likely was heard by all parts together, and most talk is."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The three parts of the ear: each hears what the others do not, so that their mean is righter than any."""

    sums: Sums
    bag: Bag
    network: Network

    def odds(self, reading: Reading, kinds: Collection[DisclosureKind] = KINDS) -> npt.NDArray[np.float32]:
        """Log odds of each kind; those of the sums alone where they find none of `kinds` likely enough to ask on."""
        sums = self.sums.odds(reading)
        if sums[[KINDS.index(k) for k in kinds]].max() < _HOPELESS:
            return sums
        together = sums + self.bag.odds(reading) + self.network.odds(reading)
        mean: npt.NDArray[np.float32] = together / 3.0 + _understated()
        return mean


@cache
def _understated() -> npt.NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    return np.array([_UNDERSTATED.get(kind, 0.0) for kind in KINDS], dtype=np.float32)


_UNDERSTATED: Mapping[DisclosureKind, float] = {"third_party": 0.4, "opt_out_offered": 0.5, "opt_out_requested": 0.3}
"""Log odds by which the mean says too little of wording that it has not learned: less than was found on every other line of
the tables that are held out, since a call's other talk has many more near misses than they."""


@cache
def shipped() -> Weights:
    """The weights that the package brings."""
    import numpy as np  # noqa: PLC0415 - only who hears pays for it

    with (
        resources.files("scanner.detect.hearing").joinpath(WEIGHTS).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        of = {name: stored[name] for name in stored.files}

    def whole(name: str) -> npt.NDArray[np.float32]:
        matrix: npt.NDArray[np.float32] = of[name].astype(np.float32) * of[f"{name} scale"]
        return matrix

    network = Network(
        rows={str(name): i for i, name in enumerate(of["rows"])},
        vectors=whole("vectors"),
        flag_rows={str(name): i for i, name in enumerate(of["flag rows"])},
        flag_vectors=whole("flag vectors"),
        filters={w: (whole(f"filter {w}"), of[f"filter {w} start"]) for w in WIDTHS},
        hidden=(whole("hidden"), of["hidden start"]),
        kinds=(whole("kinds"), of["kinds start"]),
    )
    bag = Bag(
        whole("place vectors"),
        (whole("bag hidden"), of["bag hidden start"]),
        (whole("bag kinds"), of["bag kinds start"]),
    )
    return Weights(Sums(whole("places"), of["start"]), bag, network)


def write(weights: Weights, path: Path) -> None:
    """Writes weights for `shipped`: matrices as bytes with a scale for each column."""
    import numpy as np  # noqa: PLC0415

    net, bag = weights.network, weights.bag
    matrices = {"places": weights.sums.places, "vectors": net.vectors, "flag vectors": net.flag_vectors}
    matrices |= {"hidden": net.hidden[0], "kinds": net.kinds[0]}
    matrices |= {"place vectors": bag.vectors, "bag hidden": bag.hidden[0], "bag kinds": bag.kinds[0]}
    matrices |= {f"filter {width}": matrix for width, (matrix, _) in net.filters.items()}
    stored: dict[str, npt.NDArray[Any]] = {"rows": np.array(list(net.rows)), "flag rows": np.array(list(net.flag_rows))}
    stored |= {"start": weights.sums.start, "hidden start": net.hidden[1], "kinds start": net.kinds[1]}
    stored |= {"bag hidden start": bag.hidden[1], "bag kinds start": bag.kinds[1]}
    stored |= {f"filter {width} start": start for width, (_, start) in net.filters.items()}
    for name, matrix in matrices.items():
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-6) / 127.0
        stored |= {name: np.round(matrix / scale).astype(np.int8), f"{name} scale": scale.astype(np.float32)}
    np.savez_compressed(path, **stored)  # type: ignore[arg-type]


COUNTS, PERHAPS, SURELY = 0.4, 0.35, 0.8
"""From these probabilities on, what this ear alone hears counts, a person must listen, or it would be odd to be wrong."""
_CLEARS = 0.6
"""From here on those count that clear a call: a false one hides a violation."""
_PERHAPS_FROM: Mapping[DisclosureKind, float] = {"recording": 0.45}
"""Things are recorded in much that is said: below this a recording is as often one of something else."""
_NEVER_REVIEWED = frozenset({"consent_request", "consent_granted", "opt_out_offered"})
"""Of these nothing hangs on a perhaps, so that nobody need listen."""
_FROM: Mapping[DisclosureKind, float] = {"recording": 0.65, "consent_refused": 0.5, "opt_out_offered": 0.65}
"""A false recording is the worst that can be heard; a false refusal makes a violation of the call that goes on; and of ways
that calls offer for all that is no recording, hardly one in four that is found less likely is one out of it."""
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
    counts = _FROM.get(kind, _CLEARS if kind in CLEARING else COUNTS)
    if probability >= counts:
        return 0.68 + 0.2 * (probability - counts) / (1.0 - counts)
    return _FOUND if probability >= _PERHAPS_FROM.get(kind, PERHAPS) and kind not in _NEVER_REVIEWED else 0.0


def second_opinion(kind: DisclosureKind, confidence: float, probability: float) -> float:
    """What a hearing of the grammar is worth when this ear finds it so likely; 0 where nobody need listen.

    A grammar that hears a caller object must not be alone with it: of lines by people who had not seen the rules, what it
    hears so against this ear is wrong more often than right.
    """
    if kind in OBJECTIONS:
        if probability < _RULES_OUT and confidence < _PLAIN:
            return 0.0
        return min(confidence, OPEN) if probability < DOUBTS else confidence
    if probability < DISBELIEVES:
        return min(confidence, OPEN)
    if probability < DOUBTS:
        return min(confidence, _UNSURE)
    return min(confidence, _LESS_SURE) if probability < _LEANS else confidence


_PLAIN = 0.85
"""What the grammar hears so surely it heard in words that say little else."""
_RULES_OUT = 0.05


_CALL_KEPT = (
    frozenset({"RECORD"}),
    frozenset({"KEEP", "SOUND"}),
    frozenset({"KEEP", "CALL"}),
    frozenset({"KEEP", "SAY"}),
)
_SOFTWARE = tuple(frozenset({c}) for c in ("MACHINE", "SYSTEM", "WRITE", "STUDY", "LEARN", "NAME", "to MACHINE"))
_REPLY = frozenset({"to RECORD"})
"""What is said in reply to words of recording."""
_TOLD = (
    frozenset({"noticed recording"}),
    frozenset({"noticed ai"}),
    frozenset({"after RECORD"}),
    frozenset({"after AI"}),
)
_ASKED = (frozenset({"asked recording"}), frozenset({"asked ai"}))
_TO_A_QUESTION = (frozenset({"to RECORD", "to question"}), frozenset({"to MACHINE", "to question"}))
_NEEDS: Mapping[DisclosureKind, tuple[frozenset[str], ...]] = {
    "recording": (*_CALL_KEPT, _REPLY, frozenset({"questioned"})),
    "recording_denied": (
        *_CALL_KEPT,
        _REPLY,
        *(frozenset({c}) for c in ("questioned", "KEEP")),
        frozenset({"stop wanted", "OFF"}),
    ),
    "third_party": tuple(
        frozenset({c})
        for c in (
            "OUTSIDE",
            "CALL",
            "SAY",
            "KEEP",
            "LISTEN",
            "STUDY",
            "RECORD",
            "after RECORD",
            "after CALL",
            "to OUTSIDE",
        )
    ),
    "ai_analysis": _SOFTWARE,
    "ai_training": tuple(
        frozenset({c})
        for c in (
            "MACHINE",
            "SYSTEM",
            "LEARNER",
            "NAME",
            "to MACHINE",
            "to LEARN",
            "after MACHINE",
            "after AI",
            "noticed ai",
        )
    ),
    "consent_request": (frozenset({"RECORD"}), frozenset({"SOUND"}), _REPLY, *_SOFTWARE, *_TOLD),
    "opt_out_offered": (frozenset({"RECORD"}), frozenset({"OFF"}), _REPLY, *_SOFTWARE, *_TOLD),
    "consent_granted": (frozenset({"RECORD"}), *_ASKED, *_TO_A_QUESTION, frozenset({"noticed recording", "MIND"})),
    "consent_refused": (frozenset({"RECORD"}), *_ASKED, *_TO_A_QUESTION, frozenset({"noticed recording"})),
    "opt_out_requested": (
        *(frozenset({c}) for c in ("RECORD", "MACHINE", "offered", "to RECORD", "to MACHINE")),
        *_ASKED,
        *_TOLD,
    ),
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

    said = {c for i in range(len(sentence)) for c in CONCEPTS.get(word_of(sentence, i), ())} | context
    kinds = tuple(k for k in kinds if possible(k, said))
    best: dict[DisclosureKind, Likely] = {}
    if not kinds:
        return best
    weights = shipped()
    for at in windows(sentence):
        probabilities = 1.0 / (1.0 + np.exp(-weights.odds(reading_of(sentence, at, context), kinds)))
        for kind in kinds:
            p = float(probabilities[KINDS.index(kind)])
            if kind not in best or p > best[kind].probability:
                best[kind] = Likely(at, p)
    return best
