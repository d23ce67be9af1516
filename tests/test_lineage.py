"""What an output folder tells of training: eligible now, eligible once, whose it is, and what must be taken back."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from test_store import NOON, make_call, make_failed

from scanner.cli import cli
from scanner.cli.training import LISTED, WITHDRAWN
from scanner.detections import Disclosure, RecordingFacts
from scanner.errors import OutputError
from scanner.lineage import caller_of, read_lineage, unmatched
from scanner.masking import HashKey
from scanner.store import Store
from scanner.training import OptOut, eligible_now, withdrawals

DAY = date(2026, 3, 1)
KEY = HashKey(b"0123456789abcdef")
ANNA, BEN = "+14155550123", "+12125550188"


def day(n):
    return NOON + timedelta(days=n)


class Rows:
    """An output folder that rows are added to by hand."""

    def __init__(self, folder):
        self.out = str(folder / "out")
        self.store = Store(self.out)
        self.store.prepare()
        self.parts = 0

    def call(
        self,
        name="a",
        caller=ANNA,
        *,
        on=0,
        judged=1,
        eligible=True,
        policy="us",
        opted_out=None,
        asks=None,
        key=KEY,
        sha256=None,
        moved_from=None,
        detector="1",
        uri=None,
    ):
        call = make_call(uri or f"/calls/{name}.wav", at=day(judged), sha256=sha256 or f"{name:a<64}")
        said = (Disclosure("opt_out_requested", "customer", 30.0, 33.0, asks),) if asks else ()
        heard = replace(
            call.heard,
            caller_hmac=key.hash(caller) if caller else None,
            value_hmac_key_id=key.key_id,
            detector_id=detector,
            facts=RecordingFacts(60.0, disclosures=said),
        )
        self.write(
            replace(
                call,
                call_id=name,
                info=replace(
                    call.info,
                    started_at=None if on is None else day(on),
                    opted_out_at=None if opted_out is None else day(opted_out),
                ),
                heard=heard,
                judgement=replace(call.judgement, training_eligible=eligible),
                scan=replace(call.scan, policy_id=policy, policy_sha256=policy),
                moved_from=moved_from,
            )
        )

    def failed(self, name="a", *, judged):
        self.write(make_failed(f"/calls/{name}.wav", at=day(judged)))

    def write(self, call):
        self.parts += 1
        self.store.write_part([call], name=f"{self.parts:03}", scan_date=DAY)

    def lineage(self):
        return read_lineage(self.store, at_least=0.6)

    def eligible(self):
        lineage = self.lineage()
        return [e.record.call_id for e in eligible_now(lineage.records, lineage.opt_outs)]

    def withdrawn(self):
        lineage = self.lineage()
        return [w.record.call_id for w in withdrawals(lineage.records, lineage.opt_outs)]


@pytest.fixture
def rows(tmp_path, monkeypatch):
    monkeypatch.setenv("SCANNER_HMAC_KEY", KEY.secret.decode())
    return Rows(tmp_path)


def run(*arguments):
    return CliRunner().invoke(cli, ["training", *map(str, arguments)], catch_exceptions=False)


def table(result):
    return list(csv.DictReader(io.StringIO(result.stdout)))


# --- the archive's history


def test_newest_row_counts(rows):
    """A call judged again is what its newest row says, in whichever part that lies."""
    rows.call("b", judged=5, eligible=False)
    rows.call("b", judged=1)
    rows.call("c", judged=1, eligible=False)
    rows.call("c", judged=5)
    assert rows.eligible() == ["c"]


def test_what_cannot_be_read_any_more_is_not_eligible(rows):
    """A failed rescan, or other bytes in its place: eligible once, and to be taken back, but not now."""
    rows.call("a", sha256="1" * 64)
    rows.failed("a", judged=3)
    rows.call("b", sha256="2" * 64)
    rows.call("b", sha256="3" * 64, judged=4, eligible=False)
    assert rows.eligible() == []
    lineage = rows.lineage()
    found = withdrawals(lineage.records, [OptOut(caller_of(ANNA, KEY), day(9))])
    assert [(w.record.recording_sha256[0], w.eligible_until) for w in found] == [("1", day(3)), ("2", day(4))]


def test_a_moved_recording_is_one(rows):
    """Its history goes with it: not listed under its old name, and eligible since then."""
    rows.call("old", sha256="1" * 64)
    rows.call("new", sha256="1" * 64, judged=7, moved_from="/calls/old.wav")
    lineage = rows.lineage()
    (found,) = eligible_now(lineage.records)
    assert (found.record.call_id, found.record.recording_uri, found.eligible_from) == (
        "new",
        "/calls/new.wav",
        day(1),
    )


def test_a_call_given_another_id_is_one(rows):
    """What was listed under the file's name and is ineligible under its id is not listed."""
    rows.call("a")
    rows.call("c-17", uri="/calls/a.wav", sha256=f"{'a':a<64}", judged=3, eligible=False)
    assert rows.eligible() == []


