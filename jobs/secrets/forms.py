"""The forms of a secret in a program's output, and how much of one may be at the end of an unfinished line."""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from jobs.secrets.documents import json_of, layouts_of, texts_in
from jobs.secrets.spellings import escaped, written, written_again
from jobs.storable import ANSI, MAX_PARTIAL_ANSI_BYTES, PARTIAL_ANSI, storable_text, without_ansi

SHORTEST_PART = 4  # characters; a line of a longer secret that is as long is a secret by itself
HEAD_BYTES = 4  # compared first, which rules out most places
MOST_STEPS = 1_000  # back from the end of a line; a text that needs more consists of a secret's beginning only

_NEWLINE = re.compile("\r\n|\r|\n")
_ANSI = re.compile(ANSI.pattern.encode())


def forms_of(secret: str) -> set[str]:
    """The texts that would reveal `secret`: itself, its lines, and both as data and addresses write them.

    For a secret that is JSON also its other layouts, and its texts that are long enough. Empty for a blank secret.
    """
    if not secret.strip():
        return set()
    data = json_of(secret)
    whole = _forms_of_text(secret).union(*map(_forms_of_text, texts_in(data)))
    layouts = {form for layout in layouts_of(data) for form in (layout, *_parts(layout), *escaped(layout))}
    return {form for form in whole | layouts if form.strip()}


def _forms_of_text(secret: str) -> set[str]:
    stored = storable_text(secret)
    forms = {secret, stored, without_ansi(stored), *_parts(stored)}
    once = {text for form in forms for text in written(form)}
    twice = written_again(once)
    thrice = {text for form in forms for text in _in_json_of_json(form)}
    return forms | once | twice | thrice


def _in_json_of_json(text: str) -> Iterator[str]:
    """`text` in JSON, in three layers at most: a message in an event that is logged as JSON."""
    for is_ascii in (True, False):
        for _ in range(3):
            text = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
        yield text


def _parts(text: str) -> Iterator[str]:
    """The lines of `text`; of several lines only those of SHORTEST_PART or more, without their indentation."""
    lines = [line for line in _NEWLINE.split(text) if line]
    if len(lines) == 1:
        yield lines[0]
    else:
        yield from (line.strip() for line in lines if len(line.strip()) >= SHORTEST_PART)


class Beginnings:
    """Finds the beginnings of some secrets at the end of bytes."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = sorted(form.encode("utf-8", "surrogatepass") for form in forms if form and "\n" not in form)
        self._longest = max(map(len, self._forms), default=0)
        self._heads = frozenset(form[:HEAD_BYTES] for form in self._forms)
        first = b"".join({re.escape(form[:1]) for form in self._forms})
        self._first = re.compile(b"[" + first + b"]" if first else b"(?!)")

    def suffix(self, raw: bytes, end: int) -> int:
        """The length of the longest end of `raw[:end]` that is the beginning of a secret but not all of it; else 0."""
        for match in self._first.finditer(raw, max(end - self._longest + 1, 0), end):
            start = match.start()
            if start + HEAD_BYTES <= end and raw[start : start + HEAD_BYTES] not in self._heads:
                continue
            tail = raw[start:end]
            at = bisect.bisect_right(self._forms, tail)
            if at < len(self._forms) and self._forms[at].startswith(tail):
                return len(tail)
        return 0


class UnfinishedSecrets:
    """Measures how much of an unfinished line could be the beginning of a secret."""

    def __init__(self, beginnings: Sequence[Beginnings]) -> None:
        self._beginnings = beginnings

    def held_bytes(self, raw: bytes) -> int:
        """The number of bytes at the end of `raw` to hold back, so that the rest does not end in a secret's beginning.

        One step may not be enough: the rest may end in the beginning of another secret, or of a whole one. Colour
        sequences between the characters are ignored.
        """
        partial = PARTIAL_ANSI.search(raw, max(len(raw) - MAX_PARTIAL_ANSI_BYTES, 0))
        end = partial.start() if partial else len(raw)
        shown, places = (raw, None) if b"\x1b" not in raw else _without_ansi(raw)
        for _ in range(MOST_STEPS):
            held = self._suffix(raw, end)
            if held == 0 and places is not None:
                at = bisect.bisect_left(places, end)
                held_shown = self._suffix(shown, at)
                held = end - places[at - held_shown] if held_shown else 0
            if held == 0:
                return len(raw) - end
            end -= held
        return len(raw)

    def _suffix(self, raw: bytes, end: int) -> int:
        return max((beginnings.suffix(raw, end) for beginnings in self._beginnings), default=0)


def _without_ansi(raw: bytes) -> tuple[bytes, list[int]]:
    """`raw` without escape sequences, and where each of its bytes was."""
    places: list[int] = []
    for start, stop in _between(raw):
        places += range(start, stop)
    return _ANSI.sub(b"", raw), places


def _between(raw: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _ANSI.finditer(raw):
        yield start, match.start()
        start = match.end()
    yield start, len(raw)
