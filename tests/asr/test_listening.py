"""From stretches to words: each in its place, none dropped by a window, none made up, and what is unclear is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from scanner.asr.listening import listen
from scanner.asr.placing import Care, Heard, HeardWord
from scanner.asr.transcriber import SAMPLE_RATE, ChannelSpeech, Samples
from scanner.asr.voice_activity import HOP, Probabilities
from scanner.asr.voices import Voices, batches
from scanner.asr.windows import WINDOW_S, Audio

EARLY_S = 0.15
"""What aligners are early by."""


@dataclass
class Call:
    """A channel in which word number n is a third of a second of the constant sample n * 100."""

    seconds: float
    samples: Samples = field(init=False)
    probabilities: Probabilities = field(init=False)

    def __post_init__(self) -> None:
        self.samples = np.zeros(int(self.seconds * SAMPLE_RATE), np.int16)
        self.probabilities = np.full(-(-len(self.samples) // HOP), 0.02, np.float32)

    def say(self, start_s: float, *numbers: int, p: float = 0.95) -> Call:
        for i, number in enumerate(numbers):
            at = int((start_s + i * 0.4) * SAMPLE_RATE)
            self.samples[at : at + SAMPLE_RATE // 3] = number * 100
        first, last = int(start_s * SAMPLE_RATE) // HOP, int((start_s + len(numbers) * 0.4) * SAMPLE_RATE) // HOP
        self.probabilities[first:last] = p
        return self


def read(audio: Audio) -> Heard:
    """A model that makes no mistakes."""
    numbers = np.rint(audio * 32768 / 100).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], numbers, [0]))))
    words = [
        HeardWord(f"w{numbers[a]}", a / SAMPLE_RATE - EARLY_S, b / SAMPLE_RATE - EARLY_S, 0.9)
        for a, b in pairwise(edges)
        if numbers[a] and b - a > SAMPLE_RATE // 10
    ]
    return Heard(tuple(words))


@dataclass
class Model:
    """Reads windows, after `spoil` has had its way with what is read; remembers what it was asked."""

    spoil: Callable[[Heard, bool], Heard] = lambda heard, pains: heard
    asked: list[tuple[int, bool]] = field(default_factory=list)
    longest_s: float = 0.0

    def __call__(self, audio: Sequence[Audio], care: Care) -> list[Heard]:
        pains = care != "quick"
        self.asked.append((len(audio), pains))
        self.longest_s = max([self.longest_s, *(len(a) / SAMPLE_RATE for a in audio)])
        return [self.spoil(read(a), pains) for a in audio]

    @property
    def second_hearings(self) -> int:
        return sum(n for n, pains in self.asked if pains)


def hear_all(calls: Sequence[Call], model: Model, *, first_channel: int = 0) -> tuple[ChannelSpeech, ...]:
    voices = [Voices.of(c.samples, c.probabilities, channel=first_channel + i) for i, c in enumerate(calls)]
    first = ((group, model(group.audio(), "quick")) for group in batches(voices, 4))
    return listen(voices, first, model, batch=4)


def hear(call: Call, model: Model, *, channel: int = 0) -> ChannelSpeech:
    return hear_all([call], model, first_channel=channel)[0]


def texts(speech: ChannelSpeech) -> list[str]:
    return [w.text for w in speech.words]


def without(*texts_: str) -> Callable[[Heard, bool], Heard]:
    """Drops words in crowded windows only."""
    return lambda heard, pains: heard if pains else Heard(tuple(w for w in heard.words if w.text not in texts_))


def test_words_come_back_in_their_place() -> None:
    """Words out of packed windows have the recording's seconds, their channel, and lie inside speech."""
    call = Call(130)
    for k in range(12):
        call.say(1 + 10 * k, *range(10 * k + 1, 10 * k + 6))
    model = Model()
    speech = hear(call, model, channel=1)
    assert texts(speech) == [f"w{10 * k + i}" for k in range(12) for i in range(1, 6)]
    for n, word in enumerate(speech.words):
        k, i = divmod(n, 5)
        assert word.start_s == pytest.approx(1 + 10 * k + i * 0.4, abs=0.02)
        assert word.end_s == pytest.approx(word.start_s + 1 / 3, abs=0.02)
        assert word.channel == 1
        assert word.speaker == "unknown"
        assert any(s.start_s <= word.start_s and word.end_s <= s.end_s for s in speech.speech)
    assert len(speech.speech) == 12
    assert speech.problems == ()
    assert model.second_hearings == 0
    assert sum(n for n, _ in model.asked) == 3  # 36 s of speech and breath, not 130 s
    assert model.longest_s <= WINDOW_S


