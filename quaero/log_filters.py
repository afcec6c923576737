"""What of Django's log is a failure. (Named in LOGGING, so nothing here may need the models.)"""

from __future__ import annotations

import logging

REFUSED_FOR_NOW = 503


class Failures(logging.Filter):
    """Lets through all but answers with 503: whoever refuses for a while says so itself, once for them all."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(record, "status_code", None) != REFUSED_FOR_NOW or record.exc_info is not None
