"""Processes that fork, end and are killed while they log, and a Django project that has only `jobs` of all this."""

from __future__ import annotations

import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from jobs import lifecycle
from jobs.background import leftovers
from jobs.background.items import Entry
from jobs.background.queue import Queue, queue
from jobs.background.writer import Writer
from jobs.handlers import QuaeroHandler
from jobs.levels import INFO
from jobs.models import LogEntry
from jobs.tracking import track
from tests.factories import make_job, stored_messages
from tests.processes import environment
from tests.runs import fail_lost_jobs
from tests.tracking.recording import DEADLINE_S, locked_database, logger_to, settled, stored, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent


def in_child(code: str, *, fails: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs a program on the test's database, with `log` and `track` at hand."""
    start = """
import atexit, logging, os, signal, sys, threading, time
import django
django.setup()
from jobs.background import flush
from jobs.handlers import QuaeroHandler
from jobs.tracking import track
log = logging.getLogger("child")
log.setLevel("INFO")
log.addHandler(QuaeroHandler(job="outside"))
"""
    variables = {
        "DJANGO_SETTINGS_MODULE": "quaero.settings",
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-c", start + code]
    done = subprocess.run(command, cwd=ROOT, env=environment(**variables), capture_output=True, text=True, timeout=60)
    assert fails == (done.returncode != 0), done.stderr
    return done


def test_what_is_logged_last_is_stored_when_the_program_ends() -> None:
    in_child("""
for number in range(3_000):
    log.info("%d", number)
""")
    assert stored_messages(stored("outside")) == [str(number) for number in range(3_000)]
    assert stored("outside").status == "completed"


def test_what_is_logged_while_the_program_ends_is_stored() -> None:
    in_child("""
atexit.register(log.info, "at exit")
threading.Thread(target=lambda: (time.sleep(0.2), log.info("last thread"))).start()
sys.exit(log.info("main"))
""")
    assert sorted(stored_messages(stored("outside"))) == ["at exit", "last thread", "main"]


def test_what_is_tracked_in_a_last_transaction_is_stored_when_the_program_ends() -> None:
    in_child("""
log.handlers.clear()
from django.db import transaction
from jobs.models import Job
with transaction.atomic():
    Job.objects.create(name="holds the write lock")
    with track("nightly") as job:
        job.log("hello")
""")
    assert (stored("nightly").status, stored_messages(stored("nightly"))) == ("completed", ["hello"])


def test_a_program_that_fails_fails_its_job() -> None:
    in_child("with track('nightly') as job, job.step('load'): sys.exit('no such file')", fails=True)
    assert (stored("nightly").status, stored("nightly").error) == ("failed", "no such file")


def test_a_program_ends_in_time_although_the_database_is_locked_and_others_store_what_it_said() -> None:
    with locked_database():
        done = in_child("""
from django.test.utils import override_settings
override_settings(QUAERO_FLUSH_TIMEOUT_S=0.2).enable()
with track("nightly") as job:
    job.log("said")
    job.result = {"rows": 3}
""")
        assert "quaero: the database fails: the last of what the program logged is stored by the server" in done.stderr
    leftovers.deliver()
    leftovers.deliver()
    job = stored("nightly")
    assert (job.status, job.result, stored_messages(job)) == ("completed", {"rows": 3}, ["said"])


def test_a_killed_program_leaves_a_job_that_is_found() -> None:
    in_child(
        """
with track("nightly"):
    log.info("going strong")
    flush.wait()
    os.kill(os.getpid(), signal.SIGKILL)
""",
        fails=True,
    )
    assert stored("nightly").status == "running"
    assert fail_lost_jobs() == [stored("nightly").pk]


def test_a_forked_process_logs_on_and_nothing_is_there_twice(log: logging.Logger) -> None:
    with track("nightly") as job, job.step("load"):
        with locked_database():
            for number in range(100):
                log.info("before %d", number)
            child = os.fork()
            if child == 0:
                log.info("child")
        if child == 0:
            stored_all = queue.flush().result(DEADLINE_S)
            os._exit(0 if stored_all else 1)
        log.info("parent")
        assert os.waitpid(child, 0)[1] == 0
    messages = stored_messages(stored("nightly"))
    assert [m for m in messages if m.startswith("before")] == [f"before {number}" for number in range(100)]
    assert sorted(messages[-2:]) == ["child", "parent"] or sorted(messages)[-2:] == ["child", "parent"]
    assert set(LogEntry.objects.values_list("step__name", flat=True)) == {"load"}


def test_a_forked_process_waits_for_the_job_that_its_parent_has_still_to_write() -> None:
    job_id, own_queue, asked = uuid4(), Queue(), threading.Event()
    writer = Writer(own_queue, is_forked=True)
    writer._is_still_expected = lambda error, ask=writer._is_still_expected: (asked.set(), ask(error))[1]  # type: ignore[method-assign]
    own_queue.begin(writer.start)
    own_queue.put(Entry(job_id, None, INFO, time.time(), "stdout", "", "child", None))
    assert asked.wait(DEADLINE_S)
    lifecycle.create_job("nightly", job_id=job_id)
    until(lambda: stored_messages(stored("nightly")) == ["child"])
    writer.stop()


def test_a_forked_process_that_leaves_the_block_does_not_end_the_job() -> None:
    with track("nightly") as job:
        child = -1
        try:
            with job.step("load"):
                child = os.fork()
                if child == 0:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            os._exit(0 if queue.flush().result(DEADLINE_S) else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert stored("nightly").status == "running"
    assert (stored("nightly").status, stored("nightly").counts["total"]) == ("completed", 0)


def test_many_forks_in_the_midst_of_writing_all_come_through() -> None:
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:
        children = []
        for number in range(10):
            for _ in range(300):
                logger.info("parent")
            child = os.fork()
            if child == 0:
                logger.info("child %d", number)
                os._exit(0 if queue.flush().result(DEADLINE_S) else 1)
            children.append(child)
        assert [os.waitpid(child, 0)[1] for child in children] == [0] * 10
    settled()
    messages = stored_messages(job)
    assert messages.count("parent") == 3_000
    assert sorted(message for message in messages if message != "parent") == [f"child {n}" for n in range(10)]


def test_what_a_process_of_multiprocessing_logs_last_is_stored() -> None:
    job = make_job()
    with logger_to(QuaeroHandler(job=job)) as logger:
        process = multiprocessing.get_context("fork").Process(target=logger.info, args=("in the pool",))
        process.start()
        process.join()
    assert stored_messages(job) == ["in the pool"]


PROJECT = """
import logging, sys, django
from django.conf import settings
settings.configure(
    SECRET_KEY="secret", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "jobs"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
    LOGGING={
        "version": 1,
        "handlers": {"quaero": {"class": "jobs.handlers.QuaeroHandler", "job": "shop"}},
        "root": {"handlers": ["quaero"], "level": "INFO"},
    },
)
from jobs.tracking import track  # the models are not there yet
django.setup()
from django.core.management import call_command
from jobs.models import LogEntry
call_command("migrate", verbosity=0)
logging.getLogger("shop").info("outside")
with track("Nightly import") as job, job.step("Extract"):
    logging.getLogger("shop").info("inside")
for row in LogEntry.objects.order_by("id").values_list("job__name", "step__name", "message"):
    print(*row)
"""


def test_a_project_that_has_only_this_app_can_track_and_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROJECT, str(tmp_path / "shop.sqlite3")]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["shop None outside", "Nightly import Extract inside"]


@pytest.mark.parametrize(
    "tasks", ['{"other": {"BACKEND": "x"}}', '{"default": {"BACKEND": IMMEDIATE, "QUEUES": ["mail"]}}']
)
def test_a_project_whose_own_tasks_have_no_place_for_runs_can_track_as_well(tmp_path: Path, tasks: str) -> None:
    tasks = tasks.replace("IMMEDIATE", '"django_tasks.backends.immediate.ImmediateBackend"')
    program = PROJECT.replace('SECRET_KEY="secret"', f'SECRET_KEY="secret", TASKS={tasks}')
    command = [sys.executable, "-c", program, str(tmp_path / "shop.sqlite3")]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_tracking_can_be_switched_off(tmp_path: Path) -> None:
    program = PROJECT.replace('SECRET_KEY="secret"', 'SECRET_KEY="secret", QUAERO_TRACKING=False')
    command = [sys.executable, "-c", program, str(tmp_path / "shop.sqlite3")]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")
