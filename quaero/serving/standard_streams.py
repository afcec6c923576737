"""Standard streams of a server. They may be closed, or their reader may have left, and the server goes on."""

from __future__ import annotations

import io
import os
import sys


def open_closed_streams() -> None:
    """Opens the null device in place of standard streams that are closed (`>&-`).

    Otherwise the next file or socket would get the number of the stream, and printed text would end up in it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    # Python has set the closed ones to None.
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 - for the life of the process
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115


class StandardOutput(io.TextIOBase):
    """Standard output as a file for other code: it writes at once, and a reader that has left is no error."""

    def write(self, text: str) -> int:
        say(text, end="")
        return len(text)


def say(text: str, *, end: str = "\n", error: bool = False) -> None:
    """Prints `text` at once on standard output or standard error. A reader that has left is no error."""
    stream = sys.stderr if error else sys.stdout
    try:
        print(text, end=end, file=stream, flush=True)
    except OSError:
        # The reader of the pipe has left (`serve | head`). Without this, Python would report it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
