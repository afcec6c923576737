"""The package as people install it: built once, and put into virtual environments that have nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.package.installed import InstalledPackage
from tests.processes import ROOT

BUILT_WITHIN_S = 300.0  # a busy machine, and packages that come from far


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that `make dist` would fill: the sdist, and the wheel that is built from nothing but the sdist."""
    directory = tmp_path_factory.mktemp("dist")
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", directory, ROOT)
    subprocess.run(command, check=True, capture_output=True, timeout=BUILT_WITHIN_S)
    return directory


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    return next(distributions.glob("*.whl"))


@pytest.fixture(scope="session")
def bare_venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledPackage:
    """The plain install, without any extra, in the versions that all tests have."""
    directory = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(directory)
    installed = InstalledPackage(directory)
    installed.pip("install", "--constraint", ROOT / "constraints.txt", wheel)
    return installed
