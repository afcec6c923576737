"""Which level a plain log line states about itself. Pure functions over the first few hundred characters.

The rule, for logs of any system: a line may begin with a header (timestamps, process ids, host and logger
names, bracketed parts), and the first level word *in* that header, or the level word that ends it, is the
line's level. The same word further on is prose ("no error", "in error state 6") and says nothing.

How sure a word must be depends on how it is written: `ERROR` may stand alone, `Error` and `error` must be set
off from what follows (`error:`, `[error]`, `Info      CBS`). See `level_shapes` for the systems that write a
letter, a number or a whole phrase instead of a word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from jobs import level_shapes, levels, storable

HEAD_CHARACTERS = 256  # the longest headers we know (OpenStack, Blue Gene, Kubernetes) end well before.

# Written in any case. What `levels` does not know is an abbreviation of logrus (erro), ASP.NET (dbug), npm (verb).
_ANY_CASE = [
    "trace",
    "debug",
    "verbose",
    "info",
    "information",
    "notice",
    "warn",
    "warning",
    "error",
    "err",
    "fatal",
    "critical",
    "crit",
    "severe",
    "alert",
    "emerg",
    "emergency",
    "panic",
    "note",
    "fail",
    "trce",
    "dbug",
]
_UPPER_ONLY = [
    "INF",
    "WRN",
    "DBG",
    "TRC",
    "VRB",
    "FTL",
    "DPANIC",
    "FAILURE",
    "FAILED",
    "ERRO",
    "DEBU",
    "FATA",
    "PANI",
    "TRAC",
    "ERR!",
    "FINE",
    "FINER",
    "FINEST",
]
_UPPER_SET_OFF = {"LOG", "CONFIG", "FINE", "FINER", "FINEST", "NOTE", "INFORMATION", "VERBOSE", "DEPRECATION"}
_OWN_NAMES = {
    "note": "info",
    "trce": "debug",
    "dbug": "debug",
    "failed": "error",
    "erro": "error",
    "err!": "error",
    "debu": "debug",
    "fata": "fatal",
    "pani": "fatal",
    "trac": "debug",
    "deprecation": "warn",
}


def _level_of(word: str) -> str:
    own = _OWN_NAMES.get(word.lower())
    return own or levels.NAMES[levels.parse(word)]


_SPELLINGS = {
    *(spelling for word in _ANY_CASE for spelling in (word, word.capitalize(), word.upper())),
    *_UPPER_ONLY,
    *_UPPER_SET_OFF,
}
LEVEL_WORDS: dict[str, str] = {spelling: _level_of(spelling) for spelling in _SPELLINGS}
# A fast first look: the words of the line as bytes, without building a match object for each.
_WORD_BYTES = frozenset(word.rstrip("!").encode() for word in LEVEL_WORDS)
_LETTERS_ONLY = bytes(code if chr(code).isascii() and chr(code).isalpha() else 32 for code in range(256))

_WORD = re.compile(r"[A-Za-z]+!?")
_FAST = re.compile(
    r"([^A-Za-z\"'=<(]*+(?:T[^A-Za-z\"'=<(]++Z?[^A-Za-z\"'=<(]*+)?)"
    r"(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)(?=[ \t\]|]|: |$)"
)
_TIME = re.compile(r"(?:\d{1,2}:\d\d|\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d\d|\d{10}|\d{6} \d{6})\S*")
_OPEN_BRACKET = re.compile(r"[\[(<{]([^\[\](){}<>]*)$")
_CLOSED_BRACKETS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\{[^{}]*\}")
_NEVER_BEFORE = frozenset("'\"=.?-_\\$@%&~#^+!`")
_NEVER_AFTER = frozenset("'\"=.?-_\\$@%&~#^+`0123456789")
_NEVER_IN_A_NAME = frozenset("?!\"'=;`")

_COLON_AFTER = re.compile(r"(?:\[[\w:.-]+\]| [A-Z]{1,6}\d{1,6})?\s?:(?!:)(?=\s|$)")
_COLON_GLUED = re.compile(r":(?!:)")
_SET_OFF_AFTER = re.compile(r"\t| {2,}| -{1,2} | ?\| | [\[({<]|\[\d+\]")
_CODE_LOCATION = re.compile(r"(?:^|\s)\S*:\d+:\s*$")
_ERROR_FOLLOWS = re.compile(r"\s+error(?:\s[A-Z]+\d+)?\s?:")
_SENTENCE_FOLLOWS = re.compile(r" [A-Z][a-z]")
_MERE_VALUE = re.compile(
    r"\s*(?:[-+]?[\d.]+(?:e[-+]?\d+)?%?|none|null|nil|true|false|yes|no|on|off|ok|[\[{][\]}]?)\s*[,;]?\s*$", re.I
)

_TOOLS = frozenset(["npm", "pnpm", "lerna", "gyp", "node-gyp", "PHP", "CMake"])
_TIME_WORDS = frozenset(
    [
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "May",
        "Jun",
        "Jul",
        "Aug",
        "Sep",
        "Oct",
        "Nov",
        "Dec",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
        "am",
        "pm",
        "AM",
        "PM",
        "Z",
        "UTC",
        "GMT",
        "CET",
        "CEST",
        "EST",
        "EDT",
        "PST",
        "PDT",
        "BST",
        "IST",
        "JST",
    ]
)
# Words that make what precedes a level word a sentence or a `key: VALUE`, not a header.
_PROSE = frozenset(
    [
        "a",
        "an",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "no",
        "not",
        "non",
        "any",
        "some",
        "zero",
        "without",
        "with",
        "within",
        "of",
        "in",
        "on",
        "at",
        "to",
        "from",
        "for",
        "by",
        "as",
        "and",
        "or",
        "but",
        "if",
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "being",
        "has",
        "have",
        "had",
        "do",
        "does",
        "did",
        "got",
        "get",
        "gets",
        "getting",
        "received",
        "returned",
        "returns",
        "found",
        "had",
        "unexpected",
        "unknown",
        "level",
        "levels",
        "loglevel",
        "verbosity",
        "state",
        "status",
        "result",
        "outcome",
        "mode",
        "set",
        "setting",
        "changed",
        "when",
        "while",
        "after",
        "before",
        "until",
        "because",
        "how",
        "what",
        "which",
        "where",
        "you",
        "your",
        "we",
        "our",
        "can",
        "could",
        "may",
        "might",
        "will",
        "would",
        "should",
        "must",
        "than",
        "then",
        "see",
        "print",
        "printing",
        "log",
        "logs",
        "logging",
        "logged",
    ]
)


class Candidate(NamedTuple):
    """A level word of a line and what surrounds it."""

    word: str
    before: str
    after: str

    @property
    def is_upper(self) -> bool:
        return self.word.isupper()


class Header(NamedTuple):
    """What stands before a level word: plain words since the last time or tag, in capitals or not."""

    words: int
    capitals: int
    has_names: bool
    is_timed: bool
    last_word: str


def detect_level(line: str) -> str | None:
    """The level (`debug`, `info`, `warn`, `error`, `fatal`) that `line` states in its header, or None."""
    head = line[:HEAD_CHARACTERS]
    if "\x1b" in head:
        head = storable.without_ansi(line[: 2 * HEAD_CHARACTERS])[:HEAD_CHARACTERS]
    fast = _FAST.match(head)
    if fast is not None and _has_time_or_no_digit(fast[1]):
        return LEVEL_WORDS[fast[2]]
    return level_shapes.level_of_shape(head) or _level_of_words(head) or level_shapes.level_of_phrase(head)


def _has_time_or_no_digit(prefix: str) -> bool:
    return not prefix or ":" in prefix or prefix.strip(" \t[]-|*>") == ""


def _level_of_words(head: str) -> str | None:
    words = head.encode("ascii", "replace").translate(_LETTERS_ONLY).split()
    if _WORD_BYTES.isdisjoint(words):
        return None
    for match in _WORD.finditer(head):
        level = LEVEL_WORDS.get(match[0])
        if level is not None:
            start, end = match.span()
            if _is_header_level(Candidate(match[0], head[:start], head[end:])):
                return level
    return None


def _is_header_level(candidate: Candidate) -> bool:
    if not _is_free_standing(candidate):
        return False
    bracket = _OPEN_BRACKET.search(candidate.before)
    if bracket is not None:
        return _is_level_in_brackets(candidate, candidate.before[: bracket.start()], bracket[1])
    header = _header_of(candidate.before)
    if header is None:
        return False
    return _upper_case_fits(candidate, header) if candidate.is_upper else _mixed_case_fits(candidate, header)


def _is_free_standing(candidate: Candidate) -> bool:
    before, after = candidate.before[-1:], candidate.after[:1]
    if after in _NEVER_AFTER and after:
        return False
    if before == "-":  # glib writes "Gtk-WARNING **: text".
        return candidate.after.startswith(" **")
    if before == ".":  # monolog writes "[time] channel.ERROR: text".
        return candidate.is_upper and candidate.after.startswith(": ")
    if before == "/":  # Minecraft writes "[Server thread/INFO]".
        return after == "]"
    return before not in _NEVER_BEFORE and not before.isalnum() if before else True


def _is_level_in_brackets(candidate: Candidate, outside: str, inside: str) -> bool:
    """`[error]`, `[core:error]`, `[12:00:00 INF]`, `[12:00:00,123: INFO/Worker]`, `<info>`, but not `f(error)`."""
    bracket = candidate.before[len(outside)]
    closes_here = candidate.after.lstrip()[:1] in ("]", ")", ">", "}")
    if outside[-1:].isalnum() or (bracket == "<" and "</" in candidate.after):
        return False
    header = _header_of(outside)
    if header is None or header.words + header.capitals > (3 if header.is_timed else 1):
        return False
    if not candidate.is_upper:
        return closes_here and (not re.search("[A-Za-z]", inside) or re.fullmatch(r"[\w.-]+:", inside) is not None)
    inner = _header_of(inside.replace("/", ": ") if inside.endswith("/") else inside)
    if inner is None or inner.words + inner.capitals > (2 if closes_here else 0):
        return False
    return closes_here or not inside.strip() or inner.is_timed


def _header_of(text: str) -> Header | None:
    """What kind of header `text` is; None when it is prose."""
    is_timed = False
    start = 0
    for time in _TIME.finditer(text):
        is_timed, start = True, time.end()
    is_timed = is_timed or sum(map(str.isdigit, text)) >= 6
    words = capitals = 0
    has_names, last_word = False, ""
    rest = text[start:]
    if "[" in rest or "(" in rest or "<" in rest or "{" in rest:
        rest = _CLOSED_BRACKETS.sub(" ", _CLOSED_BRACKETS.sub(" ", rest))
    for token in rest.split():
        if token.isalpha():
            if token.lower() in _PROSE:
                return None
            if token in _TIME_WORDS:
                continue
            last_word = token
            capitals, words = (capitals + 1, words) if token.isupper() else (capitals, words + 1)
        elif not _is_name(token):
            return None
        elif token.endswith(":") and len(token) > 1:
            words, capitals, has_names = max(words - 1, 0), 0, True
        else:
            has_names = has_names or any(map(str.isalnum, token))
    return Header(words, capitals, has_names, is_timed, last_word)


def _is_name(token: str) -> bool:
    """Whether `token`, not a plain word, may stand in a header: a number, a name, a tag, mere punctuation."""
    if not _NEVER_IN_A_NAME.isdisjoint(token):
        return False
    if token.endswith(":"):
        return token[:-1].lower() not in _PROSE
    return not (token.endswith((",", ".")) and token[:-1].isalpha())


def _upper_case_fits(candidate: Candidate, header: Header) -> bool:
    after = candidate.after
    is_set_off = _COLON_GLUED.match(after) or _COLON_AFTER.match(after) or _SET_OFF_AFTER.match(after)
    words = header.words + header.capitals
    if is_set_off and words <= (3 if header.is_timed else 1):
        return True
    if candidate.word in _UPPER_SET_OFF:
        return False
    if after[:1] not in ("", " ", "\t", ",", ";", "|", "*", "]", "!"):
        return False
    if after[:1] in (",", ";") and candidate.before[-1:] not in (",", ";"):
        return False  # one of several values in CSV, or else prose: "status ERROR, retrying".
    if header.is_timed:
        return header.words <= 1 and header.capitals <= 3
    if words:
        return words == 1 and header.last_word in _TOOLS
    return bool(after.strip()) if header.has_names else not any(map(str.isdigit, candidate.before))


def _mixed_case_fits(candidate: Candidate, header: Header) -> bool:
    after = candidate.after
    words = header.words + header.capitals
    colon = _COLON_AFTER.match(after)
    if colon is not None:
        return words <= 1 and _MERE_VALUE.match(after, colon.end()) is None
    if candidate.word in ("fatal", "Fatal") and _ERROR_FOLLOWS.match(after):
        return words <= 1
    if words:
        return words == 1 and header.last_word in _TOOLS and after[:1] == " "
    if header.is_timed:
        return _SET_OFF_AFTER.match(after) is not None
    if not candidate.before.strip():
        return after.startswith(" - ") or _SENTENCE_FOLLOWS.match(after) is not None
    return False
