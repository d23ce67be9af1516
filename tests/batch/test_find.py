"""What is found, and what is still being written."""

import sys
import threading
from pathlib import Path

import pytest
from batch_fakes import rows


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
