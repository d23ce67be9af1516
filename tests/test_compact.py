"""Folding parts changes files, and nothing that a reader sees: not after it, not during it, not when it is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_store import make_call, make_failed

from scanner.batch.compact import compact
from scanner.batch.lock import hold
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.cli import cli
from scanner.errors import OutputError
from scanner.policy import load_policy
from scanner.store import Folder, Store

DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICIES = [load_policy(), load_policy("cases/linkedin")]


class Killed(BaseException):
    """What happens to a process that is killed: nothing more is done, by nobody."""


class MortalFolder(Folder):
    """A folder whose user is killed at the given write or deletion, in the middle of it; `seen` looks on before each."""

    __slots__ = ()
    left: ClassVar = [10**9]
    seen: ClassVar = [lambda: None]

    def write(self, path, write):
        self._live(lambda: Path(self.path("_writing", "half")).write_bytes(b"PAR1"))
        super().write(path, write)

    def delete(self, path):
        self._live()
        super().delete(path)

    def _live(self, die=lambda: None):
        self.seen[0]()
        if self.left[0] == 0:
            Path(self.path("_writing")).mkdir(exist_ok=True)
            die()
            raise Killed
        self.left[0] -= 1


def mortal(out, *, lives=10**9, seen=lambda: None):
    store = Store(str(out))
    store.folder = MortalFolder(store.folder.system, store.folder.root)
    MortalFolder.left[0], MortalFolder.seen[0] = lives, seen
    return store


def view(out):
    """What a reader sees: the newest row of each recording, their findings, all rows ever, and what DuckDB's query gives."""
    store = Store(str(out))
    calls = sorted(store.calls().to_pylist(), key=lambda r: r["recording_uri"])
    findings = sorted(store.findings().to_pylist(), key=lambda r: (r["recording_uri"], r["finding_id"]))
    history = sorted(
        (r["recording_uri"], r["scan_id"]) for t in store.history(["recording_uri", "scan_id"]) for r in t.to_pylist()
    )
    newest = store.newest(["scan_id", "verdict"], lambda *row: row)
    return calls, findings, history, newest


def in_the_readme(heading):
    """The query that the README gives whoever reads the files themselves."""
    text = (Path(__file__).parents[1] / "README.md").read_text()
    return text.split(heading, 1)[1].split("```sql\n", 1)[1].split("```", 1)[0]


def fill(store, *, parts=6, days=2, calls=3):
    """Small parts, rescans among them."""
    for n in range(parts):
        at, scan_id = NOON + timedelta(hours=n), f"scan-{n}"
        rows = [make_call(f"/calls/{(n * 2 + i) % 8}.wav", at=at, scan_id=scan_id) for i in range(calls)]
        rows.append(make_failed(f"/calls/lost-{n % 2}.wav", at=at, scan_id=scan_id))
        store.write_part(rows, name=scan_id, scan_date=DAY + timedelta(days=n % days))


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path / "out"))
    made.prepare()
    return made


def run(store, **more):
    return compact(store, run_id=f"compact-{time.time_ns()}", now=lambda: NOON, **more)


def test_small_parts_become_large_ones_and_readers_see_the_same(store):
    """A part for each day is left, with all rows; each table's rows are in groups of a size that is quickly read."""
    fill(store, parts=9, days=2, calls=400)
    before = view(store.out)
    folded, rows = run(store)
    assert (folded.before, folded.after, rows) == (9, 2, 9 * 401)
    assert view(store.out) == before
    for table in ("calls", "findings"):
        files = store.folder.files(table)
        assert len(files) == 2
        for info in files:
            metadata = pq.read_metadata(info.path)
            groups = [metadata.row_group(g).num_rows for g in range(metadata.num_row_groups)]
            assert all(size == 1000 for size in groups[:-1])
            assert groups[-1] <= 1000
    assert run(store)[0] == replace(folded, before=2)
    assert view(store.out) == before


