"""Standard output without a buffer of ours: what was written is out, and nothing is left to write at the end."""

from __future__ import annotations

import io
import os
import select
from typing import IO


class Output:
    """Writes bytes to a stream's descriptor, or text to a stream that has none."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"
        self.descriptor = descriptor_of(stream)
        self.is_terminal = self.descriptor is not None and os.isatty(self.descriptor)

    def write(self, data: bytes) -> None:
        """Raises BrokenPipeError when its reader has gone."""
        if self.descriptor is None:
            self._stream.write(data.decode(self.encoding))
            return
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest) :]
            except BlockingIOError:  # another process that shares it has set it so
                select.select([], [self.descriptor], [])

    def write_if_ready(self, data: bytes) -> None:
        """Writes a few bytes to a terminal that takes them at once."""
        if self.descriptor is not None and self.is_terminal and select.select([], [self.descriptor], [], 0.1)[1]:
            os.write(self.descriptor, data)


def descriptor_of(stream: IO[str]) -> int | None:
    try:
        return stream.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None
