"""Requests, their answers and opt-outs as recognisers write them, small talk beside them, and arrivals after a hold."""

from __future__ import annotations

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detections import Disclosure
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import Transcript, Word

COUNTS = 0.6  # from this confidence on a hearing counts, by the default policy
CONSENTS = {"consent_granted", "consent_refused", "opt_out_requested"}


def heard(call: str) -> tuple[Disclosure, ...]:
    return hear_disclosures(parse_dialogue(call)).disclosures


def confidences(call: str) -> dict[str, float]:
    return {d.kind: d.confidence for d in heard(call)}


@pytest.mark.parametrize(
    "small_talk",
    [
        "agent: This call may train our AI. Any rust on the bottom? >> customer: No, nothing like that.",
        "agent: This call may train our AI. How wide is it? >> customer: I'd say about nine inches.",
        "agent: Recordings help build our AI. >> customer: Hey there, Fenwick Rental, this is Dot. What's up?",
        "agent: Recordings help build our AI. >> customer: Beechwood Tractor, Amos.",
        "agent: We're recorded, and AI takes notes. Should I tell your wife? >> customer: No, don't do that.",
        "agent: We're recorded. Are you diabetic? >> customer: No, I'm not.",
        "agent: We're recorded. Do you take the offer? >> customer: No, I'd rather not.",
        "agent: We're recorded and it teaches our AI. Do you want the insurance? >> customer: No, not interested in that.",
        "agent: This call may train our AI. Is the leak still there? >> customer: Not that I noticed.",
        "agent: We're recorded. What broke? >> customer: The recorder on my alarm system, it stopped recording.",
        "agent: We're recorded. How can I help? >> customer: It's been recorded that I sold the car, right?",
        "agent: We're recorded. Would you mind waiting? >> customer: Not at all.",
        "agent: We're recorded. Is two o'clock alright? >> customer: That's fine by me.",
    ],
)
def test_small_talk_after_a_notice_is_no_answer_to_it(small_talk: str) -> None:
    """What answers a question about the matter of the call neither grants, nor refuses, nor opts out, not even perhaps."""
    assert not CONSENTS & confidences(small_talk.replace(" >> ", "\n")).keys()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "agent: We're recorded. How can I help? >> customer: I have a problem with that, please don't.",
            "consent_refused",
        ),
        ("agent: We're taping this. What's up? >> customer: I don't go along with that.", "consent_refused"),
        (
            "agent: Calls train our AI. How can I help? >> customer: What do I do to not be included in that?",
            "opt_out_requested",
        ),
        (
            "agent: Our AI learns from calls. Who's calling? >> customer: I'd like to be left out of that.",
            "opt_out_requested",
        ),
        ("agent: Do you mind if I record? >> customer: Of course not.", "consent_granted"),
        ("agent: Would it bother you if I taped us? >> customer: Kind of, yeah.", "consent_refused"),
        ("agent: Is it okay to leave the tape on? >> customer: Leave it on, I don't care.", "consent_granted"),
        ("agent: Okay to record? >> customer: find by me.", "consent_granted"),
        (
            "agent: May I leave the tape on? It goes to Harkwell, an outside company that types it up. >> customer: Sure, fine.",
            "consent_granted",
        ),
    ],
)
def test_an_answer_after_an_open_question_still_answers(said: str, kind: str) -> None:
    """“How can I help?” leaves open what is spoken of, and answers count however they are put."""
    assert confidences(said.replace(" >> ", "\n"))[kind] >= COUNTS


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Would you mind if I retorted this?", "No, go right ahead."),
        ("Maybe we record this for our notes?", "Sure, go right ahead."),
        ("The human being recorded today?", "Not in the least."),
    ],
)
def test_a_misheard_request_is_one_and_its_answer_less_sure(asked: str, answered: str) -> None:
    """A request in which "record" was misheard is heard, and what answers it is hardly surer than it."""
    found = confidences(f"agent: {asked}\ncustomer: {answered}")
    assert COUNTS <= found["consent_request"] < 0.7
    assert COUNTS <= found["consent_granted"] < 0.8


