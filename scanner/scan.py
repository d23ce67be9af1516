"""One recording, from file to judged facts: the arrows of the data flow, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from scanner.asr import ChannelSpeech, LanguageGuess, Transcriber
from scanner.audio import Recording, load_recording
from scanner.calls import CallInfo
from scanner.detect import DETECTOR_VERSION
from scanner.detect.coverage import coverage_of
from scanner.detect.disclosures import hear_disclosures
from scanner.detect.matters import hear_matters
from scanner.detect.speakers import assign_speakers
from scanner.detect.spoken_value import SpokenValue
from scanner.detections import AudioProblem, RecordingFacts, SpeechSpan
from scanner.findings import Judgement
from scanner.judge import judge
from scanner.masking import HashKey, MaskedTranscript, MaskedTurn, mask_transcript, masked_facts
from scanner.policy import Policy
from scanner.transcript import Span, Transcript, merge_spans

UNDERSTOOD_LANGUAGES = frozenset({"en", "es"})
"""Languages in which something can be heard: a call in another one is not turned into words, which would be invented."""

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
    agent_channel_source: Literal["metadata", "words", "unknown"]
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
    guess, speech = _hear(recording, engines.transcriber)
    words = Transcript.of((w for s in speech for w in s.words), language=guess.language, language_confidence=guess.confidence)
    assigned = assign_speakers(words, channels=len(speech), agent_channel=info.agent_channel)
    transcript = assigned.transcript
    values = engines.personal_data.detect(transcript)
    masked = mask_transcript(transcript, values)
    problems = (*recording.problems, *(p for s in speech for p in s.problems))
    facts = _facts(recording.duration_s, transcript, masked, values, problems, policy=policy, engines=engines)
    return ScannedCall(
        info=info,
        recording_uri=uri,
        recording_sha256=recording.sha256,
        channels=len(recording.channels),
        sample_rate=recording.sample_rate,
        facts=facts,
        judgement=judge(info, facts, policy),
        transcript=masked.turns(),
        agent_channel=assigned.agent_channel,
        agent_channel_source=assigned.agent_channel_source,
        model_id=engines.transcriber.model_id,
        detector_id=detector_id(policy),
        value_hmac_key_id=engines.key.key_id,
        caller_hmac=engines.key.hash(info.caller_number) if info.caller_number else None,
    )


def _hear(recording: Recording, transcriber: Transcriber) -> tuple[LanguageGuess, Sequence[ChannelSpeech]]:
    """Words of each channel; two channels with the same sound are heard once, as one."""
    channels = recording.distinct_channels
    guess = transcriber.detect_language(channels)
    if guess.language is not None and guess.language not in UNDERSTOOD_LANGUAGES:
        return guess, [ChannelSpeech((), ()) for _ in channels]
    return guess, [transcriber.transcribe(c, language=guess.language, channel=i) for i, c in enumerate(channels)]


def _facts(
    duration_s: float,
    transcript: Transcript,
    masked: MaskedTranscript,
    values: Sequence[SpokenValue],
    problems: tuple[AudioProblem, ...],
    *,
    policy: Policy,
    engines: Engines,
) -> RecordingFacts:
    heard = hear_disclosures(transcript, vocabulary=policy.vocabulary)
    return RecordingFacts(
        duration_s=duration_s,
        speech=speech_spans(transcript),
        language=transcript.language,
        language_confidence=transcript.language_confidence,
        coverage=coverage_of(transcript),
        disclosures=tuple(replace(d, excerpt=masked.excerpt(d.span, d.speaker)) for d in heard.disclosures),
        events=heard.events,
        personal_data=masked_facts(masked, values, engines.key),
        matters=hear_matters(transcript),
        audio_problems=problems,
    )


def speech_spans(transcript: Transcript) -> tuple[SpeechSpan, ...]:
    """Who speaks when, from the words: music and ringing have none, and short breaths are bridged."""
    return tuple(
        SpeechSpan(t.speaker, s.start_s, s.end_s)
        for t in transcript.turns(max_gap_s=_SPEECH_GAP_S)
        for s in merge_spans((Span(w.start_s, w.end_s) for w in t.words), max_gap_s=_SPEECH_GAP_S)
    )
