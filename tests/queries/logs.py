"""Logs of all kinds over the entries of one job, for what must be right for each of them."""

from __future__ import annotations

from collections.abc import Callable

from jobs.models import Job
from jobs.queries import Filter, Log
from jobs.queries.entry_fields import FieldValue
from tests.factories import append_lines, make_job, make_step

SEARCH = "7"


def job_among_others() -> Job:
    """Of 300 entries among those of others, some in a step and some of a child."""
    job = make_job()
    step, child, stranger = make_step(job), make_job("child", parent=job), make_job("stranger")
    for begin in range(0, 300, 50):
        append_lines(job, [str(number) for number in range(begin, begin + 50)], step=step if begin % 100 else None)
        append_lines(child, ["17", "18"], fields={"n": 7})
        append_lines(stranger, ["27", "28"])
    return Job.objects.get(pk=job.pk)


LOGS: dict[str, Callable[[Job], Log]] = {
    "job": lambda job: Log(job.pk, Filter(search=SEARCH)),
    "step": lambda job: Log(job.pk, Filter(search=SEARCH, step=job.steps.get().pk)),
    "family": lambda job: Log(job.pk, Filter(search=SEARCH, family=job.pk)),
    "service": lambda job: Log(None, Filter(search=SEARCH)),
    "job in the service log": lambda job: Log(None, Filter(search=SEARCH, job=job.pk)),
    "counted": lambda job: Log(job.pk, Filter(level=20)),
    "nothing": lambda job: Log(job.pk, Filter(search="nowhere")),
    "source": lambda job: Log(job.pk, Filter(source="")),
    "fields": lambda job: Log(None, Filter(fields=(FieldValue("n", "7"),))),
    "lines": lambda job: Log(job.pk, Filter(first_line=40, last_line=90)),
}
