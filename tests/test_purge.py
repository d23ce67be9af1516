"""What is past its time goes, whole and at once for each call, and what must outlive it does."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
import pytest
from batch_fakes import KEY, Archive
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_compact import Killed, compact, mortal, view
from test_store import make_call, make_failed

from scanner.batch import RunOptions
from scanner.batch.purge import Purging, purge
from scanner.batch.record import RunRecord
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.cli import cli
from scanner.detections import Disclosure
from scanner.errors import OutputError, UserError
from scanner.lineage import caller_of, read_lineage
from scanner.manifest import read_manifest
from scanner.policy import load_policy
from scanner.retention import moment_before
from scanner.store import Store, read_purges
from scanner.training import OptOut, eligible_now, withdrawals

DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=500)
CUTOFF = NOON - timedelta(days=400)


def call_of(uri, *, started=None, eligible=False, caller=None, opted_out_at=None, disclosures=(), **changes):
    """A call that is a finding's, with what matters to its age and to training."""
    call = make_call(uri, **{"sha256": uri.encode().hex().ljust(64, "0")[:64], **changes})
    hashed = None if caller is None else caller_of(caller, KEY).split(":")[1]
    heard = replace(call.heard, caller_hmac=hashed, value_hmac_key_id=KEY.key_id)
    heard = replace(heard, facts=replace(heard.facts, disclosures=tuple(disclosures)))
    info = replace(call.info, started_at=started, opted_out_at=opted_out_at)
    return replace(call, info=info, heard=heard, judgement=replace(call.judgement, training_eligible=eligible))


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path / "out"))
    made.prepare()
    return made


def write(store, *calls, name=None):
    name = name or f"{len(store.parts('calls'))}"
    store.write_part(calls, name=name, scan_date=DAY)


def purging(**changes):
    told = Purging("purge-1", CUTOFF, "1", KEY, lambda: NOON + timedelta(days=1))
    return replace(told, **changes)


def remove(store, **changes):
    return purge(store, purging(**changes), at_least=0.5)


def left(store):
    return sorted(store.calls(["recording_uri"])["recording_uri"].to_pylist())


def test_old_calls_go_with_all_their_rows_and_findings(store):
    """Rescans and copies too; a younger call in the same part keeps what it has. The log says what went, without names."""
    write(
        store,
        call_of("/calls/old.wav", started=LONG_AGO, at=NOON),
        call_of("/calls/new.wav", started=NOON, at=NOON),
        call_of("/calls/undated.wav", at=NOON),
    )
    write(store, call_of("/calls/old.wav", at=NOON + timedelta(hours=1), scan_id="scan-2"))
    copy = call_of("/calls/copy.wav", sha256=b"/calls/old.wav".hex().ljust(64, "0")[:64], scan_id="scan-3")
    write(store, replace(copy, copy_of="/calls/old.wav"), call_of("/calls/seen-long-ago.wav", at=LONG_AGO))
    before = view(store.out)
    said = remove(store, only_say=True)
    assert view(store.out) == before
    assert not (Path(store.out) / "purges").exists()
    done = remove(store)
    assert replace(done, log=None) == said
    assert (done.recordings, done.calls, done.findings) == (3, 4, 4)
    assert dict(done.months) == {"2024-10": 2, "2026-03": 1}
    calls, findings, history, newest = view(store.out)
    kept = ["/calls/new.wav", "/calls/undated.wav"]
    assert [c["recording_uri"] for c in calls] == [f["recording_uri"] for f in findings] == sorted(newest) == kept
    assert calls == [c for c in before[0] if c["recording_uri"] in kept]
    assert [uri for uri, _ in history] == kept
    log = json.loads(Path(done.log).read_text())
    assert (log["state"], log["calls"], log["findings"], len(log["recordings"])) == ("finished", 4, 4, 3)
    assert ".wav" not in Path(done.log).read_text()
    assert remove(store, purge_id="purge-2").log is None


def test_nothing_of_a_purged_call_is_left_in_any_file(store):
    """Not in a column, not in a footer's smallest and largest values, not in a run record's error."""
    secret = "/calls/415-555-0123.wav"
    write(store, call_of(secret, started=LONG_AGO), call_of("/calls/a.wav", started=NOON))
    record = RunRecord("scan-1", NOON, "host", "1", "us", "ab", "m", "d", 1, error=f"{secret}: the disk is full")
    record.write(store)
    remove(store)
    for file in Path(store.out).rglob("*"):
        if file.suffix == ".parquet":
            assert secret not in str(pq.read_table(file, partitioning=None).to_pylist())
            assert b"415-555" not in file.read_bytes()
        elif file.is_file():
            assert "415-555" not in file.read_text()
    (run,) = (Path(store.out) / "runs").iterdir()
    assert json.loads(run.read_text())["error"] == "(purged): the disk is full"


