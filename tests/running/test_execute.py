"""What becomes of a due job in a worker's hands: real processes, and the job as it is stored in the end."""

from __future__ import annotations

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from jobs import lifecycle, operations
from jobs.models import Job, JobSecret, LogEntry
from jobs.running import runner
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.programs import order_program
from jobs.running.processes import guarded
from jobs.running.processes.process import Process
from jobs.running.workers import command
from jobs.running.workers import execute as execute_module
from jobs.running.workers.execute import execute
from jobs.running.workers.session import WorkerSession
from tests.factories import UNKNOWN_ID
from tests.processes import eventually
from tests.runs import ran, run_python, run_shell, said, said_by_system

Monkeypatch = pytest.MonkeyPatch

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def programs(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python", "shell")


def test_a_python_program_reports_steps_progress_fields_and_result() -> None:
    job = run_python(
        "import quaero_job\n"
        "print('before')\n"
        "quaero_job.step('load')\n"
        "print('inside')\n"
        "quaero_job.log('warn', 'careful', shop=7)\n"
        "quaero_job.progress(45)\n"
        "quaero_job.result({'rows': 12})\n"
    )
    assert (job.status, job.exit_code, job.progress, job.result) == ("completed", 0, 100.0, {"rows": 12})
    rows = LogEntry.objects.order_by("line").values_list("message", "level", "step__name", "fields")
    assert list(rows) == [
        ("before", 20, None, None),
        ("inside", 20, "load", None),
        ("careful", 30, "load", {"shop": 7}),
    ]


@pytest.mark.parametrize(
    ("program", "result"),
    [
        ("1 + 1", 2),
        ("x = 3", None),
        ("'text'", "text"),
        ("import quaero_job\nquaero_job.result(1)\n2", 1),
        ("None", None),
    ],
)
def test_the_value_of_a_last_bare_expression_is_the_result(program: str, result: object) -> None:
    assert run_python(program).result == result


@pytest.mark.parametrize("declared", ["latin-1", "utf-8", "ascii", "no such", "utf-16"])
def test_a_program_that_declares_an_encoding_is_read_as_it_was_sent(declared: str) -> None:
    job = run_python(f"# -*- coding: {declared} -*-\n'ä'")
    assert job.result == "ä" or "SyntaxError" in job.error
    assert job.status == ("completed" if declared in ("latin-1", "utf-8") else "failed")


def test_a_shell_program_structures_its_output_by_commands() -> None:
    job = run_shell("echo ::group::one\necho line\necho ::progress::50\necho '::result::[1, 2]'\nexit 0")
    assert (job.status, job.progress, job.result) == ("completed", 100.0, [1, 2])
    assert list(job.steps.values_list("name", "status")) == [("one", "completed")]
    assert said(job) == ["line"]


def test_a_shell_program_with_a_shebang_is_read_by_whom_it_names() -> None:
    assert said(run_shell("#!/usr/bin/env python3\nprint(6 * 7)")) == ["42"]


def test_an_exception_fails_the_job_with_its_words_and_is_one_entry() -> None:
    job = run_python("def f():\n    1 / 0\nf()")
    assert (job.status, job.exit_code, job.error) == ("failed", 1, "ZeroDivisionError: division by zero")
    (entry,) = LogEntry.objects.all()
    assert entry.message.startswith("Traceback")
    assert 'program.py", line 2, in f' in entry.message


def test_an_exit_code_fails_the_job() -> None:
    job = run_shell("exit 7")
    assert (job.status, job.exit_code, job.error) == ("failed", 7, "exit code 7")


def test_a_timeout_ends_it_and_all_that_it_started() -> None:
    job = run_shell("sleep 60 & echo begun; sleep 60", timeout=0.5)
    assert (job.status, job.exit_code, job.error) == ("failed", 124, "timed out after 0.5 s")
    assert said(job) == ["begun"]


def test_too_much_memory_ends_it_and_says_so(settings: Settings) -> None:
    settings.QUAERO_RUN_MEMORY_MB = 64
    eater = "python3 -c 'x = b\"x\" * (40 << 20); import time; time.sleep(30)'"
    job = run_shell(f"{eater} & {eater} & wait")
    assert job.status == "failed"
    assert job.error.startswith("killed for using ")
    assert job.error.endswith("MiB of memory: at most 64 are allowed")
    assert job.error in said_by_system(job)


def test_what_a_program_leaves_behind_is_ended_and_told() -> None:
    job = run_shell("sleep 60 >/dev/null 2>&1 &\necho done")
    assert (job.status, said_by_system(job)) == ("completed", ["ended 1 process that it had left behind"])


def test_a_run_sees_an_allowed_environment_and_its_parameters_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.QUAERO_RUN_ENVIRONMENT = ("MY_REGION",)
    for name in ("SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "MY_REGION", "LC_TIME"):
        monkeypatch.setenv(name, "there")
    job = run_shell("env | cut -d= -f1 | sort", parameters={"day-of-week": "monday"})
    seen = set(said(job))
    assert {
        "MY_REGION",
        "LC_TIME",
        "PATH",
        "QUAERO_PARAMETERS",
        "QUAERO_PARAMETER_DAY_OF_WEEK",
        "QUAERO_JOB_ID",
    } <= seen
    assert not {"SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "DJANGO_SETTINGS_MODULE"} & seen


@pytest.mark.parametrize(
    "parameters", [{"a": "x" * 65_000}, {"a": "é" * 10_000}, {f"n{number}": number for number in range(4000)}]
)
def test_parameters_as_large_as_they_may_be_reach_a_program(parameters: dict[str, object]) -> None:
    assert run_python("import quaero_job\nquaero_job.parameters", parameters=parameters).result == parameters


def test_parameters_reach_both_languages() -> None:
    parameters = {"name": "Ada", "numbers": [1, 2]}
    assert said(run_shell('echo "$QUAERO_PARAMETER_NAME $QUAERO_PARAMETER_NUMBERS"', parameters=parameters)) == [
        "Ada [1, 2]"
    ]
    assert run_python("import quaero_job\nquaero_job.parameters", parameters=parameters).result == parameters


def test_a_secret_is_masked_in_entries_result_and_error_and_gone_in_the_end() -> None:
    job = run_python(
        "import os, quaero_job, time\n"
        "secret = quaero_job.parameters['token']\n"
        "print('it is', secret)\n"
        "quaero_job.log('info', 'with fields', token=secret)\n"
        "os.write(1, secret[:4].encode()); time.sleep(1.5); os.write(1, secret[4:].encode() + b'\\n')\n"
        "quaero_job.result([secret])\n"
        "raise ValueError(secret)\n",
        parameters={"token": "tr0ub4dor&3", "plain": 1},
    )
    assert said(job)[:3] == ["it is ***", "with fields", "***"]
    assert (job.result, job.error) == (["***"], "ValueError: ***")
    stored = [*Job.objects.values(), *LogEntry.objects.values()]
    assert "tr0ub" not in str(stored)
    assert not JobSecret.objects.exists()


def test_what_a_program_asks_to_be_masked_is_masked_and_told_to_no_child() -> None:
    job = run_python(
        "import quaero_job, sys\nprint('::add-mask::hunter2-token')\nprint('a hunter2-token', file=sys.stderr)\n"
        "quaero_job.spawn('1', parameters={'given': 'hunter2-token'})\nraise ValueError('hunter2-token')"
    )
    child = Job.objects.get(parent=job)
    assert "a ***" in said(job)  # of two pipes, in either order
    assert job.error == "ValueError: ***"
    assert child.spec["secrets"] == ["given"]
    assert "hunter2" not in f"{said(job)} {said_by_system(job)} {child.spec}"


def test_configured_patterns_are_masked(settings: Settings) -> None:
    settings.QUAERO_MASK_PATTERNS = (r"tok_[a-z0-9]+",)
    assert said(run_shell("printf 'a tok_'; sleep 1.3; echo 'abc123 b'")) == ["a *** b"]


def test_two_workers_run_a_job_once() -> None:
    job = order_program("echo begun", language="shell")
    threads = [threading.Thread(target=execute, args=(job.pk,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said(job) == ["begun"]


@pytest.mark.parametrize("job_id", [None, UNKNOWN_ID])
def test_what_is_not_there_or_not_due_is_left_alone(job_id: object) -> None:
    if job_id is None:
        job = order_program("echo begun", language="shell")
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now() + timedelta(minutes=1))
        job_id = job.pk
    execute(job_id)  # type: ignore[arg-type]
    assert not LogEntry.objects.exists()
    assert not Job.objects.filter(status="running").listed().exists()  # type: ignore[attr-defined]


def test_a_worker_that_stops_takes_nothing(monkeypatch: Monkeypatch) -> None:
    stopping = WorkerSession()
    stopping.stop()
    monkeypatch.setattr("jobs.running.workers.session._current", stopping)
    assert run_shell("echo never").status == "pending"


@pytest.mark.parametrize("moment", ["claim_job", "command_of"])
def test_a_job_that_is_deleted_as_it_begins_is_no_mistake(
    moment: str, monkeypatch: Monkeypatch, caplog: pytest.LogCaptureFixture
) -> None:
    def delete_it(*arguments: object) -> bool:
        Job.objects.listed().delete()  # type: ignore[attr-defined]
        if moment == "command_of":
            raise command.CannotRun("it is too late")
        return True

    job = order_program("echo never", language="shell")
    monkeypatch.setattr({"claim_job": lifecycle, "command_of": execute_module}[moment], moment, delete_it)
    execute(job.pk)
    assert caplog.records == []


def test_a_mistake_in_the_midst_of_a_run_leaves_no_process_and_fails_the_job(monkeypatch: Monkeypatch) -> None:
    def mistaken(process: Process, *rest: object, **options: object) -> None:
        pids.append(process.pid)
        raise RuntimeError("a mistake")

    pids: list[int] = []
    monkeypatch.setattr(runner, "Capture", mistaken)
    job = run_shell("sleep 60")
    assert (job.status, job.error) == ("failed", "the worker could not run it: RuntimeError: a mistake")
    assert not psutil.pid_exists(pids[0])


def test_why_it_was_stopped_outweighs_the_memory_that_it_uses_then(settings: Settings) -> None:
    settings.QUAERO_RUN_MEMORY_MB = 64
    job = run_python(
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (os.fork(), b'x' * (40 << 20), time.sleep(60)))\n"
        "time.sleep(60)",
        timeout=0.5,
    )
    assert (job.status, job.error) == ("failed", "timed out after 0.5 s")


def test_a_cancel_ends_a_run_and_everything_it_started() -> None:
    job = order_program("sleep 60 & echo begun; wait", language="shell")
    thread = threading.Thread(target=execute, args=(job.pk,))
    thread.start()
    eventually(lambda: said(job))
    assert operations.cancel(Job.objects.get(pk=job.pk), "Ada") == [job.pk]
    thread.join(10)
    job = Job.objects.get(pk=job.pk)
    assert job.status == "cancelled"
    assert said_by_system(job)[0] == "cancel requested by Ada"


def test_a_run_whose_job_somebody_else_has_taken_ends_and_changes_nothing() -> None:
    """As when a worker was silent for long, and the reaper has begun another attempt."""
    job = order_program("echo begun; sleep 60", language="shell")
    thread = threading.Thread(target=execute, args=(job.pk,))
    thread.start()
    eventually(lambda: said(job))
    lifecycle.retry_job(job.pk, 1, due_at=timezone.now() + timedelta(hours=1))
    thread.join(15)
    assert not thread.is_alive()
    assert Job.objects.values_list("status", "attempt").get(pk=job.pk) == ("pending", 2)


def test_a_program_spawns_children_of_its_own_creator(operator: object) -> None:
    job = run_python(
        "import quaero_job\nquaero_job.spawn('print(1)', name='child', parameters={'password': 'x' * 9}, timeout=5)",
        origin=Origin(created_by=operator),  # type: ignore[arg-type]
    )
    child = Job.objects.get(parent=job)
    assert (child.name, child.created_by, child.spec["secrets"], child.spec["timeout"]) == (
        "child", operator, ["password"], 5.0,
    )  # fmt: skip
    assert ran(child).status == "completed"


def test_a_spawn_that_is_refused_is_an_error_in_the_parents_log() -> None:
    job = run_python("import quaero_job\nquaero_job.spawn(runnable='no such thing')\nprint('goes on')")
    assert (job.status, said(job)) == ("completed", ["goes on"])
    assert said_by_system(job)[0].startswith("cannot spawn: there is no registered job 'no such thing'")


def test_a_worker_whose_settings_forbid_the_language_fails_the_job(settings: Settings) -> None:
    job = order_program("echo begun", language="shell")
    settings.QUAERO_PROGRAMS = ("python",)
    job = ran(job)
    assert (job.status, job.error) == ("failed", "QUAERO_PROGRAMS of this worker does not allow shell programs")


def test_a_run_that_cannot_be_made_ready_leaves_no_directory_behind(scratches: Path, monkeypatch: Monkeypatch) -> None:
    monkeypatch.setattr(command, "written", full_disk)
    job = run_shell("echo never")
    assert (job.status, job.error) == ("failed", "the worker could not run it: OSError: no space is left")
    assert list(scratches.iterdir()) == []


def test_a_run_that_cannot_be_started_leaves_no_directory_behind(scratches: Path, monkeypatch: Monkeypatch) -> None:
    monkeypatch.setattr(guarded, "GUARDIAN", ("/no/such/python",))
    job = run_shell("echo never")
    assert (job.status, job.error) == ("failed", "cannot start /no/such/python: no such file or directory")
    assert list(scratches.iterdir()) == []


@pytest.fixture
def scratches(tmp_path: Path, monkeypatch: Monkeypatch) -> Path:
    """Where the directories of runs are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def full_disk(path: Path, program: str) -> Path:
    path.write_text(program[:3])
    raise OSError("no space is left")
