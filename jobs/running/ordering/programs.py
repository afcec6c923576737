"""Ordering runs: checks what is asked for, makes the pending job, and lets the workers know of it.

Every door comes through here: the API, the pages, the command line, programs that spawn others. What is wrong
with an order is a Refusal that names the part of it, and then there is no job.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.db import transaction

from jobs.errors import Refusals
from jobs.models import Job
from jobs.running.ordering.checks import (
    MAX_ATTRIBUTES_BYTES,
    checked_name,
    checked_timeout,
    divided,
    require_language,
    require_program,
    require_size,
)
from jobs.running.ordering.pending import NOWHERE, Origin, create
from jobs.running.ordering.specs import (
    PROGRAM_KIND,
    ProgramSpec,
)
from jobs.secrets.command_line import masked_line
from jobs.secrets.masking import Masker
from jobs.text.commands import shortened

MAX_DERIVED_NAME_CHARACTERS = 80
SAYS_NOTHING = re.compile(r"#!|import |from \S+ import |set [-+]\w")  # beginnings that many programs share


def order_program(
    program: str,
    *,
    language: str = "python",
    name: str | None = None,
    timeout: float | None = None,
    attributes: Mapping[str, object] | None = None,
    parameters: Mapping[str, object] | None = None,
    secrets: Sequence[str] = (),
    origin: Origin = NOWHERE,
    wrong: Refusals | None = None,
) -> Job:
    """A pending job that will run `program`. Raises BadOrder for all that is wrong, and Forbidden for what is off.

    `timeout` in seconds. `secrets` names those of `parameters` that are not to be seen; those whose names say it are
    secret as well. `wrong`: what the caller has found wrong already.
    """
    wrong = wrong or Refusals()
    with wrong:
        require_program(program)
    with wrong:
        require_language(language)
    plain: dict[str, object] = {}
    hidden: dict[str, str] = {}
    with wrong:
        plain, hidden = divided(parameters or {}, secrets)
    with wrong:
        timeout = checked_timeout(timeout)
    with wrong:
        name = None if name is None else checked_name(name)
    with wrong:
        require_size("attributes", attributes or {}, MAX_ATTRIBUTES_BYTES)
    wrong.end()
    spec = ProgramSpec(program, language, timeout, plain, sorted(hidden))
    shown = name or name_of_program(program, language)
    shown = Masker(list(hidden.values())).mask(shown)
    with transaction.atomic():
        return create(shown, PROGRAM_KIND, spec, hidden, attributes, origin)


def name_of_program(program: str, language: str) -> str:
    """Its first line that says something, without what makes it a comment, and without secrets."""
    printable = ("".join(filter(str.isprintable, line)).strip() for line in program.splitlines())
    speaking = (line.lstrip("# ") for line in printable if not SAYS_NOTHING.match(line))
    first = next(filter(None, speaking), f"{language} program")
    return shortened(masked_line(first), MAX_DERIVED_NAME_CHARACTERS)
