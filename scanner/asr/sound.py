"""What is known of a channel before anything is understood: how loud it is, and where a voice is likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scanner.asr.transcriber import Samples
from scanner.asr.voice_activity import HOP, HOP_S, Probabilities
from scanner.audio_quality import frame_levels_db
from scanner.transcript import Span


@dataclass(frozen=True, slots=True)
class Sound:
    """Level in dB and probability of a voice, of each hop."""

    levels: npt.NDArray[np.float32]
    probabilities: Probabilities

    @classmethod
    def of(cls, samples: Samples, probabilities: Probabilities) -> Sound:
        """The levels of a channel beside the voice probabilities it was given."""
        levels = frame_levels_db(samples, frame=HOP)
        return cls(np.pad(levels, (0, len(probabilities) - len(levels)), constant_values=-120.0), probabilities)

    def level_db(self, span: Span) -> float:
        """How loud the loud part of a span is; -120 for none."""
        own = self.levels[int(span.start_s / HOP_S) : max(1, int(span.end_s / HOP_S))]
        return float(np.percentile(own, 90)) if len(own) else -120.0

    def voiced_s(self, span: Span) -> float:
        """Seconds of a span in which a voice is likelier than not."""
        own = self.probabilities[int(span.start_s / HOP_S) : int(span.end_s / HOP_S) + 1]
        return float(np.count_nonzero(own > 0.5)) * HOP_S

    def peak(self, span: Span) -> float:
        """How likely a voice is at best; 0 for no time at all."""
        return float(max(self.probabilities[int(span.start_s / HOP_S) : int(span.end_s / HOP_S) + 1], default=0.0))

    def louder_than(self, span: Span, level_db: float) -> Span | None:
        """From the first to the last hop of a span that is louder; None when none is."""
        first = int(span.start_s / HOP_S)
        loud = np.flatnonzero(self.levels[first : int(span.end_s / HOP_S) + 1] > level_db)
        return Span((first + int(loud[0])) * HOP_S, (first + int(loud[-1]) + 1) * HOP_S) if len(loud) else None
