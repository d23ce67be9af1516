"""Hearings with gaps: other moments are missing in each, and the same ones in each scan."""

import numpy as np

from scanner.asr.gaps import with_gaps


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
