"""Secrets that a program names itself, and secrets that are data: masked from then on, and in every layout."""

from __future__ import annotations

import json
import os
import sys

import pytest

from jobs.recording import NewEntry
from jobs.running.output.backlog import Backlog
from jobs.running.output.capture import Capture
from jobs.running.output.items import NOTHING_TO_MASK, Item, ItemReader
from jobs.running.output.lines import OPEN_LINE_S, REDRAWN_LINE_S, Line, LineAssembler
from jobs.running.output.release import Disclosure, Output, disclosable
from jobs.running.processes.process import Process
from jobs.secrets import documents
from jobs.secrets.masking import Masker
from jobs.text import AddMask, CommandReader, parse_command
from tests.programs import AT

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n"
ACCOUNT = {"type": "service", "zone": "b", "private_key": KEY, "more": {"pin": "12", "deep": ["höllisch geheim"]}}


def messages(items: list[Item]) -> list[str]:
    return [item.message if isinstance(item, NewEntry) else repr(item) for item in items]


def said(*lines: str, masker: Masker | None = None) -> list[str]:
    """The recorded messages for these lines of one stream."""
    return messages(disclosable(ItemReader("stdout").items_of(map(Line, lines), AT), masker or Masker()))


def test_a_mask_holds_from_its_line_on_which_is_not_recorded() -> None:
    assert said("a hunter2", "::add-mask::hunter2", "a hunter2", '{"msg": "b hunter2"}') == [
        "a hunter2",
        "a ***",
        "b ***",
    ]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("::add-mask::hunter2", ("hunter2",)),
        ("  ::add-mask::  two words ", ("two words",)),
        ("::add-mask any=thing::x::y", ("x::y",)),
        ("::add-mask::a%0Ab%25", ("a\nb%", "a%0Ab%25")),
        ("::add-mask::a%3Ab", ("a%3Ab",)),
        *((line, ()) for line in ("::add-mask::", "::add-mask:: \t", "::add-mask::%0A")),
    ],
)
def test_the_value_of_a_mask_is_read_as_escaped_and_as_written(line: str, values: tuple[str, ...]) -> None:
    command = parse_command(line)
    assert isinstance(command, AddMask)
    assert tuple(value for value in command.values if value.strip("%0A")) == values


def test_each_line_of_a_masked_value_is_masked() -> None:
    lines = ("first line", "and second line", "first line, and")
    assert said("::add-mask::first line%0Asecond line%0Ab", *lines) == ["***", "and ***", "***, and"]


def test_a_mask_without_a_value_masks_nothing_and_says_so() -> None:
    assert said("::add-mask::", "a b") == [NOTHING_TO_MASK, "a b"]


def test_half_a_mask_is_neither_shown_nor_learnt() -> None:
    for chunk, is_drawn in ((b"::add-mask::hun", False), (b"x\r::add-mask::hun", True)):
        assembler, reader, masker = LineAssembler(), ItemReader("stdout"), Masker()
        assembler.feed(chunk, 0.0)
        half = reader.items_of(assembler.flush(REDRAWN_LINE_S if is_drawn else OPEN_LINE_S), AT)
        whole = reader.items_of(assembler.feed(b"ter2\nhun hunter2\n", 20.0), AT)
        assert messages(disclosable([*half, *whole], masker)) == ["hun ***"]


def test_a_mask_on_one_stream_holds_for_what_the_other_says_after_it_whichever_is_read_first() -> None:
    recorded: list[Item] = []
    disclosure = Disclosure(Masker(), recorded.extend)
    disclosure.after_a_look([Output("stderr", ItemReader("stderr").items_of([Line("a hunter2")], AT))])
    assert disclosure.is_waiting
    disclosure.after_a_look([Output("stdout", ItemReader("stdout").items_of([Line("::add-mask::hunter2")], AT))])
    assert messages(recorded) == ["a ***"]


def test_masks_and_secrets_on_both_streams_in_turn_leave_nothing() -> None:
    script = (
        "import os\n"
        "for n in range(500):\n"
        "    os.write(1 + n % 2, b'::add-mask::tok-%07d-en\\n' % n)\n"
        "    os.write(2 - n % 2, b'use tok-%07d-en\\n' % n)\n"
    )
    process, backlog = Process([sys.executable, "-c", script], os.environ), Backlog()
    Capture(process, backlog).run()
    backlog.close()
    entries = [item for batch in iter(backlog.take, None) for item in batch if isinstance(item, NewEntry)]
    assert [entry.message for entry in entries] == ["use ***"] * 500


