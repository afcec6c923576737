r"""Rows that are drawn again by a program that moves the cursor up: few entries, and no text of another row is lost."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.running.output.lines import Line, LineAssembler
from jobs.running.output.screen.window import WIDTH
from jobs.secrets.masking import Masker
from jobs.storable import without_ansi
from tests.running.test_lines import texts_of


def told(writes: Iterable[tuple[str, float]], masker: Masker | None = None) -> list[tuple[float, Line]]:
    """The lines of a program that writes and pauses, each with the time at which it was given."""
    assembler = LineAssembler() if masker is None else LineAssembler(masker)
    given_lines: list[tuple[float, Line]] = []
    now = 0.0
    for text, pause in writes:
        given_lines += [(now, line) for line in assembler.feed(text.encode(), now)]
        end = now + pause
        while assembler.due is not None and assembler.due <= end:
            now = assembler.due
            given_lines += [(now, line) for line in assembler.flush(now)]
            assert assembler.due is None or assembler.due > now
        now = end
    return given_lines + [(now, line) for line in assembler.end()]


def messages(writes: Iterable[tuple[str, float]]) -> list[str]:
    return [without_ansi(line.text) for _, line in told(writes)]


def docker(row: int, text: str, rows: int) -> str:
    return f"\x1b[{rows - row}A\r\x1b[2K{text}\r\x1b[{rows - row}B"


def test_what_is_written_in_another_row_is_not_drawn_over() -> None:
    pull = "aaa: Preparing\nbbb: Preparing\n" + docker(0, "aaa: Layer already exists", 2) + docker(1, "bbb: Pushed", 2)
    expected = ["aaa: Preparing", "bbb: Preparing", "aaa: Layer already exists", "bbb: Pushed", "latest: digest"]
    assert texts_of(pull.encode() + b"latest: digest\n") == expected
    assert texts_of(*(bytes([byte]) for byte in pull.encode()), b"latest: digest\n") == expected


def test_a_row_that_is_completed_keeps_its_beginning() -> None:
    compose = "Starting web ... \r\r\nStarting db  ... \r\r\n\x1b[2A\x1b[17Cdone\r\x1b[2B\x1b[1A\x1b[17Cerror\r\x1b[1B"
    assert texts_of(compose.encode() + b"ERROR: port is taken\n")[2:] == [
        *("Starting web ... done", "Starting db  ... error", "ERROR: port is taken")
    ]


UP = ["\x1b[A", "\x1b[1F", "\x1bM"]
DOWN = ["\x1b[B", "\x1b[E", "\x1b[e", "\x1bD", "\x1bE", "\v", "\f"]
TO_A_PLACE = ["\x1b[1;1H", "\x1b[1;1f", "\x1b[1d", "\x1b[H"]


@pytest.mark.parametrize("move", [*UP, *DOWN, *TO_A_PLACE])
def test_each_move_to_another_row_ends_the_state_of_this_one(move: str) -> None:
    texts = texts_of(f"\n\nsome text{move}\rother\n".encode())
    assert sorted(filter(None, texts)) == ["other", "some text"]


def test_another_page_leaves_the_one_before() -> None:
    for page in ("\x1b[H\x1b[2J", "\x1bc", "\x1b[?1049h", "\x1b[2J\x1b[3J\x1b[H"):
        assert texts_of(f"before\nhalf{page}inside\n".encode()) == ["before", "half", "inside"]


def nested(epochs: int, batches: int) -> Iterable[tuple[str, float]]:
    for epoch in range(epochs):
        yield f"\repoch: {epoch}/{epochs}", 0.0
        for batch in range(batches):
            yield f"\n\rbatch: {batch}/{batches} {'#' * batch}\x1b[A", 1.0
    yield f"\repoch: {epochs}/{epochs}\n\n", 0.0


def test_nested_bars_give_a_few_entries_and_their_last_states() -> None:
    texts = messages(nested(30, 60))
    assert len(texts) < 30
    assert texts[-2:] == ["epoch: 30/30", "batch: 59/60 " + "#" * 59]


def frames(logs: bool) -> Iterable[tuple[str, float]]:
    """As `rich` draws two bars, with a line above them now and then."""
    up = ""
    for frame in range(300):
        log = f"processed item {frame}\n" if logs and frame % 20 == 10 else ""
        yield f"{up}{log}\x1b[32mDownloading\x1b[0m {frame / 3:.0f}%\nCooking {'━' * (frame // 8)} {frame // 3}%", 0.1
        up = "\r\x1b[2K\x1b[1A\x1b[2K"
    yield "\nfinished\n", 0.0


def test_bars_that_are_drawn_in_frames_give_a_few_entries() -> None:
    texts = messages(frames(logs=False))
    assert len(texts) < 12
    assert texts[-3:] == ["Downloading 100%", "Cooking " + "━" * 37 + " 99%", "finished"]


def test_a_line_above_bars_comes_within_about_a_second_once_and_in_order() -> None:
    lines = [(at, line) for at, line in told(frames(logs=True)) if line.text.startswith("processed")]
    assert [line for _, line in lines] == [Line(f"processed item {frame}") for frame in range(10, 300, 20)]
    assert all(at <= frame / 10 + 1.5 for (at, _), frame in zip(lines, range(10, 300, 20), strict=True))
    assert len(told(frames(logs=True))) - len(lines) < 12


def test_a_text_that_is_drawn_again_unchanged_is_recorded_once() -> None:
    writes = [("one\ntwo\n", 0.0), *(("\x1b[2A\r\x1b[2Kone\n\x1b[2Ktwo\n", 1.0) for _ in range(100))]
    assert messages(writes) == ["one", "two"]


def test_a_screen_that_is_drawn_every_two_seconds_is_not_recorded_each_time() -> None:
    writes = [(f"\x1b[H\x1b[JEvery 2.0s: df\n/dev/a {n % 100}%\n/dev/b 12%\n", 2.0) for n in range(600)]
    texts = messages(writes)
    assert texts[:3] == ["Every 2.0s: df", "/dev/a 0%", "/dev/b 12%"]
    assert texts[-1] == "/dev/a 99%"
    assert len(texts) < 15


def test_lines_after_the_bars_come_after_their_last_states() -> None:
    writes = [("a 1%\nb 1%\n", 0.1), ("\x1b[2A\ra 99%\n\rb 99%\n", 0.1), ("next\n", 5.0), ("last\n", 0.0)]
    assert messages(writes) == ["a 1%", "b 1%", "a 99%", "b 99%", "next", "last"]


def test_a_prompt_below_bars_is_shown_after_a_second() -> None:
    writes = [("a 1%\n", 0.1), ("\x1b[1A\ra 99%\r\x1b[1BGo on? ", 3.0), ("y\n", 0.0)]
    assert told(writes)[-2:] == [(1.1, Line("Go on? ")), (3.1, Line("y", is_continued=True))]


def test_a_bar_at_the_foot_of_the_screen_is_not_mixed_with_lines() -> None:
    bar = "\x1b7\x1b[24;0fProgress: [ %d%%]\x1b8"
    writes = [("one\n", 0.0), (bar % 20, 0.1), ("two\n", 0.2), (bar % 40, 0.3), ("three\n", 0.4)]
    bars = ["Progress: [ 20%]", "Progress: [ 40%]"]
    assert sorted(line.text for _, line in told(writes)) == [*bars, "one", "three", "two"]


def test_thousands_of_lines_after_bars_are_not_held() -> None:
    assembler = LineAssembler()
    assembler.feed(b"a 1%\n\x1b[1A\ra 2%\n", 0.0)
    lines = assembler.feed(b"line\n" * 1_000, 0.1)
    assert lines == [Line("a 2%"), *[Line("line")] * 1_000]


def test_no_half_of_a_secret_is_shown_in_a_row() -> None:
    writes = [("bar 1\n", 0.0), ("\x1b[1A\r\x1b[2Knew: hun", 5.0), ("ter2\n", 5.0)]
    texts = [line.text for _, line in told(writes, Masker(["hunter2"]))]
    assert all("hun" not in text or "hunter2" in text for text in texts)
    assert texts[-1] == "new: hunter2"


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[9999A\x1b[9999B", "\x1b[99B", "\x1b[99;9999H\x1b[1;1H", "x\x1b[50L\x1b[50M", "x\v", "\x1b7\x1b[5A\x1b8y\n"],
)
def test_rows_are_bounded(hostile: str) -> None:
    assembler = LineAssembler()
    assembler.feed(hostile.encode() * 500, 0.0)
    assert len(assembler._screen.rows) <= 101
    assert assembler._screen.column < 10_000


@pytest.mark.parametrize("hostile", ["x\x1b[1J", "x\x1b[1K", "x\x1b[L", "x\x1b[M"])
def test_a_row_that_is_erased_again_and_again_does_not_grow(hostile: str) -> None:
    assembler = LineAssembler()
    assembler.feed(hostile.encode() * 1_000, 0.0)
    assert len(assembler._screen.row.cells) <= WIDTH + 1 >= assembler._screen.column


TEXTS = ["\r", "\n", "\r\n", "\b", "\t", "\v", "a", "bc ", "50%", "é€", "日", "\ufeff", "\x1b[", "section_end:1:x"]
SEQUENCES = ["K", "2K", "J", "2J", "A", "2B", "3G", "H", "31m", "0m", "2;2H", "L", "M", "?1049h"]
ESCAPES = ["\x1bM", "\x1b7", "\x1b8", "\x1b]0;t\x07", *(f"\x1b[{sequence}" for sequence in SEQUENCES)]
PIECES = st.sampled_from([*TEXTS, *ESCAPES])


@given(st.lists(PIECES, max_size=30), st.integers(1, 7))
@example(["a", "\r", "b", "\r"], 1)
def test_where_chunks_end_does_not_matter(pieces: list[str], size: int) -> None:
    whole = "".join(pieces).encode()
    assert texts_of(*(whole[start : start + size] for start in range(0, len(whole), size))) == texts_of(whole)


WORDS = st.from_regex("[a-z]{3,8}", fullmatch=True)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["\n", "\r\n", "\x1b[B\r", "\x1b[E", "\v\r", "\x1bE"])), max_size=30))
def test_rows_that_are_never_drawn_over_are_all_there(rows: list[tuple[str, str]]) -> None:
    text = "".join(word + end for word, end in rows)
    assert texts_of(text.encode()) == [word for word, _ in rows]


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_the_last_text_of_each_row_is_there(names: list[str], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(st.integers(0, len(names) - 1), WORDS), max_size=20))
    pauses = data.draw(st.lists(st.sampled_from([0.0, 0.3, 2.0, 30.0]), min_size=len(rows), max_size=len(rows)))
    shown = list(names)
    writes = [("".join(f"{name}\n" for name in names), 0.0)]
    for (row, text), pause in zip(rows, pauses, strict=True):
        shown[row] = text
        writes.append((docker(row, text, len(names)), pause))
    assert set(shown) <= set(messages(writes))
