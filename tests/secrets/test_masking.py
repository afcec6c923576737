"""Secrets in programs' output: masked at every place and in every form, and nothing else is masked."""

from __future__ import annotations

import html
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.models.content import storable_content
from jobs.recording import NewEntry
from jobs.running.output.backlog import Backlog
from jobs.running.output.capture import Capture
from jobs.running.output.items import Item, ItemReader, SpawnRequest, UnmaskedItem
from jobs.running.output.lines import MAX_LINE_BYTES, OPEN_LINE_S, REDRAWN_LINE_S, Line, LineAssembler
from jobs.running.output.release import disclosable
from jobs.running.processes.process import Process
from jobs.secrets.forms import forms_of
from jobs.secrets.masking import NO_MASK, Masker
from jobs.text import Failure, GroupEnd, GroupStart, Result

AT = datetime(2024, 3, 1, 10, 15, 30, tzinfo=UTC)
HUNTER = Masker(["hunter2"])
RED, PLAIN = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("secrets", "text", "masked"),
    [
        (["hunter2"], "a hunter2, hunter2", "a ***, ***"),
        (["hunter2"], "hunter hunter 2", "hunter hunter 2"),
        (["abc", "abcdef"], "abcdef abc", "*** ***"),
        (["hunter2", "2024pass"], "hunter2024pass!", "***!"),
        (["aa"], "aaaa baa aaa", "*** b*** ***"),
        (["ab"], "abab", "******"),
        (["", " ", "\n"], "a b\n", "a b\n"),
        (["geheim€ß"], "x=geheim€ß.", "x=***."),
        (["a.*b", "(", "\\d"], "a.*b ( \\d axb 5", "*** *** *** axb 5"),
        (["-----KEY\nabcd\nxyz\nefghi"], "abcd xyz efghi -----KEY", "*** xyz *** ***"),
        (["a\r\nlonger one\r\nb"], "a\r\nlonger one\r\nb a longer one", "*** a ***"),
        (["xy\n"], "axyb", "a***b"),
        (['qu"ot\\ed'], json_line := '{"a": "qu\\"ot\\\\ed"}', '{"a": "***"}'),
        (["back\\sl'ash"], repr({"a": "back\\sl'ash", "b": "back\\sl'ash\""}), "{'a': \"***\", 'b': '***\"'}"),
        (["café\\"], ascii(["café\\"]), "['***']"),
        (['a"é\\b'], json.dumps({"body": json.dumps({"a": 'a"é\\b'})}), '{"body": "{\\"a\\": \\"***\\"}"}'),
        (["p@ss w/r%d"], "?a=p%40ss%20w%2Fr%25d&b=p%40ss+w%2Fr%25d, /p%40ss%20w/r%25d", "?a=***&b=***, /***"),
        (["a<b&c"], "<p>a&lt;b&amp;c</p>", "<p>***</p>"),
        (["it's"], "+ echo 'it'\\''s' 'it'\"'\"'s'", "+ echo '***' '***'"),
        (["nul\0l"], "nul\ufffdl nul\0l", "*** ***"),
    ],
)
def test_every_occurrence_becomes_stars(secrets: list[str], text: str, masked: str) -> None:
    assert Masker(secrets).mask(text) == masked


HARD = ["QZp@ss w0rd!QZ", "QZit's $5QZ", 'QZ "x"QZ', "QZ\\slashQZ", "QZ€im/ßQZ", "QZ'y\"z\\w$`&<QZ", "QZ\tb;c|d(e)QZ"]
WRITERS: dict[str, Callable[[str], str]] = {
    "printf %q": lambda secret: printed_by("bash", "-c", 'printf %q "$1"', "x", secret),
    "set -x": lambda secret: printed_by("bash", "-xc", ': "$1"', "x", secret),
    "declare": lambda secret: printed_by("bash", "-c", 'v="$1"; declare -p v', "x", secret),
    "CSV": lambda secret: ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in ("a", secret)),
    "SQL, YAML": lambda secret: "'" + secret.replace("'", "''") + "'",
    "JSON three times": lambda secret: json.dumps(json.dumps(json.dumps(secret))),
    "JSON in CSV": lambda secret: json.dumps(secret).replace('"', '""'),
    "CSV in JSON": lambda secret: json.dumps(secret.replace('"', '""')),
    "JSON for pages": lambda secret: json.dumps(secret).replace("<", "\\u003c").replace("&", "\\u0026"),
    "JSON with slashes": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "an address": lambda secret: quote(secret, safe=""),
    "an address in small letters": lambda secret: re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
    "an address in an address": lambda secret: quote(quote(secret, safe=""), safe=""),
    "JavaScript's encodeURIComponent": lambda secret: quote(secret, safe="!'()*"),
    "HTML": lambda secret: html.escape(secret).replace("&#x27;", "&#39;"),
    "XML": lambda secret: html.escape(secret).replace("&#x27;", "&apos;"),
    "HTML in ASCII": lambda secret: html.escape(secret).encode("ascii", "xmlcharrefreplace").decode(),
    "a shell's word in JSON": lambda secret: json.dumps(shlex.quote(secret)),
    "bytes": lambda secret: repr(secret.encode()),
}


