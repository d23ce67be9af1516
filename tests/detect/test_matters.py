"""Private matters in what is said; everyday phrases that borrow their words outnumber them."""

from dataclasses import replace

import pytest

from scanner.detect.matters import hear_matters
from scanner.dialogue import parse_dialogue

HEARD = 0.6

MATTERS = [
    ("health", "I was diagnosed with lupus and my doctor changed the medication."),
    ("health", "He had a heart attack in March."),
    ("health", "I've got chest pain when I walk."),
    ("health", "She's seeing a cardiologist on Monday."),
    ("health", "I need to refill my insulin."),
    ("health", "My test results should be back."),
    ("health", "I've been depressed since the baby came."),
    ("health", "I broke my hip and I can't get up the stairs."),
    ("health", "Am I allowed to drink with these antibiotics?"),
    ("health", "I'm in rehab until the ninth."),
    ("health", "Is this covered if I'm pregnant?"),
    ("financial", "I'm three months behind on my mortgage."),
    ("financial", "We're going through bankruptcy."),
    ("financial", "I see a balance of four hundred dollars."),
    ("financial", "My card was declined twice."),
    ("financial", "I lost my job and can't afford the payment."),
    ("financial", "You sent my account to collections."),
    ("financial", "What's your annual income?"),
    ("financial", "I owe about nine thousand on it."),
    ("financial", "My credit score dropped."),
    ("financial", "Somebody opened a loan in my name."),
    ("legal", "My lawyer said not to sign it."),
    ("legal", "I'm trying to get custody of my daughter."),
    ("legal", "The landlord wants us evicted by Friday."),
    ("legal", "He got arrested on Saturday."),
    ("legal", "I have a court date next week."),
    ("legal", "They're suing me over the fence."),
    ("legal", "I filed a restraining order."),
    ("legal", "My landlord still won't return our deposit."),
    ("credentials", "My password is blue seven seven."),
    ("credentials", "Can you read me the security code?"),
    ("credentials", "It's the three digits on the back."),
    ("contact", "My address is nine Elm Street."),
    ("contact", "My phone number is five five five, zero one three three."),
]

NEAR_MISSES = [
    "Let's get to the heart of the matter.",
    "I know it by heart.",
    "I'm sick of waiting.",
    "I'm sick and tired of these calls.",
    "What a pain in the neck this website is.",
    "My computer has a virus.",
    "Thank you for your patience.",
    "You've been so patient.",
    "Can you send me a screenshot?",
    "Let's give it a shot.",
    "The battery health is at eighty percent.",
    "It's for my cat, the vet clinic gave me your number.",
    "Press a key and count the keystrokes.",
    "I was worried sick.",
    "What time do you close?",
    "Where's your store?",
    "My tablet won't turn on.",
    "I want to return these shoes.",
    "Is there free parking?",
    "My phone won't charge.",
    "It's fully charged.",
    "Who's in charge there?",
    "There's no charge for that.",
    "Is Monday a bank holiday?",
    "I can't log in to my account.",
    "Take that into account.",
    "I need work life balance.",
    "Can you balance the tires?",
    "We're out of stock.",
    "It's the default setting.",
    "I owe you an apology.",
    "I have the premium plan.",
    "Do you take credit cards?",
    "I'd like to pay with a card.",
    "Send it to the legal department's address.",
    "Thank you for calling Meridian Legal Plans.",
    "Is it legal size paper?",
    "Is there a food court?",
    "I signed up for the free trial.",
    "It's still under warranty.",
    "Hi, this is Sue.",
    "Don't judge a book by its cover.",
    "My hearing is bad, speak up.",
    "I don't trust you.",
    "I forgot my password.",
    "Can you reset my password?",
    "We will never ask for your password.",
    "She collects safety pins.",
    "What's your store address?",
    "Our website address is on the letter.",
    "Your records show I called.",
    "It happened in broad daylight.",
    "My landlord pays for the water.",
    "I hurt myself laughing.",
    "That's painful to hear.",
]


def heard(text, *, speaker="customer"):
    return {m.sensitivity for m in hear_matters(parse_dialogue(f"0:01 {speaker}: {text}")) if m.confidence >= HEARD}


@pytest.mark.parametrize(("sensitivity", "text"), MATTERS)
def test_private_matters_are_heard(sensitivity, text):
    """An illness, a debt, a lawsuit, a password or an address is heard as what it is."""
    assert sensitivity in heard(text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_borrowed_words_are_no_matters(text):
    """Figures of speech and plain business are not private."""
    assert heard(text) == set()


def test_a_matter_has_the_seconds_of_its_clause():
    """The span is the sentence that names the matter, not the whole turn."""
    call = parse_dialogue("0:10 customer: Hello there. I have diabetes. What time do you close?")
    (matter,) = [m for m in hear_matters(call) if m.confidence >= HEARD]
    assert (matter.sensitivity, matter.speaker) == ("health", "customer")
    assert matter.start_s == pytest.approx(10.6)
    assert matter.end_s == pytest.approx(11.5)


def test_a_menu_is_nobodys_matter():
    """What a machine announces to everybody is private to nobody."""
    assert hear_matters(parse_dialogue("0:01 system: If you have a prescription or a medical bill, press one.")) == ()


def test_agents_name_matters_too():
    """A diagnosis or a debt that the agent reads out is as private as one the customer tells."""
    assert heard("I see your mortgage is past due.", speaker="agent") == {"financial"}


def test_unclear_words_lower_the_confidence():
    """A matter in words that the recogniser doubted is doubted."""
    call = parse_dialogue("0:01 customer: I have diabetes.")
    doubted = replace(call, words=tuple(replace(w, probability=0.5) for w in call.words))
    assert hear_matters(doubted)[0].confidence < hear_matters(call)[0].confidence


def test_no_words_no_matters():
    """Silence is about nothing."""
    assert hear_matters(parse_dialogue("0:01 customer: Okay.")) == ()
