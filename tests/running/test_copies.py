"""What runs in the job's own process imports nothing of Quaero, and so has copies of some names and numbers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jobs import levels, storable
from jobs.running import child
from jobs.running.processes import end_command, guardian, orphans, proc, process
from jobs.running.workers import command
from jobs.terms import languages
from jobs.terms.environment import JOB_ID_VARIABLE


def constants_of(path: Path) -> dict[str, object]:
    """What a module gives a name at its top, where that is written out."""
    found: dict[str, object] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            names = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                continue
            values = value if isinstance(node.targets[0], ast.Tuple) else (value,)
            found |= {name.id: value for name, value in zip(names, values, strict=True) if isinstance(name, ast.Name)}
    return found


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        ("child/quaero_job.LANGUAGES", languages.LANGUAGES),
        ("child/quaero_job.LEVEL_NAMES", tuple(levels.NAMES.values())),
        ("child/quaero_job.LEVEL_NUMBERS", tuple(levels.NAMES)),
        ("child/quaero_job.JOB_ID_VARIABLE", JOB_ID_VARIABLE),
        ("child/quaero_job.PARAMETERS_VARIABLE", command.PARAMETERS_VARIABLE),
        ("child/quaero_values.MAX_DEPTH", storable.MAX_JSON_DEPTH),
        ("guardian/guard.TERM_TO_KILL_S", end_command.TERM_TO_KILL_S),
        ("guardian/__main__.PR_SET_CHILD_SUBREAPER", orphans.PR_SET_CHILD_SUBREAPER),
        ("guardian/__main__.CANNOT_EXECUTE", process.CANNOT_EXECUTE),
        ("guardian/tree.PARENT", proc.PARENT),
    ],
)
def test_a_copy_is_as_its_original(copy: str, original: object) -> None:
    folder, _, rest = copy.partition("/")
    module, _, name = rest.rpartition(".")
    directory = {"child": child.DIRECTORY, "guardian": guardian.DIRECTORY}[folder]
    assert constants_of(directory / f"{module}.py")[name] == original