def test_of_a_long_call_a_few_windows_are_held_at_once() -> None:
    """However long the call, no more windows than a batch are in floats at the same time."""
    call = Call(600)
    for k in range(100):
        call.say(1 + 5.9 * k, *range(1, 10))
    model = Model()
    assert len(hear(call, model).words) == 900
    assert max(n for n, _ in model.asked) <= 4


def test_channels_are_heard_together() -> None:
    """Windows of both sides of a call share a batch, and each word comes back on its own side."""
    agent, customer = Call(40), Call(40)
    for k in range(4):
        agent.say(1 + 10 * k, *range(10 * k + 1, 10 * k + 9))
        customer.say(6 + 10 * k, *range(10 * k + 101, 10 * k + 109))
    model = Model()
    sides = hear_all([agent, customer], model)
    for channel, (side, base) in enumerate(zip(sides, (0, 100), strict=True)):
        assert texts(side) == [f"w{base + 10 * k + i}" for k in range(4) for i in range(1, 9)]
        assert {w.channel for w in side.words} == {channel}
    assert model.asked == [(4, False)]


def test_a_number_read_in_groups_is_parted_at_its_pauses() -> None:
    """Groups of digits that the model writes as one word stand each in the stretch of speech in which it was read."""
    call = Call(20).say(1, 10, 11, 12).say(4.5, 13, 14)

    def run_together(heard: Heard, _pains: bool) -> Heard:
        first, *others = heard.words
        parts = (
            HeardWord("5", first.start_s, first.end_s, 0.9),
            *(HeardWord(f"-{n}", w.start_s, w.end_s, 0.9) for n, w in enumerate(others)),
        )
        return Heard((HeardWord("".join(p.text for p in parts), first.start_s, others[-1].end_s, 0.9, parts),))

    model = Model(run_together)
    speech = hear(call, model)
    assert texts(speech) == ["5-0-1", "2-3"]
    assert speech.words[0].end_s == pytest.approx(2.13, abs=0.1)
    assert speech.words[1].start_s == pytest.approx(4.5, abs=0.1)
    assert model.second_hearings == 0


def test_nothing_is_heard_in_silence() -> None:
    """Without speech there are no words, no speech and no question to the model."""
    model = Model()
    assert hear(Call(30), model) == ChannelSpeech((), ())
    assert model.asked == []


def test_a_dropped_sentence_is_heard_again_alone() -> None:
    """A stretch that comes back empty or with a gap as long as a sentence is heard by itself, and complete."""
    call = Call(40).say(1, *range(1, 9)).say(8, *range(11, 19)).say(20, *range(21, 29))
    model = Model(without(*(f"w{i}" for i in range(11, 19)), "w23", "w24", "w25", "w26", "w27"))
    speech = hear(call, model)
    assert texts(speech) == [f"w{i}" for k in (0, 10, 20) for i in range(k + 1, k + 9)]
    assert model.second_hearings == 2
    assert speech.problems == ()


def test_a_hole_is_heard_by_itself() -> None:
    """Words that the model passes over whenever it hears their stretch, it hears when they are all there is to hear."""

    def shy(heard: Heard, _pains: bool) -> Heard:
        if len(heard.words) <= 8:
            return heard
        return Heard(tuple(w for w in heard.words if w.text not in {f"w{i}" for i in range(5, 11)}))

    call = Call(20).say(1, *range(1, 16))
    speech = hear(call, Model(shy))
    assert texts(speech) == [f"w{i}" for i in range(1, 16)]
    assert speech.words[6].start_s == pytest.approx(3.4, abs=0.05)
    assert speech.problems == ()


