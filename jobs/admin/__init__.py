"""The Django admin: jobs with their live log, steps, entries, tokens. One registered model a file."""

from django.contrib import admin

from jobs.admin.entries.admin import LogEntryAdmin
from jobs.admin.jobs.admin import JobAdmin
from jobs.admin.steps import StepAdmin
from jobs.admin.templates import HAS_TEMPLATES
from jobs.admin.tokens import TokenAdmin
from jobs.models import Token

if HAS_TEMPLATES:  # else nothing is there that a token would open
    admin.site.register(Token, TokenAdmin)

__all__ = ["JobAdmin", "LogEntryAdmin", "StepAdmin", "TokenAdmin"]
