"""Masks secrets on command lines, so that a job's name and spec do not have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from jobs.secrets.command_programs import (
    ALSO_ENGLISH,
    ANYWHERE,
    FLAGS,
    PRINTERS,
    PROGRAMS,
    READS_SECRET,
    SECRET_WORDS,
    SETTERS,
    SHELLS,
    SUBCOMMANDS,
    TAKES_LINES,
    WITH_VALUES,
    WRAPPERS,
    Masking,
    whole,
)
from jobs.secrets.command_texts import HEADERS, NO_SECRETS, is_secret_option, masked_header, masked_text
from jobs.secrets.command_words import NotAShellsLine, commands_in, with_words
from jobs.secrets.names import MASK, is_sensitive

MOST_NESTED = 8  # shell lines within shell lines

_LONG_OPTION = re.compile(r"--[A-Za-z][\w-]+(?:=.*)?", re.DOTALL)
_NAME_AND_VALUE = re.compile(r"([\w.-]+)(:=|==|=|:(?!/)\s*)(.+)", re.DOTALL)
_SHORT_HEADER = re.compile(r"-H\s*(?=[A-Za-z])")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_SHELL_FLAG = re.compile(r"-[a-zA-Z]*c|/c", re.IGNORECASE)
_SETTINGS_NAME = re.compile(r"[\w./:@-]+")


def masked(command: Sequence[str]) -> list[str]:
    """`command` with plain secrets masked: `--password X`, `-pX` of mysql, `API_KEY=X`, `://user:X@host`.

    The lines of `sh -c` and `ssh` are masked too. The rest is unchanged.
    """
    return _masked(command, MOST_NESTED)


def masked_line(line: str) -> str:
    """The same for a shell's line."""
    return _masked_line(line, MOST_NESTED)


def _masked(command: Sequence[str], depth: int) -> list[str]:
    masker = CommandMasker(depth)
    return [masker.masked(argument) for argument in command]


def _masked_line(line: str, depth: int) -> str:
    try:
        commands = commands_in(line) if depth else []
    except NotAShellsLine:
        commands = []
    changed = []
    for words, following in zip(commands, [*commands[1:], []], strict=False):
        next_command = " ".join(word.text for word in following[:50])
        shown = _masked_before([word.text for word in words], next_command, depth - 1)
        changed += [word._replace(text=text) for word, text in zip(words, shown, strict=True) if text != word.text]
    return masked_text(with_words(line, changed))


def _masked_before(command: Sequence[str], next_command: str, depth: int) -> list[str]:
    """The masked command, whose output the next one may read as a secret: `echo X | docker login ...`."""
    if command and command[0] in PRINTERS and READS_SECRET.match(next_command):
        return [command[0], *(word if word.startswith("-") else MASK for word in command[1:])]
    return _masked(command, depth)


class CommandMasker:
    """Masks one command, word by word from the first to the last."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._program = ""  # the program as far as is known, which a wrapper (sudo, env) may run
        self._subcommand = ""
        self._rules: Mapping[str, Masking] = {}
        self._may_name_program = True
        self._has_setter = False
        self._words_to_secret: int | None = None
        self._due: Masking | None = None  # for the value of the option before it
        self._before = ""

    def masked(self, argument: str) -> str:
        """The next word of the command, masked where it is a secret."""
        due, self._due = self._due, None
        if due is not None and not _LONG_OPTION.fullmatch(argument):
            if self._has_setter and is_sensitive(argument):
                self._due = due  # `config set --secret dbPassword X`
            shown = due(argument)
        elif argument.startswith("-") and len(argument) > 1 and not argument.startswith("-----"):  # of a key's text
            shown = self._option(argument)
        else:
            shown = self._word(argument)
        self._before = argument
        return shown

    def _option(self, argument: str) -> str:
        head, equals, value = argument.partition("=")
        self._announce(argument)
        rule = self._rules.get(head) or ANYWHERE.get(head)
        if rule is not None and equals and head.startswith("--"):
            return f"{head}={rule(value)}"
        if rule is not None and not equals:
            self._due = rule
            return argument
        if not head.startswith("--"):
            shown = self._short_options(argument)
            if shown is not None:
                return shown
        if is_secret_option(head.lstrip("-")):
            if not equals:
                self._due = whole
            return f"{head}={MASK}" if value and value.lower() not in NO_SECRETS else argument
        header = _SHORT_HEADER.match(argument)
        if header:
            return header[0] + self._text(argument[header.end() :])
        return f"{head}={self._text(value)}" if equals else self._text(argument)

    def _short_options(self, argument: str) -> str | None:
        """`-pVALUE`, or `-sSu` before a value, masked by the program's rules; None where they do not apply."""
        flags = FLAGS.get(self._program, "")
        for at in range(1, len(argument)):
            rule = self._rules.get(f"-{argument[at]}")
            if rule is not None and (at == 1 or flags):
                if at + 1 == len(argument):
                    self._due = rule
                    return argument
                return argument[: at + 1] + rule(argument[at + 1 :])
            if argument[at] not in flags:
                return None
        return None

    def _word(self, argument: str) -> str:
        if self._words_to_secret is not None:
            self._words_to_secret -= 1
            if self._words_to_secret < 0:
                return MASK
        self._notice(argument)
        if self._has_setter and _SETTINGS_NAME.fullmatch(argument) and is_sensitive(argument):
            self._due = whole
            return argument
        return self._text(argument)

    def _notice(self, argument: str) -> None:
        """Notes the program, its subcommand and settings, which decide how later words are masked."""
        if self._may_name_program:
            if _ASSIGNMENT.match(argument) or (self._before in WITH_VALUES and self._program):
                return
            name = PurePosixPath(argument).name.removesuffix(".exe") if len(argument) < 200 else ""
            if not self._program or name in PROGRAMS or name in WRAPPERS or name in SHELLS or self._before == "-m":
                self._program = name
                self._rules = PROGRAMS.get(name, {})
                self._may_name_program = name in WRAPPERS
                self._has_setter = name in SETTERS
                return
        self._rules = SUBCOMMANDS.get(f"{self._program} {argument}", self._rules)
        self._has_setter = self._has_setter or argument in SETTERS
        self._announce(argument.lower())

    def _announce(self, argument: str) -> None:
        if self._words_to_secret is None:
            self._words_to_secret = SECRET_WORDS.get(f"{self._program} {argument}")

    def _text(self, text: str) -> str:
        """Any other text, masked: it may be a shell's line or a setting."""
        if self._is_line(text):
            return _masked_line(text, self._depth - 1)
        setting = _NAME_AND_VALUE.fullmatch(text)
        if setting and setting[1].lower() in HEADERS:
            return setting[1] + setting[2] + masked_header(setting[3])
        if setting and is_sensitive(setting[1]) and setting[3].lower() not in NO_SECRETS:
            return setting[1] + setting[2] + MASK
        return masked_text(text)

    def _is_line(self, text: str) -> bool:
        if self._depth <= 0 or not any(map(str.isspace, text)):
            return False
        if self._program in TAKES_LINES or (self._program in SHELLS and _SHELL_FLAG.fullmatch(self._before)):
            return True
        first = PurePosixPath(text.split(None, 1)[0][:200]).name
        return first in PROGRAMS or first in WRAPPERS - ALSO_ENGLISH
