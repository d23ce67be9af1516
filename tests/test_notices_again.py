"""What is said of recording is heard again, in several ways, where a finding hangs on it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from scanner.asr.placing import Care
from scanner.asr.transcriber import Samples
from scanner.detect.disclosures import hear_disclosures
from scanner.detections import AudioProblem, Disclosure
from scanner.dialogue import parse_dialogue
from scanner.second_look.notices import DOUBTED, notices_heard_again, with_doubts
from scanner.second_look.ways import Doubt
from scanner.transcript import Span, Transcript, Word

CHANNELS = (np.zeros(16_000, np.int16),) * 2
OTHERWISE = "how can I help"


class Listener:
    """Hears a stretch as it is told to: each text a way, spread over it or said from `at_s` on; keeps what it was asked.

    The last ways `late` come in a second group; how many were taken is counted. `probability`: of each word.
    """

    def __init__(self, *ways: str, at_s: float | None = None, late: int = 0, probability: float = 0.9) -> None:
        self.ways = ways
        self.probability = probability
        self.at_s = at_s
        self.late = late
        self.spans: list[Span] = []
        self.taken = 0

    def transcribe_span(
        self, samples: Samples, span: Span, *, language: str, channel: int, care: Care
    ) -> tuple[Word, ...]:
        raise NotImplementedError

    def transcribe_span_in_ways(
        self, samples: Samples, span: Span, *, language: str, channel: int
    ) -> Iterator[tuple[tuple[Word, ...], ...]]:
        self.spans.append(span)
        first = len(self.ways) - self.late
        for some in (self.ways[:first], self.ways[first:]):
            self.taken += len(some)
            heard = (_words(text, span, channel, self.at_s) for text in some)
            yield tuple(tuple(replace(w, probability=self.probability) for w in words) for words in heard)


def _words(text: str, span: Span, channel: int, at_s: float | None) -> tuple[Word, ...]:
    said = text.split()
    step = (span.duration_s - 1.2) / max(1, len(said)) if at_s is None else 0.3
    times = [(span.start_s + 0.6 if at_s is None else at_s) + k * step for k in range(len(said))]
    return tuple(Word(w, s, s + step, 0.9, channel) for w, s in zip(said, times, strict=True))


def hear(transcript: Transcript) -> tuple[Disclosure, ...]:
    return hear_disclosures(transcript).disclosures


def again(
    dialogue: str, *listeners: Listener, problems: Sequence[AudioProblem] = (), probability: float = 0.4
) -> tuple[Transcript, tuple[Disclosure, ...], tuple[Doubt, ...]]:
    said = parse_dialogue(dialogue)
    said = replace(said, words=tuple(replace(w, probability=probability) for w in said.words))
    found = notices_heard_again(said, CHANNELS, listeners=listeners, hear=hear, wanted=["recording"], problems=problems)
    return found.transcript, with_doubts(hear(found.transcript), found.doubts), found.doubts


def sure(disclosures: Sequence[Disclosure]) -> set[str]:
    return {d.kind for d in disclosures if d.confidence >= 0.6}


def perhaps(disclosures: Sequence[Disclosure]) -> set[str]:
    return {d.kind for d in disclosures if d.confidence == DOUBTED}


NOTICE = "Welcome to Northwind. This call may be recorded. How can I help?"
GARBLED = "Welcome to Northwind. This tall may be retired. How can I help?"


def test_a_garbled_notice_that_most_hearings_have_is_found_again() -> None:
    """The notice's own words are taken over, the rest of the opening stays as it was."""
    before = parse_dialogue(f"0:01 agent: {GARBLED}\n0:09 customer: Hi")
    after, said, doubts = again(f"0:01 agent: {GARBLED}\n0:09 customer: Hi", Listener(NOTICE, NOTICE, GARBLED))
    assert sure(said) == {"recording"}
    assert doubts == ()
    assert [w.text for w in after.words if w.speaker == "customer"] == ["Hi"]
    assert [w.text for w in after.words][:3] == [w.text for w in before.words][:3]


