"""Registered jobs: declared by a decorator, found by name, called with JSON data."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from pathlib import Path

import pytest
from django.test import override_settings

from jobs.runnables import BadDeclaration, BadParameters, UnknownRunnable, autodiscover, discovery
from jobs.runnables import registry as shared
from jobs.runnables.discovery import check_registered_jobs
from jobs.runnables.registry import Registry


@pytest.fixture
def registry() -> Registry:
    return Registry()


def send_report(to: str, copies: int = 1) -> str:
    """Sends the report
    of yesterday.

    Nobody reads this.
    """
    return to * copies


def refusal(registry: Registry, function: object = send_report, **options: object) -> str:
    with pytest.raises(BadDeclaration) as raised:
        registry.job(**options)(function)  # type: ignore[call-overload]
    assert registry.all() == []
    return str(raised.value)


def test_a_bare_decorator_takes_all_from_the_function(registry: Registry) -> None:
    assert registry.job(send_report) is send_report
    found = registry.find("send-report")
    assert found.description == "Sends the report of yesterday."
    assert (found.steps, found.timeout_s, found.retries, found.concurrency) == ((), None, 0, "allow")


def test_what_the_decorator_is_told_is_kept(registry: Registry) -> None:
    options = {"name": "Report 2.0", "description": "Short.", "steps": ["Read", "Send"], "retries": 3}
    registry.job(**options, timeout=timedelta(minutes=2), concurrency="skip")(send_report)  # type: ignore[call-overload]
    found = registry.find("Report 2.0")
    assert (found.description, found.steps, found.retries) == ("Short.", ("Read", "Send"), 3)
    assert (found.timeout_s, found.concurrency) == (120, "skip")


def test_what_is_not_there_is_refused_with_what_is(registry: Registry) -> None:
    with pytest.raises(UnknownRunnable, match="no registered job 'x': there are none"):
        registry.find("x")
    registry.job(name="b")(send_report)
    registry.job(name="a")(send_report)
    with pytest.raises(LookupError, match="no registered job 'x': there are a, b"):
        registry.find("x")
    assert [each.name for each in registry.all()] == ["a", "b"]


@pytest.mark.parametrize("name", ["", " a", "-a", "a/b", "a\0", "a\n", "ü", "a" * 101, 5, b"a"])
def test_a_name_that_is_none_is_refused(registry: Registry, name: object) -> None:
    text = refusal(registry, name=name)
    assert f"name={name!r} is not allowed" in text
    assert "1 to 100 characters" in text
    assert "@job on tests.runnables.test_runnables.send_report" in text


@pytest.mark.parametrize("timeout", [0, -1, 7 * 86400 + 1, float("nan"), float("inf"), True, "60", timedelta()])
def test_a_timeout_out_of_range_is_refused(registry: Registry, timeout: object) -> None:
    assert "at most 7 days, in seconds or as a timedelta" in refusal(registry, timeout=timeout)


@pytest.mark.parametrize(
    "steps", ["Read", ["a", "a"], [""], ["a\nb"], [" a"], ["a" * 201], [1], [["a"]], {"a"}, ["a\0"], 5]
)
def test_steps_that_could_not_be_told_apart_or_shown_are_refused(registry: Registry, steps: object) -> None:
    assert "a list of different names" in refusal(registry, steps=steps)


@pytest.mark.parametrize("retries", [-1, 101, True, 1.5, "3", None])
def test_retries_out_of_range_are_refused(registry: Registry, retries: object) -> None:
    assert "from 0 to 100" in refusal(registry, retries=retries)


@pytest.mark.parametrize("concurrency", ["once", None, ["skip"]])
def test_an_unknown_concurrency_is_refused(registry: Registry, concurrency: object) -> None:
    assert "one of allow, skip, queue" in refusal(registry, concurrency=concurrency)


def test_a_generator_or_a_class_is_no_job(registry: Registry) -> None:
    def generator() -> object:
        yield 1

    async def stream() -> object:
        yield 1

    assert "would end before it began" in refusal(registry, generator)
    assert "would end before it began" in refusal(registry, stream)
    assert "only a function" in refusal(registry, Registry)


def test_one_name_is_for_one_function(registry: Registry) -> None:
    def other() -> None: ...

    other.__module__ = "shop.jobs"
    registry.job(name="report")(send_report)
    with pytest.raises(BadDeclaration) as raised:
        registry.job(name="report")(other)
    assert "tests.runnables.test_runnables.send_report has it" in str(raised.value)
    assert "shop.jobs.test_one_name_is_for_one_function.<locals>.other wants it" in str(raised.value)
    assert registry.find("report").function is send_report


def test_a_module_that_is_loaded_again_takes_the_place_of_its_former_self(registry: Registry) -> None:
    def declare() -> Callable[[], None]:
        @registry.job
        def again() -> None: ...

        return again

    first, second = declare(), declare()
    assert first is not second
    assert registry.find("again").function is second


def test_a_call_converts_and_gives_what_the_function_returns(registry: Registry) -> None:
    registry.job(send_report)
    assert registry.find("send-report").call({"to": "ab", "copies": 2}) == "abab"
    with pytest.raises(BadParameters, match="copies must be a whole number, not 'two'"):
        registry.find("send-report").call({"to": "ab", "copies": "two"})


def test_a_coroutine_is_run_to_its_end(registry: Registry) -> None:
    @registry.job
    async def slow(number: int) -> int:
        return number + 1

    @registry.job(name="wrapped")
    @wraps(slow)
    def wrapped(number: int) -> object:
        return slow(number)

    assert registry.find("slow").call({"number": 1}) == registry.find("wrapped").call({"number": 1}) == 2


def make_app(folder: Path, name: str, source: str, module: str = "quaero_jobs.py") -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    (folder / name / module).write_text(source)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], object]:
    """`installed(name, source)`: settings with an app of this name, whose `quaero_jobs.py` has this text."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(shared, "by_name", dict(shared.by_name))
    monkeypatch.setattr(discovery, "failures", [])
    for name in ("stock_app", "broken_app"):
        monkeypatch.delitem(sys.modules, f"{name}.quaero_jobs", raising=False)
        monkeypatch.delitem(sys.modules, name, raising=False)

    def install(name: str, source: str) -> object:
        make_app(tmp_path, name, source)
        return override_settings(INSTALLED_APPS=[name])

    return install


