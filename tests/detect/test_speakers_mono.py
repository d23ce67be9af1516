"""Who speaks in a mono recording, found from words and turn-taking, on calls tuned on and on calls held out."""

from pathlib import Path
from random import Random

import pytest
import yaml

from scanner.detect.speakers import assign_speakers
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import COMPANY_SIDE, Transcript, Word

CASES = Path(__file__).parents[1] / "cases" / "speakers"


def calls(name):
    return {key: case["call"] for key, case in yaml.safe_load((CASES / f"{name}.yaml").read_text()).items()}


def roughened(text, *, seed):
    """The mono call as a recogniser gives it: uneven pauses within and between turns, punctuation lost or weakened."""
    random = Random(seed)
    words = []
    at_s = 1.0
    for line in text.strip().splitlines():
        speaker, said = line.strip().split(": ", 1)
        tokens = said.split()
        at_s += random.uniform(0.2, 1.0)
        for k, said_token in enumerate(tokens):
            token = said_token
            last = k == len(tokens) - 1
            pause_s = 0.0
            if token[-1] in ".?!":
                pause_s = 0.0 if last else random.uniform(0.15, 0.55)
            elif token[-1] == ",":
                pause_s = random.uniform(0.0, 0.45)
            if token[-1] in ".?!," and random.random() < 0.15:
                token = token[:-1] + random.choice(["", ","])
            length_s = random.uniform(0.15, 0.4)
            stretched_s = pause_s * random.choice([0.0, 0.0, 0.5])
            words.append(Word(token, at_s, at_s + length_s + stretched_s, 0.9, 0, speaker))
            at_s += length_s + pause_s
    return Transcript.of(words)


def side(speaker):
    return "company" if speaker in COMPANY_SIDE else speaker


def accuracy(truth):
    """Words on the right side, of how many; the same for turns by the side of most of their words."""
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    right = [side(a.speaker) == side(b.speaker) for a, b in zip(truth.words, found.words, strict=True)]
    turns = []
    at = 0
    for turn in truth.turns(max_gap_s=99):
        turns.append(sum(right[at : at + len(turn.words)]) * 2 > len(turn.words))
        at += len(turn.words)
    return sum(right), len(right), sum(turns), len(turns)


def overall(truths):
    words_right, words, turns_right, turns = (sum(column) for column in zip(*map(accuracy, truths), strict=True))
    return words_right / words, turns_right / turns


@pytest.mark.parametrize(
    ("name", "rough", "words", "turns"),
    [
        ("tuning", False, 0.94, 0.93),
        ("tuning", True, 0.89, 0.87),
        ("held_out", False, 0.87, 0.82),
        ("held_out", True, 0.82, 0.77),
        ("who_is_first", False, 0.92, 0.9),
        ("who_is_first", True, 0.89, 0.87),
    ],
)
def test_most_words_are_on_the_right_side(name, rough, words, turns):
    """Words and turns of mono calls are put on the right side at least this often, `unknown` counting as wrong."""
    texts = calls(name).values()
    truths = (
        [roughened(text, seed=seed) for seed in range(3) for text in texts]
        if rough
        else [parse_dialogue(text, mono=True) for text in texts]
    )
    found_words, found_turns = overall(truths)
    assert found_words >= words
    assert found_turns >= turns


def test_confidence_means_something():
    """Of words said to be nine in ten sure, nearly nine in ten are right; of unsure ones fewer."""
    sure, unsure = [], []
    for text in calls("held_out").values():
        truth = roughened(text, seed=11)
        found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
        for a, b in zip(truth.words, found.words, strict=True):
            if b.speaker != "unknown":
                (sure if b.speaker_confidence >= 0.9 else unsure).append(side(a.speaker) == side(b.speaker))
    assert sum(sure) / len(sure) >= 0.88
    assert sum(unsure) / len(unsure) < sum(sure) / len(sure) - 0.05


@pytest.mark.parametrize("name", ["tuning", "held_out"])
def test_notices_are_the_companys(name):
    """Words of a recording notice in a mono call are hardly ever taken for the customer's."""
    wrong = total = 0
    for text in calls(name).values():
        truth = parse_dialogue(text, mono=True)
        found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
        for a, b in zip(truth.words, found.words, strict=True):
            if a.speaker in COMPANY_SIDE and a.text.lower().strip(".,?") in {"recorded", "monitored", "record"}:
                total += 1
                wrong += b.speaker == "customer"
    assert total >= 10
    assert wrong / total <= 0.1


def test_names_join_what_lies_apart():
    """Who calls the agent by the name that she gave is the customer, even if the rest says little."""
    truth = parse_dialogue(
        "0:01 agent: Hi, this is Megan, how can I help you?\n0:05 customer: Hi Megan. Cold morning.", mono=True
    )
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    assert [w.speaker for w in found.words] == [w.speaker for w in truth.words]


def test_who_has_told_his_matter_is_greeted_by_the_other_side():
    """A customer who speaks first, with his name, is not taken for the agent who greets him."""
    truth = parse_dialogue(calls("who_is_first")["customer_picks_up_results"], mono=True)
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    first = len(truth.turns(max_gap_s=99)[0].words)
    assert {w.speaker for w in found.words[:first]} == {"customer"}


def test_a_notice_is_not_cut_from_who_is_on_the_line():
    """“I'm on the recorded line” after a breath is the company's whole, though a customer says "I'm" more often."""
    truth = parse_dialogue(
        "0:01 agent: Good evening, this is Josie with Granite Windows.\n0:06 agent: I'm on the recorded line.\n"
        "0:09 customer: Is it about my window?",
        mono=True,
    )
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    assert {w.speaker for w in found.words if 6.0 <= w.start_s < 9.0} == {"agent"}


def test_a_question_and_its_answer_in_one_breath_are_cut():
    """A speaker change is found without a pause or a line break, where an offer of help is answered."""
    truth = parse_dialogue("0:01 agent: How can I help you?\n0:02.5 customer: Hi, I need a tow.", mono=True)
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    assert [w.speaker for w in found.words] == [w.speaker for w in truth.words]


@pytest.mark.parametrize("said", ["The blue one.", "Seven.", "Okay."])
def test_nothing_telling_is_marked_unsure(said):
    """Words that either side may say have no confident speaker."""
    truth = parse_dialogue(f"0:01 agent: {said}", mono=True)
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    assert all(w.speaker == "unknown" or w.speaker_confidence < 0.9 for w in found.words)


def test_a_language_without_cues_has_no_confident_speakers():
    """Mono speech in a language that the tables do not know is not guessed at with confidence."""
    truth = parse_dialogue("0:01 agent: Grüß Gott, was darf es sein?\n0:05 customer: Zwei Semmeln bitte.", mono=True)
    found = assign_speakers(without_speakers(truth), channels=1, agent_channel=None).transcript
    assert all(w.speaker_confidence < 0.95 for w in found.words)
