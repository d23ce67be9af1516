"""Whatever is handed in: it is read, or it is refused for a reason that quotes no word."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UnreadableTranscript
from scanner.transcripts import read_transcript, voices_of
from scanner.transcripts.identity import any_model_id, is_from, model_id_of

SRT = "1\r\n00:00:01,000 --> 00:00:02,000\r\nAgent: My caf\u00e9 secret\r\n"


@pytest.mark.parametrize(
    "content",
    [
        SRT.encode(),
        SRT.encode("utf-8-sig"),
        SRT.encode("utf-16"),
        SRT.encode("utf-16-le"),
        SRT.encode("utf-16-be"),
        SRT.encode("utf-32"),
        SRT.encode("cp1252"),
        SRT.replace("\r\n", "\r").encode(),
    ],
)
def test_encodings(content):
    """Windows writes UTF-16, old tools Western European, and lines end in three ways."""
    words = voices_of(read_transcript(content, "call.srt")).transcript.words
    assert [(w.text, w.speaker) for w in words] == [("My", "agent"), ("caf\u00e9", "agent"), ("secret", "agent")]


@pytest.mark.parametrize("name", ["call.vtt", "call.json", "call", "call.mp3"])
def test_content_counts_and_not_the_ending(name):
    """A format is known by what is in the file."""
    content = json.dumps({"segments": [{"start": 0, "end": 1, "text": "hello"}]}).encode()
    assert read_transcript(content, name).source == "whisper"
    assert read_transcript(SRT.encode(), name).source == "srt"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (b"Agent: my secret\nCustomer: mine too\n", "is no transcript that is known"),
        (b'{"results": {"items": [{"content": "secret', r"damaged or cut off \(line 1\)"),
        (b'{"caller_state": "secret"}', "is JSON, but no transcript that is known"),
        (b'{"jobName": "secret", "status": "IN_PROGRESS"}', "is JSON about a job, without the transcript"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[1, 2, 3]", "no transcript that is known"),
        (bytes(range(256)) * 8, "is not text"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 400, "is not text"),
        (b"\xff\xfe" + b"x", "is damaged"),
    ],
)
def test_what_is_no_transcript_is_refused(content, reason):
    """The reason names the file and what is wrong with it, and no word of it."""
    with pytest.raises(UnreadableTranscript, match=rf"^a/call\.json: .*{reason}") as error:
        read_transcript(content, "a/call.json")
    assert "secret" not in str(error.value)


def test_words_without_any_time_cannot_be_placed():
    """No voices come of them; of a file without words there are none, and that is something else."""
    assert voices_of(read_transcript(b'{"segments": [{"text": "hello there"}]}', "x")) is None
    assert voices_of(read_transcript(b"WEBVTT\n", "x")).transcript.words == ()


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Good morning, how can I help you with your account today?", "en"),
        ("Buenos d\u00edas, esta llamada se graba, \u00bfc\u00f3mo puedo ayudarle?", "es"),
        (
            "Bonjour madame, je vous remercie de votre appel, comment puis-je vous aider avec votre compte aujourd'hui?",
            "und",
        ),
        ("\u0414\u043e\u0431\u0440\u044b\u0439 \u0434\u0435\u043d\u044c " * 8, "und"),
        ("Oui.", None),
        ("four one one one zero zero zero zero four four four two nine", "en"),
    ],
)
def test_a_language_that_nobody_names_is_known_by_its_words(said, language):
    """Few words tell nothing; many words of no known language are not taken for English."""
    text = f"WEBVTT\n\n00:01.000 --> 00:09.000\n{said}\n"
    assert voices_of(read_transcript(text.encode(), "x")).transcript.language == language


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                """results items channel_labels channels channel_label speaker_labels segments alternatives content type
            start_time end_time speaker_label Transcript Items Content BeginOffsetMillis EndOffsetMillis ParticipantRole
            ParticipantId Participants LanguageCode words word start end text speaker language transcription result offsets
            word_segments duration timestamp""".split()
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON)
def test_no_json_breaks_the_reader(content):
    """Whatever the values are, it is a transcript or it is refused."""
    try:
        voices = voices_of(read_transcript(json.dumps(content).encode(), "x"))
    except UnreadableTranscript:
        return
    for word in voices.transcript.words if voices is not None else ():
        assert 0 <= word.start_s <= word.end_s < float("inf")


PIECES = [
    "WEBVTT",
    "",
    "1",
    "00:01.000 --> 00:02.000",
    "00:02,5 --> 00:01",
    "<v Agent>hi",
    "</v>",
    "<v>",
    "NOTE",
    "Agent:",
]
PIECES += [
    "[Customer] yes",
    "- no",
    "<00:01.500>",
    "{\\an8}",
    "&lt;",
    "[music]",
    "a: b: c",
    "\u266a",
    "99:99:99,999 --> x",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_subtitle_breaks_the_reader(lines):
    """Pieces in any order are read or refused, and no word has a time that is none."""
    try:
        voices = voices_of(read_transcript("\n".join(lines).encode(), "x"))
    except UnreadableTranscript:
        return
    for word in voices.transcript.words:
        assert 0 <= word.start_s <= word.end_s


def test_where_words_come_from_is_known_again():
    """A run over transcripts recognises what was read from any of them, with the same names given, and no recording."""
    names = {"rep": "agent"}
    assert is_from(model_id_of("webvtt", {}), any_model_id({}))
    assert is_from(model_id_of("webvtt", names), any_model_id(names))
    assert not is_from(model_id_of("webvtt", names), any_model_id({}))
    assert not is_from(model_id_of("webvtt", {}), any_model_id(names))
    assert not is_from("base@sha256:0123", any_model_id({}))
    assert not is_from(None, any_model_id({}))
    assert is_from("base@sha256:0123", "base@sha256:0123")
