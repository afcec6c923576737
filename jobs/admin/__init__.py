"""The Django admin: jobs with their live log, steps, entries, tokens. One registered model a file."""

from jobs.admin.entries.admin import LogEntryAdmin
from jobs.admin.jobs.admin import JobAdmin
from jobs.admin.steps import StepAdmin
from jobs.admin.tokens import TokenAdmin

__all__ = ["JobAdmin", "LogEntryAdmin", "StepAdmin", "TokenAdmin"]
