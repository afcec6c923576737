"""The HTTP API: one router a file. Its routers only translate between HTTP and the domain."""

from jobs.api.mount import api

__all__ = ["api"]
