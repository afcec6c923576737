"""Refusals: one kind of error, in one shape at every door."""

from __future__ import annotations

import ast
import inspect
import json
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.management.base import CommandError
from django.http import Http404

from jobs import errors, levels, operations
from jobs.errors import Forbidden, MethodNotAllowed, Refusal, Unauthenticated, Unavailable
from jobs.lifecycle import JobIsRunning
from jobs.models import NoSuchJob, StepOfAnotherJob
from jobs.queries.cursors import CursorOfAnotherJob
from jobs.runnables import BadParameters, UnknownRunnable
from jobs.terminal.command import command_error
from jobs.validation.query import BadParameter, UnknownParameter
from jobs.web.refusals import body_of, refusal_of, response_to
from tests.factories import make_job

DOMAIN = [
    (levels.UnknownLevel("loud"), 400, "bad_value"),
    (StepOfAnotherJob("x"), 400, "bad_value"),
    (CursorOfAnotherJob("x"), 400, "cursor_of_another_job"),
    (BadParameter("level", "loud", "one of info"), 400, "bad_parameter"),
    (UnknownParameter("levle", ("level",)), 400, "bad_parameter"),
    (BadParameters({"shop": "is missing"}), 400, "bad_parameters"),
    (UnknownRunnable("x", []), 404, "no_such_runnable"),
    (NoSuchJob("x"), 404, "no_such_job"),
    (JobIsRunning("x"), 409, "job_is_running"),
    (operations.JobHasEnded("x"), 409, "job_has_ended"),
    (operations.IsServiceJob("x"), 403, "forbidden"),
]


def test_the_base_imports_nothing_of_ours() -> None:
    names = [node.module for node in ast.walk(ast.parse(inspect.getsource(errors))) if isinstance(node, ast.ImportFrom)]
    assert [name for name in names if name and name.partition(".")[0] in ("jobs", "logstream", "quaero")] == []


@pytest.mark.parametrize(("error", "status", "code"), DOMAIN, ids=lambda value: type(value).__name__)
def test_what_the_domain_refuses_has_its_status_and_code(error: Refusal, status: int, code: str) -> None:
    assert refusal_of(error) is error
    assert (error.status, error.code) == (status, code)
    assert json.loads(body_of(error)) == {"error": str(error), "code": code, "detail": error.detail}


@pytest.mark.parametrize(
    ("error", "status"),
    [(Http404("secret"), 404), (PermissionDenied("secret"), 403), (RequestDataTooBig("secret"), 413)],
)
def test_what_django_refuses_is_translated_without_its_text(error: Exception, status: int) -> None:
    refusal = refusal_of(error)
    assert refusal is not None
    assert refusal.status == status
    assert "secret" not in str(refusal)


def test_what_is_nobodys_input_is_no_refusal() -> None:
    assert refusal_of(ValueError("a mistake of ours")) is None


@pytest.mark.parametrize(
    ("refusal", "header", "value"),
    [
        (Unauthenticated("x"), "WWW-Authenticate", "Bearer"),
        (Unavailable("x", retry_after_s=7), "Retry-After", "7"),
        (MethodNotAllowed("PUT", ("GET", "DELETE")), "Allow", "DELETE, GET"),
        (Forbidden("x"), "Cache-Control", "no-store"),
    ],
)
def test_a_response_has_the_headers_of_its_refusal(refusal: Refusal, header: str, value: str) -> None:
    response = response_to(refusal)
    assert (response.status_code, response.headers[header]) == (refusal.status, value)
    assert response.content == body_of(refusal)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(BadParameters({"a": "b"}), 2), (NoSuchJob("x"), 2), (JobIsRunning("x"), 1), (Forbidden("x"), 1)],
)
def test_a_command_ends_with_one_line_and_says_by_its_code_whose_fault_it_was(refusal: Refusal, code: int) -> None:
    error = command_error(refusal)
    assert isinstance(error, CommandError)
    assert (error.returncode, str(error)) == (code, str(refusal))


@pytest.mark.django_db
def test_a_refusal_is_still_the_error_that_python_code_expects() -> None:
    with pytest.raises(ValueError, match="is running"):
        operations.delete(make_job("import", status="running"), "a test")
    with pytest.raises(LookupError):
        raise NoSuchJob(f"there is no job {uuid4()}")
