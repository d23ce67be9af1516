"""What is done is not done again."""

import os
import shutil
from dataclasses import replace
from datetime import date

import pytest
from batch_fakes import STRICT, FakeLoad, all_rows, now, rows

from scanner.batch import RunOptions
from scanner.batch.rejudge import Rejudging, rejudge
from scanner.store import Store

DAY = date(2026, 3, 2)


def test_what_is_done_is_not_heard_again(archive):
    """An unchanged archive gives no new row, and the record still counts its verdicts."""
    archive.add("a.wav")
    archive.add("b.wav", "undecodable")
    archive.scan()
    record = archive.scan()
    assert len(archive.heard()) == len(all_rows(archive)) == 2
    assert (record.scanned, record.done_before, record.verdicts) == (0, 2, {"compliant": 1, "failed": 1})
    archive.add("c.wav", "silence")
    assert archive.scan().scanned == 1
    assert archive.heard()[2:] == ["c.wav"]


@pytest.mark.parametrize(
    ("change", "heard"),
    [
        ({}, 1),
        ({"model_id": "fake-2"}, 2),
        ({"detector_id": "detector-2"}, 2),
        ({"options": RunOptions(rescan=True)}, 2),
        ({"policy": STRICT}, 1),
    ],
    ids=["nothing", "model", "detector", "rescan", "policy"],
)
def test_only_a_new_ear_or_the_wish_hears_again(archive, change, heard):
    """Another policy judges what was heard; another model or detector must hear."""
    archive.add("a.wav")
    archive.scan()
    archive.scan(**change)
    assert len(archive.heard()) == heard


def test_another_policy_judges_again_as_a_rescan_would(archive):
    """The rows are equal but for when and by which scan they were made."""
    archive.add("a.wav")
    archive.add("b.wav", "silence")
    archive.scan()
    record = archive.scan(policy=STRICT)
    assert (record.judged_again, record.scanned, record.policy_id) == (2, 0, STRICT.id)
    again = list(Store(str(archive.out)).stored_calls())
    archive.scan(policy=STRICT, options=RunOptions(rescan=True))
    rescanned = list(Store(str(archive.out)).stored_calls())
    key = lambda c: c.recording.uri  # noqa: E731
    for one, other in zip(sorted(again, key=key), sorted(rescanned, key=key), strict=True):
        assert (one.heard.facts, one.judgement) == (other.heard.facts, other.judgement)
        assert one.scan.policy_sha256 == other.scan.policy_sha256 == STRICT.sha256
    assert archive.scan(policy=STRICT).done_before == 2


def test_rejudge_gives_what_a_rescan_gives(archive):
    """Also of what was known of the call, which a rescan reads again and rejudge does not."""
    archive.add("a.wav", "silence")
    archive.add("b.wav", "disclosed but not of AI")
    archive.add("b.json", '{"caller_state": "CA", "ai_training": true, "caller_number": "+14155550123"}')
    archive.scan()
    judged = rejudge(str(archive.out), Rejudging("again", DAY, "1", STRICT, now))
    assert (judged.judged_again, judged.found, judged.left) == (2, 2, 0)
    again = {c.recording.uri: c for c in Store(str(archive.out)).stored_calls()}
    assert archive.scan(policy=STRICT).done_before == 2
    archive.scan(policy=STRICT, options=RunOptions(rescan=True))
    for call in Store(str(archive.out)).stored_calls():
        assert replace(call, scan=again[call.recording.uri].scan) == again[call.recording.uri]


def test_changed_metadata_judges_again(archive):
    """A sidecar that says California where there was nothing: the same facts, the law of the state."""
    archive.add("a.wav", "silence")
    archive.scan()
    archive.add("a.json", '{"caller_state": "TX", "caller_number": "+15125550100"}')
    record = archive.scan()
    assert (record.judged_again, len(archive.heard())) == (1, 1)
    row = rows(archive, "jurisdiction", "caller_hmac")["a.wav"]
    assert (row["jurisdiction"], row["verdict"]) == ("US-TX", "compliant")
    assert row["caller_hmac"] is not None
    archive.add("a.json", '{"caller_state": "TX", "agent_channel": 1}')
    assert archive.scan().scanned == 1  # whose words are whose is part of the ear
    assert archive.scan().done_before == 1


