"""The bootstrap of Python programs: their output, results, and how their ends are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.recording import NewEntry
from jobs.text import Failure, GroupStart, Result
from tests.programs import AT, Said, run_program

pytestmark = pytest.mark.slow

Run = Callable[..., Said]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return lambda program, **variables: run_program(tmp_path / "program.py", program, **variables)


@pytest.mark.parametrize(
    ("program", "results"),
    [
        ("6 * 7", [42]),
        ("def f(): return {'a': [1]}\nf()", [{"a": [1]}]),
        ("from __future__ import annotations\n'''text'''", ["text"]),
        ("x = 5", []),
        ("def f(): return 5", []),
        ("print('x')", []),
        ("None", []),
        ("", []),
        ("if True: 5", []),
        ("import quaero_job\nquaero_job.result(1)\n2", [1]),
        ("object", ["<class 'object'>"]),
        ("x = []; x.append(x)\nx", ["[[...]]"]),
    ],
)
def test_the_value_of_a_last_expression_is_the_result(run: Run, program: str, results: list[object]) -> None:
    said = run(program)
    assert said.of(Result) == [Result(result) for result in results]  # type: ignore[arg-type]
    assert said.exit_code == 0


def test_a_last_value_that_is_too_large_is_no_result_and_says_so(run: Run) -> None:
    said = run("'x' * 2_000_000")
    [entry] = said.entries
    assert (entry.level, "1,000,000" in entry.message, said.of(Result), said.exit_code) == ("warn", True, [], 0)


def test_the_program_is_main_with_its_own_file_and_arguments(run: Run, tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("NAME = 'neighbour'")
    said = run(
        "import sys, neighbour\nprint(__name__, __file__ == sys.argv[0], len(sys.argv), neighbour.NAME)\nsorted(vars())"
    )
    assert said.messages == ["__main__ True 1 neighbour"]
    [result] = said.of(Result)
    assert isinstance(result, Result)
    assert isinstance(result.value, list)
    assert {name for name in result.value if isinstance(name, str) and not name.startswith("__")} == {
        "sys",
        "neighbour",
    }


def test_the_program_can_pickle_what_it_defines_and_start_processes(run: Run) -> None:
    program = """
