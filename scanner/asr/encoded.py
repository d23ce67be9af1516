"""What the encoder makes of windows, and parts of it for the decoder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt

_STORAGE: Any = ctranslate2.StorageView  # type: ignore[attr-defined]  # exported, but not in so many words
_CPU: Any = ctranslate2.Device.cpu  # type: ignore[attr-defined]  # as above
_FLOATS: Any = ctranslate2.DataType.float32  # type: ignore[attr-defined]  # as above


def storage(array: npt.NDArray[np.float32]) -> Any:
    """An array as CTranslate2 takes it."""
    return _STORAGE.from_array(array)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder made of a batch of windows, and the frames of sound in each."""

    output: Any
    lengths: list[int]

    def array(self) -> npt.NDArray[np.float32]:
        """It in memory, shape (windows, moments, width), wherever it was computed."""
        return np.array(self.output.to_device(_CPU).to(_FLOATS))

    def in_parts(self, size: int) -> Iterator[Any]:
        """So many windows at a time, on a CPU."""
        whole = np.array(self.output)
        for start in range(0, len(whole), size):
            yield storage(whole[start : start + size])