def test_while_commands_are_stopped_lines_are_lines() -> None:
    lines = ("::group::a", "::add-mask::hunter2", "section_start:1:b", "::endgroup::", "::stop-commands::other")
    assert said("::stop-commands::pause 1", *lines, " ::PAUSE 1::", "::notice::hunter2") == [*lines, "hunter2"]


def test_commands_are_stopped_on_both_streams() -> None:
    commands = CommandReader()
    out, err = ItemReader("stdout", commands), ItemReader("stderr", commands)
    assert out.items_of([Line("::stop-commands::t0k")], AT) == []
    assert messages(disclosable(err.items_of([Line("::group::a")], AT), Masker())) == ["::group::a"]


@pytest.mark.parametrize("token", ["", "  ", "error", "group", "add-mask"])
def test_commands_are_not_stopped_until_a_line_that_others_may_well_write(token: str) -> None:
    assert said(f"::stop-commands::{token}", "::notice::a") == [f"::stop-commands::{token}", "a"]


@pytest.mark.parametrize("given", [None, 2])
@pytest.mark.parametrize(
    "shown",
    [
        *(json.dumps(ACCOUNT, indent=indent) for indent in (None, 2, 4, "\t")),
        json.dumps(ACCOUNT, separators=(",", ":"), ensure_ascii=False),
        *(json.dumps(ACCOUNT, sort_keys=True, indent=indent) for indent in (None, 2)),
        json.dumps(json.dumps(ACCOUNT))[1:-1],
        repr(ACCOUNT),
    ],
)
def test_a_secret_that_is_json_is_masked_in_other_layouts(given: int | None, shown: str) -> None:
    assert Masker([json.dumps(ACCOUNT, indent=given)]).mask(f"a {shown} b") == "a *** b"


def test_a_secret_that_is_json_is_masked_line_by_line_too() -> None:
    masker = Masker([json.dumps(ACCOUNT)])
    shown = [masker.mask(line) for line in json.dumps(ACCOUNT, indent=3).split("\n")]
    assert set("".join(shown)) <= set("{}[], *")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("MIIEvQIBADAN", "***"),
        (f"key={KEY!r}", "key='***'"),
        (json.dumps({"k": KEY}), '{"k": "***"}'),
        ("a höllisch geheim b", "a *** b"),
        ("zone 12", "zone 12"),
    ],
)
def test_the_longer_texts_of_a_secret_that_is_json_are_secrets(text: str, masked: str) -> None:
    assert Masker([json.dumps(ACCOUNT)]).mask(text) == masked
    assert Masker([json.dumps({"in": json.dumps(ACCOUNT)})]).mask(text) == masked


@pytest.mark.parametrize(
    "secret", ['{"a": ' * 2_000, "[" * 5_000 + '"secret-in-depth"' + "]" * 5_000, '{"a', "[1e999]"]
)
def test_a_secret_that_looks_like_json_is_one_however_it_goes_on(secret: str) -> None:
    assert Masker([secret]).mask(f"a {secret} b") == "a *** b"


def test_masks_that_are_learnt_one_by_one_are_all_kept() -> None:
    masker = Masker()
    for number in range(100):
        masker.add(f"token-{number}-of-some-length")
        assert masker.mask(" ".join(f"token-{seen}-of-some-length" for seen in range(number + 1))).strip("* ") == ""
    assert masker.held_bytes(b"a token-9") == 7


def test_a_secret_that_is_deep_has_no_other_layouts() -> None:
    """Indented, a few kilobytes of brackets are gigabytes."""

    def nested(levels: int) -> list[object]:
        data: list[object] = ["secret-in-depth"]
        for _ in range(levels - 1):
            data = [data]
        return data

    assert len(documents.layouts_of(nested(documents.DEEPEST_LAID_OUT))) > 1
    assert documents.layouts_of(nested(documents.DEEPEST_LAID_OUT + 1)) == []
    assert documents.layouts_of({"a": nested(documents.DEEPEST_LAID_OUT)}) == []
