"""Stopped or killed, a run loses and doubles nothing."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from batch_fakes import POLICY, STRICT, all_rows, options, rows, scan_in_process

from scanner.store import Store


def test_a_stop_keeps_what_is_done_and_the_next_run_does_the_rest(archive):
    """It waits for the call in hand, not for the rest; nothing is lost or doubled."""
    for i in range(30):
        archive.add(f"{i:02}.wav", "slow")
    heard = lambda: len(archive.heard()) >= 6  # noqa: E731
    record = archive.scan(options=options(part_calls=10, stop_s=60), stop=heard)
    assert record.state == "stopped"
    assert 0 < len(all_rows(archive)) == record.scanned < 30
    assert record.left == 30 - record.scanned
    archive.scan()
    assert len(all_rows(archive)) == len(rows(archive)) == 30


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
