import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from batch_fakes import POLICY, STRICT, Archive, FakeLoad, now

from scanner.batch import Limits, RunOptions, remote_lock
from scanner.batch.holder import Holder
from scanner.batch.lock import hold
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.errors import ModelError, OutputError, UserError
from scanner.manifest import read_manifest
from scanner.store import Store

DAY = date(2026, 3, 2)
COLUMNS = ["recording_uri", "call_id", "verdict", "failure", "error"]


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path)


def rows(archive, *columns):
    """The newest row of each recording by its file name."""
    table = Store(str(archive.out)).calls([*COLUMNS, *columns]).to_pylist()
    return {Path(r["recording_uri"]).name: r for r in table}


def all_rows(archive):
    store = Store(str(archive.out))
    return [r for p in store.parts("calls") for r in store._read_part(p, "calls", COLUMNS).to_pylist()]


def options(**limits):
    settled = {"call_timeout_s": 60.0, "stop_s": 5.0} | limits
    return RunOptions(
        workers=limits.pop("workers", 1), limits=Limits(**{k: v for k, v in settled.items() if k != "workers"})
    )


# --- each recording has a row


def test_every_recording_has_a_row_and_the_record_counts_them(archive):
    """What fails is a row with its reason, beside those that do not; the record counts all."""
    archive.add("good.wav")
    archive.add("below/bad.wav", "silence")
    archive.add("text.wav", "undecodable")
    archive.add("locked.wav", "unreadable")
    archive.add("notes.txt")
    record = archive.scan()
    found = rows(archive)
    assert {name: r["verdict"] for name, r in found.items()} == {
        "good.wav": "compliant",
        "bad.wav": "violation",
        "text.wav": "failed",
        "locked.wav": "failed",
    }
    assert found["text.wav"]["failure"] == "undecodable"
    assert "no audio in it" in found["text.wav"]["error"]
    assert (record.found, record.scanned, record.failed, record.left) == (4, 4, 2, 0)
    written = json.loads(next((archive.out / "runs").iterdir()).read_text())
    assert written["state"] == "finished"
    assert written["verdicts"] == {"compliant": 1, "failed": 2, "violation": 1}


def test_a_mistake_in_the_scanner_fails_one_call_and_tells_no_words(archive):
    """An unforeseen error names its kind and place; its message, which may quote the caller, is not kept."""
    archive.add("a.wav", "bug")
    archive.add("b.wav", "memory")
    archive.scan()
    found = rows(archive)
    assert found["a.wav"]["error"].startswith("unexpected ValueError at worker.py:")
    assert "four" not in found["a.wav"]["error"]
    assert found["b.wav"]["error"] == "not enough memory to scan it"


@pytest.mark.parametrize(
    ("content", "how"), [("die", "killed; the machine may be out of memory"), ("abort", "SIGABRT")]
)
def test_a_call_that_kills_its_process_fails_and_the_run_goes_on(archive, content, how):
    """Out of memory, or a decoder that crashes: tried again once, then failed with its reason; no other call is lost."""
    archive.add("deadly.wav", content + " " * 500)
    for i in range(5):
        archive.add(f"{i}.wav")
    record = archive.scan(options=options(retries=1, part_calls=3))
    found = rows(archive)
    assert len(found) == len(all_rows(archive)) == 6
    assert found["deadly.wav"]["failure"] == "killed"
    assert found["deadly.wav"]["error"].endswith(f"({how if content == 'die' else 'signal SIGABRT'}), 2 times")
    assert {r["verdict"] for n, r in found.items() if n != "deadly.wav"} == {"compliant"}
    assert archive.heard().count("deadly.wav") == 2
    assert record.verdicts == {"compliant": 5, "failed": 1}


def test_a_call_whose_process_dies_once_is_completed(archive):
    """The retry gives what an undisturbed run gives."""
    archive.add("a.wav", "die-once")
    archive.add("b.wav")
    archive.scan(options=options(retries=1))
    assert {r["verdict"] for r in rows(archive).values()} == {"violation", "compliant"}
    assert len(all_rows(archive)) == 2


