import dataclasses
import shutil
from datetime import UTC, date, datetime, timedelta

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.calls import CallInfo
from scanner.detections import (
    DISCLOSURE_KINDS,
    AudioProblem,
    CallEvent,
    Disclosure,
    MaskedText,
    PersonalData,
    RecordingFacts,
    SensitiveMatter,
    SpeechSpan,
)
from scanner.errors import OutputError
from scanner.findings import RULES, SEVERITIES, Finding, Judgement
from scanner.masking import MaskedTurn
from scanner.store import (
    CALLS,
    FINDINGS,
    Failure,
    Heard,
    RecordingFile,
    Scan,
    Store,
    StoredCall,
    call_row,
    finding_rows,
)
from scanner.store import schema as schema_module
from scanner.store.rows import stored_call
from scanner.transcript import Span

DAY = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

seconds = st.floats(0, 7200, allow_nan=False)
shares = st.floats(0, 1, allow_nan=False)
moments = st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
speakers = st.sampled_from(["agent", "customer", "system", "unknown"])
names = st.text(min_size=1, max_size=8).filter(lambda t: "\x00" not in t)
words = names.map(MaskedText)
heard_by = {"speaker": speakers, "start_s": seconds, "end_s": seconds, "confidence": shares}
facts = st.builds(
    RecordingFacts,
    duration_s=seconds,
    speech=st.lists(st.builds(SpeechSpan, speakers, seconds, seconds), max_size=2).map(tuple),
    language=st.none() | st.sampled_from(["en", "es"]),
    language_confidence=st.floats(0, 1, width=32),
    coverage=st.sampled_from(["complete", "partial", "unknown"]),
    disclosures=st.lists(
        st.builds(
            Disclosure,
            st.sampled_from(DISCLOSURE_KINDS),
            **heard_by,
            basis=st.sampled_from(["wording", "meaning"]),
            speaker_confidence=shares,
            excerpt=words,
        ),
        max_size=2,
    ).map(tuple),
    events=st.lists(st.builds(CallEvent, st.sampled_from(["call_ending", "hold"]), **heard_by), max_size=2).map(tuple),
    personal_data=st.lists(
        st.builds(
            PersonalData,
            st.sampled_from(["US_SSN", "CREDIT_CARD"]),
            **heard_by,
            parts=st.lists(st.builds(Span, seconds, seconds), max_size=2).map(tuple),
            value_hmac=st.none() | names,
            excerpt=words,
        ),
        max_size=2,
    ).map(tuple),
    matters=st.lists(st.builds(SensitiveMatter, st.sampled_from(["health"]), **heard_by), max_size=1).map(tuple),
    audio_problems=st.lists(
        st.builds(
            AudioProblem, st.sampled_from(["damaged", "silent_channel"]), seconds, seconds, st.none() | st.just(1)
        ),
        max_size=2,
    ).map(tuple),
)
infos = st.builds(
    CallInfo,
    call_id=st.just("call-1"),
    started_at=st.none() | moments,
    agent_id=st.none() | names,
    queue=st.none() | names,
    caller_state=st.none() | st.just("CA"),
    caller_region=st.none() | st.just("US-CA"),
    agent_channel=st.none() | st.sampled_from([0, 1]),
    third_party=st.none() | names,
    ai_analysis=st.none() | st.booleans(),
    ai_training=st.none() | st.booleans(),
    consent_on_file=st.frozensets(st.sampled_from(DISCLOSURE_KINDS)),
    consent_on_file_at=st.none() | moments,
    opted_out_at=st.none() | moments,
)
findings = st.builds(
    Finding,
    rule=st.sampled_from(RULES),
    category=st.sampled_from(["consent", "personal_data", "quality"]),
    status=st.sampled_from(["violation", "needs_review", "observation"]),
    severity=st.sampled_from(SEVERITIES[1:]),
    confidence=st.floats(0, 1, width=32),
    explanation=names,
    reference=names,
    speaker=speakers,
    start_s=st.none() | seconds,
    end_s=st.none() | seconds,
    entity_type=st.none() | st.just("US_SSN"),
    value_hmac=st.none() | names,
    excerpt=words,
)
judgements = st.builds(
    Judgement,
    verdict=st.sampled_from(["compliant", "violation", "needs_review"]),
    severity=st.sampled_from(SEVERITIES),
    findings=st.lists(findings, max_size=3).map(tuple),
    jurisdiction=st.just("US-CA"),
    jurisdiction_source=st.sampled_from(["metadata", "phone_number", "default"]),
    uncovered_s=seconds,
    sensitivity=st.sampled_from(["none", "health"]),
    training_eligible=st.booleans(),
    training_ineligible_reasons=st.lists(names, max_size=2).map(tuple),
)
heards = st.builds(
    Heard,
    channels=st.sampled_from([1, 2]),
    sample_rate=st.just(8000),
    speech_s=seconds,
    facts=facts,
    transcript=st.lists(st.builds(MaskedTurn, speakers, seconds, seconds, words), max_size=3).map(tuple),
    agent_channel=st.none() | st.sampled_from([0, 1]),
    agent_channel_source=st.sampled_from(["metadata", "words", "unknown"]),
    model_id=names,
    detector_id=names,
    value_hmac_key_id=names,
    caller_hmac=st.none() | names,
    model_compute=st.none() | names,
)
scans = st.builds(Scan, names, moments, names, names, names)
files = st.builds(RecordingFile, names, names, st.integers(0, 2**40), st.integers(0, 2**62))
heard_calls = st.builds(
    StoredCall, st.just("call-1"), files, infos, scans, heards, judgements, metadata_hmac=st.none() | names
)
failed_calls = st.builds(
    StoredCall,
    st.just("call-1"),
    st.builds(RecordingFile, names),
    infos,
    scans,
    failure=st.builds(Failure, st.sampled_from(["missing", "killed"]), names),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(call=heard_calls | failed_calls)
def test_a_call_comes_back_as_it_was_written(call):
    """All that judging needs is in the rows: a call made of its rows again is the same call."""
    calls = pa.Table.from_pylist([call_row(call)], schema=CALLS).to_pylist()
    found = pa.Table.from_pylist(finding_rows(call), schema=FINDINGS).to_pylist()
    assert stored_call(calls[0], found) == call


@pytest.mark.parametrize(
    ("made", "struct"),
    [
        (Disclosure, schema_module.DISCLOSURE),
        (SpeechSpan, schema_module.SPEECH),
        (CallEvent, schema_module.EVENT),
        (PersonalData, schema_module.PERSONAL_DATA),
        (SensitiveMatter, schema_module.MATTER),
        (AudioProblem, schema_module.AUDIO_PROBLEM),
        (MaskedTurn, schema_module.TURN),
    ],
)
def test_each_fact_has_a_column_for_each_of_its_fields(made, struct):
    """A field that is added to a fact and not to the table would be lost without a word."""
    assert {f.name for f in dataclasses.fields(made)} == {f.name for f in struct}


def test_findings_and_metadata_have_columns_for_all_their_fields():
    """The caller's number is the one thing known about a call that is not kept."""
    assert {f.name for f in dataclasses.fields(Finding)} <= set(FINDINGS.names)
    kept = {f.name for f in dataclasses.fields(CallInfo)} - {"caller_number"}
    assert kept <= set(CALLS.names)
    assert "caller_number" not in CALLS.names


def make_call(uri="/calls/a.wav", *, at=NOON, scan_id="scan-1", sha256="ab" * 32, verdict="violation", **changes):
    finding = Finding("no_speech", "quality", "violation", "low", 0.5, "Nobody speaks.", "none", start_s=1.0, end_s=2.0)
    judgement = Judgement(verdict, "low", (finding,), "US-CA", "metadata", 0.0, "none", False, ("no_disclosure",))
    heard = Heard(1, 8000, 1.0, RecordingFacts(2.0), (), None, "unknown", "tiny", "1", "key")
    return StoredCall(
        call_id=uri.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        recording=RecordingFile(uri, sha256, 10, 20),
        info=CallInfo(call_id="a"),
        scan=Scan(scan_id, at, "1", "us", "cd" * 32),
        heard=heard,
        judgement=judgement,
        **changes,
    )


def make_failed(uri, *, at=NOON, scan_id="scan-1"):
    scan = Scan(scan_id, at, "1", "us", "cd" * 32)
    failure = Failure("killed", "the process that scanned it was killed")
    return StoredCall("x", RecordingFile(uri), CallInfo(call_id="x"), scan, failure=failure)


@pytest.fixture
def store(tmp_path):
    made = Store(str(tmp_path / "out"))
    made.prepare()
    return made


def test_three_readers_read_the_same_tables(store):
    """pyarrow, DuckDB and Polars see the same rows, with scan_date from the folder's name."""
    store.write_part([make_call(), make_failed("/calls/b.wav")], name="1", scan_date=DAY)
    store.write_part([make_call("/calls/c.wav")], name="2", scan_date=date(2026, 3, 2))
    root = store.folder.root
    arrow = ds.dataset(f"{root}/calls", partitioning="hive").to_table().sort_by("recording_uri")
    duck = duckdb.sql(
        f"select recording_uri, verdict, scan_date::varchar, disclosures from read_parquet('{root}/calls/**/*.parquet') order by 1"
    ).fetchall()
    polars = pl.read_parquet(f"{root}/calls/", hive_partitioning=True).sort("recording_uri")
    expected = [("/calls/a.wav", "violation"), ("/calls/b.wav", "failed"), ("/calls/c.wav", "violation")]
    assert list(zip(arrow["recording_uri"].to_pylist(), arrow["verdict"].to_pylist(), strict=True)) == expected
    assert [row[:2] for row in duck] == expected
    assert [row[2] for row in duck] == ["2026-03-01", "2026-03-01", "2026-03-02"]
    assert list(zip(polars["recording_uri"], polars["verdict"], strict=True)) == expected
    joined = duckdb.sql(
        f"select count(*) from '{root}/calls/**/*.parquet' c join '{root}/findings/**/*.parquet' f using (call_id, scan_id)"
    ).fetchall()
    assert joined == [(2,)]


def test_every_part_has_every_column_with_its_type(store):
    """An empty findings table or a failed call leaves out no column."""
    store.write_part([make_failed("/calls/b.wav")], name="1", scan_date=DAY)
    for table, schema in (("calls", CALLS), ("findings", FINDINGS)):
        (part,) = store.parts(table)
        assert pq.read_schema(part.path).equals(schema)


def test_the_newest_row_of_a_recording_is_its_state(store):
    """A rescan adds rows; the older ones and their findings are past, whatever the parts are called."""
    later = NOON + timedelta(days=1)
    store.write_part([make_call(at=later, scan_id="scan-2", verdict="compliant")], name="a", scan_date=DAY)
    store.write_part([make_call(), make_call("/calls/other/a.wav")], name="b", scan_date=DAY)
    calls = store.calls(["recording_uri", "verdict"]).sort_by("recording_uri").to_pylist()
    assert calls == [
        {"recording_uri": "/calls/a.wav", "verdict": "compliant"},
        {"recording_uri": "/calls/other/a.wav", "verdict": "violation"},
    ]
    assert sorted(store.findings(["scan_id"])["scan_id"].to_pylist()) == ["scan-1", "scan-2"]
    assert store.newest(["verdict", "call_id"], lambda *row: row) == {
        "/calls/a.wav": ("compliant", "a"),
        "/calls/other/a.wav": ("violation", "a"),
    }
    assert [(c.recording.uri, len(c.judgement.findings)) for c in store.stored_calls()] == [
        ("/calls/a.wav", 1),
        ("/calls/other/a.wav", 1),
    ]


def test_a_moved_recording_takes_the_place_of_its_old_row(store):
    """A recording that has moved counts once; one that comes to lie at the old place later is another one."""
    moved = make_call("/new/a.wav", at=NOON + timedelta(hours=1), scan_id="scan-2", moved_from="/calls/a.wav")
    store.write_part([make_call(), moved], name="1", scan_date=DAY)
    assert store.calls(["recording_uri"])["recording_uri"].to_pylist() == ["/new/a.wav"]
    assert store.newest(["scan_id"], str) == {"/new/a.wav": "scan-2"}
    again = make_call(at=NOON + timedelta(hours=2), scan_id="scan-3", sha256="ef" * 32)
    store.write_part([again], name="2", scan_date=DAY)
    assert sorted(store.calls(["recording_uri"])["recording_uri"].to_pylist()) == ["/calls/a.wav", "/new/a.wav"]
    assert store.newest(["scan_id"], str) == {"/calls/a.wav": "scan-3", "/new/a.wav": "scan-2"}


def test_a_copy_is_a_recording_of_its_own(store):
    """Both places have a row, and the later one says where the same bytes were heard."""
    copy = make_call("/calls/copy.wav", at=NOON + timedelta(hours=1), scan_id="scan-2", copy_of="/calls/a.wav")
    store.write_part([make_call(), copy], name="1", scan_date=DAY)
    assert store.calls(["recording_uri", "copy_of"]).sort_by("recording_uri")["copy_of"].to_pylist() == [
        None,
        "/calls/a.wav",
    ]


def test_findings_without_calls_are_not_seen_and_are_cleared_away(store):
    """A crash between findings and calls: nothing was committed, and the next run may write the same calls again."""
    store.write_part([make_call()], name="dead", scan_date=DAY)
    store.write_part([make_call("/calls/b.wav")], name="alive", scan_date=DAY)
    (dead,) = [p for p in store.parts("calls") if "dead" in p.key]
    store.folder.delete(dead.path)
    assert store.calls(["recording_uri"])["recording_uri"].to_pylist() == ["/calls/b.wav"]
    store.write_part([make_call()], name="again", scan_date=DAY)
    assert len(store.findings()) == 2
    assert store.drop_uncommitted(containing="alive") == 0
    assert store.drop_uncommitted() == 1
    assert [p.key.rsplit("/")[-1] for p in store.parts("findings")] == ["part-again.parquet", "part-alive.parquet"]


def test_a_write_that_fails_leaves_nothing_behind(store, monkeypatch):
    """A full disk gives a clear error, no half a file, and no findings that count."""

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    store.write_part([make_call()], name="1", scan_date=DAY)
    monkeypatch.setattr(pq, "ParquetWriter", full)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\)"):
        store.write_part([make_call("/calls/b.wav")], name="2", scan_date=DAY)
    monkeypatch.undo()
    assert [p.key.rsplit("/")[-1] for p in store.parts("findings")] == ["part-1.parquet"]
    assert store.folder.files("_writing") == []


