import re
from datetime import UTC, datetime, timedelta

import pytest
from archives import small_archive
from starlette.testclient import TestClient

from scanner.masking import HashKey
from scanner.review.access import LinkAccess, PasswordAccess
from scanner.review.accounts import User, save_user
from scanner.review.app import create_app
from scanner.review.database import default_database_url, open_database, writing
from scanner.review.site import ReviewSettings

KEY = HashKey(b"a key for tests only, long enough")
PASSWORD = "correct horse battery"
PEOPLE = (
    User("vera", "viewer"),
    User("rita", "reviewer"),
    User("rob", "reviewer", may_unmask=True),
    User("ada", "admin"),
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.moment = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.moment

    def advance(self, **delta):
        self.moment += timedelta(**delta)


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """An archive of six calls; nobody writes to it but the page's own folder, which each test puts elsewhere."""
    folder = tmp_path_factory.mktemp("archive")
    return folder / "out", small_archive(folder / "out", folder / "recordings")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path / 'review.sqlite3'}"


@pytest.fixture
def site_of(archive, database_url, clock):
    """Makes the application with some access; all of one test share one database."""

    def make(access=None, **more):
        settings = ReviewSettings(
            str(archive[0]), database_url, access or PasswordAccess(), hosts=("review.test",), **more
        )
        return create_app(settings, key=KEY, now=clock)

    return make


@pytest.fixture
def app(site_of, clock):
    """The application with four users who sign in with a password."""
    app = site_of()
    with writing(app.state.site.engine) as connection:
        for person in PEOPLE:
            save_user(connection, person, password=PASSWORD, at=clock())
    return app


class Browser:
    """A browser of one person: keeps cookies, follows redirects when told, sends the form's token."""

    def __init__(self, app, address="203.0.113.7"):
        self.client = TestClient(app, base_url="http://review.test", follow_redirects=False, client=(address, 50000))
        self.csrf = ""

    def get(self, path, **more):
        return self.client.get(path, **more)

    def post(self, path, data=None, **more):
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **more)

    def sign_in(self, name, password=PASSWORD):
        form = self.client.get("/sign-in").text
        token = re.search(r'name="csrf" value="([^"]+)"', form)[1]
        answer = self.client.post("/sign-in", data={"csrf": token, "name": name, "password": password})
        if answer.status_code == 303:
            self.csrf = re.search(r'name="csrf" value="([^"]+)"', self.client.get("/agreement").text)[1]
        return answer

    def key_of(self, call_id):
        answer = self.post("/calls/find", {"call_id": call_id})
        return answer.headers["location"].split("/")[-1]


@pytest.fixture
def browser_of(app):
    """A browser in which somebody is signed in; None stays outside."""

    def make(name=None, address="203.0.113.7"):
        browser = Browser(app, address)
        if name is not None:
            assert browser.sign_in(name).status_code == 303
        return browser

    return make


@pytest.fixture
def rita(browser_of):
    return browser_of("rita")


def default_url_is_used(out):
    return open_database(default_database_url(str(out)))


def local_user():
    return LinkAccess(User("local", "admin", may_unmask=True))
