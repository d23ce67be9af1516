"""The review page as somebody uses it: Debian's Chromium, driven by Playwright, against a server on a real socket."""

import contextlib
import re
import shutil
import socket
import threading
import time

import pytest
import uvicorn
from review_fixtures import KEY, PASSWORD, prepare

from scanner.review.access import PasswordAccess
from scanner.review.app import create_app
from scanner.review.audit import newest
from scanner.review.site import ReviewSettings

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe_core = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"),
]
expect = sync_api.expect
OPTIONS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]


class QuietServer(uvicorn.Server):
    def capture_signals(self):
        return contextlib.nullcontext()


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def server(archive, tmp_path):
    """(address, application) of a server with four users, today's clock and a SQLite database."""
    url = f"sqlite:///{tmp_path / 'review.sqlite3'}"
    prepare(url)
    app = create_app(ReviewSettings(str(archive[0]), url, PasswordAccess()), key=KEY)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        running = QuietServer(uvicorn.Config(app, log_config=None, access_log=False, proxy_headers=False))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not running.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", app
        running.should_exit = True
        thread.join(20)


@pytest.fixture
def page_of(chromium, server):
    """A browser window in which somebody has signed in by the form; fails on any script error or blocked resource."""
    contexts, complaints = [], []

    def make(name, **more):
        context = chromium.new_context(**{"viewport": {"width": 1400, "height": 900}, **more})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        page.goto(server[0] + "/")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(r"/calls\?decision=open$"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def open_call(page, text="Card number recorded"):
    page.get_by_role("link", name=re.compile(text)).first.click()
    expect(page.locator("#waves svg")).not_to_have_count(0)


def now_s(page):
    return page.evaluate("document.querySelector('#audio').currentTime")


def playing(page):
    return page.evaluate("!document.querySelector('#audio').paused")


def until(condition, *, within_s=20):
    """Waits from outside: the page's own policy lets nothing be evaluated in it."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.03)


def test_sign_in_filter_open_play_decide_undo(page_of, server):
    """The day's work with the mouse: every step does what it says, and is on record."""
    page = page_of("rita")
    rows = page.locator("tr.line")
    expect(rows).to_have_count(4)
    page.get_by_label("State").select_option("US-WA")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("state=US-WA"))
    page.reload()
    expect(page.get_by_label("State")).to_have_value("US-WA")
    page.goto(server[0] + "/calls?decision=open")
    open_call(page)
    card = page.locator(".finding", has=page.get_by_role("heading", name="Card number recorded"))
    card.locator("[data-play]").click()
    until(lambda: now_s(page) > 17.3)
    assert 17 <= now_s(page) < 21  # the finding is at 0:20, and some seconds before it are heard
    assert playing(page)
    expect(page.locator(".turn.now")).to_contain_text("And my card is")
    page.locator("#play").click()
    assert not playing(page)
    card.get_by_label("Note").fill("heard it, card 4111 1111 1111 1111")
    card.get_by_role("button", name="Confirmed").click()
    expect(card.locator(".decision")).to_contain_text("Confirmed by rita")
    expect(card.locator(".decision")).to_contain_text("[NUMBER]")
    expect(page.locator(".finding.chosen")).to_contain_text("Recording notice not heard")
    card.get_by_role("button", name="Undo").click()
    expect(card.locator(".decision.open")).to_have_count(1)
    actions = [e.action for e in newest(server[1].state.site.engine, limit=50)]
    assert {"signed_in", "viewed_call", "opened_recording", "played", "decided", "undid"} <= set(actions)


def test_evidence_stops_by_itself(page_of):
    """Only the stretch around the finding is played."""
    page = page_of("rita")
    open_call(page)
    page.evaluate("document.querySelector('#audio').playbackRate = 8")
    card = page.locator(".finding", has=page.get_by_role("heading", name="Recording denied"))
    card.locator("[data-play]").click()
    until(lambda: now_s(page) > 13.9)
    until(lambda: not playing(page))
    assert 13.9 < now_s(page) < 15.5


