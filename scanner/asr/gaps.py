"""Hearings that each miss other moments of the sound: what was plainly said is heard all the same, what was guessed is not.

A recogniser tells how sure it is of a word given the words before it, not whether the sound would bear another reading.
Asked again with moments missing it shows that, at the price of decoding: the sound is encoded once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_MISSED = 0.25
"""Of the moments, each a fiftieth of a second: a word is a dozen of them."""
_SEED = 20
"""The same moments in each scan, so that the same recording is heard the same."""

Encoded = npt.NDArray[np.float32]


def with_gaps(encoded: Encoded, ways: int) -> Encoded:
    """What the encoder made of one window, (1, moments, width), so many times with other moments blank: (ways, …)."""
    blank = np.random.default_rng(_SEED).random((ways, encoded.shape[1], 1)) < _MISSED
    return np.where(blank, np.float32(0), encoded)