@pytest.mark.parametrize("ways", [(GARBLED, NOTICE, GARBLED), (NOTICE, GARBLED, GARBLED), (NOTICE, GARBLED)])
def test_a_notice_that_only_some_hearings_have_is_perhaps_one(ways: tuple[str, ...]) -> None:
    """It clears nothing and is not called missing either; the words stay as they were first heard."""
    after, said, _ = again(f"0:01 agent: {GARBLED}", Listener(*ways))
    assert (sure(said), perhaps(said)) == (set(), {"recording"})
    assert " ".join(w.text for w in after.words) == GARBLED


@pytest.mark.parametrize(
    ("ways", "taken"),
    [
        ((NOTICE, NOTICE, GARBLED), 2),
        ((GARBLED, GARBLED, NOTICE), 2),
        ((NOTICE, GARBLED, NOTICE), 3),
        ((GARBLED, "", GARBLED), 3),
        ((GARBLED, "the virtual assistant of Emerald Internet our calls that recorded you can talk to me", GARBLED), 3),
    ],
)
def test_more_hearings_are_taken_only_where_the_first_few_disagree(ways: tuple[str, ...], taken: int) -> None:
    """On what is said, be it perhaps, if not on the words."""
    listener = Listener(*ways, late=1)
    _, said, doubts = again(f"0:01 agent: {GARBLED}", listener)
    assert listener.taken == taken
    assert sure(said) == ({"recording"} if ways[0] == NOTICE else set())
    assert doubts == ()


def test_what_no_hearing_has_was_not_said() -> None:
    """However badly the opening was heard, nobody needs to listen to it for a notice."""
    said = "0:01 agent: like you were flying through R and D this is a failure"
    others = ("like the applying form G this is a fellow", "with this client's enormity is a fellow")
    before = parse_dialogue(said)
    after, found, doubts = again(said, Listener(*others), Listener(*others), probability=0.3)
    assert [w.text for w in after.words] == [w.text for w in before.words]
    assert (found, doubts) == ((), ())


def test_the_customers_words_are_not_heard_again_for_a_notice() -> None:
    """Nobody but the company discloses."""
    listener = Listener("This call is recorded.")
    _, said, _ = again("0:01 customer: I am calling about the bill.", listener)
    assert said == ()
    assert listener.spans == []


def test_a_heard_notice_is_not_looked_for() -> None:
    """A call with its notice pays nothing."""
    listener = Listener("no")
    again("0:01 agent: Hi, this call is recorded.", listener, probability=0.9)
    assert listener.spans == []


def test_the_most_unlike_listener_is_asked_first_and_the_others_only_for_what_is_wanting() -> None:
    """The cost of more hearings is paid only where the first of them had no notice either."""
    first, unlike = Listener(NOTICE), Listener(NOTICE)
    again(f"0:01 agent: {GARBLED}", first, unlike)
    assert (len(first.spans), len(unlike.spans)) == (0, 1)
    first, unlike = Listener(NOTICE), Listener(GARBLED, NOTICE, GARBLED)
    _, said, doubts = again(f"0:01 agent: {GARBLED}", first, unlike)
    assert [len(x.spans) for x in (first, unlike)] == [1, 1]
    assert sure(said) == {"recording"}
    assert doubts == ()


def test_only_doubtful_sentences_are_heard_again() -> None:
    """Most calls without a notice are clear, and pay nothing; doubtful sentences far apart are stretches of their own."""
    listener = Listener("How can I help?")
    again("0:01 agent: How can I help?", listener, probability=0.7)
    assert listener.spans == []
    said = parse_dialogue(f"0:01 agent: {GARBLED}\n0:10 agent: Let me see.\n0:16 agent: You are all set.")
    weak = ("retired.", "set.")
    words = tuple(replace(w, probability=0.3 if w.text in weak else 0.9) for w in said.words)
    notices_heard_again(replace(said, words=words), CHANNELS, listeners=[listener], hear=hear, wanted=["recording"])
    (first, second) = listener.spans
    assert first.start_s < 2.4
    assert first.end_s < 10.0
    assert second.start_s > 15.0


