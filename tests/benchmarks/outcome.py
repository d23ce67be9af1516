"""What a system made of the calls, on its way between processes. It holds words in clear: temporary files only."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scanner.evaluate import LabelledCall, LabelledSpan
from scanner.transcript import Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """`heard`: the words of each channel, by call; `judged`: what was found; None where a system does no such thing.

    `cpu_s` is what counts where the process does more than is to be measured.
    """

    heard: Mapping[str, tuple[str, ...]] | None = None
    judged: Mapping[str, LabelledCall] | None = None
    cpu_s: float | None = None
    windows: int | None = None

    def save(self, path: Path) -> None:
        """Write it for another process."""
        path.write_text(json.dumps(asdict(self), default=sorted))

    @classmethod
    def load(cls, path: Path) -> "Outcome":
        """Read what `save` wrote."""
        raw = json.loads(path.read_text())
        judged = {k: _labelled(v) for k, v in raw["judged"].items()} if raw["judged"] is not None else None
        return cls(raw["heard"], judged, raw["cpu_s"], raw["windows"])


def _labelled(raw: Mapping[str, Any]) -> LabelledCall:
    def spans(name: str) -> tuple[LabelledSpan, ...]:
        return tuple(LabelledSpan(**{**s, "span": Span(**s["span"])}) for s in raw[name])

    lists = {"disclosures": spans("disclosures"), "personal_data": spans("personal_data")}
    return LabelledCall(**{**raw, **lists, "violations": frozenset(raw["violations"])})
