"""Values as the admin shows them: durations, counts, times, and text that strangers wrote."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jobs.models import Job, Step

# Control characters, and invisible ones that reorder or join text: the pages make the same ones visible.
HIDDEN = re.compile("([\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff])")
LINE_FEED_SHOWN = " ⏎ "  # a row of a list is one line


def visible(text: str) -> SafeString:
    """`text` as safe HTML; invisible characters are shown as their codes."""
    parts = HIDDEN.split(text)
    shown = (
        format_html('<span class="quaero-control">U+{}</span>', f"{ord(part):04X}") if number % 2 else part
        for number, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((part,) for part in shown if part))


def shortened(text: str, longest: int) -> SafeString:
    """The beginning of `text`, in one line."""
    beginning = text[:longest].replace("\n", LINE_FEED_SHOWN)
    return visible(beginning + ("…" if len(text) > longest else ""))


def pretty(value: object) -> str:
    """`value` as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def preformatted(text: str) -> SafeString:
    return format_html('<pre class="quaero-text">{}</pre>', visible(text))


def exact(moment: datetime) -> str:
    """The local time to the millisecond: one second may have many entries."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def duration(one: Job | Step) -> str:
    """How long the job or step ran, or has been running; a dash before it starts."""
    if one.started_at is None:
        return "-"
    seconds = int(((one.finished_at or timezone.now()) - one.started_at) / timedelta(seconds=1))
    return spelled(max(0, seconds))


def spelled(seconds: int) -> str:
    """`12 s`, `3 min 05 s`, `2 h 07 min`, `3 d 4 h`: as the pages write it."""
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02} s"
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"
    return f"{seconds // 86400} d {seconds % 86400 // 3600} h"


def number(count: int) -> str:
    return f"{count:,}"


def badge(kind: str, text: object) -> SafeString:
    """A coloured label. `kind`: the status or level for the colour; the text names it as well."""
    return format_html('<span class="quaero-badge quaero-{}">{}</span>', kind, text)
