"""The recorder, which turns what a command says into entries and steps, and the heartbeat beside it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import lifecycle, recording
from jobs.errors import Refusal
from jobs.models import Job, LogEntry
from jobs.recording import NewEntry
from jobs.running.lease import JobLease
from jobs.running.output.backlog import Backlog
from jobs.running.output.items import SpawnRequest
from jobs.running.output.recorder import Recorder
from jobs.secrets.masking import Masker
from jobs.text import Failure, GroupEnd, GroupStart, Progress, Result
from tests.factories import stored_messages


@pytest.fixture
def job(transactional_db: None) -> Job:
    job = lifecycle.create_job("nightly import")
    lifecycle.start_job(job)
    return job


def steps_of(job: Job) -> list[tuple[str, str, int]]:
    return [(step.name, step.status, step.counts["total"]) for step in job.steps.all()]


def test_entries_belong_to_the_innermost_open_group(job: Job) -> None:
    recorder = Recorder(job, step_name="all", say=print)
    recorder.record([NewEntry("a"), GroupStart("outer"), NewEntry("b"), GroupStart("inner"), NewEntry("c")])
    recorder.record([GroupEnd(), NewEntry("d"), GroupEnd(), GroupEnd(), NewEntry("e")])
    assert list(job.entries.order_by("line").values_list("message", "step__name")) == [
        *(("a", "all"), ("b", "outer"), ("c", "inner"), ("d", "outer"), ("e", "all"))
    ]
    assert steps_of(job) == [("all", "running", 2), ("outer", "completed", 2), ("inner", "completed", 1)]


def test_the_end_of_a_named_group_closes_those_inside_it(job: Job) -> None:
    recorder = Recorder(job, say=print)
    recorder.record([GroupStart("build"), GroupStart("link"), GroupEnd("build"), GroupEnd("unknown")])
    assert steps_of(job) == [("build", "completed", 0), ("link", "completed", 0)]


def test_a_group_that_ends_as_failed_fails_its_step(job: Job) -> None:
    recorder = Recorder(job, say=print)
    recorder.record([GroupStart("build"), GroupEnd(is_failed=True, error="no disk"), GroupStart("y" * 300)])
    assert list(job.steps.values_list("name", "status", "error")) == [
        *(("build", "failed", "no disk"), ("y" * 199 + "…", "running", ""))
    ]


def test_what_the_program_has_just_said_itself_is_not_said_again(job: Job) -> None:
    recorder = Recorder(job, say=print)
    traceback = NewEntry("Traceback (most recent call last):\nValueError: no disk", "error", stream="stderr")
    recorder.record([GroupStart("build"), traceback, GroupEnd(is_failed=True, error="ValueError: no disk")])
    assert job.steps.get().error == "ValueError: no disk"
    assert stored_messages(job) == [traceback.message]


def test_a_group_starts_the_step_that_was_declared_for_it(job: Job) -> None:
    for name in ("extract", "load", "load"):
        lifecycle.add_step(job, name, status="pending")
    recorder = Recorder(job, say=print)
    recorder.record([GroupStart("load"), GroupStart("extract"), GroupEnd(), GroupEnd(), GroupStart("load")])
    recorder.record([GroupEnd(), GroupStart("load")])
    assert [(name, status) for name, status, _ in steps_of(job)] == [
        *(("extract", "pending"), ("load", "completed"), ("load", "completed")),
        *(("extract", "completed"), ("load", "running")),
    ]


def test_the_last_result_and_failure_count(job: Job) -> None:
    recorder = Recorder(job, say=print)
    assert (recorder.has_result, recorder.result, recorder.failure) == (False, None, "")
    recorder.record([Result([1]), Failure("no disk"), Result(None), Failure("x" * 20_000)])
    assert (recorder.has_result, recorder.result, len(recorder.failure)) == (True, None, 10_000)


SPAWN = SpawnRequest({"program": "1"}, NewEntry("::spawn::{}"))


def test_a_wish_for_a_child_job_comes_after_what_was_said_before_it(job: Job) -> None:
    seen: list[tuple[object, list[str]]] = []
    recorder = Recorder(job, say=print, on_spawn=lambda request: seen.append((request.data, stored_messages(job))))
    recorder.record([NewEntry("before"), SPAWN, NewEntry("after")])
    assert seen == [({"program": "1"}, ["before"])]
    assert stored_messages(job) == ["before", "after"]


def test_where_nobody_spawns_a_wish_for_a_child_job_is_an_ordinary_line(job: Job) -> None:
    Recorder(job, say=print).record([SPAWN])
    assert stored_messages(job) == ["::spawn::{}"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("no program s3cret"), "no program ***"),
        (Refusal("not allowed"), "not allowed"),
        (KeyError("x"), "KeyError: 'x'"),
    ],
)
def test_a_child_job_that_cannot_be_is_an_error_in_the_log(job: Job, error: Exception, reason: str) -> None:
    def refuse(request: SpawnRequest) -> None:
        raise error

    recorder = Recorder(job, say=print, on_spawn=refuse, masker=Masker(["s3cret"]))
    recorder.record([SPAWN])
    recorder.record([NewEntry("goes on")])
    told = list(job.entries.order_by("line").values_list("message", "level", "stream"))
    assert told[0] == (f"cannot spawn: {reason}", 40, "system")
    assert told[1][0] == "goes on"


def test_the_last_progress_of_a_batch_is_set(job: Job) -> None:
    Recorder(job, say=print).record([Progress(10), Progress(45)])
    job.refresh_from_db()
    assert job.progress == 45


def test_a_lease_is_renewed_and_a_request_to_cancel_is_noticed(job: Job) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=long_ago)
    lifecycle.request_cancel(job)
    is_asked = threading.Event()
    heartbeat = JobLease(job, is_asked.set).kept(poll_s=0.01)
    heartbeat.start()
    assert is_asked.wait(10)
    heartbeat.stop()
    job.refresh_from_db()
    assert job.heartbeat_at is not None
    assert job.heartbeat_at > long_ago


class Outage:
    """A `recording.append` that fails until the outage is over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_on = True
        self._append = recording.append
        monkeypatch.setattr(recording, "append", self.append)

    def append(self, *arguments: object) -> object:
        if self.is_on:
            raise OperationalError("database is locked")
        return self._append(*arguments)  # type: ignore[arg-type]


