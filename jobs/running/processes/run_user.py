"""Another user for programs (`QUAERO_RUN_USER`), so that they cannot do what the server's user can."""

from __future__ import annotations

import errno
import os
import pwd
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jobs import conf
from jobs.running.child import DIRECTORY

# What every program needs: Python, the module `quaero_job`, and the way to its own directory.
PROBE = """
import os, sys
assert sys.version_info >= (3, 11), "it is too old"
open(sys.argv[1]).close()
os.stat(sys.argv[2] + "/.")
print("well", flush=True)
input()
"""


class CannotRunAs(Exception):
    """Programs cannot run as this user. The text says why."""


class RunUser(NamedTuple):
    name: str
    uid: int
    groups: tuple[int, ...]  # its own first
    home: str
    shell: str

    def words(self) -> tuple[str, ...]:
        """As a guardian reads them."""
        return (f"user={self.uid}", f"groups={','.join(map(str, self.groups))}")

    def environment(self) -> dict[str, str]:
        return {"USER": self.name, "LOGNAME": self.name, "HOME": self.home, "SHELL": self.shell}

    def owns(self, directory: Path) -> None:
        """Gives it the directory, and what is in it."""
        for path in (*directory.iterdir(), directory):
            os.chown(path, self.uid, self.groups[0], follow_symlinks=False)


def configured_user() -> RunUser | None:
    """Raises CannotRunAs when there is no such user."""
    name = conf.run_user()
    if not name:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise CannotRunAs(f"QUAERO_RUN_USER: this machine has no user {name}") from error
    others = [group for group in os.getgrouplist(name, entry.pw_gid) if group != entry.pw_gid]
    return RunUser(name, entry.pw_uid, (entry.pw_gid, *others), entry.pw_dir, entry.pw_shell or "/bin/sh")


def require_run_user() -> None:
    """For `serve`, before it starts workers. Raises CannotRunAs."""
    user = configured_user()
    if user is not None:
        python_for(user)


@cache
def python_for(user: RunUser) -> str:
    """The Python that programs of this user get: ours, or the first one that the user can reach as well.

    Tries it out: to become the user, to find what programs need, and to end them. Raises CannotRunAs.
    """
    problems = []
    for python in (sys.executable, *others_in_path()):
        problem = _problem_with(python, user)
        if not problem:
            return python
        problems.append(problem)
    why = "; ".join(dict.fromkeys(problems))
    raise CannotRunAs(f"QUAERO_RUN_USER: this process cannot run programs as {user.name} ({why})")


def others_in_path() -> list[str]:
    paths = (Path(directory) / "python3" for directory in os.get_exec_path() if directory)
    return [str(path) for path in paths if path.exists()]


def _problem_with(python: str, user: RunUser) -> str:
    command = [python, "-c", PROBE, str(DIRECTORY / "run_program.py"), tempfile.gettempdir()]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(
            command,
            cwd="/",
            env={"PATH": os.defpath},
            user=user.uid,
            group=user.groups[0],
            extra_groups=user.groups,
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            if said == "well\n":
                process.kill()
                return ""
            said += process.stdout.read()
            return said.strip().rpartition("\n")[2] or f"{python} does not start"
    except PermissionError as error:  # to become the user, or to end it: then it names a directory that is not at fault
        return "it lacks the rights" if error.errno == errno.EPERM else str(error)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
