"""Secret parameters: stored encrypted until the run ends, and shown nowhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Annotated, Any

import pytest
from django.conf import settings as installed
from django.db import connection
from pytest_django import Settings

from jobs import lifecycle
from jobs.models import Job, JobSecret
from jobs.runnables import BadParameters, Secret
from jobs.running.ending import end_attempt
from jobs.running.ordering.reruns import rerun
from jobs.running.workers.command import CannotRun, command_of
from jobs.secrets import sealing
from jobs.secrets.names import is_sensitive
from jobs.secrets.sealing import SecretIsLost, seal, unsealed
from jobs.terms.outcome import Outcome
from tests.api.sending import EXECUTE_ASYNC, Sender, answered
from tests.factories import make_job, make_user
from tests.orders import program, registered, run_of

pytestmark = [pytest.mark.django_db(transaction=True)]

SECRET = "zebra-crossing-4711"


@pytest.fixture(autouse=True)
def programs_on(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python",)


def sign_in(user: str, password: Annotated[str, Secret()], pin: Annotated[str | None, Secret()] = None) -> None:
    """Signs in."""


def stored_bytes() -> bytes:
    """The bytes of the database's files, as a thief would find them.

    Another process reads them: closing the file in this one would drop the locks that SQLite has on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    path = Path(connection.settings_dict["NAME"])
    return subprocess.run(["cat", *path.parent.glob(f"{path.name}*")], check=True, stdout=subprocess.PIPE).stdout


def test_a_secret_comes_back_as_it_was() -> None:
    job = make_job()
    secrets = {"plain": SECRET, "empty": "", "odd": "ä\0\n'\ud800", "large": "x" * 60_000}
    seal(job, secrets)
    assert unsealed(job) == secrets
    assert unsealed(make_job()) == {}


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    job = make_job()
    seal(job, {"a": SECRET, "b": SECRET})
    assert len(set(JobSecret.objects.values_list("sealed", flat=True))) == 2


@pytest.mark.parametrize("secret", [SECRET, 47_110_815_471_108_154, f"{SECRET}\n{SECRET}", f'"{SECRET}"'])
def test_no_row_and_no_byte_of_the_database_has_it(secret: str | int) -> None:
    job = program(name=f"Import with {secret}".splitlines()[0], parameters={"password": secret, "day": 1})
    with registered(sign_in, name="sign in"):
        other = run_of("sign in", user="ann", password=str(secret), pin=SECRET)
    again = rerun(job, "ann", secrets={"password": secret})
    assert unsealed(again)["password"] == str(secret)
    stored = stored_bytes()
    assert str(job.pk.hex).encode() in stored  # it is the file that has the row
    assert other.spec["secrets"] == ["password", "pin"]
    assert str(secret).splitlines()[-1].strip('"').encode() not in stored
    rows = json.dumps(list(Job.objects.values()), default=str)
    assert str(secret).splitlines()[-1].strip('"') not in rows


def test_no_answer_of_the_api_has_it() -> None:
    sender = Sender(make_user("ann", "Quaero operators", "Quaero runners"))
    order = {"program": "login()", "name": f"login {SECRET}", "parameters": {"key": SECRET}, "secrets": ["key"]}
    response = sender.post(EXECUTE_ASYNC, order)
    job_id = answered(response)["execution_id"]
    again = answered(sender.post(f"/api/jobs/{job_id}/rerun", {"parameters": {"key": SECRET}}))
    answers = [
        sender.get(path)
        for path in (
            *("/api/jobs", "/api/executions", "/api/service/logs", "/api/workers", f"/api/jobs/{again['id']}"),
            *(f"/api/jobs/{job_id}{rest}" for rest in ("", "/steps", "/logs")),
            f"/api/result/{job_id}",
        )
    ]
    answers.append(sender.post(f"/api/jobs/{job_id}/cancel"))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert not [answer.request["PATH_INFO"] for answer in answers if SECRET.encode() in answer.content]


