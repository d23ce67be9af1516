"""Hearings that each miss other moments of the sound: what was plainly said is heard all the same, what was guessed is not.

A recogniser tells how sure it is of a word given the words before it, not whether the sound would bear another reading.
Asked again with moments missing it shows that, at the price of decoding: the sound is encoded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from scanner.asr import doubts
from scanner.asr.placing import HeardWord

_MISSED = 0.25
"""Of the moments, each a fiftieth of a second: a word is a dozen of them."""
_SEED = 20
"""The same moments in each scan, so that the same recording is heard the same."""

_OTHER = 0.5
"""Probability of a word that the hearing without gaps does not have."""

Encoded = npt.NDArray[np.float32]


def with_gaps(encoded: Encoded, ways: int) -> Encoded:
    """What the encoder made of one window, (1, moments, width), so many times with other moments blank: (ways, …)."""
    blank = np.random.default_rng(_SEED).random((ways, encoded.shape[1], 1)) < _MISSED
    return np.where(blank, np.float32(0), encoded)


def timed_like(text: str, timed: Sequence[HeardWord], *, seconds: float) -> tuple[HeardWord, ...]:
    """The words of one way at the times of another hearing of the same sound, which has been aligned with it.

    What the two do not share lies between what they share. `seconds`: of the sound.
    """
    said = text.split()
    match = SequenceMatcher(
        None, [doubts.plain(w) for w in said], [doubts.plain(w.text) for w in timed], autojunk=False
    )
    words: list[HeardWord] = []
    for a, b, size in match.get_matching_blocks():  # the last is empty, and stands behind both
        until_s = timed[b].start_s if b < len(timed) else seconds
        words += _between(said[len(words) : a], words[-1].end_s if words else 0.0, until_s)
        pairs = zip(said[a : a + size], timed[b : b + size], strict=True)
        words += [HeardWord(w, t.start_s, t.end_s, t.probability) for w, t in pairs]
    return tuple(words)


def _between(said: Sequence[str], start_s: float, end_s: float) -> list[HeardWord]:
    step_s = max(0.0, end_s - start_s) / max(1, len(said))
    return [HeardWord(w, start_s + k * step_s, start_s + (k + 1) * step_s, _OTHER) for k, w in enumerate(said)]