def test_speech_without_words_is_heard_again() -> None:
    """What the first hearing made nothing of may have been the notice."""
    lost = AudioProblem("unclear_speech", 0.0, 6.0, 0)
    for first_words in ("0:08 agent: How can I help?", "0:20 agent: How can I help?"):
        _, said, _ = again(first_words, Listener("This call is recorded."), problems=[lost])
        assert sure(said) == {"recording"}


@pytest.mark.parametrize(
    ("ways", "left"),
    [
        (("good morning, it is Ana", "good evening, he is Anna"), 0),
        (("good morning, it is Ana", ""), 1),
        (("", ""), 1),
    ],
)
def test_speech_that_most_hearings_make_something_of_hides_no_notice(ways: tuple[str, ...], left: int) -> None:
    """A person must listen where nobody made out a word, not where all hearings have words and none has the notice."""
    lost = AudioProblem("unclear_speech", 0.0, 6.0, 0)
    said = parse_dialogue("0:08 agent: How can I help?")
    found = notices_heard_again(
        said, CHANNELS, listeners=[Listener(*ways)], hear=hear, wanted=["recording"], problems=[lost]
    )
    assert len(found.problems) == left
    assert found.doubts == ()


def test_words_that_a_second_hearing_only_guesses_are_not_made_out() -> None:
    """Five words in a row that it hardly believes may have been the notice, like none at all."""
    lost = AudioProblem("unclear_speech", 0.0, 6.0, 0)
    said = parse_dialogue("0:08 agent: How can I help?")
    for probability, left in ((0.3, 1), (0.6, 0)):
        listener = Listener("good morning our film called very tall", probability=probability)
        found = notices_heard_again(
            said, CHANNELS, listeners=[listener], hear=hear, wanted=["recording"], problems=[lost]
        )
        assert len(found.problems) == left


def test_a_hearing_that_loses_another_notice_is_not_taken_over() -> None:
    """The words of the first way that has the notice wanted and all that was heard before are."""
    first = "0:01 agent: This tall is retired and it trains our AI."
    loses, keeps = "This call gets recorded.", "This call is recorded and it trains our AI."
    _, said, _ = again(first, Listener(loses, keeps, loses))
    assert sure(said) >= {"recording", "ai_training"}
    _, said, _ = again(first, Listener(loses, loses, loses))
    assert sure(said) == {"ai_training"}
    assert perhaps(said) == {"recording"}


def test_problems_of_a_call_with_its_notice_stay() -> None:
    """Nothing is heard again, and what was not made out is confessed as before."""
    lost = AudioProblem("unclear_speech", 0.0, 6.0, 0)
    said = parse_dialogue("0:08 agent: Hi, this call is recorded.")
    found = notices_heard_again(
        said, CHANNELS, listeners=[Listener("no")], hear=hear, wanted=["recording"], problems=[lost]
    )
    assert found.problems == (lost,)


def test_later_in_the_opening_only_the_most_unlike_listener_is_asked() -> None:
    """Notices come first; what is said after a while is seldom one."""
    first, unlike = Listener("see you"), Listener("see you")
    again(f"0:01 agent: {GARBLED}\n0:22 agent: You may read it.", first, unlike)
    assert [len(x.spans) for x in (first, unlike)] == [1, 2]


ASKED = (
    "0:01 agent: Northwind, this is Ana.\n0:04 customer: Is this recorded?\n0:07 agent: {}\n0:10 customer: Okay, good."
)
DENIAL, RECORDED = "No, our calls are never recorded.", "Yes, our calls do get recorded."


def test_a_denial_that_nearly_all_hearings_have_stays_one() -> None:
    """And no notice is looked for in its place."""
    _, said, doubts = again(ASKED.format(DENIAL), Listener(DENIAL, DENIAL, DENIAL, RECORDED, at_s=7.0))
    assert "recording_denied" in sure(said)
    assert "recording" not in sure(said) | perhaps(said)
    assert doubts == ()


