"""The lines that `tail` prints: harmless for a terminal whatever was logged, and exact as JSON."""

from __future__ import annotations

import io
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem

from jobs.models import EntryRecord, Job
from jobs.models.record import UNSET
from jobs.terminal.safe_text import coloured_text, json_text, plain_name, plain_text
from logstream.tailing.colours import Palette, palette_for
from logstream.tailing.headline import closing, duration, opening
from logstream.tailing.lines import HumanLines, JsonLines
from logstream.tailing.output import Output

COLOURED = Palette(ColorSystem.STANDARD)
HARMLESS_SEQUENCE = re.compile(r"\x1b\[[0-9;:]*m")
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
HOSTILE = ["\x1b[2J", "\x1b]0;owned\x07", "\x1b[1A\x1b[2K", "\r", "\b", "\x9b2J", "\u202e", "\u2066", "\x1bc", "\x07"]


def record(message: str = "hello", **members: object) -> EntryRecord:
    values: dict[str, object] = {
        "id": 7, "line": 3, "timestamp": "2026-01-31T12:00:00.123456Z", "level": "info", "stream": "stdout",
        "source": "", "message": message, "ansi": UNSET, "fields": UNSET, "job_id": "j", "job_name": "nightly",
        "step_id": None, "step_name": None, **members,
    }  # fmt: skip
    return EntryRecord(**values)  # type: ignore[arg-type]


def human(*records: EntryRecord, palette: Palette | None = None, with_steps: bool = False, **options: bool) -> str:
    return HumanLines(palette or Palette(), **options).lines(records, with_steps=with_steps).decode()


def test_plain_line_has_time_level_mark_and_message() -> None:
    assert human(record()) == "2026-01-31T12:00:00.123Z INFO  | hello\n"


def test_stderr_and_system_have_marks_of_their_own() -> None:
    assert human(record(stream="stderr", level="warn")) == "2026-01-31T12:00:00.123Z WARN  ! hello\n"
    assert human(record(stream="system", level="error")) == "2026-01-31T12:00:00.123Z ERROR * hello\n"


def test_step_is_named_only_when_asked_for() -> None:
    entry = record(step_name="build")
    assert "[build]" not in human(entry)
    assert human(entry, with_steps=True).endswith("INFO  [build] | hello\n")


def test_job_is_named_in_the_log_of_all_jobs() -> None:
    assert human(record(), with_jobs=True, with_steps=True).endswith("INFO  [nightly] | hello\n")
    both = human(record(step_name="build"), with_jobs=True, with_steps=True)
    assert both.endswith("INFO  [nightly/build] | hello\n")


def test_further_lines_of_a_message_are_indented_under_the_first() -> None:
    forged = "2026-01-31T12:00:01.000Z FATAL | forged"
    first, second, third = human(record(f"one\n{forged}\r\nthree\n")).splitlines()
    assert first.endswith("| one")
    assert second == " " * 31 + f"| {forged}"
    assert third == " " * 31 + "| three"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_not_obeyed(hostile: str) -> None:
    entry = record(f"a{hostile}b", ansi=f"\x1b[31ma{hostile}b", job_name=hostile, step_name=hostile)
    for palette in (Palette(), COLOURED):
        text = human(entry, palette=palette, with_jobs=True, with_steps=True)
        assert not HARMFUL.search(HARMLESS_SEQUENCE.sub("", text))
        shown = HARMLESS_SEQUENCE.sub("", text).rsplit("| ", 1)[1]
        assert re.fullmatch(r"a.*\\.*b\n|ab\n", shown)
        assert text.count("\n") == 1


@given(st.text(alphabet=st.sampled_from("\x1b[]();:?0158mKhlJ \x07\x0f\x9b\r\n\t\u202ea\x00")))
def test_no_mixture_of_escapes_leaves_more_than_colours(text: str) -> None:
    assert not HARMFUL.search(HARMLESS_SEQUENCE.sub("", coloured_text(text)))
    assert not HARMFUL.search(plain_text(text))
    assert "\n" not in plain_name(text)


SELECTORS = map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9)))
SEEN = st.characters(
    exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"],
    exclude_characters=["\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", *SELECTORS],
    max_codepoint=0xDFFFF,
)


@given(st.text(SEEN | st.sampled_from("\t\n")))
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert plain_text(text) == coloured_text(text) == text


def test_escapes_are_written_as_in_a_program() -> None:
    assert plain_text("\x1b[2J\r\x00\x9b\u202e\x7f") == r"\x1b[2J\r\x00\x9b\u202e\x7f"


