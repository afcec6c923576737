"""`QuaeroHandler`: the entry for a record, the job that gets it, and what happens when the database fails."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import pytest
from django.db import connection
from pytest_django import Settings

from jobs import signals
from jobs.background.queue import queue
from jobs.handlers import QuaeroHandler
from jobs.models import Job, LogEntry
from jobs.tracking import track
from tests.factories import make_job, make_step, stored_messages
from tests.tracking.recording import DEADLINE_S, locked_database, logger_to, settled, stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_is_kept_with_its_source_time_and_arguments(log: logging.Logger) -> None:
    with track("nightly"):
        log.handle(
            logging.makeLogRecord({"name": "a.b", "msg": "%s rows", "args": ("7",), "levelno": 20, "created": 1.5})
        )
    entry = LogEntry.objects.get()
    assert (entry.message, entry.source, entry.stream, entry.fields) == ("7 rows", "a.b", "stdout", None)
    assert entry.timestamp == datetime.fromtimestamp(1.5, UTC)


def test_what_the_installations_patterns_match_is_masked(log: logging.Logger, settings: Settings) -> None:
    settings.QUAERO_MASK_PATTERNS = (r"tok_[a-z0-9]+",)
    with track("nightly"):
        log.info("with %s", "tok_abc1", extra={"header": "Bearer tok_abc2"})
        log.info("without")
    found = LogEntry.objects.order_by("line").values_list("message", "fields")
    assert list(found) == [("with ***", {"header": "Bearer ***"}), ("without", None)]


def test_so_it_is_in_the_errors_of_job_and_step(settings: Settings) -> None:
    settings.QUAERO_MASK_PATTERNS = (r"tok_[a-z0-9]+",)
    with pytest.raises(ValueError, match="tok_abc1"), track("nightly") as job, job.step("load"):
        raise ValueError("no tok_abc1")
    assert Job.objects.values_list("error", "steps__error").get(name="nightly") == ("ValueError: no ***",) * 2


@pytest.mark.parametrize(("number", "level"), [(5, 10), (10, 10), (25, 20), (39, 30), (40, 40), (50, 50), (99, 50)])
def test_a_number_between_two_levels_is_the_lower(log: logging.Logger, number: int, level: int) -> None:
    with track("nightly"):
        log.handle(logging.makeLogRecord({"levelno": number}))
    assert LogEntry.objects.get().level == level


def test_extra_is_kept_as_it_was_when_it_was_logged(log: logging.Logger) -> None:
    rows = [1]
    with track("nightly"):
        log.info("loaded", extra={"rows": rows, "user": object})
        rows.append(2)
    assert LogEntry.objects.get().fields == {"rows": [1], "user": "<class 'object'>"}


def test_a_traceback_is_kept_as_fields_and_can_be_read(log: logging.Logger) -> None:
    with track("nightly"):
        try:
            raise KeyError("sku")
        except KeyError:
            log.exception("no such thing", stack_info=True)
    entry = LogEntry.objects.get()
    assert (entry.fields["exception.type"], entry.fields["exception.message"]) == ("KeyError", "'sku'")
    assert entry.message.startswith("no such thing\nTraceback (most recent call last):")
    assert entry.fields["exception.stacktrace"] in entry.message
    assert entry.fields["stack"].startswith("Stack (most recent call last):")


def test_a_formatter_makes_the_message(log: logging.Logger) -> None:
    log.handlers[0].setFormatter(logging.Formatter("[%(name)s] %(message)s"))
    with track("nightly"):
        log.error("failed", exc_info=KeyError("sku"))
    entry = LogEntry.objects.get()
    assert (entry.message, entry.fields["exception.type"]) == ("[shop.orders] failed\nKeyError: 'sku'", "KeyError")


def test_what_other_handlers_leave_on_a_record_is_no_field(log: logging.Logger) -> None:
    other = logging.Handler()
    other.emit = logging.Formatter("%(asctime)s %(message)s").format  # type: ignore[assignment]
    log.handlers.insert(0, other)
    with track("nightly"):
        log.info("plain")
    log.removeHandler(other)
    assert LogEntry.objects.get().fields is None


def test_a_record_that_cannot_be_formatted_is_the_programmers_to_see(capsys: pytest.CaptureFixture[str]) -> None:
    job = make_job()
    handler = QuaeroHandler(job=job)
    handler.handle(logging.makeLogRecord({"msg": "%d rows", "args": ("seven",), "levelno": 20}))
    handler.handle(logging.makeLogRecord({"msg": "after", "levelno": 20}))
    settled()
    assert stored_messages(job) == ["after"]
    assert "--- Logging error ---" in capsys.readouterr().err


def test_outside_of_a_tracked_job_records_go_to_the_handlers_job_or_nowhere(log: logging.Logger) -> None:
    log.info("nowhere")
    bound = make_job("bound")
    with logger_to(QuaeroHandler(job=bound)) as logger:
        logger.info("to the handler's job")
        with track("nightly"):
            logger.info("to the tracked one")
    settled()
    assert {entry.message: entry.job.name for entry in LogEntry.objects.select_related("job")} == {
        "to the handler's job": "bound",
        "to the tracked one": "nightly",
    }


def test_a_handler_with_a_name_has_a_job_from_its_first_record_until_it_is_closed() -> None:
    with logger_to(QuaeroHandler(job="shop web")) as logger:
        settled()
        assert not Job.objects.filter(name="shop web").exists()
        logger.info("one")
        logger.info("two")
        settled()
        assert stored("shop web").status == "running"
    assert stored_messages(stored("shop web")) == ["one", "two"]
    assert stored("shop web").status == "completed"


def test_the_id_of_a_job_may_be_text_as_in_settings() -> None:
    job = make_job()
    with logger_to(QuaeroHandler("WARNING", job=str(job.pk))) as logger:
        logger.info("too quiet")
        logger.warning("loud enough")
    settled()
    assert stored_messages(job) == ["loud enough"]


def test_what_the_writer_itself_logs_is_not_recorded() -> None:
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:

        def hear(**said: object) -> None:
            logger.info("heard of it")

        signals.entries_appended.connect(hear)
        logger.info("one")
        settled()
        settled()
        signals.entries_appended.disconnect(hear)
    assert stored_messages(job) == ["one"]


def test_a_database_that_fails_for_a_while_loses_nothing_and_is_logged_once(
    log: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    with track("nightly") as job:
        settled()
        rename("quaero_jobs_logentry", "away")
        log.info("0")
        assert queue.flush().result(DEADLINE_S) is False  # it does not wait longer for a database that fails
        for number in (1, 2):
            with job.step(f"step {number}"):
                log.info("%d", number)
        rename("away", "quaero_jobs_logentry")
    settled()
    assert stored_messages(stored("nightly")) == ["0", "1", "2"]
    assert capsys.readouterr().err.count("quaero: cannot store what is logged") == 1


def rename(before: str, after: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")


def test_one_entry_that_cannot_be_stored_takes_no_other_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    job, step_of_another = make_job(), make_step(make_job("another"))
    with logger_to(QuaeroHandler(job=job)) as logger:
        from_elsewhere = QuaeroHandler(job=job)
        from_elsewhere._bound = from_elsewhere._bound._replace(step=step_of_another.pk)  # type: ignore[union-attr]
        with locked_database():
            logger.info("one")
            from_elsewhere.handle(logging.makeLogRecord({"msg": "astray", "levelno": 20}))
            logger.info("two")
    settled()
    assert stored_messages(job) == ["one", "astray", "two"]


def test_records_of_a_deleted_job_are_left_out_and_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:
        job.delete()
        logger.info("one")
        settled()
        logger.info("two")
        settled()
    assert capsys.readouterr().err.count("cannot be stored: NoSuchJob") == 1
    assert sys.exc_info() == (None, None, None)
