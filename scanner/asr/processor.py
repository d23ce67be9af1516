"""What of a processor the speech models use."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path

_CHOICE = "CT2_FORCE_CPU_ISA"
_WIDE = frozenset("avx512f avx512cd avx512vl avx512bw avx512dq".split())
"""What CTranslate2's widest kernels need."""


def compute_widely(environment: MutableMapping[str, str], *, cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Have CTranslate2 compute in vectors of 512 bits where every processor has them: an eighth less of encoding.

    By itself it stops at 256, for old processors that slow down when they compute so. Whoever set the variable has chosen.
    """
    if _CHOICE in environment:
        return
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:  # not Linux
        return
    flags = [frozenset(line.split(":", 1)[1].split()) for line in lines if line.startswith("flags")]
    if flags and all(f >= _WIDE for f in flags):
        environment[_CHOICE] = "AVX512"
