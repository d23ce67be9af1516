import json
import os
import re
import resource
import signal
import subprocess
import sys
import time

import pytest
from batch_fakes import Archive, FakeLoad, start_scanner
from click.testing import CliRunner

import scanner
from scanner.batch import engines
from scanner.batch.processes import memory_in_use
from scanner.batch.record import RunRecord
from scanner.cli import cli
from scanner.cli.printing import clock, plain_table
from scanner.cli.progress import Progress
from scanner.cli.scan import exit_code
from scanner.errors import ModelError
from scanner.report import Section
from scanner.store import Store

EAR = engines.Ear("fake-1", "detector-1")


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """An archive that is heard by fakes instead of models, with a key of its own."""
    made = Archive(tmp_path)
    monkeypatch.setenv("SCANNER_HMAC_KEY", "0123456789abcdef")
    monkeypatch.setattr(engines, "ear", lambda model, policy: EAR)
    monkeypatch.setattr(engines, "LoadHearing", lambda model, policy, key, _wanted: FakeLoad(str(made.log), policy.id))
    return made


def run(*arguments):
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


def scan(archive, *more):
    return run("scan", archive.calls, "--out", archive.out, "--workers", 1, *more)


# --- the command line itself


def every_command(group=cli, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from every_command(command, (*path, name))
        else:
            yield pytest.param((*path, name), command, id=" ".join((*path, name)))


@pytest.mark.parametrize(("path", "command"), list(every_command()))
def test_every_command_explains_itself(path, command):
    """One sentence, an example that begins with the command, and a text for each option."""
    shown = run(*path, "--help").output
    assert re.search(r"Example:\n\s+scanner " + " ".join(path), shown)
    assert all(p.help for p in command.params if p.param_type_name == "option")


def test_help_is_quick():
    """No model and no table is loaded to explain a command. Counted in processor time: others use the machine too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "scanner", "--help"], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.3


def test_the_version_is_told():
    assert run("--version").output == f"scanner {scanner.__version__}\n"


@pytest.mark.parametrize("wrong", [["nothing"], ["scan"], ["scan", "x.wav"], ["check"], ["scan", "--out", "x"]])
def test_a_mistyped_command_ends_with_2(wrong):
    assert run(*wrong).exit_code == 2


# --- check


@pytest.mark.parametrize(
    ("content", "pairs", "code", "verdict"),
    [
        ("disclosed", [], 0, "COMPLIANT"),
        ("silence", [], 1, "VIOLATION"),
        ("silence", ["--set", "caller_state=TX"], 0, "COMPLIANT"),
    ],
)
def test_check_says_the_verdict_and_ends_with_its_code(archive, content, pairs, code, verdict):
    """0 compliant, 1 violation; what --set says counts."""
    result = run("check", archive.add("call.wav", content), *pairs)
    assert result.exit_code == code
    assert result.output.startswith(f"call: {verdict}")
    assert ("missing_recording_disclosure" in result.output) == (code == 1)
    assert "\x1b" not in result.output


def test_check_reads_what_is_known_of_the_call(archive):
    """The file beside the recording, or the one that is named; --set over both."""
    call = archive.add("call.wav", "silence")
    archive.add("call.json", '{"caller_state": "TX", "call_id": "c-1"}')
    other = archive.add("other.json", '{"caller_state": "CA"}')
    assert "US-TX, from the metadata" in run("check", call).output
    assert run("check", call).output.startswith("c-1: ")
    assert "US-CA, from the metadata" in run("check", call, "--metadata", other).output
    assert "US-NY, from the metadata" in run("check", call, "--set", "caller_state=NY").output


def test_check_gives_json_with_the_columns_of_the_tables(archive):
    """The same names and units as in Parquet; the caller's number is not among them."""
    call = archive.add("call.wav", "silence")
    result = run("check", call, "--json", "--set", "caller_number=+14155550123", "--set", "started_at=2026-03-01")
    shown = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (shown["verdict"], shown["started_at"]) == ("violation", "2026-03-01T00:00:00+00:00")
    assert shown["findings"][0]["rule"] == "missing_recording_disclosure"
    assert shown["findings"][0]["finding_id"]
    assert "4155550123" not in result.output


@pytest.mark.parametrize(
    ("content", "reason"), [("undecodable", "no audio in it"), ("unreadable", "denied"), ("bug", "ValueError")]
)
def test_check_says_what_could_not_be_done(archive, content, reason):
    """On stderr, in one line, with code 2; as JSON it is a failed call."""
    call = archive.add("call.wav", content)
    result = run("check", call)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert json.loads(run("check", call, "--json").stdout)["verdict"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "caller_stat=CA"], "--set: caller_stat: unknown column"),
        (["--metadata", "nowhere.json"], "nowhere.json: no such file"),
        (["--policy", "nowhere.yaml"], "nowhere.yaml: no such policy"),
    ],
)
def test_check_refuses_what_it_does_not_understand(archive, arguments, message):
    result = run("check", archive.add("call.wav"), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"scanner: {message}")


