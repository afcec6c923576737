r"""Lines in which the cursor moves: what a terminal shows at the end. The row of a simple terminal is the measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.recording import NewEntry
from jobs.running.output.items import ItemReader
from jobs.running.output.lines import OPEN_LINE_S, REDRAWN_LINE_S, Line, LineAssembler
from jobs.storable import without_ansi
from jobs.text import GroupStart
from tests.programs import AT
from tests.running.test_lines import lines_of, texts_of


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("abcdef\b\b\bXY", "abcXYf"),
        ("100%\r50%", "50%%"),
        ("Downloading a long name\r\x1b[KDone", "Done"),
        ("12345\x1b[3D\x1b[K!", "12!"),
        ("12345\x1b[3D\x1b[1K", "   45"),
        ("12345\x1b[2D\x1b[2Kx", "   x"),
        ("12345\x1b[1J", ""),
        ("abc\x1b[7Gz", "abc   z"),
        ("abc\x1b[2`X\x1b[1CY", "aXcY"),
        ("abcdef\r\x1b[2P", "cdef"),
        ("abc\r\x1b[2@", "  abc"),
        ("abcdef\x1b[3G\x1b[2X", "ab  ef"),
        ("a\x1b[sbc\x1b[uX", "aXc"),
        ("a\x1b7bc\x1b8X", "aXc"),
        ("name\tsize\rN", "Name\tsize"),
        ("name\tsize\b\b\b\b\bX", "name   Xsize"),
        ("日本語\rX", "X 本語"),
        ("日本語\b\b\bX", "日 X語"),
        ("❤️ok\b\bX", "❤️Xk"),
        ("cafe\N{COMBINING ACUTE ACCENT}s\b\bX", "cafXs"),
        ("working |\b/\b-\b\x1b[Kdone", "working done"),
        ("\x1b[?25l50 %\r\x1b[?25h", "50 %"),
        ("\x1b[2 qa\x1b[>4;2mb\rX", "Xb"),
    ],
)
def test_a_line_is_what_a_terminal_shows_at_the_end(written: str, shown: str) -> None:
    [text] = texts_of(written.encode() + b"\n")
    assert without_ansi(text) == (shown or written[: written.index("\x1b")])
    assert texts_of(*(bytes([byte]) for byte in written.encode()), b"\n") == [text]


def test_backspaces_step_over_colours() -> None:
    spinner = b"wait \x1b[36m-\x1b[39m\b\x1b[36m\\\x1b[39m\b\x1b[32mok\x1b[39m ready\n"
    assert texts_of(spinner) == ["wait \x1b[32mok\x1b[0m ready"]


def test_what_is_drawn_over_keeps_its_colours() -> None:
    assert texts_of(b"\x1b[31mred\x1b[0m and \x1b[1;4mbold\r\x1b[32mG\x1b[m\n") == [
        "\x1b[1;4;32mG\x1b[0;31med\x1b[0m and \x1b[1;4mbold\x1b[0m"
    ]


def test_colours_that_are_not_reset_are_those_of_the_next_line_too() -> None:
    lines = lines_of(b"a \x1b[1;31mb\nc\n\x1b[22md\ne\n\x1b[0mf\n", b"\x1b[32mg\r", b"h\ni", b"\n")
    assert [line.pen for line in lines] == ["", "1;31", "1;31", "31", "", "", "32"]
    assert lines[5].text == "\x1b[32mh\x1b[0m"


def test_sequences_that_are_strings_vanish_however_they_end() -> None:
    for introducer in "]PX^_":
        for end in ("\x07", "\x1b\\"):
            assert without_ansi(f"\x1b{introducer}bk;t=17{end}hello") == "hello"
            assert texts_of(f"\x1b{introducer}bk;t=17{end}hi\rH\n".encode()) == ["Hi"]
        assert without_ansi(f"\x1b{introducer}no end") == "no end"


def test_a_part_that_was_given_and_is_then_drawn_over_is_given_again() -> None:
    assembler = LineAssembler()
    assembler.feed(b"working |", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("working |")]
    assembler.feed(b"\b/", 2.0)
    assert assembler.feed(b"\b\x1b[Kdone\n", 3.0) == [Line("working done")]


def test_a_part_that_was_given_and_stays_has_a_rest() -> None:
    assembler = LineAssembler()
    assembler.feed("größe: ".encode(), 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("größe: ")]
    assert assembler.feed(b"1\b2\n", 3.0) == [Line("2", is_continued=True)]


def test_a_spinner_that_is_wiped_out_leaves_nothing() -> None:
    assert texts_of("⠋\x1b[1G⠙\x1b[1G\x1b[0K".encode()) == []
    assert texts_of("⠋\x1b[1G\x1b[0Kup to date\n".encode()) == ["up to date"]


def test_a_bar_may_be_drawn_by_columns() -> None:
    assembler = LineAssembler()
    for second in range(20):
        assembler.feed(b"\x1b[1G%d s" % second, float(second))
    assert assembler.flush(20.0) == [Line("19 s", is_in_progress=True)]
    assert assembler.due == 3 * REDRAWN_LINE_S + 10.0


def test_lines_that_end_with_a_return_alone_are_lines() -> None:
    assert texts_of(b"one\rtwo\rthree\r") == ["one", "two", "three"]
    assembler = LineAssembler()
    assembler.feed(b"first, longer line\rsecond\rthi", 0.0)
    assert [line.text for line in assembler.flush(OPEN_LINE_S)] == ["first, longer line"]
    assert [line.text for line in assembler.feed(b"rd\rfourth\r", 2.0)] == ["second", "third"]
    assert [line.text for line in assembler.end()] == ["fourth"]


def test_a_bar_that_is_drawn_in_one_burst_is_one_line() -> None:
    bar = b"".join(b"\r%3d%%|%s| %d/1000 [00:01<00:02, 12.3it/s]" % (n, b"#" * n, n) for n in range(101))
    assert len(texts_of(bar)) == 1
    assert len(texts_of(bar[1:] + b"\r")) == 1


def test_far_columns_and_endless_marks_cost_nothing() -> None:
    [line] = lines_of(b"\x1b[999999999999999Cx\x1b[9999999G\n")
    assert len(line.text) < 1_000
    rows = lines_of(b"x\x0b" * 3_000)
    assert max(len(line.text) for line in rows) < 1_000
    [marks] = lines_of(("a" + "\u0301" * 100_000 + "\rb").encode() + b"\n")
    assert len(marks.text) <= 100_001


TEXTS = st.sampled_from(["a", "bc", "def ", "ö", "日", "\t", "x" * 9])
MOVES = st.sampled_from(
    ["\r", "\b", "\x1b[2D", "\x1b[3C", "\x1b[5G", "\x1b[K", "\x1b[1K", "\x1b[2X", "\x1b[31m", "\x1b[m"]
)


def simple_row(pieces: list[str]) -> str:
    """A grid of cells, one after the other; a wide character's second cell holds an empty text."""
    cells, column = [" "] * 400, 0

    def put(at: int, content: str) -> None:
        if cells[at] == "" and content != "":
            cells[at - 1] = " "
        if at + 1 < len(cells) and cells[at + 1] == "":
            cells[at + 1] = " "
        cells[at] = content

    for piece in pieces:
        if piece == "\r":
            column = 0
        elif piece == "\b":
            column = max(column - 1, 0)
        elif piece == "\x1b[2D":
            column = max(column - 2, 0)
        elif piece == "\x1b[3C":
            column += 3
        elif piece == "\x1b[5G":
            column = 4
        elif piece in ("\x1b[K", "\x1b[1K", "\x1b[2X"):
            places = {"\x1b[K": range(column, 400), "\x1b[1K": range(column + 1), "\x1b[2X": range(column, column + 2)}
            for at in places[piece]:
                put(at, " ")
        elif piece == "\t":
            column = (column // 8 + 1) * 8
        elif not piece.startswith("\x1b"):
            for character in piece:
                put(column, character)
                if character == "日":
                    put(column + 1, " ")
                    cells[column + 1] = ""
                column += 2 if character == "日" else 1
    return "".join(cells).rstrip()


@given(st.lists(TEXTS | MOVES, max_size=25))
def test_a_drawn_line_agrees_with_a_simple_terminal(pieces: list[str]) -> None:
    expected = simple_row(pieces)
    shown = [without_ansi(text) for text in texts_of("".join(pieces).encode() + b"\n")]
    if expected:
        assert [as_columns(text).rstrip() for text in shown] == [expected]


def as_columns(text: str) -> str:
    columns = 0
    shown = ""
    for character in text:
        width = 8 - columns % 8 if character == "\t" else 2 if character == "日" else 1
        shown += " " * width if character == "\t" else character
        columns += width
    return shown


def test_colours_from_the_line_before_do_not_hide_what_a_line_is() -> None:
    lines = lines_of(
        b'\x1b[31mfirst\n{"level": "error", "msg": "second"}\n::notice::third\n::group::fourth\nfifth\x1b[0m\n'
    )
    items = ItemReader("stdout").items_of(lines, AT)
    entries = [(item.message, item.level) for item in items if isinstance(item, NewEntry)]
    assert entries == [
        ("\x1b[31mfirst", "info"),
        ("\x1b[31msecond", "error"),
        ("third", "info"),
        ("\x1b[31mfifth\x1b[0m", "info"),
    ]
    assert GroupStart("fourth") in items
