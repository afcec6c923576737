"""What a worker does with a due job: claims it, runs what its spec says, and ends it or has it tried again."""

from __future__ import annotations

import logging
import signal
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from jobs import lifecycle, statuses
from jobs.models import Job, NoSuchJob
from jobs.patience import patiently
from jobs.recording import NewEntry
from jobs.running.ending import Outcome, end_attempt
from jobs.running.ordering.spawning import spawn
from jobs.running.output.items import SpawnRequest
from jobs.running.processes.cgroups import new_cgroup
from jobs.running.processes.guarded import GuardedProcess
from jobs.running.processes.process import OWN_FAILURE, Process
from jobs.running.runner import Order, Runner
from jobs.running.workers.command import CannotRun, RunCommand, command_of
from jobs.running.workers.session import WorkerSession, current

logger = logging.getLogger(__name__)


def execute(job_id: UUID) -> None:
    """Runs the job to its end, if it is due and nobody else has it. Raises nothing for the job's sake."""
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
    run = WorkerRun(job, command, session)
    with session.running(job, run.stopper):
        run.run_begun()


def fail(job: Job, problem: str) -> None:
    entry = NewEntry(problem, "error", stream="system")
    patiently(lambda: end_attempt(job, Outcome(statuses.FAILED, OWN_FAILURE, problem), [entry]))


class WorkerRun(Runner):
    """One attempt at a claimed job. Its outcome is kept, and tried to store, as long as the worker lives."""

    def __init__(self, job: Job, command: RunCommand, session: WorkerSession) -> None:
        order = Order(
            command=command.arguments,
            timeout=command.timeout,
            masker=command.masker,
            on_spawn=self._spawn,
        )
        super().__init__(order, job, lambda words: logger.warning("Job %s: %s", job.pk, words))
        self._command_to_run, self._session = command, session

    def _spawn(self, request: SpawnRequest) -> None:
        spawn(self._job, request.data, self._order.masker)

    def _tries_on(self) -> bool:
        return not self._session.must_end_job if self._session.is_working else super()._tries_on()

    def _run_command(self) -> Outcome:
        try:
            return super()._run_command()
        finally:
            self._command_to_run.remove_scratch()

    def _signals(self) -> AbstractContextManager[None]:
        return nullcontext()  # they are the worker's, which knows what to do

    def _start_process(self) -> Process:
        command = self._command_to_run
        return GuardedProcess(
            command.arguments,
            command.environment,
            directory=command.directory,
            scratch=command.scratch,
            bounds=command.bounds,
            user=command.user,
            cgroup=new_cgroup(str(self._job.pk), command.bounds),
        )

    def _outcome(self, process: Process) -> Outcome:
        outcome = super()._outcome(process)
        assert isinstance(process, GuardedProcess)
        if process.left_behind:
            count = process.left_behind
            self._note(f"ended {count} process{'es' if count > 1 else ''} that it had left behind", "warn")
        error = self._broken_bound(process, outcome) if self.stopper.reason is None else ""
        if error:
            self._note(error, "error")
            return outcome._replace(status=statuses.FAILED, error=error)
        return outcome

    def _broken_bound(self, process: GuardedProcess, outcome: Outcome) -> str:
        bounds = self._command_to_run.bounds
        if process.broken_bound is not None:
            return bounds.broken(*process.broken_bound)
        if bounds.file_bytes and outcome.exit_code == 128 + signal.SIGXFSZ:
            return f"a file was to become larger than {bounds.file_bytes >> 20} MiB, which is the most that is allowed"
        return ""
