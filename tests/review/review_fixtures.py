import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from archives import small_archive
from argon2 import PasswordHasher
from postgresql_server import empty_database, find_binaries, temporary_server
from starlette.testclient import TestClient

from scanner.masking import HashKey
from scanner.review import accounts
from scanner.review.access import PasswordAccess
from scanner.review.accounts import User, save_user
from scanner.review.app import create_app
from scanner.review.database import open_database, writing
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


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of its own, from Debian's package; the URL of its maintenance database."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql")
    with temporary_server(binaries) as url:
        yield url


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch):
    """Passwords are hashed as in earnest, but with less memory and time: hundreds of tests sign in."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    accounts._hash_of_nobody.cache_clear()


def prepare(url):
    """Bring an empty database to today's schema, and let four people in."""
    hasher, kept = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1), accounts._hasher
    engine = open_database(url)
    accounts._hasher = lambda: hasher
    with writing(engine) as connection:
        for person in PEOPLE:
            save_user(connection, person, password=PASSWORD, at=Clock()())
    accounts._hasher = kept
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "review.sqlite3"
    prepare(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql):
    with empty_database(postgresql) as url:
        prepare(url)
        yield url.rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """A database with four people in it: every test that uses one runs on both kinds of server."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "review.sqlite3")
        yield f"sqlite:///{copy}"
    else:
        server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template")
        with empty_database(server, template=template) as url:
            yield url


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
def app(site_of):
    """The application with four users who sign in with a password."""
    app = site_of()
    yield app
    app.state.site.engine.dispose()


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
