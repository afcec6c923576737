"""Reads a process's two pipes, as fast as they fill or as slowly as the backlog takes it, until they end."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import selectors
import struct
import termios
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO

from jobs.recording import NewEntry
from jobs.running.output.backlog import Backlog
from jobs.running.output.items import ItemReader
from jobs.running.output.lines import Line, LineAssembler
from jobs.running.output.release import Disclosure, Output
from jobs.running.processes.process import Process
from jobs.secrets.masking import Masker
from jobs.terms.streams import STDERR, STDOUT, SYSTEM
from jobs.text import CommandReader

CHUNK_BYTES = 64 * 1024
# When the command has ended but something it started still holds its pipes: so long we listen on.
LINGER_S = 2.0
LEFT_OPEN = "stopped listening: a process that the command left behind still holds its output"
POLL_S = 0.1  # for what the system cannot report through a descriptor


class Pipe:
    """One of the two streams: its descriptor, and what its bytes mean."""

    def __init__(
        self, name: str, file: IO[bytes], echo_to: int | None, masker: Masker, commands: CommandReader
    ) -> None:
        self.name = name
        self.descriptor = file.fileno()
        self.assembler = LineAssembler(masker)
        self.reader = ItemReader(name, commands)
        self.echo_to = echo_to
        self.owed_bytes = 0

    def read(self) -> bytes:
        chunk = os.read(self.descriptor, CHUNK_BYTES)
        self.owed_bytes -= len(chunk)
        if self.echo_to is not None and chunk:
            self._echo(chunk)
        return chunk

    def output_of(self, lines: list[Line]) -> Output:
        return Output(self.name, self.reader.items_of(lines, datetime.now(UTC)) if lines else ())

    def note_what_is_owed(self) -> None:
        """How much was written before the command ended: all of it is read, however long that takes."""
        self.owed_bytes = _size(self.descriptor)

    def has_more_for_us(self) -> bool:
        """Whether something is owed, or the end is there, long before a slow backlog has let us come to it perhaps."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return self.owed_bytes > 0 or (bool(poll.poll(0)) and _size(self.descriptor) == 0)

    def _echo(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        try:
            while view and self.echo_to is not None:
                view = view[os.write(self.echo_to, view) :]
        except OSError:  # The reader has gone (`runjob --echo ... | head`); the job goes on.
            self.echo_to = None


class Capture:
    """The whole output of `process` into `backlog`. `run` blocks and belongs into a thread of its own."""

    def __init__(
        self,
        process: Process,
        backlog: Backlog,
        *,
        echo: bool = False,
        linger_s: float = LINGER_S,
        linger_while: Callable[[], bool] = lambda: False,
        masker: Masker | None = None,
    ) -> None:
        """`linger_while`: whether to listen on even after `linger_s`, to what the command has left behind.

        `masker` learns what the command asks to be masked. It is not for what is echoed, which is stored nowhere.
        """
        self._process, self._backlog = process, backlog
        self._linger_s, self._linger_while = linger_s, linger_while
        masker, commands = Masker() if masker is None else masker, CommandReader()
        self._pipes = [
            Pipe(STDOUT, process.stdout, 1 if echo else None, masker, commands),
            Pipe(STDERR, process.stderr, 2 if echo else None, masker, commands),
        ]
        self._disclosure = Disclosure(masker, backlog.put)
        self._ended_at: float | None = None

    def run(self) -> None:
        """Reads to the end and closes the pipes. The backlog stays open: others may have something to add."""
        try:
            with selectors.DefaultSelector() as selector, _exit_descriptor(self._process) as exit_descriptor:
                for pipe in self._pipes:
                    selector.register(pipe.descriptor, selectors.EVENT_READ, pipe)
                if exit_descriptor is not None:
                    selector.register(exit_descriptor, selectors.EVENT_READ)
                self._read_all(selector, exit_descriptor)
            self._disclose([pipe.output_of(pipe.assembler.end()) for pipe in self._pipes])
            self._disclose([])
        finally:
            self._process.stdout.close()
            self._process.stderr.close()

    def _read_all(self, selector: selectors.BaseSelector, exit_descriptor: int | None) -> None:
        open_pipes = set(self._pipes)
        while open_pipes:
            outputs: list[Output] = []
            for key, _ in selector.select(self._timeout(open_pipes, exit_descriptor)):
                if key.data is None:
                    continue
                chunk = key.data.read()
                if chunk:
                    outputs.append(key.data.output_of(key.data.assembler.feed(chunk, time.monotonic())))
                else:
                    open_pipes.discard(key.data)
                    selector.unregister(key.fd)
            if self._ended_at is None and self._process.has_ended():
                self._note_end(selector, exit_descriptor, open_pipes)
            outputs += [pipe.output_of(pipe.assembler.flush(time.monotonic())) for pipe in open_pipes]
            self._disclose(outputs)
            if open_pipes and self._has_lingered() and not any(pipe.has_more_for_us() for pipe in open_pipes):
                self._disclose([Output(SYSTEM, [NewEntry(LEFT_OPEN, "warn", stream=SYSTEM)])])
                return

    def _disclose(self, outputs: list[Output]) -> None:
        self._disclosure.after_a_look([some for some in outputs if some.items])

    def _note_end(self, selector: selectors.BaseSelector, exit_descriptor: int | None, open_pipes: set[Pipe]) -> None:
        self._ended_at = time.monotonic()
        if exit_descriptor is not None:
            selector.unregister(exit_descriptor)
        for pipe in open_pipes:
            pipe.note_what_is_owed()

    def _has_lingered(self) -> bool:
        if self._ended_at is None or time.monotonic() < self._ended_at + self._linger_s:
            return False
        return not self._linger_while()

    def _timeout(self, open_pipes: set[Pipe], exit_descriptor: int | None) -> float | None:
        """How long nothing can happen but what the selector reports."""
        if self._disclosure.is_waiting:
            return 0
        now = time.monotonic()
        moments = [pipe.assembler.due for pipe in open_pipes if pipe.assembler.due is not None]
        if self._ended_at is not None:
            lingered_at = self._ended_at + self._linger_s
            moments.append(lingered_at if now < lingered_at else now + POLL_S)
        elif exit_descriptor is None:
            moments.append(now + POLL_S)
        return max(min(moments) - now, 0) if moments else None


def _size(descriptor: int) -> int:
    """How many bytes are in the pipe."""
    return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0)))[0])


@contextlib.contextmanager
def _exit_descriptor(process: Process) -> Iterator[int | None]:
    """A descriptor that becomes readable when the process ends, on systems that have such."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
