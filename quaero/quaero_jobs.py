"""The registered jobs that come with Quaero."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import msgspec
from pydantic import Field

from jobs import conf
from jobs.reporting import log, progress, result, step
from jobs.retention import Pruned, count_old_entries, prune_in_chunks
from jobs.runnables import job
from quaero.diagnosis import CHECKS, OK, PROBLEM, WARNING, findings_of

Days = Annotated[int, Field(ge=1, le=36_500, description="Entries that are at least so many days old are deleted.")]
RETENTION_DAYS = conf.retention_days()
LEVELS = {OK: "info", WARNING: "warn", PROBLEM: "error"}


class InstallationProblem(Exception):
    """Something is wrong with this installation; the findings say what."""


@job(steps=["Count", "Delete"], timeout=timedelta(days=1), concurrency="skip")
def prune_logs(older_than_days: Days = RETENTION_DAYS) -> dict[str, int]:
    """Deletes old log entries, oldest first, and the jobs that ended before them and have none left.

    In short transactions, so that writers do not wait long; what was done when it is cancelled stays done.
    """
    older_than = timedelta(days=older_than_days)
    with step("Count"):
        total = count_old_entries(older_than)
        log("info", f"{total:,} entries are older than {older_than_days} days")
    with step("Delete"):
        done = delete_old(older_than, total)
        log("info", f"deleted {done.entries:,} entries and {done.jobs:,} jobs")
    return {"entries": done.entries, "jobs": done.jobs}


def delete_old(older_than: timedelta, total: int) -> Pruned:
    done, reported = Pruned(), 0
    for part in prune_in_chunks(older_than):
        done = Pruned(*map(sum, zip(done, part, strict=True)))
        percent = min(100, 100 * done.entries // max(total, 1))
        if percent > reported:
            progress(percent)
            reported = percent
    return done


@job(steps=list(CHECKS), concurrency="skip")
def check_installation() -> list[dict[str, str]]:
    """Looks whether this installation is well: settings, database, free space, and the counters of the newest jobs.

    The result has a row for each check. It fails when one of them finds a problem.
    """
    findings = []
    for number, (name, checks) in enumerate(CHECKS.items(), 1):
        with step(name):
            for finding in (each for check in checks for each in findings_of(check)):
                log(LEVELS[finding.status], f"{finding.check}: {finding.detail}")
                findings.append(finding)
        progress(100 * number / len(CHECKS))
    rows: list[dict[str, str]] = msgspec.to_builtins(findings)
    problems = [finding for finding in findings if finding.status == PROBLEM]
    if problems:
        result(rows)  # what is raised has no result
        raise InstallationProblem("; ".join(f"{finding.check}: {finding.detail}" for finding in problems))
    return rows
