import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.transcript import Span, Transcript, Word, merge_spans, seconds_before, view


def word(text, start_s, *, channel=0, speaker="agent"):
    return Word(text, start_s, start_s + 0.3, channel=channel, speaker=speaker)


def test_the_other_channels_hello_does_not_end_a_turn():
    """A sentence that the customer talks into stays one turn."""
    words = [word("this", 0), word("call", 0.3), word("hello?", 0.4, channel=1, speaker="customer"), word("is", 0.6)]
    turns = Transcript.of(words).turns()
    assert [t.text for t in turns] == ["this call is", "hello?"]


def test_a_new_speaker_on_the_same_channel_starts_a_turn():
    """On a mono recording a turn ends where another speaker begins."""
    words = [word("ready?", 0), word("yes", 0.4, speaker="customer"), word("good", 0.8)]
    assert [t.text for t in Transcript.of(words).turns()] == ["ready?", "yes", "good"]


def test_a_long_pause_ends_a_turn():
    """A pause over the limit starts a new turn, one at the limit does not."""
    words = [word("one", 0), word("two", 1.8), word("three", 3.7)]
    assert [t.text for t in Transcript.of(words).turns(max_gap_s=1.5)] == ["one two", "three"]


@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=6), min_size=1, max_size=12))
def test_every_character_knows_its_word(texts):
    """Each word is found again from the characters that stand for it, and its seconds with it."""
    words = [Word(t, i, i + 0.5) for i, t in enumerate(texts)]
    seen = view(words)
    for i, start in enumerate(seen.offsets):
        assert list(seen.word_range(start, start + len(texts[i]))) == [i]
        assert seen.span(start, start + len(texts[i])) == Span(i, i + 0.5)


def test_no_characters_have_no_seconds():
    """An empty stretch of text is refused rather than given the seconds of a neighbor."""
    with pytest.raises(ValueError, match="no seconds"):
        view([Word("a", 0, 1)]).span(1, 1)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12), st.integers(0, 60))
def test_seconds_before_counts_each_second_once(pairs, moment):
    """Seconds in which several speak count once, and none at or after the moment."""
    spans = [Span(a, a + d) for a, d in pairs]
    expected = len({t for s in spans for t in range(int(s.start_s), int(s.end_s)) if t < moment})
    assert seconds_before(spans, moment) == expected


def test_merged_spans_do_not_touch():
    """Spans that touch become one, and gaps up to the limit are closed."""
    spans = [Span(2, 3), Span(0, 1), Span(1, 1.5), Span(3.2, 4)]
    assert merge_spans(spans) == (Span(0, 1.5), Span(2, 3), Span(3.2, 4))
    assert merge_spans(spans, max_gap_s=0.5) == (Span(0, 4),)
