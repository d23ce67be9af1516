"""Labelled calls: what was said on each channel, and what the scanner's own evaluation needs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.evaluate import LabelledCall, read_truths

from .error_rate import Heard, compare

Turns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Of each call: the turns that each channel carries, in words as spoken, and its labels."""

    turns: Mapping[str, tuple[Turns, ...]]
    labels: tuple[LabelledCall, ...]

    def only(self, call_ids: Sequence[str]) -> "Truth":
        """The truth of some calls."""
        wanted = frozenset(call_ids)
        return Truth(
            {c: t for c, t in self.turns.items() if c in wanted}, tuple(c for c in self.labels if c.call_id in wanted)
        )

    def compare(self, heard: Mapping[str, Sequence[str]]) -> Heard:
        """All calls' words against what was heard on each of their channels."""
        total = Heard()
        for call_id, sides in self.turns.items():
            channels = heard.get(call_id, ())
            for i, turns in enumerate(sides):
                total += compare(turns, channels[i] if i < len(channels) else "")
        return total


def read_truth(folder: Path) -> Truth:
    """The truth of all `*.truth.json` under a folder; raises UserError as `scanner evaluate` does."""
    labels = read_truths(folder)
    turns: dict[str, tuple[Turns, ...]] = {}
    for path in sorted(folder.rglob("*.truth.json")):
        raw = json.loads(path.read_text(encoding="utf-8"))
        turns[raw["call_id"]] = sides(raw["turns"], raw["channels"], (raw.get("metadata") or {}).get("agent_channel"))
    return Truth(turns, labels)


def sides(turns: Sequence[Mapping[str, object]], channels: int, agent_channel: int | None) -> tuple[Turns, ...]:
    """The turns of each channel in order: the company's on its channel (0, if nothing is said), the customer's on the other."""
    ordered = sorted(turns, key=lambda t: t["start_s"])
    if channels == 1:
        return (tuple(str(t["spoken"]) for t in ordered),)
    customer = 1 - (agent_channel or 0)
    return tuple(
        tuple(str(t["spoken"]) for t in ordered if (t["speaker"] == "customer") == (channel == customer))
        for channel in range(channels)
    )
