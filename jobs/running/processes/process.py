"""The command as a process group of its own: start it, signal all of it, and what its end means."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

# As shells and timeout(1) have them; OWN_FAILURE: not the command failed, but what should run it.
CANNOT_EXECUTE, NOT_FOUND, TIMED_OUT, OWN_FAILURE = 126, 127, 124, 125


class CannotStart(Exception):
    """The command could not be started. `exit_code` is what a shell would give."""

    def __init__(self, command: str, error: OSError) -> None:
        self.exit_code = NOT_FOUND if isinstance(error, FileNotFoundError) else CANNOT_EXECUTE
        reason = "command not found" if self.exit_code == NOT_FOUND else error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and "/" in command:
            reason = "no such file or directory"
        super().__init__(f"cannot start {command}: {reason}")


class Process:
    """A running command, its output on two pipes. Its input is ours."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        directory: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        """Raises CannotStart. Without a `directory`, the command runs in ours, and has our input."""
        try:
            # A session of its own: signals reach the whole group, and a Ctrl-C at the terminal only us.
            self._popen = subprocess.Popen(
                command,
                stdin=None if directory is None else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=environment,
                cwd=directory,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise CannotStart(command[0], _as_os_error(error)) from error
        if self._popen.stdout is None or self._popen.stderr is None:
            raise AssertionError("Popen was asked for two pipes")
        self.pid = self._popen.pid
        self.stdout, self.stderr = self._popen.stdout, self._popen.stderr

    def has_ended(self) -> bool:
        return self._popen.poll() is not None

    def wait(self) -> int:
        """The exit code as a shell gives it: 128 + n for a command that died of signal n."""
        return shell_code(self._popen.wait())

    def close(self) -> None:
        """To be called in the end, whatever happens."""

    @property
    def killed_by(self) -> str:
        """The name of the signal that ended the command; empty if none did."""
        code = self._popen.returncode
        return "" if code is None or code >= 0 else signal_name(-code)

    def signal_group(self, number: int) -> None:
        """Sends a signal to everything the command has started (and not moved to a group of its own)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def has_group(self) -> bool:
        """Whether anything of the group is left."""
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def shell_code(returncode: int) -> int:
    return 128 - returncode if returncode < 0 else returncode


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _as_os_error(error: OSError | ValueError) -> OSError:
    """A NUL in an argument is a ValueError to Python, and as impossible as any other."""
    return error if isinstance(error, OSError) else OSError(22, str(error))
