"""From a job's spec to a command: what to execute, where, with which environment and within which bounds."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import stat
import sys
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from jobs import conf
from jobs.models import Job
from jobs.running import child
from jobs.running.ordering.specs import NotARun, ProgramSpec, RegisteredSpec, Spec, spec_of
from jobs.running.processes.bounds import Bounds, configured_bounds
from jobs.running.processes.caller import given
from jobs.running.processes.run_user import CannotRunAs, RunUser, configured_user, python_for
from jobs.running.processes.scratch import scratch_directory
from jobs.secrets.masking import Masker
from jobs.secrets.patterns import configured_patterns
from jobs.secrets.sealing import CannotSeal, SecretIsLost, unsealed
from jobs.terms.environment import JOB_ID_VARIABLE

PARAMETERS_VARIABLE = "QUAERO_PARAMETERS"  # all of them, as JSON
PARAMETER_PREFIX = "QUAERO_PARAMETER_"  # and one each, for shells

# What the program's surroundings are, and nothing that could be a secret of the installation.
ALLOWED_VARIABLES = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
)  # fmt: skip
ALLOWED_PREFIXES = ("LC_",)
CHANGED_HERE = ("TZ", "LC_CTYPE")  # by Django's settings, and by Python where the locale is C
# A registered job is part of the installation, and connects to its database.
INSTALLATIONS_VARIABLES = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
INSTALLATIONS_PREFIX = "QUAERO_"

RUN_PROGRAM = child.DIRECTORY / "run_program.py"
RUN_REGISTERED = "jobs.running.run_registered"


class CannotRun(Exception):
    """The job cannot be run here. The text says why."""


@dataclass(frozen=True, kw_only=True)
class RunCommand:
    arguments: Sequence[str]
    environment: Mapping[str, str]
    directory: Path
    scratch: Path
    timeout: timedelta
    bounds: Bounds
    user: RunUser | None
    masker: Masker

    def remove_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)


def command_of(job: Job) -> RunCommand:
    """Makes a scratch directory, which is to be removed in the end. Raises CannotRun."""
    try:
        spec, secrets = spec_of(job), unsealed(job)
    except (NotARun, SecretIsLost, CannotSeal) as error:
        raise CannotRun(str(error)) from error
    lost = [name for name in spec.secrets if name not in secrets]
    if lost:
        raise CannotRun(f"its secret parameters {', '.join(lost)} are not there any more")
    require_allowed(spec)
    try:
        return command_as(None if isinstance(spec, RegisteredSpec) else configured_user(), job, spec, secrets)
    except CannotRunAs as error:
        raise CannotRun(str(error)) from error


def command_as(user: RunUser | None, job: Job, spec: Spec, secrets: Mapping[str, str]) -> RunCommand:
    """Raises CannotRunAs."""
    is_registered = isinstance(spec, RegisteredSpec)
    with scratch_directory(job.pk) as scratch:
        arguments = arguments_of(spec, scratch, sys.executable if user is None else python_for(user))
        if user is not None:
            user.owns(scratch)
        return RunCommand(
            arguments=arguments,
            environment=environment_of(job, spec, secrets) | ({} if user is None else user.environment()),
            directory=Path.cwd() if is_registered else scratch,  # where the settings' relative paths count from
            scratch=scratch,
            timeout=timedelta(seconds=spec.timeout or conf.run_timeout_s()),
            bounds=configured_bounds(is_registered=is_registered),
            user=user,
            masker=masker_for(secrets),
        )


def require_allowed(spec: Spec) -> None:
    """Once more: a job may have waited for long, and the worker's settings are those that count."""
    if isinstance(spec, ProgramSpec) and spec.language not in conf.programs():
        raise CannotRun(f"QUAERO_PROGRAMS of this worker does not allow {spec.language} programs")


def masker_for(secrets: Mapping[str, str]) -> Masker:
    return Masker(list(secrets.values()), configured_patterns())


def arguments_of(spec: Spec, scratch: Path, python: str) -> Sequence[str]:
    if isinstance(spec, RegisteredSpec):
        return (sys.executable, "-P", "-m", RUN_REGISTERED, spec.runnable)
    if spec.language == "python":
        path = written(scratch / "program.py", spec.program, encoding_of(spec.program))
        return (python, str(RUN_PROGRAM), str(path))
    path = written(scratch / "program.sh", spec.program)
    if spec.program.startswith("#!"):  # it says itself what is to read it
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return (str(path),)
    return ("sh", str(path))


def written(path: Path, program: str, encoding: str = "utf-8") -> Path:
    path.write_text(program, encoding=encoding, newline="")
    return path


def encoding_of(program: str) -> str:
    """The one that a Python program says it has, so that its texts are read as they were sent."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(program.encode()).readline)
        program.encode(encoding)
    except (SyntaxError, UnicodeError):  # Python will say so better
        return "utf-8"
    return "utf-8" if encoding == "utf-8-sig" else encoding


def environment_of(job: Job, spec: Spec, secrets: Mapping[str, str]) -> dict[str, str]:
    is_registered = isinstance(spec, RegisteredSpec)
    parameters = {**spec.parameters, **secrets}
    environment = {name: value for name, value in surroundings().items() if is_allowed(name, is_registered)}
    environment |= {parameter_variable(name): as_text(value) for name, value in parameters.items()}
    environment |= {
        JOB_ID_VARIABLE: str(job.pk),
        PARAMETERS_VARIABLE: json.dumps(parameters),
        "PYTHONPATH": os.pathsep.join(python_path(is_registered)),
        "PYTHONUNBUFFERED": "1",  # of Pythons that the program starts: their lines come when they are said
        "PYTHONIOENCODING": "utf-8:backslashreplace",
    }
    if is_registered:
        environment["DJANGO_SETTINGS_MODULE"] = settings.SETTINGS_MODULE
    return environment


def surroundings() -> dict[str, str]:
    """The worker's environment; but what Django and Python have set in it is not for others."""
    kept = {name: value for name, value in os.environ.items() if name not in CHANGED_HERE}
    return kept | {name: value for name, value in given().environment.items() if name in CHANGED_HERE}


def is_allowed(name: str, is_registered: bool) -> bool:
    if name in ALLOWED_VARIABLES or name.startswith(ALLOWED_PREFIXES):
        return True
    if name in conf.run_environment():
        return True
    if not conf.is_installation():
        return is_registered  # the project's own code, whose settings read what they need
    return is_registered and (name in INSTALLATIONS_VARIABLES or name.startswith(INSTALLATIONS_PREFIX))


def python_path(is_registered: bool) -> list[str]:
    """A program finds `quaero_job`; a registered job all that its worker can import as well."""
    ours = [str(Path(entry).absolute()) for entry in sys.path] if is_registered else []
    return [str(child.DIRECTORY), *ours]


def parameter_variable(name: str) -> str:
    """`QUAERO_PARAMETER_DAY_OF_WEEK` for `day-of-week`."""
    return PARAMETER_PREFIX + re.sub(r"[^A-Z0-9_]", "_", name.upper())


def as_text(value: object) -> str:
    """A text as it is, anything else as JSON. (The system allows no NUL in an environment.)"""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.replace("\0", "")
