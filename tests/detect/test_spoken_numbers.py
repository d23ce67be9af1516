import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.detect.spoken.card_numbers import card_lengths, luhn
from scanner.detect.spoken.conversation import statements
from scanner.detect.spoken.dates import birth_date, expiry_date, find_dates
from scanner.detect.spoken.number_runs import find_runs
from scanner.detect.spoken.number_shapes import aba_valid, iban_valid, is_mbi
from scanner.detect.spoken.speech_tokens import tokenize
from scanner.detect.spoken.written import write
from scanner.transcript import Transcript, Word


def words_of(text, *, speaker="customer", channel=1):
    return [Word(w, i * 0.3, i * 0.3 + 0.28, 1.0, channel, speaker) for i, w in enumerate(text.split())]


def readings(text):
    return [run.readings()[0] for run in find_runs(tokenize(words_of(text)))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four five three two, zero one five one", ["45320151"]),
        ("forty-one eleven", ["4111"]),
        ("twenty twenty-seven", ["2027"]),
        ("forty nine sixteen, thirty three eighty five", ["49163385"]),
        ("double four triple oh", ["44000"]),
        ("three zeros and two fives", ["00055"]),
        ("4-1-1-1", ["4111"]),
        ("4111, 1111, 1111, 1111", ["4111111111111111"]),
        ("$4,111", ["4111"]),
        ("4.532", ["4532"]),
        ("41 11", ["4111"]),
        ("555 -0192", ["5550192"]),
        ("eight hundred five five five oh one four eight", ["8005550148"]),
        ("one hundred and forty nine", ["149"]),
        ("two thousand and four", ["2004"]),
        ("twelve hundred", ["1200"]),
        ("four thousand twenty seven", ["4027"]),
        ("five five five uh oh one two three", ["5550123"]),
        ("five five five, no sorry, five five seven", ["557"]),
        ("two six, I mean two oh six, five five five", ["206555"]),
        ("five five five for to ate won", ["5554281"]),
        ("D as in David, four nine two", ["D492"]),
        ("A-G as in apple George 4 4 2", ["AG442"]),
        ("Bravo Tango four four seven", ["BT447"]),
        ("v i o l e t", ["VIOLET"]),
        ("double u double l", ["WLL"]),
        ("1EG4-TE5-MK73", ["1EG4TE5MK73"]),
        ("N as in Nancy, O W A K, four eight two", ["NOWAK", "482"]),
    ],
)
def test_runs(text, expected):
    """A run of digits and letters is read as it was meant."""
    assert readings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I have two kids and one dog",
        "this is for you to keep",
        "Oh, that is fine",
        "I ate a lot, too",
        "a nice day",
        "won the game for once",
        "it is a B and I like it",
        "my friend Charlie and my friend Victor",
        "oh no, oh well",
    ],
)
def test_no_runs(text):
    """Words that sound like digits or letters are words among words."""
    assert readings(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("March fourteenth, nineteen eighty six", "03/14/1986"),
        ("March third eighty-four", "03/03/84"),
        ("the twenty second of July 1990", "07/22/1990"),
        ("14 March 1986", "03/14/1986"),
        ("May fifth two thousand and four", "05/05/2004"),
        ("November twenty twenty eight", "11/2028"),
        ("August of twenty seven", "08/27"),
        ("December 1st", "12/01"),
        ("April twenty ninth oh one", "04/29/01"),
    ],
)
def test_dates(text, value):
    """A date that names its month is read in the order people have."""
    (date,) = find_dates(tokenize(words_of(text)))
    assert date.value == value
    assert date.last == len(tokenize(words_of(text))) - 1


@pytest.mark.parametrize(
    "text", ["may I have your name", "I march on", "in the second place", "I may, for the third time"]
)
def test_no_dates(text):
    """May and march are verbs as well."""
    assert find_dates(tokenize(words_of(text))) == ()


