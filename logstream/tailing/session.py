"""One run of `tail`: prints stored entries, then new ones as they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError

from jobs.lifecycle import HEARTBEAT_S
from jobs.running.workers.lookout import Lookout
from logstream.tailing.following import Followed
from logstream.tailing.lines import LineFormat
from logstream.tailing.output import Output
from logstream.tailing.wait import WakeupReceiver


@dataclass
class TailSession:
    followed: Followed
    format: LineFormat
    output: Output
    on_gap: Callable[[], None]  # entries have been deleted before they could be printed
    _reap_at: float = field(default=0.0, init=False)
    _lookout: Lookout = field(default_factory=Lookout, init=False)

    def print_stored(self) -> None:
        """Prints the entries up to the last look."""
        for records in self.followed.pages():
            if self.followed.has_gap:
                self.followed.has_gap = False
                self.on_gap()
            if records:
                self.output.write(self.format.lines(records, with_steps=self.followed.has_several_steps))

    def follow(self, receiver: WakeupReceiver) -> None:
        """Prints new entries until the log is over."""
        while not self.followed.is_over:
            self._fail_lost_jobs()
            receiver.wait()
            self.followed.look()
            self.print_stored()

    def _fail_lost_jobs(self) -> None:
        """Fails jobs that have lost their process (D8): without a server, no other process would."""
        if time.monotonic() >= self._reap_at:
            self._reap_at = time.monotonic() + HEARTBEAT_S
            with suppress(DatabaseError):  # locked, or ours only to read: others look as well
                self._lookout.look()
