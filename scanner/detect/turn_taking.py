"""Who says each utterance, from what is said and in what order: a chain of utterances, weighed forward and backward.

Four states, not three, because a customer who answers a machine is followed by the machine, and one who answers an agent
by the agent. A channel's known side limits the states; in a mono recording all are open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, inf, log, log1p
from typing import Literal

import numpy as np
import numpy.typing as npt

from scanner.detect import speech_acts as acts
from scanner.detect.utterances import Utterance

Side = Literal["company", "customer"]

AGENT, CUSTOMER_OF_AGENT, MACHINE, CUSTOMER_OF_MACHINE = range(4)
_COMPANY_STATES = (AGENT, MACHINE)
_CUSTOMER_STATES = (CUSTOMER_OF_AGENT, CUSTOMER_OF_MACHINE)
_STATES = 4

Matrix = npt.NDArray[np.float64]

_NAME_ADDRESSED = 2.0
_NO_CUE_MACHINE = -1.0
_HELD_S = 2.5


@dataclass(frozen=True, slots=True)
class Voices:
    """For each utterance the probabilities of agent, machine and customer; and how well the whole fits (log)."""

    agent: tuple[float, ...]
    machine: tuple[float, ...]
    customer: tuple[float, ...]
    fit: float


def voices_of(utterances: Sequence[Utterance], *, sides: Mapping[int, Side]) -> Voices:
    """Who says each utterance; `sides` gives the side of each channel that is known.

    Names join what lies apart: after "this is Megan" a "hi Megan" comes from the other side. So it is weighed twice.
    """
    if not utterances:
        return Voices((), (), (), 0.0)
    first = _weighed(utterances, sides)
    return _weighed(_with_names(utterances, first), sides)


def _weighed(utterances: Sequence[Utterance], sides: Mapping[int, Side]) -> Voices:
    evidence = np.array([_evidence(u) for u in utterances])
    for i, utterance in enumerate(utterances):
        side = sides.get(utterance.channel)
        if side == "company":
            evidence[i, list(_CUSTOMER_STATES)] = -inf
        elif side == "customer":
            evidence[i, list(_COMPANY_STATES)] = -inf
    steps = [_transition(a, b) for a, b in pairwise(utterances)]
    forward = np.empty_like(evidence)
    forward[0] = _START + evidence[0]
    for i, step in enumerate(steps, 1):
        forward[i] = np.logaddexp.reduce(forward[i - 1][:, None] + step, axis=0) + evidence[i]
    backward = np.zeros_like(evidence)
    for i in range(len(steps) - 1, -1, -1):
        backward[i] = np.logaddexp.reduce(steps[i] + (evidence[i + 1] + backward[i + 1])[None, :], axis=1)
    joint = forward + backward
    posterior = np.exp(joint - np.logaddexp.reduce(joint, axis=1, keepdims=True))
    return Voices(
        agent=tuple(float(p) for p in posterior[:, AGENT]),
        machine=tuple(float(p) for p in posterior[:, MACHINE]),
        customer=tuple(float(p) for p in posterior[:, CUSTOMER_OF_AGENT] + posterior[:, CUSTOMER_OF_MACHINE]),
        fit=float(np.logaddexp.reduce(forward[-1])),
    )


# Most calls open with the company's voice; a customer who was called opens with a hello (a customer's cue).
_START = np.log(np.array([0.55, 0.12, 0.32, 0.01]))


def _evidence(utterance: Utterance) -> list[float]:
    half = utterance.company / 2
    machine = _NO_CUE_MACHINE + utterance.machine
    return [half, -half, half + min(8.0, machine), -half]


def _transition(before: Utterance, after: Utterance) -> Matrix:
    """Log-probabilities of the state after, given the state before."""
    turn = _turn_odds(before, after)
    changes, stays = -log1p(exp(-turn)), -log1p(exp(turn))
    hold = after.pause_s > 2.5
    to_machine = log(0.08 if hold else 0.01)
    to_agent = log(0.35 if after.pause_s > 0.6 else 0.15)
    step = np.full((_STATES, _STATES), -inf)
    step[AGENT, AGENT] = stays
    step[AGENT, MACHINE] = stays + to_machine
    step[AGENT, CUSTOMER_OF_AGENT] = changes
    step[MACHINE, MACHINE] = stays
    step[MACHINE, AGENT] = np.logaddexp(stays, changes) + to_agent
    step[MACHINE, CUSTOMER_OF_MACHINE] = changes + log(0.5)
    step[MACHINE, CUSTOMER_OF_AGENT] = changes + log(0.2)
    step[CUSTOMER_OF_AGENT, CUSTOMER_OF_AGENT] = stays
    step[CUSTOMER_OF_AGENT, AGENT] = changes
    step[CUSTOMER_OF_AGENT, MACHINE] = changes + to_machine
    step[CUSTOMER_OF_MACHINE, CUSTOMER_OF_MACHINE] = stays
    step[CUSTOMER_OF_MACHINE, MACHINE] = changes + log(0.6)
    step[CUSTOMER_OF_MACHINE, AGENT] = changes + log(0.4)
    return step


def _turn_odds(before: Utterance, after: Utterance) -> float:
    """Log-odds that another side speaks `after`, whatever the words say about roles."""
    if before.channel != after.channel:
        return 0.0
    return sum(weight for weight, holds in _TURN_SIGNS if holds(before, after))


def _offers_help(u: Utterance) -> bool:
    return acts.OFFER_OF_HELP.search(u.text[-80:]) is not None


def _only_acknowledges(u: Utterance) -> bool:
    return acts.ACKNOWLEDGEMENT.fullmatch(u.text) is not None


def _comes_back(before: Utterance, after: Utterance) -> bool:
    """Whoever asked to wait, or whom he fetched, speaks first when the wait is over."""
    return after.pause_s >= _HELD_S and acts.WAIT.search(before.text[-40:]) is not None


def _greeting_goes_on(before: Utterance, after: Utterance) -> bool:
    """A company's greeting comes in pieces: who it is, who speaks, how to help; nobody answers in between."""
    introduces = acts.INTRODUCTION.match(after.text) is not None and acts.GREETING.search(before.text) is not None
    offers = _offers_help(after) and acts.INTRODUCTION.match(before.text) is not None
    return introduces or offers


