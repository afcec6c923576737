"""The sample jobs of the very first start: real commands on this machine, so that there is something to watch."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import django

from quaero.environment import BASE_DIR

# The compiled files go into a directory of their own, which goes with the job: nothing here is changed.
COMPILE = """\
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' TERM
PYTHONPYCACHEPREFIX=$scratch {python} -u -m compileall {sources} &
wait $!
"""

INSPECT = """\
echo "::group::Look at the machine"
uname -a
{python} --version
df -h .
echo "::endgroup::"
echo "::progress::20"
echo "::group::Check the settings, as for a public server"
{python} manage.py check --deploy
echo "::endgroup::"
echo "::progress::60"
echo "::group::List the installed packages"
{python} -m pip --disable-pip-version-check list || echo "::warning::pip is not in this environment"
echo "::endgroup::"
echo "::progress::100"
"""


def sample_jobs() -> list[Sequence[str]]:
    """Management commands, each of which runs one sample job."""
    return [
        sample("Compile the admin and its neighbours", COMPILE),
        sample("Inspect this installation", INSPECT),
    ]


def sample(name: str, script: str) -> Sequence[str]:
    sources = Path(django.__file__).parent / "contrib"
    text = script.format(python=shlex.quote(sys.executable), sources=shlex.quote(str(sources)))
    directory = shlex.quote(str(BASE_DIR))
    return ("runjob", "--name", name, "--kind", "sample", "--", "sh", "-c", f"cd {directory}\n{text}")
