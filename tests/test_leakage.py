import numpy as np
import pytest

from scanner.leakage import without_leakage

RATE = 16_000


def voice(seed, seconds=4.0, level=6000):
    """Noise shaped like syllables: loud and soft four times a second, with most strength below 1 kHz."""
    rng = np.random.default_rng(seed)
    n = int(seconds * RATE)
    raw = np.convolve(rng.normal(size=n), np.ones(12) / 12, "same")
    raw *= 0.6 + 0.4 * np.sin(np.arange(n) / RATE * 2 * np.pi * 4 + seed)
    return raw / np.abs(raw).max() * level


def delayed(samples, seconds):
    n = int(seconds * RATE)
    return np.concatenate((np.zeros(n), samples[: len(samples) - n]))


def pcm(samples):
    return np.clip(samples, -32768, 32767).astype(np.int16)


@pytest.mark.parametrize("delay_s", [0.0, 0.08, 0.2])
@pytest.mark.parametrize("level", [0.03, 0.1])
def test_an_echo_of_the_other_side_is_silenced(delay_s, level):
    """What the customer's line picks up of the agent is not the customer's speech."""
    agent = voice(1)
    noise = np.random.default_rng(5).normal(size=len(agent)) * 10
    heard = without_leakage([pcm(agent), pcm(delayed(agent, delay_s) * level + noise)])
    assert np.array_equal(heard[0], pcm(agent))
    inside = heard[1][RATE : 3 * RATE]
    assert np.count_nonzero(inside) < 0.02 * len(inside)


def test_a_soft_voice_under_a_loud_one_stays():
    """A customer who says no into the agent's sentence is heard, though far softer."""
    agent, customer = voice(1), voice(2, level=900)
    assert np.array_equal(without_leakage([pcm(agent), pcm(customer)])[1], pcm(customer))


def test_the_same_sound_on_both_channels_stays():
    """Two equal channels are one mono call, not an echo of each other."""
    agent = pcm(voice(1))
    assert all(np.array_equal(c, agent) for c in without_leakage([agent.copy(), agent.copy()]))


def test_one_channel_has_nothing_to_leak_from():
    """A mono call is given back as it is."""
    agent = pcm(voice(1))
    assert without_leakage([agent])[0] is agent


def test_an_empty_channel_is_no_error():
    """Nothing recorded, nothing leaked."""
    empty = np.zeros(0, np.int16)
    assert [len(c) for c in without_leakage([empty, empty])] == [0, 0]
