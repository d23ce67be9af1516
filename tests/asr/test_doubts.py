"""Loops, inventions and dropped sentences are told from what people say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.asr import doubts
from scanner.asr.transcriber import SAMPLE_RATE
from scanner.asr.voice_activity import Stretch
from scanner.transcript import Span, Word


def said(text: str, *, start_s: float = 0.0, per_word_s: float = 0.35, p: float = 0.9) -> list[Word]:
    return [Word(w, start_s + i * per_word_s, start_s + (i + 0.9) * per_word_s, p) for i, w in enumerate(text.split())]


def stretch(seconds: float, *, voiced_s: float | None = None, peak: float = 0.95) -> Stretch:
    end = int(seconds * SAMPLE_RATE)
    return Stretch(0, end, 0, end, seconds * 0.8 if voiced_s is None else voiced_s, peak)


@pytest.mark.parametrize(
    "text",
    [
        "Chuchu " * 8,
        "I'm not sure. I'm not sure. I'm not sure. I'm not sure. I'm not sure.",
        "and then I went to the store and then I went to the store and then I went to the store",
        "Hello, this is Ana. " + "Okay. " * 9,
        "my number is " + "5, " * 25,
    ],
)
def test_loops_are_found(text: str) -> None:
    """A word six times over, a phrase four times over, a sentence three times over: nobody speaks so."""
    words = said(text)
    (loop,) = doubts.find_loops(words)
    assert loop.end == len(words)
    kept = doubts.without(words, [loop])
    assert 0 < len(kept) < len(words)
    assert doubts.find_loops(kept) == ()


@pytest.mark.parametrize(
    "text",
    [
        "no no no no that is wrong",
        "4111 1111 1111 1111",
        "four one one one one one one one one one one one one one one one",
        "0 0 0 0 0 0 0 1",
        "thank you thank you thank you so much",
        "bye bye bye bye",
        "this call is recorded this call is recorded",
        "yes yes yes yes yes",
        "nine nine nine nine nine nine nine nine",
        "it's a b a b a b no sorry",
    ],
)
def test_people_repeat_themselves(text: str) -> None:
    """Insisting, thanking, parting and reading digits are no loops."""
    assert doubts.find_loops(said(text, per_word_s=0.3)) == ()


def test_a_hasty_loop_needs_fewer_rounds() -> None:
    """What is said four times in half a second was not said."""
    assert doubts.find_loops(said("I know you. I know you. I know you.", per_word_s=0.05))
    assert not doubts.find_loops(said("I know you. I know you. I know you.", per_word_s=0.3))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for watching!",
        "Please subscribe to my channel.",
        "Subtitles by the Amara.org community",
        "www.example.com",
    ],
)
def test_subtitles_are_invented(text: str) -> None:
    """What the model learnt from films is no call, however sure it is."""
    assert doubts.is_invented(said(text, p=0.95), stretch(2))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thank you for waiting, I am watching the screen here.",
        "Bye.",
        "You can find it at www.example.com in the account section under the tab called payments.",
        "Okay.",
        "Yes.",
        "I would like to subscribe to the newsletter.",
    ],
)
def test_short_and_plain_answers_are_not(text: str) -> None:
    """Thanks, goodbyes and a clear yes are what people say, too."""
    assert not doubts.is_invented(said(text, p=0.8), stretch(2))


@pytest.mark.parametrize(
    ("p", "voiced_s", "invented"),
    [
        (0.3, 0.0, True),  # a mumble over music
        (0.7, 0.0, False),  # a soft digit
        (0.3, 0.1, True),
        (0.3, 1.5, False),  # unclear, but somebody speaks
        (0.1, 1.5, True),
    ],
)
def test_a_faint_voice_needs_clear_words(p: float, voiced_s: float, *, invented: bool) -> None:
    """The less a voice is heard, the surer the words must be."""
    assert doubts.is_invented(said("you", p=p), stretch(2, voiced_s=voiced_s)) is invented


def test_a_sure_end_does_not_make_up_for_an_unsure_beginning() -> None:
    """Over a hiss the model hardly believes "Thank", and after it is all but certain of "you"."""
    words = [Word("Thank", 0, 0.3, 0.01), Word("you.", 0.3, 0.6, 0.94)]
    assert doubts.is_invented(words, stretch(2))
    assert not doubts.is_invented([replace(words[0], probability=0.3), words[1]], stretch(2))


def test_holes_are_speech_without_words() -> None:
    """Seconds before, between and after the words of a stretch are holes; breaths and slow digits are not."""
    words = [*said("my card number is", start_s=3), *said("thank you", start_s=8)]
    assert [(round(h.start_s, 1), round(h.end_s, 1)) for h in doubts.holes(words, Span(0, 12))] == [
        (0.0, 3.0),
        (4.4, 8.0),
        (8.7, 12.0),
    ]
    assert doubts.holes(said("four one one one", per_word_s=1.3), Span(0, 5.2)) == ()
    guesses = [*said("how can", p=0.03, per_word_s=2.0), *said("I help", start_s=4)]
    assert doubts.holes(guesses, Span(0, 5)) == (Span(0, 4),)
    assert doubts.holes([], Span(0, 1)) == ()
    assert doubts.holes([], Span(0, 3)) == (Span(0, 3),)


def test_nobody_says_twenty_words_a_second() -> None:
    """More words than fit into a stretch are too many; the fastest speaker is not."""
    assert doubts.is_too_dense(said("a b c d e f g h i j k l m n o p q r s t"), stretch(1))
    assert not doubts.is_too_dense(said("please hold the line for me"), stretch(1))
    assert not doubts.is_too_dense(said("yes I do"), stretch(0.2))


def test_a_number_takes_its_time() -> None:
    """A price or a card number is one word on paper and may take seconds; "yes" may not."""
    assert doubts.longest_s("yes") < 1
    assert doubts.longest_s("$84.12") > 2.5
    assert doubts.longest_s("4-1-1-1-1-1-1-1") > 4.5


@pytest.mark.parametrize(
    ("text", "p", "doubtful"),
    [
        ("4532", 0.4, True),
        ("4532", 0.8, False),
        ("seven", 0.4, False),
        ("northwest", 0.3, False),
        ("for", 0.3, False),
    ],
)
def test_unsure_numbers_are_doubted(text: str, p: float, *, doubtful: bool) -> None:
    """A digit that the recogniser is not sure of is heard again; a name is not worth that."""
    assert doubts.has_doubtful_number([*said("it is"), Word(text, 2, 3, p)]) is doubtful


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("seven", True),
        ("and seven", True),
        ("the second one, five and two", True),
        ("the code on the back is four, one, nine", True),
        ("on the 4th of March, 85", True),
        ("let me think, four phones, two laptops and a printer", False),
        ("three days a week and the other two I am in the office", False),
        ("row F for $95 each", False),
    ],
)
def test_quantities_are_not_worth_another_hearing(text: str, *, doubtful: bool) -> None:
    """Of doubtful numbers those are heard again that have three digits, or that are all there is: one of many read slowly."""
    assert doubts.has_doubtful_number(said(text, p=0.4)) is doubtful


def test_faint_words_are_those_the_recogniser_does_not_believe() -> None:
    """Doubt is about the mean of the words; where there are none, there is nothing to doubt."""
    assert doubts.is_faint(said("mumble mumble", p=0.2))
    assert not doubts.is_faint(said("clear", p=0.9))
    assert not doubts.is_faint([])
    assert doubts.confidence([]) == 0


@pytest.mark.parametrize(
    ("text", "round_"),
    [
        ("It's 4242 4242 4242 4242.", True),
        ("4111 1111 1111 1111", True),
        ("four, one, one, one, one, one, one,", True),
        ("4-2-4-2-4-2", True),
        ("555 555 5555", True),
        ("4532 0151 1283 0366", False),
        ("312 555 0142", False),
        ("one two three four five six seven eight", False),
        ("1 and then 1 and 1 and 1 and 1 and 1", False),
        ("no no no no no no", False),
    ],
)
def test_digits_that_go_round(text: str, *, round_: bool) -> None:
    """Equal digits or groups, one after the other, are easily counted wrong; other numbers are not."""
    assert doubts.repeats_digits(said(text)) is round_
