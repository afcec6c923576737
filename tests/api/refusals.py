"""What every refusal must be."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def refused(response: HttpResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """The body of a refusal in the shape of all errors, whose status and code are checked."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = json.loads(response.content)
    assert list(body) == ["error", "code", "detail"]
    assert isinstance(body["detail"], dict)
    assert body["error"]
    assert code in (None, body["code"])
    return body