def test_jobs_of_every_app_are_found(installed: Callable[[str, str], override_settings]) -> None:
    source = "from jobs.runnables import job\n@job\ndef count_stock(shop: int): return shop\n"
    with installed("stock_app", source):
        autodiscover()
    assert shared.find("count-stock").call({"shop": 3}) == 3


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import nowhere_at_all", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("\n1 / 0", "broken_app/quaero_jobs.py, line 2"),
        ("def", "SyntaxError"),
        ("from jobs.runnables import job\njob(name='/')(job)", "BadDeclaration"),
    ],
)
def test_an_app_whose_jobs_cannot_be_imported_is_a_system_check(
    installed: Callable[[str, str], override_settings], source: str, said: str
) -> None:
    with installed("broken_app", source):
        autodiscover()
    [error] = check_registered_jobs(None)
    assert (error.id, error.is_serious()) == ("quaero.E004", True)
    assert error.msg.startswith("The registered jobs of the app broken_app cannot be imported from broken_app.quaero")
    assert said in error.msg
    assert "broken_app" in str(error.hint)


def test_two_apps_that_offer_one_name_are_both_named(
    installed: Callable[[str, str], override_settings], tmp_path: Path
) -> None:
    source = "from jobs.runnables import job\n@job\ndef count_stock(): pass\n"
    make_app(tmp_path, "stock_app", source)
    with installed("broken_app", source), override_settings(INSTALLED_APPS=["stock_app", "broken_app"]):
        autodiscover()
    [error] = check_registered_jobs(None)
    assert error.id == "quaero.E005"
    assert "stock_app.quaero_jobs.count_stock has it" in error.msg
    assert "broken_app.quaero_jobs.count_stock wants it too" in error.msg


def test_other_modules_are_looked_in_where_a_setting_says_so(
    installed: Callable[[str, str], override_settings], tmp_path: Path
) -> None:
    make_app(tmp_path, "stock_app", "from jobs.runnables import job\n@job\ndef count_stock(): pass\n", "jobs.py")
    with override_settings(INSTALLED_APPS=["stock_app"]):
        autodiscover()
        assert "count-stock" not in shared.by_name
    with override_settings(INSTALLED_APPS=["stock_app"], QUAERO={"JOBS_MODULES": ["quaero_jobs", "jobs"]}):
        autodiscover()
    assert "count-stock" in shared.by_name
