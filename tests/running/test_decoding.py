"""Output in UTF-16, whole or in between, and byte order marks: the text is there."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.running.output.decoding import Decoder
from jobs.running.output.lines import OPEN_LINE_S, Line, LineAssembler
from tests.running.test_lines import texts_of

TEXT = (
    "Backup started\r\nError 3201 at row 7\r\n\r\nx\r\n"
    + "\u0417\u0430\u043f\u0443\u0441\u043a \u044f\r\n你好 ok\r\n你好\r\n😀 hi\r\nend\r\n"
)
LINES = TEXT.replace("\r\n", "\n").removesuffix("\n").split("\n")


def decoded(output: bytes, size: int) -> bytes:
    decoder = Decoder()
    chunks = [output[start : start + size] for start in range(0, len(output), size)]
    return b"".join(map(decoder.feed, chunks)) + decoder.rest(is_end=True)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32", "utf-8", "utf-8-sig"])
def test_other_encodings_become_text(encoding: str, size: int) -> None:
    output = TEXT.encode(encoding)
    chunks = [output[start : start + size] for start in range(0, len(output), size)]
    assert texts_of(*chunks) == LINES


@given(st.sampled_from(["utf-16-le", "utf-16-be", "utf-16"]), st.lists(st.booleans()), st.integers(1, 40))
def test_each_line_has_an_encoding_of_its_own(encoding: str, are_wide: list[bool], size: int) -> None:
    output = b"".join("größe 5\n".encode(encoding if is_wide else "utf-8") for is_wide in are_wide)
    assert decoded(output, size).decode() == "größe 5\n" * len(are_wide)


@pytest.mark.parametrize("output", [b"caf\xe9 ole\n\xff\xfe\n", b"ab\0c\n", b"\0\0\0\0\n", b"\xff", b"x\n\xfe\xff\n"])
def test_other_bytes_stay(output: bytes) -> None:
    assert decoded(output, 100) == decoded(output, 1) == output


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff", b"a\0b\0", b"\0a\0b"])
def test_data_that_looks_like_utf_16_does_not_take_the_next_lines_along(mark: bytes) -> None:
    data = mark + Random(1).randbytes(300).replace(b"\n", b"") + b"\0\n"
    assert decoded(b"x\n" + data + b"end\n", 1000).endswith(b"\nend\n")


def test_a_mark_before_a_line_is_dropped() -> None:
    mark = b"\xef\xbb\xbf"
    assert texts_of(mark + b"::group::a\n", mark + b'{"a": 1}\n' + mark + b"b\n", mark, b"c") == [
        *("::group::a", '{"a": 1}', "b", "c")
    ]


def test_nuls_after_a_return_are_no_text() -> None:
    assert texts_of(b"one line\r\0\nnext\r", b"\0\0\n") == ["one line", "next"]


def test_a_single_letter_is_shown_after_a_second_as_any_unfinished_line() -> None:
    assembler = LineAssembler()
    assert assembler.feed(b">", 0.0) == []
    assert assembler.due == OPEN_LINE_S
    assert assembler.flush(OPEN_LINE_S) == [Line(">")]


def test_a_prompt_in_utf_16_is_shown_after_a_second() -> None:
    assembler = LineAssembler()
    assembler.feed("Name: ".encode("utf-16-le") + b"x", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("Name: ")]
    assert assembler.feed(b"\0\n\0", 2.0) == [Line("x", is_continued=True)]
