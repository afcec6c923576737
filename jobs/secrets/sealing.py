"""Secret parameters of a run: stored encrypted until it ends, for the worker alone.

They cannot be read from a copy of the database without SECRET_KEY, nor from SQLite's free pages.
"""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.fernet import InvalidToken

from jobs.models import Job, JobSecret
from jobs.secrets.box import box_for

PURPOSE = "quaero.secret-parameters"


class SecretIsLost(Exception):
    """The secret cannot be read any more: SECRET_KEY has changed since."""


def seal(job: Job, secrets: Mapping[str, str]) -> None:
    """Stores the values (by parameter name) until the job has ended."""
    box = box_for(PURPOSE)
    JobSecret.objects.bulk_create(
        JobSecret(job=job, name=name, sealed=box.encrypt(value.encode("utf-8", "surrogatepass")).decode())
        for name, value in secrets.items()
    )


def unsealed(job: Job) -> dict[str, str]:
    """The secret parameters of the job by name. Raises SecretIsLost."""
    box = box_for(PURPOSE)
    try:
        return {
            secret.name: box.decrypt(secret.sealed.encode()).decode("utf-8", "surrogatepass")
            for secret in JobSecret.objects.filter(job=job)
        }
    except InvalidToken as error:
        raise SecretIsLost("its secret parameters cannot be read: SECRET_KEY is not what it was") from error