def test_speech_that_stays_without_words_is_unclear() -> None:
    """Where somebody speaks as loudly as the rest and even a second hearing brings nothing, that is a fact."""
    call = Call(30).say(1, *range(41, 49)).say(12, *range(51, 59))
    speech = hear(call, Model(lambda h, _: Heard(tuple(w for w in h.words if w.text < "w50"))))
    assert texts(speech) == [f"w{i}" for i in range(41, 49)]
    (problem,) = speech.problems
    assert (problem.kind, problem.channel) == ("unclear_speech", 0)
    assert problem.start_s == pytest.approx(12, abs=0.1)
    assert problem.end_s == pytest.approx(15.2, abs=0.1)
    assert len(speech.speech) == 1


def test_murmur_in_the_background_is_not_unclear_speech() -> None:
    """Voices far softer than the caller's, or a breath, need no words, and the softest are not even heard."""
    call = Call(40).say(1, *range(201, 209)).say(12, *range(21, 29)).say(20, 3, 3, 3, 3, 3).say(30, 201)
    call.probabilities[int(30.1 * SAMPLE_RATE / HOP) : int(31 * SAMPLE_RATE / HOP)] = 0.02
    model = Model(lambda h, _: Heard(tuple(w for w in h.words if w.text in {f"w{i}" for i in range(202, 209)})))
    speech = hear(call, model)
    assert speech.problems == ()
    assert len(speech.words) == 7


@pytest.mark.parametrize(("channels", "unclear"), [(1, True), (2, False)])
def test_a_softer_side_of_a_mono_recording_is_no_background(channels: int, *, unclear: bool) -> None:
    """Where both sides share a channel one is often 10 dB softer; where each has its own, that is somebody else."""
    calls = [Call(30).say(1, *range(201, 209)).say(12, *range(61, 69)), Call(30)][:channels]
    model = Model(lambda h, _: Heard(tuple(w for w in h.words if len(w.text) > len("w61"))))
    assert bool(hear_all(calls, model)[0].problems) is unclear


def loop(heard: Heard, _pains: bool) -> Heard:
    if not heard.words:
        return heard
    at_s = heard.words[-1].end_s
    rounds = [HeardWord("again", at_s + 0.01 * k, at_s + 0.01 * k, 0.8) for k in range(40)]
    return Heard((*heard.words, *rounds))


def test_a_loop_is_heard_again_before_it_is_cut() -> None:
    """A model that goes round in circles in a full window, but not alone, leaves no trace."""
    call = Call(20).say(1, *range(1, 6)).say(10, *range(11, 16))
    speech = hear(call, Model(lambda h, pains: h if pains else loop(h, pains)))
    assert set(texts(speech)) >= {"w1", "w2", "w3", "w4", "w5", "w11"}
    assert "again" not in texts(speech)
    assert speech.problems == ()


def test_a_loop_that_stays_is_cut_and_marked() -> None:
    """What goes round in circles even alone is cut down to one round, and the seconds are marked."""
    speech = hear(Call(20).say(1, *range(1, 6)), Model(loop))
    assert texts(speech) == ["w1", "w2", "w3", "w4", "w5", "again"]
    assert [p.kind for p in speech.problems] == ["repetition"]
    assert 1 <= speech.problems[0].start_s <= speech.problems[0].end_s <= 3.5


@pytest.mark.parametrize(("no_speech", "p", "heard"), [(0.9, 0.9, False), (0.1, 0.9, True), (0.1, 0.3, False)])
def test_where_hardly_a_voice_is_heard_words_must_be_sure(no_speech: float, p: float, *, heard: bool) -> None:
    """Far from other speech a sound at 0.3 is heard alone: it holds words if the model says that somebody speaks there,
    and is sure of them. Otherwise they are nobody's, and nobody was unclear."""

    def mumble(read_: Heard, _pains: bool) -> Heard:
        if any(w.text == "w66" for w in read_.words):
            return Heard((HeardWord("Thank", 0.4, 0.6, p), HeardWord("you.", 0.6, 0.8, p)), no_speech)
        return read_

    call = Call(40).say(1, *range(41, 46)).say(20, 66, 66, p=0.3)
    model = Model(mumble)
    speech = hear(call, model)
    assert texts(speech) == [*(f"w{i}" for i in range(41, 46)), *(["Thank", "you."] if heard else [])]
    assert speech.problems == ()
    assert len(speech.speech) == (2 if heard else 1)
    assert model.second_hearings == 1


