"""A virtual environment with the package in it, and what can be done there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.processes import DEADLINE_S, Serving, environment

INSTALLED_WITHIN_S = 300.0


@dataclass(frozen=True)
class InstalledPackage:
    directory: Path

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    @property
    def quaero(self) -> Path:
        return self.directory / "bin" / "quaero"

    def pip(self, *arguments: str | Path) -> None:
        """By the pip of the tests' own environment: to make one takes longer than all else."""
        command = (sys.executable, "-m", "pip", "--python", self.python, "--quiet", *arguments)
        subprocess.run(command, check=True, timeout=INSTALLED_WITHIN_S, env=environment())

    def packages(self) -> set[str]:
        command = (sys.executable, "-m", "pip", "--python", self.python, "list", "--format", "freeze")
        listed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout
        return {line.partition("==")[0].lower() for line in listed.splitlines()}


@dataclass(frozen=True)
class Home:
    """Where a person works who has installed Quaero: a home directory, and one where they are just now."""

    installed: InstalledPackage
    home: Path
    here: Path

    @property
    def variables(self) -> dict[str, str]:
        return {"HOME": str(self.home), "XDG_DATA_HOME": "", "QUAERO_DATA_DIR": ""}

    def quaero(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A command, run to its end."""
        return subprocess.run(
            [self.installed.quaero, *arguments],
            cwd=self.here,
            env=environment(**self.variables | variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )

    def serving(self, **variables: str) -> Serving:
        server = Serving(self.home, **self.variables | variables)
        server.arguments = (str(self.installed.quaero), "serve", "--port", str(server.port))
        server.cwd = self.here
        return server
