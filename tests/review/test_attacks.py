"""What somebody with bad intent would try, and what they get."""

import logging
import re
from datetime import date

import pytest
import sqlalchemy as sa
from archives import denial_finding, heard_call
from review_fixtures import KEY, PASSWORD, Browser

from scanner.calls import CallInfo
from scanner.detections import MaskedText
from scanner.masking import MaskedTurn
from scanner.review.access import ProxyAccess, parse_networks
from scanner.review.app import create_app
from scanner.review.audit import newest
from scanner.review.database import writing
from scanner.review.site import ReviewSettings
from scanner.store import Store

PAGES = ["/", "/calls", "/calls?decision=open", "/agreement", "/audit"]


def finding_of(browser, key, rule="Recording denied"):
    page = browser.get(f"/calls/{key}").text
    return next(i for i, title in re.findall(r'id="t-(\w+)">([^<]+)<', page) if title.strip() == rule)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(browser_of, path):
    """Every page sends strangers to the door."""
    answer = browser_of().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("rest", ["", "/audio", "/waveform", "/states"])
def test_nobody_hears_or_reads_a_call_without_signing_in(browser_of, rita, rest):
    """Knowing a call's key is not enough."""
    key = rita.key_of("call-1")
    answer = browser_of().get(f"/calls/{key}{rest}", headers={"accept": "audio/*"})
    assert answer.status_code == 401


def test_a_forged_or_emptied_cookie_is_nobody(browser_of):
    """Session tokens are looked up by their hash, never believed."""
    browser = browser_of()
    for token in ("", "x" * 43, "' OR 1=1 --", "../../etc/passwd"):
        browser.client.cookies.set("scanner-review", token)
        assert browser.get("/calls").status_code == 303


def test_the_session_from_before_signing_in_is_worth_nothing_after(browser_of, app):
    """Whoever planted a cookie before somebody signed in does not hold theirs (session fixation)."""
    victim, attacker = browser_of(), browser_of("vera")
    planted = attacker.client.cookies["scanner-review"]
    victim.client.cookies.set("scanner-review", planted)
    victim.client.cookies.set("scanner-review-form", "f" * 40)
    form = {"csrf": "f" * 40, "name": "ada", "password": PASSWORD}
    answer = victim.client.post("/sign-in", data=form)
    fresh = re.search(r"scanner-review=([^;]+)", answer.headers["set-cookie"])[1]
    assert fresh != planted
    assert attacker.get("/calls").status_code == 303  # the planted session ended, too


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser_of, site_of):
    """HttpOnly and SameSite always; Secure and bound to the host where browsers use HTTPS."""
    cookie = browser_of().sign_in("rita").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    over_https = Browser(site_of(https=True))
    over_https.client.base_url = "https://review.test"
    answer = over_https.sign_in("rita")
    assert answer.headers["set-cookie"].startswith("__Host-scanner-review=")
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["decide", "undo", "example", "unmask", "evidence", "played"])
def test_a_form_without_the_sessions_token_does_nothing(browser_of, path):
    """No token, a wrong one, or somebody else's: refused, and on record."""
    rob, ada = browser_of("rob"), browser_of("ada")
    key = rob.key_of("call-1")
    for token in ("", "wrong", ada.csrf):
        answer = rob.client.post(f"/calls/{key}/{path}", data={"csrf": token, "choice": "confirmed"})
        assert answer.status_code == 403
    assert "&#34;why&#34;: &#34;csrf&#34;" in ada.get("/audit").text


