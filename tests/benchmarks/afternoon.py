"""What somebody writes in an afternoon: the batched pipeline, Presidio as it comes, and a search for phrases.

Meant to be a fair rival. It hears each channel alone and knows from the metadata which one is the company's; it asks Presidio
only for what the labels know, and for nothing that Presidio itself hardly believes; and its facts are judged by the scanner's
own rules, statute by statute, which is more than such a script would have.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from scanner.calls import CallInfo
from scanner.detections import Disclosure, DisclosureKind, PersonalData, RecordingFacts
from scanner.evaluate import LabelledCall, LabelledSpan
from scanner.judge import judge
from scanner.policy import Policy
from scanner.scan import speech_spans
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript, Word, view

PHRASES: dict[DisclosureKind, tuple[str, ...]] = {
    "recording": (
        "is recorded", "are recorded", "be recorded", "being recorded", "recorded line", "record this call",
        "record the call", "record our call", "record calls", "recording this call", "recording the call", "on record",
    ),
    "third_party": (
        "third party", "third-party", "outside company", "another company", "service provider", "vendor", "partner",
    ),
    "ai_analysis": (
        "artificial intelligence", " ai ", " a i ", "analyzed", "analyzes", "analyze", "transcribed", "transcribes",
        "speech analytics", "machine learning",
    ),
    "ai_training": (
        "train ai", "train our ai", "train artificial", "train our models", "train models", "train its models",
        "training ai", "improve our ai", "improve ai", "train machine",
    ),
    "consent_request": (
        "do you consent", "do you agree", "is that okay", "is that ok", "is that all right", "is that alright",
        "may i record", "can i record", "may we record", "permission to record", "okay with you", "your permission",
    ),
    "opt_out_offered": ("opt out", "opt-out"),
    "recording_denied": ("not recorded", "not being recorded", "isn't recorded", "isn't being recorded", "not recording"),
    "transfer": ("transfer you", "transferring you", "connect you", "put you through", "connecting you"),
}  # fmt: skip
"""What the company says, by kind; a denial is no notice."""
CUSTOMER_PHRASES: dict[DisclosureKind, tuple[str, ...]] = {
    "consent_granted": ("i consent", "i agree", "that's fine", "that is fine", "that's okay", "that is okay"),
    "consent_refused": (
        "not want to be recorded", "don't want to be recorded", "do not record", "don't record", "stop recording",
        "stop the recording", "do not consent", "don't consent", "not want this recorded", "don't want this recorded",
    ),
    "opt_out_requested": ("opt out", "opt me out", "opt-out"),
}  # fmt: skip

ENTITIES = (
    "CREDIT_CARD EMAIL_ADDRESS LOCATION PERSON PHONE_NUMBER US_BANK_NUMBER US_DRIVER_LICENSE US_PASSPORT US_SSN".split()
)
LEAST_SCORE = 0.4
"""Below it Presidio takes any eight digits for a bank account."""


class Afternoon:
    """Facts from transcripts; loads Presidio once."""

    def __init__(self, policy: Policy) -> None:
        from presidio_analyzer import AnalyzerEngine
        from presidio_analyzer.nlp_engine import NlpEngineProvider

        from scanner.asr.models import spacy_model_path

        self._policy = policy
        models = [{"lang_code": "en", "model_name": str(spacy_model_path())}]
        provider = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
        self._presidio = AnalyzerEngine(nlp_engine=provider.create_engine())

    def judged(
        self, call_id: str, info: CallInfo, channels: Sequence[Sequence[Word]], duration_s: float
    ) -> LabelledCall:
        """What the script says of a call."""
        lines = [with_speaker(words, i, len(channels), info) for i, words in enumerate(channels)]
        facts = RecordingFacts(
            duration_s=duration_s,
            speech=speech_spans(Transcript.of(w for words in lines for w in words)),
            language="en",
            language_confidence=1.0,
            coverage="complete",
            disclosures=tuple(d for words in lines for d in disclosures(words)),
            personal_data=tuple(d for words in lines for d in self._personal_data(words)),
        )
        judgement = judge(info, facts, self._policy)
        return LabelledCall(
            call_id=call_id,
            verdict=judgement.verdict,
            violations=frozenset(f.rule for f in judgement.findings if f.status == "violation"),
            training_eligible=judgement.training_eligible,
            disclosures=tuple(LabelledSpan(d.kind, _side(d.speaker), d.span) for d in facts.disclosures),
            personal_data=tuple(LabelledSpan(d.entity_type, _side(d.speaker), d.parts[0]) for d in facts.personal_data),
        )

    def _personal_data(self, words: Sequence[Word]) -> Iterator[PersonalData]:
        text = view(words)
        found: list[Any] = self._presidio.analyze(text.text, "en", entities=ENTITIES, score_threshold=LEAST_SCORE)
        for result in found:
            span = text.span(result.start, result.end)
            speaker = words[text.word_range(result.start, result.end).start].speaker
            yield PersonalData(result.entity_type, speaker, span.start_s, span.end_s, result.score, (span,))


def with_speaker(words: Iterable[Word], channel: int, channels: int, info: CallInfo) -> tuple[Word, ...]:
    """The words of a channel as the company's or the customer's; unknown where one channel carries both."""
    speaker: Speaker = "agent" if channel == (info.agent_channel or 0) else "customer"
    if channels == 1:
        speaker = "unknown"
    return tuple(Word(w.text, w.start_s, w.end_s, w.probability, channel, speaker) for w in words)


def disclosures(words: Sequence[Word]) -> Iterator[Disclosure]:
    """Where one of the phrases is said, by the side to which its kind belongs; on one channel everybody says everything."""
    text = view(words)
    said = f" {text.text.lower()} ".replace(",", " ").replace(".", " ").replace("?", " ")
    speaker = words[0].speaker if words else "unknown"
    wanted: list[tuple[Speaker, dict[DisclosureKind, tuple[str, ...]]]] = [
        ("agent", PHRASES if speaker in COMPANY_SIDE | {"unknown"} else {}),
        ("customer", CUSTOMER_PHRASES if speaker in {"customer", "unknown"} else {}),
    ]
    for by, table in wanted:
        for kind, phrases in table.items():
            for at in sorted({p for phrase in phrases for p in _places(said, phrase)}):
                if kind == "recording" and " not " in said[max(0, at - 12) : at]:
                    continue
                span = text.span(max(0, at - 1), min(len(text.text), at + 10))
                yield Disclosure(kind, by, span.start_s, span.end_s, 0.9)


def _places(text: str, phrase: str) -> Iterator[int]:
    at = text.find(phrase)
    while at >= 0:
        yield at
        at = text.find(phrase, at + 1)


def _side(speaker: str) -> str:
    return "company" if speaker in COMPANY_SIDE else speaker