def test_a_call_that_hangs_is_ended_at_the_time_limit(archive):
    """The limit holds for each call, not for the run."""
    archive.add("hangs.wav", "hang" + " " * 500)
    archive.add("fine.wav")
    started = time.monotonic()
    archive.scan(options=options(call_timeout_s=4.0, retries=0))
    assert time.monotonic() - started < 60
    found = rows(archive)
    assert (found["hangs.wav"]["failure"], found["hangs.wav"]["error"]) == ("timeout", "not scanned within 4 s")
    assert found["fine.wav"]["verdict"] == "compliant"


def test_a_process_that_holds_too_much_memory_is_replaced(archive):
    """Between two parts, so that nothing is lost by it."""
    for i in range(4):
        archive.add(f"{i}.wav")
    archive.scan(options=options(memory_bytes=1, part_calls=1))
    assert len({line.split()[0] for line in archive.log.read_text().splitlines()}) == 4
    assert len(all_rows(archive)) == 4


def test_the_longest_recordings_come_first(archive):
    """One long call at the end would keep all other processes waiting."""
    for name, size in (("a.wav", 10), ("b.wav", 30000), ("c.wav", 20000)):
        archive.add(name, "disclosed".ljust(size))
    archive.scan()
    assert archive.heard() == ["b.wav", "c.wav", "a.wav"]


def test_two_processes_share_the_work(archive):
    """Both are used, and each call is heard once."""
    for i in range(12):
        archive.add(f"{i}.wav", "slow")
    archive.scan(options=options(workers=2))
    assert sorted(archive.heard()) == sorted(f"{i}.wav" for i in range(12))
    assert len({line.split()[0] for line in archive.log.read_text().splitlines()}) == 2


# --- the run cannot go on


@pytest.mark.parametrize(
    ("broken", "message"), [("no model", "no such model"), ("dies", "end while they load the models")]
)
def test_models_that_cannot_be_loaded_end_the_run(archive, broken, message):
    """A clear message instead of a night of failed calls."""
    archive.add("a.wav")
    with pytest.raises(UserError, match=message) as error:
        archive.scan(changes={"load": FakeLoad(str(archive.log), broken=broken)})
    assert isinstance(error.value, ModelError) == (broken == "no model")
    assert json.loads(next((archive.out / "runs").iterdir()).read_text())["state"] == "broken"


def test_a_full_disk_ends_the_run_and_keeps_what_is_done(archive):
    """What was written before counts; a run after it does the rest."""
    archive.add("first.wav", "disclosed".ljust(30000))
    full = archive.add("full.wav", "full".ljust(100))
    with pytest.raises(OutputError, match="No space left on device"):
        archive.scan(options=options(part_calls=1))
    assert list(rows(archive)) == ["first.wav"]
    full.write_text("disclosed")
    archive.scan()
    assert len(all_rows(archive)) == 2
    assert archive.heard().count("first.wav") == 1


@pytest.mark.parametrize("inputs", [["nowhere"], ["calls", "nowhere.wav"], ["calls"]])
def test_nothing_to_scan_is_an_error(archive, inputs):
    """A mistyped folder, or one without recordings, must never read as "all is well"."""
    if len(inputs) > 1:
        archive.add("a.wav")
    with pytest.raises(UserError, match=r"nowhere|no recordings there"):
        archive.scan(*(archive.calls.parent / i for i in inputs))
    assert not archive.out.exists()


def test_an_output_folder_that_cannot_be_written_is_an_error(archive):
    """Before anything is heard."""
    archive.add("a.wav")
    archive.out.write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        archive.scan()
    assert archive.heard() == []


# --- incremental


def test_what_is_done_is_not_heard_again(archive):
    """An unchanged archive gives no new row, and the record still counts its verdicts."""
    archive.add("a.wav")
    archive.add("b.wav", "undecodable")
    archive.scan()
    record = archive.scan()
    assert len(archive.heard()) == len(all_rows(archive)) == 2
    assert (record.scanned, record.done_before, record.verdicts) == (0, 2, {"compliant": 1, "failed": 1})
    archive.add("c.wav", "silence")
    assert archive.scan().scanned == 1
    assert archive.heard()[2:] == ["c.wav"]


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({}, 1),
        ({"model_id": "fake-2"}, 2),
        ({"detector_id": "detector-2"}, 2),
        ({"options": RunOptions(rescan=True)}, 2),
        ({"policy": STRICT}, 1),
    ],
    ids=["nothing", "model", "detector", "rescan", "policy"],
)
def test_only_a_new_ear_or_the_wish_hears_again(archive, change, heard):
    """Another policy judges what was heard; another model or detector must hear."""
    archive.add("a.wav")
    archive.scan()
    archive.scan(**change)
    assert len(archive.heard()) == heard


