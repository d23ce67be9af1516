"""Archives in S3, on a real server that fails when it is told to."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from batch_fakes import POLICY, STRICT, Archive, now
from fsspec.registry import _registry
from sample_calls import SAMPLES

from scanner.batch import Limits, RunOptions, run_scan
from scanner.batch.find import find_recordings
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.batch.run import Nobody
from scanner.errors import ManifestError, OutputError, UserError
from scanner.manifest import read_manifest
from scanner.store import Store

ODD = [
    "a b.wav",
    "ü ñ 日本.wav",
    "c#1.wav",
    "d?x=1.wav",
    "e%20f.wav",
    "g+h&i=j.wav",
    "k::l.wav",
    "[m].wav",
    "n//o.wav",
    "p'q\"r.wav",
]


def rows(archive, *columns):
    """The newest row of each recording by its key below calls/."""
    table = Store(str(archive.out)).calls(["recording_uri", "call_id", "verdict", "failure", "error", *columns])
    return {r["recording_uri"].removeprefix(f"{archive.calls}/"): r for r in table.to_pylist()}


def all_rows(archive):
    return [r for t in Store(str(archive.out)).history(["recording_uri", "verdict"]) for r in t.to_pylist()]


pytestmark = pytest.mark.slow  # servers and processes


# --- what is found


def test_any_name_is_read_as_it_is(archive):
    """Spaces, signs of URIs and of globs, other scripts, empty folder names: each recording has its row, under its own name."""
    for name in ODD:
        archive.add(name)
    archive.scan()
    assert {name: r["verdict"] for name, r in rows(archive).items()} == dict.fromkeys(ODD, "compliant")
    assert sorted(archive.heard()) == sorted(n.rpartition("/")[2] for n in ODD)
    assert archive.scan().done_before == len(ODD)


def test_a_folder_ends_at_its_slash_and_globs_mean_what_they_mean_on_disk(s3):
    """`calls` does not lead to `calls-old`; a file that is named like a glob is that file."""
    for key in ("calls/a.wav", "calls/b/c.MP3", "calls/n.txt", "calls/._a.wav", "calls-old/z.wav", "calls/[x].wav"):
        s3.put(key)

    def found(place):
        return sorted(u.removeprefix(s3.uri()) for u in find_recordings([s3.uri(place)]).found)

    assert found("calls") == found("calls/") == ["calls/[x].wav", "calls/a.wav", "calls/b/c.MP3"]
    assert found("calls/*.wav") == ["calls/[x].wav", "calls/a.wav"]
    assert found("**/?.[wM]*") == ["calls-old/z.wav", "calls/a.wav", "calls/b/c.MP3"]
    assert found("calls/[x].wav") == ["calls/[x].wav"]
    assert found("calls/n.txt") == ["calls/n.txt"]
    assert found("") == ["calls-old/z.wav", "calls/[x].wav", "calls/a.wav", "calls/b/c.MP3"]
    assert find_recordings([s3.uri("nowhere"), s3.uri("no.wav")]).missing == (s3.uri("nowhere"), s3.uri("no.wav"))


@pytest.mark.parametrize("count", [2, 20])
def test_a_manifest_in_s3_names_recordings_there(archive, count):
    """Few or many, also outside its folder; what it says is known of each, and what is not there has its row."""
    lines = ["file,caller_state"]
    for i in range(count):
        archive.add(f"{i} #{i}.wav", "silence")
        lines.append(f"../calls/{i} #{i}.wav,{'NY' if i else 'CA'}")
    archive.s3.put("lists/manifest.csv", "\n".join([*lines, "../calls/gone.wav,CA"]))
    manifest = read_manifest(archive.s3.uri("lists/manifest.csv"))
    settings = archive.settings()
    run_scan([], settings=settings, policy=POLICY, model_id="fake-1", detector_id="detector-1", manifest=manifest)
    found = rows(archive)
    assert found.pop("gone.wav")["failure"] == "missing"
    verdicts = {f"{i} #{i}.wav": "compliant" if i else "violation" for i in range(count)}
    assert {name: r["verdict"] for name, r in found.items()} == verdicts


def test_a_sidecar_in_s3_is_read(archive):
    """Beside the recording, however that was named; one that cannot be read fails the call, and not the run."""
    archive.add("a.wav", "silence")
    archive.add("a.json", '{"caller_state": "NY", "call_id": "one"}')
    archive.add("b.wav", "silence")
    archive.add("b.json", "{")
    for inputs in ((), (archive.calls + "/a.wav",), (archive.calls + "/*.wav",)):
        archive.scan(*inputs)
        found = rows(archive)
        assert (found["a.wav"]["call_id"], found["a.wav"]["verdict"]) == ("one", "compliant")
    assert found["b.wav"]["failure"] == "metadata"


# --- tables


def test_the_tables_are_those_of_a_scan_to_disk(archive, tmp_path):
    """Same recordings, same rows but for where and when."""
    here = Archive(tmp_path)
    for name, content in (("a.wav", "disclosed"), ("b/c.wav", "silence"), ("d.wav", "undecodable")):
        archive.add(name, content)
        here.add(name, content)
    archive.scan()
    here.scan()
    differing = {"recording_uri", "scan_id", "scanned_at", "file_mtime_ns", "error"}

    def tables(of):
        store = Store(str(of.out))
        calls = [{k: v for k, v in r.items() if k not in differing} for r in store.calls().to_pylist()]
        findings = [{k: v for k, v in r.items() if k not in differing} for r in store.findings().to_pylist()]
        return sorted(calls, key=str), sorted(findings, key=str)

    assert tables(archive) == tables(here)
    assert len(tables(here)[0]) == 3


def test_only_what_is_new_is_heard(archive):
    """By size and time of change; new bytes under an old name are heard, a copy is recognised by its bytes."""
    archive.add("a.wav")
    archive.add("b.wav", "silence")
    archive.scan()
    assert archive.scan().done_before == 2
    time.sleep(1.1)  # S3 tells whole seconds
    archive.add("a.wav", "disclosed no more")
    archive.s3.client.copy(f"{archive.s3.bucket}/calls/b.wav", f"{archive.s3.bucket}/calls/c.wav")
    record = archive.scan()
    assert (record.scanned, record.recognised, record.done_before) == (1, 1, 1)
    assert archive.heard() == ["a.wav", "b.wav", "a.wav"] or archive.heard() == ["b.wav", "a.wav", "a.wav"]
    assert rows(archive, "copy_of")["c.wav"]["copy_of"] == f"{archive.calls}/b.wav"


def test_another_policy_judges_the_tables_in_place(archive):
    """`rejudge` reads and writes them there."""
    archive.add("a.wav")
    archive.scan()
    told = Rejudging("again", datetime(2026, 3, 2, tzinfo=UTC).date(), "1", STRICT, now)
    assert rejudge(str(archive.out), told).judged_again == 1
    assert rows(archive, "policy_id")["a.wav"]["policy_id"] == STRICT.id


def test_the_review_page_sees_what_a_later_run_wrote(archive):
    """A listing is never an old one."""
    from scanner.review.archive import Archive as Reviewed

    archive.add("a.wav", "silence")
    archive.scan()
    reviewed = Reviewed(str(archive.out), secret=b"x")
    assert len(reviewed.snapshot()) == 1
    archive.add("b.wav", "silence")
    archive.scan()
    snapshot = reviewed.snapshot(afresh=True)
    assert len(snapshot) == 2
    assert reviewed.call(snapshot, 0).findings[0][1].rule == "missing_recording_disclosure"


# --- who holds it


HOLD = """
import sys, time
from datetime import UTC, datetime
from scanner.batch.lock import hold
from scanner.store import Store
with hold(Store(sys.argv[1]), scan_id=sys.argv[2], now=datetime.now(UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(archive, name="other"):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, archive.out, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_a_second_run_says_who_holds_the_folder(archive):
    """And starts as soon as that one has ended, however it ended."""
    archive.add("a.wav")
    for end in ("killed", "finished"):
        with holder(archive) as other:
            assert other.stdout.readline() == "held\n"
            with pytest.raises(OutputError, match=f"is being written by process {other.pid} on "):
                archive.scan()
            if end == "killed":
                other.kill()
            else:
                other.stdin.close()
            other.wait()
        assert archive.scan().state == "finished"
    assert len(all_rows(archive)) == 1


def test_of_many_that_start_at_once_one_holds_the_folder(archive):
    """All others say so and end; the storage decides."""
    contenders = [holder(archive, f"run-{i}") for i in range(4)]
    held = [c.stdout.readline() for c in contenders if c.poll() is None]
    for contender in contenders:
        contender.stdin.close()
        contender.wait()
        contender.stdout.close()
    assert held.count("held\n") == 1
    assert sorted(c.returncode for c in contenders) == [0, 1, 1, 1]


# --- what goes wrong


def test_errors_that_pass_cost_nothing(archive):
    """Internal errors, broken connections, lost answers and slow ones: tried again, and each call has one row."""
    for i in range(4):
        archive.add(f"{i}.wav", "silence")
    archive.s3.faults(
        {"method": "GET", "key": "0.wav", "status": 500},
        {"method": "GET", "key": "1.wav", "cut": "before"},
        {"method": "GET", "key": "2.wav", "delay_s": 1},
        {"method": "PUT", "key": "out/findings", "status": 503},
        {"method": "PUT", "key": "out/calls", "cut": "after"},
        {"method": "PUT", "key": "out/_locks", "cut": "after"},
    )
    record = archive.scan()
    assert record.verdicts == {"violation": 4}
    assert len(all_rows(archive)) == 4
    store = Store(archive.out)
    assert {p.key for p in store.parts("calls")} == {p.key for p in store.parts("findings")}


def test_a_recording_that_the_server_does_not_give_fails_alone(archive):
    """With the reason; the next run tries it again."""
    archive.add("a.wav")
    archive.add("b.wav")
    archive.add("c.wav")
    archive.s3.faults({"method": "GET", "key": "a.wav", "status": 500, "times": 1000})
    archive.s3.forbid("s3:GetObject", f"{archive.s3.bucket}/calls/c.wav")
    archive.scan()
    found = rows(archive)
    assert (found["a.wav"]["failure"], found["b.wav"]["verdict"]) == ("unreadable", "compliant")
    assert "internal error" in found["a.wav"]["error"]
    assert found["c.wav"]["error"] == f"{archive.calls}/c.wav: no permission to read it"
    archive.s3.faults()
    archive.s3.client.call_s3("delete_bucket_policy", Bucket=archive.s3.bucket)
    assert archive.scan().verdicts == {"compliant": 3}


@dataclass
class AfterListing(Nobody):
    """Does something when the recordings are found and not yet heard."""

    do: Callable[[], None]

    def planned(self, plan):
        self.do()


def test_a_recording_that_vanishes_after_it_was_found_fails(archive):
    """Between listing and reading; the others are scanned, and so is this one when it is back."""
    archive.add("a.wav")
    archive.add("b.wav")
    archive.scan(watcher=AfterListing(lambda: archive.s3.client.rm_file(f"{archive.s3.bucket}/calls/a.wav")))
    assert {name: r["failure"] for name, r in rows(archive).items()} == {"a.wav": "missing", "b.wav": None}
    archive.add("a.wav")
    archive.scan()
    assert rows(archive)["a.wav"]["verdict"] == "compliant"


def test_a_recording_that_was_replaced_since_it_was_found_is_left_for_the_next_run(archive):
    """The row would say of new bytes when the old ones were changed."""
    archive.add("a.wav")
    record = archive.scan(watcher=AfterListing(lambda: archive.add("a.wav", "disclosed instead")))
    assert (record.left, len(all_rows(archive))) == (1, 0)
    assert archive.scan().verdicts == {"compliant": 1}


def wait_for_heard(archive, count):
    until = time.monotonic() + 60
    while len(archive.heard()) < count and time.monotonic() < until:
        time.sleep(0.02)


def test_a_server_that_goes_away_ends_the_run_and_the_next_completes_it(archive):
    """With a clear message; what was written counts, nothing is lost or doubled, and no lock stays in the way."""
    for i in range(12):
        archive.add(f"{i:02}.wav", "slow")
    leaves = threading.Thread(target=lambda: (wait_for_heard(archive, 5), archive.s3.gone()))
    leaves.start()
    with pytest.raises(OutputError, match="cannot be"):
        archive.scan(options=RunOptions(workers=1, limits=Limits(part_calls=2)))
    leaves.join()
    archive.s3.faults()
    assert 0 < len(all_rows(archive)) < 12
    record = archive.scan()
    assert record.state == "finished"
    assert len(rows(archive)) == 12
    assert {r["verdict"] for r in rows(archive).values()} == {"violation"}
    heard_well = [r for r in all_rows(archive) if r["verdict"] != "failed"]
    assert len(heard_well) == 12


def test_findings_without_their_calls_are_no_findings(archive):
    """The server takes findings and not their calls: no reader sees them, and a later run writes both."""
    archive.add("a.wav", "silence")
    archive.s3.faults({"method": "PUT", "key": "out/calls", "status": 500, "times": 1000})
    with pytest.raises(OutputError, match=r"cannot be written \(.*internal error"):
        archive.scan()
    archive.s3.faults()
    assert Store(archive.out).findings().num_rows == 0
    archive.scan()
    assert Store(archive.out).findings().num_rows == len(Store(archive.out).parts("findings")) == 1


def test_a_bucket_that_is_not_there_is_an_error_and_is_not_made(archive):
    """For recordings, manifest and tables alike."""
    archive.add("a.wav")
    with pytest.raises(UserError, match=r"s3://no-such-bucket/calls: cannot be looked into \(.*bucket does not exist"):
        archive.scan("s3://no-such-bucket/calls")
    with pytest.raises(ManifestError, match=r"manifest.csv: (no such file|cannot be read)"):
        read_manifest("s3://no-such-bucket/manifest.csv")
    with pytest.raises(OutputError, match=r"s3://no-such-bucket/out: cannot be written \(.*bucket does not exist"):
        archive.scan(changes={"out": "s3://no-such-bucket/out"})
    assert archive.heard() == []
    assert not archive.s3.client.exists("no-such-bucket")


def test_tables_that_may_not_be_written_are_an_error(archive):
    """Before anything is heard."""
    archive.add("a.wav")
    archive.s3.forbid("s3:PutObject", f"{archive.s3.bucket}/out/*")
    with pytest.raises(OutputError, match=r"out: cannot be written \(.*(Forbidden|Access|denied)"):
        archive.scan()
    assert archive.heard() == []


# --- at the terminal


def scanner(s3, *arguments, **environment):
    known = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "scanner", *arguments],
        env=known | s3.environment | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_errors_of_the_storage_are_one_line(archive):
    """No credentials, nobody at the address, no bucket, no package: exit code 2 and what it is, without a traceback."""
    archive.add("a.wav")
    archive.scan()

    def said(*arguments, **environment):
        done = scanner(archive.s3, *arguments, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
        return done.stderr

    no_keys = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    assert "Unable to locate credentials" in said("report", archive.out, **no_keys)
    nobody = said("report", archive.out, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "out: cannot be read (Could not connect to the endpoint URL" in nobody
    assert "nothing was scanned" in said("report", archive.s3.uri("elsewhere"))
    assert "bucket does not exist" in said("report", "s3://no-such-bucket/out")


def test_without_its_package_a_storage_says_what_to_install(monkeypatch):
    """Each scheme has its extra."""
    for scheme, package, extra in (("gs", "gcsfs", "gcs"), ("abfs", "adlfs", "azure")):
        monkeypatch.setitem(sys.modules, package, None)
        monkeypatch.delitem(_registry, scheme, raising=False)  # what another test may have loaded
        with pytest.raises(OutputError, match=rf"pip install 'call-compliance-scanner\[{extra}\]'"):
            Store(f"{scheme}://bucket/out")
    with pytest.raises(UserError, match="no storage is known as nosuch://"):
        find_recordings(["nosuch://bucket/a.wav"])


def test_one_call_in_s3_is_checked_with_the_metadata_beside_it(s3):
    """Real audio and the real model: the law is that of the state in NAME.json."""
    s3.put("calls/a b.ogg", (SAMPLES / "refused-and-went-on.ogg").read_bytes())
    s3.put("calls/a b.json", '{"caller_state": "MA"}')
    done = scanner(s3, "check", s3.uri("calls/a b.ogg"))
    assert (done.returncode, done.stderr) == (1, "")
    assert "US-MA, from the metadata" in done.stdout
    assert "consent_refused_recording_continued" in done.stdout