def test_an_older_file_without_the_newest_columns_is_read(store):
    """Columns that came later are null in older files; facts that came later take their defaults."""
    store.write_part([make_call()], name="1", scan_date=DAY)
    (part,) = store.parts("calls")
    table = pq.read_table(part.path, partitioning=None)
    pq.write_table(table.drop_columns(["copy_of", "matters", "metadata_hmac"]), part.path)
    (call,) = store.stored_calls()
    assert call.copy_of is None
    assert call.heard.facts.matters == ()


def test_a_damaged_part_is_named(store):
    """Half a file can come from a broken copy of the folder; which one is said."""
    store.write_part([make_call()], name="1", scan_date=DAY)
    (part,) = store.parts("calls")
    shutil.copyfile(__file__, part.path)
    with pytest.raises(OutputError, match=r"part-1\.parquet: cannot be read"):
        store.calls(["verdict"])


def test_an_empty_folder_has_tables_without_rows(store):
    """Nothing scanned yet is no error to a reader."""
    assert not store.exists()
    assert store.calls().num_rows == 0
    assert store.findings(["rule"]).num_rows == 0
    assert list(store.stored_calls()) == []


def test_an_unwritable_folder_says_so(tmp_path):
    """A file where the folder should be: an error that names the place."""
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match=r"out: cannot be written"):
        Store(str(tmp_path / "out")).prepare()


