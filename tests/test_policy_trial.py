"""A policy's own wording is shown as it is heard, and it is told when that is not as wanted."""

import json
import sys

import pytest
from click.testing import CliRunner

from scanner.asr.models import sentence_model_path
from scanner.cli import cli
from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning, installed_tokenizer
from scanner.dialogue import parse_dialogue
from scanner.errors import ModelError
from scanner.policy import load_policy
from scanner.policy_trial import _NAMED, try_out

HEADER = "id: mine\ntitle: Ours\nextends: us\nvocabulary:\n"


@pytest.fixture
def tried(tmp_path):
    """How the texts of a vocabulary are heard, by text."""

    def tried_out(vocabulary, meaning=None):
        path = tmp_path / "mine.yaml"
        path.write_text(HEADER + "".join(f"  {line}\n" for line in vocabulary.strip().splitlines()))
        return {t.text: t for t in try_out(load_policy(path), meaning)}

    return tried_out


@pytest.mark.parametrize(
    ("vocabulary", "as_wanted"),
    [
        ("vendors: [Callvane]", True),
        ("vendors: [Voxline Analytics]", True),
        ("vendors: [3M]", False),  # too short to be told from other words
        ("ai_products: [Brightear]", True),
        ("ai_products: [CX]", False),
        ("scripts: {recording: [For your protection we keep an audio copy of what is said here.]}", True),
        ("scripts: {recording: [We tape this.]}", True),
        ("scripts: {recording: [Hold on please.]}", False),  # under four words: not heard as a script, nor by wording
        ("scripts: {ai_training: [What you tell us helps our helper to get smarter.]}", True),
        ("examples: {consent_granted: ['Yes, you may.']}", True),
        ("examples: {consent_granted: ['My name is on the contract.']}", False),
        ("examples: {consent_refused: ['No, I would rather not.']}", True),
        ("examples: {opt_out_requested: ['Please do not let the AI listen.']}", True),
        ("examples: {recording: [Thank you for your patience today.]}", False),
        ("examples: {ai_training: [Calls are recorded for quality and training purposes.]}", False),
        ("counter_examples: {ai_training: [Calls are recorded for quality and training purposes.]}", True),
        ("counter_examples: {recording: [Your payment was recorded on Monday.]}", True),
        ("counter_examples: {recording: [This call is being recorded.]}", False),
    ],
)
def test_how_a_text_is_heard(tried, vocabulary, as_wanted):
    """By wording alone."""
    (trial,) = tried(vocabulary).values()
    assert trial.as_wanted is as_wanted


def test_what_was_asked_before_is_not_heard_in_the_text(tried):
    """The request that comes before an answer is not part of it."""
    (trial,) = tried("examples: {consent_refused: [No thank you.]}").values()
    assert [h.kind for h in trial.heard] == ["consent_refused"]


def test_a_name_is_known_by_the_policy_alone(tried):
    """Another name in the same sentence discloses nothing, so that a name that is heard shows the vocabulary at work."""
    for _, kind, sentence in _NAMED:
        heard = hear_disclosures(parse_dialogue(f"agent: {sentence.format('Xylo')}")).disclosures
        assert kind not in {d.kind for d in heard}


@pytest.mark.slow
def test_an_example_by_meaning_has_a_person_listen(tried):
    """It is as wanted though it does not count; without the model it is not heard."""
    try:
        meaning = SentenceMeaning(sentence_model_path(), installed_tokenizer())
    except ModelError:
        pytest.skip("the sentence model is not installed")
    vocabulary = "examples: {recording: [The archive likes what you say.]}"
    (trial,) = tried(vocabulary, meaning).values()
    assert [(h.kind, h.basis, h.counts) for h in trial.heard] == [("recording", "meaning", False)]
    assert trial.as_wanted
    assert not next(iter(tried(vocabulary).values())).as_wanted


def run(*arguments):
    return CliRunner().invoke(cli, ["policy", "test", *map(str, arguments)], catch_exceptions=False)


def test_the_command_ends_with_its_code(tmp_path, monkeypatch):
    """0 as wanted, 1 not, 2 when the policy cannot be read; each text is shown with what is heard."""
    monkeypatch.setattr(sys.modules["scanner.cli.policy"], "_meaning", lambda: None)  # the group has its module's name
    path = tmp_path / "mine.yaml"
    path.write_text(HEADER + "  vendors: [Callvane]\n")
    good = run(path)
    assert good.exit_code == 0
    assert "third_party 0.92 by wording" in good.stdout
    path.write_text(HEADER + "  vendors: [Callvane]\n  counter_examples: {recording: [This call is recorded.]}\n")
    bad = run(path)
    assert bad.exit_code == 1
    assert "1 of 2 are heard as wanted" in bad.stdout
    assert "NOT AS WANTED" in bad.stdout
    shown = json.loads(run(path, "--json").stdout)
    assert [(t["source"], t["text"], t["as_wanted"]) for t in shown] == [
        ("vendors", "Callvane", True),
        ("counter_examples", "This call is recorded.", False),
    ]
    path.write_text(HEADER + "  vendor: [Callvane]\n")
    assert run(path).exit_code == 2
    assert run(tmp_path / "none.yaml").exit_code == 2


def test_an_empty_vocabulary_is_told(monkeypatch):
    monkeypatch.setattr(sys.modules["scanner.cli.policy"], "_meaning", lambda: None)  # the group has its module's name
    result = run("us")
    assert result.exit_code == 0
    assert "nothing to hear" in result.stdout
    assert json.loads(run("us", "--json").stdout) == []


def test_a_missing_model_is_told(monkeypatch):
    """Examples are then heard by wording only, which is said."""

    def missing():
        raise ModelError("all-MiniLM-L6-v2: not installed")

    monkeypatch.setattr("scanner.asr.models.sentence_model_path", missing)
    result = run("cases/talkdesk-legalshield")
    assert result.exit_code == 0
    assert "nothing is heard by meaning: all-MiniLM-L6-v2: not installed" in result.stderr
