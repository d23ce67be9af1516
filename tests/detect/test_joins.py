"""Who joins a call, heard at the announcement or at the arrival, and what only sounds like it."""

from __future__ import annotations

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.dialogue import parse_dialogue


def kinds(dialogue: str, **options) -> list[str]:
    return [d.kind for d in hear_disclosures(parse_dialogue(dialogue), **options).disclosures]


def heard_as(dialogue: str, kind: str) -> list[float]:
    return [d.confidence for d in hear_disclosures(parse_dialogue(dialogue)).disclosures if d.kind == kind]


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
        "I could put you through to the stamp desk for that, if you like.",
        "Leave it in the garage for a week, and then get a colleague in to carry it.",
        "We have a whole team in here today and it's loud, how can I help?",
    ],
)
def test_what_only_sounds_like_a_join_is_none(said):
    """Nobody joins a caller who is told what comes before the connection, or how busy the shop is."""
    assert "transfer" not in kinds(f"agent: Barton Lanes, this is Ode. {said}")


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


@pytest.mark.parametrize("voice", ["system", "agent"])  # who sounds like a person is called one
def test_the_first_person_after_a_machine_that_names_itself_is_no_transfer(voice):
    """It fetches whoever answers first; whom that person fetches joins, and an outside company always does."""
    call = f"""
        0:00 {voice}: Welcome to Harbor Tires. I'm your automated assistant. What do you need?
        0:06 customer: New tires for a truck.
        0:09 {voice}: Okay, tires. Let me get you to a sales agent.
        0:15 agent: Hi, this is Imani in sales. Which truck is it?
    """
    assert kinds(call) == []
    further = "0:20 customer: A Ford.\n0:24 agent: Let me transfer you to Bo.\n0:40 agent: Hi, this is Bo in trucks."
    assert kinds(f"{call}\n{further}") == ["transfer"]
    assert "transfer" in kinds(call.replace("to a sales agent", "over to our partner company, Wheel Finance"))


def test_a_person_who_gives_no_name_ends_the_machines_part():
    """The first to be fetched by her is a transfer, announced or not."""
    call = """
        0:00 system: Welcome to Harbor Tires. I'm the virtual assistant. What do you need?
        0:06 customer: New tires for a truck.
        0:10 agent: Harbor Tires, how can I help?
        0:13 customer: I want tires.
        0:15 agent: Okay, let me transfer you to Bo.
    """
    assert kinds(call) == ["transfer"]


def test_who_is_through_at_once_has_not_been_transferred():
    """“You're through to …” opens a call, and after another voice brings the second."""
    assert not heard_as("0:01 agent: Hello, you're through to Barton Lanes, Ode speaking.", "transfer")
    later = "0:00 agent: Barton Lanes, Ode here, one moment.\n0:04 customer: Sure.\n0:12 agent: Hello, you're through to the bar, Kim speaking."
    assert heard_as(later, "transfer")


def test_no_hold_while_the_customer_talks():
    """Who was asked to wait and asks a question meanwhile is answered by the same voice."""
    call = """
        0:00 agent: Barton Lanes, this is Ode.
        0:03 customer: What did you write down about my ball?
        0:07 agent: Let me find the note. It has a crack on the side.
        0:12 customer: And is that something you would have to drill again from scratch?
        0:17 agent: I'd do it this week, yes.
    """
    assert not heard_as(call, "transfer")
