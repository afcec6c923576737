"""The house stands as docs/design.md draws it: imports run downward, in no circle, and files stay small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("jobs", "logstream", "quaero")  # from the ground up
LARGEST_FILE = 400

# Inside `jobs`, from the ground up: rooms (folders, or files at the root). What is in one imports from its own floor
# and from those below.
FLOORS = {
    "words": "terms errors levels statuses storable signals text refused_requests",
    "settings": "configuration conf",
    "models": "models patience",
    "secrets": "secrets",
    "core": "recording lifecycle queries access credentials token_uses operations installation readiness "
    "retention validation runnables conf_checks",
    "doors": "running background tracking handlers reporting terminal web templatetags admin api management apps",
}
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS.values()) for name in names.split()}
WITHOUT_DJANGO = ("logstream.registry", "logstream.events")  # and the words of `jobs`
ANNOUNCES_BY_DJANGO = "jobs.signals"


@cache
def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text())


def is_for_types_alone(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def import_nodes(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif not is_for_types_alone(child):
            yield from import_nodes(child)


@cache
def imports(module: str) -> frozenset[str]:
    """What `module` imports when it runs, by full name: `from jobs import levels` is `jobs.levels`."""
    found = set()
    for node in import_nodes(tree(module)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        else:
            assert node.level == 0, f"{module}: imports are written in full"
            origin = node.module or ""
            inner = {f"{origin}.{name.name}" for name in node.names} & set(modules())
            found |= inner
            if len(inner) < len(node.names):
                found.add(origin)
    return frozenset(found)


def package_of(module: str) -> str:
    return module.partition(".")[0]


def floor_of(module: str) -> int:
    name = module.split(".")[1]
    assert name in FLOOR_OF, f"{module}: which floor of `jobs` is it on? FLOORS in {Path(__file__).name} says"
    return FLOOR_OF[name]


def reachable(module: str) -> set[str]:
    seen: set[str] = set()
    ahead = {module}
    while ahead:
        name = ahead.pop()
        seen.add(name)
        if name in modules():
            ahead |= imports(name) - seen
    return seen


def circle_from(module: str, path: tuple[str, ...] = ()) -> tuple[str, ...] | None:
    """The first circle that is found on the way down from `module`."""
    if module in path:
        return path[path.index(module) :]
    for imported in sorted(imports(module) & set(modules())):
        circle = circle_from(imported, (*path, module)) if imported not in without_circle else None
        if circle:
            return circle
    without_circle.add(module)
    return None


without_circle: set[str] = set()


def test_packages_import_downward_only() -> None:
    def above(module: str) -> tuple[str, ...]:
        return PACKAGES[PACKAGES.index(package_of(module)) + 1 :]

    upward = {(module, name) for module in modules() for name in imports(module) if package_of(name) in above(module)}
    assert upward == set()


def test_inside_jobs_imports_run_downward_only() -> None:
    inside = [module for module in modules() if module.startswith("jobs.")]
    pairs = {(module, name) for module in inside for name in imports(module) if name.startswith("jobs.")}
    assert {(module, name) for module, name in pairs if floor_of(name) > floor_of(module)} == set()


def test_no_imports_run_in_a_circle() -> None:
    assert [circle for module in modules() if (circle := circle_from(module))] == []


def test_what_needs_no_django_imports_none() -> None:
    words = [module for module in modules() if module.startswith("jobs.") and floor_of(module) == 0]
    there = [module for module in (*WITHOUT_DJANGO, *words) if module != ANNOUNCES_BY_DJANGO]
    names = {(module, name) for module in there for name in reachable(module)}
    assert {(module, name) for module, name in names if package_of(name) == "django"} == set()


def test_no_imports_inside_functions() -> None:
    """But in `AppConfig.ready`, before which there are no models."""
    inside = {
        (module, node.name)
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(import_nodes(node))
    }
    assert {(module, name) for module, name in inside if not (module.endswith(".apps") and name == "ready")} == set()


def test_no_python_file_is_large() -> None:
    paths = [path for folder in (*PACKAGES, "tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in paths}
    assert {name: lines for name, lines in lengths.items() if lines > LARGEST_FILE} == {}
