"""Runs a command as a job: process, capture, recorder, heartbeat and stopper put together."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from jobs import lifecycle, statuses
from jobs.background import leftovers
from jobs.background.items import JobEnded
from jobs.background.storing import Append
from jobs.models import Job, NoSuchJob
from jobs.patience import PATIENCE, DatabaseFails, persistently
from jobs.recording import NewEntry
from jobs.running.ending import attempts_of, end_attempt
from jobs.running.lease import JobLease
from jobs.running.output.backlog import Backlog
from jobs.running.output.capture import Capture
from jobs.running.output.items import SpawnRequest
from jobs.running.output.recorder import Recorder
from jobs.running.processes import stopping
from jobs.running.processes.caller import Given
from jobs.running.processes.forwarding import signals_forwarded_to
from jobs.running.processes.machine import worker_name
from jobs.running.processes.process import OWN_FAILURE, CannotStart, Process
from jobs.running.processes.stopping import Stopper
from jobs.running.processes.tied import TiedProcess
from jobs.secrets.masking import Masker
from jobs.storable import Json
from jobs.terms.environment import JOB_ID_VARIABLE
from jobs.terms.outcome import Outcome
from jobs.terms.streams import SYSTEM

GRACE = timedelta(seconds=10)
TICK_S = 0.2  # how late a timeout or a KILL may come


@dataclass(frozen=True, kw_only=True)
class CommandRun:
    """A command to run, and how."""

    command: Sequence[str]
    given: Given | None = None  # what it has of its caller; None: what this process has
    step_name: str = ""
    timeout: timedelta | None = None
    grace: timedelta = GRACE
    echo: bool = False
    patience: timedelta = PATIENCE  # so long the database may fail when the command has ended
    masker: Masker = field(default_factory=Masker)
    """What is secret from the start. It learns what the command asks to be masked."""
    on_spawn: Callable[[SpawnRequest], None] | None = None


def start_tied(run: CommandRun, job: Job) -> Process:
    """Starts a command that ends with this process. Raises CannotStart."""
    # Python's own buffering would hold a script's lines back until there are 8 KiB of them.
    given = run.given or Given(os.environ)
    environment = {"PYTHONUNBUFFERED": "1", **given.environment, JOB_ID_VARIABLE: str(job.pk)}
    return TiedProcess(run.command, environment, pass_fds=given.descriptors)


class Findings(NamedTuple):
    """What is known of a command that has ended, beside its exit code."""

    warnings: Sequence[str] = ()
    failure: str = ""  # why it has failed, whatever it says itself


@dataclass(frozen=True, kw_only=True)
class Host:
    """What a runner leaves to the process that it is in. The defaults are for one that runs this command alone."""

    start: Callable[[CommandRun, Job], Process] = start_tied
    """Raises CannotStart."""
    examine: Callable[[Process], Findings] = lambda process: Findings()
    """Called when the process and its output have ended."""
    tidy_up: Callable[[], None] = lambda: None
    """Called when everything is recorded, before the job ends; also when nothing could be started."""
    waits_for_database: Callable[[], bool | None] = lambda: None
    """Whether a database that fails is to be waited for; None: as long as the run's patience lasts."""
    signals: Callable[[Callable[[int], None]], AbstractContextManager[None]] = signals_forwarded_to
    """Within it, the signals of this process go to the function."""


