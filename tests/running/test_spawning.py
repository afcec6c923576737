"""Runs that start others: what becomes of what a program asks for."""

from __future__ import annotations

import re
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from jobs.models import SERVICE_JOB_ID, Job, JobSecret
from jobs.runnables import Secret
from jobs.running.ordering import pending
from jobs.running.ordering.spawning import spawn
from jobs.secrets.masking import Masker
from jobs.secrets.sealing import unsealed
from tests.factories import UNKNOWN_ID, make_job, make_user
from tests.orders import program, registered, run_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programs_on(settings: Settings) -> None:
    settings.QUAERO_PROGRAMS = ("python",)


@pytest.fixture
def parent(db: None) -> Job:
    return make_job("parent", created_by=make_user("ann"), worker="host:1")


def count_words(text: str = "", password: Annotated[str | None, Secret()] = None) -> None:
    """Counts."""


def request(**members: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "program": "print(1)", **members}


def refusal(parent: Job, data: dict[str, Any]) -> str:
    before = Job.objects.count()
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        spawn(parent, data)
    assert (Job.objects.count(), JobSecret.objects.count()) == (before, 0)
    return str(refused.value)


def test_a_program_becomes_a_child_with_the_id_that_was_chosen(parent: Job) -> None:
    data = request(name="part 1", timeout=5, parameters={"day": 1, "key": "k-1"}, secrets=["key"], attributes={"a": 1})
    child = Job.objects.get(pk=spawn(parent, data).pk)
    assert (child.pk, child.parent, child.created_by) == (UUID(data["id"]), parent, parent.created_by)
    assert (child.name, child.status, child.attributes, child.rerun_of) == ("part 1", "pending", {"a": 1}, None)
    assert (child.spec["timeout"], child.spec["parameters"], child.spec["secrets"]) == (5, {"day": 1}, ["key"])
    assert unsealed(child) == {"key": "k-1"}


def test_a_registered_job_becomes_a_child(parent: Job) -> None:
    data = {"id": str(uuid4()), "runnable": "count", "parameters": {"text": "x", "password": "p-1"}}
    with registered(count_words, name="count", steps=["Read"]):
        child = Job.objects.get(pk=spawn(parent, data).pk)
    assert (child.parent, child.kind, child.steps.get().name) == (parent, "registered", "Read")
    assert (child.spec["parameters"], unsealed(child)) == ({"text": "x"}, {"password": "p-1"})


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"id": None}, "id must be a UUID"),
        ({"id": "abc"}, "id must be a UUID, not a text"),
        ({"program": None}, "give either a program or a runnable"),
        ({"runnable": "count"}, "give either a program or a runnable"),
        ({"program": ""}, "program is empty"),
        ({"program": 5}, "program must be text, or null, not a number"),
        ({"program": "\0"}, "NUL character"),
        ({"program": "print('\ud800')"}, "lone surrogate"),
        ({"program": "x" * 1_100_000}, "at most 1048576"),
        ({"language": "perl"}, "use one of python, shell"),
        ({"language": "shell"}, "QUAERO_PROGRAMS allows only python"),
        ({"name": "a\nb"}, "name has a control character"),
        ({"name": "a\ud800"}, "name has a control character"),
        ({"timeout": float("nan")}, "timeout is nan"),
        ({"timeout": float("inf")}, "timeout is inf"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": 10**400}, "timeout must be a number, or null, not a number of so many digits"),
        ({"parameters": {"a": float("nan")}}, "parameters.a must be storable"),
        ({"parameters": {"\ud800token": "x"}}, "without NUL"),
        ({"parameters": {"a": "\ud800"}}, "parameters.a must be storable"),
        ({"secrets": ["a"]}, "names a, of which no parameter has the name"),
        ({"parent": str(UNKNOWN_ID)}, "parent is unknown"),
        ({"language": 5, "timeout": "1"}, "language must be text, not a number; timeout must be a number, or null"),
        ({"language": "perl", "timeout": 0}, "use one of python, shell; timeout is 0"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_what_is_wrong(
    parent: Job, members: dict[str, Any], words: str
) -> None:
    assert words in refusal(parent, request(**members))


SECRETS = Masker(["hunter2", "1"], [re.compile("print")])


def test_a_child_tells_no_secret_of_its_parent(parent: Job) -> None:
    data = request(name="for hunter2", attributes={"as": ["hunter2"]}, parameters={"a": "xhunter2", "b": 1})
    child = Job.objects.get(pk=spawn(parent, data, SECRETS).pk)
    assert (child.name, child.attributes, child.spec["parameters"]) == ("for ***", {"as": ["***"]}, {"b": 1})
    assert (child.spec["secrets"], unsealed(child)) == (["a"], {"a": "xhunter2"})


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"program": "login('hunter2')"}, "program has a secret of its parent in its text"),
        ({"parameters": {"a": ["hunter2"]}}, "parameters.a has a secret of its parent"),
        ({"parameters": {"hunter2": []}}, "parameters.*** has a secret of its parent"),
        ({"program": None, "runnable": "count", "parameters": {"text": "hunter2"}}, "parameters.text has a secret"),
    ],
)
def test_a_child_that_would_keep_a_secret_of_its_parent_is_refused(
    parent: Job, members: dict[str, Any], words: str
) -> None:
    with registered(count_words, name="count"), pytest.raises(ValueError, match=re.escape(words)):
        spawn(parent, request(**members), SECRETS)
    assert Job.objects.count() == 2