import multiprocessing
def double(number): return number * 2
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(double, [1, 2]))
"""
    assert run(program).messages == ["[2, 4]"]


def test_an_uncaught_exception_is_one_entry_and_the_reason_of_the_failure(run: Run) -> None:
    said = run("print('before')\ndef load():\n    return {}['x']\nload()\nprint('after')")
    before, entry = said.entries
    file = entry.message.split('"')[1]
    lines = [line for line in entry.message.replace(file, "{file}").splitlines() if line.strip("~^ ")]  # by version
    assert before.message == "before"
    assert lines == [
        "Traceback (most recent call last):",
        '  File "{file}", line 4, in <module>',
        "    load()",
        '  File "{file}", line 3, in load',
        "    return {}['x']",
        "KeyError: 'x'",
    ]
    assert (entry.level, entry.stream) == ("error", "stderr")
    assert entry.fields == {
        "exception.type": "KeyError",
        "exception.message": "'x'",
        "exception.stacktrace": entry.message,
    }
    assert said.items[-1] == Failure("KeyError: 'x'")
    assert said.exit_code == 1


def test_a_syntax_error_shows_its_line_and_place(run: Run) -> None:
    said = run("x = 1\nif x\n    y")
    [entry] = said.entries
    assert entry.message.endswith(", line 2\n    if x\n        ^\nSyntaxError: expected ':'")
    assert "Traceback" not in entry.message
    assert said.of(Failure) == [Failure("SyntaxError: expected ':' (program.py, line 2)")]
    assert said.exit_code == 1


def test_a_traceback_shows_the_lines_of_a_file_that_has_gone(run: Run) -> None:
    [entry] = run("import os\nos.remove(__file__)\nint('x')").entries
    assert "\n    int('x')\n" in entry.message


def test_nothing_of_a_program_runs_that_is_none(run: Run) -> None:
    said = run("print('ran')\n(yield)")
    assert said.of(Failure)
    assert "ran" not in said.messages


@pytest.mark.parametrize(
    ("program", "exit_code", "messages", "failures"),
    [
        ("import sys; sys.exit()", 0, [], []),
        ("import sys; sys.exit(7)", 7, [], []),
        ("raise SystemExit(False)", 0, [], []),
        ("import sys; sys.exit('no disk\\n50 %')", 1, ["no disk", "50 %"], [Failure("no disk\n50 %")]),
        ("raise KeyboardInterrupt", 130, [], [Failure("KeyboardInterrupt")]),
    ],
)
def test_exits_are_what_python_makes_of_them(
    run: Run, program: str, exit_code: int, messages: list[str], failures: list[Failure]
) -> None:
    said = run(program)
    assert (said.exit_code, said.messages, said.of(Failure)) == (exit_code, messages, failures)


def test_an_error_of_a_message_without_end_still_tells_itself(run: Run) -> None:
    said = run("raise ValueError('ä' * 2_000_000)")
    [failure] = said.of(Failure)
    assert isinstance(failure, Failure)
    assert failure.text.startswith("ValueError: ää")
    assert len(failure.text) == 8_000
    assert said.entries[0].message.startswith("Traceback")


def test_a_lack_of_memory_is_told_as_any_exception(run: Run) -> None:
    said = run("x = bytearray(1 << 62)")
    assert (said.of(Failure), said.exit_code) == ([Failure("MemoryError")], 1)


def test_an_exception_whose_text_fails_is_told_all_the_same(run: Run) -> None:
    said = run("class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd")
    assert said.of(Failure) == [Failure("Odd: <cannot be shown, ZeroDivisionError>")]
    assert said.exit_code == 1


def test_an_exception_in_a_thread_is_one_entry(run: Run) -> None:
    said = run(
        "import threading\nthread = threading.Thread(target=lambda: 1 / 0, name='t')\nthread.start(); thread.join()"
    )
    [entry] = said.entries
    assert entry.message.startswith("Exception in thread t:\nTraceback")
    assert entry.message.endswith("ZeroDivisionError: division by zero")
    assert said.exit_code == 0


def test_a_programs_own_hook_gets_the_exception(run: Run) -> None:
    program = "import sys\nsys.excepthook = lambda kind, error, trace: print(kind.__name__, trace.tb_lineno)\n1 / 0"
    said = run(program)
    assert said.messages == ["ZeroDivisionError 3"]
    assert said.of(Failure) == [Failure("ZeroDivisionError: division by zero")]


def test_a_hook_that_fails_hides_nothing(run: Run) -> None:
    said = run("import sys\nsys.excepthook = lambda *_: [][1]\n1 / 0")
    assert [message.splitlines()[-1].split(":")[0] for message in said.messages] == ["IndexError", "ZeroDivisionError"]


def test_text_that_is_no_utf_8_is_printed_and_other_encodings_are_read(run: Run) -> None:
    assert run("print('\\udc80 ä')").messages == ["\\udc80 ä"]
    assert run("# -*- coding: latin-1 -*-\nprint('\udce4')").messages == ["ä"]


def test_every_line_is_one_write(run: Run) -> None:
    program = """
import os
written = []
write = os.write
os.write = lambda descriptor, text: (written.append(bytes(text).decode()), write(descriptor, text))[1]
print("a", 1, [2])
print("b", end=" ")
print("c")
written
"""
    assert run(program).of(Result) == [Result(["a 1 [2]\n", "b c\n"])]


def test_what_ends_no_line_is_printed_when_the_program_ends(run: Run) -> None:
    said = run("print('no newline', end='')")
    assert said.items == [NewEntry("no newline", "info", AT)]


def test_the_last_words_of_threads_and_exit_handlers_are_heard(run: Run) -> None:
    program = """
import atexit, threading
atexit.register(print, "exit")
done = threading.Event()
threading.Thread(target=lambda: (done.wait(), print("thread"))).start()
import quaero_job
quaero_job.step("a")
done.set()
"""
    said = run(program)
    assert sorted(said.messages) == ["exit", "thread"]
    assert said.of(GroupStart) == [GroupStart("a")]
