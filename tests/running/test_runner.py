"""Real commands as jobs, run in this process: what is recorded while they run, and how their end is told."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.dispatch import Signal

from jobs import lifecycle, patience, recording, signals
from jobs.background import leftovers
from jobs.models import Job
from jobs.running import runner
from jobs.running.ending import end_attempt
from jobs.running.ordering.programs import order_program
from jobs.running.runner import CommandRun, Runner
from jobs.running.workers.execute import execute
from jobs.running.workers.session import WorkerSession
from jobs.secrets.masking import Masker
from jobs.terms.outcome import Outcome
from tests.factories import make_job, stored_messages
from tests.processes import DEADLINE_S, ROOT, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def run(*command: str, **order: Any) -> tuple[Job, Outcome]:
    """Runs a command as a job, to its end."""
    job = make_job(status="pending")
    outcome = Runner(CommandRun(command=command, **order), job, print).run()
    job.refresh_from_db()
    return job, outcome


def sh(script: str, **order: Any) -> tuple[Job, Outcome]:
    return run("sh", "-c", script, **order)


def columns_of(job: Job, *columns: str) -> list[tuple[Any, ...]]:
    return list(job.entries.order_by("line").values_list(*columns))


def test_every_line_is_recorded_with_stream_and_level() -> None:
    job, _ = sh("echo one; echo 'ERROR: two' >&2; echo three >&2")
    by_stream = sorted(columns_of(job, "stream", "message", "level"))
    assert by_stream == [("stderr", "ERROR: two", 40), ("stderr", "three", 20), ("stdout", "one", 20)]


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("true", Outcome("completed", 0, "")),
        ("exit 3", Outcome("failed", 3, "exit code 3")),
        ("kill -KILL $$", Outcome("failed", 137, "killed by SIGKILL")),
    ],
)
def test_the_exit_code_becomes_the_status(script: str, outcome: Outcome) -> None:
    job, told = sh(script)
    assert told == outcome == (job.status, job.exit_code, job.error, job.result)
    assert job.finished_at is not None


@pytest.mark.parametrize(("command", "exit_code"), [("no-such-command", 127), ("/no/such/file", 127), ("/etc", 126)])
def test_a_command_that_cannot_start_fails_its_job_as_a_shell_would(command: str, exit_code: int) -> None:
    job, outcome = run(command)
    assert outcome.exit_code == job.exit_code == exit_code
    assert job.status == "failed"
    assert columns_of(job, "stream", "message") == [("system", job.error)]
    assert job.error.startswith(f"cannot start {command}: ")


@pytest.mark.parametrize(
    "command",
    [
        ("sh", "-c", "echo before; read x < $0; echo after"),
        (sys.executable, "-c", "import sys; print('before'); open(sys.argv[1]).read(); print('after')"),
    ],
)
def test_lines_are_recorded_while_the_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    job = make_job(status="pending")

    def run_it() -> None:
        Runner(CommandRun(command=(*command, str(fifo))), job, print).run()
        connection.close()

    thread = threading.Thread(target=run_it)
    thread.start()
    try:
        eventually(lambda: stored_messages(job) == ["before"])
    finally:
        fifo.write_text("go\n")
        thread.join(DEADLINE_S)
    assert stored_messages(job) == ["before", "after"]


def test_a_job_that_was_ended_before_it_began_is_not_run(tmp_path: Path) -> None:
    job = make_job(status="pending")
    lifecycle.finish_job(job, "cancelled")
    outcome = Runner(CommandRun(command=("touch", str(tmp_path / "ran"))), job, print).run()
    assert outcome.exit_code == 125
    assert not (tmp_path / "ran").exists()


def test_a_job_that_is_deleted_while_it_runs_does_not_disturb_the_command() -> None:
    said: list[str] = []
    job = make_job(status="pending")

    def say(text: str) -> None:
        said.append(text)

    deleting = "from jobs.models import Job; Job.objects.all().delete()"
    database = f"sqlite:///{connection.settings_dict['NAME']}"
    script = f'cd {ROOT}; DATABASE_URL={database} {sys.executable} manage.py shell -v0 -c "{deleting}"; seq 3; exit 6'
    outcome = Runner(CommandRun(command=("sh", "-c", script)), job, say).run()
    assert outcome.exit_code == 6
    assert len(said) == 3


def test_what_could_not_be_recorded_is_told_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    append = recording.append

    def append_unless_recorder(*arguments: Any) -> Any:
        if threading.current_thread().name == "recorder":
            raise OperationalError("database is locked")
        return append(*arguments)

    monkeypatch.setattr(recording, "append", append_unless_recorder)
    job, outcome = sh("seq 3; exit 4", patience=timedelta())
    assert outcome.exit_code == 4
    [loss] = stored_messages(job)
    assert loss.startswith("3 entries are lost here, of ")


def test_an_outcome_that_nobody_waits_for_any_more_is_left_for_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    said: list[str] = []
    job = make_job(status="pending")
    with monkeypatch.context() as full:
        full.setattr(runner, "end_attempt", raise_full)
        outcome = Runner(CommandRun(command=("sh", "-c", "exit 3"), patience=timedelta()), job, said.append).run()
    assert outcome.exit_code == 3
    assert said == ["cannot record that the job has failed: database or disk is full; the server does when it can"]
    leftovers.deliver()
    job.refresh_from_db()
    assert (job.status, job.exit_code, job.error) == ("failed", 3, "exit code 3")


def test_a_worker_keeps_an_outcome_for_longer_than_anybody_would_wait(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.QUAERO_PROGRAMS = ("python",)
    monkeypatch.setattr(patience, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(patience, "LONGEST_PAUSE_S", 0.01)
    passed_s = [0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed_s[0], sleep=time.sleep)
    monkeypatch.setattr(runner, "time", clock)

    def end_at_last(*arguments: Any) -> bool:
        if passed_s[0] < 1000:
            passed_s[0] += 100
            raise_full()
        return end_attempt(*arguments)

    monkeypatch.setattr(runner, "end_attempt", end_at_last)
    session = WorkerSession()
    job = order_program("print(1)")
    with session.working():
        execute(job.pk)
    job.refresh_from_db()
    assert (job.status, job.exit_code) == ("completed", 0)


def raise_full(*arguments: Any) -> None:
    raise OperationalError("database or disk is full")


def test_the_last_line_is_there_before_the_job_ends() -> None:
    job, _ = sh("seq 5000; printf 'no newline'")
    assert job.last_line == 5001
    assert stored_messages(job)[-1] == "no newline"


def test_the_end_waits_for_lines_that_are_still_being_recorded(
    announced: Callable[[Signal], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    said, has_ended = announced(signals.entries_appended), threading.Event()
    append, end = recording.append, runner.end_attempt

    def append_late(*arguments: Any) -> Any:
        has_ended.wait(0.2)
        return append(*arguments)

    def end_and_say(*arguments: Any) -> bool:
        won = end(*arguments)
        has_ended.set()
        return won

    monkeypatch.setattr(recording, "append", append_late)
    monkeypatch.setattr(runner, "end_attempt", end_and_say)
    job, _ = sh("echo one; printf two")
    assert stored_messages(job) == ["one", "two"]
    assert {each["batch"].job_status for each in said} == {"running"}


@pytest.mark.slow
def test_a_prompt_is_recorded_while_it_waits(tmp_path: Path) -> None:
    job, _ = sh("printf 'Sure? '; sleep 1.3; echo yes")
    assert columns_of(job, "message", "fields") == [("Sure? ", None), ("yes", {"continued": True})]


def test_groups_become_steps() -> None:
    job, _ = sh("echo a; echo ::group::build; echo b; echo ::endgroup::; echo ::group::test; exit 1", step_name="all")
    assert list(job.steps.values_list("name", "status", "error")) == [
        ("all", "failed", "exit code 1"),  # it is everything that the command does
        ("build", "completed", ""),
        ("test", "cancelled", ""),  # it was open, and nobody knows whether it is to blame
    ]
    assert columns_of(job, "message", "step__name") == [
        *(("a", "all"), ("b", "build"), ('step "all" failed: exit code 1', "all"))
    ]


def test_a_step_that_has_failed_says_why_in_the_log() -> None:
    job, _ = sh("echo ::group::build; echo '::endgroup status=failed::no disk'; echo ::group::test; echo ok")
    assert list(job.steps.values_list("name", "status", "error")) == [
        ("build", "failed", "no disk"),
        ("test", "completed", ""),
    ]
    assert columns_of(job, "message", "level", "stream", "step__name") == [
        ('step "build" failed: no disk', 40, "system", "build"),
        ("ok", 20, "stdout", "test"),
    ]


def test_a_cancel_fails_no_step() -> None:
    job, _ = sh("kill -TERM $PPID; sleep 60", step_name="all")
    assert (job.status, list(job.steps.values_list("status", "error"))) == ("cancelled", [("cancelled", "")])


def test_commands_set_levels_and_progress() -> None:
    job, _ = sh("echo '::error file=a.py,line=3::broken'; echo ::progress::45; echo ::debug::detail; exit 1")
    assert job.progress == 45
    assert columns_of(job, "message", "level", "fields") == [
        ("broken", 40, {"file": "a.py", "line": 3}),
        ("detail", 10, None),
    ]


def test_a_program_says_its_result_and_why_it_fails() -> None:
    job, outcome = sh("echo '::result::1'; echo '::result::{\"rows\": 2}'; echo '::failure::no disk'; exit 3")
    assert outcome == Outcome("failed", 3, "no disk")
    assert (job.result, job.error, stored_messages(job)) == ({"rows": 2}, "no disk", [])


def test_a_failure_is_none_when_the_program_ends_well_or_is_ended() -> None:
    assert sh("echo '::failure::no disk'")[1] == Outcome("completed", 0, "")
    assert sh("echo '::failure::no disk'; kill -KILL $$")[1].error == "killed by SIGKILL"
    _, outcome = sh("echo '::failure::no disk'; sleep 60", timeout=timedelta(seconds=0.3))
    assert outcome.error == "timed out after 0.3 s"


def test_secrets_are_masked_wherever_they_come() -> None:
    script = "echo a hunter2; echo '::group::hunter2'; echo '::result::[\"hunter2\"]'; echo ::failure::hunter2; exit 1"
    job, outcome = sh(script, masker=Masker(["hunter2"]))
    assert stored_messages(job) == ["a ***"]
    assert ([step.name for step in job.steps.all()], job.result, job.error) == (["***"], ["***"], "***")
    job, outcome = run("/no/hunter2", masker=Masker(["hunter2"]))
    assert stored_messages(job) == [outcome.error] == ["cannot start /no/***: no such file or directory"]


def test_what_a_command_asks_to_be_masked_is_masked_wherever_it_comes_and_in_its_job_alone() -> None:
    script = (
        "echo '::result::[\"hunter2\"]'; echo '::failure::hunter2'; echo '::add-mask::hunter2'; echo a hunter2 >&2; "
        "echo '::group::hunter2'; echo '::endgroup status=failed::hunter2'; exit 1"
    )
    job, _ = sh(script)
    step = job.steps.get()
    assert set(stored_messages(job)) == {"a ***", 'step "***" failed: ***'}
    assert (job.result, job.error, step.name, step.error) == (["***"], "***", "***", "***")
    assert stored_messages(sh("echo a hunter2")[0]) == ["a hunter2"]


def test_colours_are_kept_beside_the_plain_text() -> None:
    job, _ = sh(r"printf '\033[31mERROR\033[0m red\r\n'")
    assert columns_of(job, "message", "ansi", "level") == [("ERROR red", "\x1b[31mERROR\x1b[0m red", 40)]


def test_binary_output_does_no_harm() -> None:
    job, outcome = sh("head -c 3000000 /dev/urandom; head -c 3000000 /dev/zero; echo; echo end")
    assert outcome.status == "completed"
    assert stored_messages(job)[-1] == "end"


def test_a_line_beyond_a_mebibyte_is_cut_and_says_so() -> None:
    job, _ = sh("head -c 3145728 /dev/zero | tr '\\0' x; echo")
    [(message, fields)] = columns_of(job, "message", "fields")
    assert (len(message), fields) == (1048576, {"truncated_bytes": 2097152})


def test_a_child_that_keeps_the_output_open_does_not_hold_the_job() -> None:
    started = time.monotonic()
    job, outcome = sh("sleep 60 & echo $!; echo done")
    os.kill(int(stored_messages(job)[0]), signal.SIGKILL)
    assert outcome.status == "completed"
    assert time.monotonic() - started < 20
    assert stored_messages(job)[1] == "done"
    assert "left behind" in stored_messages(job)[2]


def test_the_command_knows_its_job() -> None:
    job, _ = sh("echo $QUAERO_JOB_ID")
    assert stored_messages(job) == [str(job.pk)]


def test_a_timeout_ends_the_whole_group() -> None:
    job, outcome = sh("sh -c 'echo $$; sleep 60'; true", timeout=timedelta(seconds=0.3))
    assert outcome == Outcome("failed", 124, "timed out after 0.3 s")
    inner, note = stored_messages(job)
    assert note == job.error == outcome.error
    with pytest.raises(ProcessLookupError):
        os.kill(int(inner), 0)


def test_a_command_that_ignores_the_signal_is_killed_after_its_grace() -> None:
    ignoring = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    job, outcome = sh(ignoring, timeout=timedelta(seconds=0.3), grace=timedelta(seconds=0.3))
    assert outcome.exit_code == 124
    assert stored_messages(job)[0] == "ready"
    assert "killed" in stored_messages(job)[-1]


@pytest.mark.slow
def test_a_requested_cancel_ends_the_command() -> None:
    job = make_job(status="pending")
    lifecycle.request_cancel(job)
    outcome = Runner(CommandRun(command=("sleep", "60")), job, print).run()
    job.refresh_from_db()
    assert outcome == Outcome("cancelled", 143, "cancelled on request")
    assert job.status == "cancelled"
