"""Runs a Python program as a job: `python run_program.py PATH`.

As `python PATH` would; but its output is written line by line, an uncaught exception is one entry and says why the
job fails, and the value of a last bare expression is the job's result, as in a notebook.
"""

from __future__ import annotations

import ast
import linecache
import os
import sys
import types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from jobs.running.child import quaero_failures, quaero_output, quaero_reports, quaero_values
else:
    import quaero_failures
    import quaero_output
    import quaero_reports
    import quaero_values

INTERRUPTED = 130


def main(path: str) -> int:
    """The exit code. A SystemExit is raised on: what it means is Python's to say."""
    quaero_output.take_over()
    quaero_failures.hook_exceptions()
    _imports_as_from(path)
    sys.argv = [path]
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    return exit_code_of(lambda: report_value(run(path, vars(module))))


def exit_code_of(work: Callable[[], object]) -> int:
    """Does the work; what it raises is reported. A SystemExit is raised on."""
    try:
        work()
    except SystemExit as error:
        if isinstance(error.code, str):
            quaero_reports.report("failure", error.code[: quaero_failures.MAX_FAILURE_CHARACTERS])
        raise
    except KeyboardInterrupt as error:
        quaero_failures.report_failure(error)
        return INTERRUPTED
    except BaseException as error:
        report_failure(error)
        return 1
    return 0


def run(path: str, namespace: dict[str, object]) -> object:
    """Runs the program at `path`; gives the value of the expression that is its last statement, if one is."""
    with open(path, "rb") as file:
        source = file.read()
    remember_source(path)
    program = compile(source, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    if not isinstance(program, ast.Module):
        raise AssertionError("compile was asked for a module")
    last = program.body[-1] if program.body else None
    value = None
    if isinstance(last, ast.Expr):  # compiled before anything runs, as it may be no valid program
        value = compile(ast.Expression(last.value), path, "eval", dont_inherit=True)
        del program.body[-1]
    exec(compile(program, path, "exec", dont_inherit=True), namespace)  # noqa: S102  running it is what we are for
    return None if value is None else eval(value, namespace)  # noqa: S307


def remember_source(path: str) -> None:
    """Tracebacks are to show the program's lines even when its file or directory has changed meanwhile."""
    linecache.getlines(path)
    cached = linecache.cache.get(path)
    if cached is not None and len(cached) == 4:
        size, _, lines, name = cached
        linecache.cache[path] = (size, None, lines, name)


def report_value(value: object) -> None:
    """Makes `value` the result, if the program has given none. What JSON cannot hold is shown as a notebook would."""
    if value is None or quaero_reports.has_result:
        return
    try:
        quaero_reports.report_result(value)
    except quaero_values.Refused:
        report_value(quaero_values.text_of(value))
    except ValueError as error:
        quaero_reports.report_entry("warn", f"the last expression's value was not kept: {error}", {})


def report_failure(error: BaseException) -> None:
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    try:
        sys.excepthook(type(error), error.with_traceback(trace), trace)
    except Exception as problem:  # in a hook that the program has set
        quaero_failures.report_exception(problem)
        quaero_failures.report_exception(error)
    quaero_failures.report_failure(error)


def _imports_as_from(path: str) -> None:
    """Imports look beside the program first, as if Python had been given its file."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [place for place in sys.path if os.path.abspath(place) != here]
    sys.path[:] = [os.path.dirname(os.path.abspath(path)), here, *others]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: run_program.py PATH")
    sys.exit(main(sys.argv[1]))
