"""Manifests, sidecars and pairs; and that no value of theirs reaches an error message."""

import json
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scanner.calls import CallInfo
from scanner.errors import ManifestError
from scanner.manifest import COLUMNS, call_info, call_info_of_pairs, read_manifest, read_opt_outs, read_sidecar

ROW = {
    "call_id": "c-1",
    "file": "a/one.wav",
    "started_at": "2026-08-23T21:49:00+02:00",
    "agent_id": "agent-7",
    "queue": "billing",
    "caller_number": "(415) 555-0145",
    "caller_state": "California",
    "agent_channel": "0",
    "third_party": "Talkdesk",
    "ai_analysis": "true",
    "ai_training": "FALSE",
    "consent_on_file": "recording; third_party",
    "consent_on_file_at": "2026-01-01",
    "opted_out_at": "2026-02-03T04:05:06Z",
}
INFO = CallInfo(
    call_id="c-1",
    started_at=datetime(2026, 8, 23, 19, 49, tzinfo=UTC),
    agent_id="agent-7",
    queue="billing",
    caller_number="+14155550145",
    caller_state="US-CA",
    caller_region="US-CA",
    agent_channel=0,
    third_party="Talkdesk",
    ai_analysis=True,
    ai_training=False,
    consent_on_file=frozenset({"recording", "third_party"}),
    consent_on_file_at=datetime(2026, 1, 1, tzinfo=UTC),
    opted_out_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
)


def written(folder, name, text):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return file


def refusal(file):
    with pytest.raises(ManifestError) as caught:
        read_manifest(file)
    return str(caught.value).replace(f"{file.parent}/", "")


def as_csv(folder):
    return written(folder, "m.csv", f"{','.join(ROW)}\r\n" + ",".join(f'"{v}"' for v in ROW.values()) + "\r\n")


def as_jsonl(folder):
    row = ROW | {
        "ai_analysis": True,
        "ai_training": False,
        "agent_channel": 0,
        "consent_on_file": ["recording", "third_party"],
    }
    return written(folder, "m.jsonl", "\n" + json.dumps(row) + "\n\n")


def as_parquet(folder):
    row = ROW | {
        "ai_analysis": True,
        "ai_training": False,
        "agent_channel": 0.0,  # what a column with gaps becomes in a data frame
        "started_at": datetime(2026, 8, 23, 19, 49, tzinfo=UTC),
        "consent_on_file_at": date(2026, 1, 1),
    }
    table = pa.table({k: [v] for k, v in row.items()})
    nanoseconds = table.column("started_at").cast(pa.timestamp("ns", tz="UTC"))
    pq.write_table(
        table.set_column(table.column_names.index("started_at"), "started_at", nanoseconds), folder / "m.parquet"
    )
    return folder / "m.parquet"


@pytest.mark.parametrize("write", [as_csv, as_jsonl, as_parquet])
def test_formats_say_the_same(tmp_path, write):
    """CSV, JSON Lines and Parquet give the same metadata, and the recording beside the manifest."""
    (entry,) = read_manifest(write(tmp_path)).entries
    assert entry.info == INFO
    assert entry.uri == str(tmp_path / "a" / "one.wav")


def test_sidecar_says_the_same(tmp_path):
    """A sidecar is one row of a manifest."""
    assert read_sidecar(written(tmp_path, "one.json", json.dumps(ROW))) == INFO


def test_pairs_say_the_same():
    """The command line's key=value pairs are one row of a manifest; a value may hold an equals sign."""
    assert call_info_of_pairs([f"{k}={v}" for k, v in ROW.items()]) == INFO
    assert call_info_of_pairs(["queue=a=b"]).queue == "a=b"


def test_empty_is_unknown(tmp_path):
    """An empty value is unknown, not false and not an empty text."""
    file = written(tmp_path, "m.csv", f"{','.join(ROW)}\nc-2{',' * (len(ROW) - 1)}\n\n")
    (entry,) = read_manifest(file).entries
    assert entry.info == CallInfo(call_id="c-2")
    assert entry.uri is None
    assert call_info(dict.fromkeys(COLUMNS), where="x") == CallInfo()
    assert call_info({"agent_channel": float("nan")}, where="x") == CallInfo()


