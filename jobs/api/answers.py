"""Answers as bytes. msgspec writes a page of a thousand entries in a millisecond; pydantic would take fifty."""

from __future__ import annotations

import msgspec
from django.http import HttpResponse

encoder = msgspec.json.Encoder()


def json_answer(content: object, status: int = 200) -> HttpResponse:
    """`content`, of msgspec structs and plain values, as JSON that no cache keeps: it is news."""
    body = encoder.encode(content)
    response = HttpResponse(
        body,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", "Content-Length": str(len(body))},
    )
    # That a run has failed, or takes longer, is an answer of ours and no mistake: Django would log it as one.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def status_of(answer: object) -> int:
    """Of a kind of answer or one of it: 200 where its class says nothing else."""
    return int(getattr(answer, "http_status", 200))


def meaning_of(answer: object) -> str:
    """When it is answered, where its class says so."""
    return str(getattr(answer, "meaning", ""))
