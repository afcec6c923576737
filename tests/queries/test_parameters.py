"""Parameters: a refusal names the wrong one and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.http import QueryDict

from jobs import levels
from jobs.models import Job
from jobs.queries import EVERYTHING, Filter
from jobs.queries.entry_fields import FieldValue
from jobs.queries.parameters import (
    ChildrenQuery,
    LogFilterQuery,
    OfAnyJobQuery,
    PagingQuery,
    filter_of,
    limit_of,
)
from jobs.queries.texts import MAX_SEARCH
from jobs.validation.query import BadParameter, UnknownParameter
from tests.factories import make_job, make_step


class Asked(PagingQuery, ChildrenQuery, LogFilterQuery, OfAnyJobQuery):
    """All that can be asked of logs."""


def given(**values: str) -> Asked:
    return Asked.of({name.rstrip("_"): value for name, value in values.items()})


def read_filter(asked: Asked, job_id: UUID | None) -> Filter:
    return filter_of(asked, job_id, with_children=asked.children)


def refusal(read: Callable[[], object]) -> BadParameter:
    with pytest.raises(BadParameter) as raised:
        read()
    return raised.value


def test_without_parameters_everything_is_wanted() -> None:
    assert read_filter(given(), None) == EVERYTHING


def test_an_empty_parameter_is_one_that_was_not_given() -> None:
    assert read_filter(given(level="", search="", step=""), None) == EVERYTHING


def test_everything_is_at_least_debug_so_that_filter_is_none() -> None:
    assert read_filter(given(level="debug"), None) == EVERYTHING


@pytest.mark.django_db
def test_all_members_of_a_filter_are_read(job: Job) -> None:
    step = make_step(job)
    wanted = read_filter(
        given(
            step=str(step.pk),
            level="WARNING",
            stream="stderr",
            search="disk",
            from_="2026-01-31T12:00:00Z",
            to="2026-01-31T14:00:00+01:00",
            first_line="3",
            last_line="9",
        ),
        job.pk,
    )
    noon, one = datetime(2026, 1, 31, 12, tzinfo=UTC), datetime(2026, 1, 31, 13, tzinfo=UTC)
    assert wanted == Filter(None, step.pk, levels.WARN, "stderr", "disk", noon, one, 3, 9)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("level", "loud", "debug, info, warn, error, fatal"),
        ("level", "30", "debug, info, warn, error, fatal"),
        ("stream", "stdin", "stdout, stderr, system"),
        ("stream", "STDOUT", "stdout, stderr, system"),
        ("step", "abc", "the id of a step"),
        ("job", "abc", "the id of a job"),
        ("search", "x" * (MAX_SEARCH + 1), f"at most {MAX_SEARCH} characters"),
        ("source", "x" * (MAX_SEARCH + 1), f"at most {MAX_SEARCH} characters"),
        ("from", "yesterday", "RFC 3339"),
        ("to", "2026-02-30T00:00:00Z", "RFC 3339"),
        ("first_line", "0", "a whole number from 1 up"),
        ("last_line", "-1", "a whole number from 1 up"),
        ("last_line", "9223372036854775808", "a whole number from 1 up"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    problem = refusal(lambda: Asked.of({name: value}))
    assert allowed in str(problem)
    assert (problem.detail["parameter"], problem.detail["value"]) == (name, value[:100])


@pytest.mark.parametrize("value", ["0", "-1", "abc", "1001", "1.5", "1e2", " 5", "\u0661", "9" * 30])
def test_a_wrong_limit_is_refused(value: str) -> None:
    assert "a whole number from 1 to 1000" in str(refusal(lambda: given(limit=value)))


def test_the_limit_has_a_default_within_the_maximum(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (limit_of(given().limit), limit_of(None, 50), limit_of(given(limit="1000").limit)) == (100, 50, 1000)
    monkeypatch.setattr(settings, "QUAERO_STREAM_MAX_LIMIT", 20)
    assert limit_of(None, 50) == 20
    assert "from 1 to 20" in str(refusal(lambda: given(limit="21")))


@pytest.mark.parametrize("value", ["abc", "-1", "1.0", "9223372036854775808"])
def test_a_wrong_cursor_is_refused(value: str) -> None:
    assert "a whole number from 0 up" in str(refusal(lambda: given(since=value)))


def test_a_cursor_may_be_left_out() -> None:
    assert (given().since, given(since="0").since) == (None, 0)


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownParameter, match=r"unknown parameter 'levle': use some of .*level"):
        given(levle="warn")


def test_a_parameter_given_twice_is_refused() -> None:
    problem = refusal(lambda: Asked.of_url(QueryDict("level=info&level=error")))
    assert str(problem) == "level='info, error' is not allowed: level is to be given once"


def test_everything_that_is_wrong_is_told_at_once_by_name() -> None:
    problem = refusal(lambda: Asked.of_url(QueryDict("level=loud&limit=0&levle=warn&since=1&since=2&search=a")))
    assert set(problem.problems) == {"level", "limit", "levle", "since"}
    assert problem.problems["limit"] == "is '0': it must be a whole number from 1 to 1000"
    assert problem.problems["levle"].startswith("is unknown: use some of")
    assert problem.detail["problems"] == problem.problems
    assert "limit='0' is not allowed: limit is a whole number from 1 to 1000" in str(problem)


@pytest.mark.django_db
def test_what_is_not_in_the_database_is_told_at_once_too(job: Job) -> None:
    asked = given(step=str(uuid4()), first_line="3", last_line="4", children="1")
    assert set(refusal(lambda: read_filter(asked, job.pk)).problems) == {"step", "first_line", "last_line"}


@pytest.mark.django_db
def test_a_step_must_be_one_of_the_job(job: Job) -> None:
    step = make_step(make_job("other"))
    assert read_filter(given(step=str(step.pk)), None).step == step.pk
    assert "a step of this job" in str(refusal(lambda: read_filter(given(step=str(step.pk)), job.pk)))
    assert "a step" in str(refusal(lambda: read_filter(given(step=str(uuid4())), None)))


@pytest.mark.django_db
def test_only_the_log_of_all_jobs_is_narrowed_to_a_job(job: Job) -> None:
    assert read_filter(given(job=str(job.pk)), None) == Filter(job=job.pk)
    assert "the id of a job" in str(refusal(lambda: read_filter(given(job=str(uuid4())), None)))


def test_a_search_is_made_storable_as_the_messages_are() -> None:
    assert read_filter(given(search="a\0\ud800"), None).search == "a��"


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-01-31T12:00:00+01:00", 11), ("2026-01-31T12:00:00 01:00", 11), ("2026-01-31 12:00:00", 12)],
)
def test_times_have_zones_or_are_utc(text: str, hour: int) -> None:
    assert read_filter(given(from_=text), None).from_time == datetime(2026, 1, 31, hour, tzinfo=UTC)


def test_a_time_at_the_end_of_the_calendar_is_a_time() -> None:
    wanted = read_filter(given(from_="0001-01-01T00:00:00+14:00", to="9999-12-31T23:59:59-12:00"), None)
    assert wanted.from_time is not None
    assert wanted.to_time is not None


def test_fields_are_a_family_of_parameters_of_which_all_count() -> None:
    asked = Asked.of_url(QueryDict("fields.shop=7&source=app.db&fields.http.status=500&fields.none="))
    values = (FieldValue("http.status", "500"), FieldValue("shop", "7"))
    assert read_filter(asked, None) == Filter(source="app.db", fields=values)
    assert read_filter(Asked.of_url(QueryDict("fields.b=2&fields.a=1")), None) == read_filter(
        Asked.of_url(QueryDict("fields.a=1&fields.b=2")), None
    )


@pytest.mark.parametrize("name", ["a..b", ".a", "a.", 'a"b', "a\\b", "a\nb", "a=b", "x" * 201])
def test_a_name_of_a_field_that_cannot_be_is_refused(name: str) -> None:
    problem = refusal(lambda: Asked.of({f"fields.{name}": "7"}))
    assert "NAME=VALUE, a name of at most 200 characters" in str(problem)
    assert problem.name == f"fields.{name}"[:100]


@pytest.mark.parametrize("name", ["fields", "fields.", "field.shop"])
def test_what_only_looks_like_a_field_is_unknown(name: str) -> None:
    with pytest.raises(UnknownParameter, match=r"use some of .*fields\.NAME"):
        Asked.of({name: "7"})


def test_fields_are_bounded_and_given_once_each() -> None:
    many = refusal(lambda: Asked.of({f"fields.f{number}": "1" for number in range(11)}))
    assert many.problems == {"fields.NAME": "is '11 of them': it must be given 10 times at most"}
    wrong = refusal(lambda: Asked.of({"fields.a": "x" * 1001, "fields.b": ["1", "2"], "fields..": "7", "level": "x"}))
    assert set(wrong.problems) == {"fields.a", "fields.b", "fields..", "level"}
