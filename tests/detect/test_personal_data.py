"""The detector on typed dialogues; near misses outnumber hits by sentence, if not by case."""

import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from marked_dialogues import marked_dialogues
from spoken_benchmark import NUMBER_TYPES, Tally, detected_by, score

from scanner.detect.personal_data import PersonalDataDetector
from scanner.dialogue import parse_dialogue, without_speakers
from scanner.transcript import Transcript, Word

CASES = Path(__file__).parents[1] / "cases" / "personal_data"


def cases():
    for path in sorted(CASES.glob("*.yaml")):
        for name, case in yaml.safe_load(path.read_text()).items():
            yield pytest.param(case["call"], case["expect"], id=f"{path.stem}-{name}")


def marked():
    for path in sorted((CASES / "marked").glob("*.txt")):
        for number, (start, transcript, values) in enumerate(marked_dialogues(path), 1):
            yield pytest.param(transcript, values, id=f"{path.stem}-{number}-{start}")


@pytest.fixture(scope="session")
def detector():
    return PersonalDataDetector()


def found(detector, call, **kwargs):
    transcript = call if isinstance(call, Transcript) else parse_dialogue(call, **kwargs)
    values = detector.detect(transcript)
    return [
        f"{v.entity_type} {v.speaker}: {' '.join(transcript.words[i].text for i in v.word_indices)}" for v in values
    ]


@pytest.mark.parametrize(("call", "expect"), list(cases()))
def test_cases(detector, call, expect):
    """Each typed dialogue yields its personal data, word for word, and nothing else."""
    assert found(detector, call) == expect


@pytest.mark.parametrize(("transcript", "values"), list(marked()))
def test_marked_dialogues(detector, transcript, values):
    """Whatever words ask for it, personal data is heard word for word, and what only looks like it is not."""
    assert sorted((v.entity_type, v.word_indices) for v in detector.detect(transcript)) == values


@pytest.mark.parametrize(
    ("answer", "entity", "value"),
    [
        ("three one three, five five five, no sorry, five five seven, oh one nine two", "PHONE_NUMBER", "3135570192"),
        ("313-555, no sorry, 557-0192", "PHONE_NUMBER", "3135570192"),
        ("two oh six, five five, sorry, two oh six, five five five, oh one four eight", "PHONE_NUMBER", "2065550148"),
        ("1 206 555 0148", "PHONE_NUMBER", "2065550148"),
        ("area code two oh six, then five five five oh one four eight", "PHONE_NUMBER", "2065550148"),
        ("two oh six five double five oh one four eight", "PHONE_NUMBER", "2065550148"),
        ("four won for ate five five five oh one two too", "PHONE_NUMBER", "4148555012"),
    ],
)
def test_values_as_meant(detector, answer, entity, value):
    """A value is what the speaker meant in the end, in digits alone."""
    (hit,) = detector.detect(parse_dialogue(f"agent: What is your phone number?\ncustomer: {answer}"))
    if "won for ate" in answer:  # eleven digits were said, one of them too many: the stretch counts, not the value
        assert hit.entity_type == entity
    else:
        assert (hit.entity_type, hit.value) == (entity, value)


def test_a_value_in_pieces_is_one(detector):
    """Pieces with the other side's nods between are one value with as many parts, without the nods."""
    call = parse_dialogue(
        "agent: Card number please?\ncustomer: four one one one, one one one one\nagent: Mm-hm.\n"
        "customer: one one one one, one one one one\nagent: Thanks."
    )
    (hit,) = detector.detect(call)
    assert hit.value == "4111111111111111"
    assert len(hit.parts) == 2
    assert {call.words[i].speaker for i in hit.word_indices} == {"customer"}
    assert (hit.start_s, hit.end_s) == (hit.parts[0].start_s, hit.parts[-1].end_s)