def test_tables_in_other_storage():
    """By fsspec's URIs: parts appear whole, and nothing is written aside."""
    store = Store("memory://bucket/out")
    store.prepare()
    store.write_part([make_call(), make_failed("/calls/b.wav")], name="1", scan_date=DAY)
    assert [p.key for p in store.parts("calls")] == ["scan_date=2026-03-01/part-1.parquet"]
    assert store.newest(["verdict"], str) == {"/calls/a.wav": "violation", "/calls/b.wav": "failed"}
    assert len(store.findings()) == 1
    store.folder.delete(store.parts("calls")[0].path)
    assert store.drop_uncommitted() == 1


@pytest.mark.parametrize("place", ["nosuchscheme://bucket/out", "s3:/"])
def test_an_unknown_place_says_so(place):
    """A mistyped URI is an error, not a folder of that name; a path with a colon is a path."""
    if place.startswith("nosuch"):
        with pytest.raises(OutputError, match="nosuchscheme"):
            Store(place)
    else:
        assert Store(place).folder.local


def test_a_call_is_judged_or_failed():
    """No row can be both, nor neither."""
    call = make_call()
    with pytest.raises(ValueError, match="either"):
        dataclasses.replace(call, failure=Failure("error", "x"))
    with pytest.raises(ValueError, match="either"):
        dataclasses.replace(call, judgement=None)
