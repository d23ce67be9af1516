"""What each format says, and what its writers leave out."""

import json
from pathlib import Path

import pytest

from scanner.transcripts import read_transcript, voices_of

GIVEN = Path(__file__).with_name("given")


def read(name, names=None):
    return read_text((GIVEN / name).read_bytes(), name, names)


def read_text(content, name="call", names=None):
    content = content.encode() if isinstance(content, str) else content
    return voices_of(read_transcript(content, name, named=names or {}), names or {})


def lines(voices):
    return [f"{t.speaker} {t.start_s:.2f}-{t.end_s:.2f} {t.text}" for t in voices.transcript.turns(max_gap_s=0.6)]


def test_call_analytics():
    """Words with their times and probabilities, roles as told, and the length that the file gives."""
    voices = read("call-analytics.json")
    assert lines(voices) == ["agent 0.44-2.10 Harbor Dental, this is [PII].", "customer 2.30-2.60 Okay."]
    assert voices.transcript.words[-1].probability == pytest.approx(0.287)
    assert (voices.transcript.language, voices.duration_s) == ("en", 9.87)


def test_contact_lens_names_its_participants_elsewhere():
    """Turns out of order, without items: words share their turn's time."""
    assert lines(read("contact-lens.json")) == [
        "agent 0.50-2.50 Good morning, is this a good time?",
        "customer 3.00-4.00 Yes, it is.",
    ]


def test_older_transcribe_jobs_tell_speakers_beside_the_items():
    """Each label is a voice of its own; the identified language comes with its score."""
    voices = read("transcribe-speakers.json")
    assert lines(voices) == ["unknown 0.50-1.90 Hello, Harbor Dental.", "unknown 2.20-2.80 Hi there."]
    assert [w.channel for w in voices.transcript.words] == [0, 0, 0, 1, 1]
    assert (voices.transcript.language, voices.transcript.language_confidence) == ("en", 0.91)


def test_a_channel_keeps_its_number():
    """Nobody speaks on the first channel: the second is still the second, as the metadata counts them."""
    item = {"start_time": "1", "end_time": "2", "type": "pronunciation", "alternatives": [{"content": "hello"}]}
    channels = [{"channel_label": "ch_0", "items": []}, {"channel_label": "ch_1", "items": [item]}]
    voices = read_text(json.dumps({"results": {"channel_labels": {"channels": channels}}}))
    assert (voices.channels, [w.channel for w in voices.transcript.words]) == (2, [1])


def test_whisperx_words_without_times_lie_between_their_neighbours():
    """A number that could not be aligned takes the time that is left, and a speaker may change within a segment."""
    voices = read("whisperx.json")
    assert [(w.text, w.start_s, w.end_s, w.channel) for w in voices.transcript.words] == [
        ("It", 0.5, 0.7, 0),
        ("is", 0.7, 0.9, 0),
        ("415", 0.9, 1.9, 0),
        ("please.", 1.9, 2.3, 0),
        ("Thanks.", 3.0, 3.5, 1),
    ]


def test_whisper_cpp():
    """Offsets in milliseconds, the language beside the words."""
    piece = {"timestamps": {"from": "00:00:01,000", "to": "00:00:02,000"}, "offsets": {"from": 1000, "to": 2000}}
    content = {"systeminfo": "", "result": {"language": "en"}, "transcription": [{**piece, "text": " Hello there."}]}
    assert lines(read_text(json.dumps(content))) == ["unknown 1.00-2.00 Hello there."]


def test_openai_lists_words_beside_the_segments():
    """The segments have the punctuation, the list has the times."""
    words = [{"word": w, "start": s, "end": s + 0.3} for w, s in (("Hello", 0.1), ("there", 0.6), ("Bye", 2.2))]
    segments = [{"start": 0, "end": 2, "text": " Hello, there."}, {"start": 2, "end": 3, "text": " Bye."}]
    voices = read_text(json.dumps({"language": "english", "duration": 9.5, "segments": segments, "words": words}))
    assert [(w.text, w.start_s) for w in voices.transcript.words] == [("Hello,", 0.1), ("there.", 0.6), ("Bye.", 2.2)]
    assert (voices.duration_s, voices.transcript.language) == (9.5, "en")


