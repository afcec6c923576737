"""Finding in a log: the entries stay as the filter shows them, and a text or an expression is looked for among them."""

from jobs.queries.finding.answers import FindCount, Found, FoundEntry, count, find
from jobs.queries.finding.needles import Needle, needle_of

__all__ = ["FindCount", "Found", "FoundEntry", "Needle", "count", "find", "needle_of"]