def test_a_second_reviewer_sees_it(page_of):
    """Without a reload on the other's page, and a late decision is not kept unseen."""
    rita, rob = page_of("rita"), page_of("rob")
    for page in (rita, rob):
        open_call(page)
    title = "Recording denied"
    of = lambda page: page.locator(".finding", has=page.get_by_role("heading", name=title))  # noqa: E731
    of(rita).get_by_role("button", name="False alarm").click()
    expect(of(rita).locator(".decision")).to_contain_text("False alarm by rita")
    of(rob).get_by_role("button", name="Confirmed").click()
    expect(rob.get_by_role("status")).to_contain_text("rita has just decided")
    expect(of(rob).locator(".decision")).to_contain_text("False alarm by rita")


def test_the_whole_day_by_keyboard(page_of, server):
    """From the queue to a decided call and on to the next, with no hand on a mouse."""
    page = page_of("rita")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator("#waves svg")).not_to_have_count(0)
    page.keyboard.press("e")
    until(lambda: now_s(page) > 17.2)
    page.keyboard.press(" ")
    assert not playing(page)
    before = now_s(page)
    page.keyboard.press("ArrowLeft")
    assert now_s(page) == pytest.approx(before - 5, abs=0.5)
    for key, shown in (("c", "Confirmed"), ("f", "False alarm"), ("l", "Needs legal")):
        page.keyboard.press(key)
        expect(page.locator(".decision", has_text=shown)).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("All findings of this call are decided")
    page.keyboard.press("u")
    expect(page.locator(".decision.open")).to_have_count(2)  # the one undone, and the observation
    first = page.url
    page.keyboard.press("n")
    expect(page).not_to_have_url(first)
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile(r"/calls\?decision=open"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    here = page.url
    page.keyboard.press("j")
    assert page.locator(".chosen").count() == 0
    assert page.url == here


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing(page_of, scheme, width):
    """Every page, in both schemes, at a desk and on a phone (WCAG 2.1 AA)."""
    page = page_of("ada", color_scheme=scheme, viewport={"width": width, "height": 850})
    axe = axe_core.Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    open_call(page)
    call = page.url
    for path in ("/calls", call, "/agreement", "/audit"):
        page.goto(path if path.startswith("http") else page.url.split("/calls")[0].split("/a")[0] + path)
        if path == call:
            page.wait_for_selector("#waves svg")
            page.keyboard.press("c")
            expect(page.locator(".decision", has_text="Confirmed")).not_to_have_count(0)
            for details in page.locator("details").all():
                details.evaluate("d => d.open = true")
        found = axe.run(page, options=rules).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == [], path


@pytest.mark.parametrize("width", [390, 1400])
def test_nothing_overflows_and_nothing_jumps(page_of, width):
    """No sideways scrolling on a phone; the page does not move while it loads."""
    page = page_of("ada", viewport={"width": width, "height": 850})
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(l => l.getEntries().forEach(e => window.shifts += e.value))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(page.url)
    open_call(page)
    holds_still(page)
    page.locator("#to-queue").click()
    # The address changes before the new page has a root element to measure.
    expect(page.locator("tr.line")).not_to_have_count(0)
    holds_still(page)


def holds_still(page):
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.wait_for_timeout(400)
    assert page.evaluate("window.shifts") < 0.01


def test_the_pages_work_without_scripts(page_of, chromium, server):
    """Filters, decisions and undoing are plain forms."""
    page = page_of("rita", java_script_enabled=False)
    page.locator("a.open").first.click()
    page.locator(".finding").first.get_by_role("button", name="Fixed").click()
    expect(page.locator(".decision", has_text="Fixed by rita")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".decision", has_text="Fixed by rita")).to_have_count(0)


def test_unmasking_is_asked_for_and_heard(page_of):
    """Whoever has the right says why, and then hears what others do not; the page says until when."""
    page = page_of("rob")
    open_call(page)
    expect(page.locator(".masking")).to_have_text("Personal data is silenced")
    page.get_by_text("Hear personal data").click()
    page.get_by_label("Why").fill("customer disputes the order")
    page.get_by_role("button", name=re.compile("Unmask")).click()
    expect(page.locator(".masking")).to_contain_text("Unmasked for you until")
    assert re.search(r"/audio/\w{32}$", page.locator("#audio").get_attribute("src"))
