import re
import stat
from dataclasses import replace

import pytest

from scanner.detect.spoken_value import SpokenValue
from scanner.dialogue import parse_dialogue
from scanner.errors import UserError
from scanner.masking import HashKey, load_hash_key, mask_transcript, masked_facts
from scanner.transcript import Span

KEY = HashKey(b"0123456789abcdef")


def value_of(transcript, text, entity_type, value, *, speaker="customer"):
    """The spoken value whose words are `text`, wherever they stand in the transcript."""
    said = [w.text for w in transcript.words]
    wanted = text.split()
    start = next(i for i in range(len(said)) if said[i : i + len(wanted)] == wanted)
    words = transcript.words[start : start + len(wanted)]
    return SpokenValue(
        entity_type,
        value,
        speaker,
        tuple(range(start, start + len(wanted))),
        (Span(words[0].start_s, words[-1].end_s),),
        0.9,
    )


def masked_text(dialogue, *values):
    transcript = parse_dialogue(dialogue)
    found = [value_of(transcript, *v) for v in values]
    return " | ".join(t.text for t in mask_transcript(transcript, found).turns())


def test_a_card_keeps_its_last_four_at_most():
    """PCI DSS lets the last four digits of a card be shown and no more."""
    text = masked_text(
        "customer: it is 4111 1111 1111 1111, thanks",
        ("4111 1111 1111 1111,", "CREDIT_CARD", "4111111111111111"),
    )
    assert text == "it is [CREDIT_CARD ending 1111] thanks"


def test_nothing_of_a_security_code_is_kept():
    """A security code has neither a digit nor a hash in what is stored."""
    transcript = parse_dialogue("customer: the code is 7 3 7.")
    code = value_of(transcript, "7 3 7.", "CREDIT_CARD_CVV", "737")
    masked = mask_transcript(transcript, [code])
    assert [t.text for t in masked.turns()] == ["the code is [CREDIT_CARD_CVV]"]
    assert masked_facts(masked, [code], KEY)[0].value_hmac is None


@pytest.mark.parametrize(
    ("dialogue", "hidden"),
    [
        ("customer: four one one one one one", "one"),
        ("customer: 555-0142, that's it", "0142"),
        ("customer: 41 11 1", "41"),
        ("customer: oh five double two nine", "nine"),
    ],
)
def test_digits_that_no_recognizer_claimed_are_masked(dialogue, hidden):
    """Five digits or more in a row are hidden even when nobody knows what they are."""
    assert hidden not in masked_text(dialogue)


@pytest.mark.parametrize(
    "dialogue",
    ["customer: at nine thirty on Monday", "agent: that is $1,250.00 then", "agent: for 3 nights and 2 people"],
)
def test_times_prices_and_counts_stay_readable(dialogue):
    """A reviewer can still read what a call is about."""
    assert "[" not in masked_text(dialogue)


def test_a_piece_near_a_value_is_masked():
    """Two digits that the recognizer lost at the end of a card do not stay behind."""
    text = masked_text("customer: 4111 1111 1111 11 uh 11", ("4111 1111 1111 11", "CREDIT_CARD", "41111111111111"))
    assert not re.search(r"\b11\b", text)


def test_a_repeated_piece_is_masked():
    """The last four said again by the other side are hidden too."""
    text = masked_text(
        "0:00 customer: nine oh five three\n0:20 agent: thank you so 9053 it is",
        ("nine oh five three", "US_SSN", "9053"),
    )
    assert "9053" not in text


def test_a_name_said_again_is_masked_and_a_common_word_is_not():
    """Thank you, Will: the name goes, the verb stays."""
    text = masked_text(
        "0:00 customer: I am Will Carter\n0:09 agent: Thanks Will, I will look.",
        ("Will Carter", "PERSON", "will carter"),
    )
    assert text == "I am [PERSON] | Thanks [PERSON], I will look."


def test_an_excerpt_masks_too():
    """The words around a value carry no value."""
    transcript = parse_dialogue("customer: my social is 5 3 6 2 2 8 4 1 7 okay")
    ssn = value_of(transcript, "5 3 6 2 2 8 4 1 7", "US_SSN", "536228417")
    fact = masked_facts(mask_transcript(transcript, [ssn]), [ssn], KEY)[0]
    assert fact.excerpt == "my social is [US_SSN] okay"
    assert fact.value_hmac == KEY.hash("536228417")


@pytest.mark.parametrize(("sure", "speaker"), [(0.95, "customer"), (0.7, "unknown")])
def test_a_value_of_an_unsure_speaker_is_nobodys(sure, speaker):
    """Who said a name is left open where the other side may have said it about as likely."""
    said = parse_dialogue("customer: hello this is Otto Lindgren")
    said = replace(said, words=tuple(replace(w, speaker_confidence=sure) for w in said.words))
    name = value_of(said, "Otto Lindgren", "PERSON", "otto lindgren")
    assert masked_facts(mask_transcript(said, [name]), [name], KEY)[0].speaker == speaker


def test_a_value_does_not_show_itself():
    """Neither a spoken value nor a key prints its secret."""
    shown = repr(SpokenValue("US_SSN", "536228417", "customer", (0,), (Span(0, 1),), 0.9)) + repr(KEY)
    assert "536228417" not in shown
    assert "0123456789abcdef" not in shown


def test_a_key_file_is_made_once_with_mode_0600(tmp_path):
    """The first use makes the key, the second reads it."""
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    first = load_hash_key(environment)
    path = tmp_path / "call-compliance-scanner" / "hmac.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_hash_key(environment) == first
    assert [p.name for p in path.parent.iterdir()] == ["hmac.key"]


def test_a_key_file_that_others_may_read_is_refused(tmp_path):
    """A key that leaked is no key."""
    path = tmp_path / "k"
    path.write_text("x" * 40)
    path.chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        load_hash_key({"SCANNER_HMAC_KEY_FILE": str(path)})


def test_a_short_key_is_refused_without_being_shown():
    """The message names the variable and not its value."""
    with pytest.raises(UserError, match="at least 16 bytes") as error:
        load_hash_key({"SCANNER_HMAC_KEY": "hunter2"})
    assert "hunter2" not in str(error.value)
