"""Silero's voice detector, computed for many pieces of sound at once.

The network is small, and as a graph of convolutions over four frames it keeps a processor waiting: the same sums as a few
large matrix products take less than half the time. Weights are those of the ONNX file that faster-whisper brings (Silero
VAD v6, MIT); of another file than the one known here the graph is run instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from faster_whisper.utils import get_assets_path
from faster_whisper.vad import get_vad_model

Array = npt.NDArray[np.float32]

SHA256 = "4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2"
_FRAME, _STEP, _FRAMES = 256, 128, 4
_REFLECTED = 64
_BINS = _FRAME // 2 + 1
_STATE = 128
_MODEL_GRAPH, _GRAPH_INITIALIZER, _TENSOR_DIMS, _TENSOR_NAME, _TENSOR_RAW = 7, 5, 1, 8, 9
"""Numbers of fields in ONNX's protocol buffers."""


class SileroNetwork:
    """Voice probabilities of pieces of sound, each begun anew; loaded once, keeps nothing of what it heard."""

    def __init__(self, onnx: bytes) -> None:
        """Of the content of an ONNX file; raises KeyError or ValueError when it is another network."""
        weights = dict(_tensors(onnx))

        def convolution(k: int, taps: slice) -> tuple[Array, Array]:
            kernel, bias = (weights[f"encoder.conv_layers.{k}.{name}"] for name in ("weight", "bias"))
            flat = kernel[:, :, taps].transpose(2, 1, 0).reshape(-1, len(bias))
            return np.ascontiguousarray(flat), bias

        self._window = weights["encoder.feature_extractor.forward_basis_buffer"][0, 0].copy()
        # the third convolution meets padding on its left and the fourth on both sides: of those taps nothing comes
        self._layers = [convolution(k, slice(*taps)) for k, taps in enumerate(((0, 3), (0, 3), (1, 3), (1, 2)))]
        self._from_features = np.ascontiguousarray(weights["onnx::LSTM_209"][0].T)
        self._from_state = np.ascontiguousarray(weights["onnx::LSTM_210"][0].T)
        self._bias = weights["onnx::LSTM_211"].reshape(2, -1).sum(axis=0)
        self._out, self._out_bias = weights["decoder.conv1d.weight"].reshape(-1), weights["decoder.conv1d.bias"]

    def __call__(self, pieces: Sequence[Array]) -> list[Array]:
        """The probability of each hop of each piece; a piece has shape (hops, 64 + 512), as the graph takes it."""
        gates = np.zeros((max(map(len, pieces), default=0), len(pieces), 4 * _STATE), np.float32)
        for i, piece in enumerate(pieces):
            gates[: len(piece), i] = self._features(piece) @ self._from_features + self._bias
        heard = self._remembered(gates)
        return [heard[: len(piece), i] for i, piece in enumerate(pieces)]

    def _features(self, hops: Array) -> Array:
        n = len(hops)
        padded = np.concatenate((hops, hops[:, -2 : -_REFLECTED - 2 : -1]), axis=1)
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME, axis=1)[:, ::_STEP]
        first = np.zeros((n, _FRAMES + 2, _BINS), np.float32)  # an empty frame on each side
        np.abs(np.fft.rfft(frames * self._window), out=first[:, 1:-1])
        second = np.zeros((n, _FRAMES + 1, _STATE), np.float32)
        second[:, 1:] = self._layer(0, _overlapping(first, _FRAMES, 1)).reshape(n, _FRAMES, _STATE)
        third = self._layer(1, _overlapping(second, _FRAMES // 2, 2)).reshape(n, -1)
        return self._layer(3, self._layer(2, third))

    def _layer(self, k: int, rows: Array) -> Array:
        kernel, bias = self._layers[k]
        out: Array = rows @ kernel
        out += bias
        np.maximum(out, 0, out=out)
        return out

    def _remembered(self, gates: Array) -> Array:
        """The memory's way through all pieces at once, and what it says of each hop: shape (hops, pieces)."""
        said = np.empty((len(gates), gates.shape[1], _STATE), np.float32)
        state = np.zeros((gates.shape[1], _STATE), np.float32)
        cell = np.zeros_like(state)
        for t, from_features in enumerate(gates):
            now = from_features + state @ self._from_state
            let_in, let_out, keep = np.split(_sigmoid(now[:, : 3 * _STATE]), 3, axis=1)
            cell = keep * cell + let_in * np.tanh(now[:, 3 * _STATE :])
            state = said[t] = let_out * np.tanh(cell)
        return _sigmoid(np.asarray(np.maximum(said, 0) @ self._out + self._out_bias, np.float32))


class SileroGraph:
    """The same by running an ONNX file as it is."""

    def __init__(self, session: Any) -> None:
        """`session`: onnxruntime's."""
        self._session = session

    def __call__(self, pieces: Sequence[Array]) -> list[Array]:
        """As `SileroNetwork` has it."""
        none = np.zeros((1, 1, _STATE), np.float32)
        heard = (self._session.run(None, {"input": piece, "h": none, "c": none})[0] for piece in pieces)
        return [np.asarray(p, np.float32).reshape(-1) for p in heard]


def load_silero() -> SileroNetwork | SileroGraph:
    """The detector that faster-whisper brings: as a graph, when its file is another than the one that is known here."""
    for path in Path(get_assets_path()).glob("silero_vad*.onnx"):  # type: ignore[no-untyped-call]
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == SHA256:
            return SileroNetwork(content)
    return SileroGraph(get_vad_model().session)


def _sigmoid(x: Array) -> Array:
    out: Array = np.tanh(x * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return out


def _overlapping(frames: Array, count: int, step: int) -> Array:
    """Three frames in a row, beginning at every `step`: shape (pieces * count, 3 * width)."""
    n, _, width = frames.shape
    along, across, within = frames.strides
    view = np.lib.stride_tricks.as_strided(frames, (n, count, 3 * width), (along, step * across, within))
    return view.reshape(n * count, 3 * width)


def _tensors(onnx: bytes) -> Iterator[tuple[str, Array]]:
    """The named weights of an ONNX model, as far as they are float32."""
    for field, graph in _fields(memoryview(onnx)):
        if field != _MODEL_GRAPH:
            continue
        for part, tensor in _fields(graph):
            if part == _GRAPH_INITIALIZER:
                dims, name, raw = [], "", b""
                for what, value in _fields(tensor):
                    if what == _TENSOR_DIMS:
                        dims.append(value)
                    elif what == _TENSOR_NAME:
                        name = bytes(value).decode()
                    elif what == _TENSOR_RAW:
                        raw = bytes(value)
                if len(raw) == 4 * np.prod(dims, dtype=int):
                    yield name, np.frombuffer(raw, np.float32).reshape(dims)


def _fields(data: memoryview) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a protocol buffer: integers, or the bytes of what has a length."""
    at = 0
    while at < len(data):
        key, at = _integer(data, at)
        wire = key & 7
        value: Any
        if wire == 0:
            value, at = _integer(data, at)
        else:
            size, at = _integer(data, at) if wire == 2 else ({1: 8, 5: 4}[wire], at)
            value, at = data[at : at + size], at + size
        yield key >> 3, value


def _integer(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
