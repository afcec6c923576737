"""The parts of a download, each read and written by itself: so much of a log is held at a time, however long it is."""

from __future__ import annotations

import zlib

from jobs.queries import START, Position, long_reads
from jobs.queries.long_reads import Steps
from logstream.downloads.requests import DownloadRequest

PART_ENTRIES = 4_000  # some 20 ms, in which other readers of the log wait
GZIP_BITS = 31  # a window of 32 KiB, with the header and the sum of gzip


class Parts:
    """What is left of a download. `is_over`: nothing is."""

    def __init__(self, request: DownloadRequest) -> None:
        self._request = request
        self._position = START
        self._gzip = zlib.compressobj(1, wbits=GZIP_BITS) if request.is_gzipped else None
        self._ahead = request.format.head()
        self.is_over = False

    def next(self) -> Steps[bytes]:
        """Reads the next part. Raises CursorReset when the job is gone, or entries that have not been sent."""
        asked = self._request
        page = yield from long_reads.after(asked.log, self._position, asked.end, PART_ENTRIES)
        content = self._ahead + asked.format.lines(page.records)
        self._ahead, self.is_over = b"", not page.has_more
        if page.records:
            self._position = Position(page.records[-1].line, page.records[-1].id)
        return self._written(content)

    def _written(self, content: bytes) -> bytes:
        if self._gzip is None:
            return content
        written = self._gzip.compress(content)
        return written + self._gzip.flush() if self.is_over else written
