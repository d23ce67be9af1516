"""Presidio as the frame of the recognizers: they read a call's statements, Presidio runs them and collects results.

Presidio's own recognizers read written text and fire on any of it (DATE_TIME on every date, US_DRIVER_LICENSE on
"plan a1"); none of them is loaded. The language model's PERSON is one voice among several in `NameRecognizer`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine

from scanner.asr.models import spacy_model_path
from scanner.detect.spoken.hits import Hit
from scanner.detect.spoken.name_offers import NamedStretch
from scanner.detect.spoken.number_shapes import SHAPES
from scanner.detect.spoken.reading import Reading
from scanner.detect.spoken.written import WrittenView
from scanner.transcript import Transcript

_UNUSED_COMPONENTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "senter")
_HIT = "hit"

NUMBER_ENTITIES = (*SHAPES, "DATE_OF_BIRTH", "CREDIT_CARD_EXPIRATION")
READERS: tuple[tuple[str, tuple[str, ...], Callable[[Reading], Iterable[Hit]]], ...] = (
    ("SpokenNumberRecognizer", NUMBER_ENTITIES, lambda r: r.numbers),
    ("SpokenEmailRecognizer", ("EMAIL_ADDRESS",), lambda r: r.emails),
    ("SpokenAddressRecognizer", ("LOCATION",), lambda r: r.addresses),
    ("SpokenNameRecognizer", ("PERSON",), lambda r: r.names),
    ("SpokenSecretRecognizer", ("CREDENTIAL",), lambda r: r.secrets),
)
ENTITIES: tuple[str, ...] = tuple(sorted({e for _, entities, _ in READERS for e in entities}))
"""All entity types that can be found."""


class CallArtifacts(NlpArtifacts):  # type: ignore[misc, unused-ignore]  # Presidio's class is partly untyped
    """What Presidio hands to its recognizers: the language model's view of the text, and the call that it was written from."""

    def __init__(self, reading: Reading, doc: Any, engine: SpacyNlpEngine) -> None:
        super().__init__(list(doc.ents), doc, [t.idx for t in doc], [], engine, "en")
        self.reading = reading


class SpokenRecognizer(EntityRecognizer):  # type: ignore[misc, unused-ignore]
    """A recognizer of Presidio that reads a call instead of a text."""

    def __init__(self, name: str, entities: Sequence[str], read: Callable[[Reading], Iterable[Hit]]) -> None:
        self._read = read
        self._title = name
        super().__init__(supported_entities=list(entities), name=name, supported_language="en")

    def load(self) -> None:
        """Nothing to load: the reading is done before."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts) -> list[RecognizerResult]:
        """The values that the call's statements say, at their characters in the written view."""
        if not isinstance(nlp_artifacts, CallArtifacts):
            return []
        view = nlp_artifacts.reading.view
        return [self._result(view, hit) for hit in self._read(nlp_artifacts.reading) if hit.entity in entities]

    def _result(self, view: WrittenView, hit: Hit) -> RecognizerResult:
        start, end = view.characters(hit.line, hit.first, hit.last)
        metadata = {
            _HIT: hit,
            RecognizerResult.RECOGNIZER_NAME_KEY: self._title,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return RecognizerResult(hit.entity, start, end, hit.confidence, recognition_metadata=metadata)


class _LoadedEngine(SpacyNlpEngine):  # type: ignore[misc, unused-ignore]
    """Presidio's spaCy engine around a pipeline that is loaded already: it would fetch a model by name."""

    def __init__(self, pipeline: Any) -> None:
        super().__init__()
        self.nlp: Any = {"en": pipeline}


class PresidioEngine:
    """Presidio with the recognizers of speech; loads the language model once and keeps nothing of a call."""

    def __init__(self, entities: Collection[str] | None = None) -> None:
        unknown = sorted(set(entities or ()) - set(ENTITIES))
        if unknown:
            raise ValueError(f"unknown entity types: {', '.join(unknown)}")
        self._entities = sorted(set(entities)) if entities is not None else list(ENTITIES)
        self._pipeline = _load_pipeline()
        self._engine = _LoadedEngine(self._pipeline)
        recognizers = [SpokenRecognizer(*reader) for reader in READERS]
        registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["en"])
        logging.getLogger("presidio-analyzer").setLevel(logging.WARNING)
        self._analyzer = AnalyzerEngine(registry=registry, nlp_engine=self._engine, supported_languages=["en"])

    def analyze(self, transcript: Transcript) -> list[tuple[Hit, tuple[int, ...]]]:
        """The values of a call, each with the words of the transcript that carry it."""
        if not transcript.words or not self._entities:
            return []
        reading = Reading(transcript)
        view = reading.view
        with self._memory_zone():
            doc = self._pipeline(view.text)
            reading.model_names = _persons(doc, view)
            artifacts = CallArtifacts(reading, doc, self._engine)
            results = self._analyzer.analyze(view.text, "en", self._entities, nlp_artifacts=artifacts)
        # A value begins with the whole of its first group ("lowercase m"), and ends before a word that takes it back.
        starts = [view.tokens(r.start, r.end)[1] for r in results]
        hits: list[Hit] = [r.recognition_metadata[_HIT] for r in results]
        return [(hit, view.word_indices(hit.line, start, hit.last)) for start, hit in zip(starts, hits, strict=True)]

    def _memory_zone(self) -> AbstractContextManager[Any]:
        """The strings of a call are forgotten with it."""
        zone = getattr(self._pipeline, "memory_zone", None)
        return zone() if zone is not None else nullcontext()


def _persons(doc: Any, view: WrittenView) -> list[NamedStretch]:
    names: list[NamedStretch] = []
    for ent in doc.ents:
        if ent.label_ != "PERSON":
            continue
        end = ent.end_char if "\n" not in ent.text else ent.start_char + ent.text.index("\n")
        try:
            names.append(NamedStretch(*view.tokens(ent.start_char, end)))
        except ValueError:
            continue  # nothing but punctuation
    return names


def _load_pipeline() -> Any:
    """The small English pipeline, its name finder alone; ModelError says what to install."""
    return spacy.load(spacy_model_path(), exclude=list(_UNUSED_COMPONENTS))