def test_a_read_back_is_a_value_of_its_own(detector):
    """What the other side repeats is found again with that speaker, and masks the same."""
    call = (
        "agent: Phone number?\ncustomer: 206 555 0148.\nagent: So that's two oh six, five five five, oh one four eight?"
    )
    values = detector.detect(parse_dialogue(call))
    assert [(v.speaker, v.value) for v in values] == [("customer", "2065550148"), ("agent", "2065550148")]


@pytest.mark.parametrize(
    ("question", "answer", "entity"),
    [
        ("And your date of birth?", "oh three fourteen eighty six", "DATE_OF_BIRTH"),
        ("And the expiration?", "oh three twenty eight", "CREDIT_CARD_EXPIRATION"),
        ("And the code on the back?", "three two eight", "CREDIT_CARD_CVV"),
        ("What's the PIN on the account?", "three two eight nine", "CREDENTIAL"),
        ("The last four of your social?", "three two eight nine", "US_SSN"),
        ("And your phone number?", "two one two, five five five, oh one nine eight", "PHONE_NUMBER"),
        ("And your member number?", "two one two, five five five, oh one nine eight", "ACCOUNT_NUMBER"),
        ("What's the medical record number?", "two one two, five five five", "MEDICAL_RECORD_NUMBER"),
        ("What's the ticket number?", "two one two, five five five", None),
        ("How many units do you have?", "three two eight", None),
        ("And what year is the car?", "twenty nineteen", None),
        ("What's the last four of the card?", "three two eight nine", None),
        ("And the amount?", "three two eight nine", None),
        ("Which day works for you?", "the third of March", None),
        ("What is your zip code?", "three three six oh two", None),
    ],
)
def test_the_question_says_what_a_number_is(detector, question, answer, entity):
    """A bare number is what was asked for, and nothing where nothing personal was."""
    hits = detector.detect(parse_dialogue(f"agent: {question}\ncustomer: {answer}\nagent: Thank you."))
    assert [h.entity_type for h in hits] == ([entity] if entity else [])


def test_a_misheard_card_number_counts_for_less(detector):
    """A card number that fails its checksum is still found where a card is asked for, with lower confidence."""
    ask = "agent: The card number?\ncustomer: {}\nagent: Thanks."
    (good,) = detector.detect(parse_dialogue(ask.format("4111 1111 1111 1111")))
    (bad,) = detector.detect(parse_dialogue(ask.format("4111 1111 1111 1117")))
    (short,) = detector.detect(parse_dialogue(ask.format("4111 1111 1111 111")))
    assert good.confidence > 0.95
    assert 0.75 > bad.confidence >= short.confidence >= 0.5
    assert not detector.detect(parse_dialogue("agent: Your order?\ncustomer: The order number is 4111 1111 1117."))


def test_without_speakers(detector):
    """Where nobody knows who speaks, a question still says what follows it."""
    call = parse_dialogue(
        "agent: May I have your date of birth?\ncustomer: March fourteenth nineteen eighty six\nagent: And the card number?\n"
        "customer: 4111 1111 1111 1111",
        mono=True,
    )
    assert [v.entity_type for v in detector.detect(without_speakers(call))] == ["DATE_OF_BIRTH", "CREDIT_CARD"]


def test_a_word_begun_long_before(detector):
    """A recogniser that counts the silence before an answer into its first word does not glue it to the talk before."""
    words = [
        Word("I'm", 0.0, 0.2, 1.0, 1, "customer"),
        Word("ready.", 0.2, 0.6, 1.0, 1, "customer"),
        *(
            Word(w, 1 + i * 0.3, 1.3 + i * 0.3, 1.0, 0, "agent")
            for i, w in enumerate("And your social security number?".split())
        ),
        Word("536", 0.7, 4.0, 1.0, 1, "customer"),
        Word("-22", 4.0, 4.4, 1.0, 1, "customer"),
        Word("-8417.", 4.4, 5.0, 1.0, 1, "customer"),
    ]
    assert [(v.entity_type, v.value) for v in detector.detect(Transcript.of(words))] == [("US_SSN", "536228417")]


