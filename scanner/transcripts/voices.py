"""A given transcript as words with times, each voice on a channel of its own, and what its labels say of who it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scanner.detections import AudioProblem
from scanner.transcript import COMPANY_SIDE, Speaker, Transcript, Word, merge_spans
from scanner.transcripts.given import GivenTranscript
from scanner.transcripts.language import language_by_words
from scanner.transcripts.marks import stands_for_lost_words
from scanner.transcripts.roles import plain_label, role_of
from scanner.transcripts.timing import cue_times, together, word_times

Names = Mapping[str, Speaker]
"""Plain labels and who they are, as somebody has said it: `{"rep": "agent"}`."""
NO_NAMES: Names = MappingProxyType({})

_COMPANY, _CUSTOMER, _FIRST_OPEN = 0, 1, 2
_MOST_CHANNELS = 32


@dataclass(frozen=True, slots=True)
class Voices:
    """The words of a given transcript, in clear, with the speakers that its labels tell and `unknown` for all others.

    The company's told voices are on channel 0 and the customer's on 1 when there are any; each other voice has a channel of
    its own. `mixed`: channels whose words may be of any voice. `by_channel`: channels are those of the recording.
    `duration_s`: of the call, or until the last word. `problems`: where somebody spoke and nothing could be written down.
    """

    transcript: Transcript = field(repr=False)
    channels: int
    mixed: frozenset[int]
    by_channel: bool
    duration_s: float
    problems: tuple[AudioProblem, ...] = ()

    @property
    def told(self) -> bool:
        """Whether a label says of any word who speaks it."""
        return any(w.speaker != "unknown" for w in self.transcript.words)


def voices_of(given: GivenTranscript, names: Names = NO_NAMES) -> Voices | None:
    """The voices of a transcript, by `names` first and by their labels else; None when nothing in it has a time."""
    cues = [c for c in given.cues if c.words]
    times = cue_times(cues)
    if times is None:
        return None
    roles = {label: _role(label, names) for label in dict.fromkeys(c.label for c in cues)}
    channels = _channels(roles, by_channel=given.by_channel)
    words: list[Word] = []
    for channel in sorted(set(channels.values())):
        here = [k for k, c in enumerate(cues) if channels[c.label] == channel]
        for cue, start_s, end_s in together([cues[k] for k in here], [times[k] for k in here]):
            speaker = roles[cue.label] or "unknown"
            words += [
                Word(w.text, from_s, to_s, w.probability, channel, speaker)
                for w, (from_s, to_s) in zip(cue.words, word_times(cue.words, start_s, end_s), strict=True)
            ]
    lost = [w for w in words if stands_for_lost_words(w.text)]
    heard = [w for w in words if not stands_for_lost_words(w.text)]
    language, confidence = given.language, given.language_confidence
    if language is None:
        language, confidence = language_by_words(w.text for w in heard)
    return Voices(
        transcript=Transcript.of(heard, language=language, language_confidence=confidence),
        channels=max(channels.values(), default=0) + 1 if given.by_channel else len(set(channels.values())),
        mixed=frozenset(c for label, c in channels.items() if label is None),
        by_channel=given.by_channel,
        duration_s=max((given.duration_s or 0.0, *(w.end_s for w in words))),
        problems=tuple(AudioProblem("unclear_speech", s.start_s, s.end_s) for s in merge_spans(w.span for w in lost)),
    )


def _role(label: str | None, names: Names) -> Speaker | None:
    if label is None:
        return None
    return names.get(plain_label(label)) or role_of(label)


def _channels(roles: Mapping[str | None, Speaker | None], *, by_channel: bool) -> dict[str | None, int]:
    """The channel of each label: sides that are told first, then each open voice by itself."""
    told = any(roles.values())
    channels: dict[str | None, int] = {}
    following = _FIRST_OPEN if told else 0
    for label, role in roles.items():
        number = re.search(r"\d+$", label or "")
        if role is not None:
            channels[label] = _COMPANY if role in COMPANY_SIDE else _CUSTOMER
        elif by_channel and not told and number is not None and int(number[0]) < _MOST_CHANNELS:
            channels[label] = int(number[0])
        else:
            channels[label] = following
            following += 1
    return channels
