"""Entries as the lines that `tail` prints. They are put together as strings: a rich console would be too slow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from jobs.models import EntryRecord
from jobs.models.record import UNSET
from jobs.terminal.safe_text import coloured_text, json_text, plain_name, plain_text
from jobs.terms.streams import STDERR, STDOUT, SYSTEM
from logstream.tailing.colours import Palette

MARKS = {STDOUT: "|", STDERR: "!", SYSTEM: "*"}
INDENT = " " * len("2026-01-31T12:00:00.000Z INFO  ")  # of the further lines of a message


class LineFormat(Protocol):
    def lines(self, records: Sequence[EntryRecord], *, with_steps: bool) -> bytes:
        """The entries as bytes, each with a newline at its end; with the names of their steps or without."""
        ...


class JsonLines:
    """One JSON object a line: the entry as the API has it. For a terminal, unsafe characters are escaped."""

    def __init__(self, *, for_terminal: bool) -> None:
        self._encoder = msgspec.json.Encoder()
        self._for_terminal = for_terminal

    def lines(self, records: Sequence[EntryRecord], *, with_steps: bool = True) -> bytes:
        encoded = self._encoder.encode_lines(records)
        return json_text(encoded) if self._for_terminal else encoded


class HumanLines:
    """Time, level, job and step where there are several, stream (`|` stdout, `!` stderr, `*` system), message."""

    def __init__(self, palette: Palette, encoding: str = "utf-8", *, with_jobs: bool = False) -> None:
        self._palette = palette
        self._encoding = encoding
        self._with_jobs = with_jobs
        self._time_begin, self._time_end = palette.paint("\0", "dim").split("\0") if palette else ("", "")
        self._heads: dict[tuple[str, str, str, str | None], str] = {}

    def lines(self, records: Sequence[EntryRecord], *, with_steps: bool = False) -> bytes:
        text = "".join([self._line(record, with_steps) for record in records])
        return text.encode(self._encoding, "backslashreplace")

    def _line(self, record: EntryRecord, with_steps: bool) -> str:
        key = (record.level, record.stream, record.job_name, record.step_name if with_steps else None)
        head = self._heads.get(key) or self._new_head(key)
        time = f"{self._time_begin}{record.timestamp[:23]}Z{self._time_end}"
        if self._palette and record.ansi is not UNSET:
            return f"{time} {head}{self._indented(coloured_text(record.ansi), record.stream)}\n"
        if record.message.isprintable():  # nearly always, and a fast check
            return f"{time} {head}{record.message}\n"
        return f"{time} {head}{self._indented(plain_text(record.message), record.stream)}\n"

    def _new_head(self, key: tuple[str, str, str, str | None]) -> str:
        level, stream, job_name, step_name = key
        names = [name for name in (job_name if self._with_jobs else None, step_name) if name]
        place = self._palette.paint(f"[{'/'.join(map(plain_name, names))}]", "blue") + " " if names else ""
        if len(self._heads) > 10_000:  # of a service that has run long
            self._heads.clear()
        head = self._heads[key] = f"{self._palette.level(level)} {place}{self._mark(stream)} "
        return head

    def _mark(self, stream: str) -> str:
        return self._palette.paint(MARKS[stream], "red" if stream == STDERR else "dim")

    def _indented(self, text: str, stream: str) -> str:
        """The text with its second and later lines indented, so that none looks like an entry of its own."""
        text = text.rstrip("\n")
        return text.replace("\n", f"\n{INDENT}{self._mark(stream)} ") if "\n" in text else text