def test_only_the_entities_asked_for():
    """Other entity types are not looked for; an unknown one is refused."""
    only = PersonalDataDetector(entities=["CREDIT_CARD"])
    call = "customer: My name is Ana Torres, my card number is 4111 1111 1111 1111, my phone is 206 555 0148."
    assert found(only, call) == ["CREDIT_CARD customer: 4111 1111 1111 1111,"]
    with pytest.raises(ValueError, match="SHOE_SIZE"):
        PersonalDataDetector(entities=["SHOE_SIZE"])


def test_nothing_to_hear(detector):
    """An empty transcript, and one of punctuation, hold nothing."""
    assert detector.detect(Transcript()) == ()
    assert detector.detect(Transcript.of([Word("...", 0.0, 0.5), Word("-", 0.5, 0.6)])) == ()


def test_calls_do_not_leak_into_each_other(detector):
    """The same call gives the same values again, whatever was heard between."""
    first = "agent: Card number?\ncustomer: 4111 1111 1111 1111"
    before = found(detector, first)
    found(detector, "agent: Phone number?\ncustomer: 206 555 0148")
    assert found(detector, "customer: 206 555 01") == []
    assert found(detector, first) == before


def test_values_stay_out_of_reprs_and_logs(detector, caplog):
    """No value is shown by printing what was found, nor logged on the way."""
    with caplog.at_level(logging.DEBUG):
        values = detector.detect(parse_dialogue("agent: Card number?\ncustomer: 4111 1111 1111 1111"))
    assert "4111" not in repr(values)
    assert "4111" not in caplog.text


def test_importing_loads_no_model():
    """Naming the detector costs nothing; making one does."""
    program = "import scanner.detect.personal_data, sys; print({'spacy', 'presidio_analyzer'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture(scope="session")
def tallies(detector) -> tuple[Tally, Tally]:
    return score(detector, "with", 440, seed=20), score(detector, "without", 440, seed=20)


def test_generated_speech_is_found(tallies):
    """Of generated values at least 0.97 are found, per type 0.85, and of what is found at least 0.95 is right."""
    tally, _ = tallies
    assert sum(tally.truths.values()) > 400
    assert tally.recall(NUMBER_TYPES) >= 0.97
    assert tally.precision(NUMBER_TYPES) >= 0.95
    assert {e: tally.recall([e]) for e in tally.truths if tally.recall([e]) < 0.85} == {}
    assert {e: tally.precision([e]) for e in tally.truths if tally.precision([e]) < 0.85} == {}


def test_generated_speech_without_personal_data_stays_quiet(tallies):
    """In at most one of a hundred dialogues without personal data is something found."""
    _, quiet = tallies
    assert sum(quiet.detections.values()) <= 4


def test_garbled_speech_is_found(detector):
    """Of values as a recogniser garbles them 0.92 are found, and 0.97 of what is found is right."""
    tally = score(detector, "with", 440, seed=21, noise=True)
    assert tally.recall(NUMBER_TYPES) >= 0.92
    assert tally.recall(tally.truths) >= 0.92
    assert tally.precision(tally.detections) >= 0.97


def test_garbled_speech_without_personal_data_stays_quiet(detector):
    """Prices, orders and times as a recogniser garbles them are nobody's data in 98 of 100 dialogues."""
    quiet = score(detector, "without", 440, seed=21, noise=True)
    assert sum(quiet.detections.values()) <= 9


def test_the_generator_marks_what_it_says(detector):
    """The generator's own marks hold: a detector that finds nothing scores nothing."""
    tally = Tally()
    for example in __import__("spoken_sentences").examples({"x": "C: My cell is {PHONE}."}, 5, seed=1):
        tally.add(example, [])
        assert detected_by(detector, example.transcript)
    assert tally.recall(["PHONE_NUMBER"]) == 0.0