# --- scan


def test_scan_summarizes_and_ends_with_its_code(archive):
    """0 all scanned; 2 some failed, each with its reason."""
    archive.add("a.wav")
    archive.add("b.wav", "silence")
    good = scan(archive)
    assert good.exit_code == 0
    assert good.stdout.startswith("2 recordings: 2 scanned (")
    assert re.search(r"violation +1 +50\.0 %", good.stdout)
    assert re.search(r"missing_recording_disclosure +violation +\w+ +1 +1", good.stdout)
    archive.add("c.wav", "undecodable")
    bad = scan(archive)
    assert bad.exit_code == 2
    assert "3 recordings: 1 scanned, 2 done before; 1 failed (" in bad.stdout
    assert f"failed: {archive.calls}/c.wav: no audio in it" in bad.stderr


def record(**verdicts):
    made = RunRecord("s", None, "h", "1", "us", "x", "m", "d", 1)
    made.verdicts.update(verdicts)
    made.failed = verdicts.get("failed", 0)
    return made


@pytest.mark.parametrize(
    ("verdicts", "fail_on", "code"),
    [
        ({"compliant": 3}, None, 0),
        ({"compliant": 3}, "violation", 0),
        ({"violation": 3}, None, 0),
        ({"violation": 3}, "violation", 1),
        ({"needs_review": 3}, "violation", 0),
        ({"needs_review": 3}, "needs_review", 1),
        ({"violation": 3}, "needs_review", 1),
        ({"failed": 1}, "violation", 2),
        ({"failed": 1, "violation": 1}, None, 2),
        ({"failed": 1, "violation": 1}, "violation", 1),
        ({}, "violation", 0),
    ],
)
def test_exit_codes(verdicts, fail_on, code):
    """A violation that one asked to fail on outranks a failure; a failure is never all well."""
    assert exit_code(record(**verdicts), fail_on) == code


def test_what_was_done_before_counts_for_the_exit_code(archive):
    """A second run that finds nothing new does not clear the archive."""
    archive.add("b.wav", "silence")
    assert scan(archive, "--fail-on", "violation").exit_code == 1
    assert scan(archive, "--fail-on", "violation").exit_code == 1


def test_scan_reads_a_manifest(archive):
    archive.add("a.wav", "silence")
    (archive.calls / "m.csv").write_text("file,caller_state\na.wav,TX\ngone.wav,TX\n")
    result = scan(archive, "--manifest", archive.calls / "m.csv")
    assert result.exit_code == 2
    assert "gone.wav: named in the manifest, but not there" in result.stderr
    assert Store(str(archive.out)).calls(["verdict"]).to_pydict() == {"verdict": ["compliant", "failed"]}