def test_a_soft_answer_in_a_conversation_is_heard_with_it() -> None:
    """What is said softly right after clear speech needs no hearing of its own."""
    call = Call(20).say(1, *range(41, 46)).say(4, 47, p=0.3)
    model = Model()
    assert texts(hear(call, model)) == ["w41", "w42", "w43", "w44", "w45", "w47"]
    assert model.second_hearings == 0


def test_film_subtitles_are_dropped() -> None:
    """What the model learnt from films is nobody's, even where somebody makes a sound."""
    film = Heard(
        tuple(HeardWord(t, 0.4 * i, 0.4 * i + 0.3, 0.95) for i, t in enumerate("Thanks for watching!".split()))
    )
    call = Call(40).say(1, *range(41, 46)).say(20, 66, 66, 66, p=0.9)
    speech = hear(call, Model(lambda h, pains: film if pains else Heard(h.words[:5])))
    assert texts(speech) == [f"w{i}" for i in range(41, 46)]


def test_an_unsure_number_is_heard_again_and_the_surer_hearing_believed() -> None:
    """A digit that the model doubts in a crowded window is heard alone; if that is no surer, the first hearing stays."""
    call = Call(20).say(1, 7, 8, 9)
    digits = {"w7": "4", "w8": "5", "w9": "3"}

    def unsure(first: float, second: float) -> Callable[[Heard, bool], Heard]:
        def spoil(heard: Heard, pains: bool) -> Heard:
            p = second if pains else first
            wrong = {"4": "4" if pains else "9"}
            spoilt = (HeardWord(wrong.get(digits[w.text], digits[w.text]), w.start_s, w.end_s, p) for w in heard.words)
            return Heard(tuple(spoilt))

        return spoil

    assert texts(hear(call, Model(unsure(0.4, 0.9)))) == ["4", "5", "3"]
    assert texts(hear(call, Model(unsure(0.4, 0.3)))) == ["9", "5", "3"]
    sure = Model(unsure(0.9, 0.9))
    assert texts(hear(call, sure)) == ["9", "5", "3"]
    assert sure.second_hearings == 0


def test_digits_that_go_round_are_counted_again() -> None:
    """A number of equal groups is heard again with all care, and that count believed, be it higher or lower."""
    call = Call(20).say(1, 7, 8, 9, 10)

    def miscount(heard: Heard, pains: bool) -> Heard:
        groups = [HeardWord("4242", w.start_s, w.end_s, 0.7 if pains else 0.95) for w in heard.words]
        return Heard(tuple(groups if pains else [*groups, HeardWord("4242", groups[-1].end_s, groups[-1].end_s, 0.99)]))

    assert texts(hear(call, Model(miscount))) == ["4242"] * 4


def test_a_word_does_not_reach_into_the_pause_before_it() -> None:
    """The aligner gives a pause to the word after it: the word begins where its sound does."""
    call = Call(20).say(1, 50, 51, 52).say(3.2, 53, 54)
    call.probabilities[int(1 * SAMPLE_RATE / HOP) : int(4 * SAMPLE_RATE / HOP)] = 0.9  # a room full of voices

    def smear(heard: Heard, _pains: bool) -> Heard:
        words = list(heard.words)
        for i in range(1, len(words)):
            w = words[i]
            words[i] = HeardWord("please", words[i - 1].end_s, w.end_s, w.probability)
        return Heard(tuple(words))

    fourth = hear(call, Model(smear)).words[3]
    assert fourth.end_s == pytest.approx(3.2 + 1 / 3, abs=0.05)
    assert fourth.start_s > 2.3


def test_words_are_clamped_to_the_voice() -> None:
    """Times that run ahead or behind are pulled back into the stretch that the word was heard in."""
    call = Call(30).say(10, 60, 61, 62)

    def shift(by_s: float) -> Model:
        return Model(
            lambda h, _: Heard(tuple(HeardWord(w.text, w.start_s + by_s, w.end_s + by_s, 0.9) for w in h.words))
        )

    for by_s in (-3.0, -0.3, 0.3, 3.0):
        speech = hear(call, shift(by_s))
        assert len(speech.words) == 3
        assert all(9.8 <= w.start_s < w.end_s <= 11.4 for w in speech.words)


def test_hearing_is_deterministic() -> None:
    """The same channel gives the same words."""
    call = Call(60).say(1, *range(1, 9)).say(30, *range(11, 19))
    assert hear(call, Model(loop)) == hear(call, Model(loop))
