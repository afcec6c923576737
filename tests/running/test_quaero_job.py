"""`quaero_job`, as programs use it: what a worker reads when they call it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import levels
from jobs.recording import NewEntry
from jobs.running.output.items import SpawnRequest
from jobs.storable import MAX_JSON_DEPTH
from jobs.text import GroupEnd, GroupStart, Progress, Result
from tests.processes import ROOT
from tests.programs import Said, run_program

pytestmark = pytest.mark.slow

Run = Callable[..., Said]
END = GroupEnd()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program that has `quaero_job` imported."""

    def run(program: str, **options: object) -> Said:
        heading = "" if "PYTHONPATH" in options else "import quaero_job\n"
        return run_program(tmp_path / "program.py", heading + program, **options)  # type: ignore[arg-type]

    return run


def steps(said: Said) -> list[object]:
    """Names of steps as they begin, and their ends."""
    return [item.name if isinstance(item, GroupStart) else item for item in said.of(GroupStart, GroupEnd)]


def test_a_step_ends_the_one_before_it(run: Run) -> None:
    assert steps(run("quaero_job.step('a'); quaero_job.step('b')")) == ["a", END, "b"]


def test_blocks_nest_and_end_what_was_begun_in_them(run: Run) -> None:
    program = (
        "with quaero_job.step('a'):\n  with quaero_job.step('b'): pass\n  quaero_job.step('c')\nquaero_job.step('d')"
    )
    assert steps(run(program)) == ["a", "b", END, "c", END, END, "d"]


def test_a_block_ends_the_plain_step_before_it(run: Run) -> None:
    assert steps(run("quaero_job.step('a')\nwith quaero_job.step('b'): pass")) == ["a", END, "b", END]


def test_a_step_that_an_exception_leaves_has_failed_and_has_its_traceback(run: Run) -> None:
    program = (
        "def load():\n  with quaero_job.step('a'):\n    int('x')\n"
        "try:\n  with quaero_job.step('outer'):\n    load()\nexcept ValueError:\n  print('went on')"
    )
    said = run(program)
    error = "ValueError: invalid literal for int() with base 10: 'x'"
    failed = GroupEnd(is_failed=True, error=error)
    assert steps(said) == ["outer", "a", failed, failed]
    [told, printed] = said.entries
    assert [line.split(", in ")[-1] for line in told.message.splitlines() if "File" in line] == ["<module>", "load"]
    assert (told.level, told.stream, told.message.splitlines()[-1]) == ("error", "stderr", error)
    assert said.items.index(told) < said.items.index(failed)
    assert printed.message == "went on"


@pytest.mark.parametrize("name", ["100 %", "%0A", "a\nb", "ä😀", "x::y"])
def test_a_step_may_have_any_name(run: Run, name: str) -> None:
    assert steps(run(f"quaero_job.step({name!r})")) == [name]


def test_reports_begin_a_line_of_their_own(run: Run) -> None:
    said = run("print('half', end=''); quaero_job.progress(5); print('whole'); quaero_job.progress(6)")
    at = said.entries[0].timestamp
    assert said.items == [NewEntry("half", "info", at), Progress(5), NewEntry("whole", "info", at), Progress(6)]


def test_without_the_bootstrap_reports_begin_a_line_of_their_own_as_well(run: Run) -> None:
    said = run("print('half', end=''); quaero_job.progress(5); print('whole'); quaero_job.progress(6)", bootstrap=False)
    assert said.messages == ["half", "whole"]
    assert said.of(Progress) == [Progress(5), Progress(6)]


def test_imported_by_its_whole_name_it_knows_as_well_what_was_printed(run: Run) -> None:
    program = """
from jobs.running.child import quaero_output
quaero_output.take_over()
from jobs.running.child import quaero_job
print("half", end="")
quaero_job.progress(5)
"""
    assert run(program, bootstrap=False, PYTHONPATH=str(ROOT)).items[1:] == [Progress(5)]


