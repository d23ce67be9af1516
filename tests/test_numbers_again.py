from dataclasses import replace

import numpy as np
import pytest

from scanner.detect.spoken_value import SpokenValue
from scanner.dialogue import parse_dialogue
from scanner.second_look.numbers import numbers_heard_again
from scanner.transcript import Word

CHANNELS = (np.zeros(16_000, np.int16),) * 2


class Listener:
    """Hears what it is told to, and counts how often it is asked."""

    def __init__(self, text, probability=0.9):
        self.text = text
        self.probability = probability
        self.spans = []

    def transcribe_span(self, samples, span, *, language, channel, care):
        self.spans.append(span)
        said = self.text.split()
        step = (span.duration_s - 1.2) / max(1, len(said))
        times = [span.start_s + 0.6 + k * step for k in range(len(said))]
        return tuple(Word(w, s, s + step, self.probability, channel) for w, s in zip(said, times, strict=True))


def detect(transcript):
    """Digits are a routing number: sure when there are nine of them, doubtful otherwise."""
    indices = tuple(i for i, w in enumerate(transcript.words) if w.text.isdigit())
    if not indices:
        return ()
    digits = "".join(transcript.words[i].text for i in indices)
    parts = tuple(transcript.words[i].span for i in indices)
    speaker = transcript.words[indices[0]].speaker
    return (SpokenValue("ABA_ROUTING_NUMBER", digits, speaker, indices, parts, 0.95 if len(digits) == 9 else 0.5),)


SHORT = parse_dialogue("0:05 agent: and the routing number?\n0:08 customer: 1 2 2 1 0 5 1 thanks")


def test_a_doubtful_number_is_taken_from_the_hearing_that_passes_its_check():
    """Two digits that the first hearing lost come back, spoken by the same side at the same place."""
    listener = Listener("1 2 2 1 0 5 1 5 5 thanks")
    transcript, (value,) = numbers_heard_again(SHORT, CHANNELS, listeners=[listener], detect=detect)
    assert value.value == "122105155"
    assert value.speaker == "customer"
    assert {w.speaker for w in transcript.words if w.channel == 1} == {"customer"}
    assert [w for w in transcript.words if w.channel == 0] == [w for w in SHORT.words if w.channel == 0]


def test_two_hearings_that_agree_are_believed():
    """Without a check, agreement of two others outweighs the first hearing."""
    listeners = [Listener("1 2 2 1 0 5 9 9 thanks"), Listener("1 2 2 1 0 5 9 9")]
    _, (value,) = numbers_heard_again(SHORT, CHANNELS, listeners=listeners, detect=detect)
    assert value.value == "12210599"


@pytest.mark.parametrize("text", ["1 2 2 thanks", "1 2 2 1 0 5 1 9 thanks", "thank you", ""])
def test_a_hearing_that_nothing_supports_changes_nothing(text):
    """One more doubtful reading is no reason to drop the first."""
    transcript, (value,) = numbers_heard_again(SHORT, CHANNELS, listeners=[Listener(text)], detect=detect)
    assert transcript == SHORT
    assert value.value == "1221051"


def test_one_listener_does_not_agree_with_itself():
    """What a listener says twice is one hearing: without a check it is no reason to drop the first."""
    listener = Listener("1 2 2 1 0 5 9 9")
    assert numbers_heard_again(SHORT, CHANNELS, listeners=[listener], detect=detect)[0] == SHORT
    assert len(listener.spans) == 2


def test_a_number_is_heard_with_the_words_that_lead_to_it():
    """A second hearing begins at a word before the number, where there is one, so that its first digits are not lost."""
    said = parse_dialogue("0:05 agent: and the number?\n0:08 customer: the number is 1 2 2 1 0 5 1 thanks")
    listener = Listener("")
    numbers_heard_again(said, CHANNELS, listeners=[listener], detect=detect)
    (start_s,) = {s.start_s for s in listener.spans}
    number = next(w for w in said.words if w.text == "1")
    assert number.start_s - 2.7 <= start_s < number.start_s - 0.6
    assert any(w.start_s - 0.2 < start_s < w.start_s for w in said.words if w.channel == 1)


def test_a_sure_number_is_not_heard_again():
    """A second look costs nothing where there is no doubt."""
    sure = parse_dialogue("0:08 customer: 1 2 2 1 0 5 1 5 5 thanks")
    listener = Listener("no")
    assert numbers_heard_again(sure, CHANNELS, listeners=[listener], detect=detect)[0] == sure
    assert listener.spans == []


ASKED = "0:05 agent: and the routing number?\n0:14 agent: okay, I have set that up\n"


@pytest.mark.parametrize("before", ["0:01 customer: hello\n", ""], ids=["who spoke before", "who was never heard"])
def test_a_number_that_was_asked_for_and_not_heard_is_heard_again(before):
    """Where nothing was heard between a question for a number and the next word, the other channel is heard again."""
    silent = parse_dialogue(before + ASKED)
    listener = Listener("1 2 2 1 0 5 1 5 5")
    transcript, (value,) = numbers_heard_again(silent, CHANNELS, listeners=[listener], detect=detect)
    assert (value.value, value.speaker) == ("122105155", "customer")
    question = next(w for w in silent.words if w.text == "number?")
    assert all(question.end_s - 1 < s.start_s < question.end_s and s.end_s < 15 for s in listener.spans)
    assert [w for w in transcript.words if w.channel == 0] == [w for w in silent.words if w.channel == 0]


