"""A file that was made of others: kept as it is sent, under an address that names its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from jobs.terms.encodings import accepts_gzip

DIGEST_LENGTH = 16
A_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class JoinedFile:
    text: str
    content_type: str
    digest: str = field(init=False)
    compressed: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        content = self.text.encode()
        object.__setattr__(self, "digest", hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH])
        object.__setattr__(self, "compressed", gzip.compress(content, mtime=0))

    def response(self, request: HttpRequest, digest: str) -> HttpResponse:
        """The file. A page of another version of Quaero named another content: it gets this one, but not for good."""
        is_gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(self.compressed if is_gzipped else self.text, content_type=self.content_type)
        if is_gzipped:
            response.headers["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        lasts = f"max-age={A_YEAR_S}, public, immutable" if digest == self.digest else "no-cache"
        response.headers["Cache-Control"] = lasts
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