def test_reports_go_to_the_output_even_when_prints_go_elsewhere(run: Run) -> None:
    said = run(
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): print('x'); quaero_job.progress(5)"
    )
    assert said.items == [Progress(5)]


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ('{"rows": 1200, "ok": True, "none": None}', {"rows": 1200, "ok": True, "none": None}),
        ("None", None),
        ("datetime(2024, 3, 1), date(2024, 3, 1)", ["2024-03-01T00:00:00", "2024-03-01"]),
        ("timedelta(hours=1), Decimal('1.50')", ["1:00:00", "1.50"]),
        ("UUID(int=1), Path('/tmp/x')", ["00000000-0000-0000-0000-000000000001", "/tmp/x"]),
        ("{3, 1, 2}, range(2), b'a\\xff', {'k': 1}.keys()", [[1, 2, 3], [0, 1], "a\ufffd", ["k"]]),
        ("[Row(1, 'x')], Pair(1, 2), Colour.RED", [[{"id": 1, "name": "x"}], {"a": 1, "b": 2}, "red"]),
        ("float('nan'), -float('inf'), 2**70, {1: 2}", ["NaN", "-Infinity", 2**70, {"1": 2}]),
        ("'\\ud800\\0\\n😀'", "\ufffd\ufffd\n😀"),
        ("Matrix()", [[1, 2], ["NaN"]]),
        ("Odd()", "<Odd: cannot be shown, ZeroDivisionError>"),
    ],
)
def test_a_result_becomes_what_json_has_for_it(run: Run, value: str, result: object) -> None:
    classes = """
from collections import namedtuple
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from uuid import UUID
Pair = namedtuple("Pair", "a b")
Colour = Enum("Colour", {"RED": "red"})
@dataclass
class Row:
    id: int
    name: str
class Matrix:
    def tolist(self):
        return [[1, 2], [float("nan")]]
class Odd:
    def __repr__(self):
        return 1 / 0
"""
    assert run(f"{classes}quaero_job.result(({value}))").items == [Result(result)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("result('x' * 1_000_000)", "the result has 1,000,002 bytes as JSON: at most 1,000,000 are allowed"),
        ("result(loop)", "the result contains itself"),
        ("result(deep)", "the result is nested deeper than 40 levels"),
        ("progress(100.5)", "progress is 100.5: it must be from 0 to 100"),
        ("progress(float('nan'))", "progress is nan: it must be from 0 to 100"),
        ("log('gold', 'x')", "unknown level 'gold': use one of debug, info, warn, error, fatal"),
        ("step(' ')", "a step needs a name"),
        ("spawn()", "give either a program or a runnable"),
        ("spawn('1', runnable='x')", "give either a program or a runnable"),
        ("spawn('1', language='perl')", "unknown language 'perl': use one of python, shell"),
        ("spawn('1', timeout=0)", "timeout is 0: it must be a number of seconds, more than 0"),
        ("spawn('1', secrets=['key'])", "secrets has key, which is the name of no parameter"),
        ("spawn('x' * 1_000_000)", "what is to be started has 1,000,"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, call: str, complaint: str) -> None:
    program = f"""
loop = []; loop.append(loop)
deep = 0
for _ in range({MAX_JSON_DEPTH + 1}): deep = [deep]
try: quaero_job.{call}
except ValueError as error: print(error)
"""
    [message] = run(program).messages
    assert message.startswith(complaint)


def test_a_result_may_be_as_deep_and_large_as_it_is_stored(run: Run) -> None:
    deep = "deep = 'x' * 999_900\nfor _ in range(40): deep = [deep]\nquaero_job.result(deep)"
    [result] = run(deep).of(Result)
    assert isinstance(result, Result)
    assert len(json.dumps(result.value)) == 999_982


def test_an_entry_has_level_fields_and_time(run: Run) -> None:
    said = run("quaero_job.log('CRITICAL', 'full', level='x', text={1}, loop=vars()); quaero_job.log(10, 5)")
    first, second = said.entries
    assert (first.message, first.level, first.stream) == ("full", "fatal", "stdout")
    assert first.fields is not None
    assert (first.fields["level"], first.fields["text"]) == ("x", [1])
    assert first.timestamp is not None
    assert first.timestamp.year > 2024
    assert (second.message, second.level, second.fields) == ("5", "debug", None)


def test_every_level_that_quaero_knows_may_be_used(run: Run) -> None:
    said = run("for level in sorted(quaero_job.LEVELS): quaero_job.log(level, level)")
    assert {entry.message: levels.parse(entry.level) for entry in said.entries} == levels.ALIASES


@pytest.mark.parametrize(
    "arguments",
    ["'x' * 3_000_000", "'x', a='ä' * 300_000, b=['y' * 900_000]", "'x', **{str(n): n for n in range(10**5)}"],
)
def test_an_entry_that_is_too_large_is_shortened(run: Run, arguments: str) -> None:
    [entry] = run(f"quaero_job.log('info', {arguments})").entries
    assert entry.message.startswith("x")
    assert entry.fields is not None
    assert "truncated_bytes" in entry.fields or "…" in str(entry.fields) or "too large" in str(entry.fields)


def test_a_child_job_is_asked_for_with_an_id_that_is_known_at_once(run: Run) -> None:
    said = run("print(quaero_job.spawn('print(1)', name='n', timeout=5, parameters={'key': 1}, secrets=['key']))")
    [request] = said.of(SpawnRequest)
    [job_id] = said.messages
    assert isinstance(request, SpawnRequest)
    asked = {"id": job_id, "program": "print(1)", "language": "python", "name": "n", "timeout": 5}
    assert request.data == {**asked, "parameters": {"key": 1}, "secrets": ["key"]}
    assert uuid.UUID(job_id).version == 4


def test_a_registered_job_is_asked_for_by_name(run: Run) -> None:
    [request] = run("quaero_job.spawn(runnable='prune', attributes={'a': 1})").of(SpawnRequest)
    assert isinstance(request, SpawnRequest)
    assert request.data == {"id": request.data["id"], "runnable": "prune", "attributes": {"a": 1}}


def test_parameters_and_the_jobs_id_come_from_outside(run: Run) -> None:
    program = "print(quaero_job.parameters, quaero_job.job_id)"
    assert run(program).messages == ["{} None"]
    given = {"QUAERO_PARAMETERS": '{"shop": 7}', "QUAERO_JOB_ID": "x"}
    assert run(program, **given).messages == ["{'shop': 7} x"]


def test_parameters_that_are_none_are_named(run: Run) -> None:
    assert "QUAERO_PARAMETERS is no JSON" in run("", QUAERO_PARAMETERS="{").entries[0].message


def test_threads_do_not_cut_each_others_lines(run: Run) -> None:
    program = """
import threading
def talk(letter):
    for number in range(20):
        quaero_job.log("info", letter * 200_000)
        print(letter * 5)
threads = [threading.Thread(target=talk, args=(letter,)) for letter in "abc"]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
"""
    said = run(program)
    assert sorted({len(message) for message in said.messages if message}) == [5, 200_000]
    assert all(len(set(message)) <= 1 for message in said.messages)
    assert sum(len(message) == 200_000 for message in said.messages) == 60


def test_a_forked_child_can_report_whatever_its_parents_threads_do(run: Run) -> None:
    program = """
import os, threading
done = threading.Event()
def talk():
    while not done.is_set(): quaero_job.log("debug", "x" * 100_000)
thread = threading.Thread(target=talk); thread.start()
for number in range(20):
    pid = os.fork()
    if pid == 0:
        quaero_job.progress(number); os._exit(0)
    os.waitpid(pid, 0)
done.set(); thread.join()
"""
    said = run(program)
    assert said.exit_code == 0


def test_a_signals_handler_may_report_in_the_middle_of_a_report(run: Run) -> None:
    program = """
import signal
signal.signal(signal.SIGALRM, lambda *_: quaero_job.progress(7))
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
for _ in range(200): quaero_job.log("info", "x" * 100_000)
signal.setitimer(signal.ITIMER_REAL, 0)
"""
    said = run(program)
    assert said.exit_code == 0
    assert Progress(7) in said.items