@pytest.mark.parametrize(
    ("opt_out", "out"),
    [
        ({"opted_out": 5}, True),
        ({"asks": 0.9}, True),
        ({"asks": 0.4}, False),
        ({"asks": 0.9, "caller": BEN}, False),
        ({"asks": 0.9, "caller": None}, False),
        ({"opted_out": 5, "caller": BEN}, False),
        ({}, False),
    ],
)
def test_opt_outs_that_the_archive_shows(rows, opt_out, out):
    """In the metadata of any of the caller's calls or asked for in one, surely heard: nothing of theirs may train."""
    rows.call("a")
    rows.call("later", **{"on": 5, "judged": 6, "eligible": False} | opt_out)
    assert rows.eligible() == ([] if out else ["a"])
    assert rows.withdrawn() == (["a"] if out else [])


def test_an_opt_out_once_named_stays(rows):
    """Metadata that a later scan lacked; but what a newer ear does not hear any more was not said."""
    rows.call("a")
    rows.call("b", on=5, judged=6, eligible=False, opted_out=5)
    rows.call("b", on=5, judged=7, eligible=False)
    assert rows.eligible() == []


def test_what_a_newer_ear_does_not_hear_was_not_said(rows):
    rows.call("a")
    rows.call("b", on=5, judged=6, eligible=False, asks=0.9)
    assert rows.eligible() == []
    rows.call("b", on=5, judged=7, eligible=False, detector="2")
    assert rows.eligible() == ["a"]
    rows.failed("b", judged=8)
    assert rows.eligible() == ["a"]


def test_keys_are_not_mixed(rows):
    """The same number under another key is another hash: that is told, and never taken for nobody's."""
    rows.call("a")
    rows.call("b", key=HashKey(b"fedcba9876543210"))
    rows.call("c", caller=None)
    missed = unmatched(rows.lineage().records, KEY)
    assert (list(missed.other_keys.values()), missed.unknown) == ([1], 1)


def test_nothing_scanned_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="nothing was scanned"):
        read_lineage(Store(str(tmp_path)), at_least=0.6)


# --- training list


def test_list_is_csv_that_pipes(rows):
    """A header and a line for each; where it lies, its bytes' hash, and since when."""
    rows.call("a", sha256="1" * 64)
    rows.call("b", eligible=False)
    result = run("list", rows.out)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        ",".join(LISTED),
        f"a,/calls/a.wav,{'1' * 64},{day(0).isoformat()},us,{day(1).isoformat()}",
    ]
    assert result.stderr == ""


def test_list_as_json(rows):
    rows.call("a", on=None)
    (shown,) = json.loads(run("list", rows.out, "--json").stdout)
    assert tuple(shown) == LISTED
    assert (shown["call_id"], shown["started_at"]) == ("a", None)


def test_an_empty_list_is_a_header(rows):
    rows.call("a", eligible=False)
    assert run("list", rows.out).stdout == ",".join(LISTED) + "\n"
    assert json.loads(run("list", rows.out, "--json").stdout) == []


def test_list_leaves_out_what_a_later_policy_made_eligible(rows):
    """It is counted, and listed only if asked for; a policy that was there first covers its calls."""
    rows.call("a", eligible=False, policy="old")
    rows.call("a", judged=5, policy="new")
    rows.call("b", policy="new")
    result = run("list", rows.out)
    assert [r["call_id"] for r in table(result)] == ["b"]
    assert "1 not listed" in result.stderr
    assert [r["call_id"] for r in table(run("list", rows.out, "--any-policy"))] == ["a", "b"]


def test_list_honors_a_file_of_opt_outs(rows, tmp_path):
    rows.call("a")
    rows.call("b", caller=BEN)
    file = tmp_path / "out.csv"
    file.write_text("caller_number,opted_out_at\n(415) 555-0123,2026-03-09\n")
    assert [r["call_id"] for r in table(run("list", rows.out, "--opt-outs", file))] == ["b"]