def _thanks_answered(before: Utterance, after: Utterance) -> bool:
    return acts.THANKS.search(before.text[-60:]) is not None and acts.WELCOME.match(after.text) is not None


def _farewell_answered(before: Utterance, after: Utterance) -> bool:
    return acts.FAREWELL.search(before.text[-30:]) is not None and (
        acts.FAREWELL.match(after.text) is not None or acts.THANKS.match(after.text) is not None
    )


def _greeted_back(before: Utterance, after: Utterance) -> bool:
    """Who has said what he calls about is greeted by the other side; his own greeting came before that."""
    return (
        acts.HELLO.match(after.text) is not None and not after.asks and acts.OWN_MATTER.search(before.text) is not None
    )


# Signs that the other side speaks now, with their weights (log-odds, added up). Fitted on typed calls, with pauses and
# punctuation roughened as recognisers leave them, and rounded; silence alone is believed less than there, because
# recognisers place words loosely.
_TURN_SIGNS: tuple[tuple[float, Callable[[Utterance, Utterance], bool]], ...] = (
    (-2.8, lambda _b, _a: True),
    (0.9, lambda _b, a: a.after_sentence),
    (1.3, lambda _b, a: a.pause_s >= 0.2),
    (1.5, lambda _b, a: a.pause_s >= 0.45),
    (0.9, lambda _b, a: a.pause_s >= 0.6),
    (0.6, lambda _b, a: a.pause_s >= 0.8),
    (-1.5, lambda _b, a: a.pause_s >= 2.5),
    (-2.1, lambda _b, a: not a.after_sentence and a.pause_s < 0.1),
    (-0.3, lambda _b, a: not a.after_sentence and a.pause_s >= 0.28),
    (3.0, lambda b, _a: _offers_help(b)),
    (2.0, lambda b, _a: b.asks and not _offers_help(b)),
    (-1.4, lambda b, a: b.asks and a.asks),
    (2.0, lambda b, a: b.asks_for_data and a.digits),
    (-1.8, lambda b, a: b.digits and a.digits),
    (0.6, lambda b, a: b.digits and not a.digits),
    (-1.5, lambda b, a: not b.asks and a.digits and not a.after_sentence),
    (-1.2, lambda b, _a: b.length <= 2),
    (1.7, lambda _b, a: _only_acknowledges(a)),
    (0.8, lambda _b, a: acts.RESPONSE.match(a.text) is not None and not _only_acknowledges(a)),
    (-0.2, lambda b, a: a.asks and not b.asks),
    (-0.8, lambda _b, a: not a.after_sentence and acts.CONTINUATION.match(a.text) is not None),
    (-2.0, _greeting_goes_on),
    (2.0, _greeted_back),
    (-2.0, _comes_back),
    (2.0, _thanks_answered),
    (1.5, _farewell_answered),
    (-2.0, lambda b, _a: b.text.rpartition(" ")[2] in acts.UNFINISHED),
)


def _with_names(utterances: Sequence[Utterance], voices: Voices) -> list[Utterance]:
    """The utterances with the weight of names: who gives a name is not who calls the other by it."""
    given: dict[str, float] = {}
    for utterance, customer in zip(utterances, voices.customer, strict=True):
        for match in acts.SELF_INTRODUCTION.finditer(utterance.text):
            if match[1] not in acts.NOT_NAMES:
                given.setdefault(match[1], 1.0 - 2.0 * customer)
    if not given:
        return list(utterances)
    weighed = []
    for utterance in utterances:
        weight = 0.0
        for match in acts.ADDRESS.finditer(utterance.text):
            weight -= _NAME_ADDRESSED * given.get(match[1], 0.0)
        weighed.append(replace(utterance, company=utterance.company + weight) if weight else utterance)
    return weighed
