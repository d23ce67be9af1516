"""Stretches of speech keep every word that was said, and windows keep every stretch whole."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.asr.transcriber import SAMPLE_RATE
from scanner.asr.voice_activity import (
    HOP,
    HOP_S,
    Piece,
    Probabilities,
    Stretch,
    find_stretches,
    voice_probabilities,
    with_loud_hops,
)
from scanner.asr.windows import WINDOW_S, alone, pack


def probabilities(*spans: tuple[float, float, float], seconds: float) -> Probabilities:
    """0.02 but for spans (from, to, probability)."""
    out = np.full(int(seconds / HOP_S), 0.02, np.float32)
    for start, end, p in spans:
        out[int(start / HOP_S) : int(end / HOP_S)] = p
    return out


def stretches_of(*spans: tuple[float, float, float], seconds: float) -> list[tuple[float, float]]:
    found = find_stretches(probabilities(*spans, seconds=seconds), samples=int(seconds * SAMPLE_RATE))
    return [(round(s.core.start_s, 1), round(s.core.end_s, 1)) for s in found]


def test_soft_digits_are_speech() -> None:
    """A voice at 0.25 is speech, as digits read aloud often are; a line's hiss at 0.1 is not."""
    assert stretches_of((1, 2, 0.25), seconds=4) == [(1.0, 2.0)]
    assert stretches_of((1, 2, 0.15), seconds=4) == []


def test_pauses_part_stretches_and_breaths_do_not() -> None:
    """A pause of half a second parts two stretches; a shorter one, or a dip that stays above nothing, does not."""
    assert stretches_of((1, 2, 0.9), (2.4, 3, 0.9), seconds=5) == [(1.0, 3.0)]
    assert stretches_of((1, 2, 0.9), (2, 3, 0.12), (3, 4, 0.9), seconds=5) == [(1.0, 4.0)]
    assert stretches_of((1, 2, 0.9), (2.7, 3.5, 0.9), seconds=5) == [(1.0, 2.0), (2.7, 3.5)]


def test_speech_at_either_end_of_the_recording_is_kept() -> None:
    """A recording that starts and ends in the middle of a word loses neither."""
    seconds = 3.0
    found = find_stretches(probabilities((0, 1, 0.9), (2, 3, 0.9), seconds=seconds), samples=int(seconds * SAMPLE_RATE))
    assert found[0].start == 0
    assert found[-1].end == seconds * SAMPLE_RATE
    assert stretches_of(seconds=3) == []


def test_a_monologue_is_cut_where_it_is_quietest() -> None:
    """Thirty seconds without a pause are two stretches, cut at the softest moment."""
    found = stretches_of((0, 30, 0.9), (14.9, 15.2, 0.3), seconds=31)
    assert len(found) == 2
    assert found[0][1] == pytest.approx(15.05, abs=0.2)
    assert found[0][1] == found[1][0]


spans = st.lists(st.tuples(st.floats(0, 60), st.floats(0.1, 35), st.floats(0, 1)), max_size=8)


@settings(max_examples=60, deadline=None)
@given(spans)
def test_stretches_and_windows_hold_all_speech_in_order(drawn: list[tuple[float, float, float]]) -> None:
    """Whatever a channel is like: speech is in stretches that do not overlap, and stretches are whole in windows."""
    own = probabilities(*((s, s + d, p) for s, d, p in drawn), seconds=97)
    samples = len(own) * HOP - 100
    found = find_stretches(own, samples=samples)
    covered = np.zeros(samples, bool)
    for before, after in pairwise(found):
        assert before.core_end <= after.core_start
        assert before.end <= after.start or before.end == after.start
    for s in found:
        assert 0 <= s.start <= s.core_start < s.core_end <= s.end <= samples
        assert s.end - s.start <= 20.9 * SAMPLE_RATE
        covered[s.core_start : s.core_end] = True
    for hop in np.flatnonzero(own >= 0.2):
        assert covered[hop * HOP : min(samples, (hop + 1) * HOP)].all()
    windows = pack(found)
    assert [p.stretch for w in windows for p in w.pieces] == list(range(len(found)))
    assert all(w.length <= WINDOW_S * SAMPLE_RATE or len(w.pieces) == 1 for w in windows)
    sound = np.arange(samples, dtype=np.int64).astype(np.int16)
    for w in windows:
        audio = w.audio(sound, found)
        assert len(audio) == w.length
        for p in w.pieces:
            s = found[p.stretch]
            assert np.array_equal(audio[p.at : p.at + s.end - s.start] * 32768, sound[s.start : s.end])
            middle = (p.at + (s.end - s.start) / 2) / SAMPLE_RATE
            assert w.piece_at(middle) == p