def printed_by(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("secret", HARD)
def test_a_secret_is_known_again_however_it_is_written(secret: str, writer: str) -> None:
    masked = Masker([secret]).mask(WRITERS[writer](secret))
    assert "***" in masked
    assert "QZ" not in masked


def test_patterns_are_masked_too() -> None:
    masker = Masker(["hunter2"], [re.compile("sk-[a-z0-9]{4,}"), re.compile("x*")])
    assert masker.mask("sk-abc1 hunter2sk-abcd sk-ab") == "*** ****** sk-ab"
    assert masker.mask("key sk-hunter2") == "key ***"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"{RED}hunter2{PLAIN} x", f"{RED}***{PLAIN} x"),
        (f"hun{RED}ter2{PLAIN} {RED}x{PLAIN}", "*** x"),
        (f"{RED}x{PLAIN}", f"{RED}x{PLAIN}"),
        ("hun\x1b]8;;http://x\x07ter2", "***"),
    ],
)
def test_colours_hide_no_secret(text: str, masked: str) -> None:
    assert HUNTER.mask(text) == masked


def test_a_secret_that_looks_like_a_colour_hides_none() -> None:
    assert Masker(["[31mX"]).mask(f"{RED}X hunter2") == f"{RED}X hunter2"[5:]
    assert Masker([f"{RED}hunter2"]).mask(f"a {RED}hunter2 b") == "a *** b"


def test_data_are_masked_at_every_depth_in_keys_and_numbers() -> None:
    masker = Masker(["hunter2", "4711", "key1", "key2"])
    value = {"a": ["hunter2", {"hunter2!": 4711}], "n": 1.4711, "key1": 1, "key2": 2, "ok": [True, None, 5]}
    assert masker.mask_json(value) == {  # type: ignore[arg-type]
        "a": ["***", {"***!": "***"}],
        "n": "1.***",
        "***": 1,
        "****": 2,
        "ok": [True, None, 5],
    }


def test_data_without_end_are_masked_as_deep_as_they_are_stored() -> None:
    deep: list[object] = ["hunter2"]
    for _ in range(10_000):
        deep = [deep]
    assert "hunter" not in str(HUNTER.mask_json(deep))  # type: ignore[arg-type]


def test_without_secrets_there_is_nothing_to_do() -> None:
    assert not NO_MASK
    assert not Masker(["", "\n"])
    assert HUNTER
    assert Masker([], [re.compile("x")])
    assert NO_MASK.mask("hunter2") == "hunter2"


@pytest.mark.parametrize(
    ("secrets", "raw", "held"),
    [
        (["hunter2"], b"a hun", 3),
        (["hunter2"], b"a hunter2", 0),
        (["hunter2", "hunter2000"], b"a hunter2", 7),
        (["abc", "bcd"], b"xabc", 3),
        (["abab"], b"xabab", 4),
        (["é€"], "x é€".encode()[:-1], 4),
        (["hunter2"], b"a hu\x1b[31mn", 8),
        (["hunter2"], b"a hu\x1b[3", 5),
        (["hunter2"], b"a hu\x1b]8;;http://x", 15),
        (["hunter2"], b"", 0),
        (["aa"], b"a" * 100_000, 100_000),
    ],
)
def test_what_could_be_the_beginning_of_a_secret_is_held(secrets: list[str], raw: bytes, held: int) -> None:
    assert Masker(secrets).held_bytes(raw) == held


def items_of(*lines: Line | str, masker: Masker = HUNTER) -> list[Item]:
    items = ItemReader("stdout").items_of([line if isinstance(line, Line) else Line(line) for line in lines], AT)
    return disclosable(items, masker)


def test_all_that_is_stored_of_a_line_is_masked() -> None:
    line = '{"msg": "a hunter2", "logger": "hunter2", "level": "error", "hunter2": ["hunter2"]}'
    assert items_of(line) == [NewEntry("a ***", "error", AT, None, "stdout", "***", {"***": ["***"]})]


