"""The speech models compute as widely as the processor can, unless somebody has chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.asr.processor import compute_widely

WIDE = "flags\t\t: fpu sse2 avx2 avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni"
NARROW = "flags\t\t: fpu sse2 avx2 avx512f"


@pytest.mark.parametrize(
    ("cpuinfo", "chosen"),
    [
        (f"processor\t: 0\n{WIDE}\n\nprocessor\t: 1\n{WIDE}\n", {"CT2_FORCE_CPU_ISA": "AVX512"}),
        (f"processor\t: 0\n{WIDE}\n\nprocessor\t: 1\n{NARROW}\n", {}),
        ("processor\t: 0\nFeatures\t: fp asimd\n", {}),
        (None, {}),
    ],
)
def test_only_what_every_processor_has_is_used(tmp_path: Path, cpuinfo: str | None, chosen: dict[str, str]) -> None:
    """A process may be moved from one to another, and elsewhere than on Linux nobody knows."""
    file = tmp_path / "cpuinfo"
    if cpuinfo is not None:
        file.write_text(cpuinfo)
    environment: dict[str, str] = {}
    compute_widely(environment, cpuinfo=file)
    assert environment == chosen


def test_what_somebody_has_chosen_stays(tmp_path: Path) -> None:
    """As words come out otherwise, an archive may be heard on as on the machines before."""
    file = tmp_path / "cpuinfo"
    file.write_text(WIDE)
    environment = {"CT2_FORCE_CPU_ISA": "AVX2"}
    compute_widely(environment, cpuinfo=file)
    assert environment == {"CT2_FORCE_CPU_ISA": "AVX2"}