def test_another_policy_judges_again_as_a_rescan_would(archive):
    """The rows are equal but for when and by which scan they were made."""
    archive.add("a.wav")
    archive.add("b.wav", "silence")
    archive.scan()
    record = archive.scan(policy=STRICT)
    assert (record.judged_again, record.scanned, record.policy_id) == (2, 0, STRICT.id)
    again = list(Store(str(archive.out)).stored_calls())
    archive.scan(policy=STRICT, options=RunOptions(rescan=True))
    rescanned = list(Store(str(archive.out)).stored_calls())
    key = lambda c: c.recording.uri  # noqa: E731
    for one, other in zip(sorted(again, key=key), sorted(rescanned, key=key), strict=True):
        assert (one.heard.facts, one.judgement) == (other.heard.facts, other.judgement)
        assert one.scan.policy_sha256 == other.scan.policy_sha256 == STRICT.sha256
    assert archive.scan(policy=STRICT).done_before == 2


def test_rejudge_gives_what_a_rescan_gives(archive):
    """Also of what was known of the call, which a rescan reads again and rejudge does not."""
    archive.add("a.wav", "silence")
    archive.add("b.wav", "disclosed but not of AI")
    archive.add("b.json", '{"caller_state": "CA", "ai_training": true, "caller_number": "+14155550123"}')
    archive.scan()
    judged = rejudge(str(archive.out), Rejudging("again", DAY, "1", STRICT, now))
    assert (judged.judged_again, judged.found, judged.left) == (2, 2, 0)
    again = {c.recording.uri: c for c in Store(str(archive.out)).stored_calls()}
    assert archive.scan(policy=STRICT).done_before == 2
    archive.scan(policy=STRICT, options=RunOptions(rescan=True))
    for call in Store(str(archive.out)).stored_calls():
        assert replace(call, scan=again[call.recording.uri].scan) == again[call.recording.uri]


def test_changed_metadata_judges_again(archive):
    """A sidecar that says California where there was nothing: the same facts, the law of the state."""
    archive.add("a.wav", "silence")
    archive.scan()
    archive.add("a.json", '{"caller_state": "TX", "caller_number": "+15125550100"}')
    record = archive.scan()
    assert (record.judged_again, len(archive.heard())) == (1, 1)
    row = rows(archive, "jurisdiction", "caller_hmac")["a.wav"]
    assert (row["jurisdiction"], row["verdict"]) == ("US-TX", "compliant")
    assert row["caller_hmac"] is not None
    archive.add("a.json", '{"caller_state": "TX", "agent_channel": 1}')
    assert archive.scan().scanned == 1  # whose words are whose is part of the ear
    assert archive.scan().done_before == 1


def test_changed_bytes_are_heard_again(archive):
    """Another size or time of change makes the bytes looked at; the same bytes are not heard again."""
    path = archive.add("a.wav")
    archive.scan()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert archive.scan().judged_again == 1
    assert archive.scan().done_before == 1
    archive.add("a.wav", "silence!!", age_s=500)
    assert archive.scan().scanned == 1
    assert archive.heard() == ["a.wav", "a.wav"]
    assert rows(archive)["a.wav"]["verdict"] == "violation"


def test_a_copied_recording_is_recognised(archive):
    """Its row says of what it is a copy, and it is not heard again."""
    path = archive.add("a.wav")
    archive.scan()
    shutil.copy2(path, archive.calls / "copy.wav")
    record = archive.scan()
    assert (record.recognised, record.scanned) == (1, 0)
    found = rows(archive, "copy_of")
    assert (found["copy.wav"]["copy_of"], found["copy.wav"]["call_id"]) == (str(path), "copy")
    assert found["a.wav"]["copy_of"] is None
    assert archive.scan().done_before == 2


