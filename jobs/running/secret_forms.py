"""What a secret may look like in a program's output, and how much of it may be there already."""

from __future__ import annotations

import bisect
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

from jobs.running.secret_data import json_of, layouts_of, texts_in
from jobs.storable import ANSI, MAX_PARTIAL_ANSI_BYTES, PARTIAL_ANSI, storable_text, without_ansi

SHORTEST_PART = 4  # characters that a line of a longer secret has, to be a secret by itself
MOST_STEPS = 1_000  # back from the end of a line; a text that needs more is made of nothing but a secret's beginning

UNQUOTED_IN_ADDRESSES = ("", "/", "!#$%&'()*+,/:;=?@[]~")  # by urllib and its users: all, paths, whole addresses
PYTHONS: tuple[Callable[[str], str], ...] = (repr, ascii)

_NEWLINE = re.compile("\r\n|\r|\n")
_ANSI = re.compile(ANSI.pattern.encode())


def forms_of(secret: str) -> set[str]:
    """The texts that would tell `secret`: itself, its lines, and as data and addresses show it. None for a blank.

    Of a secret that is JSON also its other layouts, and its texts that are long enough to be secrets by themselves.
    """
    if not secret.strip():
        return set()
    data = json_of(secret)
    whole = _forms_of_text(secret).union(*map(_forms_of_text, texts_in(data)))
    layouts = {form for layout in layouts_of(data) for form in (layout, *_parts(layout), *_escaped(layout))}
    return {form for form in whole | layouts if form.strip()}


def _forms_of_text(secret: str) -> set[str]:
    stored = storable_text(secret)
    forms = {secret, stored, without_ansi(stored), *_parts(stored)}
    escaped = {text for form in forms for text in _escaped(form)}
    twice = {text for form in escaped for text in _escaped(form)}  # JSON within JSON, or in a variable that is shown
    written = {text for form in forms for text in (*_in_addresses(form), *_quoted(form))}
    return forms | escaped | twice | written


def _parts(text: str) -> Iterator[str]:
    """The lines of `text`; of several those that are not too short, without the indentation that another may have."""
    lines = [line for line in _NEWLINE.split(text) if line]
    if len(lines) == 1:
        yield lines[0]
    else:
        yield from (line.strip() for line in lines if len(line.strip()) >= SHORTEST_PART)


def _escaped(text: str) -> Iterator[str]:
    """As JSON and Python write it between quotes, which Python chooses by the text around it as well."""
    for is_ascii in (True, False):
        yield json.dumps(text, ensure_ascii=is_ascii)[1:-1]
    for written in PYTHONS:
        yield written(text)[1:-1]
        yield written(f'{text}"')[1:-2]


def _in_addresses(text: str) -> Iterator[str]:
    yield quote_plus(text, errors="replace")
    for safe in UNQUOTED_IN_ADDRESSES:
        yield quote(text, safe=safe, errors="replace")


def _quoted(text: str) -> Iterator[str]:
    """In HTML, and by shells that show what they run."""
    yield html.escape(text)
    for quoted in ("'\\''", "'\"'\"'"):
        yield text.replace("'", quoted)


class UnfinishedSecrets:
    """Knows the beginnings of secrets."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = [form.encode("utf-8", "surrogatepass") for form in forms if "\n" not in form]

    def with_forms(self, forms: Iterable[str]) -> UnfinishedSecrets:
        """Those of these as well; who asks at this moment goes on with what there was."""
        grown = UnfinishedSecrets(forms)
        grown._forms += self._forms
        return grown

    def held_bytes(self, raw: bytes) -> int:
        """How many bytes from the end of `raw` one has to go back, until what is left ends in no secret's beginning.

        In one step it may not be done: what is left then may end in the beginning of another, or of a whole one.
        Colours between the characters are looked through.
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
        """The length of the longest end of `raw[:end]` that is a beginning, not all, of a secret."""
        return max((_overlap(raw[max(end - len(form) + 1, 0) : end], form) for form in self._forms), default=0)


def _overlap(tail: bytes, form: bytes) -> int:
    at = tail.find(form[:1])
    while at >= 0 and not form.startswith(tail[at:]):
        at = tail.find(form[:1], at + 1)
    return len(tail) - at if at >= 0 else 0


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
