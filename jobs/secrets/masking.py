"""Masks secrets in a program's output before it is stored: they become `***`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property

from jobs.models import NewEntry
from jobs.secrets.bounded_search import bounded
from jobs.secrets.forms import SHORTEST_PART, Beginnings, UnfinishedSecrets, forms_of
from jobs.secrets.names import MASK
from jobs.storable import MAX_JSON_DEPTH, Json, without_ansi

LONGEST_WORD_BYTES = 4096


class SecretGroup:
    """Some secrets, and the pattern of all their forms."""

    def __init__(self, forms: Mapping[str, Set[str]]) -> None:
        """`forms`: by secret."""
        self.forms = forms
        self._every: set[str] = set().union(*forms.values())
        longest_first = sorted(self._every, key=len, reverse=True)
        self._alternatives = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(self._alternatives)

    @cached_property
    def everywhere(self) -> re.Pattern[str]:
        """Matches at every place, so that no rest is left of secrets that overlap with others or with themselves."""
        return re.compile(f"(?=({self._alternatives}))")

    @cached_property
    def beginnings(self) -> Beginnings:
        return Beginnings(self._every)


class Masker:
    """Masks given values and all matches of given patterns. False as a boolean when it has neither.

    Any thread may add secrets at any time; every call of `mask` from then on masks them.
    """

    def __init__(self, secrets: Iterable[str] = (), patterns: Sequence[re.Pattern[str]] = ()) -> None:
        """Blank secrets are ignored. Each line of 4 or more characters of a longer secret is a secret as well."""
        self._given_patterns = tuple(map(bounded, patterns))
        self._adding = threading.Lock()
        self._groups: tuple[SecretGroup, ...] = ()
        self._longer: Masker | None = None
        self._add_forms({secret: forms_of(secret) for secret in secrets})

    def __bool__(self) -> bool:
        return bool(self._groups or self._given_patterns)

    def add(self, secret: str) -> None:
        """Masks this secret too from now on."""
        with self._adding:
            if not any(secret in group.forms for group in self._groups):
                self._add_forms({secret: forms_of(secret)})

    def _add_forms(self, forms: Mapping[str, Set[str]]) -> None:
        """Adds a group. Groups double in size: adding a thousand secrets one by one compiles each a few times only."""
        forms = {secret: theirs for secret, theirs in forms.items() if theirs}
        if not forms:
            return
        groups = self._groups
        while groups and len(groups[-1].forms) <= len(forms):
            forms = {**groups[-1].forms, **forms}
            groups = groups[:-1]
        self._groups, self._longer = (*groups, SecretGroup(forms)), None

    def without_patterns(self) -> Masker:
        """A masker of the values alone, for a run's spec and parameters; patterns are for output."""
        return self._with_values(lambda secret: True)

    def finds_secret(self, value: Json) -> bool:
        """Whether `value` has a secret in it. Secrets below SHORTEST_PART do not count: they may be there by chance."""
        if self._longer is None:
            self._longer = self._with_values(lambda secret: len(secret) >= SHORTEST_PART)
        return self._longer.mask_json(value) != value

    def _with_values(self, is_meant: Callable[[str], bool]) -> Masker:
        masker = Masker()
        masker._add_forms(
            {secret: forms for group in self._groups for secret, forms in group.forms.items() if is_meant(secret)}
        )
        return masker

    @property
    def shows_unfinished_lines(self) -> bool:
        """Whether the beginning of a line may be shown. With patterns not: it could be the beginning of a match."""
        return not self._given_patterns

    def mask(self, text: str) -> str:
        """`text` with every secret replaced. Where colour sequences are inside a secret, all of them are removed."""
        if "\x1b" not in text:
            return self._masked(text)
        plain, coloured = self._masked(without_ansi(text)), self._masked(text)
        return coloured if without_ansi(coloured) == plain else plain

    def mask_json(self, value: Json) -> Json:
        """JSON data with every secret replaced, in keys and numbers too, down to MAX_JSON_DEPTH."""
        return self._masked_json(value, MAX_JSON_DEPTH) if self else value

    def mask_object(self, value: Mapping[str, object]) -> Mapping[str, object]:
        """The same for a JSON object."""
        return self._masked_object(value, MAX_JSON_DEPTH) if self else value

    def held_bytes(self, raw: bytes) -> int:
        """The number of bytes at the end of an unfinished line (UTF-8) that could be the beginning of a secret.

        The bytes before them can be masked already. With patterns the last word counts too: it may be half a match.
        """
        if not self:
            return 0
        held = len(_last_word(raw)) if self._given_patterns else 0
        unfinished = UnfinishedSecrets([group.beginnings for group in self._groups])
        return held + unfinished.held_bytes(raw[: len(raw) - held])

    def _masked(self, text: str) -> str:
        spans = sorted(self._spans(text))
        if not spans:
            return text
        pieces, end = [], 0
        for start, stop in _united(spans):
            pieces += [text[end:start], MASK]
            end = stop
        return "".join((*pieces, text[end:]))

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for group in self._groups:
            if group.pattern.search(text):
                yield from (match.span(1) for match in group.everywhere.finditer(text))
        for pattern in self._given_patterns:
            yield from pattern.spans(text)

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
            while shown in masked:  # two secret keys stay two keys
                shown += "*"
            masked[shown] = self._masked_json(item, depth)
        return masked


NO_MASK = Masker()


def _united(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted spans, with spans that overlap united."""
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


def masked_entry(entry: NewEntry, masker: Masker) -> NewEntry:
    """The entry with its message, source and fields masked."""
    message = masker.mask(entry.message)
    if entry.fields is None and not entry.source:  # nearly all of them
        return entry if message == entry.message else entry._replace(message=message)
    fields = None if entry.fields is None else masker.mask_object(entry.fields)
    return entry._replace(message=message, source=masker.mask(entry.source), fields=fields)