def test_parts_grow_to_the_size_that_is_asked_for_and_no_further(store):
    """What is large already is not written again, and no part gets more rows than it may have."""
    fill(store, parts=10, days=1, calls=3)
    before = view(store.out)
    assert run(store, rows_at_most=13)[0].after == 4
    sizes = sorted(store.footer(p).rows for p in store.parts("calls"))
    assert sizes == [4, 12, 12, 12]
    large = {p.path for p in store.parts("calls") if store.footer(p).rows == 12}
    run(store, rows_at_most=20)
    assert large <= {p.path for p in store.parts("calls")}
    run(store, rows_at_most=100)
    assert len(store.parts("calls")) == 1
    assert view(store.out) == before


def test_at_every_step_a_reader_sees_the_same(store):
    """Before each file that is written or deleted, a reader who comes anew sees what was there before."""
    fill(store)
    before = view(store.out)
    looks = []

    def look():
        looks.append(1)
        assert view(store.out) == before

    run(mortal(store.out, seen=look))
    assert len(looks) == 2 * (2 + 3 * 2)  # for each day: two files written, six deleted
    assert view(store.out) == before


@pytest.mark.parametrize("lives", range(11))
def test_killed_at_any_step_it_leaves_what_was_and_the_next_run_clears_up(store, lives):
    """Whatever is half done is seen by nobody and gone after the next run, be it a scan or a compaction."""
    fill(store, parts=4, days=1)
    before = view(store.out)
    with suppress(Killed):
        run(mortal(store.out, lives=lives))
    assert view(store.out) == before
    store.drop_uncommitted()
    assert view(store.out) == before
    assert {p.key for p in store.parts("calls")} == {
        i.path.removeprefix(store.folder.path("findings") + "/") for i in store.folder.files("findings")
    }
    assert len(store.folder.files("calls")) == len(store.parts("calls"))
    assert store.folder.files("_writing") == []
    run(store)
    assert (view(store.out), len(store.parts("calls"))) == (before, 1)


steps = st.lists(
    st.tuples(
        st.sampled_from(["scan", "scan", "move", "rejudge", "compact"]),
        st.integers(0, 5),
        st.none() | st.integers(0, 12),
    ),
    min_size=2,
    max_size=9,
)


class Life:
    """One output folder that goes through steps; each is done again until it was not killed, as every night does."""

    def __init__(self, out):
        self.out = str(out)
        Store(self.out).prepare()
        self.at = NOON

    def do(self, number, step, which, lives):
        at = NOON + timedelta(hours=number)
        for attempt in range(2):
            with suppress(Killed):
                getattr(self, step)(
                    mortal(self.out, lives=10**9 if attempt or lives is None else lives),
                    at,
                    which,
                    f"{number}-{attempt}",
                )
                break

    def scan(self, store, at, which, name):
        store.drop_uncommitted()
        calls = [make_call(f"/calls/{n}.wav", at=at, scan_id=f"scan-{at:%d%H}") for n in range(which)]
        calls.append(make_failed("/calls/lost.wav", at=at, scan_id=f"scan-{at:%d%H}"))
        store.write_part(calls, name=name, scan_date=DAY + timedelta(days=which % 2))

    def move(self, store, at, which, name):
        store.drop_uncommitted()
        uri, to = f"/calls/{which}.wav", f"/calls/{which}-{at:%d%H}.wav"
        moved = make_call(to, at=at, scan_id=f"scan-{at:%d%H}", moved_from=uri)
        store.write_part([moved], name=name, scan_date=DAY)

    def rejudge(self, store, at, which, name):
        if not store.exists():
            return
        told = Rejudging(f"judged-{at:%d%H}", DAY, "2", POLICIES[which % 2], lambda: at)
        rejudge(self.out, told)

    def compact(self, store, at, which, name):
        if store.exists():
            compact(store, run_id=name, now=lambda: at, rows_at_most=(5, 12, 1000)[which % 3])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_no_sequence_of_scans_judgements_foldings_and_kills_shows(steps):
    """A folder that is folded and killed in between reads as one that never was."""
    with TemporaryDirectory() as folder:
        troubled, calm = Life(Path(folder) / "troubled"), Life(Path(folder) / "calm")
        for number, (step, which, lives) in enumerate(steps):
            troubled.do(number, step, which, lives)
            if step != "compact":
                calm.do(number, step, which, None)
            assert view(troubled.out) == view(calm.out)


