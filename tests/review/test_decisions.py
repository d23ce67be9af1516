import re
import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from archives import SCAN, card_finding, finding, heard_call, sha256_of, small_archive
from test_attacks import finding_of

from scanner.review.audit import newest
from scanner.review.decisions import Decision, all_decisions, clean_note, in_force
from scanner.store import Store

DENIED = "Recording denied"


def entry(number, choice, undoes=None):
    blank = dict.fromkeys(Decision.__slots__, "")
    return Decision(**{**blank, "id": number, "decision": choice, "undoes": undoes, "machine_confidence": 0.9})


@pytest.mark.parametrize(
    ("entries", "standing"),
    [
        ([], None),
        ([entry(1, "confirmed")], 1),
        ([entry(1, "confirmed"), entry(2, "false_alarm")], 2),
        ([entry(1, "confirmed"), entry(2, "undone", 1)], None),
        ([entry(1, "confirmed"), entry(2, "false_alarm"), entry(3, "undone", 2)], 1),
        ([entry(1, "confirmed"), entry(2, "undone", 1), entry(3, "fixed")], 3),
        ([entry(3, "fixed"), entry(2, "undone", 1), entry(1, "confirmed")], 3),
        ([entry(1, "confirmed"), entry(2, "false_alarm"), entry(3, "undone", 2), entry(4, "undone", 1)], None),
    ],
)
def test_the_last_decision_that_nobody_undid_holds(entries, standing):
    """Undoing goes back to what held before."""
    found = in_force(entries)
    assert (found.id if found else None) == standing


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("The agent apologised.", "The agent apologised."),
        ("card 4111 1111 1111 1111 heard", "card [NUMBER] heard"),
        ("call back on 555-123-4567", "call back on [NUMBER]"),
        ("mail to a.b@example.com please", "mail to [EMAIL] please"),
        ("see ticket 4711, § 632.7 and 30 s", "see ticket 4711, § 632.7 and 30 s"),
        ("on 2026-03-02?", "on [NUMBER]?"),
        ("x" * 3000, "x" * 2000),
    ],
)
def test_notes_keep_no_customers_number(written, kept):
    """What looks like a number or an address of a person is masked; paragraphs and short numbers stay."""
    assert clean_note(written) == kept


def decide(browser, key, finding_id, choice="confirmed", seen="0", **more):
    form = {"finding": finding_id, "choice": choice, "seen": seen, **more}
    return browser.post(f"/calls/{key}/decide", form)


def seen_by(browser, key, finding_id):
    page = browser.get(f"/calls/{key}").text
    return re.search(rf'name="seen" value="(\d+)" form="decide-{finding_id}"', page)[1]


def test_a_decision_stands_beside_the_machines_verdict(rita, app):
    """Who, when, what, with the note and what the machine said then; the machine's own row is as it was."""
    key = rita.key_of("call-1")
    finding_id = finding_of(rita, key, DENIED)
    assert decide(rita, key, finding_id, "needs_legal", note="ask counsel").status_code == 303
    page = rita.get(f"/calls/{key}").text
    assert "Needs legal" in page
    assert "by rita" in page
    assert "ask counsel" in page
    with app.state.site.engine.connect() as connection:
        made = all_decisions(connection)[0]
    assert (made.machine_status, made.machine_severity) == ("violation", "high")
    assert (made.model_id, made.policy_id, made.scan_id) == ("whisper-base@1234", "us", "scan-1")
    assert round(made.machine_confidence, 2) == 0.82


def test_undoing_is_a_new_entry(rita, app):
    """Nothing is deleted, and the finding asks for a decision again."""
    key = rita.key_of("call-2")
    finding_id = finding_of(rita, key, "Recording notice late")
    decide(rita, key, finding_id)
    assert "call-2" not in rita.get("/calls?decision=open").text
    assert "call-2" in rita.get("/calls?decision=confirmed").text
    answer = rita.post(f"/calls/{key}/undo", {"finding": finding_id, "seen": seen_by(rita, key, finding_id)})
    assert answer.status_code == 303
    assert "call-2" in rita.get("/calls?decision=open").text
    with app.state.site.engine.connect() as connection:
        assert [d.decision for d in all_decisions(connection)] == ["confirmed", "undone"]