def test_webvtt():
    """Voices of one cue, names with spaces, moments, entities; notes, styles, settings and sounds are no words."""
    voices = read("captions.vtt")
    assert [f"{w.speaker} {w.start_s:.1f} {w.text}" for w in voices.transcript.words] == [
        "agent 1.0 Harbor",
        "agent 1.5 Dental",
        "agent 1.9 &",
        "agent 2.1 Sons.",
        "customer 2.4 Hi",
        "customer 2.6 there",
        "agent 4.5 one",
        "agent 5.2 two",
        "system 7.0 Please",
        "system 7.6 hold.",
    ]
    assert [(p.kind, round(p.start_s, 2), p.end_s) for p in voices.problems] == [("unclear_speech", 8.04, 9.0)]


def test_srt_as_people_write_it():
    """Names in any brackets, dashes, hours left out, numbers without an empty line before them, words after one."""
    assert lines(read("sloppy.srt")) == [
        "agent 1.00-3.00 Good morning, how can I help?",
        "customer 3.50-5.00 Hi, it is urgent: can you help? my own second line",
        "system 6.00-6.41 Press 1.",
        "agent 6.41-8.00 And the reason is: the weather.",
    ]


def test_a_colon_alone_makes_no_speaker():
    """Words before a colon are words, unless the file uses them as names throughout."""
    text = "1\n00:01,000 --> 00:03,000\nAgent: hello\n\n2\n00:04,000 --> 00:06,000\nMy number: 415\n\n3\n00:07,000 --> 00:08,000\nOkay: bye\n"
    assert [t.split(" ", 2)[2] for t in lines(read_text(text))] == ["hello", "My number: 415", "Okay: bye"]


def test_names_are_told_apart_and_can_be_told():
    """Names that come again are voices; an option says whose they are, whatever their case."""
    cues = [f"{n}\n00:0{n},000 --> 00:0{n},900\n{'Dana Fox' if n % 2 else 'Lee'}: line {n}\n" for n in range(1, 5)]
    voices = read_text("\n".join(cues))
    assert [(w.channel, w.speaker) for w in voices.transcript.words if w.text == "line"] == [
        (0, "unknown"),
        (1, "unknown"),
        (0, "unknown"),
        (1, "unknown"),
    ]
    told = read_text("\n".join(cues), names={"dana fox": "agent", "lee": "customer"})
    assert [w.speaker for w in told.transcript.words if w.text == "line"] == ["agent", "customer"] * 2


def test_cues_that_overlap_or_are_out_of_order():
    """A voice says one thing at a time; another may speak meanwhile."""
    text = """WEBVTT

00:05.000 --> 00:07.000
<v Agent>second

00:01.000 --> 00:06.000
<v Agent>first

00:05.500 --> 00:06.500
<v Customer>mm-hm
"""
    assert lines(read_text(text)) == ["agent 1.00-7.00 first second", "customer 5.50-6.50 mm-hm"]
    assert [w.end_s for w in read_text(text).transcript.words] == [5.0, 7.0, 6.5]


def test_times_that_are_missing_or_impossible():
    """A cue without times lies between its neighbours; what is no time counts as none."""
    segments = [{"text": "one", "start": 1}, {"text": "two"}, {"text": "three", "start": 5, "end": 4}]
    assert lines(read_text(json.dumps({"segments": segments}))) == [
        "unknown 1.00-1.60 one two",
        "unknown 5.00-5.30 three",
    ]
    text = '{"segments": [{"text": "one", "start": NaN, "end": Infinity}, {"text": "two", "start": 3, "end": 1e99}]}'
    assert lines(read_text(text)) == ["unknown 0.00-0.30 one", "unknown 3.00-3.30 two"]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        *[
            (label, "agent")
            for label in ("Agent", "AGENT_1", "agent2", "Rep", "CSR", "Customer Service Representative")
        ],
        *[(label, "agent") for label in ("Client Advisor", "Support", "Agent (Dana)", "Supervisor", "Asesora")],
        *[(label, "customer") for label in ("customer", "Caller", "CLIENT", "Member 1", "Patient", "Cliente")],
        *[(label, "system") for label in ("IVR", "bot", "Virtual Agent", "Virtual Assistant", "System", "AI Agent")],
        *[(label, None) for label in ("SPEAKER_00", "spk_1", "ch_0", "Dana Fox", "Speaker 2", "", "my agent")],
    ],
)
def test_roles(label, role):
    """Labels that say who speaks, and names that do not."""
    from scanner.transcripts.roles import role_of

    assert role_of(label) == role
