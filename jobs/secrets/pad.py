"""Short texts that leave this process and come back unread by others: hidden by the standard library alone.

A one-time pad, of HMAC-SHA256 in counter mode: its key is made of SECRET_KEY and what it is for, and no two texts have
one nonce. A reader without the key learns nothing, but can change the text unseen, so the caller signs it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterator
from itertools import count

from django.conf import settings

NONCE_BYTES = 16


def hidden(text: str, purpose: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + padded(text.encode(), nonce, purpose)).decode()


def shown(text: str, purpose: str) -> str:
    """What `hidden` has hidden for this purpose. Raises ValueError, or gives nonsense, for what it has not."""
    try:
        content = base64.urlsafe_b64decode(text)
    except binascii.Error as error:
        raise ValueError("this was not hidden here") from error
    nonce, content = content[:NONCE_BYTES], content[NONCE_BYTES:]
    return padded(content, nonce, purpose).decode()


def padded(content: bytes, nonce: bytes, purpose: str) -> bytes:
    return bytes(byte ^ pad for byte, pad in zip(content, pad_of(nonce, purpose), strict=False))


def pad_of(nonce: bytes, purpose: str) -> Iterator[int]:
    """Bytes without end."""
    key = hmac.digest(settings.SECRET_KEY.encode(), b"pad\0" + purpose.encode(), "sha256")
    for block in count():
        yield from hmac.digest(key, nonce + block.to_bytes(8, "big"), "sha256")
