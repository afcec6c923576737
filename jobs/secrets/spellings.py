"""The spellings of a text in other notations: shells, JSON, Python, CSV, SQL, HTML, addresses. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

# The characters that urllib, its users and JavaScript do not escape: in queries, in paths, in whole addresses.
UNQUOTED_IN_ADDRESSES = ("", "/", "!#$%&'()*+,/:;=?@[]~", "!'()*", "!#$&'()*+,/:;=?@")
PYTHONS: tuple[Callable[[str], str], ...] = (repr, ascii)
QUOTES_IN_QUOTES = ("'\\''", "'\"'\"'", "\\'", "''", "\\u0027")
ANSI_C = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r", "\x1b": "\\E"}

_PLAIN_FOR_BASH = re.compile(r"[^\w%+./:=@^~\x80-\U0010ffff-]", re.ASCII)
_FOR_DOUBLE_QUOTES = re.compile(r'[\\"$`]')
_BY_CODE = re.compile("[<>&'+]")
_ESCAPED_CODE = re.compile(r"\\u[0-9a-f]{4}")
_ESCAPED_BYTE = re.compile("%[0-9A-F]{2}")
_BEYOND_ASCII = re.compile("[^\x20-\x7e]")


def written(text: str) -> set[str]:
    """All spellings of `text` in one other notation."""
    return {*escaped(text), *_in_shells(text), *_doubled(text), *_in_html(text), *_in_addresses(text), *_as_bytes(text)}


def written_again(texts: Iterable[str]) -> set[str]:
    """The spellings of texts that are in another notation already: JSON within JSON, in CSV or in a variable."""
    return {form for text in texts for form in (*escaped(text), *_doubled(text))}


def escaped(text: str) -> Iterator[str]:
    """As JSON and Python write it between quotes. Python chooses the quotes by the text around it."""
    for is_ascii in (True, False):
        as_json = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
        yield as_json
        yield as_json.replace("/", "\\/")
        for_pages = _BY_CODE.sub(lambda match: f"\\u{ord(match[0]):04x}", as_json)
        yield for_pages
        yield _BY_CODE.sub(lambda match: match[0] if match[0] in "'+" else f"\\u{ord(match[0]):04x}", as_json)
        yield _ESCAPED_CODE.sub(lambda match: f"\\u{match[0][2:].upper()}", for_pages)
        yield _ESCAPED_CODE.sub(lambda match: f"\\u{match[0][2:].upper()}", as_json)
    for write in PYTHONS:
        yield write(text)[1:-1]
        yield write(f'{text}"')[1:-2]


def _in_shells(text: str) -> Iterator[str]:
    """As `printf %q`, `set -x` and `declare -p` print it, and between both kinds of quotes."""
    yield _PLAIN_FOR_BASH.sub(r"\\\g<0>", text)
    yield re.escape(text)
    yield _FOR_DOUBLE_QUOTES.sub(r"\\\g<0>", text)
    yield _FOR_DOUBLE_QUOTES.sub(r"\\\g<0>", text).replace("!", "\\!")
    for quoted in QUOTES_IN_QUOTES:
        yield text.replace("'", quoted)
        yield text.replace("\\", "\\\\").replace("'", quoted)
    yield text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')
    yield text.replace('"', '\\"')
    dollar = "".join(ANSI_C.get(character, character) for character in re.sub(r"['\\]", r"\\\g<0>", text))
    yield dollar
    yield _BEYOND_ASCII.sub(lambda match: _bytes_of(match[0], "\\{:03o}"), dollar)


def _doubled(text: str) -> Iterator[str]:
    """As CSV, SQL and YAML write quotes within quotes."""
    yield text.replace('"', '""')
    yield text.replace("'", "''")


def _in_html(text: str) -> Iterator[str]:
    for quotes in (("&quot;", "&#x27;"), ("&quot;", "&#39;"), ("&#34;", "&#39;"), ("&quot;", "&apos;"), ('"', "'")):
        shown = html.escape(text, quote=False).replace('"', quotes[0]).replace("'", quotes[1])
        yield shown
        yield shown.encode("ascii", "xmlcharrefreplace").decode()
    yield text.encode("ascii", "xmlcharrefreplace").decode()


def _in_addresses(text: str) -> Iterator[str]:
    for in_address in (
        quote_plus(text, errors="replace"),
        *(quote(text, safe=safe, errors="replace") for safe in UNQUOTED_IN_ADDRESSES),
    ):
        yield in_address
        yield in_address.replace("%", "%25")
        yield _ESCAPED_BYTE.sub(lambda match: match[0].lower(), in_address)


def _as_bytes(text: str) -> Iterator[str]:
    """With the characters outside of ASCII as Python writes bytes."""
    yield _BEYOND_ASCII.sub(lambda match: _bytes_of(match[0], "\\x{:02x}"), text)


def _bytes_of(character: str, form: str) -> str:
    return "".join(map(form.format, character.encode("utf-8", "surrogatepass")))
