"""What a worker tells of itself, and how signals reach it, without a process for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.models import Worker
from jobs.running.heartbeat import Heartbeat
from jobs.running.processes.stopping import Stopper
from jobs.running.workers.session import WorkerSession
from quaero.worker.stop_signals import stopped_by_signals
from tests.factories import make_job
from tests.processes import eventually

database = pytest.mark.django_db(transaction=True)


@database
def test_a_worker_that_others_have_taken_for_gone_is_there_again_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Heartbeat, "_run", lambda self: None)  # its beats are the test's
    session, job = WorkerSession(), make_job()
    with session.working(), session.running(job, Stopper(timedelta(seconds=1))):
        started_at = Worker.objects.get().started_at
        session.publish_stopping()
        Worker.objects.all().delete()
        session.beat()
        row = Worker.objects.get()
        assert (row.name, row.job_id, row.is_stopping, row.started_at) == (session.name, job.pk, True, started_at)
    assert not Worker.objects.exists()


@database
def test_a_beat_changes_nothing_but_the_time_of_it() -> None:
    session = WorkerSession()
    session.beat()
    before = Worker.objects.values().get()
    session.beat()
    after = Worker.objects.values().get()
    assert after.pop("heartbeat_at") > before.pop("heartbeat_at")
    assert after == before


@pytest.mark.parametrize("drain_s", [0, 60])
def test_a_signal_may_come_while_the_main_thread_holds_a_lock_that_its_answer_needs(drain_s: float) -> None:
    session, lock, answered = WorkerSession(), threading.Lock(), threading.Event()
    session.publish_stopping = lambda: None  # type: ignore[method-assign]

    def on_stop() -> None:
        with lock:
            answered.set()

    with stopped_by_signals(session, drain_s, on_stop):
        with lock:
            signal.raise_signal(signal.SIGTERM)
        assert answered.wait(5)
        assert session.is_stopping


class Asked(Stopper):
    def __init__(self) -> None:
        super().__init__(timedelta(seconds=1))
        self.was_asked = threading.Event()

    def ask(self, reason: object) -> None:
        self.was_asked.set()


@pytest.fixture
def during_a_job(monkeypatch: pytest.MonkeyPatch) -> Callable[[WorkerSession], Asked]:
    def begin(session: WorkerSession) -> Asked:
        stopper = Asked()
        monkeypatch.setattr(session, "_publish", lambda **values: None)
        monkeypatch.setattr(session, "_stopper", stopper)
        return stopper

    return begin


@pytest.mark.parametrize(("drain_s", "signals"), [(0, 1), (0.05, 1), (60, 2)])
def test_the_job_is_ended_after_the_drain_or_by_a_second_signal(
    during_a_job: Callable[[WorkerSession], Asked], drain_s: float, signals: int
) -> None:
    session = WorkerSession()
    stopper = during_a_job(session)
    with stopped_by_signals(session, drain_s, lambda: None):
        for _ in range(signals):
            assert not stopper.was_asked.is_set()
            signal.raise_signal(signal.SIGINT)
        assert stopper.was_asked.wait(5)


def test_afterwards_signals_mean_what_they_meant_before() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopped_by_signals(WorkerSession(), 0, lambda: None):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
    assert eventually(lambda: not any(thread.name == "signals" for thread in threading.enumerate()))
