"""Tests must not fix a moment, a port or an id while they are collected, and use it much later."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
OF_THE_MOMENT = {
    "ago",
    "free_port",
    "getcwd",
    "cwd",
    "monotonic",
    "now",
    "perf_counter",
    "time",
    "today",
    "uuid1",
    "uuid4",
}


def test_no_moment_port_or_id_is_fixed_at_import() -> None:
    found = {
        f"{path.relative_to(TESTS)}:{call.lineno} {ast.unparse(call)}"
        for path in TESTS.rglob("*.py")
        for node in run_at_import(ast.parse(path.read_text()).body)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in OF_THE_MOMENT
    }
    assert found == set()


def run_at_import(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Decorators, default values and code outside of functions."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from [*node.decorator_list, node.args]
        elif isinstance(node, ast.ClassDef):
            yield from node.decorator_list
            yield from run_at_import(node.body)
        else:
            yield node
