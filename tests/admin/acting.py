"""Actions in the admin as a browser sends them, and what the pages show."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.test import Client

from jobs.models import Job

JOBS = "/admin/quaero_jobs/job/"
ENTRIES = "/admin/quaero_jobs/logentry/"
STEPS = "/admin/quaero_jobs/step/"
TOKENS = "/admin/quaero_jobs/token/"


def signed_in(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def change_page(job: Job | UUID) -> str:
    return f"{JOBS}{job.pk if isinstance(job, Job) else job}/change/"


def act(client: Client, action: str, *jobs: Job, **more: str) -> Any:
    chosen = {"action": action, "_selected_action": [str(job.pk) for job in jobs]}
    return client.post(JOBS, {**chosen, **more}, follow=True)


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def text_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


def names_listed(client: Client, **query: str) -> list[str]:
    return [job.name for job in client.get(JOBS, query).context["cl"].result_list]


def lines_listed(client: Client, **query: Any) -> list[int]:
    return [entry.line for entry in client.get(ENTRIES, query).context["cl"].result_list]


def form_of(job: Job) -> dict[str, str]:
    """The data of a form as a browser would send it now."""
    values = {"name": job.name, "kind": job.kind, "attributes": json.dumps(job.attributes)}
    counts = {"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"}
    return counts | values | {f"initial-{name}": value for name, value in values.items()}