def test_a_second_reviewer_sees_it_and_cannot_overwrite_it_unseen(browser_of):
    """Who decides on a page that is out of date is told so, and nothing is kept; after looking, they may."""
    rita, rob = browser_of("rita"), browser_of("rob")
    key = rita.key_of("call-1")
    finding_id = finding_of(rita, key, DENIED)
    decide(rita, key, finding_id, "confirmed")
    late = decide(rob, key, finding_id, "false_alarm")
    assert late.status_code == 409
    assert "rita has just decided" in late.text
    states = rob.get(f"/calls/{key}/states", headers={"hx-request": "true"}).text
    assert "by rita" in states
    assert decide(rob, key, finding_id, "false_alarm", seen=seen_by(rob, key, finding_id)).status_code == 303
    assert "by rob" in rita.get(f"/calls/{key}").text


def test_of_two_decisions_at_once_one_is_kept(browser_of, app):
    """However the servers interleave, the second is told of the first."""
    browsers = [browser_of("rita"), browser_of("rob"), browser_of("ada")]
    key = browsers[0].key_of("call-1")
    finding_id = finding_of(browsers[0], key, DENIED)
    answers = []
    threads = [
        threading.Thread(target=lambda b=b: answers.append(decide(b, key, finding_id).status_code)) for b in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409, 409]
    assert app.state.site.audit.verify(app.state.site.engine).problem is None


@pytest.mark.parametrize("form", [{"choice": "guilty"}, {"finding": "0" * 32}, {"choice": ""}])
def test_only_what_can_be_decided_is_decided(rita, app, form):
    """Unknown decisions and findings of other calls are refused."""
    key = rita.key_of("call-1")
    good = {"finding": finding_of(rita, key, DENIED), "choice": "confirmed", "seen": "0"}
    assert rita.post(f"/calls/{key}/decide", {**good, **form}).status_code in {400, 404}
    with app.state.site.engine.connect() as connection:
        assert all_decisions(connection) == []


def test_a_rescan_keeps_decisions(tmp_path, site_of, monkeypatch):
    """What is found again is still decided; what is not found any more is shown as decided earlier."""
    from review_fixtures import Browser

    out = tmp_path / "own"
    small_archive(out, tmp_path / "recordings")
    app = site_of()
    archive = app.state.site.archive.__class__(str(out), secret=b"s" * 32)
    object.__setattr__(app.state.site, "archive", archive)
    rita = Browser(app)
    rita.sign_in("rita")
    key = rita.key_of("call-1")
    decide(rita, key, finding_of(rita, key, DENIED), "confirmed")
    decide(rita, key, finding_of(rita, key, "Card number recorded"), "fixed")
    path = tmp_path / "recordings" / "call-5551234567.wav"
    later = replace(SCAN, scan_id="scan-2", scanned_at=SCAN.scanned_at + timedelta(days=1))
    again = heard_call(
        path, call_id="call-1", sha256=sha256_of(path), findings=(card_finding((20.4, 26.3)), finding()), scan=later
    )
    Store(str(out)).write_part([again], name="b", scan_date=date(2026, 4, 2))
    monkeypatch.setattr(archive, "_looked_at", -100.0)
    page = rita.get(f"/calls/{key}").text
    assert "Fixed" in page
    assert re.search(r"Decided earlier, not found by the newest scan \(1\)", page)
    assert "Recording denied: Confirmed by rita" in page


def test_an_example_is_kept_with_consent_and_as_it_was_heard_only(browser_of, app):
    """Without consent nothing is kept; words that are not in the line are refused; consent can be taken back."""
    rita, rob = browser_of("rita"), browser_of("rob")
    key = rita.key_of("call-1")
    form = {"turn": "2", "kind": "recording_denied", "discloses": "yes", "text": "never record"}
    assert rita.post(f"/calls/{key}/example", form).status_code == 400
    assert rita.post(f"/calls/{key}/example", {**form, "consent": "yes", "text": "my own words"}).status_code == 400
    assert rita.post(f"/calls/{key}/example", {**form, "consent": "yes", "turn": "99"}).status_code == 400
    assert rita.post(f"/calls/{key}/example", {**form, "consent": "yes"}).status_code == 303
    page = rita.get("/agreement").text
    assert "never record" in page
    number = re.search(r"/examples/(\d+)/withdraw", page)[1]
    assert rob.post(f"/examples/{number}/withdraw").status_code == 403
    assert rita.post(f"/examples/{number}/withdraw").status_code == 303
    assert "never record" not in rita.get("/agreement").text
    actions = [e.action for e in newest(app.state.site.engine, limit=20)]
    assert {"gave_example", "withdrew_example"} <= set(actions)
    assert app.state.site.audit.verify(app.state.site.engine).problem is None
