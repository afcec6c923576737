"""The pages. They hold ids and addresses only; their scripts read everything else from the API."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jobs import conf, refused_requests
from jobs.access import Caller, readable_job
from jobs.errors import NotFound
from jobs.models import SERVICE_JOB_ID
from jobs.web.error_views import forbidden_page, not_found_page
from jobs.web.sign_in import owner_of_token, user_for_token
from jobs.web.sign_in_form import SignInForm

View = Callable[..., HttpResponse]


def for_viewers(view: View) -> View:
    """Sends anonymous users to the sign-in page and back. Signed-in users without the right to read get a 403."""
    return for_users_who_may("quaero_jobs.view_job", view)


def for_runners(view: View) -> View:
    """As `for_viewers`, for users who may run something too."""
    return for_viewers(for_users_who_may("quaero_jobs.run_program", view))


def for_users_who_may(permission: str, view: View) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.has_perm(permission):
            return view(request, *args, **kwargs)
        return forbidden_page(request, PermissionDenied())  # our page, which says whom to ask, in other projects too

    return guarded


class SignIn(LoginView):
    template_name = "quaero/sign_in/form.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """The address after signing in; empty where it would be this page."""
        url = super().get_redirect_url()
        is_here = re.split("[?#]", url, maxsplit=1)[0] == self.request.path
        return "" if is_here else url

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        if isinstance(form, SignInForm) and form.retry_after_s:
            response.status_code = 429
            response.headers["Retry-After"] = str(form.retry_after_s)
        return response


@never_cache
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """The admin uses this site's sign-in page, so that there is one form with one throttle."""
    if request.user.is_authenticated:
        raise PermissionDenied("no staff")
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the one-time link that `serve` prints.

    Its button signs in: a mail program or chat that only opens the address does not use up the link.
    """
    if request.method == "POST":
        user = user_for_token(token)
        if user is not None:
            login(request, user)
    else:
        user = owner_of_token(token)
        if user is not None and request.user != user:
            return render(request, "quaero/sign_in/by_link.html", {"name": user.get_username()})
    if request.user.is_authenticated:
        return redirect("quaero:job_list")
    refused_requests.count(refused_requests.SIGN_IN_REFUSED, request.META.get("REMOTE_ADDR", ""))
    return render(request, "quaero/sign_in/expired.html", status=410)


@require_safe
@for_viewers
def job_list(request: HttpRequest) -> HttpResponse:
    return render(request, "quaero/jobs/list.html")


@require_safe
@for_viewers
def job_detail(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    return job_page(request, job_id, "quaero/jobs/detail.html")


@require_safe
@for_viewers
def job_log(request: HttpRequest, job_id: uuid.UUID) -> HttpResponse:
    """The job's log alone, in all of the window."""
    return job_page(request, job_id, "quaero/jobs/log.html")


def job_page(request: HttpRequest, job_id: uuid.UUID, template: str) -> HttpResponse:
    assert request.user.is_authenticated  # `for_viewers` refuses all others
    caller = Caller(request.user)
    try:
        job = readable_job(caller, job_id)
    except NotFound as error:
        return not_found_page(request, error)
    may_operate = caller.may("write") and job.pk != SERVICE_JOB_ID
    return render(request, template, {"job": job, "may_operate": may_operate})


@require_safe
@for_runners
def run_form(request: HttpRequest) -> HttpResponse:
    allowed = {"languages": conf.programs(), "run_timeout_s": conf.run_timeout_s()}
    return render(request, "quaero/run/page.html", allowed)


@require_safe
@for_viewers
def worker_list(request: HttpRequest) -> HttpResponse:
    return render(request, "quaero/workers.html")
