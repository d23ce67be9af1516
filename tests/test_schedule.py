"""What `configs/schedule/` holds is right to those who will read it: systemd, cron, Kubernetes, and the scanner itself."""

import re
import shlex
import shutil
import subprocess
import zoneinfo
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from scanner.cli import cli
from scanner.policy import configs_folder, policy_names

FOLDER = configs_folder() / "schedule"
SERVICE, TIMER, CRON = (FOLDER / f"call-compliance-scanner.{kind}" for kind in ("service", "timer", "cron"))
KUBERNETES = FOLDER / "kubernetes.yml"
PROGRAM = "/opt/call-compliance-scanner/bin/scanner"

systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def taken_apart(arguments):
    """What the scanner understands by the arguments of its command line; it ends the test if it does not."""
    assert arguments[0] == "scan"
    return cli.commands["scan"].make_context("scan", list(arguments[1:])).params


def said(unit):
    """What a unit file says, without its comments."""
    lines = [line for line in unit.read_text().splitlines() if line and line[0] not in "#["]
    return [tuple(line.split("=", 1)) for line in lines]


@pytest.fixture
def units(tmp_path):
    """The unit files beside each other, with a program that is there in place of the one that is not installed here."""
    for file in (SERVICE, TIMER):
        text = file.read_text()
        assert file is TIMER or PROGRAM in text
        (tmp_path / file.name).write_text(text.replace(PROGRAM, "/bin/true"))
    return tmp_path


@systemd
@pytest.mark.parametrize("offers", ["left", "taken"])
def test_systemd_finds_no_fault_with_the_units(units, offers):
    """A key that it does not know, or a value that it ignores, is said on standard error; also of what comments offer."""
    service = units / SERVICE.name
    if offers == "taken":
        text, offered = re.subn(r"^#(?=[A-Z][A-Za-z]+=)", "", service.read_text(), flags=re.MULTILINE)
        assert offered >= 6
        service.write_text(text.replace("notify-admin@%n.service", "basic.target"))
    files = [units / SERVICE.name, units / TIMER.name]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "call-compliance-scanner" in line or str(units) in line]
    assert (done.returncode, ours) == (0, [])


@systemd
def test_the_service_is_shut_in(units):
    """systemd's own measure of exposure: 10 is a service that nobody shut in; what this one keeps is said in its comments."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=10", "--no-pager", units / SERVICE.name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    settings = dict(said(SERVICE))
    assert settings["DynamicUser"] == settings["PrivateNetwork"] == settings["NoNewPrivileges"] == "yes"
    assert (settings["ReadOnlyPaths"], settings["ProtectSystem"]) == ("-/srv/recordings", "strict")


@systemd
def test_the_timer_names_a_time_that_comes_every_night():
    """The next three times are a day apart."""
    (calendar,) = [value for key, value in said(TIMER) if key == "OnCalendar"]
    done = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=3", calendar],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    days = [line.split(":", 1)[1].split()[1] for line in done.stdout.splitlines() if "UTC" in line]
    moments = [datetime.fromisoformat(day).replace(tzinfo=UTC) for day in days]
    assert [(b - a).days for a, b in pairwise(moments)] == [1, 1]


def test_the_service_gives_the_scanner_what_it_takes():
    """Each option is one of `scanner scan`'s, and the key of the hashes comes from a file that systemd hands over."""
    settings = said(SERVICE)
    (start,) = [value for key, value in settings if key == "ExecStart"]
    program, *arguments = shlex.split(start)
    assert program == PROGRAM
    taken = taken_apart(arguments)
    assert (taken["inputs"], taken["out"], taken["log_format"]) == (
        ("/srv/recordings",),
        "${STATE_DIRECTORY}/out",
        "json",
    )
    assert ("Environment", "SCANNER_HMAC_KEY_FILE=%d/hmac.key") in settings


def test_cron_understands_its_file():
    """Settings, then one line: a time that comes every night, a user, a command of the shell without a bare %."""
    cronsim = pytest.importorskip("cronsim")
    lines = [line for line in CRON.read_text().splitlines() if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines if "=" in line.split()[0])
    (job,) = [line for line in lines if "=" not in line.split()[0]]
    *when, user, command = job.split(maxsplit=6)
    times = cronsim.CronSim(" ".join(when), datetime(2026, 3, 1, tzinfo=UTC))
    assert [next(times).isoformat()[:16] for _ in range(2)] == ["2026-03-01T02:17", "2026-03-02T02:17"]
    assert (user, "%" in command, settings["SHELL"]) == ("callscan", False, "/bin/sh")
    assert CRON.read_text().endswith("\n")  # cron leaves out a last line that is not ended
    subprocess.run(["/bin/sh", "-n", "-c", command], check=True)
    words = shlex.split(command)
    start = words.index(PROGRAM) + 1
    taken = taken_apart(words[start : next(i for i, w in enumerate(words) if i > start and w.startswith("2>>"))])
    assert taken["metrics_file"] == Path("/var/lib/call-compliance-scanner/scanner.prom")


def documents():
    return list(yaml.safe_load_all(KUBERNETES.read_text()))


@pytest.mark.parametrize("version", ["1.31", "1.37"])
def test_kubernetes_knows_every_field(version):
    """By the published schemas of an older and a recent version, strictly: a misspelt field is an error."""
    validate = pytest.importorskip("kubernetes_validate")
    for document in documents():
        validate.validate(document, version, strict=True)
    broken = documents()[0]
    broken["spec"]["concurencyPolicy"] = "Forbid"
    with pytest.raises(validate.ValidationError):
        validate.validate(broken, version, strict=True)


def test_the_cluster_job_is_shut_in_and_calls_the_scanner_as_it_wants_to_be_called():
    """No root, no rights, nothing written but OUT and a scratch folder, no network, and never two at once."""
    cronsim = pytest.importorskip("cronsim")
    job, network = documents()
    spec = job["spec"]
    next(cronsim.CronSim(spec["schedule"], datetime(2026, 3, 1, tzinfo=zoneinfo.ZoneInfo(spec["timeZone"]))))
    assert spec["concurrencyPolicy"] == "Forbid"
    pod = spec["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    writable = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}
    assert writable == {"/out", "/tmp"}
    taken = taken_apart(container["args"])
    assert (taken["inputs"], taken["out"]) == (("/recordings",), "/out")
    labels = spec["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
    assert network["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert "egress" not in network["spec"]
    assert set(network["spec"]["policyTypes"]) == {"Ingress", "Egress"}


def test_a_schedule_is_no_policy():
    """What `scanner policy show` offers is what a call can be judged by."""
    assert not [name for name in policy_names() if "schedule" in name]
