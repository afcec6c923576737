"""Tokens in the admin: create, rename, set an expiry, revoke. The secret is shown once, in the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.contrib.auth import get_user_model
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from jobs.admin.templates import ours
from jobs.models import SCOPES, Token
from jobs.web.admin_lookups import KnownLookups

LIST_COLUMNS = ("__str__", "user", "scope_words", "created_at", "expires_at", "last_used_at", "is_usable")


class TokenForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        help_text="A token may do what its scopes and its user's rights both allow.",
    )

    def clean_expires_at(self) -> object:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now() and "expires_at" in self.changed_data:
            raise forms.ValidationError("This is past: to end a token now, revoke it.")
        return expires_at


class TokenAdmin(KnownLookups):
    change_list_template = ours("change_list.html")
    change_form_template = ours("change_form.html")
    list_display = LIST_COLUMNS
    list_select_related = ("user",)
    search_fields = ("name", f"user__{get_user_model().USERNAME_FIELD}")
    raw_id_fields = ("user",)
    show_full_result_count = False
    actions = ("delete_selected",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Token]:
        """A token has its user's rights, so only a superuser sees those of other users."""
        tokens = super().get_queryset(request)
        return tokens if request.user.is_superuser else tokens.filter(user=request.user.pk)

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> Any:
        if obj is None:
            return ["user", "name", "scopes", "expires_at"]
        return ["name", "expires_at", "user", "scope_words", "created_at", "last_used_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Token | None = None) -> list[str]:
        if obj is not None:
            return ["user", "scope_words", "created_at", "last_used_at"]
        return [] if request.user.is_superuser else ["user"]

    def get_form(self, request: HttpRequest, obj: Token | None = None, change: bool = False, **options: Any) -> Any:
        if obj is None:
            options["form"] = TokenForm
        return super().get_form(request, obj, change, **options)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk, "scopes": ["read"]}

    @sensitive_variables("secret")
    def save_model(self, request: HttpRequest, obj: Token, form: forms.ModelForm[Token], change: bool) -> None:
        """Issues a new token, for the user's own account unless a superuser names another."""
        if change:
            obj.save(update_fields=form.changed_data)
            return
        assert request.user.is_authenticated
        user = obj.user if request.user.is_superuser else request.user
        issued, secret = Token.issue(user, obj.scopes, name=obj.name, expires_at=obj.expires_at)
        obj.__dict__.update(issued.__dict__)
        obj.secret = secret  # type: ignore[attr-defined]  # for `response_add` in this request

    def response_add(self, request: HttpRequest, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """Shows the secret in this answer: a message for the next page would keep it in a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Token created",
            "opts": self.opts,
            "token": obj,
            "secret": obj.secret,  # type: ignore[attr-defined]
        }
        response = TemplateResponse(request, "quaero/admin/token/issued.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response

    @admin.action(description="Revoke selected tokens", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: models.QuerySet[Token]) -> HttpResponse | None:
        return delete_selected(self, request, queryset)

    @admin.display(description="scopes")
    def scope_words(self, token: Token) -> str:
        return ", ".join(token.scopes)

    @admin.display(description="usable", boolean=True)
    def is_usable(self, token: Token) -> bool:
        unexpired = token.expires_at is None or token.expires_at > timezone.now()
        return unexpired and token.user.is_active
