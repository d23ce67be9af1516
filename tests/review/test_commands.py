import re
import socket
import sqlite3
import threading
import time
from urllib.request import urlopen

import pytest
from archives import small_archive
from click.testing import CliRunner

from scanner.cli.evidence import audit, evidence
from scanner.cli.learn import learn
from scanner.cli.review import review, reviewers
from scanner.errors import OutputError, UserError
from scanner.policy import load_policy
from scanner.review.access import LinkAccess, PasswordAccess, ProxyAccess
from scanner.review.listening import access_for


@pytest.fixture
def out(tmp_path, monkeypatch):
    monkeypatch.setenv("SCANNER_HMAC_KEY", "a key for tests only, long enough")
    monkeypatch.delenv("SCANNER_REVIEW_DB", raising=False)
    small_archive(tmp_path / "out", tmp_path / "recordings")
    return str(tmp_path / "out")


def run(command, *arguments, **more):
    return CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False, **more)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "example.org", ""])
def test_it_does_not_listen_elsewhere_without_asking_who_comes(host):
    """Only this machine's own addresses go without users or a proxy."""
    with pytest.raises(UserError, match="nobody would ask"):
        access_for(host=host, users=False, proxy_header=None, proxy_addresses=())
    assert isinstance(access_for(host=host, users=True, proxy_header=None, proxy_addresses=()), PasswordAccess)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "localhost", "::1", "[::1]"])
def test_on_this_machine_a_link_lets_one_person_in(host):
    """No password is needed where nobody else can come."""
    access = access_for(host=host, users=False, proxy_header=None, proxy_addresses=())
    assert isinstance(access, LinkAccess)


def test_a_proxys_header_is_not_believed_from_everywhere():
    """Header and address belong together, and "all addresses" is no address."""
    for addresses in ((), ("0.0.0.0/0",), ("::/0",), ("proxy.example",)):
        with pytest.raises(UserError):
            access_for(host="0.0.0.0", users=False, proxy_header="x-user", proxy_addresses=addresses)
    with pytest.raises(UserError):
        access_for(host="127.0.0.1", users=False, proxy_header=None, proxy_addresses=("10.0.0.1",))
    found = access_for(host="0.0.0.0", users=True, proxy_header="x-user", proxy_addresses=("10.0.0.1",))
    assert isinstance(found, ProxyAccess)


def test_users_come_and_go(out):
    """Added with a password, listed, changed, removed; each on record."""
    added = run(reviewers, "add", out, "rita", "--unmask", "--password-stdin", input="correct horse battery\n")
    assert added.output == "rita: reviewer, may unmask\n"
    run(reviewers, "add", out, "vera", "--role", "viewer", "--no-password")
    assert run(reviewers, "list", out).output == "rita: reviewer, may unmask\nvera: viewer\n"
    run(reviewers, "remove", out, "vera")
    assert "vera: viewer, removed" in run(reviewers, "list", out).output
    assert "entries hold" in run(audit, "verify", out).output
    with pytest.raises(UserError, match="at least 12"):
        run(reviewers, "add", out, "rob", "--password-stdin", input="short\n")
    with pytest.raises(UserError, match="no such user"):
        run(reviewers, "remove", out, "nobody")


def test_passwords_are_not_kept(out, tmp_path):
    """Only their argon2id hash."""
    run(reviewers, "add", out, "rita", "--password-stdin", input="correct horse battery\n")
    content = b"".join(p.read_bytes() for p in (tmp_path / "out" / "review").iterdir())
    assert b"correct horse" not in content
    assert b"$argon2id$" in content
    assert (tmp_path / "out" / "review" / "review.sqlite3").stat().st_mode & 0o077 == 0


def test_a_changed_log_is_found_from_the_command_line(out, tmp_path):
    """Exit code 0 and the head, or 1 and what is wrong."""
    run(reviewers, "add", out, "rita", "--no-password")
    good = run(audit, "verify", out)
    head = re.search(r"head (\S+)", good.output)[1]
    assert run(audit, "verify", out, "--head", head).exit_code == 0
    with sqlite3.connect(tmp_path / "out" / "review" / "review.sqlite3") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET actor = 'nobody'")
    bad = run(audit, "verify", out)
    assert bad.exit_code == 1
    assert "entry 1 was changed" in bad.output


