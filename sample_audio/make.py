"""Make the sample calls out of dialogues.yaml: recordings, manifest, a sidecar, and what is true of each call.

    pip install -r sample_audio/requirements.txt
    python sample_audio/make.py [NAME ...]

Named calls only, or all of them. Speech synthesis has noise of its own: a call made again sounds the same, but is
not the same bytes. Takes about a second of CPU for a second of speech.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import soxr
import yaml
from speech import RATE, VOICES, Samples, say

HERE = Path(__file__).resolve().parent
LINE_RATE = 8_000
FORMATS = {  # name: (ending, codec, sample format, bit rate)
    "wav-mulaw": ("wav", "pcm_mulaw", "s16", None),
    "wav-pcm": ("wav", "pcm_s16le", "s16", None),
    "flac": ("flac", "flac", "s16", None),
    "mp3": ("mp3", "libmp3lame", "s16p", 32_000),
    "opus": ("ogg", "libopus", "s16", 24_000),
    "aac": ("m4a", "aac", "fltp", 32_000),
    "amr": ("amr", "libopencore_amrnb", "s16", 12_200),
}
MANIFEST_COLUMNS = (
    "call_id", "file", "started_at", "agent_id", "queue", "caller_number", "caller_state", "agent_channel",
    "third_party", "ai_analysis", "ai_training", "consent_on_file", "opted_out_at",
)  # fmt: skip
AREA_CODES = {"CA": 415, "FL": 305, "IL": 312, "MA": 617, "MD": 410, "NV": 702, "PA": 412, "TX": 512, "WA": 206}
MARK = re.compile(r"\{([A-Za-z_+]+)(\?)?:\s*([^|}]*?)\s*(?:\|\s*([^}]*?)\s*)?\}")


# ---------------------------------------------------------------- the script


@dataclass(slots=True)
class Piece:
    """Words that are synthesized on their own, so that their times are known. `mark` is what they are, if anything."""

    written: str
    spoken: str
    mark: str = ""
    optional: bool = False
    start_s: float = 0.0
    end_s: float = 0.0


@dataclass(slots=True)
class Turn:
    """What one speaker says, or a sound (`ring`, `music`) that lasts `seconds`."""

    speaker: str
    pieces: list[Piece]
    seconds: float = 0.0
    start_s: float = 0.0
    end_s: float = 0.0

    def text(self, *, spoken: bool = False) -> str:
        words = " ".join(p.spoken if spoken else p.written for p in self.pieces)
        return re.sub(r"\s+([.,?!])", r"\1", words)


def parse(script: str) -> Iterator[Turn]:
    """The turns of a script in the markup that dialogues.yaml explains."""
    for line in script.splitlines():
        if line.startswith("* "):
            _, sound, seconds = line.split()
            yield Turn(sound, [], float(seconds))
            continue
        speaker, _, words = line.partition(": ")
        pieces, at = [], 0
        for mark in MARK.finditer(words):
            pieces += _plain(words[at : mark.start()])
            kind, optional, written, spoken = mark.groups()
            pieces.append(Piece(written, spoken or written, kind, bool(optional)))
            at = mark.end()
            while at < len(words) and words[at] in ".,?!":  # belongs to what it follows
                pieces[-1].spoken += words[at]
                pieces[-1].written += words[at]
                at += 1
        yield Turn(speaker, pieces + _plain(words[at:]))


def _plain(words: str) -> list[Piece]:
    return [Piece(words.strip(), words.strip())] if words.strip() else []


# ---------------------------------------------------------------- the sound


def lay_out(turns: list[Turn], voices: dict[str, str], rng: np.random.Generator) -> tuple[Samples, Samples]:
    """The company's side and the customer's at RATE, one turn after the other; writes the times into the turns."""
    sides: dict[bool, list[Samples]] = {False: [_silence(0.3)], True: [_silence(0.3)]}
    now = 0.3
    for turn in turns:
        audio = _spoken(turn, voices[turn.speaker], now, rng) if turn.pieces else SOUNDS[turn.speaker](turn.seconds)
        turn.start_s, turn.end_s = round(now, 2), round(now + len(audio) / RATE, 2)
        pause = _silence(rng.uniform(0.3, 0.8))
        is_customer = turn.speaker == "customer"
        sides[is_customer] += [audio, pause]
        sides[not is_customer].append(np.zeros(len(audio) + len(pause), np.float32))
        now += (len(audio) + len(pause)) / RATE
    return np.concatenate(sides[False]), np.concatenate(sides[True])


def _spoken(turn: Turn, voice: str, start_s: float, rng: np.random.Generator) -> Samples:
    parts: list[Samples] = []
    now = start_s
    for piece in turn.pieces:
        ends = piece.spoken[-1] in ".,?!"
        clip = say(piece.spoken if ends else piece.spoken + ",", VOICES[voice])
        piece.start_s, piece.end_s = round(now, 2), round(now + len(clip) / RATE, 2)
        parts += [clip, _silence(rng.uniform(0.05, 0.12))]
        now += (len(parts[-2]) + len(parts[-1])) / RATE
    return np.concatenate(parts[:-1])


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE), np.float32)


def _ring(seconds: float) -> Samples:
    t = np.arange(int(seconds * RATE)) / RATE
    return (0.05 * (np.sin(2 * np.pi * 440 * t) + np.sin(2 * np.pi * 480 * t))).astype(np.float32)


def _music(seconds: float) -> Samples:
    """Broken chords, plucked."""
    out = _silence(seconds + 2)
    for step in range(int(seconds / 0.33)):
        pitch = 262 * 2 ** ((0, 4, 7, 12, 9, 7, 5, 4)[step % 8] / 12)
        t = np.arange(RATE) / RATE
        at = int(step * 0.33 * RATE)
        out[at : at + RATE] += (0.07 * np.sin(2 * np.pi * pitch * t) * np.exp(-3 * t)).astype(np.float32)
    return out[: int(seconds * RATE)]


SOUNDS = {"ring": _ring, "music": _music}


def telephone(company: Samples, customer: Samples, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Both sides as a telephone line carries them, (2, samples) at LINE_RATE: crosstalk, 300 to 3400 Hz, noise, mu-law."""
    lines = []
    for near, far in ((company, customer), (customer, company)):
        echo = np.roll(far, int(0.06 * RATE)) * 10 ** (-42 / 20)
        line = soxr.resample(near + echo, RATE, LINE_RATE)
        spectrum = np.fft.rfft(line)
        f = np.maximum(np.fft.rfftfreq(len(line), 1 / LINE_RATE), 1)
        line = np.fft.irfft(spectrum / (1 + (300 / f) ** 6) / (1 + (f / 3400) ** 12), len(line))
        line = np.clip(line + rng.normal(0, 10 ** (-58 / 20), len(line)), -0.98, 0.98)
        companded = np.round(127 * np.sign(line) * np.log1p(255 * np.abs(line)) / np.log(256)) / 127
        lines.append(np.sign(companded) * (256 ** np.abs(companded) - 1) / 255)
    return np.asarray(lines, np.float32)