def test_whoever_reads_while_parts_are_folded_sees_whole_states(store):
    """Reading threads and a folding one at once: never a call missing, doubled or without its findings."""
    fill(store, parts=12, days=1)
    (calls, findings, _, newest) = view(store.out)
    over, reads, wrong = threading.Event(), [], []

    def read():
        while not over.is_set():
            reader = Store(store.out)
            try:
                found = (
                    sorted(reader.calls(["recording_uri"])["recording_uri"].to_pylist()),
                    len(reader.findings(["finding_id"])),
                    reader.newest(["scan_id", "verdict"], lambda *row: row),
                )
            except Exception as error:  # noqa: BLE001 - it is what the test is about
                wrong.append(repr(error))
                return
            reads.append(found)
            if found != ([c["recording_uri"] for c in calls], len(findings), newest):
                wrong.append(found)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(reads) < 2:
        time.sleep(0.01)
    for rows in (9, 20, 1000):
        run(store, rows_at_most=rows)
    while len(reads) < 8 and not wrong:
        time.sleep(0.01)
    over.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_process_that_is_really_killed(store, tmp_path):
    """kill -9 at some moment of a compaction of many parts: the tables are what they were."""
    fill(store, parts=40, days=3, calls=5)
    before = view(store.out)
    for wait in (0.0, 0.02, 0.08):
        command = [sys.executable, "-m", "scanner", "compact", store.out, "--rows", "40"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while process.poll() is None and not store.folder.files("_writing") and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(wait)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert view(store.out) == before
    run(store)
    assert view(store.out) == before


def test_one_at_a_time(store):
    """While a run writes, nothing is folded, and it says who is writing."""
    fill(store)
    with hold(store, scan_id="other", now=NOON), pytest.raises(OutputError, match="is being written by process"):
        run(store)
    with pytest.raises(OutputError, match="nothing was scanned"):
        run(Store(str(Path(store.out) / "nowhere")))


def test_what_a_newer_scanner_wrote_is_left_alone(store):
    """A column that this version does not know would be lost by folding."""
    fill(store, parts=3, days=1)
    part = store.parts("calls")[0]
    table = pq.read_table(part.path, partitioning=None)
    pq.write_table(table.append_column("mood", table["verdict"]), part.path)
    folded, _ = run(store)
    assert (folded.before, folded.after, folded.left) == (3, 2, 1)
    assert "mood" in pq.read_schema(part.path).names


def test_the_query_of_the_readme_does_not_mind_rows_that_are_there_twice(store):
    """DuckDB on the files themselves, in the worst moment: the large part is there and the small ones are not deleted yet."""
    fill(store, parts=4, days=1)
    calls, findings, _, _ = view(store.out)
    for lives in range(11):
        with suppress(Killed):
            run(mortal(store.out, lives=lives))
        doubled = duckdb.sql(f"select count(*) from '{store.out}/calls/**/*.parquet'").fetchall()[0][0] > 16
        if doubled:
            break
    assert doubled
    database = duckdb.connect()
    database.execute(in_the_readme("## What is written").replace("'out/", f"'{store.out}/"))
    found = database.sql("select call_id, verdict from calls").fetchall()
    assert sorted(found) == sorted((c["call_id"], c["verdict"]) for c in calls)
    found = database.sql("select finding_id, scan_id from findings").fetchall()
    assert sorted(found) == sorted((f["finding_id"], f["scan_id"]) for f in findings)


def test_in_other_storage():
    """By fsspec's URIs: the same, without renaming."""
    store = Store("memory://compacting/out")
    store.prepare()
    fill(store)
    before = view(store.out)
    assert run(store)[0].after == 2
    assert view(store.out) == before


def test_the_command_says_what_it_did(store):
    """Parts before and after."""
    fill(store, parts=4, days=1)
    done = CliRunner().invoke(cli, ["compact", store.out])
    assert (done.exit_code, done.output) == (0, f"4 parts are now 1, with 16 rows → {store.out}\n")
