"""What is in the package, and what is not."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path

import pytest

from logstream.version import VERSION
from tests.processes import ROOT

pytestmark = pytest.mark.slow


def files_under(folder: str, pattern: str = "*") -> set[str]:
    return {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob(pattern) if path.is_file()}


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_has_every_template_and_static_file(names: set[str]) -> None:
    shown = files_under("templates") | files_under("static")
    assert len(shown) > 50
    assert {f"quaero/{name}" for name in shown} - names == set()


def test_the_wheel_has_every_module_migration_and_marker_of_types(names: set[str]) -> None:
    modules = {name for package in ("quaero", "jobs", "logstream") for name in files_under(package, "*.py")}
    assert any("migrations" in name for name in modules)
    assert (modules | {"quaero/py.typed", "jobs/py.typed", "logstream/py.typed"}) - names == set()


def test_the_wheel_has_the_licences_and_says_what_it_is(names: set[str], wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        about = archive.read(f"django_quaero-{VERSION}.dist-info/METADATA").decode()
    licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    vendored = files_under("static", "LICENSE")
    assert len(vendored) >= 2
    assert licences == {"LICENSE", *vendored}
    for line in ("Name: django-quaero", f"Version: {VERSION}", "License-Expression: MIT"):
        assert f"\n{line}\n" in about


def test_the_wheel_has_nothing_else(names: set[str]) -> None:
    others = {name for name in names if not name.startswith(("quaero/", "jobs/", "logstream/", "django_quaero-"))}
    assert others == set()
    assert {name for name in names if "__pycache__" in name or "/tests/" in name} == set()


def test_the_sdist_has_no_tests_and_no_benchmarks(distributions: Path) -> None:
    with tarfile.open(next(distributions.glob("*.tar.gz"))) as archive:
        folders = {name.split("/")[1] for name in archive.getnames() if name.count("/") > 1}
    assert folders == {"quaero", "jobs", "logstream", "templates", "static", "docs"}