def write_audio(path: Path, samples: npt.NDArray[np.float32], name: str) -> None:
    """(channels, samples) at LINE_RATE as a file of the named format."""
    _, codec, sample_format, bit_rate = FORMATS[name]
    layout = "stereo" if len(samples) == 2 else "mono"
    pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    with av.open(str(path), "w") as container:
        # Opus knows five rates, 8 kHz among them; all others here take any.
        stream: Any = container.add_stream(codec, rate=LINE_RATE)
        stream.layout, stream.format = layout, sample_format
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(pcm.T.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = LINE_RATE
        frame.pts = 0
        resampler = av.AudioResampler(sample_format, layout, LINE_RATE, stream.codec_context.frame_size or None)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


# ---------------------------------------------------------------- the call


def make(call: dict[str, Any], number: int) -> None:
    """Write the recording of a call and truth/NAME.truth.json."""
    rng = np.random.default_rng(zlib.crc32(call["name"].encode()))
    turns = list(parse(call["call"]))
    company, customer = lay_out(turns, call["voices"], rng)
    lines = telephone(company, customer, rng)
    channels = call["file"]["channels"]
    if channels == 1:
        lines = np.clip(lines.sum(axis=0, keepdims=True), -0.98, 0.98)
    elif call["file"].get("agent_channel", 0) == 1:
        lines = lines[::-1]
    path = HERE / f"{call['name']}.{FORMATS[call['file']['format']][0]}"
    write_audio(path, lines, call["file"]["format"])
    truth = {
        "call_id": call["name"],
        "audio": path.name,
        "channels": channels,
        "duration_s": round(lines.shape[1] / LINE_RATE, 2),
        "shows": call["shows"].strip(),
        "metadata": metadata(call, number),
        "turns": [
            {"speaker": t.speaker, "start_s": t.start_s, "end_s": t.end_s, "text": t.text(), "spoken": t.text(spoken=True)}
            for t in turns
            if t.pieces
        ],
        "sounds": [{"kind": t.speaker, "start_s": t.start_s, "end_s": t.end_s} for t in turns if not t.pieces],
        "disclosures": [
            {"kind": kind, "speaker": t.speaker, "start_s": p.start_s, "end_s": p.end_s, "text": p.written}
            for t in turns
            for p in t.pieces
            if p.mark.islower()
            for kind in p.mark.split("+")
        ],
        "personal_data": [
            {
                "entity_type": p.mark, "value": p.written.strip(".,"), "spoken": p.spoken.strip(".,"), "speaker": t.speaker,
                "start_s": p.start_s, "end_s": p.end_s, "optional": p.optional, "human": False,
                "parts": [{"start_s": p.start_s, "end_s": p.end_s, "spoken": p.spoken.strip(".,")}],
            }
            for t in turns
            for p in t.pieces
            if p.mark.isupper()
        ],
        "expected": {"verdict": "violation" if call["expect"]["violations"] else "compliant", **call["expect"]},
        "tags": [call["name"].replace("-", "_")],
        "voices": call["voices"],
    }  # fmt: skip
    (HERE / "truth" / f"{call['name']}.truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")


def metadata(call: dict[str, Any], number: int) -> dict[str, Any]:
    """The call's row of the manifest."""
    state = call["metadata"]["caller_state"]
    agent_channel = call["file"].get("agent_channel", 0) if call["file"]["channels"] == 2 else None
    known = {
        "call_id": call["name"],
        "file": f"{call['name']}.{FORMATS[call['file']['format']][0]}",
        "started_at": f"2026-09-{number + 2:02d}T{14 + number % 7:02d}:{number * 7 % 60:02d}:00Z",
        "agent_id": f"agent-{200 + number}",
        "caller_number": f"+1{AREA_CODES[state]}55501{10 + number}",
        "agent_channel": agent_channel,
        **call["metadata"],
    }
    return {column: known.get(column) for column in MANIFEST_COLUMNS}


def write_sidecar(row: dict[str, Any]) -> None:
    """The same metadata beside the recording, where a scan finds it without a manifest."""
    known = {column: value for column, value in row.items() if value is not None and column != "file"}
    path = HERE / f"{row['call_id']}.json"
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def write_manifest(rows: list[dict[str, Any]]) -> None:
    with (HERE / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MANIFEST_COLUMNS)
        for row in rows:
            writer.writerow([str(v).lower() if isinstance(v, bool) else v for v in row.values()])


def main() -> None:
    wanted = set(sys.argv[1:])
    calls = yaml.safe_load((HERE / "dialogues.yaml").read_text(encoding="utf-8"))
    (HERE / "truth").mkdir(exist_ok=True)
    for number, call in enumerate(calls, 1):
        if not wanted or call["name"] in wanted:
            make(call, number)
            print(call["name"], flush=True)
    rows = [metadata(call, number) for number, call in enumerate(calls, 1)]
    write_manifest(rows)
    for call, row in zip(calls, rows, strict=True):
        if call["file"].get("sidecar"):
            write_sidecar(row)


if __name__ == "__main__":
    main()
