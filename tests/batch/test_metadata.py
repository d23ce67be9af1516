"""Manifests and sidecars of a run."""

from pathlib import Path

from batch_fakes import all_rows, rows

from scanner.manifest import read_manifest


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
