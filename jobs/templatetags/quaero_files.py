"""`{% load quaero_files %}`: addresses of what a page loads (jobs/web/page_files)."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse

from jobs.web.page_files.scripts import page_scripts
from jobs.web.page_files.styles import page_styles

register = template.Library()


@register.simple_tag(name="page_scripts")
def address_of_scripts() -> str:
    """Of the script of all pages. Nothing where Quaero has no addresses."""
    try:
        return reverse("quaero:page_scripts", args=[page_scripts().digest])
    except NoReverseMatch:
        return ""


@register.simple_tag(name="page_styles")
def address_of_styles(*names: str) -> str:
    """Of these files in `static/quaero/css`, in their order."""
    joined = "+".join(names)
    return reverse("quaero:page_styles", args=[page_styles(joined).digest, joined])