def test_what_is_on_legal_hold_stays_whole(store):
    """By call id or by the recording's hash; all its rows, its copies, and what lay there before."""
    write(store, *(call_of(f"/calls/{n}.wav", started=LONG_AGO) for n in "abc"))
    copy = call_of("/calls/copy.wav", sha256=b"/calls/a.wav".hex().ljust(64, "0")[:64], scan_id="scan-3")
    write(store, replace(copy, copy_of="/calls/a.wav"))
    write(store, call_of("/calls/b.wav", started=NOON, sha256="ff" * 32, scan_id="scan-2", at=NOON + timedelta(1)))
    done = remove(store, held=frozenset({"a", b"/calls/b.wav".hex().ljust(64, "0")[:64]}))
    assert (done.recordings, done.on_hold) == (1, 2)
    assert left(store) == ["/calls/a.wav", "/calls/b.wav", "/calls/copy.wav"]
    assert sum(len(t) for t in store.history(["scan_id"])) == 4


def test_a_hold_that_the_archive_does_not_know_stops_the_purge(store):
    """It may be a mistyped id, and the call that was meant would be gone for good."""
    write(store, call_of("/calls/a.wav", started=LONG_AGO))
    assert remove(store, held=frozenset({"aa"}), only_say=True).unknown == ("aa",)
    with pytest.raises(UserError, match="nothing was purged: aa"):
        remove(store, held=frozenset({"aa"}))
    assert left(store) == ["/calls/a.wav"]
    assert remove(store, held=frozenset({"aa"}), unknown_may_be_held=True).unknown == ("aa",)
    assert left(store) == []


def test_what_lay_where_a_younger_recording_lies_goes_by_its_own_age(store):
    """A file that is overwritten each day holds a history of other calls."""
    for day, sha256 in ((500, "aa"), (450, "bb"), (100, "cc"), (1, "dd")):
        at = NOON - timedelta(days=day)
        write(store, call_of("/calls/last.wav", started=at, at=at, sha256=sha256 * 32, scan_id=f"scan-{day}"))
    before = view(store.out)
    done = remove(store)
    assert (done.recordings, done.calls) == (0, 2)
    assert view(store.out)[:2] == before[:2]
    assert [s for _, s in view(store.out)[2]] == ["scan-1", "scan-100"]
    assert read_purges(store)[0].recordings == ()


def test_no_older_row_of_a_purged_call_comes_to_light(store):
    """Failed first, then heard, moved twice and judged again, each in another part: at every step it is there or gone."""
    hours = iter(range(100))

    def at():
        return NOON + timedelta(hours=next(hours))

    same = {"sha256": "aa" * 32, "started": LONG_AGO}
    write(store, make_failed("/calls/a.wav", at=at(), scan_id="s1"), name="9")
    write(store, call_of("/calls/a.wav", at=at(), scan_id="s2", **same), name="8")
    write(store, call_of("/calls/b.wav", at=at(), scan_id="s3", moved_from="/calls/a.wav", **same), name="2")
    write(store, call_of("/calls/c.wav", at=at(), scan_id="s4", moved_from="/calls/b.wav", **same), name="1")
    write(store, call_of("/calls/c.wav", at=at(), scan_id="s5", **same), call_of("/calls/z.wav", at=at()), name="0")
    assert left(store) == ["/calls/c.wav", "/calls/z.wav"]
    seen = []

    def look():
        seen.append(view(store.out)[3])

    assert remove(mortal(store.out, seen=look)).calls == 5
    seen.append(view(store.out)[3])
    first, last = seen[0], {"/calls/z.wav": seen[0]["/calls/z.wav"]}
    assert first.keys() == {"/calls/c.wav", "/calls/z.wav"}
    change = seen.index(last)
    assert (seen[:change], seen[change:]) == ([first] * change, [last] * (len(seen) - change))


