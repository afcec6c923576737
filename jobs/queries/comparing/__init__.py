"""A run beside an earlier one of the same name: their steps, their counts, and where their logs part."""

from jobs.queries.comparing.runs import Comparison, compared, earlier_run

__all__ = ["Comparison", "compared", "earlier_run"]