def test_a_moved_recording_is_recognised_and_counts_once(archive):
    """Its row takes the place of the old one and says where it was."""
    path = archive.add("a.wav")
    archive.scan()
    path.rename(archive.calls / "b.wav")
    record = archive.scan()
    assert (record.recognised, record.scanned) == (1, 0)
    found = rows(archive, "moved_from")
    assert list(found) == ["b.wav"]
    assert found["b.wav"]["moved_from"] == str(path)
    assert archive.scan().done_before == 1
    assert len(Store(str(archive.out)).findings()) == len(
        set(Store(str(archive.out)).findings()["finding_id"].to_pylist())
    )


def test_recordings_of_one_length_are_not_taken_for_each_other(archive):
    """The same size only makes the bytes looked at."""
    archive.add("a.wav", "disclosed")
    archive.scan()
    archive.add("b.wav", "silence!!")
    assert archive.scan().scanned == 1


def test_what_failed_is_tried_again_unless_that_is_hopeless(archive):
    """What may go away is tried by each run; the same bytes that cannot be decoded only when asked for."""
    archive.add("locked.wav", "unreadable")
    archive.add("text.wav", "undecodable")
    archive.scan()
    record = archive.scan()
    assert archive.heard()[2:] == ["locked.wav"]
    assert record.failed == 2
    archive.scan(options=RunOptions(retry_failed=True))
    assert sorted(archive.heard()[3:]) == ["locked.wav", "text.wav"]
    archive.add("text.wav", "disclosed")
    archive.scan()
    assert rows(archive)["text.wav"]["verdict"] == "compliant"


# --- metadata


def manifest(archive, text, name="manifest.csv"):
    (archive.calls / name).write_text(text)
    return read_manifest(archive.calls / name)


def test_a_recording_that_the_manifest_names_and_that_is_not_there_fails(archive):
    """It has a row until it is there; what the manifest does not name is scanned without metadata."""
    archive.add("a.wav", "silence")
    archive.add("c.wav")
    named = manifest(archive, "file,call_id,caller_state\na.wav,one,TX\nb.wav,two,CA\n")
    record = archive.scan(manifest=named)
    found = rows(archive)
    assert {n: (r["call_id"], r["verdict"]) for n, r in found.items()} == {
        "a.wav": ("one", "compliant"),
        "b.wav": ("two", "failed"),
        "c.wav": ("c", "compliant"),
    }
    assert (found["b.wav"]["failure"], record.failed) == ("missing", 1)
    assert archive.scan(manifest=named).failed == 1
    assert len(all_rows(archive)) == 3
    archive.add("b.wav")
    archive.scan(manifest=named)
    assert rows(archive)["b.wav"]["verdict"] == "compliant"


def test_a_recording_that_was_heard_and_is_gone_keeps_its_row(archive):
    """Retention removes recordings; that undoes no scan."""
    path = archive.add("a.wav")
    archive.add("b.wav")
    named = manifest(archive, "file\na.wav\nb.wav\n")
    archive.scan(manifest=named)
    path.unlink()
    assert archive.scan(manifest=named).verdicts == {"compliant": 2}


def test_a_manifest_alone_names_what_to_scan(archive):
    """Without inputs, its recordings are the inputs; with others, those outside are counted, not scanned."""
    archive.add("a.wav")
    archive.add("b.wav")
    archive.add("other/c.wav")
    named = manifest(archive, "file\na.wav\nother/c.wav\nmissing.wav\n")
    from scanner.batch.run import items_of

    items, outside = items_of([], named)
    assert [Path(i.uri).name for i in items] == ["a.wav", "c.wav", "missing.wav"]
    assert outside == 0
    items, outside = items_of([str(archive.calls / "other")], named)
    assert [Path(i.uri).name for i in items] == ["c.wav"]
    assert outside == 2


