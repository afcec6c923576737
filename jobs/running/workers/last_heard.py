"""Which workers this process has heard nothing of, for how long. Its lookout listens; without one, it has heard nothing
bad of any.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from jobs import lifecycle
from jobs.models import Worker
from jobs.running.processes.machine import machine_id, start_time
from jobs.running.workers.silences import Silences, awake_or_asleep

FORGOTTEN_AFTER = timedelta(hours=1)  # a worker of another machine that has been silent for so long

_hearts: Silences[str, datetime] = Silences()


def listen(now: float) -> None:
    """To all of them; forgets those of which nothing has been heard for very long."""
    _hearts.note(dict(Worker.objects.values_list("name", "heartbeat_at")), now)
    for name, heartbeat_at in _hearts.longer_than(FORGOTTEN_AFTER.total_seconds(), now).items():
        Worker.objects.filter(name=name, heartbeat_at=heartbeat_at).delete()


def forget() -> None:
    """What was not heard until now does not count."""
    _hearts.forget()


def is_silent(worker: Worker, clock: Callable[[], float] = awake_or_asleep) -> bool:
    """Whether it has not beaten for its lease, or cannot any more."""
    lease_s = lifecycle.LEASE.total_seconds()
    return _hearts.lasts(worker.name, worker.heartbeat_at, lease_s, clock()) or is_gone(worker)


def is_gone(worker: Worker) -> bool:
    """Whether it was one of this machine, and its process is not there any more."""
    here = machine_id()
    return bool(here) and worker.machine == here and start_time(worker.pid) != worker.process_started_at
