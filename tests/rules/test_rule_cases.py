"""Each rule against its table of stated calls, `tests/cases/RULE.yaml`, and against the examples of its docstring."""

import inspect
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import yaml
from stated_calls import stated_call

from scanner.findings import RULES
from scanner.judge import judge
from scanner.jurisdiction import jurisdiction_of
from scanner.policy import load_policy
from scanner.rules import RULE_FUNCTIONS, CallContext
from scanner.rules.context import clock

CASES = Path(__file__).parent.parent / "cases"
TABLES = {rule: yaml.safe_load((CASES / f"{rule}.yaml").read_text(encoding="utf-8")) for rule in RULES}
EACH = [(rule, name) for rule, table in TABLES.items() for name in table if name != "rule"]


@cache
def _policy(text, folder):
    if text is None or not text.startswith("{"):
        return load_policy(text)
    file = Path(folder) / f"{abs(hash(text))}.yaml"
    file.write_text(f"extends: us\nid: case\ntitle: of one case\n{yaml.safe_dump(yaml.safe_load(text))}", "utf-8")
    return load_policy(file)


def _written(finding):
    when = "never" if finding.start_s is None else clock(finding.start_s)
    return when if finding.status == "violation" else f"{when} {finding.status}"


@pytest.mark.parametrize(("rule", "name"), EACH, ids=[f"{rule}-{name}" for rule, name in EACH])
def test_case(rule, name, tmp_path_factory):
    """The rule finds in the stated call what the table expects, and the whole judgement agrees."""
    case = TABLES[rule][name]
    info, facts = stated_call(case["call"])
    said = case.get("policy")
    policy = _policy(said if said is None or isinstance(said, str) else str(said), str(tmp_path_factory.getbasetemp()))
    call = CallContext(info, jurisdiction_of(info, policy), facts)
    found = list(RULE_FUNCTIONS[rule](call, policy))
    assert [_written(f) for f in found] == case["expect"]
    judgement = judge(info, facts, policy)
    assert [f for f in judgement.findings if f.rule == rule] == found
    for key in ("verdict", "severity"):
        if key in case:
            assert getattr(judgement, key) == case[key]
    for text in case.get("says", []):
        assert any(text in f.explanation or text in f.reference for f in found), [f.explanation for f in found]


@pytest.mark.parametrize("rule", RULES)
def test_table_has_ten_cases_and_more_near_misses_than_hits(rule):
    """Every rule has ten cases or more, most of which are near misses."""
    cases = [case for name, case in TABLES[rule].items() if name != "rule"]
    # What cannot be a violation by default is hit by any finding.
    hits = [c for c in cases if c["expect"] and not all("needs_review" in e for e in c["expect"])]
    if rule in {"unsupported_language", "no_speech", "poor_audio"}:
        hits = [c for c in cases if c["expect"]]
    assert TABLES[rule]["rule"] == rule
    assert len(cases) >= 10
    assert len(hits) * 2 < len(cases)


@pytest.mark.parametrize("rule", RULES)
def test_docstring_examples_are_true(rule):
    """Each rule's docstring shows a bad call that it finds and a good one that it does not."""
    text = inspect.getdoc(RULE_FUNCTIONS[rule])
    examples = dict(re.findall(r"^(Bad|Good):\n((?:    .*\n?)+)", text, flags=re.MULTILINE))
    policy = load_policy()
    for name, found in (("Bad", True), ("Good", False)):
        info, facts = stated_call(examples[name])
        call = CallContext(info, jurisdiction_of(info, policy), facts)
        assert bool(list(RULE_FUNCTIONS[rule](call, policy))) is found, name


def test_every_rule_of_the_contract_has_a_function_by_its_name():
    """The rules that run are exactly those of the contract, in its order."""
    assert tuple(RULE_FUNCTIONS) == RULES
    assert all(function.__name__ == rule for rule, function in RULE_FUNCTIONS.items())


@pytest.mark.parametrize(
    ("before", "transfer", "found"), [("", 0.5, 0), ("", 0.9, 1), ("0:00 agent: Yes, one moment please.", 0.5, 1)]
)
def test_who_perhaps_joined_first_may_give_the_notice_in_one_breath(before, transfer, found):
    """“Thanks for holding it's Kay we record all calls” opens a call, and whether Kay has joined then changes nothing."""
    info, facts = stated_call(f"{before}\n0:09 agent: {{recording: thanks for holding it is Kay we record}} <talk 60>")
    (notice,) = facts.disclosures
    joined = replace(notice, kind="transfer", start_s=notice.start_s - 0.01, end_s=notice.end_s, confidence=transfer)
    facts = replace(facts, disclosures=(joined, notice))
    judged = judge(info, facts, load_policy("us"))
    assert [f.rule for f in judged.findings if f.category == "consent"] == [
        "missing_redisclosure_after_transfer"
    ] * found