def test_long_pauses_are_shortened_in_windows() -> None:
    """A minute of silence between two words does not cost a minute of hearing."""
    found = find_stretches(probabilities((1, 2, 0.9), (70, 71, 0.9), seconds=75), samples=75 * SAMPLE_RATE)
    (window,) = pack(found)
    assert window.length < 5 * SAMPLE_RATE
    assert alone(1, found).length == found[1].end - found[1].start


def test_loud_hops_near_speech_count_as_speech() -> None:
    """What is as loud as speech, and near it, is heard though the detector passes over it; clicks, softer sounds and
    rings far from any speech are not."""
    own = probabilities((2, 4, 0.9), seconds=20)
    levels = np.full(len(own), -60.0, np.float32)
    levels[int(2 / HOP_S) : int(4 / HOP_S)] = -25
    levels[int(5 / HOP_S) : int(6 / HOP_S)] = -30  # digits
    levels[int(6.5 / HOP_S)] = -10  # a click
    levels[int(7 / HOP_S) : int(8 / HOP_S)] = -45  # the other side, through the wire
    levels[int(12 / HOP_S) : int(14 / HOP_S)] = -25  # ringing
    likely = with_loud_hops(own, levels)
    found = find_stretches(likely, samples=20 * SAMPLE_RATE)
    assert [(round(s.core.start_s, 1), round(s.core.end_s, 1)) for s in found] == [(2.0, 4.0), (5.0, 6.0)]
    assert np.array_equal(with_loud_hops(probabilities(seconds=20), levels), probabilities(seconds=20))


class TiredDetector:
    """Hears a voice wherever there is sound, but only for the first so many hops of a piece."""

    def __init__(self, stamina: int) -> None:
        self.stamina = stamina
        self.longest = self.most = 0

    def __call__(self, pieces: Sequence[Piece]) -> list[Probabilities]:
        self.most = max(self.most, len(pieces))
        return [self._hear(p) for p in pieces]

    def _hear(self, hops: Piece) -> Probabilities:
        assert hops.shape[1] == 64 + HOP
        self.longest = max(self.longest, len(hops))
        heard = np.abs(hops[:, 64:]).max(axis=1) > 0.1
        heard[self.stamina :] = False
        return np.asarray(heard, np.float32)


def test_a_detector_that_tires_is_started_anew() -> None:
    """The detector gets used to a noisy room: heard from two sides in pieces, it misses nothing; in one go it would."""
    seconds = 400
    sound = np.zeros(seconds * SAMPLE_RATE + 17, np.int16)
    sound[: seconds * SAMPLE_RATE] = 9000
    tired = TiredDetector(stamina=240)
    heard = voice_probabilities(tired, sound)
    assert len(heard) == -(-len(sound) // HOP)
    assert (heard[: seconds * SAMPLE_RATE // HOP] == 1).all()
    assert tired.longest * HOP_S < 16
    assert tired.most * tired.longest * HOP_S < 300  # nor does memory grow with the call
    assert (voice_probabilities(tired, sound, twice=False) == 0).any()


@pytest.mark.parametrize("samples", [0, 1, HOP, HOP + 1])
def test_tiny_channels(samples: int) -> None:
    """A channel of nothing, or of a few samples, has no stretches and breaks nothing."""
    heard = voice_probabilities(TiredDetector(9), np.zeros(samples, np.int16))
    assert len(heard) == -(-samples // HOP)
    assert find_stretches(heard, samples=samples) == ()
    assert pack(()) == ()


def test_a_stretch_knows_how_much_of_it_is_voice() -> None:
    """Peak and voiced seconds are those of the stretch itself."""
    (found,) = find_stretches(probabilities((1, 3, 0.3), (2, 2.5, 0.8), seconds=5), samples=5 * SAMPLE_RATE)
    assert isinstance(found, Stretch)
    assert found.peak == pytest.approx(0.8)
    assert found.voiced_s == pytest.approx(0.5, abs=0.05)


def test_windows_are_about_equally_long() -> None:
    """What does not fit into one window is shared evenly: windows heard together cost as much as the longest."""
    found = find_stretches(probabilities(*((s, s + 1.5, 0.9) for s in range(0, 24, 3)), seconds=25), samples=400_000)
    first, second = pack(found)
    assert abs(first.length - second.length) <= 2.5 * SAMPLE_RATE


def test_digital_silence_is_not_listened_to() -> None:
    """Where a channel holds nothing but zeros, nobody is asked whether somebody speaks."""
    detector = CountingDetector()
    sound = np.zeros(60 * SAMPLE_RATE, np.int16)
    sound[:100] = 1000
    assert not voice_probabilities(detector, sound)[470:].any()
    assert detector.hops == 2 * 470


class CountingDetector:
    """Hears no voice, and counts the hops that it is given."""

    hops = 0

    def __call__(self, pieces: Sequence[Piece]) -> list[Probabilities]:
        self.hops += sum(map(len, pieces))
        return [np.zeros(len(p), np.float32) for p in pieces]