def test_a_form_from_another_site_does_nothing(rita):
    """Even with the right token, the browser's word that another site sent it is enough to refuse."""
    key = rita.key_of("call-1")
    form = {"finding": finding_of(rita, key), "choice": "confirmed", "seen": "0"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert rita.post(f"/calls/{key}/decide", form, headers=headers).status_code == 403
    assert rita.post(f"/calls/{key}/decide", form, headers={"origin": "http://review.test"}).status_code == 303


def test_signing_in_needs_the_form_of_this_site(browser_of):
    """Nobody is signed in to another's account by a form elsewhere (login CSRF)."""
    browser = browser_of()
    assert browser.client.post("/sign-in", data={"name": "rita", "password": PASSWORD}).status_code == 403


def test_guessing_passwords_is_slow(browser_of, clock):
    """After five tries the right password is not looked at either, for a quarter of an hour."""
    browser = browser_of()
    for _ in range(5):
        assert browser.sign_in("rita", "wrong password").status_code == 401
    blocked = browser.sign_in("rita")
    assert blocked.status_code == 429
    assert int(blocked.headers["retry-after"]) > 600
    assert browser.sign_in("ada").status_code == 303  # others at this address still come in
    clock.advance(minutes=16)
    assert browser_of().sign_in("rita").status_code == 303


def test_guessing_from_many_addresses_is_slow_too(app):
    """A name has a limit of its own, over all addresses."""
    answers = [Browser(app, f"203.0.113.{i}").sign_in("rita", "wrong password").status_code for i in range(21)]
    assert answers == [401] * 20 + [429]


def test_trying_many_names_from_one_address_is_slow(app):
    """So has an address, over all names."""
    browser = Browser(app)
    answers = [browser.sign_in(f"name{i}", "wrong password").status_code for i in range(31)]
    assert answers == [401] * 30 + [429]


def test_an_unknown_name_is_told_from_a_wrong_password_by_nothing(browser_of):
    """The answer is the same, and neither what was typed as a name nor the password is kept."""
    browser = browser_of()
    one, other = browser.sign_in("nobody-here", "wrong password"), browser.sign_in("rita", "wrong password")
    assert one.status_code == other.status_code == 401
    assert one.text == other.text
    log = browser_of("ada").get("/audit").text
    assert "nobody-here" not in log


@pytest.mark.parametrize(
    "path",
    [
        "/calls/../../etc/passwd",
        "/calls/..%2f..%2fetc%2fpasswd",
        "/calls/%2e%2e%2f%2e%2e%2fetc%2fpasswd/audio",
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/database.py",
        "/calls/file:%2f%2f%2fetc%2fpasswd/audio",
        "/calls/0000000000000000000000ff/audio",
    ],
)
def test_no_path_leads_to_another_file(rita, path):
    """URLs name calls by keys that are looked up in the tables, and nothing else."""
    answer = rita.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "import" not in answer.text


def test_a_recording_that_was_put_in_place_of_the_scanned_one_is_not_played(rita, archive):
    """What is heard is what was judged: other bytes under the name are refused."""
    _, calls = archive
    path = next(c.recording.uri for c in calls if c.call_id == "call-2")
    original = open(path, "rb").read()  # noqa: SIM115, PTH123
    key = rita.key_of("call-2")
    try:
        with open(path, "ab") as file:  # noqa: PTH123
            file.write(b"more")
        answer = rita.get(f"/calls/{key}/audio")
    finally:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(original)
    assert answer.status_code == 409
    assert "bytes have changed" in answer.text


SCRIPT = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def test_scripts_in_metadata_and_words_are_only_text(tmp_path, database_url, clock):
    """Whatever stands in the tables is shown, never run; and the policy of the page runs no script but its own."""
    finding = denial_finding()
    call = heard_call(
        "/nowhere/x.wav",
        call_id=SCRIPT,
        findings=(finding,),
        info=CallInfo(call_id=SCRIPT, agent_id=SCRIPT, queue=SCRIPT),
        turns=(MaskedTurn("agent", 0.0, 2.0, MaskedText(SCRIPT)),),
    )
    Store(str(tmp_path / "out")).write_part([call], name="x", scan_date=date(2026, 4, 1))
    proxy = ProxyAccess("x-remote-user", parse_networks(("203.0.113.7",)))
    settings = ReviewSettings(str(tmp_path / "out"), database_url, proxy, hosts=("review.test",))
    app = create_app(settings, key=KEY, now=clock)
    browser = Browser(app)
    browser.client.headers["x-remote-user"] = "ada"
    queue = browser.get("/calls")
    key = re.search(r"/calls/([0-9a-f]{24})", queue.text)[1]
    for answer in (queue, browser.get(f"/calls/{key}"), browser.get(f"/calls?agent={SCRIPT}&rule={SCRIPT}")):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert "alert(1)" in answer.text
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("path", [*PAGES, "/sign-in", "/static/review.js", "/no-such-page"])
def test_every_answer_has_safe_headers(browser_of, path):
    """Not framed, not sniffed, no script but the site's own, and no page of a call kept by the browser."""
    headers = browser_of("ada").get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"] or path.startswith("/static")


def test_no_template_has_a_script_or_style_of_its_own(browser_of):
    """The strict policy would block them, so none may creep in."""
    ada = browser_of("ada")
    key = ada.key_of("call-1")
    for path in (*PAGES[1:], f"/calls/{key}", f"/calls/{key}/waveform"):
        page = ada.get(path).text
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|javascript:", page), path


def test_a_name_that_was_rebound_to_this_address_is_not_served(app):
    """Another site cannot make a browser read this page under its own name (DNS rebinding)."""
    browser = Browser(app)
    assert browser.get("/sign-in", headers={"host": "evil.example"}).status_code == 421
    assert browser.get("/sign-in", headers={"host": "review.test:8477"}).status_code == 200


@pytest.mark.parametrize("name", ["vera", "rita"])
def test_unmasking_needs_the_right(browser_of, name):
    """Neither role nor URL gives it, and the try is on record."""
    browser = browser_of(name)
    key = browser.key_of("call-1")
    assert browser.post(f"/calls/{key}/unmask", {"reason": "a regulator asks for it"}).status_code == 403
    assert browser.get(f"/calls/{key}/audio/{'0' * 32}").status_code == 403
    assert "unmasking without the right" in browser_of("ada").get("/audit").text


def test_unmasking_needs_a_reason_and_ends(browser_of, clock):
    """It is for this session, this call and a quarter of an hour, and the reason is kept."""
    rob, ada = browser_of("rob"), browser_of("ada")
    key, other = rob.key_of("call-1"), rob.key_of("call-2")
    assert rob.post(f"/calls/{key}/unmask", {"reason": "hm"}).status_code == 400
    assert rob.post(f"/calls/{key}/unmask", {"reason": "customer disputes the card"}).status_code == 303
    token = re.search(rf"/calls/{key}/audio/(\w+)", rob.get(f"/calls/{key}").text)[1]
    assert rob.get(f"/calls/{key}/audio/{token}").status_code == 200
    assert rob.get(f"/calls/{other}/audio/{token}").status_code == 403
    assert ada.get(f"/calls/{key}/audio/{token}").status_code == 403
    assert "customer disputes the card" in ada.get("/audit").text
    clock.advance(minutes=16)
    assert rob.get(f"/calls/{key}/audio/{token}").status_code == 403


def test_a_viewer_decides_nothing_and_takes_nothing_along(browser_of):
    """Roles hold on the server, not in which buttons are shown."""
    vera = browser_of("vera")
    key = vera.key_of("call-1")
    for path in ("decide", "undo", "example", "evidence"):
        assert vera.post(f"/calls/{key}/{path}", {"choice": "confirmed"}).status_code == 403
    assert vera.get("/audit").status_code == 403
    assert browser_of("rita").get("/audit").status_code == 403


def test_rights_that_are_taken_away_are_gone_at_once(browser_of, app, clock):
    """A removed user's open page stops working with the next click."""
    from dataclasses import replace

    from review_fixtures import PEOPLE

    from scanner.review.accounts import save_user

    rita = browser_of("rita")
    with writing(app.state.site.engine) as connection:
        save_user(connection, replace(PEOPLE[1], disabled=True), password=None, at=clock())
    assert rita.get("/calls").status_code == 303
    assert browser_of().sign_in("rita").status_code == 401


def test_sessions_end(browser_of, clock):
    """After half an hour without use, after twelve hours with it, and when signing out."""
    idle, busy, gone = browser_of("rita"), browser_of("ada"), browser_of("rob")
    assert gone.post("/sign-out").status_code == 303
    assert gone.get("/calls").status_code == 303
    for _ in range(25):
        assert busy.get("/agreement").status_code == 200
        clock.advance(minutes=29)
    assert idle.get("/calls").status_code == 303
    assert busy.get("/calls").status_code == 303


def test_no_url_and_no_log_line_tells_who_called(browser_of, caplog):
    """Call ids and file names often hold the caller's number: they are in no address and in no log."""
    caplog.set_level(logging.DEBUG)
    ada = browser_of("ada")
    key = ada.key_of("call-1")
    pages = [ada.get(p).text for p in ("/calls?agent=agent-7", f"/calls/{key}", "/audit")]
    addresses = " ".join(u for p in pages for u in re.findall(r'(?:href|src|action|hx-get|hx-post)="([^"]*)"', p))
    logged = " ".join(f"{r.name} {r.getMessage()}" for r in caplog.records if r.name.startswith(("scanner", "uvicorn")))
    assert key in addresses
    assert key in logged
    for text in (addresses, logged):
        assert "5551234567" not in text
        assert "call-1" not in text
    assert "agent-7" not in logged


def proxied(site_of):
    return site_of(ProxyAccess("x-remote-user", parse_networks(("10.1.0.0/16",))))


def test_the_proxys_word_is_believed_from_its_address_only(site_of):
    """The header from anywhere else is refused and on record, not looked at."""
    app = proxied(site_of)
    inside, outside = Browser(app, "10.1.2.3"), Browser(app, "203.0.113.7")
    assert inside.get("/calls", headers={"x-remote-user": "rita"}).status_code == 200
    assert outside.get("/calls", headers={"x-remote-user": "ada"}).status_code == 403
    assert outside.get("/calls", headers={"x-remote-user": "ada", "x-forwarded-for": "10.1.2.3"}).status_code == 403
    assert inside.get("/calls").status_code == 403
    assert any("not trusted" in e.detail for e in newest(app.state.site.engine, limit=20))


def test_the_proxy_decides_who_it_is_with_each_request(site_of):
    """A cookie of one person is not used when the proxy names another; two names are none."""
    app = proxied(site_of)
    browser = Browser(app, "10.1.2.3")
    assert browser.get("/audit", headers={"x-remote-user": "ada"}).status_code == 200
    assert browser.get("/audit", headers={"x-remote-user": "rita"}).status_code == 403
    twice = [("x-remote-user", "rita"), ("x-remote-user", "ada")]
    assert browser.client.get("/calls", headers=twice).status_code == 403
    assert browser.get("/calls", headers={"x-remote-user": "stranger"}).status_code == 403


def test_the_database_itself_refuses_to_rewrite_history(browser_of, app):
    """Decisions, examples and the log take new rows and nothing else."""
    rita = browser_of("rita")
    key = rita.key_of("call-1")
    rita.post(f"/calls/{key}/decide", {"finding": finding_of(rita, key), "choice": "confirmed", "seen": "0"})
    for statement in (
        "UPDATE decisions SET decision = 'false_alarm'",
        "DELETE FROM decisions",
        "UPDATE audit SET actor = 'somebody'",
        "DELETE FROM audit",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing(app.state.site.engine) as connection:
            connection.execute(sa.text(statement))


def test_a_form_as_large_as_a_disk_is_not_read(browser_of):
    """Memory is not filled by whoever is not even signed in."""
    answer = browser_of().client.post("/sign-in", data={"name": "x" * 200_000})
    assert answer.status_code == 413
