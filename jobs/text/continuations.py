"""Which lines continue a record that an earlier line began: frames of a trace, excerpts of a source, details.

The general shape of a line decides, for lines that state no level of their own. A line continues a record when it is
indented further than the record's first line, when it begins as only the middle of a record does (`Caused by:`,
`DETAIL:`, `  | `), or when it is the line that a traceback or a panic ends with. A line with a time of its own begins
a new record. So does a line that comes late or after too many others: it probably belongs to another program.

The message of an exception may have lines of its own, which look like any others. They are records by themselves,
but the frames that come soon after them still belong to the exception.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import UTC, datetime, timedelta

from jobs import levels, storable
from jobs.text import level_phrases
from jobs.text.level_words import MONTHS_AND_DAYS
from jobs.text.line_prefixes import prefix_of

MAX_LINES = 2000  # A dump of all goroutines, a stack that overflowed.
MAX_MERELY_INDENTED = 200  # one after another, without a line that only a record's middle has
MAX_GAP = timedelta(seconds=2)  # A record is written at once, whatever the machine is busy with.
MAX_INTERRUPTING = 20  # plain lines between an exception and its frames, one after another
MAX_OPEN = 64  # records at a time: one for each container or pod whose lines are woven together

_GRAVE = frozenset(name for name, number in levels.NUMBERS.items() if number > levels.NUMBERS["info"])
_SHOWN = 400  # characters of a line are looked at
_OWN_TIME = re.compile(
    rf"\s*[\[(<]?(?:\d{{4}}[-/.]\d\d[-/.]\d\d|\d\d:\d\d:\d\d|(?:{'|'.join(MONTHS_AND_DAYS)}) {{1,2}}\d{{1,2}} \d\d:"
    r"|\d\d?[/.]\w{2,3}[/.]\d{4})"
)
_FIRST_OF_HEADERS = frozenset("0123456789[<")  # A line that states its level behind one of these begins anew.
# PostgreSQL writes its header before each line of a report, and then the name of the detail.
_DETAIL_WITH_HEADER = re.compile(r"[^\"']{0,160}?\b(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION|BACKTRACE):  ")
_GOROUTINE = r"goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\["
_MIDDLE = re.compile(
    r"\s+[|+][ -]|\s+\|$|\s*(?:"
    # Java, .NET, Node.
    r"at [^\s(]{1,200}(?:\s?\(| \[as |:\d+)|at (?:async|new) |Caused by: |Suppressed: |Wrapped by: "
    r"|\.\.\. \d+ (?:more|common)|-{3}> |--- End of |Node\.js v\d|Require stack:|- /"
    # Python.
    r"|File \"[^\"]{1,200}\", line \d+|During handling of the above exception|The above exception was the direct cause"
    r"|Stack \(most recent call last\):|\[Previous line repeated "
    r"|\[SQL: |\[parameters: |\(Background on this error at: "
    # Go and Rust.
    rf"|{_GOROUTINE}|created by \S|\[signal SIG|exit status \d+$|stack backtrace:"
    r"|(?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite) at 0x[0-9a-f]+ by |Goroutine \d+ \("
    # Compilers: excerpts, carets, and what they add; boxes of tools that draw.
    r"|--> |\d+ +\||[|:]\s*[\^~]|\^|~~|= (?:note|help): |(?:[^\s:]{1,200}(?::\d+){1,3}: )?(?:note|help|hint): "
    r"|In file included from |from \S{1,200}:\d+|[│┃╷╵╰├└╭╯┌]"
    # PostgreSQL's clients, PHP, Ruby, Elixir and Erlang, debuggers.
    r"|(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): |LINE \d+: "
    r"|(?:PHP )?Stack trace:|#\d+ |thrown in |PHP +\d+\. |In [\w.:]{1,60}\(.{0,200}\) :"
    r"|\*\* |Last message|State: |Function: &|Initial Call: |Ancestors: "
    r")"
)
_BRACKETS = re.compile(r"[\[({\])}>]+[;,]?$")
_TRACEBACK = re.compile(r"[\s|+]*(?:Exception Group )?Traceback \(most recent call last\)")
_SYNTAX_ERROR = re.compile(r"\s+File \"[^\"]{1,200}\", line \d+$")  # without the word Traceback
_NEXT_TRACEBACK = ("During handling of the above exception", "The above exception was the direct cause")
# What only the frames of an exception begin with, wherever they stand.
_FRAMES = re.compile(
    r"\s+at \S.{0,300}[\d)>]|\s+at (?:async|new) |Caused by: | -{3}> |\s*--- End of |\s+File \"[^\"]{1,200}\", line \d+"
    r"|During handling of the above exception|The above exception was the direct cause"
    rf"|\t\S{{1,300}}\.go:\d+|{_GOROUTINE}"
)
_GO_TRACE = re.compile(rf"{_GOROUTINE}|panic: |fatal error: |created by |\t\S{{1,300}}\.go:\d+")
# A frame of an error that has a stack of its own: the next line says where the function is.
_GO_FUNCTION = re.compile(r"(?:main|runtime|(?:[\w-]+\.)+[\w-]+/[\w./-]{1,200})\.[\w.()*\[\]·-]{1,100}$")
_GO_FRAME = re.compile(r"[\w./*()\[\]{}·-]{1,300}\(.{0,300}\)$")
_PANICKED = re.compile(r"\s*thread '.{0,80}' .{0,20}panicked at .{1,300}:$")
_NAME_OF_EXCEPTION = re.compile(r"[A-Za-z_][\w.]{0,200}(?:: .*)?$")


_First = tuple[str, str, datetime]  # a record's first line, its level and its time of capture


class Continuations:
    """The open records of one stream: one, or one for each name in front of the lines.

    In most logs every line is a record by itself, at level info or below. So the newest lines are only kept, and
    looked at when a line comes that may continue one of them.
    """

    def __init__(self) -> None:
        self._begun: deque[_First] = deque(maxlen=MAX_OPEN)  # not looked at yet
        self._open: dict[str, _Open | _First] = {}
        self._is_grave = False  # one of them is above info
        self._has_names = False  # lines of this stream have had names in front
        self._carried_by = ""  # the owner in the last line's syslog header: a line without a header continues there
        self._at = datetime.max.replace(tzinfo=UTC)

    def place(self, text: str, level: str | None, at: datetime) -> tuple[str | None, bool]:
        """The level that a line gets which itself states `level` (None: none), and whether it continues a record."""
        if level is None:
            if not self._open and not self._begun:
                return None, False
        elif not text[:1].isspace() and (not self._is_grave or self._begins_anew(text)):
            self._begun.append((text, level, at))
            self._at = at
            if level in _GRAVE:
                self._is_grave = True
            return level, False
        return self._placed(text, level, at)

    def begin(self, text: str, level: str, at: datetime) -> None:
        """Notes a line that is a record by itself (JSON, logfmt): later lines may continue it."""
        self._begun.append((text, level, at))
        self._at = at
        if level in _GRAVE:
            self._is_grave = True

    def end(self) -> None:
        """Ends all records: a command came between the lines."""
        self._begun.clear()
        self._open.clear()
        self._is_grave = False

    def _begins_anew(self, text: str) -> bool:
        """Whether a line that states its level ends the open records. A cheap check before the full one."""
        if self._has_names or text[:1] not in _FIRST_OF_HEADERS or prefix_of(text).end:
            return False
        if not self._begun and isinstance(self._open.get(""), _Open):
            return False
        self.end()
        return True

    def _placed(self, text: str, level: str | None, at: datetime) -> tuple[str | None, bool]:
        if at - self._at > MAX_GAP:
            self.end()  # After a pause no record continues, so lines without a level are cheap again.
        self._at = at
        if self._begun:
            self._open_begun()
        owner, rest = self._owner_and_rest(text)
        whose = owner or self._carried_by
        if whose in self._open and (level is None or self._may_go_on(whose, rest)):
            opened = self._opened(whose)
            if level is None and opened.is_blank_within(rest):
                return None, False
            if opened.takes(rest, level, at):
                return opened.level, True
            if level is None and opened.is_interrupted_by(rest):
                return None, False
        self._replace(owner, None if level is None else (rest, level, at))
        self._is_grave = any(_is_grave(opened, at) for opened in self._open.values())
        return level, False

    def _open_begun(self) -> None:
        begun = list(self._begun)
        self._begun.clear()
        if not self._has_names and not prefix_of(begun[-1][0]).end:
            del begun[:-1]  # the newest record ended those before it
        for text, level, at in begun:
            owner, rest = self._owner_and_rest(text)
            self._replace(owner, (rest, level, at))

    def _owner_and_rest(self, text: str) -> tuple[str, str]:
        text = text[:_SHOWN]
        if "\x1b" in text:
            text = storable.without_ansi(text)
        prefix = prefix_of(text)
        if not prefix.end:
            return "", text
        self._has_names = True
        self._open.pop("", None)
        owner = prefix.owner()
        self._carried_by = "" if prefix.is_foreign else owner
        return owner, text[prefix.end :]

    def _may_go_on(self, owner: str, text: str) -> bool:
        """A cheap check for lines that state a level: in most logs all lines do, and none continues a record."""
        if text[:1] in _FIRST_OF_HEADERS:
            return False
        if text[:1].isspace() or isinstance(self._open[owner], _Open):
            return True
        return _MIDDLE.match(text) is not None or _TRACEBACK.match(text) is not None or level_phrases.is_exception(text)

    def _opened(self, owner: str) -> _Open:
        """The record of `owner`, made when first needed: nearly all records end before any line continues them."""
        opened = self._open[owner]
        if isinstance(opened, tuple):
            opened = self._open[owner] = _Open(*opened)
        return opened

    def _replace(self, owner: str, first: _First | None) -> None:
        self._open.pop(owner, None)
        if not owner:
            self._carried_by = ""
        if first is not None:
            if len(self._open) >= MAX_OPEN:
                del self._open[next(iter(self._open))]
            self._open[owner] = first


def _is_grave(opened: _Open | _First, at: datetime) -> bool:
    level, since = (opened[1], opened[2]) if isinstance(opened, tuple) else (opened.level, opened.at)
    return level in _GRAVE and at - since <= MAX_GAP


class _Open:
    """An open record: its level, how far its first line is indented, and which lines may come next."""

    __slots__ = (
        "_awaits_exception",
        "_awaits_traceback",
        "_first",
        "_indent",
        "_interrupting",
        "_is_go",
        "_is_trace",
        "_lines",
        "_merely_indented",
        "_takes_any",
        "at",
        "level",
    )

    def __init__(self, first: str, level: str, at: datetime) -> None:
        self.level, self.at, self._first = level, at, first
        self._indent = _indent(first)
        self._lines = self._merely_indented = self._interrupting = 0
        self._awaits_exception = self._awaits_traceback = self._is_go = self._is_trace = self._takes_any = False
        if level in ("error", "fatal"):
            self._note(first)

    def is_blank_within(self, text: str) -> bool:
        """Whether the line is an empty one inside a trace: no part of the error, but the trace stays open."""
        return self._is_trace and not text.strip()

    def is_interrupted_by(self, text: str) -> bool:
        """Whether frames may still come after the line, which is none: an exception's message may go on in it."""
        self._interrupting += 1
        is_exception = self._is_trace or level_phrases.is_exception(self._first)
        return is_exception and self._interrupting <= MAX_INTERRUPTING and not _OWN_TIME.match(text)

    def takes(self, text: str, level: str | None, at: datetime) -> bool:
        """Whether `text`, which states `level`, continues the record; if so, counts it in."""
        if self._lines >= MAX_LINES or at - self.at > MAX_GAP or not self._fits(text, level):
            return False
        self._lines += 1
        self.at = at
        self._is_trace = self._is_trace or (level is not None and level_phrases.is_exception(text))
        return True

    def _fits(self, text: str, level: str | None) -> bool:
        if _OWN_TIME.match(text):
            return level is None and _DETAIL_WITH_HEADER.match(text) is not None
        if self._interrupting and not _FRAMES.match(text):
            return False
        self._interrupting = 0
        if self._takes_any:
            self._takes_any = False
            return True
        if _MIDDLE.match(text) and not self._is_outweighed_by(level):
            self._merely_indented, self._is_trace = 0, True
            self._note(text)
            return True
        if self._awaits_exception and _indent(text) <= self._indent:
            self._awaits_exception = False
            is_free = level in (None, self.level) or level_phrases.is_exception(text)
            return is_free and _NAME_OF_EXCEPTION.match(text) is not None
        return self._goes_on(text) if level is None else level == self.level and self._has_within(text)

    def _is_outweighed_by(self, level: str | None) -> bool:
        """Whether the line's own level is above the record's: `** (RuntimeError)` after an info line is an error."""
        return level is not None and levels.NUMBERS[level] > levels.NUMBERS[self.level]

    def _goes_on(self, text: str) -> bool:
        if _indent(text) > self._indent:
            self._merely_indented += 1
            return self._merely_indented <= MAX_MERELY_INDENTED
        if _BRACKETS.match(text.strip()) is not None or _GO_FUNCTION.match(text) is not None:
            return True
        return self._is_go and _GO_FRAME.match(text) is not None

    def _has_within(self, text: str) -> bool:
        """Whether a line that states the same level as the record is part of it: a cause, a traceback, an exception."""
        if _TRACEBACK.match(text):
            fits = self._awaits_traceback or not (self._lines or self._is_trace) or _indent(text) > self._indent
            if fits:
                self._note(text)
            return fits
        if _indent(text) > self._indent:
            return True
        return self._lines == 0 and not level_phrases.is_exception(self._first) and level_phrases.is_exception(text)

    def _note(self, text: str) -> None:
        """Notes which line may come after `text`."""
        if _TRACEBACK.match(text):
            is_bare = text.lstrip()[:1] == "T" and _indent(text) <= self._indent
            self._awaits_exception, self._awaits_traceback, self._is_trace = is_bare, False, True
        elif _SYNTAX_ERROR.match(text):
            self._awaits_exception = True
        elif text.startswith(_NEXT_TRACEBACK):
            self._awaits_traceback = True
        elif _GO_TRACE.match(text):
            self._is_go = self._is_trace = True
        elif _PANICKED.match(text):
            self._takes_any = self._is_trace = True
        elif level_phrases.is_place_of_throw(text):
            self._takes_any = self._is_trace = self._awaits_exception = True


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