@pytest.mark.parametrize(
    "text",
    [
        *("a\tb é שלום", "👩‍🚀", "❤️‍🔥", "🏳️‍🌈", "👩🏽‍💻", "1️⃣", "©️", "می‌خواهم", "क्‍ष", "ශ්‍රී", "مرحبا", "葛󠄀"),
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_tabs_and_what_joins_letters_and_emoji_stay(text: str) -> None:
    assert plain_text(text) == plain_name(text).replace("\\t", "\t") == coloured_text(text) == text


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        *(
            ("\xad", "\\xad"),
            ("\u200b", "\\u200b"),
            ("\u2060", "\\u2060"),
            ("\ufeff", "\\ufeff"),
            ("\u3164", "\\u3164"),
        ),
        *(("\U000e0041", "\\U000e0041"), ("\u200d", "\\u200d"), ("\u200c", "\\u200c"), ("\ufe0f", "\\ufe0f")),
        *(("\u180e", "\\u180e"), ("\u2064", "\\u2064"), ("\U000e0100", "\\U000e0100"), ("\u115f", "\\u115f")),
    ],
)
def test_what_cannot_be_seen_is_shown(character: str, shown: str) -> None:
    text = f"pass{character}word"
    assert plain_text(text) == plain_name(text) == coloured_text(text) == f"pass{shown}word"
    line = json.dumps({"message": text}, ensure_ascii=False).encode()
    assert json_text(line).isascii()
    assert json.loads(json_text(line)) == {"message": text}


def test_colours_of_the_original_are_kept_on_a_colour_terminal_alone() -> None:
    entry = record("red plain", ansi="\x1b[1;31mred\x1b[0m plain")
    assert human(entry).endswith("| red plain\n")
    assert human(entry, palette=COLOURED).endswith("\x1b[1;31mred\x1b[0m plain\x1b[0m\n")


def test_colours_end_with_their_line() -> None:
    assert coloured_text("\x1b[31mone\ntwo") == "\x1b[31mone\x1b[0m\ntwo"


def test_what_gcc_and_tput_add_to_colours_is_left_out() -> None:
    assert coloured_text("\x1b[01;31m\x1b[Kerror\x1b[m\x1b[K x\x1b(B\x1b[m") == "\x1b[01;31merror\x1b[m x\x1b[m\x1b[0m"


@pytest.mark.parametrize(("sequence", "is_kept"), [
    ("\x1b[8m", False), ("\x1b[31;8m", False), ("\x1b[08m", False),
    ("\x1b[38;5;8m", True), ("\x1b[48;2;8;8;8;1m", True), ("\x1b[38;5;8;8m", False),
])  # fmt: skip
def test_text_cannot_be_made_invisible(sequence: str, is_kept: bool) -> None:
    assert (sequence in coloured_text(f"{sequence}secret")) is is_kept


def test_level_is_coloured() -> None:
    assert "\x1b[31mERROR\x1b[0m" in human(record(level="error"), palette=COLOURED)


def test_characters_that_the_terminal_cannot_write_are_shown_as_escapes() -> None:
    line = HumanLines(Palette(), "ascii").lines([record("5 €")])
    assert line.endswith(b"| 5 \\u20ac\n")


def test_json_is_the_entry_of_the_wire() -> None:
    entries = [record("a\nb\x1b\u202e", fields=msgspec.Raw(b'{"k":1}')), record()]
    encoded = JsonLines(for_terminal=False).lines(entries)
    assert encoded.splitlines(keepends=True) == [msgspec.json.encode(entry) + b"\n" for entry in entries]


def test_json_for_a_terminal_means_the_same_and_is_harmless() -> None:
    entry = record("a\x9b2J\u202e\x7f\u2028é")
    encoded = JsonLines(for_terminal=True).lines([entry]).decode()
    assert not HARMFUL.search(encoded.removesuffix("\n"))
    assert json.loads(encoded) == json.loads(msgspec.json.encode(entry))


@pytest.mark.parametrize(("choice", "no_color", "is_coloured"), [
    ("auto", "", False), ("always", "", True), ("always", "1", True), ("never", "", False),
])  # fmt: skip
def test_colours_into_a_pipe(choice: str, no_color: str, is_coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    assert bool(palette_for(io.StringIO(), choice)) is is_coloured


@pytest.mark.parametrize(("no_color", "term", "is_coloured"), [
    ("", "xterm-256color", True), ("1", "xterm-256color", False), ("", "dumb", False),
])  # fmt: skip
def test_colours_on_a_terminal(no_color: str, term: str, is_coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    assert bool(palette_for(terminal, "auto")) is is_coloured


def test_pipe_that_does_not_block_gets_everything() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with ThreadPoolExecutor() as other, os.fdopen(reading, "rb") as reader, os.fdopen(writing, "w") as stream:
        read = other.submit(reader.read, 1_000_000)
        Output(stream).write(b"0123456789" * 100_000)
        assert read.result(10) == b"0123456789" * 100_000


@pytest.mark.parametrize(("seconds", "text"), [
    (0.04, "0.0 s"), (59.94, "59.9 s"), (59.96, "1 min 0 s"), (200, "3 min 20 s"), (93900, "26 h 5 min"), (-1, "0.0 s"),
])  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


def test_end_line_has_status_counts_and_reason_and_is_harmless() -> None:
    job = Job(name="a\x1b[2Jb", status="failed", exit_code=2, info_count=1200, warn_count=1, error_count=3)
    job.error = "first\nsecond"
    assert (
        closing(job, Palette()) == r"a\x1b[2Jb: failed, exit code 2, 1,204 entries (1 warning, 3 errors): first\nsecond"
    )


def test_start_line_has_name_status_and_id() -> None:
    job = Job(name="nightly", status="running")
    assert opening(job, Palette()) == f"nightly: running ({job.pk})"
