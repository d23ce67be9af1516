"""What a run that nobody watches tells: its record, metrics, a message by HTTP, a log; counts only, and it never fails by it."""

import json
import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from batch_fakes import Archive
from click.testing import CliRunner

from scanner.batch.lock import hold
from scanner.batch.metrics import prometheus_text, write_metrics
from scanner.batch.notify import Patience, check_url, post_summary, summary
from scanner.batch.record import RunRecord
from scanner.batch.runs import read_runs
from scanner.cli import cli
from scanner.cli.log import JsonLog, LoggedProgress
from scanner.errors import OutputError, UserError
from scanner.store import Store

NIGHT = datetime(2026, 3, 1, 2, 17, tzinfo=UTC)
QUICK = Patience(tries=3, timeout_s=20, backoff_s=0.01, limit_s=60)


def run_record(**changes):
    record = RunRecord("scan-night", NIGHT, "host-1", "1", 'us "x"\\', "ab" * 32, "base", "d", 2, state="finished")
    record.found, record.scanned, record.done_before, record.left, record.audio_s = 12, 7, 3, 2, 420.5
    record.verdicts.update({"violation": 4, "compliant": 5})
    record.count_failed("/calls/415-555-0123.wav", "undecodable", "/calls/415-555-0123.wav: no audio in it")
    record.durations_s["hear"] = 290.25
    for name, value in changes.items():
        setattr(record, name, value)
    record.ended_at = record.started_at + timedelta(minutes=5)
    return record


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def test_a_record_says_what_the_denominator_is(archive):
    """Every recording that was found is among those scanned, skipped, failed or left, by reason, and each step has its time."""
    archive.add("a.wav")
    archive.scan()
    archive.add("b.wav", "undisclosed")
    archive.add("c.wav", "undecodable")
    told = []
    record = archive.scan(ended=told.append)
    assert told == [record]
    (written,) = [r.content for r in read_runs(Store(str(archive.out))) if r.content["scan_id"] == record.scan_id]
    assert written["skipped"] == {"done before": 1}
    assert written["failures"] == {"undecodable": 1}
    assert (
        written["found"] == written["scanned"] + sum(written["skipped"].values()) == sum(written["verdicts"].values())
    )
    assert set(written["durations_s"]) == {"find", "plan", "judge", "hear"}
    assert 0 < written["durations_s"]["hear"] <= written["elapsed_s"] + 1
    assert written["host"] == socket.gethostname()
    assert {written[n] for n in ("scanner_version", "policy_id", "model_id", "detector_id")} == {
        "1",
        "us",
        "fake-1",
        "detector-1",
    }
    assert written["compute"] == {"fake int1": 1}
    assert ".wav" not in json.dumps(written)


def test_a_run_that_breaks_off_is_told_as_well_and_one_that_never_began_is_not(archive):
    """Whoever watches the metrics sees a broken run; a run that found the folder held did nothing to tell of."""
    archive.add("a.wav", "full")
    told = []
    with pytest.raises(OutputError):
        archive.scan(ended=told.append)
    assert [(r.state, r.left) for r in told] == [("broken", 1)]
    store = Store(str(archive.out))
    with hold(store, scan_id="other", now=NIGHT), pytest.raises(OutputError, match="is being written by"):
        archive.scan(ended=told.append)
    assert len(told) == 1


def test_runs_are_listed_and_a_killed_one_is_not_called_running(archive):
    """A record that says running is believed only while its run holds the folder."""
    archive.add("a.wav")
    archive.scan()
    store = Store(str(archive.out))
    run_record(state="running").write(store)

    def states():
        return {r.content["scan_id"]: r.state for r in read_runs(store)}

    (finished,) = states().keys() - {"scan-night"}
    assert states() == {finished: "finished", "scan-night": "killed"}
    with hold(store, scan_id="scan-night", now=NIGHT):
        assert states() == {finished: "finished", "scan-night": "running"}


