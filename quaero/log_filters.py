"""Filters for Django's log. LOGGING names them, so nothing here may need the models."""

from __future__ import annotations

import logging

REFUSED_FOR_NOW = 503


class Failures(logging.Filter):
    """Drops records of answers with 503: the code that refuses for a while logs that itself, once for all of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != REFUSED_FOR_NOW or record.exc_info is not None
