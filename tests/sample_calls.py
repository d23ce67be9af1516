"""The sample calls, and one scan of them with all that it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "sample_audio"


@dataclass(frozen=True)
class SampleScan:
    """A scan of sample_audio in a process of its own: its tables, what it printed, and its home and temporary folders."""

    out: Path
    printed: str
    leftovers: tuple[Path, ...]
