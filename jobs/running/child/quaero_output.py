"""The process's standard output, written in whole lines: what a program prints, and the reports in between."""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
import threading

STDOUT, STDERR = 1, 2
ENCODING, ERRORS = "utf-8", "backslashreplace"

# Held while something is written. Re-entrant, as a signal handler may print in the middle of it.
lock = threading.RLock()
_is_mid_line = {STDOUT: False, STDERR: False}


class WholeOutput(io.FileIO):
    """A descriptor to which each write goes at once and whole, and that knows whether the line has ended."""

    def __init__(self, descriptor: int, name: str) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self.name = name

    def write(self, text: object, /) -> int:
        return write_all(self.fileno(), memoryview(text).cast("B"))  # type: ignore[arg-type]


def take_over() -> None:
    """Makes sys.stdout and sys.stderr write each line at once, as a whole, in UTF-8 whatever the locale says."""
    for descriptor, name in ((STDOUT, "stdout"), (STDERR, "stderr")):
        flush()
        output = WholeOutput(descriptor, f"<{name}>")
        # Straight upon the descriptor: the text layer gathers a line, a second buffer would only cut long ones.
        stream = io.TextIOWrapper(output, ENCODING, ERRORS, line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def watch() -> None:
    """Notes from now on whether what is printed ends its line, where `take_over` was not called."""
    stream = sys.stdout
    if not isinstance(stream, io.TextIOWrapper) or isinstance(stream.buffer, WholeOutput):
        return
    write = stream.write

    def watched(text: str, /) -> int:
        if text:
            _is_mid_line[STDOUT] = not text.endswith("\n")
        return write(text)

    stream.write = watched  # type: ignore[method-assign]


def write_line(text: str) -> None:
    """Writes a line of its own to standard output, after all that was printed before, with one system call."""
    line = text.encode(ENCODING, ERRORS) + b"\n"
    with lock:
        flush()
        write_all(STDOUT, memoryview(b"\n" + line if _is_mid_line[STDOUT] else line))


def flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__):
        # A program may have closed it, or put anything in its place.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            stream.flush()  # type: ignore[union-attr]


def write_all(descriptor: int, view: memoryview) -> int:
    written = 0
    with lock:
        while written < len(view):
            _is_mid_line[descriptor] = True  # should a signal's handler write or raise now
            try:
                written += os.write(descriptor, view[written:])
            except BlockingIOError:  # some other process has made our pipe a non-blocking one
                select.select((), (descriptor,), ())
        if written:
            _is_mid_line[descriptor] = view[-1] != ord("\n")
    return written


def _renew_lock() -> None:
    global lock
    lock = threading.RLock()  # In the child of a fork no thread is left to release the old one.


os.register_at_fork(after_in_child=_renew_lock)