@pytest.mark.parametrize(
    "order",
    [
        {"parameters": {"password": SECRET, "a\0": 1}},
        {"parameters": {"password": [SECRET]}},
        {"parameters": {"password": SECRET}, "timeout": -1},
        {"parameters": {"password": f"{SECRET}\0"}},
        {"parameters": {"password": SECRET * 9999}},
        {"parameters": {"password": SECRET}, "secrets": ["other"]},
        {"parameters": {"password": SECRET}, "secret": []},
    ],
)
def test_no_refusal_has_it(order: dict[str, Any]) -> None:
    sender = Sender(make_user("ann", "Quaero runners"))
    response = sender.post(EXECUTE_ASYNC, {"program": "1", **order})
    assert 400 <= response.status_code < 500
    assert SECRET.encode() not in response.content
    assert JobSecret.objects.count() == 0


def test_a_refusal_of_a_registered_jobs_parameters_does_not_have_it() -> None:
    with registered(sign_in, name="sign in"), pytest.raises(BadParameters) as refused:
        run_of("sign in", password=SECRET, pin=5)
    assert SECRET not in json.dumps([str(refused.value), refused.value.problems])


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_the_end_of_a_job_is_the_end_of_its_secrets(status: str) -> None:
    job, other = program(parameters={"password": SECRET}), program(parameters={"password": SECRET})
    lifecycle.finish_job(job, status)
    assert set(JobSecret.objects.values_list("job", flat=True)) == {other.pk}


def test_a_lost_race_to_the_end_keeps_them() -> None:
    job = program(parameters={"password": SECRET})
    lifecycle.claim_job(job.pk, "a:1")
    stale = Job.objects.get(pk=job.pk)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    assert not end_attempt(stale, Outcome("completed", 0, ""))
    assert JobSecret.objects.count() == 1


def test_a_retry_has_them_still() -> None:
    with registered(sign_in, name="sign in", retries=1):
        job = run_of("sign in", user="ann", password=SECRET)
    lifecycle.claim_job(job.pk, "a:1")
    assert end_attempt(Job.objects.get(pk=job.pk), Outcome("failed", 1, "broke"))
    assert unsealed(job) == {"password": SECRET}


def test_with_another_secret_key_the_reason_is_clear(settings: Settings) -> None:
    job = program(parameters={"password": SECRET})
    settings.SECRET_KEY = installed.SECRET_KEY + "x"
    with pytest.raises(SecretIsLost, match="SECRET_KEY is not what it was"):
        unsealed(job)
    with pytest.raises(CannotRun, match="SECRET_KEY is not what it was"):
        command_of(job)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "PASSWORD", "passwd", "db_password", "db-password", "db.password", "the password", "dbPassword"),
        *("token", "api_key", "apikey", "API-KEY", "apiKey", "accessToken", "client_secret", "private_key"),
        *("passphrase", "credentials", "AWS_SECRET_ACCESS_KEY", "xApiKey"),
    ],
)
def test_some_names_show_a_secret(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize("name", ["", "day", "key", "tokens", "token_count", "keyboard", "secretary", "max_tokens"])
def test_others_do_not(name: str) -> None:
    assert not is_sensitive(name)


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_BASE", "pass", "dbPass", "pwd", "token_2", "PGPASSWORD"])
def test_names_as_programs_use_them_show_a_secret_too(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize(
    "name",
    [
        "PWD",
        "compass",
        "bypass",
        "passes",
        "pass-through",
        "author",
        "tokenizer",
        "monkey",
        "token_file",
        "password_id",
    ],
)
def test_what_only_has_such_letters_does_not(name: str) -> None:
    assert not is_sensitive(name)


def test_attributes_that_are_secret_by_their_names_are_never_stored() -> None:
    attributes = {"apiToken": "hunter2", "host": "a", "db": [{"password": "hunter2", "port": 1}], "has_token": True}
    job = lifecycle.create_job("a", attributes=attributes)
    job.refresh_from_db()
    assert job.attributes == {"apiToken": "***", "host": "a", "db": [{"password": "***", "port": 1}], "has_token": True}


def test_without_cryptography_secrets_are_refused_and_all_else_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "fernet", None)
    sender = Sender(make_user("ann", "Quaero runners"))
    body = sender.refused(403, "extra_missing", program="1", parameters={"pin": "4711"}, secrets=["pin"])
    assert "django-quaero[programs]" in body["error"]
    command_of(program("1", parameters={"shop": 7})).remove_scratch()


def test_a_worker_without_cryptography_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    job = program("1", parameters={"pin": SECRET}, secrets=["pin"])
    monkeypatch.setattr(sealing, "fernet", None)
    with pytest.raises(CannotRun, match=r"django-quaero\[programs\]"):
        command_of(job)
