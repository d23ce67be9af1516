from dataclasses import replace

import numpy as np
import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.spoken_value import SpokenValue
from scanner.detections import AudioProblem
from scanner.dialogue import parse_dialogue
from scanner.second_look import notices_heard_again, numbers_heard_again
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


def hear(transcript):
    return hear_disclosures(transcript).disclosures


def again(dialogue, listener):
    transcript = parse_dialogue(dialogue)
    heard, _ = notices_heard_again(transcript, CHANNELS, listeners=[listener], hear=hear, wanted=["recording"])
    return transcript, heard, {d.kind for d in hear(heard)}


def test_a_notice_that_was_garbled_is_found_again():
    """The notice's own words are taken over, the rest of the opening stays as it was."""
    before, after, kinds = again(
        "0:01 agent: Welcome to Northwind. This tall may be retired. How can I help?\n0:09 customer: Hi",
        Listener("Welcome to Northwind. This call may be recorded. How can I help?"),
    )
    assert "recording" in kinds
    assert [w.text for w in after.words if w.speaker == "customer"] == [
        w.text for w in before.words if w.speaker == "customer"
    ]


def test_the_customers_words_are_not_heard_again_for_a_notice():
    """Nobody but the company discloses."""
    listener = Listener("This call is recorded.")
    _, _, kinds = again("0:01 customer: I am calling about the bill.", listener)
    assert kinds == set()
    assert listener.spans == []


def test_an_opening_without_a_notice_stays_without_one():
    """What another hearing does not say either is not there."""
    before, after, kinds = again("0:01 agent: Hi, how can I help you?", Listener("Hi, how can I help you?"))
    assert before == after
    assert kinds == set()


def test_a_heard_notice_is_not_looked_for():
    """A call with its notice pays nothing."""
    listener = Listener("no")
    again("0:01 agent: Hi, this call is recorded.", listener)
    assert listener.spans == []


def unclear_after(dialogue, *listeners, problems=(), probability=0.7):
    said = parse_dialogue(dialogue)
    said = replace(said, words=tuple(replace(w, probability=probability) for w in said.words))
    return notices_heard_again(said, CHANNELS, listeners=listeners, hear=hear, wanted=["recording"], problems=problems)


def test_the_most_unlike_listener_is_asked_first_and_the_others_only_for_what_is_wanting():
    """The cost of a third hearing is paid only where the second one had no notice either."""
    first, unlike = Listener("This call is recorded."), Listener("This call is recorded.")
    unclear_after("0:01 agent: This tall is retired. How can I help?", first, unlike)
    assert (len(first.spans), len(unlike.spans)) == (0, 1)
    first, unlike = Listener("This call is recorded. How can I help?"), Listener("This tall is wired. How can I help?")
    heard, unclear = unclear_after("0:01 agent: This tall is retired. How can I help?", first, unlike)
    assert [len(x.spans) for x in (first, unlike)] == [1, 1]
    assert {d.kind for d in hear(heard)} == {"recording"}
    assert unclear == ()


def test_what_was_heard_clearly_is_not_heard_again_by_the_same_listener():
    """Most calls without a notice are clear, and pay for one more hearing only."""
    first, unlike = Listener("This call is recorded."), Listener("How can I help?")
    unclear_after("0:01 agent: How can I help?", first, unlike, probability=0.95)
    assert [len(x.spans) for x in (first, unlike)] == [0, 1]


def test_a_notice_that_a_hearing_is_not_sure_of_clears_nothing():
    """It says that something could not be made out where it was heard, and the words stay as they were."""
    before = parse_dialogue("0:01 agent: Good morning, it is Ana. How can I help?")
    listener = Listener("This call is recorded. How can I help?", probability=0.3)
    heard, (problem,) = unclear_after("0:01 agent: Good morning, it is Ana. How can I help?", listener)
    assert [w.text for w in heard.words] == [w.text for w in before.words]
    assert problem.kind == "unclear_speech"
    assert problem.end_s - problem.start_s >= 1.5


def test_a_doubtful_hearing_raises_no_doubt_where_the_first_was_sure():
    """Else every clear opening would need a listener as soon as the second model is at a loss."""
    listener = Listener("This call is recorded. How can I help?", probability=0.3)
    said = "0:01 agent: Good morning, it is Ana. How can I help?"
    assert unclear_after(said, listener, probability=0.95)[1] == ()


def test_speech_without_words_is_heard_again():
    """What the first hearing made nothing of may have been the notice."""
    lost = AudioProblem("unclear_speech", 0.0, 6.0, 0)
    listener = Listener("This call is recorded.")
    heard, _ = unclear_after("0:08 agent: How can I help?", listener, problems=[lost])
    assert {d.kind for d in hear(heard)} == {"recording"}


def test_two_doubtful_hearings_that_differ_leave_the_opening_unclear():
    """Neither is known to be right; two that agree, or a first one that was sure, leave no doubt."""
    said = "0:01 agent: please note that cocktails are fit in the united states tonight"
    other = Listener("ladies and gentlemen the goat records moaning very fast")
    assert unclear_after(said, other, probability=0.4)[1]
    assert not unclear_after(said, other, probability=0.95)[1]
    same = Listener("please note that cocktails are fit in the united states tonight")
    assert not unclear_after(said, same, probability=0.4)[1]
