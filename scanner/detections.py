"""Facts: what was said in a recording, by whom, when and how sure. No law, no clear personal data.

Everything in `RecordingFacts` is stored with the call, so that another policy can judge it later without the audio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType, get_args

from scanner.transcript import Span, Speaker

MaskedText = NewType("MaskedText", str)
"""Words in which personal data is masked. Only `scanner.masking` makes one; `scanner.store` reads them back."""

NOTHING = MaskedText("")
"""No words: what a fact or finding shows until masking gave it an excerpt."""

DisclosureKind = Literal[
    "recording",
    "third_party",
    "ai_analysis",
    "ai_training",
    "consent_request",
    "consent_granted",
    "consent_refused",
    "opt_out_offered",
    "opt_out_requested",
    "recording_denied",
    "transfer",
]
DISCLOSURE_KINDS: tuple[DisclosureKind, ...] = get_args(DisclosureKind)
CUSTOMER_KINDS: tuple[DisclosureKind, ...] = ("consent_granted", "consent_refused", "opt_out_requested")
"""Only the customer's words count as these, and only the company's as the others."""
OBJECTIONS: frozenset[DisclosureKind] = frozenset({"consent_refused", "opt_out_requested"})
"""With these a customer objects to the recording or to AI."""

Basis = Literal["wording", "meaning"]
"""`wording`: the words say so. `meaning`: only near in meaning to examples, which may raise a review, never clear a call."""

EventKind = Literal["call_ending", "recording_stopped", "virtual_agent", "hold"]
"""`call_ending`: the agent announces that this call ends or moves to another, unrecorded line. `recording_stopped`: the
agent says that the recording has been stopped. `virtual_agent`: a voice says that it is automated. `hold`: the caller is
asked to hold."""

Sensitivity = Literal["none", "contact", "financial", "health", "legal", "credentials"]
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)
"""From the least to the most private."""

Coverage = Literal["complete", "partial", "unknown"]

AudioProblemKind = Literal[
    "damaged",
    "truncated",
    "clipped",
    "same_channels",
    "silent_channel",
    "noisy",
    "repetition",
    "unclear_speech",
]
"""`damaged`: packets could not be decoded and were filled with silence. `truncated`: it holds less than it declares.
`clipped`: overdriven. `same_channels`: two channels carry the same sound. `silent_channel`: nothing on one channel.
`noisy`: speech hardly stands out. `repetition`: the recogniser looped and was cut. `unclear_speech`: somebody speaks, but
no words could be made out with confidence."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One disclosure kind said once: by whom, when, how sure (confidence: of what is marked 0.9, nine in ten are right)."""

    kind: DisclosureKind
    speaker: Speaker
    start_s: float
    end_s: float
    confidence: float
    basis: Basis = "wording"
    speaker_confidence: float = 1.0
    excerpt: MaskedText = NOTHING

    @property
    def span(self) -> Span:
        return Span(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """Something that happens in a call and is no disclosure, but that a rule needs to know."""

    kind: EventKind
    speaker: Speaker
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One value of personal data, masked: Presidio's entity type, who spoke, the seconds of all its parts."""

    entity_type: str
    speaker: Speaker
    start_s: float
    end_s: float
    confidence: float
    parts: tuple[Span, ...] = ()
    value_hmac: str | None = None
    excerpt: MaskedText = NOTHING


@dataclass(frozen=True, slots=True)
class SensitiveMatter:
    """A private matter that was spoken about (an illness, a debt, a lawsuit)."""

    sensitivity: Sensitivity
    speaker: Speaker
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class AudioProblem:
    """Why the scanner cannot vouch for a stretch of audio; `channel` is None when all are concerned."""

    kind: AudioProblemKind
    start_s: float
    end_s: float
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class SpeechSpan:
    """Somebody speaks: ringing, music and silence are not in it."""

    speaker: Speaker
    start_s: float
    end_s: float

    @property
    def span(self) -> Span:
        return Span(self.start_s, self.end_s)


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """All that the models found in one recording, and all that judging it needs of it."""

    duration_s: float
    speech: tuple[SpeechSpan, ...] = ()
    language: str | None = None
    language_confidence: float = 0.0
    coverage: Coverage = "unknown"
    disclosures: tuple[Disclosure, ...] = ()
    events: tuple[CallEvent, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    matters: tuple[SensitiveMatter, ...] = ()
    audio_problems: tuple[AudioProblem, ...] = ()
