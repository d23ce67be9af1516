"""The parts of the scale measurement that need no model."""

import wave

import numpy as np
import pytest
from benchmarks.long_calls import RATE, write_call
from benchmarks.scale import Point
from benchmarks.scale_plot import draw

CALLS = [(np.full(3 * RATE, level, np.int16), np.full(2 * RATE, -level, np.int16)) for level in (1000, 2000)]


def written(path, **options):
    write_call(path, CALLS, **options)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


@pytest.mark.parametrize("seconds", [1, 7.5, 60])
def test_a_made_call_is_as_long_as_asked_for(tmp_path, seconds):
    """The last call is cut off."""
    assert len(written(tmp_path / "c.wav", seconds=seconds, number=0)) == seconds * RATE


def test_a_made_call_holds_one_call_after_the_other_with_pauses(tmp_path):
    """Both sides go on together, and nothing but hiss lies between."""
    frames = written(tmp_path / "c.wav", seconds=20, number=1)
    assert frames[0].tolist() == [2000, -2000]
    assert np.abs(frames[2 * RATE : 3 * RATE]).max() < 10
    assert {1000, 2000} <= set(np.unique(frames[:, 0]).tolist())


def test_the_same_number_makes_the_same_call(tmp_path):
    """A measurement can be repeated, and no two calls of one are the same."""
    first, again = (written(tmp_path / "c.wav", seconds=9, number=n) for n in (4, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, written(tmp_path / "c.wav", seconds=9, number=5))


def test_what_loading_costs_is_no_cost_of_audio():
    """Twice 30 minutes in 100 s, of which 20 s were spent before the first call."""
    assert Point(1800, 2, 2, 100.0, 20.0, 60.0, 500.0).cpu_s_per_hour == 80


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_plot_is_drawn_of_what_was_measured(tmp_path, ending):
    """With one worker's points as well as two's, and few enough bytes for a README."""
    points = [
        {"call_s": s, "workers": w, "cpu_s_per_hour": 200.0, "peak_mb": 500.0 * w} for s in (30, 7200) for w in (1, 2)
    ]
    path = tmp_path / f"plot.{ending}"
    draw({"points": points, "worker_mb": {"models": {"0": 1.0, "1": 2.0}, "scripted": {"1000": 3.0}}}, path)
    assert 1000 < path.stat().st_size < 150_000