@pytest.mark.parametrize("case", ["empty folder", "no such folder", "unwritable", "unknown column", "policy"])
def test_what_cannot_be_scanned_is_one_clear_line(archive, case):
    """Exit code 2, one line that names the place, no traceback, and nothing that looks like a result."""
    if case not in {"empty folder", "no such folder"}:
        archive.add("a.wav")
    arguments, message = [], ""
    if case == "empty folder":
        message = f"{archive.calls}: no recordings there"
    elif case == "no such folder":
        archive.calls.rmdir()
        message = f"{archive.calls}: no such file or folder"
    elif case == "unwritable":
        archive.out.write_text("")
        message = f"{archive.out}: cannot be written"
    elif case == "unknown column":
        (archive.calls / "m.csv").write_text("file,caller_stat\na.wav,CA\n")
        arguments, message = ["--manifest", archive.calls / "m.csv"], "line 1: caller_stat: unknown column"
    else:
        arguments, message = ["--policy", "x.yaml"], "x.yaml: no such policy"
    result = scan(archive, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("scanner: ")
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_model_that_is_not_there_is_one_clear_line(archive, monkeypatch):
    archive.add("a.wav")

    def missing(model, policy):
        raise ModelError("no model; install the extra named models")

    monkeypatch.setattr(engines, "ear", missing)
    result = scan(archive)
    assert (result.exit_code, result.stderr) == (2, "scanner: no model; install the extra named models\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_within_seconds_and_keeps_what_is_done(archive, number):
    """The signal goes to the whole group, as a terminal sends it; the next run does the rest."""
    for i in range(40):
        archive.add(f"{i:02}.wav", "slow")
    process = start_scanner(archive, "scan", archive.calls, "--out", archive.out, "--workers", 2)
    while len(archive.heard()) < 8:
        time.sleep(0.05)
        assert process.poll() is None, process.stderr.read()
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=20)  # seconds, also on a machine that has much else to do
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert out.startswith("stopped; 40 recordings: ")
    kept = len(Store(str(archive.out)).calls(["verdict"]))
    assert f"{kept} scanned, {40 - kept} left for the next run" in out
    assert 0 < kept < 40
    assert "40" in scan(archive).stdout
    assert len(Store(str(archive.out)).calls(["verdict"])) == 40


# --- report, policy


def test_report_shows_the_tables(archive):
    archive.add("a.wav", "silence")
    scan(archive)
    result = run("report", archive.out)
    assert result.exit_code == 0
    for heading in ("Verdicts", "Rules", "Jurisdictions", "Agents"):
        assert f"\n{heading}\n" in result.stdout


def test_report_of_nothing_is_an_error(tmp_path):
    """ "Could not look" must never read as "found nothing"."""
    result = run("report", tmp_path / "nothing")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing was scanned into this folder" in result.stderr


def test_rejudge_judges_an_archive_by_another_policy(archive):
    """No recording is opened: they are gone; rows say by which policy they are judged now, and metrics how many."""
    archive.add("a.wav", "silence")
    archive.add("a.json", '{"caller_state": "TX"}')
    archive.add("b.wav", "undecodable")
    scan(archive)
    for path in archive.calls.iterdir():
        path.unlink()
    strict = archive.calls / "strict.yaml"
    strict.write_text("id: strict\ntitle: Strict\nextends: us\nrecording_disclosure:\n  where: everywhere\n")
    metrics = archive.calls / "rejudge.prom"
    result = run("rejudge", archive.out, "--policy", strict, "--metrics", metrics)
    assert result.exit_code == 0
    told = metrics.read_text().splitlines()
    assert 'scanner_recordings{kind="rejudge",outcome="judged_again"} 1' in told
    assert 'scanner_run_success{kind="rejudge"} 1' in told
    assert result.stdout.startswith("1 judged again, 1 left as they are")
    rows = Store(str(archive.out)).calls(["call_id", "verdict", "policy_id"]).to_pylist()
    judged = {r["call_id"]: (r["verdict"], r["policy_id"]) for r in rows}
    assert judged == {"a": ("violation", "strict"), "b": ("failed", "us")}
    assert run("rejudge", archive.out, "--policy", strict).stdout.startswith("0 judged again, 2 left")
    assert run("rejudge", archive.calls, "--policy", strict).exit_code == 2


def test_policy_check_and_show(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("id: mine\ntitle: Ours\nextends: us\nrecording_disclosure:\n  deadline_s: 10\n")
    good = run("policy", "check", mine)
    assert (good.exit_code, good.stdout.split(" (")[0]) == (0, f"{mine}: good: mine, Ours")
    shown = run("policy", "show", mine).stdout
    assert "deadline_s: 10.0" in shown
    (tmp_path / "again.yaml").write_text(shown)
    assert run("policy", "check", tmp_path / "again.yaml").exit_code == 0
    mine.write_text("id: mine\ntitle: Ours\nextends: us\nrecording_disclosure:\n  dead_line: 10\n")
    bad = run("policy", "check", mine)
    assert bad.exit_code == 2
    assert "recording_disclosure.dead_line" in bad.stderr


def test_models_are_listed_and_verified(monkeypatch):
    """A model that is missing or damaged says so, and verifying ends with 2."""
    from scanner.asr import models

    good = models.ModelStatus("base", "speech", "ab" * 32, 145_000_000, ("base-package",))
    bad = models.ModelStatus("tiny.en", "speech", "cd" * 32, 75_000_000, ("tiny-package",), "not installed")
    monkeypatch.setattr(models, "list_models", lambda: (good, bad))
    monkeypatch.setattr(models, "verify_models", lambda: (good,))
    listed = run("models", "list")
    assert listed.exit_code == 0
    assert re.search(r"base +speech +145 MB +abababababababab +installed\n", listed.stdout)
    assert re.search(r"tiny.en .* not installed\n", listed.stdout)
    verified = run("models", "verify")
    assert (verified.exit_code, "verified" in verified.stdout) == (0, True)
    monkeypatch.setattr(models, "verify_models", lambda: (good, bad))
    assert run("models", "verify").exit_code == 2


# --- what is shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0.0, "0:00"), (59.9, "0:59"), (61.0, "1:01"), (3600.0, "1:00:00"), (7325.0, "2:02:05")],
)
def test_times_are_shown_as_people_say_them(seconds, shown):
    assert clock(seconds) == shown


def test_plain_tables_line_up():
    lines = plain_table(Section("Verdicts", ("verdict", "calls"), (("violation", "7"), ("compliant", "120"))))
    assert lines == ["verdict    calls", "violation      7", "compliant    120"]


class Stream:
    def __init__(self):
        self.text = ""

    def isatty(self):
        return False

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress_tells_rate_and_time_left_now_and_then():
    """A line every half minute where there is no terminal; time left follows the length of what is left."""
    from scanner.batch import Item, Outcome
    from scanner.batch.plan import Plan
    from scanner.calls import CallInfo

    at = [0.0]
    stream = Stream()
    items = [Item(f"/{i}.wav", CallInfo(), size=16000 * 100 * (3 if i == 0 else 1)) for i in range(2)]
    with Progress(stream, now=lambda: at[0]) as progress:
        progress.planned(Plan(hear=items))
        assert stream.text == "2 to scan\n"
        at[0] = 31.0
        progress.tick()
        assert stream.text.endswith("0 of 2 calls, loading the models\n")
        at[0] = 60.0
        progress.finished(Outcome("/0.wav", "0", "compliant", 300.0))
        assert stream.text.count("\n") == 2
        at[0] = 62.0
        progress.tick()
    assert stream.text.endswith("1 of 2 calls, 4.8 h of audio per hour, 0:20 left\n")


def test_memory_in_use_is_plausible():
    assert 10e6 < memory_in_use() < 10e9
