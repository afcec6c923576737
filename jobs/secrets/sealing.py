"""Secret parameters of a run: stored encrypted until it ends, for the worker alone.

They cannot be read from a copy of the database without SECRET_KEY, nor from SQLite's free pages. Fernet
(https://cryptography.io/en/latest/fernet/) encrypts them. Its package is optional: without it there are no secret
parameters.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from django.conf import settings

from jobs.models import Job, JobSecret
from jobs.terms.extras import how_to_install

try:
    from cryptography import fernet
except ModuleNotFoundError:
    fernet = None  # type: ignore[assignment, unused-ignore]

PURPOSE = "quaero.secret-parameters"
EXTRA = "programs"


class CannotSeal(Exception):
    """The package is missing that encrypts."""

    def __init__(self) -> None:
        super().__init__(f"secret parameters need the package cryptography: {how_to_install(EXTRA)}")


class SecretIsLost(Exception):
    """The secret cannot be read any more: SECRET_KEY has changed since."""


def seal(job: Job, secrets: Mapping[str, str]) -> None:
    """Stores the values (by parameter name) until the job has ended. Raises CannotSeal."""
    if not secrets:
        return
    key = box()
    JobSecret.objects.bulk_create(
        JobSecret(job=job, name=name, sealed=key.encrypt(value.encode("utf-8", "surrogatepass")).decode())
        for name, value in secrets.items()
    )


def unsealed(job: Job) -> dict[str, str]:
    """The secret parameters of the job by name. Raises SecretIsLost and CannotSeal."""
    sealed = list(JobSecret.objects.filter(job=job))
    if not sealed:
        return {}
    key = box()
    try:
        return {each.name: key.decrypt(each.sealed.encode()).decode("utf-8", "surrogatepass") for each in sealed}
    except fernet.InvalidToken as error:
        raise SecretIsLost("its secret parameters cannot be read: SECRET_KEY is not what it was") from error


def box() -> fernet.Fernet:
    """Its key is made of SECRET_KEY and what it is for. Raises CannotSeal."""
    if fernet is None:
        raise CannotSeal
    digest = hashlib.sha256(PURPOSE.encode() + b"\0" + settings.SECRET_KEY.encode()).digest()
    return fernet.Fernet(base64.urlsafe_b64encode(digest))
