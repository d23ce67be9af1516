"""What the speech models compute on; what a GPU would say is said by fakes, unless there is one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import ctranslate2
import numpy as np
import pytest
from click.testing import CliRunner

from scanner.asr import faster_whisper
from scanner.asr.hardware import Hardware, Wanted, find_hardware, visible_gpus
from scanner.asr.models import ResolvedModel
from scanner.asr.transcriber import SAMPLE_RATE
from scanner.audio import load_recording
from scanner.batch import engines
from scanner.batch.engines import LoadHearing
from scanner.batch.processes import WorkerProcesses
from scanner.batch.ray_batch import RayWorkers
from scanner.cli import cli
from scanner.cli.options import run_settings
from scanner.cli.scan import cores, engine_for
from scanner.errors import ModelError
from scanner.masking import HashKey
from scanner.policy import load_policy
from scanner.scan import Detectors

MODERN = {"float32", "float16", "bfloat16", "int8", "int8_float32", "int8_float16", "int8_bfloat16"}
OLD = {"float32", "int8", "int8_float32"}
CPU = {"float32", "int8", "int8_float32"}


@pytest.fixture
def machine(monkeypatch):
    """A machine with so many GPUs that compute so."""

    def with_gpus(count, types=MODERN):
        monkeypatch.setattr(ctranslate2, "get_cuda_device_count", lambda: count)
        monkeypatch.setattr(ctranslate2, "get_supported_compute_types", lambda d: CPU if d == "cpu" else types)

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("SCANNER_HMAC_KEY", "0123456789abcdef")
    return with_gpus


# --- what there is of what is wanted


@pytest.mark.parametrize(
    ("gpus", "types", "wanted", "found"),
    [
        (0, MODERN, Wanted(), Hardware("cpu", "int8")),
        (0, MODERN, Wanted("cpu", "float32"), Hardware("cpu", "float32")),
        (2, MODERN, Wanted(), Hardware("cuda", "float16")),
        (2, OLD, Wanted(), Hardware("cuda", "int8")),
        (2, {"float32"}, Wanted("cuda"), Hardware("cuda", "float32")),
        (2, MODERN, Wanted("cpu"), Hardware("cpu", "int8")),
        (1, MODERN, Wanted("auto", "int8_float16"), Hardware("cuda", "int8_float16")),
    ],
)
def test_auto_is_a_gpu_where_there_is_one(machine, gpus, types, wanted, found):
    """And numbers suit the device, unless somebody says which."""
    machine(gpus, types)
    assert find_hardware(wanted) == found


@pytest.mark.parametrize(
    ("gpus", "options", "message"),
    [
        (0, ["--device", "cuda"], "--device cuda: CTranslate2 sees no GPU here"),
        (0, ["--compute-type", "float16"], "--compute-type float16: not on this cpu, which computes in float32, int8"),
        (1, ["--compute-type", "int4"], "--compute-type int4: not on this cuda, which computes in bfloat16, float16"),
    ],
)
def test_what_is_not_there_is_one_clear_line(machine, tmp_path, gpus, options, message):
    """It names the option, and nothing is written; of each command that hears."""
    machine(gpus)
    call = tmp_path / "call.wav"
    call.write_bytes(b"RIFF")
    for command in (["check"], ["scan", "--out", tmp_path / "out"], ["redact", "--out", tmp_path / "new.wav"]):
        result = CliRunner().invoke(cli, [str(a) for a in (*command, call, *options)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"scanner: {message}")
        assert len(result.stderr.splitlines()) == 1
        assert [p.name for p in tmp_path.iterdir()] == ["call.wav"]


def test_nothing_is_heard_in_transcripts(tmp_path):
    """Options of hearing are refused beside --transcripts, so that nobody thinks that they did something."""
    for option, value in (("--device", "cpu"), ("--compute-type", "int8"), ("--model", "base")):
        result = CliRunner().invoke(cli, ["check", "call.vtt", option, value])
        assert result.exit_code == 2
        assert f"{option} has no part in --transcripts" in result.stderr


# --- the models


class FakeWhisper:
    """Notes how it was loaded; computes nothing, or fails to as a GPU without libraries does."""

    made: ClassVar[list[dict[str, Any]]] = []
    encoded: ClassVar[list[int]] = []
    error: str | None = None

    def __init__(self, path, *, device, compute_type, **more):
        self.made.append({"path": path, "device": device, "compute_type": compute_type})
        self.model = SimpleNamespace(device=device, compute_type=compute_type, encode=self.encode)

    def feature_extractor(self, audio):
        return np.zeros((80, len(audio) // 160 + 1), np.float32)

    def encode(self, features):
        if self.error is not None:
            raise RuntimeError(self.error)
        self.encoded.append(features.shape[0])


@pytest.fixture
def whisper(monkeypatch):
    monkeypatch.setattr(faster_whisper, "WhisperModel", FakeWhisper)
    monkeypatch.setattr(FakeWhisper, "made", [])
    monkeypatch.setattr(FakeWhisper, "encoded", [])
    monkeypatch.setattr(FakeWhisper, "error", None)
    return FakeWhisper


def test_first_and_second_listener_are_loaded_onto_the_same_device(machine, whisper, monkeypatch):
    """The options of a run reach every speech model that its workers load."""
    machine(1)
    monkeypatch.setattr(engines, "load_detectors", lambda key: Detectors(personal_data=None, key=key))
    policy = load_policy()
    key = HashKey(b"0123456789abcdef")
    for wanted, expected in (
        (Wanted(), ("cuda", "float16")),
        (Wanted("cuda", "int8_float16"), ("cuda", "int8_float16")),
        (Wanted("cpu"), ("cpu", "int8")),
    ):
        whisper.made.clear()
        load = run_settings("out", policy, None, wanted=wanted).load
        assert load == LoadHearing(None, policy, load.key, wanted)
        loaded = LoadHearing(None, policy, key, wanted)().keywords["engines"]
        assert [(m["device"], m["compute_type"]) for m in whisper.made] == [expected] * 2
        assert loaded.transcriber.compute == " ".join(expected)
        assert len(loaded.listeners) == 2


def test_a_gpu_hears_more_windows_at_once_and_is_tried_out_before_the_first_call(machine, whisper):
    """A CPU gains nothing by more, and needs no trial."""
    machine(1)
    gpu, cpu = (faster_whisper.load_transcriber("tiny.en", find_hardware(Wanted(d))) for d in ("cuda", "cpu"))
    assert gpu._batch > cpu._batch
    assert whisper.encoded == [1]
    assert faster_whisper.FasterWhisperTranscriber(model(), batch=3)._batch == 3


def model():
    return ResolvedModel("tiny.en", faster_whisper.resolve_model("tiny.en").path, "0" * 64, multilingual=False)


def test_a_gpu_without_its_libraries_ends_the_run_at_once(machine, whisper):
    """CTranslate2 misses them when it first computes, which would be in every single call."""
    machine(1)
    whisper.error = "Library libcublas.so.12 is not found or cannot be loaded"
    with pytest.raises(ModelError, match=r"--device cuda: tiny.en .*libcublas.so.12.* or use --device cpu"):
        faster_whisper.load_transcriber("tiny.en")


def test_a_gpu_that_is_full_fails_the_call_as_memory_does(monkeypatch):
    """What CTranslate2 says of it is no mistake of the scanner."""
    import scanner.scan
    from scanner.batch import Item
    from scanner.batch.engines import _hear
    from scanner.calls import CallInfo

    for says, kind in (("CUDA failed with error out of memory", MemoryError), ("something else", RuntimeError)):

        def full(*_, says=says, **__):
            raise RuntimeError(says)

        monkeypatch.setattr(scanner.scan, "scan_recording", full)
        with pytest.raises(kind):
            _hear(Item("call.wav", CallInfo()), policy=load_policy(), engines=None)


# --- workers


def test_a_gpu_is_kept_busy_by_one_process(machine):
    """On CPUs it is one for each core; a cluster says itself how many it has room for."""
    machine(3)
    engine, workers = engine_for("local", None, Wanted())
    assert (engine.func, engine.keywords, workers) == (WorkerProcesses, {"gpus": ("0", "1", "2")}, 3)
    assert engine_for("local", None, Wanted("cpu")) == (WorkerProcesses, cores())
    assert engine_for("local", None, None) == (WorkerProcesses, cores())  # transcripts
    engine, workers = engine_for("ray", "head:6379", Wanted("cuda"))
    assert (engine.func, workers) == (RayWorkers, 0)
    assert engine.keywords == {"address": "head:6379", "device": "cuda"}
    assert engine_for("ray", None, None)[0].keywords["device"] == "cpu"
    machine(0)
    assert engine_for("local", None, Wanted()) == (WorkerProcesses, cores())


def test_only_gpus_that_one_may_see_are_given_out(machine):
    """Whoever scans may have been given some of a machine's GPUs by CUDA_VISIBLE_DEVICES, by number or by name."""
    machine(2)
    assert visible_gpus({}) == ("0", "1")
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": "3, 5"}) == ("3", "5")
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": "GPU-8932f937,MIG-4a1b,-1"}) == ("GPU-8932f937", "MIG-4a1b")
    machine(0)
    assert visible_gpus({"CUDA_VISIBLE_DEVICES": ""}) == ()


# --- a GPU, where there is one


@pytest.mark.slow
@pytest.mark.gpu
@pytest.mark.skipif(not ctranslate2.get_cuda_device_count(), reason="no GPU here")
def test_a_gpu_hears_what_a_cpu_hears(pytestconfig):
    """Nearly the same words, though numbers are rounded otherwise."""
    samples = load_recording(str(pytestconfig.rootpath / "sample_audio" / "card-with-security-code.wav")).channels
    heard = {}
    for device in ("cpu", "cuda"):
        transcriber = faster_whisper.load_transcriber("base", find_hardware(Wanted(device)))
        assert transcriber.compute.startswith(device)
        speech = transcriber.hear([s[: 30 * SAMPLE_RATE] for s in samples], languages=("en",))
        heard[device] = [w.text.lower().strip(".,?!") for c in speech.channels for w in c.words]
    both = set(heard["cpu"]) & set(heard["cuda"])
    assert len(both) > 0.9 * len(set(heard["cpu"])) > 10
