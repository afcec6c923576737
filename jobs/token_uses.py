"""The time of each token's last use: requests note it in memory, and a duty of the server stores it.

So reading does not write: clients can read while the database is locked or full.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from jobs.models import Token
from jobs.patience import brief_lock_waits

logger = logging.getLogger(f"quaero.{__name__}")

NOTED_EVERY = timedelta(minutes=1)


class LastUses:
    def __init__(self) -> None:
        self._pending: dict[int, datetime] = {}
        self._lock = threading.Lock()
        self.failures = 0  # of `store` since its last success

    def note(self, token: Token) -> None:
        """Notes that the token is used now. Does nothing when its last use is less than a minute ago."""
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > NOTED_EVERY:
            with self._lock:
                self._pending[token.pk] = now

    def store(self) -> None:
        """Stores the noted times. When the database fails, it keeps them for the next call and does not raise."""
        with self._lock:
            pending = dict(self._pending)
        if not pending:
            return
        try:
            with brief_lock_waits(), transaction.atomic():
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


last_uses = LastUses()
note = last_uses.note
store = last_uses.store
