"""The sample calls are what their folder says they are, and the scanner hears them so."""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from sample_calls import SAMPLES, SampleScan

from scanner.evaluate import LabelledCall, evaluate, read_truths, scanned_call

TRUTHS = {truth.call_id: truth for truth in read_truths(SAMPLES / "truth")}
MARK = re.compile(r"\{[^:}]+:\s*([^|}]*?)\s*(?:\|[^}]*)?\}")  # {recording: words}, {US_SSN: written | spoken}
RECORDINGS = {".wav", ".mp3", ".ogg", ".flac", ".m4a", ".amr"}


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [row for path in folder.rglob("*.parquet") for row in pq.ParquetFile(path).read().to_pylist()]


# ---------------------------------------------------------------- the folder


def test_every_recording_has_a_row_and_a_truth() -> None:
    """Recordings, manifest, truth and dialogues name the same calls."""
    with (SAMPLES / "manifest.csv").open(newline="", encoding="utf-8") as file:
        manifest = {row["call_id"]: row["file"] for row in csv.DictReader(file)}
    dialogues = {call["name"] for call in yaml.safe_load((SAMPLES / "dialogues.yaml").read_text(encoding="utf-8"))}
    recordings = {path.stem: path.name for path in SAMPLES.iterdir() if path.suffix in RECORDINGS}
    assert manifest == recordings
    assert set(TRUTHS) == dialogues == set(manifest)


def test_truth_says_what_the_dialogues_say() -> None:
    """A dialogue that was changed without making its recording again is noticed."""
    for call in yaml.safe_load((SAMPLES / "dialogues.yaml").read_text(encoding="utf-8")):
        truth = json.loads((SAMPLES / "truth" / f"{call['name']}.truth.json").read_text(encoding="utf-8"))
        said = [(turn["speaker"], turn["text"]) for turn in truth["turns"]]
        lines = [line.partition(": ") for line in call["call"].splitlines() if not line.startswith("* ")]
        assert said == [(speaker, MARK.sub(r"\1", words)) for speaker, _, words in lines], call["name"]
        assert truth["expected"]["violations"] == call["expect"]["violations"]


def test_sidecar_and_manifest_agree() -> None:
    """The sidecar says of its call what the manifest says."""
    with (SAMPLES / "manifest.csv").open(newline="", encoding="utf-8") as file:
        manifest = {row["call_id"]: row for row in csv.DictReader(file)}
    sidecars = list(SAMPLES.glob("*.json"))
    assert sidecars
    for path in sidecars:
        sidecar = json.loads(path.read_text(encoding="utf-8"))
        row = manifest[path.stem]
        assert {key: str(value) for key, value in sidecar.items()} == {
            k: v for k, v in row.items() if v and k != "file"
        }


def test_samples_are_small() -> None:
    """All recordings together stay below 6 MB."""
    assert sum(path.stat().st_size for path in SAMPLES.iterdir() if path.suffix in RECORDINGS) < 6_000_000


# ---------------------------------------------------------------- a scan of it


@pytest.fixture(scope="session")
def scanned(sample_scan: SampleScan) -> dict[str, LabelledCall]:
    """Every call as the scan judged it."""
    findings = defaultdict(list)
    for finding in rows_of(sample_scan.out / "findings"):
        findings[finding["call_id"]].append(finding)
    return {row["call_id"]: scanned_call(row, findings[row["call_id"]]) for row in rows_of(sample_scan.out / "calls")}


@pytest.mark.slow
def test_nothing_but_the_recordings_is_scanned(scanned: dict[str, LabelledCall]) -> None:
    """Scripts, manifest, sidecar and truth in the folder are left alone; each recording yields one row."""
    assert set(scanned) == set(TRUTHS)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TRUTHS))
def test_call_is_judged_as_stated(scanned: dict[str, LabelledCall], name: str) -> None:
    """Verdict, violated rules and fitness for AI training are those worked out by hand."""
    truth, heard = TRUTHS[name], scanned[name]
    assert heard.violations == truth.violations
    assert heard.verdict == truth.verdict
    assert heard.training_eligible is truth.training_eligible


@pytest.mark.slow
def test_disclosures_and_values_are_found_where_they_are(scanned: dict[str, LabelledCall]) -> None:
    """Nearly all disclosures and values are heard at their seconds, from their side, and little else is."""
    evaluation = evaluate(list(TRUTHS.values()), scanned)
    for scores in (evaluation.disclosures, evaluation.personal_data):
        total = sum(scores.values(), start=type(next(iter(scores.values())))())
        assert total.recall is not None
        assert total.precision is not None
        assert total.recall >= 0.9
        assert total.precision >= 0.85