@pytest.mark.parametrize("lives", range(16))
def test_killed_at_any_step_each_call_is_whole_or_gone_and_the_next_run_ends_it(store, lives):
    """Calls that stay are as they were throughout."""
    for n in range(3):
        at = NOON + timedelta(hours=n)
        write(
            store,
            call_of("/calls/a.wav", started=LONG_AGO, at=at, scan_id=f"s{n}"),
            call_of(f"/calls/b{n}.wav", started=LONG_AGO if n == 1 else NOON, at=at, scan_id=f"s{n}"),
        )
    before = {c["recording_uri"]: c for c in view(store.out)[0]}
    with suppress(Killed):
        remove(mortal(store.out, lives=lives))
    now = {c["recording_uri"]: c for c in view(store.out)[0]}
    assert all(before[uri] == row for uri, row in now.items())
    assert now.keys() >= {"/calls/b0.wav", "/calls/b2.wav"}
    assert {f["recording_uri"] for f in view(store.out)[1]} == now.keys()
    remove(store, purge_id="purge-2")
    assert left(store) == ["/calls/b0.wav", "/calls/b2.wav"]
    assert len(view(store.out)[2]) == 2
    assert len(store.folder.files("calls")) == len(store.parts("calls"))


steps = st.lists(
    st.tuples(
        st.sampled_from(["scan", "move", "rejudge", "compact", "purge"]),
        st.integers(0, 5),
        st.none() | st.integers(0, 9),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps)
def test_purges_among_all_else(steps):
    """Whatever came before: what is left is what was there of young calls, and the rest is gone, in every part."""
    with TemporaryDirectory() as folder:
        store = Store(f"{folder}/out")
        store.prepare()
        for number, (step, which, lives) in enumerate(steps):
            at, name = NOON + timedelta(hours=number), f"{step}-{number}"
            for attempt in range(2):
                doing = mortal(store.out, lives=10**9 if attempt or lives is None else lives)
                before = view(store.out)
                with suppress(Killed):
                    if step == "scan":
                        calls = [
                            call_of(f"/calls/{n}.wav", started=LONG_AGO if n % 2 else NOON, at=at, scan_id=name)
                            for n in range(which)
                        ]
                        doing.write_part(calls, name=f"{name}-{attempt}", scan_date=DAY + timedelta(which % 2))
                    elif step == "move":
                        started = LONG_AGO if which % 2 else NOON
                        uri, to = f"/calls/{which}.wav", f"/calls/{which}-{number}.wav"
                        same = uri.encode().hex().ljust(64, "0")[:64]
                        moved = call_of(to, started=started, at=at, scan_id=name, moved_from=uri, sha256=same)
                        doing.write_part([moved], name=f"{name}-{attempt}", scan_date=DAY)
                    elif step == "rejudge" and store.exists():
                        rejudge(store.out, Rejudging(name, DAY, "2", load_policy("cases/linkedin"), lambda at=at: at))
                    elif step == "compact" and store.exists():
                        compact(doing, run_id=f"{name}-{attempt}", now=lambda at=at: at, rows_at_most=6)
                    elif step == "purge" and store.exists():
                        remove(doing, purge_id=f"{name}-{attempt}")
                    break
            if step == "purge":
                young = [c for c in before[0] if c["started_at"] == NOON]
                after = view(store.out)
                assert after[0] == young
                uris = {c["recording_uri"] for c in young}
                assert after[1] == [f for f in before[1] if f["recording_uri"] in uris]
                assert all(t["started_at"].to_pylist() == [NOON] * len(t) for t in store.history(["started_at"]))


def test_training_does_not_forget_what_was_purged(store):
    """What was eligible can still be taken back, by its hash; an opt-out in a purged call still counts for the others."""
    number = "+14155550123"
    asked = Disclosure("opt_out_requested", "customer", 1.0, 2.0, 0.9)
    write(
        store,
        call_of("/calls/old.wav", started=LONG_AGO, caller=number, eligible=True),
        call_of("/calls/asked.wav", started=LONG_AGO, caller="+14155550199", disclosures=[asked]),
        call_of("/calls/named.wav", started=LONG_AGO, caller="+14155550188", opted_out_at=LONG_AGO),
        *(
            call_of(f"/calls/young-{n}.wav", started=NOON, caller=f"+141555501{n}", eligible=True)
            for n in ("99", "88", "77")
        ),
    )
    told = read_lineage(store, at_least=0.5)
    asks = [OptOut(caller_of(number, KEY), NOON)]
    eligible = {e.record.recording_uri for e in eligible_now(told.records, told.opt_outs)}
    assert eligible == {"/calls/old.wav", "/calls/young-77.wav"}
    taken_back = {w.record.recording_sha256 for w in withdrawals(told.records, [*told.opt_outs, *asks])}
    remove(store)
    told = read_lineage(store, at_least=0.5)
    eligible = {e.record.recording_uri for e in eligible_now(told.records, told.opt_outs)}
    assert eligible == {"/calls/young-77.wav"}
    back = withdrawals(told.records, [*told.opt_outs, *asks])
    assert {w.record.recording_sha256 for w in back} == taken_back
    (gone,) = [w for w in back if not w.record.recording_uri]
    assert (gone.record.call_id, gone.eligible_from, gone.eligible_until) == ("", NOON, NOON + timedelta(days=1))
    remove(store, before=NOON + timedelta(days=900), purge_id="purge-2")
    assert len(withdrawals(read_lineage(store, at_least=0.5).records, asks)) == 1


def test_a_purged_recording_that_still_lies_there_is_not_heard_anew(tmp_path):
    """Nor a copy of it, nor a manifest's row of it when it is gone; changed bytes are, and --rescan hears all."""
    archive = Archive(tmp_path)
    old, new = archive.add("old.wav", "disclosed old"), archive.add("new.wav", "disclosed new")
    table = tmp_path / "calls.csv"
    table.write_text(f"file,started_at\n{old},2020-01-01\n{new},2026-03-01\n")
    archive.scan(manifest=read_manifest(str(table)))
    store = Store(str(archive.out))
    assert remove(store).recordings == 1
    archive.add("copy.wav", "disclosed old")
    record = archive.scan(manifest=read_manifest(str(table)))
    assert (record.found, record.purged_before, record.done_before, record.scanned, record.left) == (3, 2, 1, 0, 0)
    assert record.skipped == {"done before": 1, "purged before": 2}
    assert left(store) == [str(new)]
    old.unlink()
    record = archive.scan(manifest=read_manifest(str(table)))
    assert (record.purged_before, record.failed) == (2, 0)
    archive.add("old.wav", "disclosed and changed")
    record = archive.scan(manifest=read_manifest(str(table)))
    assert (record.purged_before, record.scanned) == (1, 1)
    record = archive.scan(options=RunOptions(rescan=True))
    assert (record.purged_before, record.scanned) == (0, 3)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("400d", NOON - timedelta(days=400)),
        ("2025-01-31", datetime(2025, 1, 31, tzinfo=UTC)),
        ("2025-01-31T08:00:00Z", datetime(2025, 1, 31, 8, tzinfo=UTC)),
    ],
)
def test_ages_and_dates(text, moment):
    """Days before now, or a date in UTC."""
    assert moment_before(text, now=NOON) == moment


