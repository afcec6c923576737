"""Names whose values are secrets: `password`, `API_KEY`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

MASK = "***"

# Endings that make a name secret, even without a separator before them: PGPASSWORD, clientsecret, authtoken.
_ENDINGS = "passw(?:or)?d|passphrase|passcode|secret|token|require_?pass"
# Secret only as a word by itself, or after the usual prefixes: compass and bypass are no secrets.
_WORDS = (
    "(?:db|my|user|root|admin|ssh|store|key|src|dest|smtp|mail|ftp|http|proxy|pg|sql|mysql|redis|login|vault|become|sudo)?pass"
    "|(?:mysql|pg|db|user|root)?_?pwd|credentials?|creds|jwt|bearer|authorization|(?:basic|redis|rediscli|http|proxy)_auth"
)
_KEYS = "(?:api|access|secret|private|auth|encryption|signing|master|shared|account|session|hmac|storage|webhook)_?key"
_NAME = re.compile(rf".*(?:{_ENDINGS}|{_KEYS})|(?:.*_)?(?:{_WORDS})", re.DOTALL)
_HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[^\w]+|_+")
# What may follow the name of a secret; the file, the id or the length of a secret is not secret.
_QUALIFIER = re.compile(
    r"(?:_?\d+|_(?:base|value|text|plain|string|new|old|current|prod|production|dev|test|staging))+\Z"
)
_WORKING_DIRECTORY = ("PWD", "OLDPWD")  # which every shell has in its environment
_LONGEST = 200  # characters; names are shorter


@lru_cache(maxsize=4096)
def is_sensitive(name: str) -> bool:
    """Whether the name alone shows that its value is a secret: `password`, `API_KEY`, `dbToken`."""
    if name in _WORKING_DIRECTORY:
        return False
    words = _APART.sub("_", _HUMP.sub("_", name[-_LONGEST:])).strip("_").lower()
    return _NAME.fullmatch(_QUALIFIER.sub("", words)) is not None


def hides(name: str, value: object) -> bool:
    """Whether `value` must be masked because of its name. True, False, None and an empty text are no secrets."""
    return value is not None and not isinstance(value, bool) and value != "" and is_sensitive(name)


def without_secrets(data: Mapping[str, object]) -> dict[str, object]:
    """A JSON object with all values masked that are secret by their names, at every depth."""
    return {name: MASK if hides(name, value) else _shown(value) for name, value in data.items()}


def _shown(value: object) -> object:
    if isinstance(value, Mapping):
        return without_secrets(value)
    return [_shown(item) for item in value] if isinstance(value, list | tuple) else value
