"""Which level a plain log line states about itself. Pure functions over the first few hundred characters.

The rule, for logs of any system: a line may begin with a header (timestamps, process ids, host and logger
names, bracketed parts), and the first level word in that header, or the one that ends it, is the line's level.
The same word further on is prose ("no error", "in error state 6") and is ignored.

The spelling decides how much evidence a word needs: `ERROR` alone is enough, `Error` and `error` must be set off
from what follows (`error:`, `[error]`, `Info      CBS`). `level_shapes` and `level_phrases` are for the systems that
write a letter, a number or a whole phrase instead of a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jobs import storable
from jobs.text import level_mentions, level_phrases, level_shapes
from jobs.text.level_headers import Header, header_of
from jobs.text.level_mentions import TOOL_WORDS
from jobs.text.level_words import LEVEL_OF_WORD, MONTHS_AND_DAYS, NAMING_GERUNDS, ONLY_SET_OFF, PHRASE, TOOLS
from jobs.text.line_prefixes import prefix_of

HEAD_CHARACTERS = 256  # the longest headers we know (OpenStack, Blue Gene, Kubernetes) end well before.

# Finds the words of a line without a match object for each.
_SPELLING = {word.encode(): word for word in LEVEL_OF_WORD}
_LETTERS_ONLY = bytes(code if chr(code).isascii() and chr(code).isalpha() else 32 for code in range(256))

# A time, numbers and brackets, then the level: nine lines of ten, found at ten times the speed.
_TIME_THEN_LEVEL = re.compile(
    rf"((?:[a-z][a-z.-]*+\d[\w.:-]*+ )?(?:[^A-Za-z\"'=<({{]|(?:{'|'.join(MONTHS_AND_DAYS)})\b|(?<=\d)[TZ](?=\W|\d))*+)"
    # A count (`ERROR  5`) or another level must not follow: the slow way decides on these.
    r"(?:(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)(?=[ \t\]|]|: |$)"
    r"(?![ \t:|]*+(?:[-+\d=(]|[A-Z]{4,8}\b[ ,|]|$|\w{2,9}\W?$))"
    r"|(?<=\[)(debug|info|notice|warn|error|crit|alert|emerg)(?=\][^\n]))"
)

_OPEN_BRACKET = re.compile(r"[\[(<{]([^\[\](){}<>]*)$")
_NEVER_BEFORE = frozenset("'\"=.?-_\\$@%&~#^+!`/")
_NEVER_AFTER = frozenset("'\"=.?-_\\$@%&~#^+`")
_COLON = re.compile(r"(?:\[[\w:.-]+\]| [A-Z]{1,6}\d{1,6}| \([^()]{1,40}\))?\s?:(?!:)(?=\s|$)")
_GLUED_COLON = re.compile(r":(?!:)")
_SET_OFF = re.compile(
    r"\t| {2,}| -{1,2} | ?\| | [\[({<]|\[\d[\d|:.T-]*\]|[+-]\d{1,2} |\([\w.:-]{1,40}\): |/[A-Za-z][\w-]*[: ]"
)
_OFFSET = re.compile(r"[+-]\d{1,2}(?: |$)")
_ANOTHER_LEVEL = re.compile(rf"[,|/ ] ?(?:{'|'.join(sorted(LEVEL_OF_WORD, key=len, reverse=True))})\b")
_NEXT_WORD = re.compile(r"[ |]+([A-Za-z][a-z]*)?(.?)")
_FATAL_ERROR = re.compile(r"\s+error(?:\s[A-Z]+\d+)?\s?:")
_SENTENCE = re.compile(r" (?:[A-Z][a-z]|\")")


class Candidate(NamedTuple):
    """A level word of a line and what surrounds it."""

    word: str
    before: str
    after: str


def detect_level(line: str) -> str | None:
    """The level (`debug`, `info`, `warn`, `error`, `fatal`) that `line` states in its header, or None."""
    head = line[:HEAD_CHARACTERS]
    if "\x1b" in head:
        head = storable.without_ansi(line[: 2 * HEAD_CHARACTERS])[:HEAD_CHARACTERS]
    fast = _TIME_THEN_LEVEL.match(head)
    if fast is not None and _is_time_or_bare(fast[1]):
        return LEVEL_OF_WORD[fast[2] or fast[3]]
    return _level_behind_prefix(head.removeprefix("\ufeff"))


def _level_after_time(head: str) -> str | None:
    fast = _TIME_THEN_LEVEL.match(head)
    return LEVEL_OF_WORD[fast[2] or fast[3]] if fast is not None and _is_time_or_bare(fast[1]) else None


def _level_behind_prefix(head: str) -> str | None:
    prefix = prefix_of(head)
    if not prefix.end:
        return _level_of_head(head)
    rest = head[prefix.end :]
    if prefix.is_foreign:
        return _level_after_time(rest) or _level_of_head(rest)
    carried = level_shapes.level_of_shape(head) if head[0] < "A" else None
    return carried or _level_of_words(head) or level_shapes.level_of_shape(rest) or level_phrases.level_of_phrase(rest)


def _level_of_head(head: str) -> str | None:
    level = level_shapes.level_of_shape(head)
    if level is not None:
        return level
    level = _level_of_words(head) or level_phrases.level_of_phrase(head)
    return None if level is not None and level_mentions.is_quote(head) else level


def _is_time_or_bare(prefix: str) -> bool:
    return not prefix or ":" in prefix or prefix.strip(" \t[]-|*>") == ""


def _level_of_words(head: str) -> str | None:
    words = _SPELLING.keys() & head.encode("ascii", "replace").translate(_LETTERS_ONLY).split()
    if not words:
        return None
    for start, word in sorted(_occurrences(head, words)):
        candidate = Candidate(word, head[:start], head[start + len(word) :])
        if _is_word_by_itself(candidate) and _is_header_level(candidate):
            return LEVEL_OF_WORD[word]
    return None


def _occurrences(head: str, words: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    for word in map(_SPELLING.__getitem__, words):
        start = head.find(word)
        while start >= 0:
            yield start, word
            start = head.find(word, start + len(word))


def _is_header_level(candidate: Candidate) -> bool:
    bracket = _OPEN_BRACKET.search(candidate.before)
    if bracket is not None:
        return _fits_in_brackets(candidate, candidate.before[: bracket.start()], bracket[1])
    # A dot joins the word to a name, as in "channel.ERROR: text", which makes that name a tag.
    header = header_of(candidate.before + ":" if candidate.before.endswith(".") else candidate.before)
    if header is None:
        return False
    return _capitals_fit(candidate, header) if candidate.word.isupper() else _small_letters_fit(candidate, header)


def _is_word_by_itself(candidate: Candidate) -> bool:
    before, after = candidate.before[-1:], candidate.after[:1]
    if (after in _NEVER_AFTER or after.isalnum()) and not _OFFSET.match(candidate.after):
        return False
    if before == "-":  # glib writes "Gtk-WARNING **: text".
        return candidate.after.startswith(" **")
    if before == ".":  # monolog writes "[time] channel.ERROR: text".
        return candidate.word.isupper() and candidate.after.startswith(": ")
    if before == "/":  # Minecraft writes "[Server thread/INFO]".
        return after == "]"
    if before == "|":  # NLog writes "time|Warn|logger|text"; else it is a choice of levels.
        return after == "|" or candidate.before[-2:] in ("|", " |")
    return not before or not (before in _NEVER_BEFORE or before.isalnum())


def _fits_in_brackets(candidate: Candidate, outside: str, inside: str) -> bool:
    """`[error]`, `[core:error]`, `[12:00:00 INF]`, `[12:00:00,123: INFO/Worker]`, `<info>`, but not `f(error)`."""
    if outside[-1:].isalnum() or outside.endswith("_") or "</" in candidate.after:
        return False
    header = header_of(outside)
    if header is None or header.words + header.capitals > (3 if header.is_timed else 1):
        return False
    closes_here = candidate.after.lstrip()[:1] in ("]", ")", ">", "}")
    if not candidate.word.isupper():
        if not header.is_timed and _names_a_part(candidate, header):
            return False
        return closes_here and (not re.search("[A-Za-z]", inside) or re.fullmatch(r"[\w.-]+:", inside) is not None)
    inner = header_of(inside[:-1] + ":" if inside.endswith("/") else inside)
    if inner is None or inner.words + inner.capitals > (2 if closes_here else 0):
        return False
    return closes_here or not inside.strip() or inner.is_timed


def _names_a_part(candidate: Candidate, header: Header) -> bool:
    """`[error]` alone is a section of a settings file; `return (error)` and `(err) => {` are code."""
    after = candidate.after.lstrip()
    if after[:1] == ")":
        return header.words > 0 or not after[1:].strip() or after[1:].lstrip()[:1] in ("{", "=", ";", ":", ".", ",")
    return not candidate.before.strip(" \t[") and not after[1:].strip()


def _capitals_fit(candidate: Candidate, header: Header) -> bool:
    after = candidate.after
    words = header.words + header.capitals
    if _ANOTHER_LEVEL.match(after) and not header.is_timed:
        return False
    if level_mentions.is_count(after) and (not header.is_timed or after[:1] == ":"):
        return False
    if after.startswith((" = ", " == ")):
        return False  # of a setting or an expression
    is_set_off = _GLUED_COLON.match(after) or _COLON.match(after) or _SET_OFF.match(after)
    if is_set_off and words <= (3 if header.is_timed else 1):
        return True
    if after.startswith("! ") and candidate.word in ("ERR", "ERROR"):  # npm, Ansible
        return words <= 1
    if candidate.word in ONLY_SET_OFF or after[:1] not in ("", " ", "\t", ",", ";", "|", "*", "]"):
        return False
    if after[:1] in (",", ";") and candidate.before.strip()[-1:] not in ("", ",", ";"):
        return False  # in CSV a value among values; else prose: "status ERROR, retrying".
    if header.is_timed:
        return header.words <= 1 and header.capitals <= 3 and after != ""
    if words:
        return words == 1 and header.last_word in TOOLS
    return bool(after.strip()) if header.has_names else not any(map(str.isdigit, candidate.before))


def _small_letters_fit(candidate: Candidate, header: Header) -> bool:
    after = candidate.after
    words = header.words + header.capitals
    colon = _COLON.match(after)
    if colon is not None:
        if not header.is_timed and level_mentions.is_setting(candidate.before, candidate.word, header):
            return False
        return header.words + header.capitals // 2 <= 1 and not level_mentions.is_value(after, colon.end())
    if candidate.word in ("fatal", "Fatal") and _FATAL_ERROR.match(after):
        return words <= 1
    if words:
        return words == 1 and header.last_word in TOOLS and after[:1] == " "
    if header.is_timed:
        return _SET_OFF.match(after) is not None or _begins_a_message(candidate)
    if not candidate.before.strip():
        is_tools = candidate.word.lower() in TOOL_WORDS
        return after.startswith((" - ", "\t")) or (is_tools and _SENTENCE.match(after) is not None)
    return False


def _begins_a_message(candidate: Candidate) -> bool:
    """Whether a small or Capitalised level word after a time is the level of the message, not its first word."""
    if candidate.after[:1] == "|":
        return candidate.before[-1:] == "|"
    following = _NEXT_WORD.match(candidate.after)
    if following is None:
        return False
    word, mark = following[1], following[2]
    if word is None or not word.islower() or mark not in ("", " ", ":", ",", ".", "!"):
        return True  # a name, a number, a bracket, a sentence of its own
    if candidate.word.islower():
        return candidate.word in TOOL_WORDS | {"trace", "critical", "verbose"} and word not in PHRASE
    return word.endswith("ing") and mark == " " and word not in NAMING_GERUNDS
