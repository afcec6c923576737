"""Masks secrets in a text for a program: addresses, headers, JSON, settings, keys. Pure, in linear time."""

from __future__ import annotations

import re

from jobs.secrets.names import MASK, is_sensitive

HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie")  # the value is the rest of the line
FLAGS = (
    "no",
    "ask",
    "with",
    "without",
    "prompt",
    "show",
    "print",
    "use",
    "allow",
    "skip",
    "generate",
    "require",
    "stdin",
)
NO_SECRETS = ("", "true", "false", "null", "none")

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_USER = re.compile(r"""(://)([^\s/@:'"]*+)(:(?!\d{1,5}/)[^\s'"@]{0,500}+(?:@[^\s/'"@]++(?=[^\s/'"]*@))*+)?@""")
_KEYS_THEMSELVES = re.compile(
    r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|sk-[\w-]{20,}"
    r"|sk_(?:live|test)_\w{10,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|hf_[A-Za-z0-9]{20,}|AIza[\w-]{30,}|hvs\.[\w-]{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|quaero_[\w-]{20,})"
    r"|(?<=hooks\.slack\.com/services/)[\w/]+|(?<=api\.telegram\.org/bot)\d+:[\w-]+"
)
_HEADER = re.compile(
    r"""(?i)((?<![\w-])(?:-H)?(?:(?:proxy-)?authorization|(?:set-)?cookie)["']?\s{0,9}[:=]\s{0,9}["']?)([^"'\r\n]+)"""
)
_BEARER = re.compile(r"(?i)(\bbearer\s{1,9})(?=[\w.~+/-]*\d|[\w.~+/-]{20})[\w.~+/=-]{6,}")
_QUERY = re.compile(r"""([?&](?:key|sig|signature|auth|code)=)([^&\s"'#]+)""", re.IGNORECASE)
_NAME = re.compile(r"""(?<![\w.-])([\w.-]++)\\?["']?\]?\s{0,9}(?:=(?![=~>])|:(?![:=/])|=>|:=)\s{0,9}""")
_VALUE = re.compile(
    r"""(?![{\[(])(?:"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'|\\"(?:[^"\\]|\\(?!"))*+\\"|[^\s"'&,;}\])]++)++|["'].*+""",
    re.DOTALL,
)
_IS_MASKED = re.compile(r"""["'\\]{0,9}\*\*\*""")
_OPTION = re.compile(
    r"""(?<!\S)(?P<name>--?[A-Za-z][\w.-]*+)(?P<sep>\s{1,9})(?!-|(?:env|file|fd):|\*\*\*)(?P<value>"[^"]*"|'[^']*'|[^\s"']\S*)"""
)
_SCHEME = re.compile(r"\s*[A-Za-z][\w-]*\s+(?=\S)")
_TOKEN_LENGTH = 20  # a "user" in an address that is as long is a token


def masked_text(text: str) -> str:
    """`text` with all plain secrets masked."""
    text = _PRIVATE_KEY.sub(MASK, text)
    text = _USER.sub(_without_password, text)
    text = _HEADER.sub(lambda match: match[1] + masked_header(match[2]), text)
    text = _OPTION.sub(_without_value_of_option, text)
    text = _without_values(text)
    text = _QUERY.sub(rf"\1{MASK}", text)
    text = _BEARER.sub(rf"\1{MASK}", text)
    return _KEYS_THEMSELVES.sub(MASK, text)


def masked_header(value: str) -> str:
    """A header's value, masked except for the scheme: `Bearer ***`."""
    scheme = _SCHEME.match(value)
    return f"{scheme[0] if scheme else ''}{MASK}"


def is_secret_option(name: str) -> bool:
    """Whether the value of an option is a secret. `name`: without its dashes."""
    first = name.replace("_", "-").partition("-")[0].lower()
    return is_sensitive(name) and not (first in FLAGS and first != name.lower())


def _without_password(match: re.Match[str]) -> str:
    user, rest = match[2], match[3]
    if rest is None:
        return f"://{MASK}@" if len(user) >= _TOKEN_LENGTH else match[0]
    if rest != ":":
        return f"://{user}:{MASK}@"
    return f"://{MASK}:@" if user else match[0]


def _without_values(text: str) -> str:
    """The text with the secret values of `NAME=VALUE`, `name: value` and the like masked, at every depth."""
    pieces, end = [], 0
    for match in _NAME.finditer(text):
        name = match[1].lstrip("-")
        is_due = match.start() >= end and is_sensitive(name) and not _IS_MASKED.match(text, match.end())
        value = _VALUE.match(text, match.end()) if is_due else None
        if value is None or name.lower() in HEADERS or value[0].strip("\"'\\").lower() in NO_SECRETS:
            continue
        pieces += [text[end : match.end()], _masked_value(value[0])]
        end = value.end()
    return "".join((*pieces, text[end:]))


def _masked_value(value: str) -> str:
    """MASK, in the same quotes as the value: JSON stays JSON."""
    quote = next((quote for quote in ('\\"', '"', "'") if value.startswith(quote)), "")
    return f"{quote}{MASK}{quote}"


def _without_value_of_option(match: re.Match[str]) -> str:
    return f"{match['name']}{match['sep']}{MASK}" if is_secret_option(match["name"].lstrip("-")) else match[0]
