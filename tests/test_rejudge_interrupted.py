"""Judging many calls again, in processes, stopped and killed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rejudged import DAY, all_rows, rejudging, state
from test_store import make_call, make_failed

from scanner.batch.rejudge import rejudge
from scanner.cli.rejudge import summary_lines
from scanner.errors import UserError
from scanner.policy import load_policy
from scanner.store import Store


@pytest.fixture
def large(tmp_path):
    """2,600 calls in parts of 130, and one that failed in each."""
    store = Store(str(tmp_path / "large"))
    store.prepare()
    for n in range(20):
        calls = [make_call(f"/calls/{n}-{i}.wav") for i in range(130)]
        store.write_part([*calls, make_failed(f"/calls/{n}-x.wav")], name=f"scan-{n:02}", scan_date=DAY)
    return tmp_path / "large"


def test_processes_give_what_one_gives(large, tmp_path):
    """Judged by two processes or by one: the same rows, some parts together in one new part."""
    told = []
    record = rejudge(
        str(large), rejudging(load_policy("cases/linkedin"), workers=2), progress=lambda *at: told.append(at)
    )
    assert (record.judged_again, record.done_before, record.found) == (2600, 20, 2620)
    assert told[-1] == (2620, 2620)
    assert all_rows(large) == 2620 + 2600
    assert len(Store(str(large)).parts("calls")) <= 20 + 3
    by_two = state(large)
    for p in (large / "calls").rglob("*again*"):
        p.unlink()
    rejudge(str(large), rejudging(load_policy("cases/linkedin")))
    assert state(large) == by_two


def test_stopped_is_completed_by_the_next_run(large):
    """What is judged stays judged; the next run does the rest and nothing twice."""
    policy = load_policy("cases/linkedin")
    asked = iter([False, True, True, True])
    record = rejudge(str(large), rejudging(policy), stop=lambda: next(asked))
    assert record.state == "stopped"
    assert 0 < record.judged_again < 2600
    assert record.left == 2600 + 20 - record.judged_again - record.done_before > 0
    assert any("run it again" in line for line in summary_lines(record))
    rest = rejudge(str(large), rejudging(policy, scan_id="rest"))
    assert rest.judged_again == 2600 - record.judged_again
    assert all_rows(large) == 2620 + 2600
    assert set(Store(str(large)).calls(["policy_id", "verdict"]).to_pylist()[0]) == {"policy_id", "verdict"}


def test_killed_is_completed_by_the_next_run(large, monkeypatch):
    """Killed between findings and calls: no call shows it, and the next run leaves no trace of it."""
    policy = load_policy("cases/linkedin")
    script = (
        "import os, signal, sys\n"
        "sys.path[:0] = ['tests', '.']\n"
        "import scanner.store.tables as tables\n"
        "from rejudged import rejudging\n"
        "from scanner.batch.rejudge import rejudge\n"
        "from scanner.policy import load_policy\n"
        "write, written = tables.Folder.write, []\n"
        "def dying(self, path, make):\n"
        "    if '/calls/' in path and len(written) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    written.append(path) if '/calls/' in path else None\n"
        "    write(self, path, make)\n"
        "tables.Folder.write = dying\n"
        f"rejudge({str(large)!r}, rejudging(load_policy('cases/linkedin')))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[1], check=False)
    assert ended.returncode == -signal.SIGKILL
    store = Store(str(large))
    assert len(store.parts("findings")) == len(store.parts("calls")) + 1
    half = all_rows(large)
    assert 2620 < half < 2620 + 2600
    record = rejudge(str(large), rejudging(policy, scan_id="rest"))
    assert record.judged_again == 2620 + 2600 - half
    assert {p.key for p in store.parts("findings")} == {p.key for p in store.parts("calls")}
    assert {r["policy_id"] for r in store.calls(["policy_id", "verdict"]).to_pylist() if r["verdict"] != "failed"} == {
        policy.id
    }


def test_a_killed_process_ends_the_run_clearly(large):
    """No call is lost without a word: what to do is said, whoever watches is told, and the next run completes it."""
    policy = load_policy("cases/linkedin")
    told, ended = rejudging(policy, workers=2), []
    with pytest.raises(UserError, match="run it again"):
        rejudge(str(large), replace(told, now=Dying(told.now)), ended=ended.append)
    assert [(r.state, r.kind, r.left + sum(r.verdicts.values())) for r in ended] == [("broken", "rejudge", 2620)]
    assert rejudge(str(large), rejudging(policy, scan_id="rest")).left == 0


class Dying:
    """A clock that ends the process that it is sent to."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now()

    def __reduce__(self):
        return (os._exit, (9,))