def test_the_table_of_runs(tmp_path):
    """One line a run with counts, time and versions, and the newest run's failures by reason; --json has all of it."""
    store = Store(str(tmp_path / "out"))
    store.prepare()
    for day in range(3):
        run_record(scan_id=f"scan-{day}", started_at=NIGHT + timedelta(days=day), policy_id="us").write(store)
    done = CliRunner().invoke(cli, ["runs", str(tmp_path / "out"), "--last", "2"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[2].split()[:3] == ["started", "(UTC)", "run"]
    assert [line.split() for line in lines if "2026-03-0" in line] == [
        [day, "02:17", "scan", "finished", *"12 7 0 3 1 2 300".split(), "us", "1", "host-1"]
        for day in ("2026-03-02", "2026-03-03")
    ]
    assert any(line.split() == ["undecodable", "1"] for line in lines)
    content = json.loads(CliRunner().invoke(cli, ["runs", str(tmp_path / "out"), "--json"]).stdout)
    assert [run["scan_id"] for run in content] == ["scan-0", "scan-1", "scan-2"]


def test_no_runs_and_damaged_records_say_so(tmp_path):
    """An empty folder, and half a record, are errors that name the place."""
    out = tmp_path / "out"
    assert CliRunner().invoke(cli, ["runs", str(out)]).exit_code == 2
    (out / "runs").mkdir(parents=True)
    (out / "runs" / "x.json").write_text("{")
    done = CliRunner().invoke(cli, ["runs", str(out)])
    assert (done.exit_code, "x.json: is no run record" in done.stderr) == (2, True)


def test_prometheus_reads_the_metrics(tmp_path):
    """Its own parser finds every count with its labels, whatever the policy is called; no call is named."""
    from prometheus_client.parser import text_string_to_metric_families

    file = tmp_path / "scanner.prom"
    file.write_text("old")
    write_metrics(file, run_record())
    families = {f.name: f for f in text_string_to_metric_families(file.read_text())}
    samples = [s for f in families.values() for s in f.samples]
    assert {s.labels.pop("kind") for s in samples} == {"scan"}
    found = {(s.name, *s.labels.values()): s.value for s in samples}
    assert all(f.type == "gauge" and f.documentation for f in families.values())
    assert families["scanner_run_info"].samples[0].labels["policy_id"] == 'us "x"\\'
    assert found["scanner_run_success",] == 1
    assert found["scanner_run_ended_timestamp_seconds",] == (NIGHT + timedelta(minutes=5)).timestamp()
    assert found["scanner_run_step_duration_seconds", "hear"] == 290.25
    assert [found["scanner_recordings", o] for o in ("scanned", "done_before", "left")] == [7, 3, 2]
    assert [found["scanner_calls", v] for v in ("violation", "needs_review", "failed", "compliant")] == [4, 0, 1, 5]
    assert [found["scanner_failures", r] for r in ("undecodable", "timeout")] == [1, 0]
    assert "555" not in file.read_text()
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    stopped = {f.name: f for f in text_string_to_metric_families(prometheus_text(run_record(state="broken")))}
    assert stopped["scanner_run_success"].samples[0].value == 0


def test_metrics_are_whole_or_not_there(tmp_path, monkeypatch):
    """A write that fails leaves the old file, and nothing beside it."""
    file = tmp_path / "scanner.prom"
    file.write_text("old")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"scanner\.prom: cannot be written \(No space left on device\)"):
        write_metrics(file, run_record())
    monkeypatch.undo()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("scanner.prom", "old")]
    with pytest.raises(OutputError, match="No such file"):
        write_metrics(tmp_path / "nowhere" / "scanner.prom", run_record())


