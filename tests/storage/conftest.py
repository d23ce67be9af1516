"""An S3 server process, and an archive in it."""

import json
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from batch_fakes import Archive

SERVER = Path(__file__).with_name("s3_server.py")


@dataclass(frozen=True)
class S3:
    """A server, a bucket of its own for each test, and what one needs to know to reach it."""

    environment: dict = field(repr=False)
    bucket: str = ""

    @property
    def endpoint(self):
        return self.environment["AWS_ENDPOINT_URL"]

    @property
    def client(self):
        import s3fs

        return s3fs.S3FileSystem(use_listings_cache=False)

    def uri(self, key=""):
        return f"s3://{self.bucket}/{key}"

    def put(self, key, content="disclosed"):
        self.client.pipe_file(f"{self.bucket}/{key}", content.encode() if isinstance(content, str) else content)

    def get(self, key):
        return self.client.cat_file(f"{self.bucket}/{key}")

    def keys(self, below=""):
        return [k.removeprefix(self.bucket + "/") for k in self.client.find(f"{self.bucket}/{below}".rstrip("/"))]

    def faults(self, *faults):
        urllib.request.urlopen(self.endpoint + "/_faults", json.dumps(faults).encode()).close()

    def gone(self):
        """The server breaks off every connection, until `faults` says otherwise."""
        self.faults({"cut": "before", "times": 10**9})

    def forbid(self, action, keys):
        policy = {
            "Statement": [{"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{keys}"}]
        }
        self.client.call_s3(
            "put_bucket_policy", Bucket=self.bucket, Policy=json.dumps({"Version": "2012-10-17", **policy})
        )


@pytest.fixture(scope="session")
def s3_server():
    with subprocess.Popen([sys.executable, str(SERVER)], stdout=subprocess.PIPE, text=True) as server:
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


@pytest.fixture
def s3(s3_server, monkeypatch, tmp_path):
    import s3fs

    environment = {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "2",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    server = S3(environment, f"test-{uuid.uuid4().hex[:12]}")
    server.faults()
    server.client.mkdir(server.bucket)
    yield server
    server.faults()
    s3fs.S3FileSystem.clear_instance_cache()


class RemoteArchive(Archive):
    """Recordings and tables in a bucket; what was heard is noted on disk."""

    def __init__(self, s3, folder):
        self.s3 = s3
        self.calls, self.out, self.log, self.runs = s3.uri("calls"), s3.uri("out"), folder / "heard.log", 0

    def add(self, name, content="disclosed"):
        self.s3.put(f"calls/{name}", content)


@pytest.fixture
def archive(s3, tmp_path):
    return RemoteArchive(s3, tmp_path)