def test_commands_are_masked() -> None:
    lines = ("::group::a hunter2", "::endgroup status=failed::hunter2", '::result::["hunter2"]', "::failure::hunter2")
    assert items_of(*lines) == [
        *(GroupStart("a ***"), GroupEnd(is_failed=True, error="***"), Result(["***"]), Failure("***"))
    ]
    annotation, entry = items_of("::error title=hunter2::a hunter2", '::entry::{"message": "hun\\u0074er2"}')
    assert annotation == NewEntry("a ***", "error", AT, None, "stdout", "", {"title": "***"})
    assert entry == NewEntry("***", "info", AT)


def test_a_name_is_masked_before_it_is_cut() -> None:
    [group] = items_of("::group::" + "x" * 195 + "hunter2")
    assert group == GroupStart("x" * 195 + "***")


def test_a_child_job_gets_its_secret_and_the_log_does_not() -> None:
    [request] = items_of('::spawn::{"parameters": {"key": "hunter2"}}')
    assert isinstance(request, SpawnRequest)
    assert request.data == {"parameters": {"key": "hunter2"}}
    assert request.line.message == '::spawn::{"parameters": {"key": "***"}}'


def test_the_beginning_of_a_secret_is_not_shown_before_it_is_known_to_be_none() -> None:
    assembler = LineAssembler(HUNTER)
    assembler.feed(b"pass hun", 0.0)
    assert assembler.flush(OPEN_LINE_S) == [Line("pass ")]
    assert assembler.flush(10.0) == []
    assert assembler.feed(b"ger\n", 20.0) == [Line("hunger", is_continued=True)]


def test_what_is_left_of_a_secret_at_the_end_is_shown() -> None:
    assembler = LineAssembler(HUNTER)
    assembler.feed(b"hun", 0.0)
    assert assembler.flush(OPEN_LINE_S) == []
    assert assembler.end() == [Line("hun")]


def test_a_progress_bar_shows_no_half_of_a_secret() -> None:
    assembler = LineAssembler(HUNTER)
    assembler.feed(b"1 %\rat hux\bn", 0.0)
    assert assembler.flush(REDRAWN_LINE_S) == [Line("at ", is_in_progress=True)]
    assert assembler.feed(b"ter2\n", 20.0) == [Line("at hunter2")]


def test_with_patterns_no_line_is_shown_before_its_end() -> None:
    assembler = LineAssembler(Masker([], [re.compile("sk-[0-9]+")]))
    for chunk in (b"50 %\rsk-1", b"2", b"3\n"):
        assert assembler.due is None
        assert assembler.flush(1e9) == []
        lines = assembler.feed(chunk, 0.0)
    assert lines == [Line("sk-123")]