@pytest.mark.parametrize("ways", [(DENIAL, RECORDED), (RECORDED,) * 3, (DENIAL, DENIAL, RECORDED)])
def test_a_denial_of_which_other_hearings_have_the_contrary_is_doubtful(ways: tuple[str, ...]) -> None:
    """One word decides whether it is a denial or a notice: neither is certain, whatever most hearings have."""
    _, said, _ = again(ASKED.format(DENIAL), Listener(*ways, at_s=7.0))
    assert sure(said) == set()
    assert perhaps(said) == {"recording_denied", "recording"}


def test_a_denial_that_hardly_any_other_hearing_has_is_doubtful() -> None:
    """Also where the others make something else of it."""
    _, said, _ = again(ASKED.format(DENIAL), Listener(DENIAL, OTHERWISE, OTHERWISE, OTHERWISE, at_s=7.0))
    assert "recording_denied" in perhaps(said)


def weakly(word: str, *listeners: Listener) -> tuple[Disclosure, ...]:
    """A notice with one word that the recogniser was not sure of, heard again."""
    said = parse_dialogue("0:01 agent: Northwind, this is Ana.\n0:04 agent: This call is recorded. How can I help?")
    words = tuple(replace(w, probability=0.3) if w.text == word else w for w in said.words)
    found = notices_heard_again(
        replace(said, words=words), CHANNELS, listeners=listeners, hear=hear, wanted=["recording"]
    )
    return with_doubts(hear(found.transcript), found.doubts)


def test_a_notice_that_hangs_on_a_doubtful_word_must_bear_hearing_again() -> None:
    """“Is recorded” and “isn't recorded” differ by a breath: a call is not cleared by it when hearings disagree."""
    isnt = "Northwind, this is Ana. This call isn't recorded. How can I help?"
    held = Listener("Northwind, this is Ana. This call is recorded. How can I help?")
    assert sure(weakly("is", Listener(isnt))) == set()
    assert sure(weakly("is", held)) == {"recording"}
    other = Listener(isnt)
    assert sure(weakly("Northwind,", other)) == {"recording"}
    assert other.spans == []


JOINED = (
    "0:01 agent: Northwind, this call is recorded, this is Ana.\n0:06 customer: Billing please.\n"
    "0:09 agent: I'm putting you through to billing.\n0:16 agent: {}\n0:21 customer: It was charged twice."
)
ARRIVES, ARRIVES_GARBLED = "Billing, Raul here, this call is recorded.", "Billing, Raul here, this tall is retired."


def test_the_notice_of_who_has_joined_is_found_again() -> None:
    """A garbled one is no missing one, and the first notice of the call is none after the transfer."""
    listener = Listener(ARRIVES, ARRIVES, ARRIVES_GARBLED, at_s=16.0)
    _, said, doubts = again(JOINED.format(ARRIVES_GARBLED), listener, probability=0.62)
    assert [d.start_s > 16.0 for d in said if d.kind == "recording" and d.confidence >= 0.6] == [False, True]
    assert doubts == ()


def test_a_notice_that_some_have_after_a_transfer_needs_a_listener() -> None:
    """Neither given nor missing."""
    listener = Listener(ARRIVES_GARBLED, ARRIVES, ARRIVES_GARBLED, at_s=16.0)
    _, said, _ = again(JOINED.format(ARRIVES_GARBLED), listener, probability=0.62)
    assert [d.start_s > 16.0 for d in said if d.kind == "recording" and d.confidence == DOUBTED] == [True]


def test_after_a_transfer_with_its_notice_nothing_is_heard_again() -> None:
    """And where nobody was transferred neither."""
    for dialogue in (
        JOINED.format(ARRIVES),
        JOINED.format("Let me see.").replace("I'm putting you through to billing.", "Hm."),
    ):
        listener = Listener("no")
        again(dialogue, listener, probability=0.62)
        assert listener.spans == []


