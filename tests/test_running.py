"""The parts of running a command, each by itself: backlog, items, masking, patience, recorder, stopper."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import InterfaceError, OperationalError

from jobs import lifecycle, recording
from jobs.models import Job, LogEntry
from jobs.recording import NewEntry
from jobs.running import recorder as recorder_module
from jobs.running import stopping
from jobs.running.backlog import BATCH_BYTES, BATCH_ITEMS, Backlog
from jobs.running.items import Item, ItemReader
from jobs.running.lines import Line
from jobs.running.masking import masked
from jobs.running.patience import patiently
from jobs.running.recorder import Recorder
from jobs.running.stopping import Stopper
from jobs.text import GroupEnd, GroupStart, Progress

AT = datetime(2024, 3, 1, 10, 15, 30, tzinfo=UTC)
NO_PATIENCE = timedelta()


class FakeProcess:
    """Notes the signals that it is sent."""

    def __init__(self) -> None:
        self.signals: list[int] = []
        self.ended = False

    def signal_group(self, number: int) -> None:
        self.signals.append(number)

    def has_ended(self) -> bool:
        return self.ended


def stopper_at(clock: Callable[[], float] = lambda: 0.0) -> tuple[Stopper, FakeProcess]:
    stopper, process = Stopper(timedelta(seconds=10), clock), FakeProcess()
    stopper.watch(process)  # type: ignore[arg-type]
    return stopper, process


def items_of(*lines: Line | str, stream: str = "stdout") -> list[Item]:
    return ItemReader(stream).items_of([line if isinstance(line, Line) else Line(line) for line in lines], AT)


def test_a_backlog_gives_what_is_there_in_batches() -> None:
    backlog = Backlog()
    backlog.put([NewEntry(str(number)) for number in range(BATCH_ITEMS + 1)])
    backlog.close()
    assert [len(backlog.take() or []) for _ in range(3)] == [BATCH_ITEMS, 1, 0]


def test_a_batch_ends_at_its_size_in_bytes() -> None:
    backlog = Backlog()
    backlog.put([NewEntry("x" * (BATCH_BYTES // 2)) for _ in range(5)])
    assert len(backlog.take() or []) == 2


def test_a_full_backlog_makes_its_producer_wait() -> None:
    backlog = Backlog(max_items=1)
    backlog.put([NewEntry("first")])
    producer = threading.Thread(target=backlog.put, args=([NewEntry("second")],))
    producer.start()
    producer.join(0.05)
    assert producer.is_alive()
    backlog.take()
    producer.join(5)
    assert not producer.is_alive()


def test_plain_lines_fall_back_to_the_level_of_their_stream() -> None:
    assert items_of("text") == [NewEntry("text", "info", AT, None, "stdout")]
    assert items_of("text", "INFO text", stream="stderr") == [
        NewEntry("text", "warn", AT, None, "stderr"),
        NewEntry("INFO text", "info", AT, None, "stderr"),
    ]


def test_the_rest_of_a_line_has_the_level_of_its_beginning() -> None:
    assert items_of("ERROR: half", Line("a line", is_continued=True))[1:] == [
        NewEntry("a line", "error", AT, None, "stdout", "", {"continued": True})
    ]


def test_commands_are_items_of_their_own() -> None:
    lines = ("::group::build", "section_start:1:test\r\x1b[0KTesting", "::progress::5", "::endgroup::")
    text = NewEntry("Testing", "info", AT, None, "stdout")
    assert items_of(*lines) == [GroupStart("build"), GroupStart("test", "Testing"), text, Progress(5.0), GroupEnd()]


def test_an_annotation_is_an_entry_with_its_parameters_as_fields() -> None:
    fields = {"file": "a.py", "line": 3}
    assert items_of("::error file=a.py,line=3::broken") == [NewEntry("broken", "error", AT, None, "stdout", "", fields)]


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["mysql", "--password", "x1", "-u", "me"], ["mysql", "--password", "***", "-u", "me"]),
        (["curl", "--api-key=x1", "--max=5"], ["curl", "--api-key=***", "--max=5"]),
        (["sh", "-c", "DB_PASSWORD='x 1' TOKEN=x1 load"], ["sh", "-c", "DB_PASSWORD=*** TOKEN=*** load"]),
        (["pg_dump", "postgres://me:x1@host/db"], ["pg_dump", "postgres://me:***@host/db"]),
        (["grep", "password", "file"], ["grep", "password", "file"]),
    ],
)
def test_secrets_on_the_command_line_are_masked(command: list[str], shown: list[str]) -> None:
    assert masked(command) == shown


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
def test_a_database_that_fails_for_a_while_is_retried(failure: type[Exception]) -> None:
    failures = [failure("locked"), failure("locked")]

    def attempt() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert patiently(attempt, timedelta(seconds=5)) == "done"


def test_patience_ends() -> None:
    def attempt() -> None:
        raise OperationalError("locked")

    with pytest.raises(OperationalError):
        patiently(attempt, NO_PATIENCE)


def test_a_stopped_command_gets_the_signal_and_after_its_grace_the_kill() -> None:
    now = [0.0]
    stopper, process = stopper_at(lambda: now[0])
    stopper.ask(stopping.signalled(signal.SIGTERM))
    assert not stopper.tick()
    now[0] = 10.0
    assert stopper.tick()
    assert not stopper.tick()
    assert process.signals == [signal.SIGTERM, signal.SIGKILL]


def test_the_first_reason_to_stop_stands_and_further_signals_are_passed_on() -> None:
    stopper, process = stopper_at()
    stopper.ask(stopping.timed_out(timedelta(seconds=5)))
    stopper.ask(stopping.signalled(signal.SIGHUP))
    assert stopper.reason == stopping.timed_out(timedelta(seconds=5))
    assert process.signals == [signal.SIGTERM, signal.SIGHUP]


def test_a_second_ctrl_c_kills() -> None:
    stopper, process = stopper_at()
    stopper.ask(stopping.signalled(signal.SIGINT))
    stopper.ask(stopping.signalled(signal.SIGINT))
    assert process.signals == [signal.SIGINT, signal.SIGKILL]


def test_a_command_that_has_ended_is_not_stopped_any_more() -> None:
    stopper, process = stopper_at()
    process.ended = True
    stopper.ask(stopping.requested())
    assert stopper.reason is None


def test_a_stop_before_the_start_is_carried_out_at_the_start() -> None:
    stopper, process = Stopper(timedelta(seconds=10)), FakeProcess()
    stopper.ask(stopping.signalled(signal.SIGINT))
    stopper.watch(process)  # type: ignore[arg-type]
    assert process.signals == [signal.SIGINT]


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
    assert [(entry.message, entry.step.name) for entry in LogEntry.objects.order_by("line")] == [
        *(("a", "all"), ("b", "outer"), ("c", "inner"), ("d", "outer"), ("e", "all"))
    ]
    assert steps_of(job) == [("all", "running", 2), ("outer", "completed", 2), ("inner", "completed", 1)]


def test_the_end_of_a_named_group_closes_those_inside_it(job: Job) -> None:
    recorder = Recorder(job, say=print)
    recorder.record([GroupStart("build"), GroupStart("link"), GroupEnd("build"), GroupEnd("unknown")])
    assert steps_of(job) == [("build", "completed", 0), ("link", "completed", 0)]


def test_the_last_progress_of_a_batch_is_set(job: Job) -> None:
    Recorder(job, say=print).record([Progress(10), Progress(45)])
    job.refresh_from_db()
    assert job.progress == 45


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


def test_what_an_outage_has_cost_is_said_and_recorded(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "RETRY_AFTER_S", 0.0)
    said: list[str] = []
    outage = Outage(monkeypatch)
    recorder = Recorder(job, say=said.append, patience=NO_PATIENCE)
    recorder.record([NewEntry("lost"), NewEntry("lost too")])
    recorder.record([NewEntry("lost as well")])
    outage.is_on = False
    recorder.record([NewEntry("kept")])
    assert len(said) == 2
    assert "database is locked" in said[0]
    assert list(LogEntry.objects.order_by("line").values_list("message", flat=True)) == [
        "3 entries are lost here: the database failed",
        "kept",
    ]


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
