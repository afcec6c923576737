"""The parts of running a command, each by itself: backlog, items, masking, patience, recorder, stopper."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection

from jobs.patience import patiently
from jobs.recording import NewEntry
from jobs.running.output import capture
from jobs.running.output.backlog import Backlog, size_of
from jobs.running.output.capture import Capture
from jobs.running.output.items import Item, ItemReader, SpawnRequest
from jobs.running.output.lines import Line
from jobs.running.processes import stopping
from jobs.running.processes.process import Process
from jobs.running.processes.stopping import Stopper
from jobs.secrets.command_line import masked
from jobs.terms.sizes import BATCH_BYTES, BATCH_ITEMS
from jobs.text import Failure, GroupEnd, GroupStart, Progress, Result

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

    def has_group(self) -> bool:
        return not self.ended


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


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_line_without_a_level_is_info_on_either_stream(stream: str) -> None:
    assert items_of("text", "WARN text", stream=stream) == [
        NewEntry("text", "info", AT, None, stream),
        NewEntry("WARN text", "warn", AT, None, stream),
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


def test_an_entry_falls_back_to_what_is_known_of_its_line() -> None:
    assert items_of('::entry::{"message": "a", "level": "gold"}', '::entry::{"message": "b", "stream": "stderr"}') == [
        NewEntry("a", "info", AT, None, "stdout", "", {"level": "gold"}),
        NewEntry("b", "info", AT, None, "stderr"),
    ]


def test_a_result_and_a_failure_are_no_entries() -> None:
    assert items_of("::result::[1]", "::failure::no disk") == [Result([1]), Failure("no disk")]


def test_a_wish_for_a_child_job_keeps_its_line() -> None:
    assert items_of('::spawn::{"a": 1}') == [SpawnRequest({"a": 1}, NewEntry('::spawn::{"a": 1}', "info", AT))]


@pytest.mark.parametrize("line", ["::result::5", '::result::"half', '::spawn::{"a": 1}'])
def test_a_report_that_was_cut_is_an_ordinary_line_and_says_so(line: str) -> None:
    entry, note = items_of(Line(line, truncated_bytes=3))
    assert entry == NewEntry(line, "info", AT, None, "stdout", "", {"truncated_bytes": 3})
    assert isinstance(note, NewEntry)
    assert (note.stream, "larger than 1 MiB" in note.message) == ("system", True)


def test_a_backlog_counts_what_is_not_in_messages_too() -> None:
    megabyte = "x" * 1_000_000
    for item in (Result([megabyte]), SpawnRequest({"a": {"b": megabyte}}, NewEntry("")), GroupStart(megabyte)):
        assert 1_000_000 <= size_of(item) < 1_000_100
    assert 1_000_000 <= size_of(NewEntry("", fields={"a": (megabyte,)})) < 1_000_100


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


def test_a_connection_that_failed_is_not_used_again(transactional_db: None) -> None:
    failures = [OperationalError("server closed the connection")]

    def attempt() -> bool:
        was_closed = connection.connection is None
        connection.ensure_connection()
        if failures:
            raise failures.pop()
        return was_closed

    connection.ensure_connection()
    assert patiently(attempt, timedelta(seconds=5))


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


def test_what_was_killed_is_waited_for_until_nothing_of_it_is_left_but_not_for_ever() -> None:
    now = [0.0]
    stopper, process = stopper_at(lambda: now[0])
    assert not stopper.waits()  # nobody wants it to end
    stopper.ask(stopping.requested())
    stopper.kill()
    assert stopper.waits()
    process.ended = True
    assert not stopper.waits()
    process.ended, now[0] = False, stopping.DYING_S
    assert not stopper.waits()


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


def lines_captured(script: str, *, start_after_its_end: bool = False, **options: Any) -> list[str]:
    process, backlog = Process(["sh", "-c", script], os.environ), Backlog()
    while start_after_its_end and not process.has_ended():
        time.sleep(0.01)
    Capture(process, backlog, linger_s=0, **options).run()
    process.signal_group(signal.SIGKILL)
    backlog.close()
    return [item.message for batch in iter(backlog.take, None) for item in batch if isinstance(item, NewEntry)]


def test_all_that_was_said_before_the_end_is_read_even_if_somebody_holds_the_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capture, "CHUNK_BYTES", 1024)
    lines = lines_captured("sleep 60 & seq 5000", start_after_its_end=True)
    assert lines[:5000] == [str(number) for number in range(1, 5001)]


def test_what_is_left_behind_is_heard_for_as_long_as_it_should_be() -> None:
    assert lines_captured("(sleep 0.3; echo late) &", linger_while=lambda: True) == ["late"]


def test_a_slow_backlog_makes_nobody_believe_that_something_holds_the_pipe() -> None:
    """All that was written is read, and it is late; but the end is there."""
    process, backlog = Process(["sh", "-c", "echo out"], os.environ), Backlog()
    while not process.has_ended():
        time.sleep(0.01)
    Capture(process, backlog, linger_s=-1).run()
    backlog.close()
    assert [item.message for item in backlog.take() or () if isinstance(item, NewEntry)] == ["out"]
