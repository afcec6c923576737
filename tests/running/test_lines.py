"""Bytes into lines: chunk borders, redrawn and unfinished lines, lines without end. The clock is the test's."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from jobs.running.output.lines import MAX_LINE_BYTES, OPEN_LINE_S, REDRAWN_LINE_S, Line, LineAssembler


def lines_of(*chunks: bytes) -> list[Line]:
    assembler = LineAssembler()
    return [line for chunk in chunks for line in assembler.feed(chunk, 0.0)] + assembler.end()


def texts_of(*chunks: bytes) -> list[str]:
    return [line.text for line in lines_of(*chunks)]


def test_lines_come_as_soon_as_they_end() -> None:
    assembler = LineAssembler()
    assert assembler.feed(b"one\ntwo\nthr", 0.0) == [Line("one"), Line("two")]
    assert assembler.feed(b"ee\n", 0.1) == [Line("three")]
    assert assembler.end() == []


def test_empty_lines_are_lines() -> None:
    assert texts_of(b"\n\na\n\n", b"\r\n", b"\n") == ["", "", "a", "", "", ""]


def test_carriage_returns_before_the_newline_are_no_text() -> None:
    assert texts_of(b"one\r\ntwo\r", b"\nthree\r\r\nfour\r\n") == ["one", "two", "three", "four"]


def test_a_character_may_be_split_between_chunks() -> None:
    assert texts_of("naïve €".encode()[:3], "naïve €".encode()[3:9], "naïve €".encode()[9:]) == ["naïve €"]


def test_broken_utf_8_is_replaced_and_the_line_goes_on() -> None:
    assert texts_of(b"caf\xe9 ole\n\xff\xfe\n") == ["caf\ufffd ole", "\ufffd\ufffd"]


def test_a_progress_bar_leaves_its_last_state() -> None:
    chunks = [b"\r%d %%" % percent for percent in range(101)]
    assert texts_of(b"start\n", *chunks, b"\nend\n") == ["start", "100 %", "end"]


def test_a_bar_that_is_wiped_out_leaves_its_last_visible_state() -> None:
    assert texts_of(b"50 %\r99 %\r\x1b[K\n") == ["99 %"]


def test_a_spinner_of_backspaces_leaves_its_last_state() -> None:
    assert texts_of(b"working |\b/\b-", b"\b done\n") == ["working  done"]


def test_a_bar_is_given_now_and_then_while_it_is_drawn() -> None:
    assembler = LineAssembler()
    given_lines = []
    for second in range(100):
        assembler.feed(b"\r%d s" % second, float(second))
        given_lines += assembler.flush(float(second))
    assert [line.text for line in given_lines] == ["10 s", "30 s", "70 s"]
    assert all(line.is_in_progress for line in given_lines)
    assert assembler.feed(b"\n", 100.0) == [Line("99 s")]


def test_an_unfinished_line_is_given_after_a_second_and_then_its_rest() -> None:
    assembler = LineAssembler()
    assembler.feed(b"Password: ", 5.0)
    assert assembler.flush(5.0 + OPEN_LINE_S - 0.01) == []
    assert assembler.due == 5.0 + OPEN_LINE_S
    assert assembler.flush(5.0 + OPEN_LINE_S) == [Line("Password: ")]
    assert assembler.due is None
    assert assembler.feed(b"ok\nnext\n", 9.0) == [Line("ok", is_continued=True), Line("next")]


def test_a_part_that_only_lacks_its_newline_has_no_rest() -> None:
    assembler = LineAssembler()
    assembler.feed(b"ready", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("ready")]
    assert assembler.feed(b"\n", 3.0) == []


def test_a_part_ends_before_a_half_character_and_a_half_escape() -> None:
    assembler = LineAssembler()
    assembler.feed(b"price: \xe2\x82", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("price: ")]
    assert assembler.feed(b"\xac\n", 2.0) == [Line("€", is_continued=True)]
    assembler.feed(b"red: \x1b[3", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("red: ")]


def test_an_unfinished_line_that_turns_out_to_be_redrawn_is_not_given_after_a_second() -> None:
    assembler = LineAssembler()
    assembler.feed(b"1 %", 0.0)
    assembler.feed(b"\r2 %", 0.5)
    assert assembler.flush(OPEN_LINE_S) == []
    assert assembler.due == REDRAWN_LINE_S


def test_mere_colours_are_not_waited_for() -> None:
    assembler = LineAssembler()
    assembler.feed(b"\x1b[?25l", 0.0)
    assert assembler.due is None
    assert assembler.end() == []


def test_a_line_beyond_a_mebibyte_is_cut_and_tells_by_how_much() -> None:
    assembler = LineAssembler()
    for _ in range(40):
        assert assembler.feed(b"x" * 65536, 0.0) == []
    assert len(assembler._current) == MAX_LINE_BYTES
    assert assembler.feed(b"y\n", 0.0) == [Line("x" * MAX_LINE_BYTES, truncated_bytes=24 * 65536 + 1)]


def test_a_long_line_that_is_wiped_out_is_not_cut() -> None:
    assert lines_of(b"x" * MAX_LINE_BYTES + b"xx", b"\r\x1b[Kshort\n") == [Line("short")]


def test_a_long_line_whose_beginning_is_drawn_over_is_cut_as_before() -> None:
    [line] = lines_of(b"x" * MAX_LINE_BYTES + b"xx", b"\rshort\n")
    assert line == Line("short" + "x" * (MAX_LINE_BYTES - 5), truncated_bytes=2)


def test_replacements_do_not_make_a_line_too_long() -> None:
    [line] = lines_of(b"\xff" * MAX_LINE_BYTES + b"\n")
    assert len(line.text.encode()) <= MAX_LINE_BYTES
    assert line.truncated_bytes == 3 * MAX_LINE_BYTES - len(line.text.encode())


def test_a_section_marker_is_a_line_of_its_own() -> None:
    section = b"\x1b[0Ksection_start:1560896352:build\r\x1b[0KBuilding\nsection_end:1560896353:build\r\x1b[0K\nend\n"
    texts = ["\x1b[0Ksection_start:1560896352:build", "\x1b[0KBuilding", "section_end:1560896353:build", "end"]
    assert texts_of(section) == texts
    assert texts_of(*(bytes([byte]) for byte in section)) == texts


PIECES = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"\b", b"a", b" ", b"\x1b[K", "é€".encode(), b"\xff", b"section_end:1:x"]
)


@given(st.lists(PIECES), st.integers(1, 7))
def test_where_chunks_end_does_not_matter(pieces: list[bytes], size: int) -> None:
    whole = b"".join(pieces)
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert texts_of(*chunks) == texts_of(whole)


@given(
    st.text(alphabet=st.characters(exclude_characters="\0\1\2\3\4\5\6\r\b\v\f\x1b\ufeff", exclude_categories=["Cs"]))
)
def test_text_is_never_lost(text: str) -> None:
    assert texts_of(text.encode() + b"\n") == text.split("\n")


def test_what_is_written_after_data_comes_last() -> None:
    data = Random(3).randbytes(200_000)
    assert texts_of(*(data[start : start + 4096] for start in range(0, len(data), 4096)), b"\nend\n")[-1] == "end"


def test_a_title_that_is_never_ended_holds_no_lines_back() -> None:
    assert [line.text for line in LineAssembler().feed(b"\x1b]0;title\none\ntwo\n", 0.0)][1:] == ["one", "two"]