@pytest.mark.parametrize(
    "tape", ["I like to take my orders over the phone", "We do take calls here", "We got you on take here"]
)
def test_take_may_be_tape_where_consent_is_asked_for(tape: str) -> None:
    """“I take my estimates, that alright by you?” has a person listen: neither notice nor refusal counts."""
    found = confidences(f"agent: {tape}. Is that alright with you?\ncustomer: No, it's not.")
    assert found.keys() == {"recording", "consent_request", "consent_refused"}
    assert max(found.values()) < COUNTS


@pytest.mark.parametrize(
    "talk", ["We take orders until five. Is the large one okay?", "I take my calls here. How can I help?"]
)
def test_taking_calls_is_no_tape(talk: str) -> None:
    """Who takes orders or calls and asks something else tapes nothing."""
    assert not confidences(f"agent: {talk}\ncustomer: No, thanks.")


def test_a_request_alone_says_not_that_it_records() -> None:
    """“May I tape our talk?” asks, and discloses nothing."""
    assert confidences("agent: Before we go on, may I tape our talk today?").keys() == {"consent_request"}


@pytest.mark.parametrize(
    "done",
    [
        "Okay, I've opted you out of that.",
        "Sure, I took you out of the AI training.",
        "Absolutely, I'll put a flag on it so it isn't used for that.",
        "I have turned the AI off for this call.",
        "So this call will not be used for it.",
    ],
)
def test_the_agents_doing_is_no_wish_of_the_caller(done: str) -> None:
    """What an agent does for who opts out is no second opt-out, whoever it was taken to be said by."""
    call = (
        f"agent: This call may train our AI.\ncustomer: Please leave me out of that.\nagent: {done}\ncustomer: Thanks."
    )
    transcript = parse_dialogue(call)
    last = without_speakers(parse_dialogue(f"customer: {done}"))
    assert sum(d.kind == "opt_out_requested" for d in hear_disclosures(transcript).disclosures) == 1
    assert not [d for d in hear_disclosures(last).disclosures if d.kind == "opt_out_requested"]


@pytest.mark.parametrize(
    "arrival",
    [
        "Fraud desk, this is Nadia. Which charge is it?",
        "Yeah, this is Big Al, I run the crew. What's going on?",
        "Claims department, how can I help?",
        "You've got the dispatch manager now.",
    ],
)
def test_who_answers_after_a_hold_has_joined(arrival: str) -> None:
    """A new voice that answers after "hold on" and a silence is a transfer, whether or not the first gave a name."""
    call = f"""
        0:01 agent: Harper Roofing, how can I help?
        0:04 customer: I need somebody who knows about my claim.
        0:08 agent: Okay, hold on please.
        0:16 agent: {arrival}
    """
    (transfer,) = [d for d in heard(call) if d.kind == "transfer"]
    assert transfer.start_s >= 15
    assert transfer.confidence >= COUNTS


@pytest.mark.parametrize(
    "back",
    [
        "Okay, thanks for holding. It shipped on Monday.",
        "It's Ted again, I found your order.",
        "So, the claims department got your letter.",
        "I have it here, it's two hundred dollars.",
    ],
)
def test_who_comes_back_has_not_joined(back: str) -> None:
    """The agent who comes back after a hold is the same."""
    call = f"""
        0:01 agent: Harper Roofing, this is Ted, how can I help?
        0:04 customer: I want to know where my order is.
        0:08 agent: Okay, hold on please.
        0:16 agent: {back}
    """
    assert not [d for d in heard(call) if d.kind == "transfer"]


@pytest.mark.parametrize("asked", ["You don't object to my recording this", "You wouldn't mind if we taped this"])
def test_you_do_not_mind_is_a_request(asked: str) -> None:
    """“You don't object to my recording this”, its tag lost, asks and denies nothing."""
    assert confidences(f"agent: {asked}.").keys() == {"consent_request"}


