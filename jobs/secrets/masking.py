"""Secrets in what a program says, which must not be stored: they become `***`."""

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


class Known:
    """Some secrets, and the pattern of all their forms."""

    def __init__(self, forms: Mapping[str, Set[str]]) -> None:
        """`forms`: those of each secret."""
        self.forms = forms
        self._every: set[str] = set().union(*forms.values())
        longest_first = sorted(self._every, key=len, reverse=True)
        self._alternatives = "|".join(map(re.escape, longest_first))
        self.pattern = re.compile(self._alternatives)

    @cached_property
    def everywhere(self) -> re.Pattern[str]:
        """Looks at every place: of two secrets that overlap, or of one with itself, nothing may be left over."""
        return re.compile(f"(?=({self._alternatives}))")

    @cached_property
    def beginnings(self) -> Beginnings:
        return Beginnings(self._every)


class Masker:
    """Finds secrets: given values, and what given patterns match. False when there are none to be found.

    Secrets may be added at any time, by any thread; whoever masks sees them from then on.
    """

    def __init__(self, secrets: Iterable[str] = (), patterns: Sequence[re.Pattern[str]] = ()) -> None:
        """Blank secrets are none. Of a secret of several lines, each line of 4 or more characters is one as well."""
        self._given_patterns = tuple(map(bounded, patterns))
        self._adding = threading.Lock()
        self._known: tuple[Known, ...] = ()
        self._longer: Masker | None = None
        self._learn({secret: forms_of(secret) for secret in secrets})

    def __bool__(self) -> bool:
        return bool(self._known or self._given_patterns)

    def add(self, secret: str) -> None:
        """From now on this is a secret as well."""
        with self._adding:
            if not any(secret in known.forms for known in self._known):
                self._learn({secret: forms_of(secret)})

    def _learn(self, forms: Mapping[str, Set[str]]) -> None:
        """Groups of secrets double in size: to add a thousand, one by one, compiles each a few times only."""
        forms = {secret: theirs for secret, theirs in forms.items() if theirs}
        if not forms:
            return
        known = self._known
        while known and len(known[-1].forms) <= len(forms):
            forms = {**known[-1].forms, **forms}
            known = known[:-1]
        self._known, self._longer = (*known, Known(forms)), None

    def without_patterns(self) -> Masker:
        """For what is ordered: patterns are for what is said."""
        return self._of_those(lambda secret: True)

    def tells_secret(self, value: Json) -> bool:
        """Whether a secret stands in `value`; not one so short that it may stand anywhere by chance."""
        if self._longer is None:
            self._longer = self._of_those(lambda secret: len(secret) >= SHORTEST_PART)
        return self._longer.mask_json(value) != value

    def _of_those(self, is_meant: Callable[[str], bool]) -> Masker:
        masker = Masker()
        masker._learn(
            {secret: forms for known in self._known for secret, forms in known.forms.items() if is_meant(secret)}
        )
        return masker

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
        return self._masked_json(value, MAX_JSON_DEPTH) if self else value

    def mask_object(self, value: Mapping[str, object]) -> Mapping[str, object]:
        """The same for an object, which stays one."""
        return self._masked_object(value, MAX_JSON_DEPTH) if self else value

    def held_bytes(self, raw: bytes) -> int:
        """How many bytes at the end of a line's beginning (UTF-8) could be the beginning of a secret.

        What is before them can be masked by itself. With patterns the last word is held too: it may be half a match.
        """
        if not self:
            return 0
        held = len(_last_word(raw)) if self._given_patterns else 0
        unfinished = UnfinishedSecrets([known.beginnings for known in self._known])
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
        for known in self._known:
            if known.pattern.search(text):
                yield from (match.span(1) for match in known.everywhere.finditer(text))
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
            while shown in masked:  # two secret keys are still two
                shown += "*"
            masked[shown] = self._masked_json(item, depth)
        return masked


NO_MASK = Masker()


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


def masked_entry(entry: NewEntry, masker: Masker) -> NewEntry:
    message = masker.mask(entry.message)
    if entry.fields is None and not entry.source:  # nearly all of them
        return entry if message == entry.message else entry._replace(message=message)
    fields = None if entry.fields is None else masker.mask_object(entry.fields)
    return entry._replace(message=message, source=masker.mask(entry.source), fields=fields)