def test_a_sidecar_that_cannot_be_read_fails_its_call_alone(archive):
    """The row names the file and the key; the other calls are scanned."""
    archive.add("a.wav")
    archive.add("a.json", '{"calller_state": "CA"}')
    archive.add("b.wav")
    archive.scan()
    found = rows(archive)
    assert found["a.wav"]["failure"] == "metadata"
    assert "calller_state" in found["a.wav"]["error"]
    assert found["b.wav"]["verdict"] == "compliant"
    archive.scan()
    assert len(all_rows(archive)) == 2
    (archive.calls / "a.json").unlink()
    archive.scan()
    assert rows(archive)["a.wav"]["verdict"] == "compliant"


# --- finding


def test_globs_folders_and_files_name_each_recording_once(archive):
    """However often and by whatever detour it is named; no ending is asked of a file that is named itself."""
    from scanner.batch.find import find_recordings

    for name in ("a.wav", "b.MP3", "c.txt", "d/e.ogg", "d/._e.ogg", "d/e.json", "[x].wav"):
        archive.add(name)
    (archive.calls / "loop").symlink_to(archive.calls)
    base = str(archive.calls)

    def found(*inputs):
        return sorted(str(Path(u).relative_to(base)) for u in find_recordings(inputs).found)

    assert found(base) == found(base, f"{base}/a.wav", f"{base}/d/../a.wav") == ["[x].wav", "a.wav", "b.MP3", "d/e.ogg"]
    assert found(f"{base}/*.wav") == ["[x].wav", "a.wav"]
    assert found(f"{base}/**/*.o?g") == ["d/e.ogg"]
    assert found(f"{base}/[ab].*") == ["a.wav", "b.MP3"]
    assert found(f"{base}/[x].wav") == ["[x].wav"]
    assert found(f"{base}/c.txt") == ["c.txt"]
    assert find_recordings([base]).found[f"{base}/d/e.ogg"].sidecar == f"{base}/d/e.json"


def test_recordings_in_other_storage_are_found():
    """By fsspec's URIs, with size and the file beside them."""
    import fsspec

    from scanner.batch.find import exists, find_recordings, sha256_of

    memory = fsspec.filesystem("memory")
    memory.pipe({"/calls/a.wav": b"x", "/calls/a.json": b"{}", "/calls/b/c.mp3": b"yy", "/calls/n.txt": b""})
    found = find_recordings(["memory://calls"]).found
    assert {u: (f.size, f.sidecar) for u, f in found.items()} == {
        "memory://calls/a.wav": (1, "memory://calls/a.json"),
        "memory://calls/b/c.mp3": (2, None),
    }
    assert list(find_recordings(["memory://calls/*.wav"]).found) == ["memory://calls/a.wav"]
    assert list(find_recordings(["memory://calls/n.txt"]).found) == ["memory://calls/n.txt"]
    assert find_recordings(["memory://nothing"]).missing == ("memory://nothing",)
    assert exists("memory:///calls/a.wav")
    assert not exists("memory:///calls/z.wav")
    assert sha256_of("memory:///calls/a.wav").startswith("2d711642b726b044")
    assert sha256_of("memory:///calls/z.wav") is None


# --- recordings being written


def test_a_recording_that_grows_is_left_for_the_next_run(archive):
    """Whether it grows before it is heard or while it is; nothing is written of it."""
    archive.add("growing.wav", "disclosed", age_s=0)
    archive.add("changed.wav", "grow")
    archive.add("young.wav", "disclosed", age_s=0)
    archive.add("old.wav")
    done = threading.Event()

    def record_on():
        while not done.wait(0.1):
            with (archive.calls / "growing.wav").open("a") as file:
                file.write("more")

    writer = threading.Thread(target=record_on)
    writer.start()
    try:
        record = archive.scan()
    finally:
        done.set()
        writer.join()
    assert sorted(rows(archive)) == ["old.wav", "young.wav"]
    assert (record.left, record.scanned) == (2, 2)
    (archive.calls / "changed.wav").write_text("disclosed")
    archive.scan()
    assert len(rows(archive)) == 4


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells who has a file open")
def test_a_recording_that_somebody_has_open_for_writing_is_left(archive):
    """A recorder that writes seldom has not grown it meanwhile."""
    with archive.add("open.wav", age_s=0).open("a"):
        archive.add("closed.wav", age_s=0)
        assert archive.scan().left == 1
        assert list(rows(archive)) == ["closed.wav"]
    assert archive.scan().left == 0