def test_an_answer_that_was_garbled_is_heard_again_and_the_words_before_it_stay():
    """An unsure answer without a number makes room for one with it; what leads to it is not taken over."""
    garbled = parse_dialogue("0:03 customer: sure what next\n" + ASKED + "0:08 customer: fun to choose one oh five")
    garbled = replace(garbled, words=tuple(replace(w, probability=0.4) for w in garbled.words))
    transcript, (value,) = numbers_heard_again(
        garbled, CHANNELS, listeners=[Listener("1 2 2 1 0 5 1 5 5")], detect=detect
    )
    assert value.value == "122105155"
    said = [w.text for w in transcript.words if w.channel == 1]
    assert said == [*"sure what next".split(), *"122105155"]


@pytest.mark.parametrize(
    "call",
    [
        ASKED + "0:08 customer: I do not have it with me",
        "0:05 agent: and the order number?\n0:14 agent: okay",
        "0:05 agent: and what is the routing number please",
        "0:05 customer: what is the routing number?\n0:14 customer: okay",
    ],
    ids=["a clear no", "nobody's number", "the end of the call", "the customer asks"],
)
def test_where_no_number_is_due_nothing_is_heard_again(call):
    """A second look is for questions whose answer was not understood."""
    listener = Listener("1 2 2 1 0 5 1 5 5")
    assert numbers_heard_again(parse_dialogue(call), CHANNELS, listeners=[listener], detect=detect)[1] == ()
    assert listener.spans == []


@pytest.mark.parametrize(
    ("heard", "codes"), [("perfect $51.12", []), ("$51.12 $33.85", ["51123385"]), ("512", ["512"])]
)
def test_what_was_paid_is_no_code(heard, codes):
    """Another hearing's one word of money is an amount; digits read out in pairs are written so as well."""

    def code(transcript):
        words = [(i, w) for i, w in enumerate(transcript.words) if any(c.isdigit() for c in w.text)]
        if not words:
            return ()
        digits = "".join(c for _, w in words for c in w.text if c.isdigit())
        indices, parts = tuple(i for i, _ in words), tuple(w.span for _, w in words)
        return (SpokenValue("CREDIT_CARD_CVV", digits, "customer", indices, parts, 0.95),)

    silent = parse_dialogue("0:01 customer: hello\n0:05 agent: and the security code?\n0:14 agent: okay that is paid")
    values = numbers_heard_again(silent, CHANNELS, listeners=[Listener(heard)], detect=code)[1]
    assert [v.value for v in values] == codes


def test_the_last_answer_of_a_recording_is_heard_again_if_all_of_it_was_lost():
    """A question with which the words end, and seconds of sound after it, may have been answered."""
    silent = parse_dialogue("0:05 agent: and the routing number?")
    listener = Listener("1 2 2 1 0 5 1 5 5")
    sound = (np.zeros(14 * 16_000, np.int16),) * 2
    _, (value,) = numbers_heard_again(silent, sound, listeners=[listener], detect=detect)
    assert (value.value, value.speaker) == ("122105155", "customer")
    assert all(s.end_s < 15 for s in listener.spans)


def detect_names(transcript):
    """A capitalised word is a name, sure unless the recogniser was not sure of it."""
    return tuple(
        SpokenValue("PERSON", w.text, w.speaker, (i,), (w.span,), 0.9 if w.probability > 0.5 else 0.4)
        for i, w in enumerate(transcript.words)
        if w.channel == 1 and w.text.istitle()
    )


@pytest.mark.parametrize("garbled", ["we will soon bribe water", "Me boy"], ids=["no name", "a muttered one"])
def test_a_name_that_was_asked_for_and_not_understood_is_heard_again(garbled):
    """What was written for a name that no model expects makes room for the name, if another hearing has one."""
    said = parse_dialogue(f"0:05 agent: may I have your name?\n0:08 customer: {garbled}\n0:14 agent: thanks")
    said = replace(said, words=tuple(replace(w, probability=0.4) for w in said.words))
    transcript, values = numbers_heard_again(said, CHANNELS, listeners=[Listener("Oluwaseun")], detect=detect_names)
    assert [v.value for v in values] == ["Oluwaseun"]
    assert [w.text for w in transcript.words if w.channel == 1] == ["Oluwaseun"]


def test_a_name_that_was_understood_is_not_heard_again():
    """An answer with a name costs nothing more."""
    said = parse_dialogue("0:05 agent: may I have your name?\n0:08 customer: Tilda\n0:14 agent: thanks")
    listener = Listener("Hilda")
    assert numbers_heard_again(said, CHANNELS, listeners=[listener], detect=detect_names)[0] == said
    assert listener.spans == []


@pytest.mark.parametrize(("other", "found"), [("1 2 2 1 5 5", ["1221055"]), ("no no", [])], ids=["two", "one alone"])
def test_two_hearings_of_the_same_kind_of_value_are_believed_where_none_was_heard(other, found):
    """That a number was said is agreed on, though not which: it is doubtful, and it is there."""
    silent = parse_dialogue(ASKED)
    listeners = [Listener("1 2 2 1 0 5 5"), Listener(other)]
    values = numbers_heard_again(silent, CHANNELS, listeners=listeners, detect=detect)[1]
    assert [v.value for v in values] == found
    assert all(v.confidence < 0.9 for v in values)