@pytest.mark.parametrize(
    ("others", "doubtful"), [("I'm putting you through to billing.", False), ("Putting it on your bill.", True)]
)
def test_a_transfer_that_accuses_must_bear_being_heard_again(others: str, doubtful: bool) -> None:
    """Without a notice after it, a join that only one hearing has is a doubt."""
    call = JOINED.format("Which month was it?")
    _, said, _ = again(call, Listener(others, others, others, at_s=9.0), probability=0.9)
    assert ("transfer" in perhaps(said)) == doubtful


def test_a_late_notice_has_the_opening_heard_again() -> None:
    """It is late only if the opening had none; and what hid nothing there is no problem."""
    late = "0:01 agent: {}\n0:08 customer: I have a long story. Hm.\n0:44 agent: Oh, this call is recorded."
    _, said, _ = again(late.format(GARBLED), Listener(NOTICE, at_s=1.0))
    assert min(d.start_s for d in said if d.kind == "recording") < 10.0
    call = parse_dialogue("0:08 customer: I have a long story.\n0:44 agent: Oh, this call is recorded.")
    lost = AudioProblem("unclear_speech", 0.0, 3.0, 0)
    listener = Listener("Mackerel Ferries, hello!", at_s=0.7)
    found = notices_heard_again(call, CHANNELS, listeners=[listener], hear=hear, wanted=["recording"], problems=[lost])
    assert found.problems == ()


ASKS = (
    "0:01 agent: May I record this call?\n0:05 customer: {}\n0:08 agent: So what is it about?\n0:11 customer: The roof."
)


@pytest.mark.parametrize(
    ("ways", "heard", "doubted"),
    [
        (("yes sure", "yes sure", "Jess shore"), {"consent_granted"}, set()),
        (("no thanks", "no thanks", "Norse banks"), {"consent_refused"}, set()),
        (("no thanks", "yes thanks", "yes thanks"), set(), {"consent_refused"}),
        (("Jess shore",) * 3, set(), set()),
    ],
)
def test_an_answer_that_nobody_made_out_is_heard_again(
    ways: tuple[str, ...], heard: set[str], doubted: set[str]
) -> None:
    """It is believed where most have it and none the contrary; a refusal that some have is a doubt."""
    _, said, _ = again(ASKS.format("Jess shore."), Listener(*ways, at_s=5.0), probability=0.9)
    answers = {"consent_granted", "consent_refused"}
    assert sure(said) & answers == heard
    assert perhaps(said) & answers == doubted


@pytest.mark.parametrize(
    ("others", "doubtful"), [("No, you may not.", False), ("Yes, you may.", True), ("Now, you might.", True)]
)
def test_a_refusal_must_bear_being_heard_again(others: str, doubtful: bool) -> None:
    """Before a company is accused of having gone on."""
    _, said, _ = again(ASKS.format("No, you may not."), Listener(others, others, at_s=5.0), probability=0.9)
    assert ("consent_refused" in perhaps(said)) == doubtful


def test_a_weak_yes_must_bear_being_heard_again_and_a_plain_one_need_not() -> None:
    """“I'd mind” and “I don't mind” are one breath apart."""
    weak, plain = Listener("no you may not", at_s=5.0), Listener("no you may not", at_s=5.0)
    _, said, _ = again(ASKS.format("Yes you may."), weak, probability=0.5)
    assert "consent_refused" in perhaps(said)
    again(ASKS.format("Yes you may."), plain, probability=0.9)
    assert plain.spans == []


def test_a_doubt_takes_no_disclosure_away_and_none_of_another_place_or_kind() -> None:
    """Only what is said where hearings differ is in doubt."""
    there = Disclosure("recording", "agent", 5.0, 7.0, 0.9)
    other = Disclosure("ai_training", "agent", 5.0, 7.0, 0.9)
    later = Disclosure("recording", "agent", 20.0, 22.0, 0.9)
    found = with_doubts([there, other, later], [Doubt("recording", "agent", Span(6.0, 8.0))])
    assert [(d.kind, d.start_s, d.confidence) for d in found] == [
        ("ai_training", 5.0, 0.9),
        ("recording", 5.0, DOUBTED),
        ("recording", 20.0, 0.9),
    ]
