"""When tokens were last used: noted in memory by requests, and stored apart from them.

Reading needs no writing: a database that is locked or full keeps nobody from what is in it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jobs.models import Token

logger = logging.getLogger(__name__)

NOTED_EVERY = timedelta(minutes=1)
PATIENCE_MS = 500  # with who holds the lock

# How long a statement waits for a lock: what asks for it, and what changes it for this connection.
LOCK_TIMEOUTS = {"sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}")}
LOCK_TIMEOUTS["postgresql"] = ("SHOW lock_timeout", "SET lock_timeout = '{}'")


class LastUses:
    def __init__(self) -> None:
        self._pending: dict[int, datetime] = {}
        self._lock = threading.Lock()
        self.failures = 0  # to store them, since it has worked last

    def note(self, token: Token) -> None:
        """The token is used now. Costs nothing when that is known already, to the minute."""
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
            with self._lock:
                self._pending[token.pk] = now

    def store(self) -> None:
        """Writes what was noted; what cannot be written now is kept for the next time. Never raises for that."""
        with self._lock:
            pending = dict(self._pending)
        if not pending:
            return
        try:
            with impatience(), transaction.atomic():
                for pk, used_at in sorted(pending.items()):
                    Token.objects.filter(pk=pk).update(last_used_at=used_at)
        except DatabaseError as error:
            self.failures += 1
            if self.failures == 1:
                logger.warning("when tokens were last used cannot be stored now, and will be later: %s", error)
            return
        self.failures = 0
        with self._lock:
            self._pending = {pk: at for pk, at in self._pending.items() if pending.get(pk) != at}


@contextmanager
def impatience() -> Iterator[None]:
    """Within, this thread's connection waits for locks for a moment only."""
    if connection.vendor not in LOCK_TIMEOUTS:
        yield
        return
    asks, sets = LOCK_TIMEOUTS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(asks)
        usual = cursor.fetchone()[0]
        cursor.execute(sets.format(PATIENCE_MS))
        try:
            yield
        finally:
            cursor.execute(sets.format(usual))


last_uses = LastUses()
note = last_uses.note
store = last_uses.store