def test_a_reply_may_begin_where_no_mark_ends_the_question() -> None:
    """A question without its mark ends where the other side answers and a new sentence begins."""
    asked = [*"This call is recorded is everybody fine with that".split()]
    words = [Word(w, 0.3 * i, 0.3 * i + 0.25, 1.0, 0, "agent", 1.0) for i, w in enumerate(asked)]
    words += [
        Word(w, 3.2 + 0.3 * i, 3.4 + 0.3 * i, 1.0, 1, "customer", 1.0) for i, w in enumerate(("Fine", "with", "us."))
    ]
    words += [
        Word(w, 4.6 + 0.3 * i, 4.8 + 0.3 * i, 1.0, 0, "agent", 1.0) for i, w in enumerate(("Super,", "which", "date?"))
    ]
    found = {d.kind for d in hear_disclosures(Transcript.of(words, language="en")).disclosures}
    assert found == {"recording", "consent_request", "consent_granted"}


@pytest.mark.parametrize(
    "said",
    [
        "I'm not happy with that old vacuum.",
        "My sister lives with me, leave her out of this.",
        "I want to get out of that contract.",
    ],
)
def test_unwilling_words_about_something_named_are_none(said: str) -> None:
    """Who will not have that vacuum, or keeps a sister out of it, neither refuses nor opts out."""
    assert not CONSENTS & confidences(f"agent: This call is recorded.\ncustomer: {said}").keys()


@pytest.mark.parametrize(
    "call",
    [
        "agent: Recorded line, are you comfortable in the new brace?\ncustomer: Not really. I'm not comfortable with it at all.",
        "agent: We use calls to teach our AI, shall I leave a message with him?\ncustomer: No, don't do that.",
        "agent: Hello, we're recorded. Do you object to a substitute brand?\ncustomer: No, I don't object.",
    ],
)
def test_a_question_in_the_breath_of_a_notice_is_its_own(call: str) -> None:
    """A question about the matter that a notice runs into is answered, not the notice."""
    assert not CONSENTS & confidences(call).keys()


def test_a_tag_does_not_end_the_question() -> None:
    """“Do you?” after a request belongs to it."""
    call = "agent: You don't object to my recording this. Do you?\ncustomer: As a matter of fact, I do object."
    assert confidences(call)["consent_refused"] >= COUNTS


def test_a_pause_is_asked_for_without_its_name() -> None:
    """“Could you pause that first?” before a card is read asks to pause the recording; of a show it does not."""
    said = "customer: Could you pause that first?"
    assert (
        confidences(f"agent: We're on a recorded line. I'll need the card next.\n{said}")["opt_out_requested"] >= COUNTS
    )
    assert not confidences(f"agent: I'll sign you up for the meal plan next.\n{said}")


@pytest.mark.parametrize(
    "asked",
    [
        "Do I have your permission to save our conversation?",
        "Are you okay with the audio being kept?",
        "We'd love your okay to hang on to the audio.",
        "You in favor of us recording?",
    ],
)
def test_requests_in_rarer_words(asked: str) -> None:
    """Who asks to keep the audio asks to record."""
    assert confidences(f"agent: {asked}")["consent_request"] >= COUNTS


def test_a_day_that_suits_is_no_consent() -> None:
    """“Is Thursday alright?” after a notice asks for a day."""
    call = "agent: Recorded line, this is Gus. Is Thursday alright?\ncustomer: No, Thursday's no good."
    assert confidences(call).keys() == {"recording"}


@pytest.mark.parametrize(
    ("asked", "said", "refused"),
    [
        ("Do I have your consent to pull a report?", "No, I don't consent to that.", False),
        ("Would you authorize a second charge?", "I won't consent to that.", False),
        ("Do I have your consent to tape us?", "No, I don't consent to that.", True),
        ("Would you authorize a second charge?", "No, and I don't consent to being recorded.", True),
    ],
)
def test_leave_for_something_else_is_refused_for_itself(asked: str, said: str, refused: bool) -> None:
    """“I don't consent to that” answers what was asked for last."""
    found = confidences(f"agent: Good morning, this is Ode with Barton Finance. {asked}\ncustomer: {said}")
    assert (found.get("consent_refused", 0.0) >= COUNTS) is refused


@pytest.mark.parametrize("said", ["No machine transcripts, please.", "No automatic notes for me.", "No AI summaries."])
def test_no_notes_by_a_machine_is_an_opt_out(said: str) -> None:
    """What a notice said that software makes is turned down by its name."""
    assert "opt_out_requested" in confidences(f"agent: An AI writes up our call.\ncustomer: {said}")
