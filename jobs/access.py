"""The caller of a request and its rights, and the jobs that it may see or change: the first line of every view."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware

from jobs import conf, refused_requests, token_uses
from jobs.credentials import RIGHTS, Grounds, permission_missing, require_still, scope_missing
from jobs.errors import Forbidden, NotFound, Unauthenticated
from jobs.models import SERVICE_JOB_ID, Job, Step, Token
from jobs.models.token import hashed
from jobs.secrets.pad import hidden, shown

# A proxy in front may ask for a password of its own; the browser then sends it with every request.
SCHEMES_OF_PROXIES = ("basic", "digest", "negotiate")

UNPROVEN_PAGE = "the CSRF token is missing or wrong: send the csrftoken cookie's value as X-CSRFToken"
FOREIGN_PAGE = (
    "the page that sends this has another address than the server: behind a proxy, QUAERO_ALLOWED_HOSTS names it"
)

TICKET_SALT = "quaero.stream-ticket"
TICKET_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user, or a program with a user's token: then `scopes` bounds what it may do."""

    user: User
    scopes: frozenset[str] | None = None
    known_by: Grounds | None = field(default=None, compare=False)

    @property
    def grounds(self) -> Grounds:
        """What the caller's rights depend on, for checking later whether it still has them."""
        return self.known_by or Grounds(self.user.pk)

    def may(self, right: str) -> bool:
        """Whether the caller has `read`, `write` or `run`, by its scopes and by the user's permissions."""
        in_scope = self.scopes is None or right in self.scopes
        return in_scope and self.user.has_perm(RIGHTS[right])

    def require(self, right: str) -> None:
        """Raises Forbidden, with the scope or the permission that is missing."""
        if self.scopes is not None and right not in self.scopes:
            raise scope_missing(right)
        if not self.user.has_perm(RIGHTS[right]):
            raise permission_missing(self.user, right)


def caller_of(request: HttpRequest) -> Caller:
    """The sender of the request: by bearer token, else by the session. Raises Unauthenticated.

    A request of a session that may change something needs the CSRF token too. Raises Forbidden without it.
    """
    caller = known_caller(request)
    if caller.scopes is None:
        refuse_forgery(request)
    return caller


def known_caller(request: HttpRequest) -> Caller:
    """The same without the CSRF check, so that it can run before the body is read."""
    header = request.headers.get("Authorization", "").strip()
    scheme, _, secret = header.partition(" ")
    if scheme.lower() == "bearer" and secret:
        return caller_of_token(secret.strip(), request.META.get("REMOTE_ADDR", ""))
    user = request.user
    if user.is_authenticated and user.is_active and scheme.lower() in ("", *SCHEMES_OF_PROXIES):
        session = getattr(request, "session", None)
        return Caller(user, known_by=Grounds.of_session(user, session and session.session_key))
    if header:
        raise Unauthenticated("use 'Authorization: Bearer TOKEN'", code="bad_authorization")
    raise Unauthenticated("sign in, or send 'Authorization: Bearer TOKEN'")


def refuse_forgery(request: HttpRequest) -> None:
    """Raises Forbidden for an unsafe request that another site may have caused in a signed-in browser.

    Views of the API are exempt from Django's middleware, which checks before it is known whether the request carries
    a bearer token. Another site cannot add one, so such requests need no check.
    """
    reason = CsrfCheck(no_response).process_view(request, no_response, (), {})
    if isinstance(reason, str):
        raise Forbidden(FOREIGN_PAGE if "checking failed" in reason else UNPROVEN_PAGE, code="csrf_failed")


class CsrfCheck(CsrfViewMiddleware):
    """Django's check, which returns the reason of a refusal in place of a response."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def no_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def stream_caller_of(request: HttpRequest) -> Caller:
    """As `caller_of`, for streams, which may also be opened with a ticket in the URL."""
    ticket = request.GET.get("ticket")
    return caller_of(request) if ticket is None else caller_of_ticket(ticket, request.path)


def caller_of_token(secret: str, address: str = "") -> Caller:
    """The caller with this bearer token. `address` is counted for a wrong one. Raises Unauthenticated."""
    token = Token.objects.usable().select_related("user").filter(digest=hashed(secret)).first()
    if token is None:
        refused_requests.count(refused_requests.BAD_TOKEN, address)
        raise Unauthenticated("this token is unknown or has expired", code="bad_token")
    token_uses.note(token)
    if not conf.is_installation():  # in which a duty of the server does it
        token_uses.store()
    return Caller(token.user, frozenset(token.scopes), Grounds(token.user_id, token_id=token.pk))


def issue_ticket(caller: Caller, path: str) -> str:
    """A ticket that opens the stream at `path` within TICKET_LIFETIME, with the caller's right to read.

    It carries the caller's grounds, since the stream ends with them. They are hidden: a session's key is a secret.
    """
    grounds = hidden(json.dumps(caller.grounds, default=str), TICKET_SALT)
    return signing.dumps({"grounds": grounds, "path": path}, salt=TICKET_SALT, compress=False)


def caller_of_ticket(ticket: str, path: str) -> Caller:
    """The caller that got this ticket, with the right to read. Raises Unauthenticated, also for another path."""
    try:
        content = signing.loads(ticket, salt=TICKET_SALT, max_age=TICKET_LIFETIME)
    except signing.BadSignature as error:
        raise Unauthenticated(
            "this ticket is not valid, or older than 60 s: get a new one", code="bad_ticket"
        ) from error
    if content["path"] != path:
        raise Unauthenticated(f"this ticket is for {content['path']}", code="bad_ticket")
    user_id, *rest = json.loads(shown(content["grounds"], TICKET_SALT))
    grounds = Grounds(get_user_model()._meta.pk.to_python(user_id), *rest)  # a project's users may have a UUID
    user = get_user_model().objects.filter(pk=grounds.user_id, is_active=True).first()
    if user is None:
        raise Unauthenticated("the user of this ticket may not sign in any more", code="bad_ticket")
    require_still(grounds)
    return Caller(user, frozenset({"read"}), grounds)


def readable_job(caller: Caller, job_id: str | UUID) -> Job:
    """The job, if the caller may read. Raises Forbidden and NotFound (also for an id that is no UUID)."""
    caller.require("read")
    return existing_job(job_id)


def operable_job(caller: Caller, job_id: str | UUID) -> Job:
    """The job, if the caller may change it; no caller may change the service job. Raises Forbidden and NotFound."""
    caller.require("write")
    job = existing_job(job_id)
    if job.pk == SERVICE_JOB_ID:
        raise Forbidden("the service job is Quaero's own")
    return job


def existing_job(job_id: str | UUID) -> Job:
    """The job, without any check of rights. Raises NotFound."""
    job = None
    with suppress(ValueError):
        job = Job.objects.filter(pk=UUID(str(job_id))).first()
    if job is None:
        raise NotFound(f"there is no job {str(job_id)[:100]!r}", code="no_such_job")
    return job


def step_of(job: Job, step_id: str | UUID) -> Step:
    """A step of a job that the caller may read. Raises NotFound (also for an id that is no UUID)."""
    step = None
    with suppress(ValueError):
        step = Step.objects.filter(pk=UUID(str(step_id)), job=job).first()
    if step is None:
        raise NotFound(f"job {job.pk} has no step {str(step_id)[:100]!r}", code="no_such_step")
    return step
