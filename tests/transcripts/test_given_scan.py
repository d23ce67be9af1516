"""A folder of transcripts from the command line to the tables, again and again."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from written_dialogues import call_analytics, srt, webvtt, whisperx

from scanner.batch import engines
from scanner.cli import cli
from scanner.detect.personal_data import PersonalDataDetector
from scanner.dialogue import parse_dialogue
from scanner.scan import Detectors
from scanner.store import Store

CALL = """
0:00 agent: Hi, this is Priya with Harbor Dental, this call is recorded. How can I help?
0:07 customer: I would like to pay with my card, please.
0:11 agent: Sure, what is the card number?
0:14 customer: It is 4532 0151 1283 0366.
0:20 agent: Thank you, goodbye.
"""
COLUMNS = ["call_id", "verdict", "model_id", "channels", "sample_rate", "error", "failure", "language", "duration_s"]


@dataclass(frozen=True)
class Row:
    call_id: str
    verdict: str
    model_id: str | None
    channels: int | None
    sample_rate: int | None
    error: str | None
    failure: str | None
    language: str | None
    duration_s: float | None


@dataclass(frozen=True)
class LoadWithoutMeaning:
    """The detectors without the model for sentences, which these calls do not need."""

    policy: object
    names: dict
    key: object

    def __call__(self):
        detectors = Detectors(PersonalDataDetector(), self.key)
        return partial(engines._read, policy=self.policy, detectors=detectors, names=self.names)


@pytest.fixture
def given(tmp_path, monkeypatch):
    """A folder for transcripts, which lie there as if for a while."""
    monkeypatch.setenv("SCANNER_HMAC_KEY", "0123456789abcdef")
    monkeypatch.setattr(engines, "LoadReading", LoadWithoutMeaning)
    folder = tmp_path / "given"
    folder.mkdir()

    def write(name, content):
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    return folder, write


def run(*arguments):
    return CliRunner().invoke(cli, [str(a) for a in arguments])


def scan(folder, *more):
    return run("scan", folder, "--transcripts", "--out", folder.parent / "out", "--workers", 1, *more)


def rows(folder):
    return {r.call_id: r for r in Store(str(folder.parent / "out")).newest(COLUMNS, Row).values()}


def test_a_folder_of_transcripts(given):
    """Each is a call; a JSON beside a subtitle of its name is metadata, and what is no transcript is a failed row."""
    folder, write = given
    write("a.vtt", webvtt(parse_dialogue(CALL)))
    write("a.json", json.dumps({"caller_state": "CA", "call_id": "call-a"}))
    write("b.srt", srt(parse_dialogue(CALL)))
    write("c.json", call_analytics(parse_dialogue(CALL)))
    write("d.json", '{"private": "secret words"')
    write("e.vtt", "WEBVTT\n")
    write(
        "f.json", json.dumps({"language": "fr", "segments": [{"start": 0, "end": 2, "text": "Mon num\u00e9ro secret"}]})
    )
    write("g.wav", "no transcript")
    done = scan(folder)
    found = rows(folder)
    assert sorted(found) == ["b", "c", "call-a", "d", "e", "f"]
    assert {k: r.verdict for k, r in found.items()} == {
        "call-a": "violation",
        "b": "violation",
        "c": "violation",
        "d": "failed",
        "e": "needs_review",
        "f": "needs_review",
    }
    assert {r.model_id for r in found.values()} == {
        "transcript:webvtt",
        "transcript:srt",
        "transcript:amazon-call-analytics",
        "transcript:whisper",
        None,
    }
    assert {(r.channels, r.sample_rate) for r in found.values()} == {(None, None)}
    assert "damaged or cut off" in found["d"].error
    assert done.exit_code == 2
    for path in (folder.parent / "out").rglob("*.parquet"):
        assert b"secret" not in path.read_bytes()
        assert b"4532" not in path.read_bytes()
    assert "secret" not in done.output
    rules = {f["rule"] for f in Store(str(folder.parent / "out")).findings(["rule"]).to_pylist()}
    assert rules >= {"card_number_recorded", "unsupported_language", "no_speech"}


def test_what_is_done_is_done(given):
    """The next run reads only what is new, has changed, failed, or is now read with other names."""
    folder, write = given
    write("a.vtt", webvtt(parse_dialogue(CALL), {"agent": "Dana", "customer": "Lee"}))
    write("b.srt", srt(parse_dialogue(CALL)))
    write("d.json", "{")
    assert "3 scanned" in scan(folder).output
    assert "1 scanned, 2 done before" in scan(folder).output
    write("c.vtt", webvtt(parse_dialogue(CALL)))
    write("d.json", whisperx(parse_dialogue(CALL)))
    assert "2 scanned, 2 done before" in scan(folder).output
    assert "4 scanned" in scan(folder, "--speaker", "Dana=agent", "--speaker", "Lee=customer").output
    assert "4 done before" in scan(folder, "--speaker", "lee=customer", "--speaker", "DANA=agent").output


def test_a_transcript_that_was_taken_for_a_recording_is_read_after_all(given, monkeypatch):
    """That it could not be decoded is no reason not to read it."""
    from batch_fakes import FakeLoad

    folder, write = given
    path = write("a.vtt", "undecodable")
    monkeypatch.setattr(engines, "ear", lambda model, policy: engines.Ear("fake-1", "detector-1"))
    monkeypatch.setattr(
        engines, "LoadHearing", lambda model, policy, key, _wanted: FakeLoad(str(folder.parent / "log"), policy.id)
    )
    run("scan", path, "--out", folder.parent / "out", "--workers", 1)
    assert rows(folder)["a"].failure == "undecodable"
    assert "1 scanned" in scan(folder).output
    assert rows(folder)["a"].failure == "unreadable"


def test_a_manifest_names_transcripts(given):
    """One transcript for each call, named in `file`, with whatever ending."""
    folder, write = given
    write("one.txt", srt(parse_dialogue(CALL)))
    manifest = write("manifest.csv", "call_id,file,caller_state\nfirst,one.txt,TX\nsecond,two.txt,TX\n")
    run("scan", "--transcripts", "--manifest", manifest, "--out", folder.parent / "out", "--workers", 1)
    found = rows(folder)
    assert (found["first"].verdict, found["first"].model_id) == ("violation", "transcript:srt")
    assert found["second"].failure == "missing"


def test_one_transcript_is_checked_by_its_ending(given):
    """`scanner check` says that it was read and not heard."""
    _, write = given
    path = write("call.srt", srt(parse_dialogue(CALL)))
    done = run("check", path, "--set", "caller_state=CA")
    assert done.exit_code == 1
    assert "transcript    0:20" in done.output
    assert "not heard: transcript:srt" in done.output
    assert "card_number_recorded" in done.output
    assert (
        json.loads(run("check", write("call", srt(parse_dialogue(CALL))), "--transcripts", "--json").stdout)["channels"]
        is None
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ["--transcripts", "--speaker", "Rep"],
        ["--transcripts", "--speaker", "Rep=boss"],
        ["--transcripts", "--speaker", "=agent"],
        ["--transcripts", "--model", "base"],
        ["--speaker", "Rep=agent"],
    ],
)
def test_options_that_do_not_fit_are_refused(given, wrong):
    """Before anything is read."""
    folder, write = given
    write("a.srt", srt(parse_dialogue(CALL)))
    assert run("scan", folder, "--out", folder.parent / "out", *wrong).exit_code == 2
    assert not (folder.parent / "out").exists()


def test_the_sides_of_open_voices_are_found_beside_told_ones(given):
    """ "Rep" is told, the two names are not: what they say tells the caller from the second agent."""
    folder, write = given
    call = parse_dialogue(
        """
        0:00 agent: Good morning, Harbor Dental, this is Priya, how can I help you?
        0:05 customer: Hi, I would like to cancel my appointment on Friday, please, I cannot make it.
        0:11 agent: One moment, I will put you through to my colleague.
        0:15 system: Hello, this is Sam from scheduling, this call is recorded. How can I help you?
        0:22 customer: I need to cancel my appointment, my son is ill.
        0:27 system: Sure, may I have your date of birth, please?
        0:31 customer: It is May the fourth nineteen eighty.
        """
    )
    names = {"agent": "Rep", "customer": "Lee", "system": "Sam Ray"}
    write("a.vtt", webvtt(call, names))
    out = run("check", folder / "a.vtt", "--json").stdout
    said = {t["text"].split()[0]: t["speaker"] for t in json.loads(out)["transcript"]}
    assert said["Good"] == "agent"
    assert said["Hi,"] == said["I"] == said["It"] == "customer"
    assert said["Hello,"] == said["Sure,"] == "agent"


def test_voices_without_a_label_are_found_beside_those_that_have_one(given):
    """Diarization leaves out a segment now and then: its words are of either side."""
    _, write = given
    content = json.loads(whisperx(parse_dialogue(CALL)))
    late = content["segments"][3]
    del late["speaker"]
    for word in late["words"]:
        word.pop("speaker", None)
    path = write("a.json", json.dumps(content))
    turns = json.loads(run("check", path, "--json").stdout)["transcript"]
    assert [t["speaker"] for t in turns] == ["agent", "customer", "agent", "customer", "agent"]


def test_transcripts_in_object_storage():
    """They are found by the same endings, and JSON beside a subtitle of its name is metadata there as well."""
    import fsspec

    from scanner.batch.find import find_recordings
    from scanner.transcripts import TRANSCRIPT_ENDINGS

    system = fsspec.filesystem("memory")
    for name in ("a.vtt", "a.json", "b.json", "c.wav"):
        system.pipe(f"/given-transcripts/{name}", b"x")
    found = find_recordings(["memory://given-transcripts"], endings=TRANSCRIPT_ENDINGS).found
    assert {uri.rsplit("/", 1)[1]: (f.sidecar or "").rsplit("/", 1)[-1] for uri, f in found.items()} == {
        "a.vtt": "a.json",
        "b.json": "",
    }


@pytest.mark.slow
def test_the_command_as_it_is_typed(tmp_path):
    """With all models of the detectors, in processes of its own: every format of the examples is read."""
    examples = Path(__file__).with_name("given")
    command = ["scan", str(examples), "--transcripts", "--out", str(tmp_path / "out")]
    environment = {**os.environ, "SCANNER_HMAC_KEY": "0" * 32}
    done = subprocess.run(
        [sys.executable, "-m", "scanner", *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    sources = {r.model_id for r in Store(str(tmp_path / "out")).newest(COLUMNS, Row).values()}
    assert sources == {
        f"transcript:{s}"
        for s in ("amazon-call-analytics", "amazon-contact-lens", "amazon-transcribe", "whisperx", "webvtt", "srt")
    }
