"""Policy files: what they say, how they extend each other, and what their mistakes read like."""

import pickle
import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from scanner.errors import PolicyError
from scanner.findings import RULES
from scanner.policy import configs_folder, load_policy, policy_names
from scanner.policy_schema import PolicyContent

ALL_PARTY = {f"US-{s}" for s in "CA CT DE FL IL MD MA MI MT NV NH PA WA".split()}
MINE = "extends: us\nid: mine\ntitle: Mine\n"


def written(folder, text, name="mine.yaml"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder, text):
    with pytest.raises(PolicyError) as caught:
        load_policy(written(folder, text))
    return str(caught.value).replace(f"{folder}/", "")


def test_default_policy_knows_every_state():
    """Thirteen states are all-party, all others and DC one-party, Oregon among them."""
    laws = {code: j.laws[-1].consent for code, j in load_policy().jurisdictions.items()}
    assert {code for code, consent in laws.items() if consent == "all_party"} == ALL_PARTY
    assert len(laws) == 51
    assert laws["US-OR"] == "one_party"


def test_default_policy_names_statute_and_source_of_each_law():
    """Each law says what it rests on and where that was read."""
    for code, jurisdiction in load_policy().jurisdictions.items():
        for law in jurisdiction.laws:
            assert law.statute, code
            assert law.source, code


def test_default_policy_is_the_contract():
    """Deadlines, conditions and statuses are those of the output contract."""
    policy = load_policy()
    assert policy.unknown_jurisdiction.consent == "all_party"
    assert policy.recording_disclosure.deadline_s == 30
    assert policy.recording_disclosure.before_personal_data
    for kind in ("third_party", "ai_analysis", "ai_training"):
        assert getattr(policy.required_disclosures, kind).when == "metadata"
    assert policy.transfer.redisclose == ("recording",)
    assert policy.denial.where == "everywhere"
    violations = {t for t, e in policy.personal_data.entities.items() if e.status == "violation"}
    assert violations == {"CREDIT_CARD", "CREDIT_CARD_CVV"}
    assert policy.retention.unmasked_words == "none"


def test_none_and_us_and_its_file_are_one_policy():
    """The default policy is `us`, by name or by path."""
    assert load_policy() == load_policy("us") == load_policy(configs_folder() / "us.yaml")
    assert load_policy().id == "us"


def test_every_shipped_policy_loads_by_its_name():
    """The shipped policies are us and the three cases; each id is its name."""
    cases = {"cases/patagonia-talkdesk", "cases/talkdesk-legalshield", "cases/linkedin"}
    assert {"us"} | cases <= set(policy_names())
    assert [load_policy(name).id for name in policy_names()] == list(policy_names())


@pytest.mark.parametrize("name", ["patagonia-talkdesk", "talkdesk-legalshield", "linkedin"])
def test_case_policy_tells_its_story(name):
    """A case policy begins with comment lines and differs from the default only where it says so."""
    text = (configs_folder() / "cases" / f"{name}.yaml").read_text(encoding="utf-8")
    assert all(line.startswith("#") for line in text.splitlines()[:4])
    case, us = load_policy(f"cases/{name}"), load_policy()
    assert case.jurisdictions == us.jurisdictions
    assert case.required_disclosures != us.required_disclosures
    assert case.sha256 != us.sha256


def test_every_key_is_explained_in_the_default_policy():
    """us.yaml shows every key of the schema, those that it leaves out in a comment."""
    text = (configs_folder() / "us.yaml").read_text(encoding="utf-8")

    def keys(part: type[BaseModel]):
        for name, field in part.model_fields.items():
            yield field.alias or name
            inner = [a for a in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(a, type)]
            for model in inner:
                if issubclass(model, BaseModel):
                    yield from keys(model)

    missing = [k for k in keys(PolicyContent) if not re.search(rf"\b{k}\b", text)]
    assert missing == []


