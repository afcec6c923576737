"""Encryption of data that leaves this process and comes back, so that only this installation can read it.

With Fernet (https://cryptography.io/en/latest/fernet/); its key is derived from SECRET_KEY and the purpose.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def box_for(purpose: str) -> Fernet:
    """Encrypts and decrypts bytes for one purpose; data of another purpose cannot be decrypted with it."""
    digest = hashlib.sha256(purpose.encode() + b"\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
