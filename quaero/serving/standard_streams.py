"""Standard streams that may be closed, or go to a reader that has left: no reason for a server to stop."""

from __future__ import annotations

import io
import os
import sys


def open_closed_streams() -> None:
    """Give a process that was started with closed standard streams (`>&-`) the null device in their place.

    Otherwise the next file or socket takes the number, and what is printed ends up in it.
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


class Spoken(io.TextIOBase):
    """Standard output for code that prints: at once, and as far as it is still read."""

    def write(self, text: str) -> int:
        say(text, end="")
        return len(text)


def say(text: str, *, end: str = "\n", error: bool = False) -> None:
    """Print `text` at once, on standard output or standard error, as far as it is still read."""
    stream = sys.stderr if error else sys.stdout
    try:
        print(text, end=end, file=stream, flush=True)
    except OSError:
        # The reader of the pipe has gone (`serve | head`). Without this, Python complains once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
