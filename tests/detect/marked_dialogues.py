"""Typed dialogues with their personal data marked in place: `customer: It is [PHONE_NUMBER: 415 555 0123].`, `---` between."""

import re
from collections.abc import Iterator
from pathlib import Path

from scanner.dialogue import parse_dialogue
from scanner.transcript import Transcript

_MARK = re.compile(r"\[([A-Z_]+): ([^\]]*)\]")

Marked = tuple[str, tuple[int, ...]]


def marked_dialogues(path: Path) -> Iterator[tuple[str, Transcript, list[Marked]]]:
    """Each dialogue's first words, its transcript, and its values: entity type and word indices, ascending."""
    for block in path.read_text(encoding="utf-8").split("\n---\n"):
        lines = [line for line in block.strip().splitlines() if not line.startswith("#")]
        yield lines[0][:60], *read_marked("\n".join(lines))


def read_marked(block: str) -> tuple[Transcript, list[Marked]]:
    """The transcript of a dialogue and the values marked in it."""
    lines: list[str] = []
    values: list[Marked] = []
    words = 0
    for line in block.splitlines():
        speaker, _, said = line.partition(": ")
        text, at = "", 0
        for match in _MARK.finditer(said):
            text += said[at : match.start()]
            first = words + len(text.split()) - bool(text and not text[-1].isspace())
            text += match[2]
            values.append((match[1], tuple(range(first, words + len(text.split())))))
            at = match.end()
        text += said[at:]
        words += len(text.split())
        lines.append(f"{speaker}: {text}")
    return parse_dialogue("\n".join(lines)), sorted(values)