@pytest.mark.parametrize(
    ("answer", "probability", "names"),
    [
        ("no we will soon bribe water", 0.4, ["we will soon bribe water"]),
        ("no we will soon bribe water", 0.9, []),
        ("I told the other lady that already and I will not say it twice", 0.4, []),
    ],
)
def test_a_name_that_nobody_understood(detector, answer, probability, names):
    """A short answer to a question for a name, its words mostly guessed, holds the name that the recogniser does not know."""
    call = parse_dialogue(f"agent: Who is the second driver?\ncustomer: {answer}\nagent: Thanks.")
    words = tuple(replace(w, probability=probability if w.channel else 1.0) for w in call.words)
    assert [v.value for v in detector.detect(replace(call, words=words)) if v.entity_type == "PERSON"] == names


@pytest.mark.parametrize(
    ("question", "answer", "probability", "found"),
    [
        ("And the security code?", "Oh, well, seven.", 0.3, 1),
        ("And the security code?", "Oh, well, seven.", 0.9, 0),
        ("And the security code?", "Oh, well, heaven.", 0.3, 0),
        ("And how many of them?", "Oh, well, seven.", 0.3, 0),
    ],
)
def test_a_security_code_that_nobody_understood(detector, question, answer, probability, found):
    """A few doubtful words with a digit among them, in answer to the question for the code, are a code perhaps."""
    call = parse_dialogue(f"agent: {question}\ncustomer: {answer}\nagent: Thanks.")
    words = tuple(replace(w, probability=probability if w.channel else 1.0) for w in call.words)
    values = detector.detect(replace(call, words=words))
    assert [(v.entity_type, v.confidence) for v in values] == [("CREDIT_CARD_CVV", 0.35)] * found


@pytest.mark.parametrize(
    ("said", "codes"), [("Fine, the 400 and well-dollars went through.", 0), ("It's 402 and the center.", 1)]
)
def test_a_sum_of_which_the_rest_was_misheard_is_no_code(detector, said, codes):
    """Whoever reads the answer in a mono recording may be the one who says what was paid."""
    call = without_speakers(parse_dialogue(f"agent: And the three digits on the back?\ncustomer: {said}"))
    assert len(detector.detect(call)) == codes


@pytest.mark.parametrize(
    ("call", "entity", "value"),
    [
        (
            "agent: Your account is past due. Go ahead with the card.\ncustomer: 4012 8888\nunknown: Okay.\nunknown: 8888 1881.",
            "CREDIT_CARD",
            "4012888888881881",
        ),
        (
            "agent: I'll take the first four.\nunknown: 4012. 8888.\nagent: Next four.\nunknown: 8888 and the last four\nunknown: 1881.",
            "CREDIT_CARD",
            "4012888888881881",
        ),
        ("agent: Which card?\ncustomer: It is 4012 8888\nagent: go ahead 8888 1881", "CREDIT_CARD", "4012888888881881"),
        ("agent: And the phone on the account 970 55166\ncustomer: Thank you.", "PHONE_NUMBER", "97055166"),
        (
            "agent: Do you have a service plan with us? The account number is 6042-88195. And what is your name?\nunknown: Yes.",
            "ACCOUNT_NUMBER",
            "604288195",
        ),
        (
            "unknown: It's a MasterCard, it's valid until when?\nagent: February 28 and the three numbers next to the signature.",
            "CREDIT_CARD_EXPIRATION",
            "02/28",
        ),
    ],
    ids=[
        "pieces",
        "pieces_that_nobody_named",
        "pieces_of_two_voices",
        "answer_on_file",
        "answer_in_the_question",
        "answer_before_the_question",
    ],
)
def test_whose_voice_is_unclear(detector, call, entity, value):
    """A number that was asked for is heard in a mono recording whichever voice was guessed to say it."""
    found = [(v.entity_type, v.value) for v in detector.detect(parse_dialogue(call, mono=True))]
    assert found == [(entity, value)]
