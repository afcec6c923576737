"""Python code tracked as jobs: blocks, decorators, tasks, threads, and every way in which they end."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction

from jobs import lifecycle, signals
from jobs.models import Job, LogEntry
from jobs.tracking import JobCancelled, TrackedJob, step, track
from tests.factories import make_job, stored_messages
from tests.runs import fail_lost_jobs
from tests.tracking.recording import settled, stored, until

pytestmark = pytest.mark.django_db(transaction=True)


def test_entries_go_to_the_innermost_step_and_back(log: logging.Logger) -> None:
    with track("nightly", kind="import", attributes={"shop": 7}) as job:
        log.info("before")
        with job.step("extract"):
            with job.step("download"):
                log.info("inner")
            job.log("outer", "warn", fields={"rows": 3})
    found = stored("nightly")
    assert (found.pk, found.kind, found.attributes, found.status) == (job.id, "import", {"shop": 7}, "completed")
    assert list(found.steps.values_list("name", "status")) == [("extract", "completed"), ("download", "completed")]
    entries = LogEntry.objects.order_by("line").values_list("message", "step__name", "level")
    assert list(entries) == [("before", None, 20), ("inner", "download", 20), ("outer", "extract", 30)]


def test_a_job_within_a_job_is_its_child(log: logging.Logger) -> None:
    with track("parent") as parent:
        with track("child"):
            log.info("small")
        log.info("large")
    assert stored("child").parent_id == parent.id
    assert [stored_messages(stored(name)) for name in ("child", "parent")] == [["small"], ["large"]]


def test_what_a_command_of_runjob_tracks_is_part_of_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    command = make_job("command")
    monkeypatch.setenv("QUAERO_JOB_ID", str(command.pk))
    with track("inside"):
        pass
    assert stored("inside").parent == command


def test_a_parent_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAERO_JOB_ID", "00000000-0000-4000-8000-00000000dead")
    with track("inside"):
        pass
    assert stored("inside").parent is None


def test_each_call_of_a_decorated_function_is_a_job(log: logging.Logger) -> None:
    @track("double")
    def double(number: int) -> int:
        with step("multiply"):
            log.info("%d", number)
        return 2 * number

    assert [double(2), double(3)] == [4, 6]
    assert sorted(LogEntry.objects.values_list("job__name", "step__name", "message")) == [
        ("double", "multiply", "2"),
        ("double", "multiply", "3"),
    ]
    assert Job.objects.filter(name="double", status="completed").count() == 2


async def test_a_decorated_coroutine_function_ends_its_job_when_it_ends(log: logging.Logger) -> None:
    @track("crawl")
    async def crawl() -> str:
        await asyncio.sleep(0)
        log.info("a page")
        return "done"

    assert await crawl() == "done"
    assert await Job.objects.filter(name="crawl", status="completed", info_count=1).aexists()


async def test_tasks_side_by_side_log_into_their_own_jobs(log: logging.Logger) -> None:
    meeting = asyncio.Barrier(2)

    async def work(name: str) -> None:
        async with track(name) as job, job.step("meet"):
            await meeting.wait()
            log.info("I am %s", name)

    await asyncio.gather(work("left"), work("right"))
    entries = LogEntry.objects.order_by("job__name").values_list("job__name", "step__name", "message")
    assert [entry async for entry in entries] == [("left", "meet", "I am left"), ("right", "meet", "I am right")]


def test_a_generator_is_refused_as_it_would_end_before_it_begins() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    with pytest.raises(TypeError, match="numbers is a generator"):
        track("numbers")(numbers)


def test_an_exception_fails_step_and_job_with_one_traceback_and_goes_on() -> None:
    with pytest.raises(ZeroDivisionError), track("nightly") as job, job.step("outer"), job.step("inner"):
        raise ZeroDivisionError("division by zero")
    found = stored("nightly")
    assert (found.status, found.error) == ("failed", "ZeroDivisionError: division by zero")
    assert set(found.steps.values_list("status", "error")) == {("failed", found.error)}
    entry = LogEntry.objects.select_related("step").get()
    assert (entry.level, entry.step and entry.step.name) == (40, "inner")
    assert entry.message.startswith("ZeroDivisionError: division by zero\nTraceback (most recent call last):\n")
    assert entry.fields["exception.type"] == "ZeroDivisionError"


def test_an_exception_that_the_job_handles_fails_the_step_alone() -> None:
    with track("nightly") as job:
        with pytest.raises(ValueError, match="bad row"), job.step("load"):
            raise ValueError("bad row")
        with job.step("load again"):
            pass
    assert stored("nightly").status == "completed"
    assert list(stored("nightly").steps.values_list("status", flat=True)) == ["failed", "completed"]


def test_the_parent_of_a_failed_job_has_the_traceback_as_well() -> None:
    with pytest.raises(ValueError, match="bad row"), track("parent"), track("child"):
        raise ValueError("bad row")
    assert [stored(name).counts["error"] for name in ("parent", "child")] == [1, 1]


@pytest.mark.parametrize(
    ("exception", "status", "exit_code", "last_words"),
    [
        (asyncio.CancelledError(), "cancelled", None, ["cancelled: asyncio.exceptions.CancelledError"]),
        (KeyboardInterrupt(), "cancelled", None, ["cancelled: KeyboardInterrupt"]),
        (SystemExit(), "completed", 0, []),
        (SystemExit(0), "completed", 0, []),
        (SystemExit(3), "failed", 3, ["exit code 3"]),
        (SystemExit("no such file"), "failed", 1, ["no such file"]),
    ],
)
def test_how_a_block_is_left_decides_its_status(
    exception: BaseException, status: str, exit_code: int | None, last_words: list[str]
) -> None:
    with pytest.raises(type(exception)), track("nightly") as job, job.step("load"):
        raise exception
    found = stored("nightly")
    assert (found.status, found.exit_code, found.steps.get().status) == (status, exit_code, status)
    assert stored_messages(found) == last_words


def in_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_thread_logs_into_the_job_whose_context_or_handle_it_has(log: logging.Logger) -> None:
    def enter(job: TrackedJob) -> None:
        with job.entered():
            log.info("by its handle")

    with track("nightly") as job, job.step("load"):
        in_thread(lambda: log.info("nowhere"))
        context = contextvars.copy_context()
        in_thread(lambda: context.run(log.info, "by its context"))
        in_thread(lambda: enter(job))
        in_thread(lambda: job.log("by the handle itself"))
    assert stored_messages(stored("nightly")) == ["by its context", "by its handle", "by the handle itself"]
    assert list(LogEntry.objects.order_by("line").values_list("step__name", flat=True)) == ["load", None, None]


def test_progress_and_result_are_stored() -> None:
    with track("nightly") as job:
        for percent in range(0, 46, 5):
            job.progress(percent)
        job.result = {"rows": float("nan")}
    assert (stored("nightly").progress, stored("nightly").result) == (100, {"rows": "NaN"})


@pytest.mark.parametrize("percent", [-1, 100.1, float("nan")])
def test_progress_beyond_its_range_is_refused(percent: float) -> None:
    with track("nightly") as job, pytest.raises(ValueError, match="from 0 to 100"):
        job.progress(percent)


@pytest.mark.parametrize("wrong", [{"name": 7}, {"kind": "two words"}, {"kind": ""}, {"attributes": [1]}])
def test_what_a_job_cannot_be_called_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        track(**{"name": "nightly", **wrong})  # type: ignore[arg-type]


def test_the_end_never_overtakes_the_lines() -> None:
    heard: list[str] = []

    def hear(signal: object, **said: object) -> None:
        finished = Job.objects.filter(name="nightly", finished_at__isnull=False).exists()
        heard.append("end" if finished else "lines" if "batch" in said else "change")

    signals.entries_appended.connect(hear)
    signals.job_changed.connect(hear)
    try:
        with track("nightly") as job:
            for number in range(5_000):
                job.log(number)
    finally:
        signals.entries_appended.disconnect(hear)
        signals.job_changed.disconnect(hear)
    assert heard.count("end") == 1
    assert heard[-1] == "end"
    assert stored_messages(stored("nightly")) == [str(number) for number in range(5_000)]


@pytest.mark.usefixtures("nobody_waits")
def test_a_block_inside_a_transaction_does_not_wait_for_the_lock_that_its_caller_holds(log: logging.Logger) -> None:
    with transaction.atomic():
        make_job("holds the write lock")
        with track("inside"):
            log.info("still here")
        assert not Job.objects.filter(name="inside").exists()
    settled()
    assert (stored("inside").status, stored_messages(stored("inside"))) == ("completed", ["still here"])


def test_a_transaction_that_is_rolled_back_takes_no_line_away(log: logging.Logger) -> None:
    @track("inside")
    def fail() -> None:
        log.info("about to fail")
        raise ValueError("bad row")

    with pytest.raises(ValueError, match="bad row"), transaction.atomic():
        fail()
    settled()
    assert stored("inside").status == "failed"
    assert stored_messages(stored("inside"))[0] == "about to fail"


def test_a_tracked_job_has_a_heartbeat_and_notices_a_cancel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "HEARTBEAT_S", 0.05)

    def work(job: TrackedJob) -> None:
        until(lambda: Job.objects.filter(pk=job.id).exists())
        first = stored("nightly").heartbeat_at
        until(lambda: stored("nightly").heartbeat_at != first)
        job.stop_if_cancelled()
        lifecycle.request_cancel(job.id)
        until(lambda: job.is_cancel_requested)
        job.stop_if_cancelled()

    with pytest.raises(JobCancelled), track("nightly") as job:
        work(job)
    assert stored("nightly").status == "cancelled"


def test_a_tracked_job_whose_process_is_gone_can_be_found() -> None:
    with track("nightly") as job:
        until(lambda: Job.objects.filter(pk=job.id, status="running").exists())
        assert fail_lost_jobs() == [job.id]
    assert stored("nightly").status == "failed"
