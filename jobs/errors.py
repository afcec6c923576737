"""What is refused: one kind of error, which every door translates in one place (HTTP: `jobs/web/refusals.py`).

Domain errors inherit from `Refusal`, or from one of the usual kinds below, and say their code where they are defined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

MOST_PROBLEMS = 20  # are named in one refusal


class Refusal(Exception):
    """What was asked for is not done: the message says what is wrong and what is allowed.

    `status` and `headers` are HTTP's, `code` is the word for programs, `detail` JSON data on what is wrong. `nameless`
    is the message for a client that may not know the names of jobs, where the message has one. `problems` says what is
    wrong by name, where the names of what was given say it.
    """

    status = 400
    code = "bad_request"
    headers: Mapping[str, str] = {}
    nameless = ""

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        detail: Mapping[str, object] | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status or self.status
        self.code = code or self.code
        self.detail = dict(detail or {})
        self.problems = dict(problems or {})

    def join(self, other: Refusal) -> None:
        """Has this one speak for the other as well, so that one answer names all that is wrong."""
        if self.problems and other.problems and len(self.problems) < MOST_PROBLEMS:
            self.args = (f"{self}; {other}",)
            self.problems = self.detail["problems"] = {**self.problems, **other.problems}


class Unauthenticated(Refusal):
    status = 401
    code = "unauthenticated"
    headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(Refusal):
    status = 403
    code = "forbidden"


class NotFound(Refusal):
    status = 404
    code = "not_found"


class MethodNotAllowed(Refusal):
    status = 405
    code = "method_not_allowed"

    def __init__(self, method: str | None, allowed: Iterable[str]) -> None:
        names = ", ".join(sorted(allowed))
        super().__init__(f"{method} is not possible here: use {names}")
        self.headers = {"Allow": names}


class Conflict(Refusal):
    """The state of something does not allow it."""

    status = 409


class TooLarge(Refusal):
    status = 413
    code = "too_large"


class UnsupportedMediaType(Refusal):
    status = 415
    code = "unsupported_media_type"


class Unavailable(Refusal):
    """Not now, but perhaps in `retry_after_s` seconds."""

    status = 503
    code = "unavailable"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: int = 5) -> None:
        super().__init__(message, code=code)
        self.headers = {"Retry-After": str(retry_after_s)}


class Refusals:
    """Gathers what is refused within `with` blocks. The first decides what kind of answer it is, and speaks for all."""

    def __init__(self) -> None:
        self.first: Refusal | None = None

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Refusal):
            return False
        self.add(error)
        return True

    def add(self, refusal: Refusal) -> None:
        if self.first is None:
            self.first = refusal
        else:
            self.first.join(refusal)

    def end(self) -> None:
        """Raises the first, if there was one."""
        if self.first is not None:
            raise self.first
