"""The voice detector as matrix products says what its graph says, piece by piece."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from faster_whisper.vad import get_vad_model

from scanner.asr import silero
from scanner.asr.silero import SileroGraph, SileroNetwork, load_silero
from scanner.asr.voice_activity import voice_probabilities


def sound(hops: int, *, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Noise that swells and fades, as the network takes it."""
    loud = 0.2 * np.abs(np.sin(np.arange(hops) / 20))[:, None]
    return (np.random.default_rng(seed).standard_normal((hops, 576)) * loud).astype(np.float32)


def test_the_network_says_what_the_graph_says() -> None:
    """Pieces of whatever length have the graph's probabilities, each as if it were alone."""
    pieces = [sound(470, seed=1), sound(1, seed=2), sound(37, seed=3), np.zeros((9, 576), np.float32)]
    network = load_silero()
    assert isinstance(network, SileroNetwork)
    expected = SileroGraph(get_vad_model().session)(pieces)
    assert max(p.max() for p in expected) > 0.05
    for own, other in zip(network(pieces), expected, strict=True):
        assert own.shape == other.shape
        assert np.allclose(own, other, atol=1e-5)
    assert network([]) == []


def test_another_file_is_run_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is not the one known here is not taken apart; what is heard is the same for one that is."""
    samples = (sound(600, seed=4)[:, 64:].reshape(-1) * 32768).clip(-32768, 32767).astype(np.int16)
    known = voice_probabilities(load_silero(), samples)
    monkeypatch.setattr(silero, "SHA256", "")
    graph = load_silero()
    assert isinstance(graph, SileroGraph)
    assert np.allclose(voice_probabilities(graph, samples), known, atol=1e-5)


def test_what_is_no_such_network_is_refused() -> None:
    """A file without the network's weights is an error, and no detector that hears nothing."""
    with pytest.raises(KeyError):
        SileroNetwork(b"")