@pytest.mark.parametrize("text", ["anonymous", "Unknown", "RESTRICTED"])
def test_withheld_number_is_unknown(text):
    """What telephone systems write where there is no number is no number and no mistake."""
    assert call_info({"caller_number": text}, where="x") == CallInfo()


def test_recording_is_found_by_file_else_by_call_id(tmp_path, monkeypatch):
    """A row is found by its recording however the path is written; a row without `file` by its call_id."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "m.csv", "call_id,file,queue\nx,a/../one.wav,first\ntwo,,second\n")
    manifest = read_manifest("m.csv")
    assert manifest.entry_for("one.wav").info.queue == "first"
    assert manifest.entry_for(str(tmp_path / "one.wav")).line == 2
    assert manifest.entry_for(f"file://{tmp_path}/one.wav").line == 2
    assert manifest.entry_for("elsewhere/two.mp3").info.queue == "second"
    assert manifest.entry_for("x.wav") is None
    assert manifest.entry_for("elsewhere/one.wav") is None


def test_manifest_in_object_storage_names_recordings_beside_it():
    """A URI's folder is joined with the file; a file that is itself a URI stays what it is."""
    import fsspec

    with fsspec.open("memory://bucket/calls/m.jsonl", "wb") as f:
        f.write(b'{"file": "b/one.wav"}\n{"file": "s3://other/two.wav"}\n')
    uris = [e.uri for e in read_manifest("memory://bucket/calls/m.jsonl").entries]
    assert uris == ["memory://bucket/calls/b/one.wav", "s3://other/two.wav"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,caler_state\na.wav,CA\n", "m.csv: line 1: caler_state: unknown column (did you mean caller_state?)"),
        ("file,weather\n", "m.csv: line 1: weather: unknown column; known are call_id, "),
        ("file,queue,queue\na.wav,a,b\n", "m.csv: line 1: queue: column given twice"),
        ("+14155550123,a.wav\n", "m.csv: line 1: a column whose name is none: unknown column"),
        ("Carla Jenkins,a.wav\n", "m.csv: line 1: a column whose name is none: unknown column"),
        ("file;queue\n", "m.csv: line 1: a column whose name is none: unknown column"),
        ("file,queue\na.wav\n", "m.csv: line 2: 1 values for 2 columns"),
        ("file,queue\na.wav,b,c\n", "m.csv: line 2: 3 values for 2 columns"),
        ("file,queue\n\na.wav,x\nb.wav,y\na.wav,z\n", "m.csv: line 5: file: named before, in line 3"),
        ("file,queue\nb/a.wav,x\n./b//a.wav,z\n", "m.csv: line 3: file: named before, in line 2"),
        ("file,call_id\na.wav,x\nb.wav,x\n", "m.csv: line 3: call_id: given before, in line 2"),
        ("file,call_id\na.wav,\nb.wav,a\n", "m.csv: line 3: call_id: given before, in line 2"),
        ("file,queue\n,x\n", "m.csv: line 2: file: missing, and there is no call_id either"),
        ('file,queue\na.wav,"x\ny"\nb.wav,"x"z\n', "m.csv: line 4: not CSV"),
        ("file,started_at\na.wav,yesterday\n", "m.csv: line 2: started_at: expected a time such as"),
        ("file,started_at\na.wav,2026-02-30\n", "m.csv: line 2: started_at: expected a time such as"),
        ("file,caller_number\na.wav,12\n", "m.csv: line 2: caller_number: expected a telephone number"),
        ("file,caller_state\na.wav,Bavaria\n", "m.csv: line 2: caller_state: expected a state"),
        ("file,agent_channel\na.wav,2\n", "m.csv: line 2: agent_channel: expected 0 or 1"),
        ("file,ai_analysis\na.wav,maybe\n", "m.csv: line 2: ai_analysis: expected true or false"),
        ("file,consent_on_file\na.wav,recording;all\n", "m.csv: line 2: consent_on_file: expected disclosure kinds"),
        (b"file,queue\na.wav,\xff\n", "m.csv: not UTF-8"),
    ],
)
def test_mistake_is_named_with_file_line_and_column(tmp_path, text, message):
    """The message names file, line and column, and tells what is expected."""
    assert refusal(written(tmp_path, "m.csv", text)).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"file": "a.wav"}\n{"file": ', "m.jsonl: line 2: not JSON"),
        ('["a.wav"]', "m.jsonl: line 1: expected one JSON object"),
        ('{"file": "a.wav", "file": "b.wav"}', "m.jsonl: line 1: file: given twice"),
        ('{"file": "a.wav", "queue": ["x"]}', "m.jsonl: line 1: queue: expected a text"),
        ('{"file": "a.wav", "queue": true}', "m.jsonl: line 1: queue: expected a text"),
        ('{"file": "a.wav", "agent_channel": true}', "m.jsonl: line 1: agent_channel: expected 0 or 1"),
        ('{"file": "a.wav", "agent_channel": 0.5}', "m.jsonl: line 1: agent_channel: expected 0 or 1"),
        ('{"file": "a.wav", "ai_training": 2}', "m.jsonl: line 1: ai_training: expected true or false"),
        ('{"file": "a.wav", "started_at": 1787514540}', "m.jsonl: line 1: started_at: expected a time"),
        ('{"file": "a.wav", "consent_on_file": [1]}', "m.jsonl: line 1: consent_on_file: expected disclosure kinds"),
        ('{"file": "a.wav", "consent_on_file": {"recording": true}}', "m.jsonl: line 1: consent_on_file: expected"),
    ],
)
def test_mistake_in_json_lines(tmp_path, text, message):
    """JSON Lines are held to the same columns, each with its line."""
    assert refusal(written(tmp_path, "m.jsonl", text)).startswith(message)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("m.parquet", b"PAR1 no more", "m.parquet: not Parquet"),
        ("m.xlsx", b"", "m.xlsx: expected a file that ends in .csv, .jsonl, .ndjson, .parquet"),
    ],
)
def test_file_of_another_kind(tmp_path, name, content, message):
    """What cannot be read as what its ending says is refused with its name."""
    assert refusal(written(tmp_path, name, content)) == message


