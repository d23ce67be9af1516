"""Hearings with gaps: other moments are missing in each, and the same ones in each scan."""

import itertools

import numpy as np

from scanner.asr.gaps import timed_like, with_gaps
from scanner.asr.placing import HeardWord


def test_each_way_misses_other_moments_and_holds_the_rest() -> None:
    """About a quarter of the moments is blank as a whole, in no two ways the same; nothing else changes."""
    encoded = np.random.default_rng(0).random((1, 400, 8), dtype=np.float32) + 1
    ways = with_gaps(encoded, 6)
    assert ways.shape == (6, 400, 8)
    assert ways.dtype == np.float32
    blank = (ways == 0).all(axis=2)
    assert ((ways == 0).any(axis=2) == blank).all()
    assert (blank.mean(axis=1) > 0.15).all()
    assert (blank.mean(axis=1) < 0.35).all()
    assert len({row.tobytes() for row in blank}) == 6
    assert np.array_equal(ways[~blank], np.broadcast_to(encoded, ways.shape)[~blank])


def test_the_same_sound_is_heard_the_same_in_a_rescan() -> None:
    """A finding must not come and go."""
    encoded = np.ones((1, 300, 4), np.float32)
    assert np.array_equal(with_gaps(encoded, 8), with_gaps(encoded, 8))


def test_what_two_hearings_share_is_said_at_the_same_time_and_the_rest_in_between() -> None:
    """Only one hearing of a stretch is aligned with the sound, which costs a third of hearing it."""
    timed = [
        HeardWord("Our", 0.0, 0.2, 0.9),
        HeardWord("call's", 0.2, 0.5, 0.8),
        HeardWord("never", 0.5, 0.9, 0.4),
        HeardWord("recorded.", 0.9, 1.4, 0.95),
    ]
    words = timed_like("And our calls do get recorded you know", timed, seconds=2.0)
    assert [w.text for w in words] == "And our calls do get recorded you know".split()
    assert [(w.start_s, w.end_s) for w in words if w.text in {"our", "recorded"}] == [(0.0, 0.2), (0.9, 1.4)]
    calls, do, get = words[2:5]
    assert 0.2 <= calls.start_s < do.start_s < get.start_s < 0.9
    assert all(1.4 <= w.start_s <= w.end_s <= 2.0 for w in words[6:])
    assert all(a.end_s <= b.end_s for a, b in itertools.pairwise(words))
    assert timed_like("hello there", [], seconds=1.0)[1].end_s == 1.0