# --- training withdraw


def test_withdraw_a_caller(rows):
    """What was eligible before and after the opt-out, and never the number or its hash."""
    rows.call("before", on=0)
    rows.call("after", on=8, judged=9)
    rows.call("ended", on=1, judged=2)
    rows.call("ended", on=1, judged=6, eligible=False)
    rows.call("never", eligible=False)
    rows.call("bens", caller=BEN)
    rows.call("undated", on=None)
    result = run("withdraw", rows.out, "--caller", "415-555-0123", "--from", day(5).isoformat())
    assert result.exit_code == 0
    found = {r["call_id"]: r for r in table(result)}
    assert {c: r["before_opt_out"] for c, r in found.items()} == {
        "before": "true",
        "after": "false",
        "ended": "true",
        "undated": "",
    }
    assert {c: r["eligible_until"] for c, r in found.items() if r["eligible_until"]} == {"ended": day(6).isoformat()}
    assert found["ended"]["eligible_from"] == day(2).isoformat()
    assert {r["opt_out_source"] for r in found.values()} == {"request"}
    assert result.stdout.splitlines()[0] == ",".join(WITHDRAWN)
    assert "4155550123" not in result.output
    assert KEY.hash(ANNA) not in result.output


def test_the_earliest_opt_out_of_the_caller_counts(rows):
    """One asked for in a call before the request, or named by metadata; another caller's do not."""
    rows.call("a", on=4)
    rows.call("b", on=2, judged=3, eligible=False, asks=0.9)
    rows.call("c", on=1, caller=BEN, opted_out=1, eligible=False)
    (found,) = table(run("withdraw", rows.out, "--caller", ANNA, "--from", day(6).isoformat()))
    assert (found["opt_out_source"], found["before_opt_out"]) == ("call", "false")


def test_withdraw_by_file_and_by_what_the_archive_shows(rows, tmp_path):
    """The file adds to it; without either it is what calls and metadata show."""
    rows.call("a")
    rows.call("b", caller=BEN)
    rows.call("c", caller=BEN, on=3, judged=4, eligible=False, opted_out=3)
    assert [r["call_id"] for r in table(run("withdraw", rows.out))] == ["b"]
    file = tmp_path / "out.jsonl"
    file.write_text(json.dumps({"caller_number": ANNA, "opted_out_at": "2026-03-09T10:00:00Z"}) + "\n")
    shown = json.loads(run("withdraw", rows.out, "--opt-outs", file, "--json").stdout)
    assert [(r["call_id"], r["opt_out_source"]) for r in shown] == [("a", "request"), ("b", "metadata")]


def test_another_key_is_a_clear_error(rows, monkeypatch):
    """Nothing found by the wrong key must not read as nothing to take back."""
    rows.call("a")
    monkeypatch.setenv("SCANNER_HMAC_KEY", "another key that is long enough")
    result = run("withdraw", rows.out, "--caller", ANNA, "--from", "2026-03-09")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert KEY.key_id in result.stderr
    assert "4155550123" not in result.output
    rows.call("b", key=HashKey(b"another key that is long enough"))
    result = run("withdraw", rows.out, "--caller", ANNA, "--from", "2026-03-09")
    assert result.exit_code == 2
    assert [r["call_id"] for r in table(result)] == ["b"]
    assert "1 recordings that were eligible could not be compared" in result.stderr


def test_unknown_callers_are_told(rows):
    """Whose they are cannot be told; who never were eligible are not counted."""
    rows.call("a", caller=None)
    rows.call("b", caller=None, eligible=False)
    result = run("withdraw", rows.out, "--caller", ANNA, "--from", "2026-03-09")
    assert result.exit_code == 0
    assert "1 recordings that were eligible have no caller's number" in result.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["--caller", ANNA],
        ["--from", "2026-03-09"],
        ["--caller", ANNA, "--from", "2026-03-09", "--opt-outs", "x.csv"],
        ["--caller", "12 hello", "--from", "2026-03-09"],
        ["--caller", "anonymous", "--from", "2026-03-09"],
        ["--caller", ANNA, "--from", "last summer"],
        ["--opt-outs", "/nowhere/x.csv"],
    ],
)
def test_what_cannot_be_understood_ends_with_2(rows, wrong):
    """One clear line, and never the value."""
    rows.call("a")
    result = run("withdraw", rows.out, *wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert not {"4155550123", "12 hello", "last summer"} & {w for w in wrong if w in result.output}
