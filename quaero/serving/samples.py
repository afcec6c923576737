"""The sample jobs of the very first start: real commands on this machine, so that there is something to watch."""

from __future__ import annotations

import shlex
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import django

from quaero.serving.children import python_module

# The compiled files go into a directory of their own, which is deleted with the job: nothing here is changed.
COMPILE = """\
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' TERM
export PYTHONPYCACHEPREFIX="$scratch"
echo "::group::Compile Django"
{python} -m compileall -o 0 -o 1 -o 2 {django}
echo "::endgroup::"
echo "::progress::40"
echo "::group::Compile the standard library"
{python} -m compileall -o 0 -o 1 -o 2 -x 'site-packages|/tests?/' {library}
"""

INSPECT = """\
echo "::group::Look at the machine"
uname -a
df -h .
{python} -VV
echo "::endgroup::"
echo "::progress::10"
echo "::group::Check the settings, as for a public server"
{quaero} check --deploy
echo "::endgroup::"
echo "::progress::20"
echo "::group::List the installed packages"
{python} -m pip --disable-pip-version-check list || echo "::warning::pip is not in this environment"
echo "::endgroup::"
echo "::progress::30"
echo "::group::Measure: SHA-256 of 1 MiB"
{python} -m timeit -v -r 9 -s 'import hashlib; block = bytes(1 << 20)' 'hashlib.sha256(block).digest()'
echo "::endgroup::"
echo "::progress::65"
echo "::group::Measure: a row into SQLite"
{python} -m timeit -v -r 9 -s 'import sqlite3; db = sqlite3.connect(":memory:"); db.execute("CREATE TABLE t (x)")' \
    'db.execute("INSERT INTO t VALUES (1)")'
echo "::endgroup::"
echo "::progress::100"
"""


def sample_jobs() -> list[Sequence[str]]:
    """Management commands, each of which runs one sample job."""
    return [sample("Compile the libraries", COMPILE), sample("Inspect this installation", INSPECT)]


def sample(name: str, script: str) -> Sequence[str]:
    """The management command that runs a script as a sample job."""
    text = script.format(
        python=shlex.join((sys.executable, "-P")),  # the working directory has no modules for it
        quaero=shlex.join(python_module("quaero")),
        django=shlex.quote(str(Path(django.__file__).parent)),
        library=shlex.quote(sysconfig.get_path("stdlib")),
    )
    options = ("--quiet", "--name", name, "--kind", "sample", "--grace", "1")
    return ("runjob", *options, "--", "sh", "-c", text)