def test_unknown_key_is_named_with_its_file(tmp_path):
    """`recording_disclosure.deadline` is refused by name, with the key that was probably meant."""
    message = refusal(tmp_path, MINE + "recording_disclosure: {deadline: 30}\n")
    assert message == "mine.yaml: recording_disclosure.deadline: unknown key (did you mean deadline_s?)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("recording_disclosure: {deadline_s: soon}", "mine.yaml: recording_disclosure.deadline_s: "),
        ("recording_disclosure: {deadline_s: -1}", "mine.yaml: recording_disclosure.deadline_s: "),
        ("recording_disclosure: {deadline_s: .nan}", "mine.yaml: recording_disclosure.deadline_s: "),
        ("confidence: {uncertain: 0.9}", "mine.yaml: confidence: uncertain must not exceed heard"),
        ("jurisdictions: {US-CA: {laws: [{consent: two_party}]}}", "mine.yaml: jurisdictions.US-CA.laws[0].consent: "),
        ("jurisdictions: {California: {name: California, laws: []}}", "mine.yaml: jurisdictions.California: "),
        ("jurisdictions: {US-CA: {laws: []}}", "mine.yaml: jurisdictions.US-CA.laws: "),
        ("severity: {rules: {late_disclosure: low}}", "mine.yaml: severity.rules.late_disclosure: "),
        ("severity: {rules: {no_speech: none}}", "mine.yaml: severity.rules.no_speech: "),
        ("retention: {unmasked_words: keep}", "mine.yaml: retention.unmasked_words: "),
        ("vocabulary: {scripts: {greeting: [Hello]}}", "mine.yaml: vocabulary.scripts.greeting: "),
        ("vocabulary: {vendors: Talkdesk}", "mine.yaml: vocabulary.vendors: "),
        ("languages: []", "mine.yaml: languages: "),
        ("personal_data: {entities: {CARD-NUMBER: {}}}", "mine.yaml: personal_data.entities.CARD-NUMBER: "),
        ("training: {effective: soon}", "mine.yaml: training.effective: "),
        ("colour: red", "mine.yaml: colour: unknown key"),
        ("title: [a]", "mine.yaml: title: said twice"),
    ],
)
def test_mistake_is_named_with_file_and_key(tmp_path, text, message):
    """A wrong value, a wrong name, a missing part: the message starts with file and key."""
    if "said twice" in message:
        message = "mine.yaml: line 4: key 'title' is said twice"
    assert refusal(tmp_path, MINE + text).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.yaml: a policy is a mapping of keys"),
        ("- us", "mine.yaml: a policy is a mapping of keys"),
        ("extends: us\ntitle: Mine\n", "mine.yaml: id: missing"),
        ("extends: us\nid: mine\ntitle: ' '\n", "mine.yaml: title: "),
        ("id: mine\ntitle: Mine\nas_of: 2026-01-01\n", "mine.yaml: jurisdictions: missing"),
        ("extends: them\nid: mine\n", "mine.yaml: extends: them: no such policy file"),
        ("extends: [us]\nid: mine\n", "mine.yaml: extends: must be"),
        ("extends: mine.yaml\nid: mine\n", "mine.yaml: extends: mine.yaml extends this file"),
        ("id: {a: 1\n", "mine.yaml: line 2: "),
        ("1: us\n", "mine.yaml: line 1: key 1 is no text"),
        ("id: !!python/object/apply:os.system [ls]\n", "mine.yaml: line 1: "),
        ("a: &a [*a]\nb: *c\n", "mine.yaml: line 2: "),
    ],
)
def test_file_that_is_no_policy_is_refused(tmp_path, text, message):
    """What is no mapping, no YAML, or extends nothing that exists is refused with its file."""
    assert refusal(tmp_path, text).startswith(message)


def test_mistake_in_the_extended_file_is_blamed_on_it(tmp_path):
    """The message names the file that says the wrong thing, not the one that was asked for."""
    written(tmp_path, MINE + "transfer: {wait_s: 3}\n", "base.yaml")
    message = refusal(tmp_path, "extends: base.yaml\nid: child\ntitle: Child\n")
    assert message == "base.yaml: transfer.wait_s: unknown key"


