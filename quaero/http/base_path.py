"""The installation under a path of a proxy's, QUAERO_BASE_PATH.

A proxy may hand the path on, or cut it off. Within, all count paths from the installation's root; Django alone, which
writes addresses, gets the whole path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope


def from_base_path(application: ASGI3Application, base_path: str) -> ASGI3Application:
    """`application`, which sees paths without `base_path`, whether they come with it or without."""
    prefix = base_path.rstrip("/")

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith(base_path):
            scope = at(scope, scope["path"].removeprefix(prefix) or "/")
        await application(scope, receive, send)

    return serve if prefix else application


def under_base_path(application: ASGI3Application, base_path: str) -> ASGI3Application:
    """`application`, which sees paths with `base_path` before them."""
    prefix = base_path.rstrip("/")

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http":
            scope = at(scope, prefix + scope["path"], prefix)
        await application(scope, receive, send)

    return serve if prefix else application


def at(scope: HTTPScope, path: str, root_path: str = "") -> HTTPScope:
    """The same request at another path."""
    return cast("HTTPScope", {**scope, "path": path, "raw_path": None, "root_path": root_path})
