"""FLAC frames inside a stretch of bytes: FFmpeg's parser glues frames together around a damaged one.

Format: RFC 9639, section 9.1 (frame header).
"""

from __future__ import annotations

from collections.abc import Iterator


def split(data: bytes, *, fixed_block: int) -> Iterator[tuple[int | None, bytes]]:
    """Each frame in `data` with the number of its first sample; a broken frame keeps the bytes up to the next header.

    `fixed_block`: samples per frame of a stream with blocks of one size, from its STREAMINFO. Bytes without any header
    are given back whole, with no sample number.
    """
    headers: list[tuple[int, int]] = []
    at = data.find(b"\xff")
    while at >= 0:
        first = _first_sample(data, at, fixed_block)
        # a header that goes back in time is sound that happens to look like one
        if first is not None and (not headers or first > headers[-1][1]):
            headers.append((at, first))
        at = data.find(b"\xff", at + 1)
    if not headers:
        yield None, data
        return
    for (start, first), end in zip(headers, [*(h[0] for h in headers[1:]), len(data)], strict=True):
        yield first, data[start:end]


def _first_sample(data: bytes, at: int, fixed_block: int) -> int | None:
    """The number of the first sample of the frame whose header is at `at`; None if there is no sound header."""
    head = data[at : at + 16]
    if len(head) < 6 or head[1] & 0xFE != 0xF8 or head[3] & 1:
        return None
    number, size = _coded_number(head[4:])
    if number is None:
        return None
    end = 4 + size + {6: 1, 7: 2}.get(head[2] >> 4, 0) + {12: 1, 13: 2, 14: 2}.get(head[2] & 0xF, 0)
    if end >= len(head) or _crc8(head[:end]) != head[end]:
        return None
    return number if head[1] & 1 else number * fixed_block


def _coded_number(data: bytes) -> tuple[int | None, int]:
    """A number coded like UTF-8, up to 36 bits, and its length in bytes."""
    first = data[0]
    if first < 0x80:
        return first, 1
    size = 8 - (first ^ 0xFF).bit_length()
    if not 2 <= size <= 7 or len(data) < size:
        return None, 0
    number = first & (0x7F >> size)
    for byte in data[1:size]:
        if byte & 0xC0 != 0x80:
            return None, 0
        number = number << 6 | byte & 0x3F
    return number, size


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc
