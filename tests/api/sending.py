"""Requests of programs, with a token, and of browsers, with the value of their CSRF cookie."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from jobs.models import Job
from tests.api.refusals import refused
from tests.factories import make_token

EXECUTE, EXECUTE_ASYNC = "/api/execute", "/api/execute-async"


class Sender:
    """Sends as a program with every scope of this user does."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.user, self._browser = user, Client()
        self._headers = {"Authorization": f"Bearer {make_token(user, *(scopes or ('read', 'write', 'run')))}"}

    def get(self, path: str, **query: Any) -> Any:
        return self._browser.get(path, query, headers=self._headers)

    def delete(self, path: str) -> Any:
        return self._browser.delete(path, headers=self._headers)

    def post(self, path: str, body: object = b"", content_type: str = "application/json") -> Any:
        """`body` as it is when it is bytes, else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._browser.post(path, raw, content_type=content_type, headers=self._headers)

    def ordered(self, path: str = EXECUTE_ASYNC, /, **order: Any) -> Job:
        """The job that an order has made."""
        order = order or {"program": "1"}
        response = self.post(path, order)
        assert response.status_code == 200, response.content
        return Job.objects.get(pk=response.json()["execution_id"])

    def refused(self, status: int, code: str, path: str = EXECUTE_ASYNC, /, **order: Any) -> dict[str, Any]:
        """The refusal of an order, which has made no job."""
        before = Job.objects.count()
        body = refused(self.post(path, order), status, code)
        assert Job.objects.count() == before
        return body


def answered(response: HttpResponse, status: int = 200) -> Any:
    assert response.status_code == status, response.content
    return json.loads(response.content)