@pytest.mark.parametrize(
    ("text", "birth", "expiry"),
    [
        ("oh three oh three nineteen eighty four", "03/03/1984", None),
        ("three fourteen eighty six", "03/14/86", None),
        ("03/14/1986", "03/14/1986", None),
        ("ten twelve seventy five", "10/12/75", None),
        ("zero eight, twenty seven", None, "08/27"),
        ("8/27", None, "08/27"),
        ("0-8-2-7", None, "08/27"),
        ("eight twenty twenty seven", "08/20/27", "08/27"),
        ("thirteen twenty seven", None, None),
        ("four one one one", None, None),
    ],
)
def test_dates_in_digits(text, birth, expiry):
    """Digits are a date of birth or an expiry only if month and day exist."""
    (run,) = find_runs(tokenize(words_of(text)))
    assert (birth_date(run), expiry_date(run)) == (birth, expiry)


def test_checksums():
    """Check digits tell right numbers from those with one digit wrong."""
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert aba_valid("122105155")
    assert not aba_valid("122105159")
    assert iban_valid("GB29NWBK60161331926819")
    assert not iban_valid("GB28NWBK60161331926819")
    assert is_mbi("1EG4TE5MK73")
    assert not is_mbi("1SG4TE5MK73")  # S is not issued
    assert card_lengths("2221000000000009") == {16}
    assert card_lengths("2720990000000007") == {16}
    assert card_lengths("2721000000000004") == frozenset()


VOCABULARY = st.sampled_from(
    (
        "four one double oh twenty seven hundred thousand uh no sorry five, and for to 4111, 1111 -1 .com $4,111 4.532 a S as in Sam "
        "o-w-a-k Bravo my card number is March 3rd hello okay um ,111 12:30 1EG4 at gmail dot ... - é I i don't Ø １２"
    ).split()
)


@st.composite
def transcripts(draw):
    """Words of two speakers in any order, with pauses and overlaps."""
    words, at_s = [], 0.0
    for text in draw(st.lists(VOCABULARY, max_size=60)):
        speaker = draw(st.sampled_from(("customer", "customer", "agent")))
        at_s += draw(st.sampled_from((0.0, 0.3, 0.3, 0.3, 1.5, 6.0)))
        words.append(Word(text, round(at_s, 2), round(at_s + 0.28, 2), 1.0, int(speaker == "customer"), speaker))
    return Transcript.of(words)


@given(transcripts())
def test_each_word_is_in_one_statement(transcript):
    """Joining and cutting statements loses no word and uses none twice."""
    indices = sorted(i for s in statements(transcript) for i in s.indices)
    assert indices == list(range(len(transcript.words)))


@given(transcripts())
def test_the_written_view_never_loses_its_place(transcript):
    """Each piece of the written text leads back to the words that it stands for, in order, and every said token has one."""
    said = statements(transcript)
    view = write(said)
    covered: dict[int, set[int]] = {}
    for before, after in zip(view.pieces, view.pieces[1:], strict=False):
        assert before.end <= after.start
        assert (before.line, before.last) < (after.line, after.first) or before.line < after.line
    for piece in view.pieces:
        assert piece.start < piece.end
        line, first, last = view.tokens(piece.start, piece.end)
        assert (line, first, last) == (piece.line, piece.first, piece.last)
        assert view.characters(line, first, last) == (piece.start, piece.end)
        covered.setdefault(line, set()).update(range(first, last + 1))
        statement = said[line]
        expected = range(statement.tokens[first].word, statement.tokens[last].word + 1)
        assert view.word_indices(*view.tokens(piece.start, piece.end)) == tuple(statement.indices[w] for w in expected)
    for line, statement in enumerate(said):
        assert covered.get(line, set()) == set(range(len(statement.tokens)))


@given(st.text(alphabet="0123456789", min_size=2, max_size=19))
def test_digits_read_out_are_read_back(digits):
    """A number said digit by digit is written as it was meant, each digit knowing its word."""
    names = "zero one two three four five six seven eight nine".split()
    words = words_of(" ".join(names[int(c)] for c in digits))
    view = write(statements(Transcript.of(words)))
    assert view.text.startswith(digits)
    for i in range(len(digits)):
        assert view.word_indices(*view.tokens(i, i + 1)) == (i,)
