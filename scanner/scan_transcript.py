"""One call by a transcript that others made: its words are read instead of heard, and all that follows is the same."""

from __future__ import annotations

import hashlib

from scanner.calls import CallInfo
from scanner.detect.speakers import AgentChannelSource, assign_beside, assign_speakers
from scanner.detect.taken_out import taken_out
from scanner.detect.turn_taking import Side
from scanner.errors import UnreadableTranscript
from scanner.fetching import opened
from scanner.policy import Policy
from scanner.scan import UNDERSTOOD_LANGUAGES, CallFile, Detectors, HeardWords, ScannedCall, judged_call
from scanner.transcript import Transcript
from scanner.transcripts import NO_NAMES, Names, Voices, read_transcript, voices_of
from scanner.transcripts.identity import model_id_of

LARGEST_BYTES = 256 << 20
"""A day of talk with the time of each word is a tenth of it."""


def scan_transcript(
    uri: str, info: CallInfo, *, policy: Policy, detectors: Detectors, names: Names = NO_NAMES
) -> ScannedCall:
    """Read and judge one transcript; `names` says who the speakers are that its labels do not tell.

    Raises RecordingError when it cannot be read or is no transcript.
    """
    with opened(uri) as source:
        content = source.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise UnreadableTranscript(f"{uri}: is larger than any transcript of a call")
    given = read_transcript(content, uri, named=names)
    voices = voices_of(given, names)
    if voices is None:
        raise UnreadableTranscript(f"{uri}: its words have no times, and no finding could be placed")
    heard = words_given(voices, info, detectors)
    file = CallFile(
        uri=uri,
        sha256=hashlib.sha256(content).hexdigest(),
        duration_s=voices.duration_s,
        model_id=model_id_of(given.source, names),
        problems=voices.problems,
    )
    return judged_call(file, heard, info, policy=policy, detectors=detectors)


def words_given(voices: Voices, info: CallInfo, detectors: Detectors) -> HeardWords:
    """The words with their speakers and the personal data in them; in a language that is not understood there are none."""
    transcript = voices.transcript
    if transcript.language not in {None, *UNDERSTOOD_LANGUAGES}:
        nothing = Transcript((), transcript.language, transcript.language_confidence)
        return HeardWords(nothing, (), (), None, "unknown")
    agent_channel: int | None = None
    source: AgentChannelSource = "unknown"
    if voices.told or (voices.mixed and voices.channels > 1):
        sides: dict[int, Side] = {
            w.channel: "customer" if w.speaker == "customer" else "company"
            for w in transcript.words
            if w.speaker != "unknown"
        }
        transcript = assign_beside(transcript, sides=sides, mixed=voices.mixed)
    else:
        named = info.agent_channel if voices.by_channel else None
        assigned = assign_speakers(transcript, channels=voices.channels, agent_channel=named)
        transcript, agent_channel, source = assigned.transcript, assigned.agent_channel, assigned.agent_channel_source
    if not voices.by_channel:
        agent_channel, source = None, "unknown"
    values = (*detectors.personal_data.detect(transcript), *taken_out(transcript))
    return HeardWords(transcript, values, (), agent_channel, source)
