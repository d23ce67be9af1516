"""Words as they are compared, and the rates counted from them."""

import pytest
from benchmarks.error_rate import Heard, align, compare, number_runs
from benchmarks.spoken_forms import plain_words, spoken_words
from benchmarks.truth import sides


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("It is four five three two, zero one five one", "It is 4532-0151."),
        ("eighty four dollars and twelve cents", "$84.12"),
        ("twelve hundred dollars", "$1,200"),
        ("one thousand two hundred and thirty four", "1,234"),
        ("zero eight, twenty seven", "08/27"),
        ("nineteen eighty five", "1985"),
        ("March third, two thousand and one", "March 3rd, 2001"),
        ("the twenty first", "the 21st"),
        ("nine oh two one oh", "90210"),
        ("oh seven nine", "079"),
        ("double four triple one", "44 111"),
        ("j dot smith at gmail dot com", "J.Smith@gmail.com"),
        ("three p m", "3 p.m."),
        ("ten percent", "10%"),
        ("Okay, all right. Mm-hm.", "OK, alright"),
        ("five five five, oh one seven two", "(555) 0172"),
        ("a hundred and five people", "a hundred and five people"),
    ],
)
def test_spoken_and_written_forms_are_the_same_words(spoken, written):
    """A recogniser may write numbers, amounts and addresses as it likes."""
    assert spoken_words(spoken) == spoken_words(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four five three", "453 2"),
        ("forty two", "forty, twelve"),
        ("oh no", "zero no"),
        ("I am recorded", "I am not recorded"),
        ("eighty four dollars", "eighty four"),
    ],
)
def test_other_words_stay_other_words(one, other):
    """What sounds different is never made the same."""
    assert spoken_words(one) != spoken_words(other)


def test_a_plain_comparison_takes_numbers_as_they_are_written():
    """Without normalisation spoken and written numbers differ."""
    assert plain_words("It's $84, OK?") == ("it's", "84", "ok")


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("a b c", "a b c", 0),
        ("a b c", "a c", 1),
        ("a b c", "a x c", 1),
        ("a b c", "a b b c", 1),
        ("a b", "", 2),
        ("", "a b", 2),
        ("a b c d", "b c d a", 2),
    ],
)
def test_wrong_words_are_those_put_in_left_out_and_changed(said, heard, wrong):
    """The least number of changes that make one of the other."""
    assert align(tuple(said.split()), tuple(heard.split()))[0] == wrong


def test_each_word_said_is_matched_with_the_same_word_heard_in_order():
    """Matches never cross, and join equal words only."""
    said, heard = ("a", "b", "a", "c"), ("x", "a", "b", "c")
    assert align(said, heard) == (2, [1, 2, None, 3])


def test_numbers_are_runs_of_three_digits_in_one_turn():
    """A turn's end ends a number, and two digits are none."""
    assert number_runs([("is", "1", "2", "3"), ("4", "5"), ("6", "7", "8", "9"), ()]) == [(1, 4), (6, 10)]


@pytest.mark.parametrize(
    ("heard", "found"), [("it is 453", 1), ("it is 45", 0), ("it is 4 5 uh 3", 1), ("4533", 0), ("4 5 or 3", 0)]
)
def test_a_number_is_heard_when_each_digit_is_and_none_between(heard, found):
    """A digit lost, doubled or moved makes another number of it."""
    result = compare(["It is four five three."], heard)
    assert (result.numbers, result.numbers_heard) == (1, found)


def test_counts_of_calls_add_up():
    """A rate over calls weighs each word, not each call."""
    first, second = compare(["one two three"], "1 2 3"), compare(["hello there"], "hello")
    assert first + second == Heard(5, 1, 5, 4, 1, 1)


TURNS = [
    {"speaker": "customer", "start_s": 5.0, "spoken": "hi"},
    {"speaker": "system", "start_s": 1.0, "spoken": "welcome"},
    {"speaker": "agent2", "start_s": 9.0, "spoken": "hello"},
]


@pytest.mark.parametrize(
    ("channels", "agent_channel", "expected"),
    [
        (1, None, (("welcome", "hi", "hello"),)),
        (2, None, (("welcome", "hello"), ("hi",))),
        (2, 1, (("hi",), ("welcome", "hello"))),
    ],
)
def test_each_side_is_compared_with_its_own_channel(channels, agent_channel, expected):
    """Everybody of the company is on the company's channel, and one channel carries all."""
    assert sides(TURNS, channels, agent_channel) == expected
