"""Values of other people's JSON, as what they should be or as nothing: such files are never quite as documented."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

LONGEST_S = 48 * 3600.0
"""No call is longer; a greater time is a mistake in the file."""


def text_of(value: object) -> str | None:
    """A text that is not blank."""
    return value if isinstance(value, str) and value.strip() else None


def number_of(value: object) -> float | None:
    """A finite number, also one that is written as a text ("12.282")."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def seconds_of(value: object, *, per_second: float = 1.0) -> float | None:
    """A moment of a call in seconds, given in seconds or in so many parts of one."""
    number = number_of(value)
    if number is None or not -1.0 < number / per_second <= LONGEST_S:
        return None
    return max(0.0, number / per_second)


def probability_of(value: object) -> float:
    """A probability; 1 where there is none."""
    number = number_of(value)
    return 1.0 if number is None else min(1.0, max(0.0, number))


def objects_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing else that is in it."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def object_of(value: object) -> Mapping[str, Any]:
    """An object; an empty one where there is none."""
    return value if isinstance(value, dict) else {}
