import numpy as np
import pytest

from scanner.detect.spoken_value import SpokenValue
from scanner.dialogue import parse_dialogue
from scanner.second_look import numbers_heard_again
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
