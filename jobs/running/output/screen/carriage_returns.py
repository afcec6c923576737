r"""Output whose lines end with a carriage return alone, as on old Macs: a terminal would show the last of them.

A redrawn bar looks alike, but its states have one shape. So where a program has written neither newlines nor control
sequences, states of different shapes are lines.
"""

from __future__ import annotations

import re

from jobs.running.output.screen.shapes import shape_of

MOST_BYTES = 64 * 1024  # of states that may turn out to be lines; after so much there are no other line ends
MOST_ALIKE = 100  # states of one shape, one after the other, are those of a bar
BURST_S = 0.05  # states that follow each other more slowly are drawn to be seen
_OTHERWISE = re.compile(rb"[\n\b\v\f\x1b]")
_FIRST_WORD = re.compile(r"\W*(\w+)")


class ReturnedLines:
    """Looks at all that comes, until something shows that a return means what it means on a terminal."""

    def __init__(self) -> None:
        self._state = ""  # the last that was ended
        self._text = b""  # what came since
        self._at = 0.0
        self._lines: list[str] = []
        self._bytes = self._alike = 0
        self.is_sure = False
        """Whether returns are known to end lines, as some have been taken for that."""

    @property
    def waits(self) -> bool:
        return bool(self._lines)

    @property
    def is_decided(self) -> bool:
        return self.waits and (self.is_sure or self._bytes > MOST_BYTES)

    def is_refuted_by(self, text: bytes) -> bool:
        return self._alike > MOST_ALIKE or len(self._text) > MOST_BYTES or _OTHERWISE.search(text) is not None

    def note(self, text: bytes, now: float) -> None:
        *states, self._text = (self._text + text).split(b"\r")
        for raw in states:
            state = raw.decode("utf-8", "replace")
            if not state.strip():
                continue
            self._alike += 1
            if self._state and not _is_alike(self._state, state, now - self._at):
                self._alike = 0
                self._lines.append(self._state)
                self._bytes += len(self._state)
            self._state, self._at = state, now

    def take(self) -> tuple[list[str], str]:
        """The lines, and what is to be seen in the row after them."""
        lines, self._lines, self._bytes, self.is_sure = self._lines, [], 0, True
        return lines, f"{self._state}\r{self._text.decode('utf-8', 'ignore')}"


def _is_alike(before: str, after: str, seconds: float) -> bool:
    if shape_of(before) == shape_of(after):
        return True
    words = (_FIRST_WORD.match(before), _FIRST_WORD.match(after))
    return seconds > BURST_S and words[0] is not None and words[1] is not None and words[0][1] == words[1][1]