def test_a_package_is_made_and_checked_from_the_command_line(out, tmp_path):
    """Exit code 0 when it holds, 1 when it was changed."""
    file = tmp_path / "e.zip"
    assert run(evidence, "make", out, "call-1", file).exit_code == 0
    recording = tmp_path / "recordings" / "call-5551234567.wav"
    good = run(evidence, "verify", file, "--recording", recording)
    assert good.exit_code == 0
    assert "sealed by key" in good.output
    assert run(evidence, "verify", file, "--recording", tmp_path / "recordings" / "mono.wav").exit_code == 1
    with pytest.raises(UserError, match="no call"):
        run(evidence, "make", out, "call-99", file)
    assert "entries hold" in run(audit, "verify", out).output


def test_examples_become_a_policy(out, tmp_path):
    """One by one, as the reviewer agreed; the file is a policy that loads."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from archives import heard_call
    from review_fixtures import KEY

    from scanner.review.audit import AuditLog, record_digest
    from scanner.review.database import default_database_url, open_database, writing
    from scanner.review.examples import add_example, withdraw_example

    now, log = datetime(2026, 4, 2, tzinfo=UTC), AuditLog(KEY)
    engine = open_database(default_database_url(out))
    with writing(engine) as connection:
        for kind, discloses, text in (
            ("recording", True, "we keep a copy of what is said"),
            ("recording_denied", False, "we never record over the phone orders"),
            ("transfer", True, "taken back later"),
        ):
            made = add_example(connection, at=now, actor="rita", call=heard_call("/x.wav"), start_s=1.0, kind=kind, discloses=discloses, text=text)  # fmt: skip
            log.append(connection, at=now, actor="rita", action="gave_example", detail={"id": made.id, "sha256": record_digest(asdict(made))})  # fmt: skip
        back = withdraw_example(connection, made, at=now, actor="rita")
        log.append(connection, at=now, actor="rita", action="withdrew_example", detail={"id": back.id, "sha256": record_digest(asdict(back))})  # fmt: skip
    file = tmp_path / "learned.yaml"
    assert run(learn, out, "--to", file, input="y\nn\n").exit_code == 0
    assert load_policy(file).vocabulary.examples == {"recording": ("we keep a copy of what is said",)}
    assert run(learn, out, "--to", file, "--yes").exit_code == 0
    learned = load_policy(file).vocabulary
    assert learned.counter_examples == {"recording_denied": ("we never record over the phone orders",)}
    assert "taken back" not in file.read_text()
    assert "entries hold" in run(audit, "verify", out).output


def test_a_folder_without_a_scan_has_no_page(tmp_path, monkeypatch):
    """Said at once, and nothing is made there."""
    monkeypatch.setenv("SCANNER_HMAC_KEY", "a key for tests only, long enough")
    with pytest.raises(OutputError, match="nothing was scanned"):
        run(review, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql://u:secret@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_had_is_named_without_its_password(out, url):
    """What to read, and nothing to keep secret in it."""
    with pytest.raises((UserError, OutputError)) as caught:
        run(reviewers, "list", out, "--db", url)
    assert "secret" not in str(caught.value)


def test_the_page_is_served_to_whoever_brings_the_link(out, monkeypatch):
    """From the command line to the queue, over a real socket; the link works once."""
    import uvicorn

    servers, printed = [], []

    class Server(uvicorn.Server):
        def install_signal_handlers(self):
            pass

        def capture_signals(self):
            from contextlib import nullcontext

            servers.append(self)
            return nullcontext()

    monkeypatch.setattr(uvicorn, "Server", Server)
    monkeypatch.setattr("click.echo", lambda text="", **_: printed.append(str(text)))
    thread = threading.Thread(target=lambda: run(review, out, "--port", "0"), daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not (servers and servers[0].started) and time.monotonic() < deadline:
        time.sleep(0.05)
    link = re.search(r"http://\S+token=\S+", " ".join(printed))[0]
    try:
        from http.cookiejar import CookieJar
        from urllib.request import HTTPCookieProcessor, build_opener

        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        assert "Card number recorded" in browser.open(link).read().decode()
        with pytest.raises(OSError, match="403"):
            urlopen(link)
        # no normalising client in between: the path as an attacker would send it
        host, port = re.search(r"//([\d.]+):(\d+)", link).groups()
        for path in ("/static/../app.py", "/static/..%2f..%2f__init__.py", "/../../etc/passwd", "//etc/passwd"):
            with socket.create_connection((host, int(port))) as raw:
                raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                answer = b"".join(iter(lambda: raw.recv(65536), b""))
            assert b"HTTP/1.1 404" in answer
            assert b"root:" not in answer
            assert b"import" not in answer
    finally:
        servers[0].should_exit = True
        thread.join(20)