def test_missing_file_lists_what_there_is(tmp_path):
    """A name that is neither shipped nor a file lists the shipped ones."""
    with pytest.raises(PolicyError, match=r"usa: no such policy file \(shipped policies: .*us\)"):
        load_policy("usa")


def test_no_is_a_country_and_not_false(tmp_path):
    """An unquoted NO is Norway, on either side of the colon; true and false stay what they are."""
    policy = load_policy(
        written(
            tmp_path,
            MINE
            + "languages: [no, en]\noperates_from: [NO]\narea_code_raises: true\n"
            + "jurisdictions: {NO: {name: Norway, laws: [{consent: one_party, statute: none}]}}\n",
        )
    )
    assert policy.languages == ("no", "en")
    assert policy.operates_from == ("NO",)
    assert policy.jurisdictions["NO"].name == "Norway"
    assert policy.area_code_raises is True


def test_extending_merges_mappings_and_replaces_lists(tmp_path):
    """What a policy does not say, it has from the one it extends, along the whole chain."""
    written(
        tmp_path, MINE + "refusal: {wrap_up_s: 20}\ntransfer: {redisclose: [recording, third_party]}\n", "base.yaml"
    )
    file = written(
        tmp_path,
        "extends: base.yaml\nid: child\ntitle: C\nrefusal: {tolerated_s: 4}\ntransfer: {redisclose: [ai_training]}\n",
    )
    policy = load_policy(file)
    assert (policy.refusal.wrap_up_s, policy.refusal.tolerated_s) == (20, 4)
    assert policy.transfer.redisclose == ("ai_training",)
    assert policy.transfer.arrival_s == load_policy().transfer.arrival_s
    assert policy.id == "child"


def test_digest_is_of_the_content(tmp_path):
    """Comments, key order and spelled-out defaults do not change the digest; any value does."""
    plain = load_policy(written(tmp_path, MINE + "transfer: {arrival_s: 4}\nrefusal: {wrap_up_s: 9}\n", "a.yaml"))
    other = load_policy(
        written(
            tmp_path,
            "# why\n" + MINE + "refusal: {wrap_up_s: 9.0}\ntransfer: {arrival_s: 4, same_transfer_s: 15}\n",
            "b.yaml",
        )
    )
    third = load_policy(written(tmp_path, MINE + "transfer: {arrival_s: 5}\nrefusal: {wrap_up_s: 9}\n", "c.yaml"))
    assert plain.sha256 == other.sha256 != third.sha256
    assert re.fullmatch("[0-9a-f]{64}", plain.sha256)


def test_vocabulary_has_a_digest_of_its_own(tmp_path):
    """What changes the ear changes the vocabulary's digest, and nothing else does."""
    ear = load_policy(
        written(tmp_path, MINE + "vocabulary: {vendors: [Talkdesk], scripts: {recording: [We keep it.]}}\n", "a.yaml")
    )
    law = load_policy(written(tmp_path, MINE + "transfer: {arrival_s: 4}\n", "b.yaml"))
    us = load_policy()
    assert law.vocabulary_sha256 == us.vocabulary_sha256 != ear.vocabulary_sha256
    assert ear.vocabulary.vendors == ("Talkdesk",)
    assert ear.vocabulary.scripts == {"recording": ("We keep it.",)}


def test_policy_is_frozen_and_travels(tmp_path):
    """A policy cannot be changed, and is the same policy in another process."""
    policy = load_policy()
    with pytest.raises(ValidationError):
        policy.id = "other"
    again = pickle.loads(pickle.dumps(policy))
    assert again == policy
    assert again.sha256 == policy.sha256


def test_severity_is_set_for_every_rule():
    """No rule is left without a severity, and a policy that leaves one out is refused."""
    assert set(load_policy().severity.rules) == set(RULES)


def test_laws_carry_dates():
    """Illinois' present law has the day from which it is in force."""
    assert load_policy().jurisdictions["US-IL"].laws[0].effective == date(2014, 12, 30)


def test_shipped_policies_are_found_where_they_lie():
    """In a checkout they lie beside the package; the wheel carries them inside it."""
    assert (configs_folder() / "us.yaml").is_file()
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '"configs" = "scanner/configs"' in project
