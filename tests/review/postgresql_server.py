"""A real PostgreSQL server for the tests, in a folder that goes away with it."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg


def find_binaries():
    """The folder of initdb and pg_ctl; None when PostgreSQL is not installed."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = candidates[0] if candidates else shutil.which("initdb")
    return Path(os.path.realpath(found)).parent if found else None


@contextmanager
def temporary_server(binaries):
    """Starts a server on a free port of this machine; root lends it the user that Debian's package made."""
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if user:
            shutil.chown(folder, "postgres", "postgres")
        data = Path(folder, "data")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        run = {"capture_output": True, "cwd": folder, **user}
        subprocess.run([binaries / "initdb", "-D", data, "-U", "tester", "-A", "trust", "--no-sync"], check=True, **run)
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        start = [binaries / "pg_ctl", "-D", data, "-w", "-l", Path(folder, "log"), "-o", options, "start"]
        subprocess.run(start, check=True, cwd=folder, stdout=subprocess.DEVNULL, **user)
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **run)


@contextmanager
def empty_database(server_url, *, template="template1"):
    """A new database on the server, like the template, dropped afterwards."""
    name = f"review_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield server_url.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
