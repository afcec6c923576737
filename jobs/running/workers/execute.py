"""What a worker does with a due job: claims it, runs what its spec says, and ends it or has it tried again."""

from __future__ import annotations

import logging
import signal
from contextlib import nullcontext
from uuid import UUID

from jobs import lifecycle, statuses
from jobs.models import Job, NoSuchJob
from jobs.patience import patiently
from jobs.recording import NewEntry
from jobs.running.ending import end_attempt
from jobs.running.ordering.spawning import spawn
from jobs.running.output.items import SpawnRequest
from jobs.running.processes.cgroups import new_cgroup
from jobs.running.processes.guarded import GuardedProcess
from jobs.running.processes.process import OWN_FAILURE, Process
from jobs.running.runner import CommandRun, Findings, Host, Runner
from jobs.running.workers.command import CannotRun, RunCommand, command_of
from jobs.running.workers.session import WorkerSession, current
from jobs.terms.outcome import Outcome
from jobs.terms.streams import SYSTEM

logger = logging.getLogger(f"quaero.{__name__}")


def execute(job_id: UUID) -> None:
    """Runs the job to its end, if it is due and no other worker has it. Raises nothing for the job's sake."""
    session = current()
    if session.is_stopping or not patiently(lambda: lifecycle.claim_job(job_id, session.name)):
        return
    try:
        job = patiently(lambda: Job.objects.select_related("created_by").get(pk=job_id))
    except Job.DoesNotExist:  # deleted in this moment
        return
    try:
        run_claimed(job, session)
    except NoSuchJob:
        return
    except Exception as error:
        logger.exception("A worker could not run job %s", job.pk)
        fail(job, f"the worker could not run it: {type(error).__name__}: {error}")


def run_claimed(job: Job, session: WorkerSession) -> None:
    try:
        command = command_of(job)
    except CannotRun as problem:
        fail(job, str(problem))
        return
    runner = WorkerRun(job, command, session).runner
    with session.running(job, runner.stopper):
        runner.run_begun()


def fail(job: Job, problem: str) -> None:
    entry = NewEntry(problem, "error", stream=SYSTEM)
    patiently(lambda: end_attempt(job, Outcome(statuses.FAILED, OWN_FAILURE, problem), [entry]))


class WorkerRun:
    """One attempt at a claimed job. Its outcome is kept, and tried to store, as long as the worker lives."""

    def __init__(self, job: Job, command: RunCommand, session: WorkerSession) -> None:
        self._job, self._command, self._session = job, command, session
        run = CommandRun(
            command=command.arguments,
            timeout=command.timeout,
            masker=command.masker,
            on_spawn=self._spawn,
        )
        host = Host(
            start=self._start,
            examine=self._examine,
            tidy_up=command.remove_scratch,
            waits_for_database=self._waits_for_database,
            signals=lambda _: nullcontext(),  # they are the worker's, which knows what to do
        )
        self.runner = Runner(run, job, lambda words: logger.warning("Job %s: %s", job.pk, words), host)

    def _start(self, run: CommandRun, job: Job) -> Process:
        command = self._command
        return GuardedProcess(
            run.command,
            command.environment,
            directory=command.directory,
            scratch=command.scratch,
            bounds=command.bounds,
            user=command.user,
            cgroup=new_cgroup(str(job.pk), command.bounds),
        )

    def _spawn(self, request: SpawnRequest) -> None:
        spawn(self._job, request.data, self._command.masker)

    def _waits_for_database(self) -> bool | None:
        return not self._session.must_end_job if self._session.is_working else None

    def _examine(self, process: Process) -> Findings:
        assert isinstance(process, GuardedProcess)
        count = process.left_behind
        left = [f"ended {count} process{'es' if count > 1 else ''} that it had left behind"] if count else []
        return Findings(left, self._broken_bound(process))

    def _broken_bound(self, process: GuardedProcess) -> str:
        bounds = self._command.bounds
        if process.broken_bound is not None:
            return bounds.broken(*process.broken_bound)
        if bounds.file_bytes and process.wait() == 128 + signal.SIGXFSZ:
            return f"a file was to become larger than {bounds.file_bytes >> 20} MiB, which is the most that is allowed"
        return ""