def test_changed_bytes_are_heard_again(archive):
    """Another size or time of change makes the bytes looked at; the same bytes are not heard again."""
    path = archive.add("a.wav")
    archive.scan()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert archive.scan().judged_again == 1
    assert archive.scan().done_before == 1
    archive.add("a.wav", "silence!!", age_s=500)
    assert archive.scan().scanned == 1
    assert archive.heard() == ["a.wav", "a.wav"]
    assert rows(archive)["a.wav"]["verdict"] == "violation"


def test_a_copied_recording_is_recognised(archive):
    """Its row says of what it is a copy, and it is not heard again."""
    path = archive.add("a.wav")
    archive.scan()
    shutil.copy2(path, archive.calls / "copy.wav")
    record = archive.scan()
    assert (record.recognised, record.scanned) == (1, 0)
    found = rows(archive, "copy_of")
    assert (found["copy.wav"]["copy_of"], found["copy.wav"]["call_id"]) == (str(path), "copy")
    assert found["a.wav"]["copy_of"] is None
    assert archive.scan().done_before == 2


def test_a_moved_recording_is_recognised_and_counts_once(archive):
    """Its row takes the place of the old one and says where it was."""
    path = archive.add("a.wav")
    archive.scan()
    path.rename(archive.calls / "b.wav")
    record = archive.scan()
    assert (record.recognised, record.scanned) == (1, 0)
    found = rows(archive, "moved_from")
    assert list(found) == ["b.wav"]
    assert found["b.wav"]["moved_from"] == str(path)
    assert archive.scan().done_before == 1
    assert len(Store(str(archive.out)).findings()) == len(
        set(Store(str(archive.out)).findings()["finding_id"].to_pylist())
    )


def test_recordings_of_one_length_are_not_taken_for_each_other(archive):
    """The same size only makes the bytes looked at."""
    archive.add("a.wav", "disclosed")
    archive.scan()
    archive.add("b.wav", "silence!!")
    assert archive.scan().scanned == 1


def test_what_failed_is_tried_again_unless_that_is_hopeless(archive):
    """What may go away is tried by each run; the same bytes that cannot be decoded only when asked for."""
    archive.add("locked.wav", "unreadable")
    archive.add("text.wav", "undecodable")
    archive.scan()
    record = archive.scan()
    assert archive.heard()[2:] == ["locked.wav"]
    assert record.failed == 2
    archive.scan(options=RunOptions(retry_failed=True))
    assert sorted(archive.heard()[3:]) == ["locked.wav", "text.wav"]
    archive.add("text.wav", "disclosed")
    archive.scan()
    assert rows(archive)["text.wav"]["verdict"] == "compliant"


def test_other_hardware_hears_nothing_again_and_rows_say_which_heard_them(archive):
    """It is the same model; whoever wants all heard alike asks for it. What is judged again keeps what it was heard on."""
    archive.add("a.wav")
    archive.scan()
    archive.add("b.wav", "undisclosed")
    gpu = {"load": FakeLoad(str(archive.log), compute="fake float16")}
    record = archive.scan(changes=gpu)
    assert record.compute == {"fake float16": 1}
    assert {n: r["model_compute"] for n, r in rows(archive, "model_compute").items()} == {
        "a.wav": "fake int1",
        "b.wav": "fake float16",
    }
    archive.scan(policy=STRICT)
    assert {r["model_compute"] for r in rows(archive, "model_compute").values()} == {"fake int1", "fake float16"}
    archive.scan(changes=gpu, options=RunOptions(rescan=True))
    assert {r["model_compute"] for r in rows(archive, "model_compute").values()} == {"fake float16"}