def test_a_secret_may_be_passed_on_as_a_secret(parent: Job) -> None:
    data = {"id": str(uuid4()), "runnable": "count", "parameters": {"password": "hunter2"}}
    with registered(count_words, name="count"):
        assert unsealed(spawn(parent, data, SECRETS)) == {"password": "hunter2"}


def test_wrong_parameters_and_unknown_runnables_are_named(parent: Job) -> None:
    assert "no registered job 'nowhere'" in refusal(parent, {"id": str(uuid4()), "runnable": "nowhere"})
    with registered(count_words, name="count"):
        data = {"id": str(uuid4()), "runnable": "count", "parameters": {"password": 5, "text": 5}}
        assert refusal(parent, data) == "text must be text, not 5; password must be text, or null"


def test_one_that_runs_already_is_refused(parent: Job) -> None:
    with registered(count_words, name="count", concurrency="skip"):
        run_of("count")
        assert "count is pending already" in refusal(parent, {"id": str(uuid4()), "runnable": "count"})


def test_an_id_that_is_taken_is_refused(parent: Job) -> None:
    for taken in (parent.pk, SERVICE_JOB_ID):
        assert refusal(parent, request(id=str(taken))) == f"there is a job {taken} already"


def test_an_id_of_a_job_that_was_deleted_is_taken_for_ever(parent: Job) -> None:
    ended = make_job(status="failed")
    key = ended.pk
    ended.delete()
    assert refusal(parent, request(id=str(key))) == f"there was a job {key} already"


@pytest.mark.parametrize("asked", [{"cancel_requested_at": "2026-01-31T12:00:00Z"}, {"status": "cancelled"}])
def test_a_job_that_is_to_end_spawns_no_more(parent: Job, asked: dict[str, str]) -> None:
    Job.objects.filter(pk=parent.pk).update(**asked)
    assert refusal(parent, request()) == f"parent is {parent.pk}, which was cancelled"


def test_a_job_that_was_deleted_spawns_no_more(parent: Job) -> None:
    Job.objects.filter(pk=parent.pk).delete()
    assert "there is no such job any more" in refusal(parent, request())


def test_a_job_has_so_many_children_at_most(parent: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending, "MAX_CHILDREN", 2)
    for _ in range(2):
        spawn(parent, request())
    assert refusal(parent, request()) == f"parent is {parent.pk}, which has 2 children: no more are allowed"
    spawn(program(), request())


def test_jobs_are_nested_so_deep_at_most(parent: Job) -> None:
    depth = 0
    while depth < pending.MAX_DEPTH:
        parent, depth = spawn(parent, request()), depth + 1
    assert refusal(parent, request()) == f"parent is {parent.pk}, over which 16 generations stand already"