@pytest.mark.parametrize(
    ("masker", "end"),
    [(HUNTER, b"hunter2"), (Masker(["geh€im"]), "geh€im".encode()), (Masker([], [re.compile("sk-.*")]), b" sk-secret")],
)
def test_a_line_that_is_cut_within_a_secret_loses_its_beginning_too(masker: Masker, end: bytes) -> None:
    for kept in range(2, len(end)):
        start = b"x " * ((MAX_LINE_BYTES - kept) // 2) + b" " * ((MAX_LINE_BYTES - kept) % 2)
        [line] = LineAssembler(masker).feed(start + end + b" and more\n", 0.0)
        assert line.text.strip("x ") == ""
        assert len(line.text) + line.truncated_bytes == len(start + end) + len(" and more")


def test_a_cut_that_broken_bytes_have_caused_is_within_no_secret_either() -> None:
    masker = Masker(["y" * 50])
    [line] = LineAssembler(masker).feed(b"\xff" * (MAX_LINE_BYTES // 3 - 10) + b"y" * 50 + b"\n", 0.0)
    assert line.truncated_bytes
    assert "y" not in masker.mask(line.text)


def test_half_a_report_is_not_shown_however_long_it_takes() -> None:
    assembler = LineAssembler()
    for half in (b"::", b"re", b"sult::[1,"):
        assembler.feed(half, 0.0)
        assert assembler.flush(100.0) == []
    assert assembler.feed(b"2]\n", 200.0) == [Line("::result::[1,2]")]
    assembler.feed(b":: what? ", 300.0)
    assert assembler.flush(400.0) == [Line(":: what? ")]


class Stored(NamedTuple):
    message: str
    ansi: str
    marks: Mapping[str, object]


def stored(masker: Masker, writes: Iterable[tuple[bytes, float]]) -> list[Stored]:
    """The stored entries for output in these pieces, each with the seconds of a pause after it."""
    assembler, reader, now = LineAssembler(masker), ItemReader("stdout"), 0.0
    items: list[UnmaskedItem] = []
    for chunk, pause in writes:
        items += reader.items_of(assembler.feed(chunk, now), AT)
        now += pause
        items += reader.items_of(assembler.flush(now), AT)
    items += reader.items_of(assembler.end(), AT)
    contents = []
    for item in disclosable(items, masker):
        assert isinstance(item, NewEntry)
        content = storable_content(item.message, item.fields)
        contents.append(Stored(content.message, content.ansi or "", item.fields or {}))
    return contents


def whole_lines(contents: Iterable[Stored]) -> str:
    """The lines put together from their parts; without earlier states of redrawn lines."""
    text = ""
    for message, _, marks in contents:
        if "in_progress" not in marks:
            text += message if "continued" in marks else f"\n{message}"
    return text.strip("\n ")


def has_secret(contents: Iterable[Stored], secrets: Iterable[str]) -> bool:
    forms = {form for secret in secrets for form in forms_of(secret)}
    return any(form in text for form in forms for stored in contents for text in (stored.message, stored.ansi))


SECRETS = st.lists(st.text("abé€", min_size=1, max_size=6) | st.sampled_from(["ab\nabab\r\nééa€", "a b"]), max_size=3)
PAUSES = st.sampled_from([0.0, 0.6, 1.0, 30.0])
COLOURS = st.sampled_from([RED, PLAIN, "\x1b]0;ab\x07", "\x1b[K"])


def writes_of(data: st.DataObject, output: bytes) -> list[tuple[bytes, float]]:
    cuts = data.draw(st.lists(st.integers(0, len(output)), max_size=8).map(sorted))
    ends = zip([0, *cuts], [*cuts, len(output)], strict=True)
    return [(output[start:end], data.draw(PAUSES)) for start, end in ends]


@given(SECRETS, st.data())
def test_no_secret_is_stored_and_nothing_else_is_lost(secrets: list[str], data: st.DataObject) -> None:
    known = [st.sampled_from(secrets)] if secrets else []
    pieces = st.one_of(*known, st.text("abé€ ", max_size=4), COLOURS, st.sampled_from(["\n", "\r\n"]))
    text = "".join(data.draw(st.lists(pieces, max_size=12)))
    masker = Masker(secrets)
    contents = stored(masker, writes_of(data, text.encode()))
    assert not has_secret(contents, secrets)
    whole = whole_lines(stored(NO_MASK, [(text.encode(), 0.0)]))
    assert whole_lines(contents) == "\n".join(map(masker.mask, whole.split("\n")))


@given(SECRETS, st.data())
def test_no_secret_is_stored_of_lines_that_are_drawn_over(secrets: list[str], data: st.DataObject) -> None:
    known = [st.sampled_from(secrets)] if secrets else []
    pieces = st.one_of(*known, st.text("abé€ \r\b", max_size=4), COLOURS, st.just("\n"))
    text = "".join(data.draw(st.lists(pieces, max_size=12)))
    assert not has_secret(stored(Masker(secrets), writes_of(data, text.encode())), secrets)


@pytest.mark.slow
def test_a_secret_written_in_two_parts_is_never_seen() -> None:
    script = (
        "import os, time; os.write(1, b'a hun'); time.sleep(1.5); os.write(1, b'ter2\\n'); os.write(2, b'hunter2\\n')"
    )
    process, backlog = Process([sys.executable, "-c", script], os.environ), Backlog()
    Capture(process, backlog, masker=HUNTER).run()
    backlog.close()
    entries = [item for batch in iter(backlog.take, None) for item in batch if isinstance(item, NewEntry)]
    assert sorted((entry.stream, entry.message) for entry in entries) == [
        *(("stderr", "***"), ("stdout", "***"), ("stdout", "a "))
    ]


@pytest.mark.parametrize("count", [1, 50])
def test_masking_is_quick(count: int) -> None:
    masker = Masker([f"{number}-secret-of-some-length" for number in range(count)])
    started = time.process_time()
    for _ in range(2_000):
        masker.mask("2024-03-01 10:15:30,123 INFO  [main] org.example.Worker: processed an item in 12 ms")
    assert time.process_time() - started < 0.5
    masker.mask("0-secret-of-some-length " * 40_000)
    masker.held_bytes(b"0-secret-of-some-lengt" * 40_000)
    assert time.process_time() - started < 3
