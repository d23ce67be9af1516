"""Following the talk: speakers, seconds, answers, names, scripts, and what a sentence is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.vocabulary import Vocabulary
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import Transcript, Word


def kinds(dialogue: str, **options) -> list[str]:
    return [d.kind for d in hear_disclosures(parse_dialogue(dialogue), **options).disclosures]


def heard_as(dialogue: str, kind: str) -> list[float]:
    return [d.confidence for d in hear_disclosures(parse_dialogue(dialogue)).disclosures if d.kind == kind]


def test_seconds_are_the_clauses():
    """A disclosure has the seconds of its clause, not of the whole turn."""
    call = (
        "0:10 agent: Thanks for calling Acme, my name is Bo. This call is recorded. What is your account number please?"
    )
    (heard,) = hear_disclosures(parse_dialogue(call)).disclosures
    assert heard.start_s == pytest.approx(10 + 8 * 0.3)
    assert heard.end_s == pytest.approx(10 + 12 * 0.3)


def test_two_clauses_two_disclosures():
    """One kind said in two sentences is heard twice."""
    assert kinds("agent: This call is recorded. Like I said, we record all our calls.") == ["recording", "recording"]


def test_the_other_side_may_interrupt():
    """A notice that the customer's "hello?" cuts in two is one notice."""
    call = """
        0:00 agent: Thank you for calling, this call may be
        0:03.1 customer: Hello?
        0:04 agent: recorded for quality purposes.
    """
    (heard,) = hear_disclosures(parse_dialogue(call)).disclosures
    assert heard.kind == "recording"
    assert heard.end_s > 4


def test_a_finished_sentence_is_not_joined_to_what_comes_later():
    """Words of two turns that do not belong together disclose nothing."""
    call = """
        0:00 agent: What is this call about?
        0:09 agent: Recorded delivery is five dollars.
    """
    assert kinds(call) == []


@pytest.mark.parametrize("speaker", ["agent", "system"])
def test_the_company_side_discloses(speaker):
    """Agent and system disclose, each under its own name."""
    (heard,) = hear_disclosures(parse_dialogue(f"{speaker}: This call is recorded.")).disclosures
    assert (heard.kind, heard.speaker) == ("recording", speaker)


def test_an_unknown_speaker_is_marked():
    """Words of nobody known are read as either side's, and the disclosure says that the speaker is unknown."""
    transcript = without_speakers(parse_dialogue("agent: This call is recorded for quality."))
    (heard,) = hear_disclosures(transcript).disclosures
    assert heard.speaker == "unknown"


def test_a_doubtful_customer_may_have_been_the_agent():
    """A notice on words that are a customer's with little confidence is heard as somebody's; with confidence, as nobody's."""
    transcript = parse_dialogue("customer: This call is recorded for quality.", mono=True)
    doubtful = Transcript.of(replace(w, speaker_confidence=0.5) for w in transcript.words)
    assert [(d.kind, d.speaker) for d in hear_disclosures(doubtful).disclosures] == [("recording", "unknown")]
    assert hear_disclosures(transcript).disclosures == ()


def test_confidence_falls_with_the_recognizers():
    """A notice made of words that the recogniser doubts is less sure."""
    transcript = parse_dialogue("agent: This call is recorded.")
    mumbled = Transcript.of(replace(w, probability=0.3) for w in transcript.words)
    sure, unsure = (hear_disclosures(t).disclosures[0].confidence for t in (transcript, mumbled))
    assert unsure < sure - 0.1


def test_a_sound_alike_is_less_sure():
    """ "This call may be regarded for quality" is taken for a notice, with less confidence than the notice itself."""
    (alike,) = hear_disclosures(parse_dialogue("system: this call may be regarded for quality purposes")).disclosures
    (plain,) = hear_disclosures(parse_dialogue("system: this call may be recorded for quality purposes")).disclosures
    assert (alike.kind, plain.kind) == ("recording", "recording")
    assert alike.confidence < plain.confidence - 0.1


def test_words_that_start_too_early_answer_all_the_same():
    """A recogniser starts "Sure" seconds early, before the question; it still answers the question."""
    question = parse_dialogue("0:05 agent: I'm recording our call. Is that all right?").words
    answer = (
        Word("Sure,", 3.0, 9.0, 0.9, 1, "customer"),
        Word("no", 9.0, 9.2, 1.0, 1, "customer"),
        Word("problem.", 9.2, 9.6, 1.0, 1, "customer"),
    )
    heard = [d.kind for d in hear_disclosures(Transcript.of((*question, *answer))).disclosures]
    assert heard == ["recording", "consent_request", "consent_granted"]


