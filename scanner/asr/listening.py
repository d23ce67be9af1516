"""From stretches of speech to words one can vouch for: hear all in full windows, and what is doubtful again, alone.

A window full of stretches is cheap, but the model drops a sentence in it now and then, or goes round in circles. Each
stretch must therefore hold words at a rate at which people speak, or it is heard again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scanner.asr import doubts
from scanner.asr.placing import Care, Hear, Heard, place, place_inside, snap
from scanner.asr.sound import Sound
from scanner.asr.transcriber import SAMPLE_RATE, ChannelSpeech
from scanner.asr.voice_activity import Stretch
from scanner.asr.voices import Batch, Voices
from scanner.asr.windows import Window, alone
from scanner.detections import AudioProblem
from scanner.transcript import Span, Word

_BACKGROUND_DB = 7.0
"""So much softer than the side that was understood are other voices in the room. Nobody vouches for their words."""
_BACKGROUND_OF_BOTH_DB = 14.0
"""Of a recording with both sides in one channel: one side may be 10 dB softer than the other."""
_WORTH_HEARING_S = 0.3
_UNCLEAR_S = 1.0
_HOLE_PAD_S = 0.2
_NOBODY_SPEAKS = 0.5
"""Over ringing, music and noise the model puts it at 0.66 and more that there is no speech."""

Words = tuple[Word, ...]


def listen(
    voices: Sequence[Voices], first: Iterable[tuple[Batch, Sequence[Heard]]], hear: Hear, *, batch: int
) -> tuple[ChannelSpeech, ...]:
    """The words of each channel, each inside a stretch of speech.

    `first`: what was heard in batches that hold all stretches; `batch`: windows that are heard again at once.
    """
    said: defaultdict[int, dict[int, Words]] = defaultdict(dict)
    for group, hearings in first:
        for (channel, window), heard in zip(group.members, hearings, strict=True):
            found = place(heard, window, channel.stretches, channel=channel.channel, sound=channel.sound)
            said[channel.channel].update(found)
    background_db = _BACKGROUND_DB if len(voices) > 1 else _BACKGROUND_OF_BOTH_DB
    return tuple(_settled(v, said[v.channel], _Ear(v, hear, batch, background_db)) for v in voices)


def _settled(voices: Voices, first: Mapping[int, Words], ear: _Ear) -> ChannelSpeech:
    """What is believed of one channel, after what is doubtful was heard again."""
    stretches, sound, channel = voices.stretches, voices.sound, voices.channel
    said = [first.get(i, ()) for i in range(len(stretches))]
    usual_db = _usual_level(said, sound)
    softest_db = usual_db - ear.background_db
    said = [snap(words, sound, usual_db=usual_db) for words in said]

    problems: list[AudioProblem] = []
    doubtful = [i for i, s in enumerate(stretches) if is_doubtful(said[i], s, sound, softest_db=softest_db)]
    numbers = frozenset(i for i in doubtful if any(doubts.is_number(w.text) for w in said[i]))
    cares: tuple[tuple[Care, list[int]], ...] = (
        ("careful", [i for i in doubtful if i in numbers]),
        ("alone", [i for i in doubtful if i not in numbers]),
    )
    for care, chosen in cares:
        for window, heard in ear.hear([alone(i, stretches) for i in chosen], stretches, care=care):
            for i, words in place(heard, window, stretches, channel=channel, sound=sound).items():
                snapped = snap(words, sound, usual_db=usual_db)
                said[i], loops = settle(said[i], snapped, stretches[i], channel=channel)
                problems += loops

    _fill_holes(said, stretches, ear, usual_db=usual_db, softest_db=softest_db)
    problems += [
        AudioProblem("unclear_speech", s.start_s, s.end_s, channel)
        for i in range(len(stretches))
        for s in unheard(said[i], stretches[i], sound, softest_db=softest_db, at_least_s=_UNCLEAR_S)
    ]
    problems.sort(key=lambda p: p.start_s)
    everything = sorted(
        [*zip(stretches, said, strict=True), *_faintly_said(voices.faint, ear)], key=lambda f: f[0].core_start
    )
    speech = tuple(
        Span(min(s.core.start_s, words[0].start_s), max(s.core.end_s, *(w.end_s for w in words), 0.0))
        for s, words in everything
        if words
    )
    return ChannelSpeech(tuple(w for _, words in everything for w in words), speech, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Ear:
    voices: Voices
    model: Hear
    batch: int
    background_db: float

    @property
    def channel(self) -> int:
        return self.voices.channel

    @property
    def sound(self) -> Sound:
        return self.voices.sound

    def hear(
        self, windows: Sequence[Window], stretches: Sequence[Stretch], *, care: Care
    ) -> Iterator[tuple[Window, Heard]]:
        """What is heard in each window, a few at a time: of a long call no more than those is in floats."""
        # windows of like length together, because a batch is as long as its longest
        ordered = sorted(windows, key=lambda w: -w.length)
        for start in range(0, len(ordered), self.batch):
            group = ordered[start : start + self.batch]
            audio = [w.audio(self.voices.samples, stretches) for w in group]
            yield from zip(group, self.model(audio, care), strict=True)


def _faintly_said(faint: Sequence[Stretch], ear: _Ear) -> list[tuple[Stretch, Words]]:
    """The words of stretches that may hold no voice: each alone, so that the model can say that nobody speaks."""
    heard_in: list[tuple[Stretch, Words]] = []
    for window, heard in ear.hear([alone(i, faint) for i in range(len(faint))], faint, care="alone"):
        stretch = faint[window.pieces[0].stretch]
        words = place(heard, alone(0, [stretch]), [stretch], channel=ear.channel, sound=ear.sound)[0]
        if heard.no_speech_probability < _NOBODY_SPEAKS and words and not _is_unsound(words, stretch):
            heard_in.append((stretch, words))
    return heard_in


def is_doubtful(words: Sequence[Word], stretch: Stretch, sound: Sound, *, softest_db: float) -> bool:
    """Whether a stretch should be heard again as a whole, alone."""
    if words:
        return (
            _is_unsound(words, stretch)
            or doubts.is_faint(words)
            or doubts.has_doubtful_number(words)
            or doubts.repeats_digits(words)
        )
    return bool(unheard(words, stretch, sound, softest_db=softest_db, at_least_s=_WORTH_HEARING_S))


def unheard(
    words: Sequence[Word], stretch: Stretch, sound: Sound, *, softest_db: float, at_least_s: float
) -> tuple[Span, ...]:
    """Where a stretch has voice for so long, but no words, as loud as the speech that has some: louder than `softest_db`."""
    spans = (stretch.core,) if not words or doubts.is_faint(words) else doubts.holes(words, stretch.core)
    return tuple(s for s in spans if sound.voiced_s(s) >= at_least_s and sound.level_db(s) > softest_db)


def settle(first: Words, second: Words, stretch: Stretch, *, channel: int) -> tuple[Words, list[AudioProblem]]:
    """Which of two hearings to believe: the one without loops and inventions, then the one that leaves less unheard.

    In its short windows the first one loses count of digits that go round and round.
    """
    sound = [h for h in (second, first) if h and not _is_unsound(h, stretch)]
    if second in sound and doubts.repeats_digits(first):
        return second, []
    if sound:
        return max(sound, key=lambda h: (-round(_unheard_s(h, stretch)), doubts.confidence(h))), []
    looped = [h for h in (second, first) if doubts.find_loops(h)]
    for words in looped:
        loops = doubts.find_loops(words)
        kept = doubts.without(words, loops)
        if kept and not _is_unsound(kept, stretch):
            return kept, [_repetition(words[loop.first : loop.end], channel) for loop in loops]
    if looped:
        return (), [AudioProblem("repetition", stretch.core.start_s, stretch.core.end_s, channel)]
    return (), []


def _repetition(words: Sequence[Word], channel: int) -> AudioProblem:
    return AudioProblem("repetition", words[0].start_s, max(w.end_s for w in words), channel)


def _is_unsound(words: Sequence[Word], stretch: Stretch) -> bool:
    return bool(doubts.find_loops(words)) or doubts.is_too_dense(words, stretch) or doubts.is_invented(words, stretch)


def _unheard_s(words: Sequence[Word], stretch: Stretch) -> float:
    return sum(h.duration_s for h in doubts.holes(words, stretch.core))


def _fill_holes(
    said: list[Words], stretches: Sequence[Stretch], ear: _Ear, *, usual_db: float, softest_db: float
) -> None:
    """Hear what lies between words, for too long to be a pause, by itself: in company the model passes it over again."""
    holes: list[tuple[int, Stretch]] = []
    for i, stretch in enumerate(stretches):
        if said[i] and not doubts.is_faint(said[i]):
            spans = unheard(said[i], stretch, ear.sound, softest_db=softest_db, at_least_s=_WORTH_HEARING_S)
            holes += [(i, _cut_out(s, stretch, ear.sound)) for s in spans]
    pieces = [piece for _, piece in holes]
    for window, heard in ear.hear([alone(k, pieces) for k in range(len(pieces))], pieces, care="alone"):
        k = window.pieces[0].stretch
        i, piece = holes[k]
        found = snap(place_inside(heard, alone(0, [piece]), piece, channel=ear.channel), ear.sound, usual_db=usual_db)
        if found and not _is_unsound(found, piece) and not doubts.is_faint(found):
            kept = (
                w for w in said[i] if not (doubts.is_guess(w) and piece.core.start_s <= w.start_s < piece.core.end_s)
            )
            said[i] = tuple(sorted((*kept, *found), key=lambda w: (w.start_s, w.end_s)))


def _cut_out(span: Span, stretch: Stretch, sound: Sound) -> Stretch:
    first, last = int(span.start_s * SAMPLE_RATE), int(span.end_s * SAMPLE_RATE)
    pad = int(_HOLE_PAD_S * SAMPLE_RATE)
    return Stretch(
        max(stretch.start, first - pad),
        min(stretch.end, last + pad),
        first,
        last,
        sound.voiced_s(span),
        sound.peak(span),
    )


def _usual_level(said: Sequence[Words], sound: Sound) -> float:
    """The level of speech that was understood; -120 dB when none was, so that all else counts as loud."""
    loudness = [sound.level_db(Span(words[0].start_s, words[-1].end_s)) for words in said if words]
    return float(np.median(loudness)) if loudness else -120.0
