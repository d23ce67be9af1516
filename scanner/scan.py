"""One recording, from file to judged facts: the arrows of the data flow, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from scanner.asr import ChannelSpeech, Transcriber
from scanner.audio import Recording, load_recording
from scanner.calls import CallInfo
from scanner.detect import DETECTOR_VERSION
from scanner.detect.coverage import coverage_of
from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning
from scanner.detect.matters import hear_matters
from scanner.detect.speakers import assign_speakers
from scanner.detect.spoken_value import SpokenValue
from scanner.detections import AudioProblem, RecordingFacts, SpeechSpan
from scanner.findings import Judgement
from scanner.judge import judge
from scanner.leakage import without_leakage
from scanner.masking import HashKey, MaskedTranscript, MaskedTurn, mask_transcript, masked_facts
from scanner.policy import Policy
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


@dataclass(frozen=True, slots=True)
class ScannedCall:
    """All that is kept of a scanned recording; no word in it is unmasked."""

    info: CallInfo
    recording_uri: str
    recording_sha256: str
    channels: int
    sample_rate: int
    facts: RecordingFacts
    judgement: Judgement
    transcript: tuple[MaskedTurn, ...]
    agent_channel: int | None
    agent_channel_source: AgentChannelSource
    model_id: str
    detector_id: str
    value_hmac_key_id: str
    caller_hmac: str | None

    @property
    def speech_s(self) -> float:
        """Seconds in which somebody speaks, on any channel."""
        return sum(s.duration_s for s in merge_spans(s.span for s in self.facts.speech))


def detector_id(policy: Policy) -> str:
    """What heard the facts: the detectors' version and the policy's vocabulary, which is part of the ear."""
    return f"{DETECTOR_VERSION}+{policy.vocabulary_sha256[:12]}"


def scan_recording(uri: str, info: CallInfo, *, policy: Policy, engines: Engines) -> ScannedCall:
    """Hear and judge one recording.

    Raises RecordingError when it cannot be read or decoded; audio that is merely damaged becomes facts.
    """
    recording = load_recording(uri)
    heard = hear_words(recording, info, engines)
    masked = mask_transcript(heard.transcript, heard.values)
    facts = _facts(recording, heard, masked, vendor=info.third_party, policy=policy, engines=engines)
    return ScannedCall(
        info=info,
        recording_uri=uri,
        recording_sha256=recording.sha256,
        channels=len(recording.channels),
        sample_rate=recording.sample_rate,
        facts=facts,
        judgement=judge(info, facts, policy),
        transcript=masked.turns(),
        agent_channel=heard.agent_channel,
        agent_channel_source=heard.agent_channel_source,
        model_id=engines.transcriber.model_id,
        detector_id=detector_id(policy),
        value_hmac_key_id=engines.key.key_id,
        caller_hmac=engines.key.hash(info.caller_number) if info.caller_number else None,
    )


@dataclass(frozen=True, slots=True)
class HeardWords:
    """What was said in a recording and by whom, still in clear: it goes no further than masking."""

    transcript: Transcript = field(repr=False)
    values: tuple[SpokenValue, ...]
    problems: tuple[AudioProblem, ...]
    agent_channel: int | None
    agent_channel_source: AgentChannelSource


def hear_words(recording: Recording, info: CallInfo, engines: Engines) -> HeardWords:
    """Words with speakers, and the personal data in them; two channels with the same sound are heard once, as one."""
    transcriber, channels = engines.transcriber, without_leakage(recording.distinct_channels)
    guess = transcriber.detect_language(channels)
    speech: list[ChannelSpeech] = []
    if guess.language is None or guess.language in UNDERSTOOD_LANGUAGES:
        speech = [transcriber.transcribe(c, language=guess.language, channel=i) for i, c in enumerate(channels)]
    words = (w for s in speech for w in s.words)
    transcript = Transcript.of(words, language=guess.language, language_confidence=guess.confidence)
    assigned = assign_speakers(transcript, channels=len(channels), agent_channel=info.agent_channel)
    return HeardWords(
        transcript=assigned.transcript,
        values=engines.personal_data.detect(assigned.transcript),
        problems=tuple(p for s in speech for p in s.problems),
        agent_channel=assigned.agent_channel,
        agent_channel_source=assigned.agent_channel_source,
    )


def _facts(
    recording: Recording,
    heard: HeardWords,
    masked: MaskedTranscript,
    *,
    vendor: str | None,
    policy: Policy,
    engines: Engines,
) -> RecordingFacts:
    transcript = heard.transcript
    vocabulary = policy.vocabulary
    if vendor is not None:  # a recogniser garbles names; one that is expected is known again
        vocabulary = replace(vocabulary, vendors=(*vocabulary.vendors, vendor))
    said = hear_disclosures(transcript, vocabulary=vocabulary, meaning=engines.meaning)
    return RecordingFacts(
        duration_s=recording.duration_s,
        speech=speech_spans(transcript),
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        coverage=coverage_of(transcript),
        disclosures=tuple(replace(d, excerpt=masked.excerpt(d.span, d.speaker)) for d in said.disclosures),
        events=said.events,
        personal_data=masked_facts(masked, heard.values, engines.key),
        matters=hear_matters(transcript),
        audio_problems=(*recording.problems, *heard.problems),
    )


def speech_spans(transcript: Transcript) -> tuple[SpeechSpan, ...]:
    """Who speaks when, from the words: music and ringing have none, and short breaths are bridged."""
    return tuple(
        SpeechSpan(t.speaker, s.start_s, s.end_s)
        for t in transcript.turns(max_gap_s=_SPEECH_GAP_S)
        for s in merge_spans((Span(w.start_s, w.end_s) for w in t.words), max_gap_s=_SPEECH_GAP_S)
    )
