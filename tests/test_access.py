"""Callers by session, token and ticket; their rights are scope and permission together."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core import signing
from django.test import RequestFactory
from django.utils import timezone

from jobs import token_uses
from jobs.access import Caller, caller_of, issue_ticket, operable_job, readable_job, step_of, stream_caller_of
from jobs.credentials import RIGHTS
from jobs.errors import Forbidden, NotFound, Refusal, Unauthenticated
from jobs.models import SERVICE_JOB_ID, Job, Token
from tests.factories import ago, make_job, make_step, make_token, make_user

pytestmark = pytest.mark.django_db

PATH = "/api/jobs/stream"


def request(user: object = None, *, token: str = "", path: str = PATH, **query: str):  # type: ignore[no-untyped-def]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    made = RequestFactory().get(path, query, headers=headers)
    made.user = user or AnonymousUser()
    return made


def refusal(error: type[Refusal], call: object, *arguments: object) -> Refusal:
    with pytest.raises(error) as raised:
        call(*arguments)  # type: ignore[operator]
    return raised.value


def test_the_session_says_who_asks(viewer: User) -> None:
    assert caller_of(request(viewer)) == Caller(viewer, None)


def test_an_anonymous_request_gets_the_ways_to_sign_in() -> None:
    error = refusal(Unauthenticated, caller_of, request())
    assert (error.status, error.headers) == (401, {"WWW-Authenticate": "Bearer"})


def test_a_user_who_may_not_sign_in_any_more_is_no_caller(viewer: User) -> None:
    viewer.is_active = False
    refusal(Unauthenticated, caller_of, request(viewer))


def test_a_token_brings_its_user_and_scopes(operator: User) -> None:
    caller = caller_of(request(token=make_token(operator, "write", "read")))
    assert caller == Caller(operator, frozenset({"read", "write"}))


def test_a_token_wins_over_the_session(viewer: User, operator: User) -> None:
    assert caller_of(request(viewer, token=make_token(operator))).user == operator


def test_a_wrong_token_is_refused_even_with_a_session(viewer: User) -> None:
    assert refusal(Unauthenticated, caller_of, request(viewer, token="quaero_wrong")).code == "bad_token"


def test_a_password_for_a_proxy_does_not_hide_the_session(viewer: User) -> None:
    asked = request(viewer)
    asked.META["HTTP_AUTHORIZATION"] = "Basic dXNlcjpwYXNz"
    assert caller_of(asked).user == viewer


@pytest.mark.parametrize("header", ["Bearer", "Bearer   ", "quaero_abc"])
def test_any_other_authorization_is_refused(viewer: User, header: str) -> None:
    asked = request(viewer)
    asked.META["HTTP_AUTHORIZATION"] = header
    assert refusal(Unauthenticated, caller_of, asked).code == "bad_authorization"


def test_an_expired_token_is_refused(viewer: User) -> None:
    late, good = (make_token(viewer, expires_at=ago(seconds=seconds)) for seconds in (1, -60))
    refusal(Unauthenticated, caller_of, request(token=late))
    assert caller_of(request(token=good)).user == viewer


def test_the_token_of_a_user_who_was_deactivated_is_refused(viewer: User) -> None:
    secret = make_token(viewer)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    refusal(Unauthenticated, caller_of, request(token=secret))


def test_only_a_hash_of_the_token_is_stored(viewer: User) -> None:
    secret = make_token(viewer)
    assert secret.startswith("quaero_")
    assert secret not in str(Token.objects.values().get())


def test_the_last_use_is_noted_once_a_minute(viewer: User) -> None:
    secret = make_token(viewer)
    caller_of(request(token=secret))
    assert Token.objects.get().last_used_at is None  # reading writes nothing
    token_uses.store()
    first = Token.objects.get().last_used_at
    assert first is not None
    assert timezone.now() - first < timedelta(minutes=1)
    caller_of(request(token=secret))
    token_uses.store()
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=ago(minutes=2))
    caller_of(request(token=secret))
    token_uses.store()
    assert Token.objects.get().last_used_at > first


@pytest.mark.parametrize("scopes", [[], ["admin"], ["read", "admin"]])
def test_a_token_has_known_scopes(viewer: User, scopes: list[str]) -> None:
    with pytest.raises(ValueError, match="use some of read, write, run"):
        Token.issue(viewer, scopes)


@pytest.mark.parametrize(
    ("groups", "rights"),
    [
        ([], []),
        (["Quaero viewers"], ["read"]),
        (["Quaero operators"], ["read", "write"]),
        (["Quaero runners"], ["read", "run"]),
        (["Quaero operators", "Quaero runners"], ["read", "write", "run"]),
    ],
)
def test_groups_have_the_rights_that_the_design_gives_them(groups: list[str], rights: list[str]) -> None:
    user = make_user("member", *groups)
    assert [right for right in RIGHTS if Caller(user).may(right)] == rights


def test_rights_are_scope_and_permission_together(viewer: User, operator: User) -> None:
    read_only, beyond = Caller(operator, frozenset({"read"})), Caller(viewer, frozenset({"read", "write"}))
    assert (read_only.may("read"), read_only.may("write"), beyond.may("write")) == (True, False, False)
    assert refusal(Forbidden, read_only.require, "write").code == "scope_missing"
    assert refusal(Forbidden, beyond.require, "write").code == "permission_missing"


def test_viewers_read_a_job_and_strangers_do_not(viewer: User, stranger: User, job: Job) -> None:
    assert readable_job(Caller(viewer), str(job.pk)) == job
    refusal(Forbidden, readable_job, Caller(stranger), job.pk)


def test_a_stranger_does_not_learn_which_jobs_there_are(stranger: User) -> None:
    refusal(Forbidden, readable_job, Caller(stranger), uuid4())


@pytest.mark.parametrize("job_id", ["abc", "", "x" * 5_000, "00000000-0000-0000-0000-000000000000", "\0"])
def test_what_is_no_job_is_not_found(viewer: User, job_id: str) -> None:
    error = refusal(NotFound, readable_job, Caller(viewer), job_id)
    assert (error.code, len(str(error)) < 200) == ("no_such_job", True)


def test_operators_change_a_job_and_viewers_do_not(operator: User, viewer: User, job: Job) -> None:
    assert operable_job(Caller(operator), job.pk) == job
    refusal(Forbidden, operable_job, Caller(viewer), job.pk)


def test_no_caller_changes_the_service_job(operator: User) -> None:
    assert readable_job(Caller(operator), SERVICE_JOB_ID).pk == SERVICE_JOB_ID
    refusal(Forbidden, operable_job, Caller(operator), SERVICE_JOB_ID)


def test_a_step_is_found_with_its_job_only(job: Job) -> None:
    step = make_step(job)
    assert step_of(job, str(step.pk)) == step
    for step_id in (make_step(make_job("other")).pk, uuid4(), "abc"):
        assert refusal(NotFound, step_of, job, step_id).code == "no_such_step"


def test_a_ticket_opens_its_path_with_the_right_to_read(operator: User) -> None:
    ticket = issue_ticket(Caller(operator), PATH)
    caller = stream_caller_of(request(ticket=ticket))
    assert caller == Caller(operator, frozenset({"read"}))


def test_a_ticket_opens_no_other_path(viewer: User) -> None:
    ticket = issue_ticket(Caller(viewer), PATH)
    assert refusal(Unauthenticated, stream_caller_of, request(ticket=ticket, path="/api/other")).code == "bad_ticket"


@pytest.mark.parametrize("ticket", ["", "abc", "a:b:c"])
def test_a_forged_ticket_is_refused_even_with_a_session(viewer: User, ticket: str) -> None:
    assert refusal(Unauthenticated, stream_caller_of, request(viewer, ticket=ticket)).code == "bad_ticket"


def test_a_ticket_lasts_a_minute(viewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = issue_ticket(Caller(viewer), PATH)
    monkeypatch.setattr(signing.time, "time", lambda: timezone.now().timestamp() + 61)
    assert refusal(Unauthenticated, stream_caller_of, request(ticket=ticket)).code == "bad_ticket"


def test_the_ticket_of_a_user_who_was_deactivated_is_refused(viewer: User) -> None:
    ticket = issue_ticket(Caller(viewer), PATH)
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert refusal(Unauthenticated, stream_caller_of, request(ticket=ticket)).code == "bad_ticket"


def test_streams_are_opened_with_sessions_and_tokens_too(viewer: User) -> None:
    assert stream_caller_of(request(viewer)).user == viewer
    assert stream_caller_of(request(token=make_token(viewer))).user == viewer


def test_a_ticket_says_nothing_outside_of_streams(viewer: User) -> None:
    refusal(Unauthenticated, caller_of, request(ticket=issue_ticket(Caller(viewer), PATH)))
