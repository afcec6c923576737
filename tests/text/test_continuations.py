"""Lines that continue a record get its level; unrelated lines do not."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from jobs.recording import NewEntry
from jobs.running.output.items import ItemReader
from jobs.running.output.lines import Line
from jobs.text.continuations import MAX_GAP, MAX_INTERRUPTING, MAX_LINES, MAX_MERELY_INDENTED, MAX_OPEN, Continuations
from tests.text.records import ERRORS, FATAL

AT = datetime(2024, 3, 1, 10, 15, 30, tzinfo=UTC)


def entries_of(*lines: str, reader: ItemReader | None = None, at: datetime = AT) -> list[NewEntry]:
    items = (reader or ItemReader("stderr")).items_of([Line(line) for line in lines], at)
    return [item for item in items if isinstance(item, NewEntry)]


def shown(*lines: str) -> list[tuple[str | int, bool]]:
    return [(entry.level, goes_on(entry)) for entry in entries_of(*lines)]


def goes_on(entry: NewEntry) -> bool:
    return (entry.fields or {}).get("continuation") is True


@pytest.mark.parametrize(
    ("level", "block"),
    [*(("error", block) for block in ERRORS.values()), *(("fatal", block) for block in FATAL.values())],
    ids=[*ERRORS, *FATAL],
)
def test_the_whole_of_an_error_has_one_level(level: str, block: str) -> None:
    first, *rows = block.removeprefix("\n").removesuffix("\n").split("\n")
    expected = [(level, False), *((level, True) if row[0] == "+" else ("info", False) for row in rows)]
    assert shown(first, *(row[1:] for row in rows)) == expected


def test_a_line_keeps_the_level_that_it_states() -> None:
    lines = ("ERROR: a", "  WARN: b", "    c", "  INFO: d", "ERROR: e", "INFO f")
    levels = ["error", "warn", "warn", "info", "error", "info"]
    assert [level for level, _ in shown(*lines)] == levels


def test_lines_that_go_on_with_a_warning_are_warnings() -> None:
    assert shown("/x.py:12: DeprecationWarning: old", "  import imp", "next") == [
        ("warn", False),
        ("warn", True),
        ("info", False),
    ]


def test_an_exception_after_a_line_of_little_weight_is_an_error_of_its_own() -> None:
    assert shown("INFO: up", "** (RuntimeError) no route", "    lib/x.ex:3: X.f/1") == [
        ("info", False),
        ("error", False),
        ("error", True),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("packages:", "  one", "  two"),
        ("ERROR: a", "b", "  c"),
        ("ERROR: a", "", "  c"),
        ("ERROR: a", "2024-03-01 10:15:30 b", "  c"),
        ("ERROR: a", "  2024-03-01 10:15:30 b"),
        ("  error: a", "  b"),
        ("ERROR: a", "::group::step", "  b"),
    ],
)
def test_what_does_not_go_on_is_info(lines: tuple[str, ...]) -> None:
    assert shown(*lines)[-1] == ("info", False)


def test_frames_come_soon_after_their_exception() -> None:
    frame = "    at b.c(D.java:1)"
    assert shown("java.io.IOException: a", *["b"] * MAX_INTERRUPTING, frame)[-1] == ("error", True)
    assert shown("java.io.IOException: a", *["b"] * (MAX_INTERRUPTING + 1), frame)[-1] == ("info", False)
    assert shown("java.io.IOException: a", "b", "    merely indented")[-1] == ("info", False)
    assert shown("ERROR: a", "b", frame)[-1] == ("info", False)


def test_a_race_of_goroutines_is_one_warning() -> None:
    block = """WARNING: DATA RACE
Write at 0x00c00001c0a8 by goroutine 7:
  main.main.func1()
      /tmp/x.go:10 +0x44

Previous read at 0x00c00001c0a8 by main goroutine:
  main.main()"""
    goes_on = [("warn", True)] * 3 + [("info", False)] + [("warn", True)] * 2
    assert shown(*block.split("\n")) == [("warn", False), *goes_on]


def test_a_record_goes_on_for_a_bounded_number_of_lines() -> None:
    indented = entries_of("ERROR: a", *["  b"] * (MAX_MERELY_INDENTED + 1))
    assert [goes_on(entry) for entry in indented[-2:]] == [True, False]
    frames = entries_of("ERROR: a", *["    at b.c(D.java:1)"] * (MAX_LINES + 1))
    assert [goes_on(entry) for entry in frames[-2:]] == [True, False]


def test_a_record_goes_on_for_a_bounded_time() -> None:
    reader = ItemReader("stderr")
    entries_of("ERROR: a", reader=reader)
    assert goes_on(entries_of("  b", reader=reader, at=AT + MAX_GAP)[0])
    assert not goes_on(entries_of("  c", reader=reader, at=AT + 2 * MAX_GAP + timedelta(microseconds=1))[0])


def test_each_stream_has_records_of_its_own() -> None:
    stdout, stderr = ItemReader("stdout"), ItemReader("stderr")
    entries_of("ERROR: a", reader=stderr)
    assert not goes_on(entries_of("  b", reader=stdout)[0])


def test_a_coloured_line_goes_on_as_a_plain_one() -> None:
    assert shown("\x1b[31merror\x1b[0m: a", "\x1b[1m   \x1b[34m-->\x1b[0m b.rs:1:1")[1] == ("error", True)


def test_the_fields_of_a_record_are_kept_beside_the_mark() -> None:
    first = '{"log":"ERROR a\\n","stream":"stderr","time":"2024-03-01T10:15:30Z"}'
    further = '{"log":"    at b.c(D.java:1)\\n","stream":"stderr","time":"2024-03-01T10:15:30Z"}'
    assert entries_of(first, further)[1].fields == {"stream": "stderr", "continuation": True}


def test_the_rest_of_a_line_that_goes_on_has_the_records_level() -> None:
    entries = ItemReader("stderr").items_of([Line("ERROR: a"), Line("  b"), Line("c", is_continued=True)], AT)
    assert [entry.level for entry in entries if isinstance(entry, NewEntry)] == ["error", "error", "error"]


def test_the_records_of_many_containers_are_bounded() -> None:
    continuations = Continuations()
    names = [f"api-{number}" for number in range(MAX_OPEN + 1)]
    for name in names:
        continuations.place(f"{name}  | ERROR: a", "error", AT)
    going_on = [continuations.place(f"{name}  |   b", None, AT)[1] for name in names]
    assert going_on == [False, *[True] * MAX_OPEN]


@pytest.mark.parametrize("unit", ["[", "(", " ", "a ", "a.", "a:1:", "| ", "^", "- ", "[\\", "*", "#1 ", '"'])
def test_a_line_of_a_mebibyte_goes_on_as_quickly_as_a_short_one(unit: str) -> None:
    continuations = Continuations()
    continuations.place("ERROR: a", "error", AT)
    started = time.process_time()
    continuations.place(unit * (1024 * 1024 // len(unit)), None, AT)
    assert time.process_time() - started < 0.5
