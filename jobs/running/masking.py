"""Secrets in what a program says, which must not be stored: they become `***`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from jobs.running.command_line import MASK
from jobs.running.secret_forms import SHORTEST_PART, UnfinishedSecrets, forms_of
from jobs.storable import MAX_JSON_DEPTH, Json, without_ansi

LONGEST_WORD_BYTES = 4096


class Masker:
    """Finds secrets: given values, and what given patterns match. False when there are none to be found."""

    def __init__(self, secrets: Sequence[str], patterns: Sequence[re.Pattern[str]] = ()) -> None:
        """Blank secrets are none. Of a secret of several lines, each line of 4 or more characters is one as well."""
        self._secrets = tuple(secrets)
        forms = sorted({form for secret in secrets for form in forms_of(secret)}, key=len, reverse=True)
        alternatives = "|".join(map(re.escape, forms))
        self._patterns = (*((re.compile(alternatives),) if forms else ()), *patterns)
        # Looks at every place: of two secrets that overlap, or of one with itself, nothing may be left over.
        self._everywhere = re.compile(f"(?=({alternatives}))") if forms else None
        self._given_patterns = tuple(patterns)
        self._unfinished = UnfinishedSecrets(forms)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def without_patterns(self) -> Masker:
        """For what is ordered: patterns are for what is said."""
        return Masker(self._secrets)

    def tells_secret(self, value: Json) -> bool:
        """Whether a secret stands in `value`; not one so short that it may stand anywhere by chance."""
        longer = Masker([secret for secret in self._secrets if len(secret) >= SHORTEST_PART])
        return longer.mask_json(value) != value

    @property
    def shows_unfinished_lines(self) -> bool:
        """Whether a part of a line may be shown: what the beginning of a pattern's match looks like, nobody knows."""
        return not self._given_patterns

    def mask(self, text: str) -> str:
        """`text` with every secret replaced. Where colours hide one, the text loses all of them."""
        if "\x1b" not in text:
            return self._masked(text)
        plain, coloured = self._masked(without_ansi(text)), self._masked(text)
        return coloured if without_ansi(coloured) == plain else plain

    def mask_json(self, value: Json) -> Json:
        """JSON data with every secret replaced, in keys and numbers too; as deep as data are stored at all."""
        return self._masked_json(value, MAX_JSON_DEPTH) if self._patterns else value

    def mask_object(self, value: Mapping[str, object]) -> Mapping[str, object]:
        """The same for an object, which stays one."""
        return self._masked_object(value, MAX_JSON_DEPTH) if self._patterns else value

    def held_bytes(self, raw: bytes) -> int:
        """How many bytes at the end of a line's beginning (UTF-8) could be the beginning of a secret.

        What is before them can be masked by itself. With patterns the last word is held too: it may be half a match.
        """
        if not self._patterns:
            return 0
        held = len(_last_word(raw)) if self._given_patterns else 0
        return held + self._unfinished.held_bytes(raw[: len(raw) - held])

    def _masked(self, text: str) -> str:
        if not any(pattern.search(text) for pattern in self._patterns):
            return text
        pieces, end = [], 0
        for start, stop in _united(sorted(self._spans(text))):
            pieces += [text[end:start], MASK]
            end = stop
        return "".join((*pieces, text[end:]))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        if self._everywhere is not None:
            yield from (match.span(1) for match in self._everywhere.finditer(text))
        for pattern in self._given_patterns:
            yield from (match.span() for match in pattern.finditer(text) if match[0])

    def _masked_json(self, value: object, depth: int) -> Json:
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, Mapping):
            return self._masked_object(value, depth - 1) if depth > 0 else "..."
        if isinstance(value, list | tuple):
            return [self._masked_json(item, depth - 1) for item in value] if depth > 0 else "..."
        if value is None or isinstance(value, bool):
            return value
        text = str(value)
        shown = self._masked(text)
        return value if shown == text and isinstance(value, int | float) else shown

    def _masked_object(self, value: Mapping[str, object], depth: int) -> dict[str, object]:
        masked: dict[str, object] = {}
        for key, item in value.items():
            shown = self.mask(key)
            while shown in masked:  # two secret keys are still two
                shown += "*"
            masked[shown] = self._masked_json(item, depth)
        return masked


NO_MASK = Masker(())


def _united(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted spans, those that overlap as one."""
    start, stop = spans[0] if spans else (0, 0)
    for next_start, next_stop in spans[1:]:
        if next_start < stop:
            stop = max(stop, next_stop)
        else:
            yield start, stop
            start, stop = next_start, next_stop
    if stop > start:
        yield start, stop


def _last_word(raw: bytes) -> bytes:
    tail = raw[-LONGEST_WORD_BYTES:]
    return b"" if not tail or tail[-1:].isspace() else tail.rsplit(None, 1)[-1]
