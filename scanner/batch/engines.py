"""The models of one process, loaded once: what a run sends to its workers instead of the models themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from scanner.asr.hardware import Wanted, find_hardware
from scanner.batch.items import Item
from scanner.batch.worker import Hearing
from scanner.detect import detector_id
from scanner.masking import HashKey
from scanner.policy import Policy
from scanner.transcripts import Names
from scanner.transcripts.identity import any_model_id

if TYPE_CHECKING:
    from scanner.scan import Detectors, Engines, ScannedCall


@dataclass(frozen=True, slots=True)
class LoadHearing:
    """Loads the speech model named `model` (None: the default one) and the detectors, for calls judged by one policy.

    What is `wanted` to compute on is looked for in the process that loads: machines of a cluster differ.
    """

    model: str | None
    policy: Policy
    key: HashKey = field(repr=False)
    wanted: Wanted = field(default_factory=Wanted)

    def __call__(self) -> Hearing:
        engines = load_engines(self.model, key=self.key, wanted=self.wanted)
        return partial(_hear, policy=self.policy, engines=engines)


@dataclass(frozen=True, slots=True)
class LoadReading:
    """Loads the detectors alone, for calls whose words are read in transcripts; `names` says who some speakers are."""

    policy: Policy
    names: Names
    key: HashKey = field(repr=False)

    def __call__(self) -> Hearing:
        return partial(_read, policy=self.policy, detectors=load_detectors(key=self.key), names=self.names)


@dataclass(frozen=True, slots=True)
class Ear:
    """By what a run hears: what has been heard by the same is not heard again."""

    model_id: str
    detector_id: str


def ear(model: str | None, policy: Policy) -> Ear:
    """What `LoadHearing` would hear with, without loading it. Raises ModelError when the model is not there."""
    from scanner.asr.models import DEFAULT_MODEL, resolve_model  # noqa: PLC0415 - only who scans needs models

    return Ear(resolve_model(model or DEFAULT_MODEL).model_id, detector_id(policy.vocabulary_sha256))


def reading_ear(policy: Policy, names: Names) -> Ear:
    """What `LoadReading` would read with."""
    return Ear(any_model_id(names), detector_id(policy.vocabulary_sha256))


def load_detectors(*, key: HashKey) -> Detectors:
    """The detectors, loaded, without a speech model. Raises ModelError."""
    from scanner.asr.models import sentence_model_path  # noqa: PLC0415 - as above
    from scanner.detect.hearing.meaning import SentenceMeaning, installed_tokenizer  # noqa: PLC0415
    from scanner.detect.personal_data import PersonalDataDetector  # noqa: PLC0415
    from scanner.scan import Detectors  # noqa: PLC0415

    return Detectors(PersonalDataDetector(), key, SentenceMeaning(sentence_model_path(), installed_tokenizer()))


def load_engines(model: str | None, *, key: HashKey, wanted: Wanted | None = None) -> Engines:
    """The speech models on what is wanted, and the detectors, loaded. Raises ModelError."""
    from scanner.asr.faster_whisper import load_transcriber  # noqa: PLC0415 - as above
    from scanner.asr.models import SECOND_MODEL  # noqa: PLC0415
    from scanner.scan import Engines  # noqa: PLC0415

    hardware = find_hardware(wanted or Wanted())
    detectors = load_detectors(key=key)
    transcriber = load_transcriber(model, hardware)
    listeners = [transcriber]
    if model != SECOND_MODEL:
        listeners.append(load_transcriber(SECOND_MODEL, hardware))
    return Engines(
        transcriber=transcriber,
        personal_data=detectors.personal_data,
        key=key,
        meaning=detectors.meaning,
        listeners=tuple(listeners),
    )


def _hear(item: Item, *, policy: Policy, engines: Engines) -> ScannedCall:
    from scanner.scan import scan_recording  # noqa: PLC0415 - as above

    try:
        return scan_recording(item.uri, item.info, policy=policy, engines=engines)
    except RuntimeError as error:
        if "out of memory" in str(error):  # a GPU's; CTranslate2 has no error of its own for it
            raise MemoryError from error
        raise


def _read(item: Item, *, policy: Policy, detectors: Detectors, names: Names) -> ScannedCall:
    from scanner.scan_transcript import scan_transcript  # noqa: PLC0415 - as above

    return scan_transcript(item.uri, item.info, policy=policy, detectors=detectors, names=names)