def test_missing_manifest(tmp_path):
    """A manifest that is not there is a mistake, not an empty one."""
    assert refusal(tmp_path / "m.csv") == "m.csv: no such file"


@pytest.mark.parametrize("column", sorted(set(COLUMNS) - {"call_id", "file", "agent_id", "queue", "third_party"}))
def test_no_message_shows_a_value(column):
    """Whatever a column holds by mistake, a card number say, the message does not repeat it."""
    with pytest.raises(ManifestError) as caught:
        call_info({column: "x4111111111111111"}, where="m.csv: line 2")
    assert "4111" not in str(caught.value)
    assert "4111" not in repr(caught.value.__cause__)


def test_number_is_not_shown():
    """The caller's number is not part of what is printed of a call."""
    assert "0145" not in repr(INFO)


@pytest.mark.parametrize("pair", ["queue", "queue=a", "4111=1"])
def test_pairs_are_checked(pair):
    """A pair without value, a key given twice and an unknown key are mistakes."""
    with pytest.raises(ManifestError, match=r"^--set: "):
        call_info_of_pairs(["queue=b", pair])


def test_empty_manifest_has_no_rows(tmp_path):
    """A manifest with a header only, or nothing at all, names no recording."""
    assert read_manifest(written(tmp_path, "m.csv", "file,queue\n")).entries == ()
    assert read_manifest(written(tmp_path, "n.jsonl", "")).entries == ()


def test_byte_order_mark_is_no_part_of_a_name(tmp_path):
    """Spreadsheets write a byte order mark; the first column is still known."""
    (entry,) = read_manifest(written(tmp_path, "m.csv", b"\xef\xbb\xbffile\na.wav\n")).entries
    assert entry.uri.endswith("/a.wav")


def test_opt_out_file(tmp_path):
    """An opt-out file has numbers and times; a row without either is a mistake that shows no number."""
    file = written(tmp_path, "o.csv", "caller_number,opted_out_at\n(415) 555-0145,2026-05-04\n")
    assert read_opt_outs(file) == (("+14155550145", datetime(2026, 5, 4, tzinfo=UTC)),)
    for text, column in (("4155550145,\n", "opted_out_at"), (",2026-05-04\n", "caller_number")):
        with pytest.raises(ManifestError) as caught:
            read_opt_outs(written(tmp_path, "o.csv", "caller_number,opted_out_at\n" + text))
        assert str(caught.value).endswith(f"o.csv: line 2: {column}: missing")
