"""Transcripts that others made: what a contact center already has, read instead of hearing the call again.

One module for each family of formats, all of them giving cues: who, from when to when, which words.
"""

from scanner.transcripts.given import GivenTranscript
from scanner.transcripts.reading import read_transcript
from scanner.transcripts.roles import plain_label
from scanner.transcripts.voices import NO_NAMES, Names, Voices, voices_of

TRANSCRIPT_ENDINGS = frozenset((".json", ".vtt", ".srt"))
"""Endings, in lower case, by which transcripts are found in folders; what is in them is known by content."""

__all__ = [
    "NO_NAMES",
    "TRANSCRIPT_ENDINGS",
    "GivenTranscript",
    "Names",
    "Voices",
    "plain_label",
    "read_transcript",
    "voices_of",
]