# --- ending


def test_a_stop_keeps_what_is_done_and_the_next_run_does_the_rest(archive):
    """Within seconds; nothing is lost or doubled."""
    for i in range(30):
        archive.add(f"{i:02}.wav", "slow")
    heard = lambda: len(archive.heard()) >= 6  # noqa: E731
    started = time.monotonic()
    record = archive.scan(options=options(part_calls=10), stop=heard)
    assert record.state == "stopped"
    assert time.monotonic() - started < 20
    assert 0 < len(all_rows(archive)) == record.scanned < 30
    assert record.left == 30 - record.scanned
    archive.scan()
    assert len(all_rows(archive)) == len(rows(archive)) == 30


def scan_in_process(folder):
    archive = Archive.__new__(Archive)
    archive.calls, archive.out, archive.log, archive.runs = folder / "calls", folder / "out", folder / "heard.log", 0
    archive.scan(options=RunOptions(workers=2, limits=Limits(part_calls=3)), changes={"scan_id": f"scan-{os.getpid()}"})


def test_killed_anywhere_and_run_again_gives_the_same_tables(archive):
    """The parent is killed at several moments; its workers go with it, and nothing is lost, doubled or half written."""
    for i in range(24):
        archive.add(f"{i:02}.wav", "slow" if i % 2 else "disclosed")
    context = multiprocessing.get_context("spawn")
    for after in (1, 5, 9):
        process = context.Process(target=scan_in_process, args=(archive.calls.parent,))
        process.start()
        before = len(archive.heard())
        while process.is_alive() and len(archive.heard()) < before + after:
            time.sleep(0.05)
        with suppress(ProcessLookupError):  # a fast machine may be done before
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        time.sleep(0.3)
        heard = len(archive.heard())
        time.sleep(0.8)
        assert len(archive.heard()) == heard  # nobody works on
    archive.scan()
    assert len(all_rows(archive)) == len(rows(archive)) == 24
    store = Store(str(archive.out))
    assert {p.key for p in store.parts("calls")} == {p.key for p in store.parts("findings")}
    assert store.folder.files("_writing") == []
    ids = store.findings(["finding_id", "recording_uri"]).to_pylist()
    assert len(ids) == len({(r["finding_id"], r["recording_uri"]) for r in ids})


def test_a_worker_killed_at_random_costs_nothing(archive):
    """Killed from outside several times, while hearing and while writing: the retries complete the run."""
    for i in range(30):
        archive.add(f"{i:02}.wav", "slow")
    kills = []

    def kill():
        for heard in (3, 9, 15, 21):
            while len(archive.heard()) < heard:
                time.sleep(0.05)
            time.sleep(0.13 * len(kills))
            child = next(c.pid for c in multiprocessing.active_children() if c.name.startswith("scanner-"))
            os.kill(child, signal.SIGKILL)
            kills.append(child)

    killer = threading.Thread(target=kill)
    killer.start()
    record = archive.scan(options=options(part_calls=4, retries=5))
    killer.join()
    assert len(kills) == 4
    assert record.verdicts == {"violation": 30}
    assert len(all_rows(archive)) == len(rows(archive)) == 30


def test_a_second_run_says_who_holds_the_folder(archive):
    """And starts as soon as that one has ended, however it ended."""
    for i in range(6):
        archive.add(f"{i:02}.wav", "slow")
    process = multiprocessing.get_context("spawn").Process(target=scan_in_process, args=(archive.calls.parent,))
    process.start()
    while not archive.heard():
        time.sleep(0.05)
    with pytest.raises(OutputError, match=f"is being written by process {process.pid} on "):
        archive.scan()
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert archive.scan().state == "finished"
    assert len(all_rows(archive)) == len(rows(archive)) == 6


@pytest.fixture
def remote_store():
    """An output folder where no kernel holds a lock; its locks by number, as they were written."""
    import fsspec

    memory = fsspec.filesystem("memory")
    if memory.exists("/out"):
        memory.rm("/out", recursive=True)
    return Store("memory://out")


