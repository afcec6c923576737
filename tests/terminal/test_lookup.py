"""The job and the step that `tail` finds for a word on its command line."""

from __future__ import annotations

from uuid import UUID

import pytest

from jobs.models import SERVICE_JOB_ID, Job
from jobs.terminal.lookup import NotChosen, job_called, latest_job, step_called
from tests.factories import ago, make_job, make_step

pytestmark = pytest.mark.django_db

ONE = UUID("deadbeef-0000-4000-8000-000000000001")
TWO = UUID("deadbeef-1111-4000-8000-000000000002")


def test_job_by_id_with_dashes_or_without() -> None:
    job = make_job(id=ONE)
    assert job_called(str(ONE)) == job_called(ONE.hex) == job_called(str(ONE).upper()) == job


@pytest.mark.parametrize("prefix", ["dead", "DEADBEEF", "deadbeef-", "deadbeef-00", "deadbeef00", ONE.hex[:31]])
def test_job_by_the_beginning_of_its_id(prefix: str) -> None:
    job = make_job(id=ONE)
    make_job()
    assert job_called(prefix) == job


@pytest.mark.parametrize("word", ["dea", "dead-beef", "deadbeeg", "", "-", "deadbeef-0000-4000-8000-0000000000012"])
def test_what_is_no_beginning_of_an_id(word: str) -> None:
    make_job(id=ONE)
    with pytest.raises(NotChosen, match="there is no job"):
        job_called(word)


def test_beginning_of_several_ids_is_refused_and_they_are_listed() -> None:
    make_job("first", id=ONE)
    make_job("sec\x1b[2Jond", id=TWO)
    with pytest.raises(NotChosen) as refused:
        job_called("deadbeef")
    text = str(refused.value)
    assert str(ONE) in text
    assert str(TWO) in text
    assert "sec\\x1b[2Jond" in text
    assert job_called("deadbeef-1").pk == TWO


def test_name_takes_the_latest_job_of_that_name() -> None:
    make_job("nightly", created_at=ago(hours=2))
    latest = make_job("nightly", created_at=ago(hours=1))
    make_job("nightly import")
    assert job_called("nightly") == latest


def test_id_goes_before_a_name_that_looks_like_one() -> None:
    by_id = make_job("other", id=ONE)
    make_job("dead")
    make_job(str(ONE))
    assert job_called("dead") == job_called(str(ONE)) == by_id


def test_name_that_looks_like_an_id_is_found_where_there_is_no_such_id() -> None:
    named = make_job("deadbeef")
    other = make_job(str(ONE))
    assert job_called("deadbeef") == named
    assert job_called(str(ONE)) == other


def test_name_is_listed_beside_ids_that_begin_so() -> None:
    make_job(id=ONE)
    make_job(id=TWO)
    named = make_job("deadbeef")
    with pytest.raises(NotChosen, match=str(named.pk)):
        job_called("deadbeef")


def test_unknown_job_is_named_without_harm() -> None:
    with pytest.raises(NotChosen, match=r"there is no job 'a\\x1b\[2J'"):
        job_called("a\x1b[2J")


def test_latest_is_the_newest_job_and_never_the_service() -> None:
    with pytest.raises(NotChosen, match="no jobs yet"):
        latest_job()
    newest = make_job()
    make_job(created_at=ago(days=1))
    assert latest_job() == newest


def test_service_job_is_found_by_its_whole_id_alone() -> None:
    assert job_called(str(SERVICE_JOB_ID)).pk == SERVICE_JOB_ID
    for word in ("00000000", Job.objects.get(pk=SERVICE_JOB_ID).name):
        with pytest.raises(NotChosen):
            job_called(word)


def test_step_by_name_or_id_of_this_job(job: Job) -> None:
    step = make_step(job, "build")
    elsewhere = make_step(make_job(), "deploy")
    assert step_called(job, "build") == step_called(job, str(step.pk)) == step
    for word in ("deploy", str(elsewhere.pk)):
        with pytest.raises(NotChosen, match="build"):
            step_called(job, word)


def test_name_of_several_steps_is_refused_and_they_are_listed(job: Job) -> None:
    steps = [make_step(job, "build"), make_step(job, "build")]
    with pytest.raises(NotChosen) as refused:
        step_called(job, "build")
    assert all(str(step.pk) in str(refused.value) for step in steps)
