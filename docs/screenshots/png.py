"""Smaller PNGs of pages, which have few colours."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
RGB, PALETTE = 2, 3  # types of colour
Colour = tuple[int, ...]


def with_palette(png: bytes) -> bytes:
    """The picture with the colours that it has most of; each of the others becomes the nearest of them."""
    parts = [*chunks(png)]
    width, height, depth, kind = struct.unpack_from(">IIBB", parts[0][1])
    assert (depth, kind) == (8, RGB), "the browser writes another kind of PNG now"
    rows = [*unfiltered(zlib.decompress(b"".join(content for name, content in parts if name == b"IDAT")), width)]
    pixels = [[*zip(row[::3], row[1::3], row[2::3], strict=True)] for row in rows]
    counts = Counter(pixel for row in pixels for pixel in row)
    palette = [colour for colour, _ in counts.most_common(COLOURS)]
    places = {colour: number for number, colour in enumerate(palette)}
    for colour in counts:
        if colour not in places:
            places[colour] = min(range(len(palette)), key=lambda number: distance(palette[number], colour))
    packed = b"".join(b"\0" + bytes(places[pixel] for pixel in row) for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    colours = bytes(value for colour in palette for value in colour)
    written = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(packed, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(chunk(name, content) for name, content in written)


def distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def unfiltered(content: bytes, width: int) -> Iterator[bytearray]:
    """The rows of an RGB picture as they were before PNG's filters."""
    above, length = bytearray(3 * width), 3 * width + 1
    for begin in range(0, len(content), length):
        kind, row = content[begin], bytearray(content[begin + 1 : begin + length])
        for at in range(len(row)):
            left, corner = (row[at - 3], above[at - 3]) if at >= 3 else (0, 0)
            guess = (0, left, above[at], (left + above[at]) // 2, paeth(left, above[at], corner))[kind]
            row[at] = (row[at] + guess) & 255
        yield row
        above = row


def paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
