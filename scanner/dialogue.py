"""Typed dialogues: a call written as lines, read as a transcript, for rule cases, policy examples and tests.

    0:01 agent: Hi, this is Ana, this call is recorded.
    0:07 customer: Okay.

Minutes and seconds are when the line starts (optional: left out, it follows the line before after half a second); a word takes 0.3 s.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import get_args

from scanner.transcript import Speaker, Transcript, Word

SECONDS_PER_WORD = 0.3
PAUSE_S = 0.5
_LINE = re.compile(r"^(?:(\d+):(\d{2}(?:\.\d+)?)\s+)?(\w+):\s*(.+)$")


def parse_dialogue(text: str, *, mono: bool = False, language: str = "en") -> Transcript:
    """The transcript of a typed dialogue: company side on channel 0, customer on 1, or all on 0 when `mono`.

    A line that runs into the next one of its channel is spoken faster. Raises ValueError that quotes no words.
    """
    lines: list[tuple[float, Speaker, list[str]]] = []
    at_s = 0.0
    for number, raw in enumerate(text.strip().splitlines(), 1):
        if not raw.strip():
            continue
        match = _LINE.match(raw.strip())
        if not match or match[3] not in get_args(Speaker):
            raise ValueError(
                f"line {number}: not 'M:SS speaker: words' with speaker one of {', '.join(get_args(Speaker))}"
            )
        if match[1] is not None:
            at_s = int(match[1]) * 60 + float(match[2])
        speaker: Speaker = match[3]  # type: ignore[assignment]  # checked above
        said = match[4].split()
        lines.append((at_s, speaker, said))
        at_s += len(said) * SECONDS_PER_WORD + PAUSE_S
    words: list[Word] = []
    for i, (start_s, speaker, said) in enumerate(lines):
        channel = 0 if mono or speaker != "customer" else 1
        later = [
            s
            for s, who, _ in lines[i + 1 :]
            if s > start_s and (mono or (who == "customer") == (speaker == "customer"))
        ]
        per_word = SECONDS_PER_WORD
        if later and start_s + len(said) * per_word > later[0]:
            per_word = (later[0] - start_s) / len(said)
        words += [
            Word(w, round(start_s + k * per_word, 3), round(start_s + (k + 1) * per_word, 3), 1.0, channel, speaker)
            for k, w in enumerate(said)
        ]
    return Transcript.of(words, language=language)


def without_speakers(transcript: Transcript) -> Transcript:
    """The same words with nobody known to speak, as a recogniser gives them."""
    return replace(transcript, words=tuple(replace(w, speaker="unknown") for w in transcript.words))
