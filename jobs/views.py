"""The pages. They carry ids and addresses only; what they show comes from the API while they are open."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.access import Caller, readable_job
from jobs.errors import NotFound
from jobs.models import SERVICE_JOB_ID
from jobs.sign_in import user_for_token

View = Callable[..., HttpResponse]


def for_viewers(view: View) -> View:
    """Anonymous people go to the sign-in page and come back; signed-in ones without the right get a 403."""
    return login_required(permission_required("jobs.view_job", raise_exception=True)(view))


def for_runners(view: View) -> View:
    """As `for_viewers`, for those who may run something too."""
    return for_viewers(permission_required("jobs.run_program", raise_exception=True)(view))


class SignIn(LoginView):
    template_name = "sign_in.html"
    redirect_authenticated_user = True


@never_cache
@require_safe
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Signs in by the one-time link that `serve` prints. A used link still helps who is signed in already."""
    user = user_for_token(token)
    if user is not None:
        login(request, user)
    if request.user.is_authenticated:
        return redirect("job-list")
    return render(request, "sign_in_expired.html", status=410)


@require_safe
@for_viewers
def job_list(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/job_list.html")


@require_safe
@for_viewers
def job_detail(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    assert isinstance(request.user, User)  # `for_viewers` lets nobody else in
    caller = Caller(request.user)
    try:
        job = readable_job(caller, job_id)
    except NotFound as error:
        raise Http404 from error
    may_operate = caller.may("write") and job.pk != SERVICE_JOB_ID
    return render(request, "jobs/job_detail.html", {"job": job, "may_operate": may_operate})


@require_safe
@for_runners
def run_form(request: HttpRequest) -> HttpResponse:
    allowed = {"languages": settings.QUAERO_PROGRAMS, "run_timeout_s": settings.QUAERO_RUN_TIMEOUT_S}
    return render(request, "jobs/run.html", allowed)


@require_safe
@for_viewers
def worker_list(request: HttpRequest) -> HttpResponse:
    return render(request, "jobs/workers.html")