class Runner:
    """Runs one command for one job. `say` gets what the person at the terminal should know."""

    def __init__(self, run: CommandRun, job: Job, say: Callable[[str], None], host: Host | None = None) -> None:
        self._command_run, self._job, self._host = run, job, host or Host()
        self._say: Callable[[str], None] = lambda words: say(run.masker.mask(words))
        self._backlog = Backlog()
        self.stopper = Stopper(run.grace)
        self._noted_reason: stopping.Reason | None = None
        self._tries_until: float | None = time.monotonic() + min(run.patience, PATIENCE).total_seconds()
        self._is_impatient = self._has_said_waiting = False
        self._loss: list[NewEntry] = []
        self._result: Json = None

    def run(self) -> Outcome:
        """Runs the command to its end, all of its output recorded, and then ends the job (D4)."""
        if not persistently(lambda: lifecycle.start_job(self._job, worker=worker_name()), self._tries_on):
            self._say("the job had ended before it began, so the command was not started")
            return Outcome(statuses.CANCELLED, OWN_FAILURE, "ended before it began")
        return self.run_begun()

    def run_begun(self) -> Outcome:
        """As `run`, of a job that is running already."""
        lease = JobLease(
            self._job,
            on_cancel=lambda: self.stopper.ask(stopping.requested()),
            on_lost=lambda: self.stopper.ask(stopping.lost_lease()),
        )
        heartbeat = lease.kept()
        heartbeat.start()
        try:
            with self._host.signals(self._on_signal):
                try:
                    outcome = self._run_command()
                finally:
                    self._host.tidy_up()
                outcome = outcome._replace(error=self._command_run.masker.mask(outcome.error))
                self._result = self._command_run.masker.mask_json(self._result)
                self._finish(outcome)
        finally:
            heartbeat.stop()
        return outcome

    def _run_command(self) -> Outcome:
        """Runs the command; returns when everything it said is recorded."""
        run = self._command_run
        recorder = Recorder(
            self._job,
            step_name=run.step_name,
            say=self._say,
            tries_on=self._tries_on,
            masker=run.masker,
            on_spawn=run.on_spawn,
        )
        recorder_thread = threading.Thread(target=recorder.run, args=(self._backlog,), name="recorder", daemon=True)
        recorder_thread.start()
        try:
            outcome = self._run_process()
        except CannotStart as problem:
            self._say(str(problem))
            self._note(str(problem), "error")
            outcome = Outcome(statuses.FAILED, problem.exit_code, str(problem))
        finally:
            self._tries_until = time.monotonic() + run.patience.total_seconds()
            self._backlog.close()
            recorder_thread.join()
            self._result = recorder.result
        if outcome.exit_code and not outcome.error:
            outcome = outcome._replace(error=recorder.failure or f"exit code {outcome.exit_code}")
        if outcome.status == statuses.FAILED:
            recorder.fail_step(run.masker.mask(outcome.error))
        self._loss = recorder.loss()
        return outcome

    def _run_process(self) -> Outcome:
        reason = self.stopper.reason
        if reason is not None:  # before there was anything to stop
            return Outcome(reason.status, 128 + reason.signal_number, reason.error)
        process = self._host.start(self._command_run, self._job)
        self._tries_until = None
        try:
            return self._followed(process)
        finally:
            process.close()

    def _followed(self, process: Process) -> Outcome:
        """To its end, and that of its output."""
        self.stopper.watch(process)
        capture = Capture(
            process,
            self._backlog,
            echo=self._command_run.echo,
            linger_while=self.stopper.waits,
            masker=self._command_run.masker,
        )
        capturing = threading.Thread(target=capture.run, name="capture", daemon=True)
        capturing.start()
        self._attend(process, capturing)
        return self._outcome(process)

    def _on_signal(self, number: int) -> None:
        if self._tries_until is not None:  # there is nothing to end but the waiting for a database that fails
            self._is_impatient = True
        self.stopper.ask(stopping.signalled(number))

    def _tries_on(self) -> bool:
        """Whether a database that fails may be waited for: as long as the command runs, and for a while after it."""
        decided = self._host.waits_for_database()
        if decided is not None:
            return decided
        return not self._is_impatient and (self._tries_until is None or time.monotonic() < self._tries_until)

    def _attend(self, process: Process, capturing: threading.Thread) -> None:
        """Waits for the end of the output and of the command, and stops what is to be stopped."""
        started = time.monotonic()
        timeout = self._command_run.timeout
        while not process.has_ended() or capturing.is_alive() or self.stopper.waits():
            capturing.join(TICK_S)
            if not capturing.is_alive():
                time.sleep(TICK_S / 10)  # it has closed its output, but has not ended
            if timeout is not None and time.monotonic() - started >= timeout.total_seconds():
                self.stopper.ask(stopping.timed_out(timeout))
                timeout = None
            has_killed = self.stopper.tick()
            self._note_stopping(has_killed)
        self._note_stopping(False)

    def _note_stopping(self, has_killed: bool) -> None:
        if self.stopper.reason is not self._noted_reason and self.stopper.reason is not None:
            self._noted_reason = self.stopper.reason
            self._note(self._noted_reason.error, "warn")
        if has_killed and self._noted_reason is not None:
            grace = self._command_run.grace if self._noted_reason.grace is None else self._noted_reason.grace
            self._note(f"still running {grace.total_seconds():g} s later: killed", "warn")

    def _note(self, text: str, level: str) -> None:
        self._backlog.put([NewEntry(self._command_run.masker.mask(text), level, stream=SYSTEM)], wait=False)

    def _outcome(self, process: Process) -> Outcome:
        code, reason = process.wait(), self.stopper.reason
        findings = self._host.examine(process)
        for warning in findings.warnings:
            self._note(warning, "warn")
        if reason is not None:
            return Outcome(reason.status, code if reason.exit_code is None else reason.exit_code, reason.error)
        if findings.failure:
            self._note(findings.failure, "error")
            return Outcome(statuses.FAILED, code, findings.failure)
        if process.killed_by:
            return Outcome(statuses.FAILED, code, f"killed by {process.killed_by}")
        return Outcome(statuses.FAILED if code else statuses.COMPLETED, code, "")  # the program itself may say why

    def _finish(self, outcome: Outcome) -> None:
        for loss in self._loss:
            self._say(loss.message)
        try:
            won = persistently(lambda: self._end_job(outcome), self._tries_on, partial(self._say_waiting, outcome))
        except NoSuchJob as problem:
            self._say(f"cannot record that the job has {outcome.status}: {problem}")
            return
        except DatabaseFails as problem:
            by_whom = "; the server does when it can" if self._leave(outcome) else ""
            self._say(f"cannot record that the job has {outcome.status}: {problem}{by_whom}")
            return
        if not won:
            self._say(f"the job has {outcome.status}, but it had been ended or deleted before")

    def _leave(self, outcome: Outcome) -> bool:
        """Whether others will store it. One that may be tried again is lost: the next attempt may run by then."""
        if attempts_of(self._job) > 1:
            return False
        end = JobEnded(
            self._job.pk, outcome.status, outcome.exit_code, self._result, outcome.error, datetime.now(UTC).timestamp()
        )
        return leftovers.leave([Append(self._job.pk, self._loss), end] if self._loss else [end])

    def _say_waiting(self, outcome: Outcome, problem: Exception) -> None:
        if not self._has_said_waiting:
            self._has_said_waiting = True
            self._say(f"cannot record yet that the job has {outcome.status}, and tries on: {problem}")

    def _end_job(self, outcome: Outcome) -> bool:
        return end_attempt(self._job, outcome._replace(result=self._result), self._loss)
