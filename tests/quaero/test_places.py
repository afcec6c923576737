"""Where things are, and what a person types."""

from __future__ import annotations

import sys
from pathlib import Path

import django
import pytest
from django.core.exceptions import ImproperlyConfigured

from quaero.config import places, tasks
from quaero.serving.children import python_module
from tests.processes import ROOT


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """As in an environment's `site-packages`, where nothing is beside the package."""
    monkeypatch.setattr(places, "PACKAGE", tmp_path / "quaero")
    monkeypatch.setattr(places, "BESIDE", tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def test_a_clone_has_all_beside_its_manage_py() -> None:
    own = ROOT / "templates" / "quaero" / "installation"
    assert places.template_directories() == [own, ROOT / "templates"]
    assert places.static_directories() == [ROOT / "static"]
    assert places.default_data_directory() == ROOT / "var"


@pytest.mark.skipif(sys.platform != "linux", reason="each platform has another place")
def test_an_installed_package_has_all_inside_and_its_data_with_the_users_others(installed: Path) -> None:
    assert places.template_directories() == [installed / "quaero" / "templates" / "quaero" / "installation"]
    assert places.static_directories() == []
    assert places.default_data_directory() == installed / "data" / "quaero"
    assert not (installed / "data").exists()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("manage.py", "manage.py"),
        ("/somewhere/bin/quaero", "quaero"),
        (str(places.PACKAGE / "__main__.py"), "python -m quaero"),
        ("/somewhere/uvicorn", "manage.py"),
    ],
)
def test_a_command_is_named_as_it_was_typed(monkeypatch: pytest.MonkeyPatch, typed: str, name: str) -> None:
    monkeypatch.setattr(sys, "argv", [typed, "serve"])
    assert places.command_name() == name


def test_of_an_installed_package_the_command_is_quaero(monkeypatch: pytest.MonkeyPatch, installed: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/web_process.py"])
    assert places.command_name() == "quaero"


def test_a_child_looks_for_modules_where_its_parent_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    assert "-P" in python_module("quaero")
    for entry in ("", ".", str(tmp_path)):
        monkeypatch.setattr(sys, "path", [entry, str(ROOT)])
        assert "-P" not in python_module("quaero")


def test_tasks_are_a_package_where_django_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django, "VERSION", (6, 0, 0, "final", 0))
    assert tasks.task_apps() == ["django_tasks_db"]
    monkeypatch.setattr(django, "VERSION", (5, 2, 8, "final", 0))
    monkeypatch.setattr(tasks, "find_spec", lambda name: object())
    assert tasks.task_apps() == ["django_tasks", "django_tasks_db"]
    monkeypatch.setattr(tasks, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install 'django-quaero\[django52\]'"):
        tasks.task_apps()
