"""What becomes of each recording, and when a run cannot go on."""

import json
import time

import pytest
from batch_fakes import FakeLoad, all_rows, options, rows

from scanner.errors import ModelError, OutputError, UserError


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
    archive.scan(options=options(call_timeout_s=8.0, retries=0))
    assert time.monotonic() - started < 60
    found = rows(archive)
    assert (found["hangs.wav"]["failure"], found["hangs.wav"]["error"]) == ("timeout", "not scanned within 8 s")
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
