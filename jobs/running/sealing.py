"""Secret parameters between the order of a run and its end: encrypted, for the worker alone.

With Fernet (https://cryptography.io/en/latest/fernet/), whose key is made of SECRET_KEY: a copy of the database
without the key, and what SQLite leaves in its free pages, tell nobody anything.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from jobs.models import Job, JobSecret


class SecretIsLost(Exception):
    """The secret cannot be read any more: SECRET_KEY has changed since."""


def seal(job: Job, secrets: Mapping[str, str]) -> None:
    """Keeps the values until the job has ended."""
    box = fernet()
    JobSecret.objects.bulk_create(
        JobSecret(job=job, name=name, sealed=box.encrypt(value.encode("utf-8", "surrogatepass")).decode())
        for name, value in secrets.items()
    )


def unsealed(job: Job) -> dict[str, str]:
    """The secret parameters of the job by name. Raises SecretIsLost."""
    box = fernet()
    try:
        return {
            secret.name: box.decrypt(secret.sealed.encode()).decode("utf-8", "surrogatepass")
            for secret in JobSecret.objects.filter(job=job)
        }
    except InvalidToken as error:
        raise SecretIsLost("its secret parameters cannot be read: SECRET_KEY is not what it was") from error


def fernet() -> Fernet:
    digest = hashlib.sha256(b"quaero.secret-parameters\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
