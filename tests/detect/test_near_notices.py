import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.near_notices import NEAR
from scanner.dialogue import parse_dialogue


def heard(text, speaker="agent"):
    said = hear_disclosures(parse_dialogue(f"0:01 {speaker}: {text}")).disclosures
    return [d.confidence for d in said if d.kind == "recording"]


@pytest.mark.parametrize(
    "text",
    [
        "Dover Freight, calls that reported. Which dock?",
        "This conversation is being accorded to day.",
        "Hello, on a recorded mine, how can I help?",
        "Hello, on a quarted line, this is May.",
        "So you know, we are recorted.",
        "Every tall may be ricotta and monitored.",
        "This visit is retarded for quality.",
        "Just so you know, I record my clothes.",
        "I have to tell you that I take all my clauses.",
        "Before we start I should mention that we tap these calls.",
        "I'm required to tell you, they recorded. Does Monday suit you?",
        "So you are aware, I have to tell you that we date all our calls.",
        "Old Mill Locksmith, I'm just letting you know we have got the cape of them.",
        "And I should have told you, our film called they are being restored.",
    ],
)
def test_a_misheard_notice_is_a_perhaps(text):
    """It asks for a listener where the notice would be missing, and clears nothing."""
    confidences = heard(text)
    assert confidences
    assert max(confidences) >= 0.35


@pytest.mark.parametrize("text", ["Calls that reported. Which dock?", "We are recorted."])
def test_a_perhaps_never_counts(text):
    """Below the confidence from which a policy takes a notice for given."""
    assert max(heard(text)) <= NEAR


@pytest.mark.parametrize(
    "text",
    [
        "Your claim was reported on Monday.",
        "The card is required for the return.",
        "This call is regarding your order.",
        "Calls are received in the order they came in.",
        "You are rewarded with points for every stay.",
        "This is related to your bill.",
        "We are guarded about the date.",
        "It is reported to the bureau every month.",
        "According to the report, the line is restored.",
        "The medical record line is open until five.",
        "I recorded your payment.",
        "How can I help you on this line?",
        "That goes on a credit line.",
        "You are right. I see that now.",
        "We are ready. Are you ready?",
        "It is correct.",
        "You are connected.",
        "Calls are rerouted to the main desk.",
        "Everything is restarted.",
        "You can reach me on my direct line.",
        "I have to tell you that I take these calls seriously.",
        "I just want to let you know that we love our phone calls.",
        "Please note that we route all our calls.",
        "I have to tell you that your record was changed.",
        "Let me tell you that we appreciate your call.",
        "We take calls until nine.",
        "Let me tell you, we take all cards.",
    ],
)
def test_words_that_sound_like_it_in_their_own_right_are_none(text):
    """A missing notice stays missing when an agent reports, regards and rewards."""
    assert not heard(text)


def test_the_customers_slips_are_nobodys_notice():
    """Only the company discloses."""
    assert not heard("Calls that reported, I think.", speaker="customer")


@pytest.mark.parametrize(
    ("text", "perhaps"),
    [
        ("The call is recorded, and the notes are used to train our eyes.", True),
        ("We use your call to improve the air.", True),
        ("This course will train your eyes.", False),
        ("We use exercises to train the eyes of our patients.", False),
        ("The trainer teaches our eye doctors.", False),
    ],
)
def test_misheard_ai_that_calls_train_is_a_perhaps(text, perhaps):
    """It clears nothing, and a person listens before the notice is called missing."""
    said = hear_disclosures(parse_dialogue(f"0:01 agent: {text}")).disclosures
    confidences = [d.confidence for d in said if d.kind == "ai_training"]
    assert [0.35 <= c < 0.6 for c in confidences] == [True] * perhaps