@contextmanager
def server(*answers):
    """A real server that answers so, one after the other, the last again and again: a code, a wait in s, or `hang`."""
    taken = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(
                (time.monotonic(), self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            )
            answer = answers[min(len(taken), len(answers)) - 1]
            if answer == "hang":
                over.wait(20)
                return
            if answer == "trickle":
                self.wfile.write(b"HTTP/1.1 ")
                while not over.wait(0.1):
                    self.wfile.write(b"2")
                return
            self.send_response(answer)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/hook?token=s3cret", taken
    finally:
        over.set()
        made.shutdown()
        made.server_close()


def test_the_summary_holds_counts_and_names_no_call():
    """What leaves the machine: numbers, versions, the host."""
    with server(200) as (url, taken):
        assert post_summary(url, run_record(), patience=QUICK) is None
    ((_, path, body),) = taken
    assert path == "/hook?token=s3cret"
    assert (body["found"], body["failures"], body["verdicts"]["violation"]) == (12, {"undecodable": 1}, 4)
    assert body["text"].startswith(
        "Scan scan-night on host-1 finished: 12 recordings, 7 scanned, 1 failed, 2 left (5 comp"
    )
    assert "wav" not in json.dumps(body)
    assert "error" not in summary(run_record(state="broken", error="/calls/415-555-0123.wav: gone"))


def test_a_server_in_trouble_is_asked_again_with_growing_waits():
    """500 and 429 may pass; what is refused for good is not repeated, and a redirect is not followed."""
    with server(500, 429, 204) as (url, taken):
        assert post_summary(url, run_record(), patience=Patience(3, 20, 0.1, 60)) is None
        first, second, third = (at for at, _, _ in taken)
        assert second - first >= 0.1
        assert third - second >= 0.2
    for code, tries in ((500, 3), (403, 1), (302, 1)):
        with server(code) as (url, taken):
            why = post_summary(url, run_record(), patience=QUICK)
            assert f"answered {code}" in why
            assert "s3cret" not in why
            assert len(taken) == tries


def test_a_server_that_hangs_or_is_not_there_costs_only_its_time():
    """No answer, half an answer for ever, nobody listening, no such host: said in a word, within the limit."""
    patience = Patience(tries=2, timeout_s=1, backoff_s=0.01, limit_s=20)
    with server("hang") as (url, taken):
        assert post_summary(url, run_record(), patience=patience) == "TimeoutError, after 2 tries"
        assert len(taken) == 2
    with server("trickle") as (url, _):  # without the limit it would last for ever
        assert post_summary(url, run_record(), patience=replace(patience, limit_s=2)) == "no answer within 2 s"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert post_summary(f"http://127.0.0.1:{port}/", run_record(), patience=patience) == (
        "Connection refused, after 2 tries"
    )
    assert "after 2 tries" in post_summary("http://nowhere.invalid/", run_record(), patience=patience)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/", "http://", "example.com/s3cret", "http://[s3cret"]
)
def test_only_web_addresses_are_taken(url):
    """A mistyped address is found before the run, and not repeated: it may hold a secret."""
    with pytest.raises(UserError, match="--notify-url: not an http") as raised:
        check_url(url)
    assert "s3cret" not in str(raised.value)


def test_the_command_tells_all_of_them_and_does_not_fail_by_it(tmp_path):
    """A scan whose metrics have no place and whose summary nobody takes ends as it would without; its log is JSON throughout."""
    recording = tmp_path / "415-555-0123.wav"
    recording.write_text("no audio")
    os.utime(recording, (1, 1))
    common = [sys.executable, "-m", "scanner", "scan", str(recording), "--out", str(tmp_path / "out"), "--workers", "1"]
    environment = {**os.environ, "SCANNER_HMAC_KEY": "0" * 64}

    def scan(*more):
        return subprocess.run([*common, *more], env=environment, capture_output=True, text=True, check=False)

    with server(403) as (url, taken):
        done = scan(
            *("--retry-failed", "--metrics", str(tmp_path / "nowhere" / "x.prom")),
            *("--notify-url", url, "--log-format", "json"),
        )
    assert (done.returncode, done.stdout) == (2, "")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in events] == [
        *("planned", "call_failed", "run_ended", "metrics_not_written", "not_notified"),
    ]
    assert events[2]["failures"] == {"undecodable": 1}
    assert len(taken) == 1
    assert "s3cret" not in done.stderr
    done = scan("--metrics", str(tmp_path / "x.prom"))
    assert (done.returncode, "1 done before" in done.stdout) == (2, True)
    assert 'scanner_recordings{kind="scan",outcome="done_before"} 1' in (tmp_path / "x.prom").read_text()
    done = scan("--policy", "nosuch", "--log-format", "json")
    (error,) = map(json.loads, done.stderr.splitlines())
    assert (done.returncode, error["level"], error["event"]) == (2, "error", "command_failed")


def test_a_log_says_how_far_a_run_is_now_and_then(tmp_path):
    """Some lines a minute, whatever the number of calls."""
    from scanner.batch import Outcome
    from scanner.batch.plan import Plan

    times = iter(range(0, 10_000, 4))
    file = (tmp_path / "log").open("w+")
    progress = LoggedProgress(JsonLog(file, lambda: NIGHT), clock=lambda: float(next(times)))
    with progress:
        progress.planned(Plan())
        for i in range(20):
            progress.finished(Outcome(f"/calls/{i}.wav", str(i), "compliant", 10.0))
    file.seek(0)
    events = [json.loads(line) for line in file]
    assert Counter(e["event"] for e in events) == {"planned": 1, "progress": 2}
    assert events[1]["done"] == 8
    assert "wav" not in json.dumps(events)
