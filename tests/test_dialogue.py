import pytest

from scanner.dialogue import parse_dialogue, without_speakers


def test_a_line_starts_when_it_says():
    """Words begin at the line's time and follow each other."""
    transcript = parse_dialogue("0:05 agent: Hi there\n1:10 customer: Hello")
    assert [(w.text, w.start_s, w.speaker, w.channel) for w in transcript.words] == [
        ("Hi", 5.0, "agent", 0),
        ("there", 5.3, "agent", 0),
        ("Hello", 70.0, "customer", 1),
    ]


def test_a_line_without_a_time_follows_the_one_before():
    """Times may be left out."""
    transcript = parse_dialogue("agent: one two\ncustomer: three")
    assert transcript.words[2].start_s == pytest.approx(1.1)


def test_a_long_line_is_spoken_faster():
    """Two lines of one channel never overlap."""
    transcript = parse_dialogue("0:00 agent: " + "word " * 20 + "\n0:03 agent: next")
    assert max(w.end_s for w in transcript.words[:20]) <= 3.0


def test_a_bad_line_is_refused_without_quoting_it():
    """The message names the line's number, not its words."""
    with pytest.raises(ValueError, match=r"^line 2: ") as error:
        parse_dialogue("agent: Hi\nrobot: 4111 1111 1111 1111")
    assert "4111" not in str(error.value)


def test_a_recogniser_does_not_know_who_speaks():
    """Without speakers the words and times stay."""
    transcript = parse_dialogue("agent: Hi", mono=True)
    assert {w.speaker for w in without_speakers(transcript).words} == {"unknown"}
