"""The parts of the comparison that need no model."""

import json
import sys

import pytest
from benchmarks.afternoon import CUSTOMER_PHRASES, PHRASES, disclosures, with_speaker
from benchmarks.figures import Run, add_floor, figures, spreads
from benchmarks.measuring import Cost, Failed, Spread, measure
from benchmarks.outcome import Outcome
from benchmarks.table import markdown, plain, rows
from benchmarks.truth import Truth

from scanner.calls import CallInfo
from scanner.dialogue import parse_dialogue
from scanner.evaluate import LabelledCall, LabelledSpan
from scanner.transcript import Span

LABELLED = LabelledCall(
    "c1", "violation", frozenset({"card_number_recorded"}), False,
    (LabelledSpan("recording", "company", Span(5, 7)),), (LabelledSpan("CREDIT_CARD", "customer", Span(30, 40)),),
)  # fmt: skip
TRUTH = Truth({"c1": (("this call is recorded",), ("four five three two",))}, (LABELLED,))
HEARD = {"c1": ("This call is recorded.", "4532")}
COST = Cost(cpu_s=10.0, wall_s=12.0, peak_mb=300.0)


def test_what_is_heard_and_found_right_has_no_error():
    """A system that says the truth gets the best of each figure."""
    known = figures(COST, Outcome(HEARD, {"c1": LABELLED}), audio_s=3600, truth=TRUTH)
    assert known["cpu_s_per_hour"] == known["cpu_s"] == 10.0
    assert known["word_error_rate"] == 0
    assert known["word_error_rate_as_written"] == 0.5
    assert known["numbers_heard"] == known["numbers"] == 1
    assert known["verdicts_right"] == known["labelled"] == 1
    assert known["rules_f1"] == known["disclosures_recall"] == known["personal_data_precision"] == 1


def test_a_channel_that_was_not_heard_is_all_wrong():
    """A lost channel costs all its words."""
    assert figures(COST, Outcome({}), audio_s=60, truth=TRUTH)["word_error_rate"] == 1


def test_what_a_system_does_not_do_has_no_figure():
    """No words, no error rate; no labels, no findings."""
    assert figures(COST, Outcome(), audio_s=60, truth=TRUTH).keys() == {"cpu_s", "cpu_s_per_hour", "wall_s", "peak_mb"}
    assert "word_error_rate" not in figures(COST, Outcome(HEARD), audio_s=60, truth=None)


def test_the_floor_counts_its_encoder_alone():
    """Loading and decoding are no part of it."""
    known = figures(COST, Outcome(cpu_s=2.0, windows=3), audio_s=3600, truth=None)
    assert known == {"cpu_s": 2.0, "cpu_s_per_hour": 2.0, "windows": 3}


def test_a_figure_is_the_median_of_its_runs():
    """One run that the machine disturbed does not move it."""
    runs = [Run("a", {"cpu_s": v}) for v in (3.0, 100.0, 4.0)] + [Run("floor", {"cpu_s": 2.0})]
    assert spreads(runs)["a"]["cpu_s"] == Spread(4.0, 3.0, 100.0)
    assert spreads(add_floor(runs))["a"]["times_floor"] == Spread(2.0, 1.5, 50.0)


def test_without_the_floor_nothing_is_a_multiple_of_it():
    """The floor may be left out."""
    runs = [Run("a", {"cpu_s": 3.0})]
    assert add_floor(runs) == runs


def test_the_table_has_a_column_for_each_system_and_shows_how_far_runs_differ():
    """Medians, ends where they differ, a dash for what a system does not do."""
    known = {
        "a": {"cpu_s": Spread(40.0, 38.0, 44.0), "numbers_heard": Spread(5, 5, 5), "numbers": Spread(6, 6, 6)},
        "b": {"cpu_s": Spread(8.04, 8.04, 8.04)},
    }
    cells = rows(known, {"a": "A", "b": "B"})
    assert cells == [
        ["", "A", "B"],
        ["CPU seconds", "40 (38-44)", "8.0"],
        ["spoken numbers heard", "5 of 6", "-"],
    ]
    assert markdown(cells).splitlines()[:2] == ["|  | A | B |", "| --- | --- | --- |"]
    assert len({len(line) for line in plain(cells).splitlines()}) == 1


def test_an_outcome_is_read_back_as_it_was_written(tmp_path):
    """Nothing is lost between processes."""
    outcome = Outcome(HEARD, {"c1": LABELLED}, 1.5, 2)
    outcome.save(tmp_path / "o.json")
    read = Outcome.load(tmp_path / "o.json")
    assert (read.judged, read.cpu_s, read.windows) == (outcome.judged, 1.5, 2)
    assert json.dumps(read.heard) == json.dumps(HEARD)


SPENDER = """
import subprocess, sys, time
def spend():
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
held = bytearray(80_000_000)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"], check=True)
spend()
"""


def test_processor_time_of_children_counts(tmp_path):
    """Two processes that each spend 0.4 s have spent 0.8."""
    script = tmp_path / "spend.py"
    script.write_text(SPENDER)
    cost = measure([sys.executable, str(script)], environment={}, log=tmp_path / "log.txt")
    assert cost.cpu_s >= 0.8
    assert cost.wall_s >= 0.5
    assert cost.peak_mb > 80


def test_a_command_that_fails_is_no_measurement(tmp_path):
    """The reason is told."""
    command = [sys.executable, "-c", "import sys; print('no model'); sys.exit(3)"]
    with pytest.raises(Failed, match="exit code 3: no model"):
        measure(command, environment={}, log=tmp_path / "log.txt")


def said(text, *, mono):
    """(kind, speaker) of all that is found in a typed call."""
    words = parse_dialogue(text, mono=mono).words
    channels = [[w for w in words if w.channel == c] for c in range(1 if mono else 2)]
    spoken = [with_speaker(c, i, len(channels), CallInfo()) for i, c in enumerate(channels)]
    return {(d.kind, d.speaker) for c in spoken for d in disclosures(c)}


CALL = """
0:01 agent: Hi, this call may be recorded, and a vendor listens.
0:08 customer: I agree. I don't want to be recorded by you though.
0:15 agent: It is not recorded.
"""


def test_the_rival_finds_plain_phrases_on_the_side_that_says_them():
    """It is a rival that works: plain wording is found, and a denial is no notice."""
    expected = {
        ("recording", "agent"), ("third_party", "agent"), ("recording_denied", "agent"),
        ("consent_granted", "customer"), ("consent_refused", "customer"),
    }  # fmt: skip
    assert said(CALL, mono=False) == said(CALL, mono=True) == expected


@pytest.mark.parametrize("phrase", sorted({p for t in (PHRASES, CUSTOMER_PHRASES) for ps in t.values() for p in ps}))
def test_each_phrase_of_the_rival_can_be_found(phrase):
    """No phrase of its is spoilt by how text is prepared: the rival gets what it would get."""
    words = parse_dialogue(f"0:01 agent: well {phrase} then", mono=True).words
    assert list(disclosures(with_speaker(words, 0, 1, CallInfo())))