AT = datetime(2026, 3, 1, tzinfo=UTC)
ELSEWHERE = Holder("other", "elsewhere", "", 1, "1", "then")


def put_lock(store, number, holder=ELSEWHERE, **more):
    content = holder.as_bytes(**{"renewed_at": AT.isoformat()} | more)
    store.folder.write_bytes(store.folder.path("_locks", f"{number:06}.json"), content)


def locks(store):
    paths = [i.path.rpartition("/")[2] for i in store.folder.files("_locks")]
    return {int(p.partition(".")[0]): json.loads(store.folder.read("_locks", p)) for p in paths}


def test_a_lock_in_object_storage_is_held_by_one(remote_store):
    """Who holds it is said; the next run takes the next number, and no number is used twice."""
    put_lock(remote_store, 7)
    with (
        pytest.raises(OutputError, match="process 1 on elsewhere since then"),
        hold(remote_store, scan_id="mine", now=AT),
    ):
        pass
    put_lock(remote_store, 7, ended_at=AT.isoformat())
    with hold(remote_store, scan_id="mine", now=AT):
        assert {n: known["scan_id"] for n, known in locks(remote_store).items()} == {8: "mine"}
    assert "ended_at" in locks(remote_store)[8]
    with hold(remote_store, scan_id="next", now=AT):
        assert list(locks(remote_store)) == [9]


def test_a_lock_of_a_dead_process_in_object_storage_is_nobodys(remote_store):
    """A process of this machine that is gone holds nothing, nor does one that was not heard of for ten minutes."""
    dead = replace(Holder.this_process("other", AT), pid=2**22 + 1)
    put_lock(remote_store, 1, dead)
    with hold(remote_store, scan_id="mine", now=AT):
        pass
    put_lock(remote_store, 3)
    with hold(remote_store, scan_id="mine", now=AT + timedelta(minutes=11)):
        pass
    put_lock(remote_store, 5, replace(dead, machine="another container on a host of this name"))
    with pytest.raises(OutputError, match="is being written"), hold(remote_store, scan_id="mine", now=AT):
        pass


def test_of_two_who_find_a_lock_free_one_gets_it(remote_store, monkeypatch):
    """Both saw that nobody held it; the storage lets one of them make the next number."""
    looked = remote_lock._newest

    def newest_then_overtaken(store):
        monkeypatch.setattr(remote_lock, "_newest", looked)
        seen = looked(store)
        put_lock(remote_store, 1)
        return seen

    monkeypatch.setattr(remote_lock, "_newest", newest_then_overtaken)
    with pytest.raises(OutputError, match="process 1 on elsewhere"), hold(remote_store, scan_id="mine", now=AT):
        pass
    assert locks(remote_store)[1]["scan_id"] == "other"


def test_a_run_that_was_taken_for_dead_learns_it(remote_store, monkeypatch):
    """It ends, and leaves the lock of the run that took over alone."""
    monkeypatch.setattr("scanner.batch.remote_lock.RENEWED_EVERY_S", 0.02)
    with hold(remote_store, scan_id="mine", now=AT) as lock:
        renewed = locks(remote_store)[1]["renewed_at"]
        lock.check()
        wait_until(lambda: locks(remote_store)[1]["renewed_at"] > renewed)
        put_lock(remote_store, 2)
        with pytest.raises(OutputError, match="another run took it over"):
            wait_until(lock.check)
    assert "ended_at" not in locks(remote_store)[2]


def wait_until(true):
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_worker_computes_with_one_thread(archive):
    """A process for each core is faster than threads are; the parent's own setting stays."""
    from scanner.batch.processes import one_thread_each

    before = os.environ.get("OMP_NUM_THREADS")
    with one_thread_each():
        out = subprocess.run(
            [sys.executable, "-c", "import os; print(os.environ['OMP_NUM_THREADS'])"], capture_output=True, check=True
        )
    assert out.stdout.split() == [b"1"]
    assert os.environ.get("OMP_NUM_THREADS") == before


def test_policy_of_the_fakes_differ():
    """Else the tests of judging again would compare a policy with itself."""
    assert POLICY.sha256 != STRICT.sha256
