"""The writer of this process: when it starts, what a fork makes of it, and how the process ends."""

from __future__ import annotations

import atexit
import os
import threading
import time
from contextlib import suppress
from multiprocessing import util as multiprocessing_util

from jobs import conf
from jobs.background import flush, leftovers
from jobs.background.queue import own_threads, queue
from jobs.background.writer import Writer, say

RETRY_S = 0.05

_fork_lock = threading.RLock()
_writer: Writer | None = None
_is_forked = False


def open_queue() -> None:
    """Lets the writer start as soon as there is something to write. Called when the apps are ready."""
    if not conf.tracking():
        queue.switch_off()
    elif queue.start_writer is None:
        os.register_at_fork(before=before_fork, after_in_parent=after_fork, after_in_child=after_fork_in_child)
        # A child that `multiprocessing` forks ends without atexit on Python 3.11, but not without this.
        multiprocessing_util.register_after_fork(queue, end_with_multiprocessing)
        atexit.register(finish)
        queue.begin(start_writer)


def start_writer() -> None:
    global _writer
    _writer = Writer(queue, is_forked=_is_forked)
    with suppress(RuntimeError):  # since 3.12 Python starts no thread any more when it ends: `finish` writes itself
        _writer.start()


def before_fork() -> None:
    """A child would inherit the writer's connection, perhaps in the middle of a write, and close it."""
    _fork_lock.acquire()
    if _writer is not None and threading.current_thread() is not _writer:
        _writer.pause()


def after_fork() -> None:
    if _writer is not None:
        _writer.resume()
    _fork_lock.release()


def after_fork_in_child() -> None:
    """What waited in the parent's queue is the parent's to write; its locks may be held by threads left behind."""
    global _fork_lock, _writer, _is_forked
    _is_forked = True
    _fork_lock = threading.RLock()
    _writer = None
    own_threads.clear()
    queue.renew()


def end_with_multiprocessing(_: object) -> None:
    multiprocessing_util.Finalize(None, finish, exitpriority=10)


def finish() -> None:
    """Waits, at most QUAERO_FLUSH_TIMEOUT_S, until what was logged is stored, also when the database fails. What is
    not then is left on a disk, for others to store.
    """
    if _writer is not None and not _writer.is_alive():
        _writer.write_here()
        leave_the_rest()
        return
    deadline = time.monotonic() + flush.timeout_s()
    while not flush.wait():
        if time.monotonic() > deadline:
            leave_the_rest()
            return
        time.sleep(RETRY_S)


def leave_the_rest() -> None:
    works = _writer.give_up() if _writer is not None else []
    if works and leftovers.leave(works):
        say("the database fails: the last of what the program logged is stored by the server when it can")
    elif works:
        say("the program ends, and the last of what it logged is not stored")


def stop() -> None:
    """Stops the writer and forgets what waits. The next record starts a new one. For tests."""
    global _writer
    if _writer is not None:
        _writer.stop()
        _writer = None
    queue.renew()