@pytest.mark.parametrize(
    ("at", "granted"),
    [("0:03", True), ("0:08", True), ("0:25", False)],
)
def test_a_bare_yes_has_a_window(at, granted):
    """A bare yes grants within seconds of the request, and later it does not."""
    call = f"0:00 agent: May I record this call?\n{at} customer: Yes."
    assert ("consent_granted" in kinds(call)) is granted


def test_a_yes_to_something_else_grants_nothing():
    """Once another question was asked, the yes is an answer to that."""
    call = """
        agent: May I record this call?
        agent: And is your address still twelve Elm Street?
        customer: Yes.
    """
    assert kinds(call) == ["consent_request"]


def test_the_same_side_cannot_answer():
    """The agent's own "okay" is no consent."""
    assert kinds("agent: May I record this call?\nagent: Okay.") == ["consent_request"]


def test_an_answer_about_recording_needs_its_question():
    """ "Yes, it is" discloses when the customer asked about recording, and not after another question."""
    assert kinds("customer: Is this call recorded?\nagent: Yes, it is.") == ["recording"]
    assert kinds("customer: Is this the claims line?\nagent: Yes, it is.") == []
    assert kinds("0:00 customer: Is this call recorded?\n0:30 agent: Yes, it is.") == []


def test_no_to_ai_alone_is_an_opt_out():
    """ "No" to an AI note taker refuses AI, not the recording."""
    heard = kinds("agent: Is it okay with you if an AI takes notes on this call?\ncustomer: No, thanks.")
    assert "opt_out_requested" in heard
    assert "consent_refused" not in heard


def test_a_vendor_of_the_vocabulary_is_heard_however_spelled():
    """A vendor that the policy names is a third party, also as the recogniser spells it."""
    known = Vocabulary(vendors=("Voxline",))
    for spelling in ("Voxline", "Vox line", "Boxline"):
        assert "third_party" in kinds(f"agent: {spelling} processes this call too.", vocabulary=known)
    assert "third_party" not in kinds("agent: The outline processes this call too.", vocabulary=known)
    assert kinds("agent: Boxline processes your payment.", vocabulary=known) == []


SCRIPT = "For your safety, each talk with our desk leaves a sound trace with us."


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (SCRIPT, True),
        ("for your safety each talk with our desk leaves a sound race with us", True),
        ("for your safety he talk with our disk leaves a sound trace with", True),
        ("each talk with our desk is a pleasure", False),
        ("for your safety no talk with our desk leaves a sound trace with us", False),
    ],
)
def test_approved_scripts(said, heard):
    """A company's own sentence is heard though some words are garbled; its denial and other sentences are not."""
    own = Vocabulary(scripts={"recording": (SCRIPT,)})
    assert ("recording" in kinds(f"agent: {said}", vocabulary=own)) is heard


@pytest.mark.parametrize(
    "said",
    [
        "I'll ring you right back from the desk. Not wearing, nothing is being recorded.",
        "Let me get you from another phone, no recording on that line.",
        "I could call you back on my cell. I mean, they are not recording.",
    ],
)
def test_a_denial_beside_the_words_of_another_phone_is_a_perhaps_at_most(said):
    """Where another phone was just named, only a listener can tell which of the two is not recorded."""
    assert all(c <= 0.5 for c in heard_as(f"agent: {said}", "recording_denied"))


@pytest.mark.parametrize(
    "said",
    [
        "No ma'am, this call is not recorded. I can ring you back on your cell if we get cut off.",
        "I'll call you back at noon from my desk. And no, this call isn't being recorded.",
        "Ain't nobody recording you, sir.",
        "No part of this conversation is taped.",
    ],
)
def test_a_denial_of_this_call_counts(said):
    """A denial that names this call is one, whatever else is said of calling back."""
    assert max(heard_as(f"agent: {said}", "recording_denied")) >= 0.6


@pytest.mark.parametrize(
    "said",
    ["How might one stay out of that?", "Kindly leave mine out of it.", "Is that optional?", "And suppose I say no?"],
)
def test_an_objection_after_an_ai_notice_is_at_least_a_perhaps(said):
    """Who asks how not to be part of it right after being told of AI has not agreed to train it."""
    call = f"agent: This call is recorded, and our AI learns from our calls. How can I help?\ncustomer: {said}"
    assert heard_as(call, "opt_out_requested")


