"""The HTTP API: one router a file. Its routers only translate between HTTP and the domain."""

from __future__ import annotations

from jobs.api import comparison, histograms, jobs, logs, programs, registered, tickets, workers
from jobs.api.mount import Api

api = Api(
    jobs.router,
    comparison.router,
    workers.router,
    programs.router,
    registered.running,
    logs.router,
    histograms.router,
    registered.router,
    tickets.router,
)

__all__ = ["api"]
