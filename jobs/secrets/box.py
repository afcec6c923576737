"""Encryption of what leaves this process and comes back, for nobody else to read.

With Fernet (https://cryptography.io/en/latest/fernet/), whose key is made of SECRET_KEY and what it is for.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def box_for(purpose: str) -> Fernet:
    digest = hashlib.sha256(purpose.encode() + b"\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
