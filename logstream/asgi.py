"""The live side around Django's ASGI application: lifespan, stream paths, shutdown.

Django answers no lifespan and pins a thread to every request until its response has ended, which for a stream
is never. So stream paths enter a thread-sensitive context of a few threads that all of them share, outside of Django
(S6). Each request makes one call at a time, so which of them has it does not matter.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence

from asgiref.sync import ThreadSensitiveContext
from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from logstream import live
from logstream.addresses import stream_paths
from logstream.reading import warm_up
from logstream.shutdown import Connections, end_with_process

Duty = Callable[[], Awaitable[None]]

# After the start nearly everything stays: full collections of it took 150 ms and made the slowest deliveries.
GC_THRESHOLDS = (50_000, 20, 100)


def application(django: ASGI3Application, duties: Sequence[Duty] = ()) -> ASGI3Application:
    """`django` with streams and lifespan. `duties` run as tasks beside it from start to shutdown."""
    connections = Connections()

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan":
            await lifespan(duties, connections, receive, send)
        elif scope["type"] == "http" and is_stream(scope):
            with connections.held(send):
                async with ThreadSensitiveContext(executor=live.current().opening_pool):
                    await django(scope, receive, send)
        else:
            await django(scope, receive, send)

    return serve


def is_stream(scope: HTTPScope) -> bool:
    return stream_paths().fullmatch(scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))) is not None


async def lifespan(
    duties: Sequence[Duty],
    connections: Connections,
    receive: ASGIReceiveCallable,
    send: ASGISendCallable,
) -> None:
    await receive()  # lifespan.startup
    here = live.current()
    here.watch.begin()
    await asyncio.to_thread(warm_up, here.pool, here.client_pool, here.opening_pool)
    end_with_process(here, connections)
    tasks = [asyncio.ensure_future(duty()) for duty in duties]
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    await send({"type": "lifespan.startup.complete"})
    await receive()  # lifespan.shutdown
    here.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await send({"type": "lifespan.shutdown.complete"})