@pytest.mark.parametrize("text", ["400", "13 months", "-1d", "", "999999d", "2025-13-01"])
def test_other_ages_are_refused(text):
    """A purge that means something else than was said cannot be taken back."""
    with pytest.raises(UserError, match="--older-than"):
        moment_before(text, now=NOON)


def test_the_command(store, tmp_path, monkeypatch):
    """It says what would go and what went, by month, and whom it did not find on the list of holds."""
    monkeypatch.setenv("SCANNER_HMAC_KEY", KEY.secret.decode())
    write(store, *(call_of(f"/calls/{n}.wav", started=LONG_AGO) for n in "abc"), call_of("/calls/d.wav", started=NOON))
    holds = tmp_path / "holds.txt"
    holds.write_text(f"# case 17\na\n\n{b'/calls/b.wav'.hex().ljust(64, '0')[:64].upper()}  # case 18\nnosuch\n")
    command = ["purge", store.out, "--older-than", "2026-01-01", "--keep-legal-hold", str(holds)]
    done = CliRunner().invoke(cli, [*command, "--dry-run"])
    assert done.exit_code == 0
    assert "would remove 1 calls that began before 2026-01-01 00:00 UTC: 1 rows and 1 findings; 2 kept" in done.stdout
    assert "on hold, but not in" in done.stderr
    assert CliRunner().invoke(cli, command).exit_code == 2
    assert len(left(store)) == 4
    done = CliRunner().invoke(cli, [*command, "--allow-unknown-holds"])
    assert (done.exit_code, left(store)) == (0, ["/calls/a.wav", "/calls/b.wav", "/calls/d.wav"])
    assert done.stdout.splitlines()[1].startswith("written down in ")
    assert ["2024-10", "1"] in [line.split() for line in done.stdout.splitlines()]
    assert CliRunner().invoke(cli, ["purge", str(tmp_path / "nowhere"), "--older-than", "1d"]).exit_code == 2


def test_a_damaged_purge_log_is_named(store):
    """What must outlive a purge is not taken for nothing."""
    write(store, call_of("/calls/a.wav"))
    (Path(store.out) / "purges").mkdir()
    (Path(store.out) / "purges" / "x.json").write_text("{}")
    with pytest.raises(OutputError, match=r"x\.json: is no purge log"):
        read_lineage(store, at_least=0.5)