def test_what_is_said_during_an_outage_is_recorded_after_it(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    outage = Outage(monkeypatch)
    backlog = Backlog(max_items=1)
    recorder = Recorder(job, say=said.append, tries_on=lambda: True)
    recording_thread = threading.Thread(target=recorder.run, args=(backlog,))
    recording_thread.start()
    for number in range(100):
        backlog.put([GroupStart(f"step {number}"), NewEntry(str(number)), GroupEnd()])
    outage.is_on = False
    backlog.close()
    recording_thread.join()
    assert stored_messages(job) == [str(number) for number in range(100)]
    assert steps_of(job) == [(f"step {number}", "completed", 1) for number in range(100)]
    assert "database is locked" in said[0]
    assert said[1:] == ["recording again"]


def test_what_is_lost_when_nobody_tries_on_is_said_with_its_span(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    Outage(monkeypatch)
    recorder = Recorder(job, say=said.append)
    recorder.record([NewEntry("lost"), NewEntry("lost too")])
    recorder.record([NewEntry("lost as well")])
    assert len(said) == 1
    [loss] = recorder.loss()
    assert loss.message.startswith("3 entries are lost here, of 20")
    assert loss.fields is not None
    assert loss.fields["lost"] == 3
    assert str(loss.fields["from"]) < str(loss.fields["to"])


def test_an_entry_that_nothing_can_record_does_not_end_the_recording(job: Job) -> None:
    said: list[str] = []
    backlog = Backlog()
    backlog.put([NewEntry("impossible", level="gold")])
    recording_thread = threading.Thread(target=Recorder(job, say=said.append).run, args=(backlog,))
    recording_thread.start()
    while backlog._items:
        recording_thread.join(0.01)
    backlog.put([NewEntry("possible")])
    backlog.close()
    recording_thread.join()
    assert "gold" in said[0]
    assert LogEntry.objects.filter(message="possible").exists()
