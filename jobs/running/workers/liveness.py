"""Which workers are silent, as this process has watched them. Its lookout notes their heartbeats; without one, none is
known to be silent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jobs.lifecycle import LEASE_S
from jobs.models import Worker
from jobs.running.processes.machine import machine_id, start_time
from jobs.running.workers.silences import Silences, awake_or_asleep

FORGOTTEN_AFTER_S = 60 * 60.0  # a worker of another machine that has been silent for so long

_heartbeats: Silences[str, datetime] = Silences()


def note(now: float) -> None:
    """Reads the heartbeats of all workers; deletes those that have been silent for very long."""
    _heartbeats.note(dict(Worker.objects.values_list("name", "heartbeat_at")), now)
    for name, heartbeat_at in _heartbeats.longer_than(FORGOTTEN_AFTER_S, now).items():
        Worker.objects.filter(name=name, heartbeat_at=heartbeat_at).delete()


def forget() -> None:
    """The silence until now does not count."""
    _heartbeats.forget()


def is_silent(worker: Worker, clock: Callable[[], float] = awake_or_asleep) -> bool:
    """Whether it has not beaten for its lease, or cannot any more."""
    return _heartbeats.lasts(worker.name, worker.heartbeat_at, LEASE_S, clock()) or is_gone(worker)


def is_gone(worker: Worker) -> bool:
    """Whether it was one of this machine, and its process is not there any more."""
    here = machine_id()
    return bool(here) and worker.machine == here and start_time(worker.pid) != worker.process_started_at
