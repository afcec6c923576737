"""Names by which one knows that the value is a secret. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

MASK = "***"

# What is secret however it is joined to the word before it: PGPASSWORD, clientsecret, authtoken.
_ENDINGS = "passw(?:or)?d|passphrase|passcode|secret|token|require_?pass"
# Only as a word of its own, or with what it is joined to usually: compass and bypass are none.
_WORDS = (
    "(?:db|my|user|root|admin|ssh|store|key|src|dest|smtp|mail|ftp|http|proxy|pg|sql|mysql|redis|login|vault|become|sudo)?pass"
    "|(?:mysql|pg|db|user|root)?_?pwd|credentials?|creds|jwt|bearer|authorization|(?:basic|redis|rediscli|http|proxy)_auth"
)
_KEYS = "(?:api|access|secret|private|auth|encryption|signing|master|shared|account|session|hmac|storage|webhook)_?key"
_NAME = re.compile(rf".*(?:{_ENDINGS}|{_KEYS})|(?:.*_)?(?:{_WORDS})", re.DOTALL)
_HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[^\w]+|_+")
# What may follow without making it something else; the file, the id or the length of a secret is another thing.
_QUALIFIER = re.compile(
    r"(?:_?\d+|_(?:base|value|text|plain|string|new|old|current|prod|production|dev|test|staging))+\Z"
)
_WORKING_DIRECTORY = ("PWD", "OLDPWD")  # which every shell has in its environment
_LONGEST = 200  # characters; names are shorter


@lru_cache(maxsize=4096)
def is_sensitive(name: str) -> bool:
    """Whether a value of this name is secret even if nobody has said so: `password`, `API_KEY`, `dbToken`."""
    if name in _WORKING_DIRECTORY:
        return False
    words = _APART.sub("_", _HUMP.sub("_", name[-_LONGEST:])).strip("_").lower()
    return _NAME.fullmatch(_QUALIFIER.sub("", words)) is not None


def hides(name: str, value: object) -> bool:
    """Whether this value is a secret by its name; whether there is one, true or false or nothing, is none."""
    return value is not None and not isinstance(value, bool) and value != "" and is_sensitive(name)


def without_secrets(data: Mapping[str, object]) -> dict[str, object]:
    """An object of JSON data as it may be shown: what is secret by its name is masked, at every depth."""
    return {name: MASK if hides(name, value) else _shown(value) for name, value in data.items()}


def _shown(value: object) -> object:
    if isinstance(value, Mapping):
        return without_secrets(value)
    return [_shown(item) for item in value] if isinstance(value, list | tuple) else value
