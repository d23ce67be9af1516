import pytest
import sqlalchemy as sa
from review_fixtures import KEY
from test_attacks import finding_of

from scanner.masking import HashKey
from scanner.review.audit import AuditLog, newest
from scanner.review.database import METADATA, writing


@pytest.fixture
def busy(browser_of, app):
    """A site where somebody has signed in, looked, listened and decided; returns its database."""
    rita = browser_of("rita")
    key = rita.key_of("call-1")
    rita.get(f"/calls/{key}/audio", headers={"range": "bytes=0-99"})
    rita.post(f"/calls/{key}/played", {"start_s": "17.0", "end_s": "29.0", "finding": finding_of(rita, key)})
    rita.post(
        f"/calls/{key}/decide", {"finding": finding_of(rita, key), "choice": "confirmed", "seen": "0", "note": "yes"}
    )
    example = {"turn": "2", "kind": "recording_denied", "discloses": "yes", "consent": "yes"}
    rita.post(f"/calls/{key}/example", example)
    rita.post(f"/calls/{key}/evidence")
    return app.state.site.engine


def tamper(engine, *statements):
    """Change the database as somebody could who may do everything there, triggers included."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            for table in ("decisions", "examples", "audit"):
                connection.execute(sa.text(f"DROP TRIGGER {table}_append_only ON {table}"))
        for statement in statements:
            connection.execute(sa.text(statement))


def test_what_people_did_is_on_record(busy):
    """Sign-ins, views, playbacks, decisions, examples and exports, with who and about which call."""
    entries = newest(busy, limit=100)
    actions = {e.action for e in entries}
    assert actions >= {"server_started", "signed_in", "viewed_call", "opened_recording", "played", "decided", "gave_example", "exported_evidence"}  # fmt: skip
    played = next(e for e in entries if e.action == "played")
    assert played.actor == "rita"
    assert '"start_s": 17.0' in played.detail
    assert '"masked": true' in played.detail
    assert next(e for e in entries if e.action == "decided").subject == played.subject


def test_the_log_quotes_no_call(busy):
    """Neither words nor the note nor a call id is in it: it is read by more people than the calls are."""
    text = " ".join(e.subject + e.detail for e in newest(busy, limit=100))
    for private in ("never record", "call-1", 'yes"', "5551234567"):
        assert private not in text


def test_an_untouched_log_holds(busy):
    """All entries, and the head to note down."""
    state = AuditLog(KEY).verify(busy)
    assert state.problem is None
    assert state.entries == int(state.head.split(":")[0]) > 6
    assert AuditLog(KEY).verify(busy, noted_head=state.head).problem is None


def test_the_page_says_whether_the_chain_holds(browser_of, busy):
    """When an administrator asks."""
    ada = browser_of("ada")
    assert "the chain holds" in ada.get("/audit?check=yes").text
    tamper(busy, "UPDATE audit SET actor = 'nobody' WHERE number = 3")
    assert "does not verify" in ada.get("/audit?check=yes").text
    assert "does not verify" not in ada.get("/audit").text


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'nobody' WHERE number = 3",
        "UPDATE audit SET at = '2026-01-01T00:00:00.000000Z' WHERE number = 3",
        "UPDATE audit SET detail = '{}' WHERE action = 'played'",
        "UPDATE audit SET action = 'viewed_call' WHERE action = 'exported_evidence'",
        "UPDATE audit SET subject = 'other' WHERE number = 4",
        "UPDATE audit SET hash = '' WHERE number = 2",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)",
        "DELETE FROM audit",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = number - 1",
        "UPDATE audit_head SET seal = hash",
        "UPDATE decisions SET decision = 'false_alarm'",
        "UPDATE decisions SET note = ''",
        "UPDATE decisions SET actor = 'rob'",
        "DELETE FROM decisions",
        "UPDATE examples SET text = 'other words'",
        "UPDATE examples SET consent = FALSE",
    ],
)
def test_any_change_is_found(busy, statement):
    """Also by somebody who may do everything in the database, but does not hold the key."""
    tamper(busy, statement)
    assert AuditLog(KEY).verify(busy).problem is not None


def test_an_entry_slipped_in_is_found(busy):
    """At the end, with the head moved along, by somebody without the key."""
    other = AuditLog(HashKey(b"the key of somebody else, also long"))
    tamper(busy)
    with writing(busy) as connection:
        from datetime import UTC, datetime

        other.append(connection, at=datetime.now(UTC), actor="ada", action="viewed_call")
        connection.execute(sa.text(f"UPDATE audit SET key_id = '{KEY.key_id}'"))
    assert AuditLog(KEY).verify(busy).problem is not None


def test_two_entries_that_change_places_are_found(busy):
    """The chain holds their order."""
    tamper(
        busy,
        "UPDATE audit SET number = 1000 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 1000",
    )
    assert AuditLog(KEY).verify(busy).problem is not None


def test_an_old_copy_put_in_place_is_found_by_a_noted_head(busy):
    """What no log can tell from itself: that it was longer once."""
    noted = AuditLog(KEY).verify(busy).head
    rows = {}
    with busy.connect() as connection:
        head = connection.execute(sa.text("SELECT * FROM audit_head")).one()._mapping
        rows = dict(head)
    log = AuditLog(KEY)
    with writing(busy) as connection:
        from datetime import UTC, datetime

        log.append(connection, at=datetime.now(UTC), actor="ada", action="viewed_call")
    longer = log.verify(busy).head
    assert log.verify(busy, noted_head=noted).problem is None
    tamper(busy, f"DELETE FROM audit WHERE number > {rows['number']}")
    with writing(busy) as connection:
        connection.execute(sa.text("UPDATE audit_head SET number = :number, hash = :hash, seal = :seal"), rows)
    assert log.verify(busy).problem is None
    assert log.verify(busy, noted_head=longer).problem is not None


def test_another_key_says_so(busy):
    """Not "tampered with": the log may be fine, but this key cannot tell."""
    problem = AuditLog(HashKey(b"the key of somebody else, also long")).verify(busy).problem
    assert "was written with key" in problem


def test_a_log_outlives_its_key(busy):
    """What was written with the old key still verifies with it, and what comes after it with the new one."""
    from datetime import UTC, datetime

    new = HashKey(b"the new key of this company, long too")
    with writing(busy) as connection:
        AuditLog(new).append(connection, at=datetime.now(UTC), actor="ada", action="viewed_call")
    assert "which is not here" in AuditLog(new).verify(busy).problem
    assert AuditLog(new, old_keys=[KEY]).verify(busy).problem is None
    assert AuditLog(KEY, old_keys=[new]).verify(busy).problem is None
    tamper(busy, "UPDATE audit SET actor = 'nobody' WHERE number = 2")
    assert AuditLog(new, old_keys=[KEY]).verify(busy).problem is not None


def test_migrations_make_what_the_code_expects(app):
    """The tables in the database are those that the code declares, on both servers."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with app.state.site.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
