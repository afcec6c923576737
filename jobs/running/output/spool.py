"""What waits on a disk when memory is full: a file without a name, open to no other process, and gone with this one.

It lies in the directory for temporary files, which often has room when the database's disk has none.
"""

from __future__ import annotations

import os
import pickle
import struct
import tempfile
from typing import IO

from jobs.terms.sizes import MIB

MAX_BYTES = 128 * MIB
LENGTH = struct.Struct("!Q")


class Spool:
    """First in, first out. For one thread at a time."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._file: IO[bytes] | None = None
        self._begin = self._end = 0

    def __bool__(self) -> bool:
        return self._begin < self._end

    def put(self, value: object) -> bool:
        """Whether there was room for it, as far as we go and on the disk."""
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        frame = LENGTH.pack(len(data)) + data
        if self._end + len(frame) > self._max_bytes:
            return False
        try:
            self._write(frame)
        except OSError:  # what was written of it is overwritten by the next
            return False
        self._end += len(frame)
        return True

    def take(self) -> object:
        """The first value. Raises OSError when the disk does not give it back; then nothing is there any more."""
        try:
            (length,) = LENGTH.unpack(self._read(LENGTH.size))
            value: object = pickle.loads(self._read(length))  # noqa: S301 (a file that no other process can open)
        except (OSError, struct.error):
            self.clear()
            raise OSError("what was put aside cannot be read back") from None
        if not self:
            self.clear()
        return value

    def clear(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._begin = self._end = 0

    def _write(self, frame: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="quaero-", buffering=0)  # noqa: SIM115
        view, at = memoryview(frame), self._end
        while view:
            written = os.pwrite(self._file.fileno(), view, at)
            view, at = view[written:], at + written

    def _read(self, length: int) -> bytes:
        assert self._file is not None
        data = b""
        while len(data) < length:
            part = os.pread(self._file.fileno(), length - len(data), self._begin)
            if not part:
                break
            data += part
            self._begin += len(part)
        return data