@pytest.mark.parametrize(
    "call",
    [
        "agent: This call is recorded.\ncustomer: And the residents who sit in, can I opt out of that?",
        "agent: Our AI learns from calls. How can I help?\ncustomer: I'd like to opt out of paper statements.",
        "agent: Nursing students may sit in on your visit.\ncustomer: I'd like to opt out of that.",
        "agent: We mail a catalog each spring.\ncustomer: Please leave me out of that.",
    ],
)
def test_an_opt_out_from_something_else_is_none(call):
    """People opt out of much else than recording and AI."""
    assert not heard_as(call, "opt_out_requested")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("We tape our calls and they are kept by an outside firm named Dorsal.", True),
        ("We tape our calls, and they go to an agency called Dorsal.", True),
        ("They handle payments with an outside company.", False),
        ("We tape our calls. They told an outside agency, over at the county.", False),
    ],
)
def test_they_may_be_the_calls(said, heard):
    """Calls that go, or are sent, to an outsider are handled by it; what other people do with one says nothing."""
    assert ("third_party" in kinds(f"agent: {said}")) is heard


@pytest.mark.parametrize("said", ["Cool, you're on tape now. Which street?", "Great, we are rolling and on tape."])
def test_who_takes_note_of_an_answer_asks_for_none(said):
    """The word that begins a sentence like that is no question for consent."""
    call = f"agent: I tape my quotes, is that alright?\ncustomer: Sure.\nagent: {said}"
    assert len(heard_as(call, "consent_request")) == 1


@pytest.mark.parametrize("said", ["Cool if I tape this?", "Okay with you that we tape it"])
def test_a_question_may_begin_with_the_same_word(said):
    """“Cool if …?” asks, with its mark or without."""
    assert heard_as(f"agent: {said}", "consent_request")


def test_after_the_customer_has_told_his_matter_a_short_no_is_of_that():
    """A recogniser's full stop makes “a bill I don't follow” a sentence of its own, which is no refusal."""
    notice = "0:01 agent: Hill Dental, we are recorded."
    matter = "0:05 customer: Hi, I got a letter from your office about my crown. I don't follow."
    assert not heard_as(f"{notice}\n{matter}", "consent_refused")
    assert heard_as(f"{notice}\n0:05 customer: Hi. I'm not okay with that.", "consent_refused")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("All our calls run over a partner's phone system. They are recorded there.", True),
        ("Our calls go through a partner, they're recorded there.", True),
        ("All our calls go to the same desk. They are not recorded.", False),
        ("You can return the movies. They are recorded over anyway.", False),
    ],
)
def test_they_may_be_the_calls_that_were_just_spoken_of(said, heard):
    """A notice may name its object in the sentence before."""
    assert bool([c for c in heard_as(f"agent: {said}", "recording") if c >= 0.6]) == heard


def test_what_recordings_are_used_for_may_stand_behind_a_full_stop():
    """The recogniser ends a sentence where a machine takes breath."""
    assert heard_as("system: Our vendor uses the recordings. To train their artificial intelligence.", "ai_training")
    assert not heard_as("system: Please keep the recordings. To pay a bill, press one.", "ai_training")


def test_what_a_product_does_with_other_peoples_talk_is_no_notice():
    """A company that sells such software has not said that it runs here."""
    assert not heard_as("agent: It transcribes what your guests say, and tells if it is urgent.", "ai_analysis")
    assert heard_as("agent: This call is recorded. It transcribes what we say.", "ai_analysis")


def test_who_likes_to_record_says_that_he_does():
    """What he would not do without it is no denial."""
    said = hear_disclosures(
        parse_dialogue("0:01 agent: I prefer to record these, so I don't forget your size.")
    ).disclosures
    assert [d.kind for d in said] == ["recording"]


def test_a_record_of_things_is_no_recording_of_the_call():
    """Every saw, watch or trade that comes in is written down, at most a person is asked."""
    heard = [
        d
        for thing in ("saw that comes in", "watch we take in")
        for d in hear_disclosures(parse_dialogue(f"0:01 agent: We record every {thing}.")).disclosures
    ]
    assert all(d.confidence <= 0.5 for d in heard)
    talk = hear_disclosures(parse_dialogue("0:01 agent: We record every call that comes in.")).disclosures
    assert max(d.confidence for d in talk) > 0.9
