"""One call, from file to judged facts: the arrows of the data flow, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, Protocol

from scanner.asr import Transcriber
from scanner.audio import Recording, load_recording
from scanner.calls import CallInfo
from scanner.detect import detector_id
from scanner.detect.coverage import coverage_of
from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning
from scanner.detect.matters import hear_matters
from scanner.detect.speakers import assign_speakers
from scanner.detect.spoken_value import SpokenValue
from scanner.detect.vocabulary import Vocabulary
from scanner.detections import AudioProblem, DisclosureKind, RecordingFacts, SpeechSpan
from scanner.findings import Judgement
from scanner.judge import judge
from scanner.leakage import without_leakage
from scanner.masking import HashKey, MaskedTranscript, MaskedTurn, mask_transcript, masked_facts
from scanner.policy import Policy
from scanner.second_look.notices import notices_heard_again, with_doubts
from scanner.second_look.numbers import numbers_heard_again
from scanner.second_look.stretches import SpanListener
from scanner.second_look.ways import Doubt
from scanner.transcript import Span, Transcript, merge_spans

UNDERSTOOD_LANGUAGES = frozenset({"en", "es"})
"""Languages in which something can be heard: a call in another one is not turned into words, which would be invented."""

AgentChannelSource = Literal["metadata", "words", "unknown"]

_SPEECH_GAP_S = 0.8


class PersonalDataHearing(Protocol):
    """What finds personal data in a transcript; `scanner.detect.personal_data` has the real one."""

    def detect(self, transcript: Transcript) -> tuple[SpokenValue, ...]: ...


@dataclass(frozen=True, slots=True)
class Engines:
    """What is loaded once and used for many calls."""

    transcriber: Transcriber
    personal_data: PersonalDataHearing
    key: HashKey
    meaning: SentenceMeaning | None = None
    listeners: tuple[SpanListener, ...] = ()
    """Who hears doubtful stretches again, the one most unlike the transcriber last; without any, the first hearing stands."""

    @property
    def detectors(self) -> Detectors:
        return Detectors(self.personal_data, self.key, self.meaning)


@dataclass(frozen=True, slots=True)
class Detectors:
    """What finds facts in words, whoever heard them."""

    personal_data: PersonalDataHearing
    key: HashKey
    meaning: SentenceMeaning | None = None


@dataclass(frozen=True, slots=True)
class CallFile:
    """The file that a call's words come from: a recording, or a transcript, whose sound nobody knows.

    `channels` and `sample_rate` are None of a transcript. `problems`: what is known to be lost in the file itself.
    `model_compute`: what the speech model computed on.
    """

    uri: str
    sha256: str
    duration_s: float
    model_id: str
    channels: int | None = None
    sample_rate: int | None = None
    problems: tuple[AudioProblem, ...] = ()
    model_compute: str | None = None


@dataclass(frozen=True, slots=True)
class ScannedCall:
    """All that is kept of a scanned recording or transcript; no word in it is unmasked."""

    info: CallInfo
    recording_uri: str
    recording_sha256: str
    channels: int | None
    sample_rate: int | None
    facts: RecordingFacts
    judgement: Judgement
    transcript: tuple[MaskedTurn, ...]
    agent_channel: int | None
    agent_channel_source: AgentChannelSource
    model_id: str
    detector_id: str
    value_hmac_key_id: str
    caller_hmac: str | None
    model_compute: str | None = None

    @property
    def speech_s(self) -> float:
        """Seconds in which somebody speaks, on any channel."""
        return sum(s.duration_s for s in merge_spans(s.span for s in self.facts.speech))


def scan_recording(uri: str, info: CallInfo, *, policy: Policy, engines: Engines) -> ScannedCall:
    """Hear and judge one recording.

    Raises RecordingError when it cannot be read or decoded; audio that is merely damaged becomes facts.
    """
    recording = load_recording(uri)
    heard = hear_words(recording, info, engines, policy.vocabulary)
    file = CallFile(
        uri=uri,
        sha256=recording.sha256,
        duration_s=recording.duration_s,
        model_id=engines.transcriber.model_id,
        channels=len(recording.channels),
        sample_rate=recording.sample_rate,
        problems=recording.problems,
        model_compute=engines.transcriber.compute,
    )
    return judged_call(file, heard, info, policy=policy, detectors=engines.detectors)


@dataclass(frozen=True, slots=True)
class HeardWords:
    """What was said in a recording and by whom, still in clear: it goes no further than masking."""

    transcript: Transcript = field(repr=False)
    values: tuple[SpokenValue, ...]
    problems: tuple[AudioProblem, ...]
    agent_channel: int | None
    agent_channel_source: AgentChannelSource
    doubts: tuple[Doubt, ...] = ()
    """What was said in some hearings only."""


def judged_call(
    file: CallFile, heard: HeardWords, info: CallInfo, *, policy: Policy, detectors: Detectors
) -> ScannedCall:
    """From the words of a call to its masked facts and what they mean, whoever heard the words."""
    masked = mask_transcript(heard.transcript, heard.values)
    facts = _facts(file, heard, masked, info=info, policy=policy, detectors=detectors)
    return ScannedCall(
        info=info,
        recording_uri=file.uri,
        recording_sha256=file.sha256,
        channels=file.channels,
        sample_rate=file.sample_rate,
        facts=facts,
        judgement=judge(info, facts, policy),
        transcript=masked.turns(),
        agent_channel=heard.agent_channel,
        agent_channel_source=heard.agent_channel_source,
        model_id=file.model_id,
        detector_id=detector_id(policy.vocabulary_sha256),
        value_hmac_key_id=detectors.key.key_id,
        caller_hmac=detectors.key.hash(info.caller_number) if info.caller_number else None,
        model_compute=file.model_compute,
    )


def hear_words(
    recording: Recording, info: CallInfo, engines: Engines, vocabulary: Vocabulary | None = None
) -> HeardWords:
    """Words with speakers, and the personal data in them; two channels with the same sound are heard once, as one.

    Stretches with doubtful numbers are heard again, and, with a `vocabulary`, what is said of recording where a finding hangs on
    it (`scanner.second_look.notices`).
    """
    transcriber, channels = engines.transcriber, without_leakage(recording.distinct_channels)
    heard = transcriber.hear(channels, languages=UNDERSTOOD_LANGUAGES)
    guess, speech = heard.guess, heard.channels
    words = (w for s in speech for w in s.words)
    transcript = Transcript.of(words, language=guess.language, language_confidence=guess.confidence)
    assigned = assign_speakers(transcript, channels=len(channels), agent_channel=info.agent_channel)
    transcript = assigned.transcript
    listeners = engines.listeners if guess.language in {None, "en"} else ()
    problems = tuple(p for s in speech for p in s.problems)
    doubts: tuple[Doubt, ...] = ()
    if vocabulary is not None and listeners:
        again = notices_heard_again(
            transcript,
            channels,
            listeners=listeners,
            hear=cache(lambda t: hear_disclosures(t, vocabulary=_with_vendor(vocabulary, info)).disclosures),
            wanted=_due(info),
            problems=problems,
        )
        transcript, doubts, problems = again.transcript, again.doubts, again.problems
    transcript, values = numbers_heard_again(
        transcript, channels, listeners=listeners, detect=engines.personal_data.detect
    )
    return HeardWords(
        transcript=transcript,
        values=values,
        problems=problems,
        agent_channel=assigned.agent_channel,
        agent_channel_source=assigned.agent_channel_source,
        doubts=doubts,
    )


def _due(info: CallInfo) -> Iterator[DisclosureKind]:
    """The notices that some law may ask for, as the metadata has it."""
    yield "recording"
    if info.third_party:
        yield "third_party"
    if info.ai_analysis:
        yield "ai_analysis"
    if info.ai_training:
        yield "ai_training"


def _with_vendor(vocabulary: Vocabulary, info: CallInfo) -> Vocabulary:
    """A recogniser garbles names; one that is expected is known again."""
    return replace(vocabulary, vendors=(*vocabulary.vendors, info.third_party)) if info.third_party else vocabulary


def _facts(
    file: CallFile,
    heard: HeardWords,
    masked: MaskedTranscript,
    *,
    info: CallInfo,
    policy: Policy,
    detectors: Detectors,
) -> RecordingFacts:
    transcript = heard.transcript
    vocabulary = _with_vendor(policy.vocabulary, info)
    said = hear_disclosures(transcript, vocabulary=vocabulary, meaning=detectors.meaning)
    return RecordingFacts(
        duration_s=file.duration_s,
        speech=speech_spans(transcript),
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        coverage=coverage_of(transcript),
        disclosures=tuple(
            replace(d, excerpt=masked.excerpt(d.span, d.speaker)) for d in with_doubts(said.disclosures, heard.doubts)
        ),
        events=said.events,
        personal_data=masked_facts(masked, heard.values, detectors.key),
        matters=hear_matters(transcript),
        audio_problems=(*file.problems, *heard.problems),
    )


def speech_spans(transcript: Transcript) -> tuple[SpeechSpan, ...]:
    """Who speaks when, from the words: music and ringing have none, and short breaths are bridged."""
    return tuple(
        SpeechSpan(t.speaker, s.start_s, s.end_s)
        for t in transcript.turns(max_gap_s=_SPEECH_GAP_S)
        for s in merge_spans((Span(w.start_s, w.end_s) for w in t.words), max_gap_s=_SPEECH_GAP_S)
    )
