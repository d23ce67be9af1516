"""On what the speech models compute, and in which numbers: found out where they are loaded.

Neither is part of a model's identity (`model_id`): it is the same weights that hear, an archive need not be heard again since
there is a GPU now, and `int8` alone gives other last digits on another make of CPU. But words may differ by it, so each
row and the record of each run say what a call was heard on.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scanner.errors import ModelError

Device = Literal["cpu", "cuda"]
_BEST_FIRST: Mapping[Device, tuple[str, ...]] = {
    "cpu": ("int8", "float32"),
    "cuda": ("float16", "int8", "float32"),
}
"""A CPU is several times faster in int8. A GPU need not round the weights, unless it is older than the ones with float16."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a device, or "auto"; numbers as CTranslate2 calls them, or None for what suits the device."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    compute_type: str | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """What models are loaded onto."""

    device: Device = "cpu"
    compute_type: str = "int8"


def find_hardware(wanted: Wanted) -> Hardware:
    """What this process has of what is wanted; "auto" is a GPU where CTranslate2 sees one.

    Raises ModelError, which names the option, when there is no such device, or it does not compute so.
    """
    library = _library()
    gpus = library.get_cuda_device_count()
    if wanted.device == "cuda" and not gpus:
        raise ModelError("--device cuda: CTranslate2 sees no GPU here; look at the driver with nvidia-smi, or use cpu")
    device: Device = "cuda" if gpus and wanted.device != "cpu" else "cpu"
    supported = library.get_supported_compute_types(device)
    if wanted.compute_type is None:
        return Hardware(device, next(t for t in _BEST_FIRST[device] if t in supported))
    if wanted.compute_type not in supported:
        known = ", ".join(sorted(supported))
        raise ModelError(f"--compute-type {wanted.compute_type}: not on this {device}, which computes in {known}")
    return Hardware(device, wanted.compute_type)


def visible_gpus(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The GPUs of this process, by the names that CUDA_VISIBLE_DEVICES takes."""
    count = _library().get_cuda_device_count()
    named = [n.strip() for n in environment.get("CUDA_VISIBLE_DEVICES", "").split(",") if n.strip()]
    return tuple(named[:count]) if named else tuple(map(str, range(count)))


def _library() -> Any:
    """CTranslate2, without types for what it exports."""
    import ctranslate2  # noqa: PLC0415 - only who hears needs it

    return ctranslate2
