"""For pages that name a command: `{% load quaero_command %}` and `{% command_name %} runjob`."""

from __future__ import annotations

from django import template

from jobs.configuration.command_name import command_name

register = template.Library()
register.simple_tag(command_name)
