"""JSON lines, logfmt and workflow commands: how they are parsed, and that no part of them is lost."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.text import (
    Annotation,
    Failure,
    GroupEnd,
    GroupStart,
    ParsedLine,
    Progress,
    Report,
    Result,
    Spawn,
    parse_command,
    parse_line,
)

AT = datetime(2024, 3, 1, 10, 15, 30, 123456, tzinfo=UTC)
SECONDS = 1709288130


def test_a_json_line_gives_level_time_message_source_and_fields() -> None:
    line = '{"time":"2024-03-01T11:15:30.123456+01:00","level":"WARNING","logger":"app.db","msg":"slow","ms":812}'
    assert parse_line(line) == ParsedLine("slow", "warn", AT, "app.db", {"ms": 812})


@pytest.mark.parametrize(
    ("line", "level", "message", "source"),
    [
        ('{"level":30,"time":1709288130123,"pid":1,"msg":"pino"}', "info", "pino", ""),
        ('{"name":"app","level":50,"v":0,"msg":"bunyan","time":"2024-03-01T10:15:30Z"}', "error", "bunyan", "app"),
        ('{"severity":"CRITICAL","message":"google"}', "fatal", "google", ""),
        ('{"@timestamp":"2024-03-01T10:15:30Z","log.level":"error","message":"ecs"}', "error", "ecs", ""),
        ('{"log":{"level":"error","logger":"a.b"},"message":"nested ecs"}', "error", "nested ecs", "a.b"),
        ('{"level":"INFO","fields":{"message":"tracing","k":1},"target":"crate::x"}', "info", "tracing", "crate::x"),
        (
            '{"text":"t","record":{"level":{"name":"ERROR","no":40},"message":"loguru","name":"m"}}',
            "error",
            "loguru",
            "m",
        ),
        ('{"@t":"2024-03-01T10:15:30Z","@m":"serilog","@l":"Warning"}', "warn", "serilog", ""),
        ('{"t":{"$date":"2024-03-01T10:15:30Z"},"s":"W","c":"NETWORK","msg":"mongo"}', "warn", "mongo", ""),
        ('{"version":"1.1","short_message":"gelf","level":3}', "error", "gelf", ""),
        ('{"MESSAGE":"journal","PRIORITY":"4","SYSLOG_IDENTIFIER":"sshd"}', "warn", "journal", "sshd"),
        ('{"message":"monolog","level":300,"level_name":"WARNING","channel":"app"}', "warn", "monolog", "app"),
        ('{"log":"docker ERROR\\n","stream":"stderr","time":"2024-03-01T10:15:30Z"}', None, "docker ERROR", ""),
        ('{"event":"structlog","level":"debug"}', "debug", "structlog", ""),
        ('{"level":"info","ts":1709288130.12,"logger":"ctl","msg":"zap"}', "info", "zap", "ctl"),
        ('  {"level":"info","message":"indented"}', "info", "indented", ""),
        ('{"message":"ERROR: level only in the text"}', "error", "ERROR: level only in the text", ""),
    ],
)
def test_json_of_many_loggers(line: str, level: str | None, message: str, source: str) -> None:
    parsed = parse_line(line)
    assert (parsed.level, parsed.message, parsed.source) == (level, message, source)


@pytest.mark.parametrize(
    "value",
    [
        '"2024-03-01T10:15:30.123456Z"',
        '"2024-03-01T10:15:30.123456789Z"',
        '"2024-03-01 05:15:30,123456-05:00"',
        f"{SECONDS}.123456",
        f"{SECONDS}123456",
        f"{SECONDS}123456789",
        f'"{SECONDS}123456"',
        '{"epochSecond": 1709288130, "nanoOfSecond": 123456000}',
        f'"{SECONDS}.123456"',
        '"2024-03-01 10:15:30.123456 +0000"',
        '"2024-03-01 11:15:30.123456 +0100 CET m=+0.012"',
        '"2024-03-01 10:15:30.123456 UTC"',
        '"2024/03/01 10:15:30.123456 Z"',
    ],
)
def test_a_producers_time_is_understood(value: str) -> None:
    assert parse_line(f'{{"msg":"x","time":{value}}}').timestamp == AT


@pytest.mark.parametrize(
    "value",
    [
        '"0001-01-01T00:00:00Z"',
        '"1970-01-01T00:00:00Z"',
        '"10:15AM"',
        '"2024-03-01 10:15:30"',
        "3",
        "true",
        "1e300",
        '"soon"',
        "null",
        "{}",
    ],
)
def test_a_time_without_a_zone_or_form_stays_a_field(value: str) -> None:
    parsed = parse_line(f'{{"msg":"x","time":{value}}}')
    assert parsed.timestamp is None
    assert parsed.fields == {"time": json.loads(value)}


@pytest.mark.parametrize(
    ("prefix", "kept"),
    [
        ("api-1  | ", "api-1  |"),
        ("[pod/web-0/app] ", "[pod/web-0/app]"),
        ("2024-03-01T10:15:31.123456789Z stderr F ", "2024-03-01T10:15:31.123456789Z stderr F"),
        ("Mar  1 10:15:31 host app[812]: ", "Mar  1 10:15:31 host app[812]:"),
        ("<14>1 2024-03-01T10:15:31Z host app 812 - - ", "<14>1 2024-03-01T10:15:31Z host app 812 - -"),
        ("[api] ", "[api]"),
        ("web-7d9c-abcde app ", "web-7d9c-abcde app"),
    ],
)
@pytest.mark.parametrize(
    "record",
    [
        '{"level":"error","msg":"no route","time":"2024-03-01T10:15:30.123456Z","path":"/x"}',
        'level=error msg="no route" time=2024-03-01T10:15:30.123456Z path=/x',
    ],
)
def test_a_record_behind_a_prefix_is_read(prefix: str, kept: str, record: str) -> None:
    assert parse_line(prefix + record) == ParsedLine("no route", "error", AT, "", {"prefix": kept, "path": "/x"})


def test_a_record_without_a_time_has_that_of_its_prefix() -> None:
    line = '2024-03-01T10:15:30.123456789Z stdout F {"level":"error","msg":"x"}'
    assert parse_line(line).timestamp == AT


@pytest.mark.parametrize(
    "line",
    [
        'request body {"level":"error","msg":"x"}',
        '2024-03-01 10:15:30 INFO sent {"level":"error","msg":"x"}',
        'api-1  | {"msg":"x"}',
        "the job has level=error msg=x",
    ],
)
def test_what_only_speaks_of_a_record_stays_as_it_is(line: str) -> None:
    assert parse_line(line)._replace(level=None) == ParsedLine(line)


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        (
            r'{"log":"{\"level\":\"error\",\"msg\":\"x\",\"n\":1}\n","stream":"stdout","time":"2024-03-01T10:15:30Z"}',
            "stream",
        ),
        (r'{"log":"{\"level\":\"error\",\"msg\":\"x\",\"n\":1}","stream":"stdout"}', "stream"),
        (r'{"MESSAGE":"{\"level\":\"error\",\"msg\":\"x\",\"n\":1}","PRIORITY":"6","_PID":"1"}', "_PID"),
    ],
)
def test_a_record_that_another_carries_counts(line: str, fields: str) -> None:
    parsed = parse_line(line)
    assert (parsed.message, parsed.level) == ("x", "error")
    assert parsed.fields is not None
    assert {"n", fields} == parsed.fields.keys()


def test_records_that_carry_records_cost_no_more_than_their_length() -> None:
    line = json.dumps({"level": "error", "msg": "x" * 2**19})
    for _ in range(12):
        line = json.dumps({"log": line, "stream": "stdout"})
    started = time.process_time()
    assert parse_line(line).level == "error"
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("record", "level"),
    [
        ({"level": 40, "msg": "pino", "pid": 1, "hostname": "h"}, "warn"),
        ({"level": 40, "message": "python", "funcName": "f"}, "error"),
        ({"level": 40, "event": "structlog"}, "error"),
        ({"level": 400, "message": "monolog", "channel": "app"}, "error"),
        ({"level": 4, "short_message": "gelf", "version": "1.1"}, "warn"),
        ({"severity": 4, "message": "syslog"}, "warn"),
        ({"severityNumber": 17, "body": "otel"}, "error"),
        ({"severityLevel": 3, "message": "azure"}, "error"),
        ({"level_value": 30000, "message": "logback"}, "warn"),
        ({"level": 3, "message": "a game"}, None),
        ({"LEVEL": "Warn", "MESSAGE": "in any case"}, "warn"),
        ({"level": "ERROR+4", "msg": "slog"}, "error"),
        ({"level": "\x1b[33mwarn\x1b[39m", "message": "winston"}, "warn"),
    ],
)
def test_a_level_is_read_by_the_shape_of_its_record(record: dict[str, object], level: str | None) -> None:
    assert parse_line(json.dumps(record)).level == level


def test_an_unknown_level_stays_a_field() -> None:
    assert parse_line('{"msg":"x","level":"gold"}') == ParsedLine("x", None, None, "", {"level": "gold"})


@pytest.mark.parametrize(
    "line",
    [
        *("{", "{}", "[1]", '{"a": 1}', '{"level": 3}', "{'msg': 'x'}", '{"msg": "x"', "{" * 100_000, '{"body": "x"}'),
        *("x=1", "a=b c=d", "total = 5", "level=info", "if a=b then level=error x", "msg=a word level=info"),
        *('msg="open x=1', "msg=a msg=b level=info"),
    ],
)
def test_what_is_no_record_stays_as_it_is(line: str) -> None:
    assert parse_line(line)._replace(level=None) == ParsedLine(line)


def test_a_logfmt_line_gives_level_time_message_and_fields() -> None:
    line = r'time="2024-03-01T10:15:30.123456Z" level=warning msg="say \"hi\"" path=/a?b=c empty= n=3'
    assert parse_line(line) == ParsedLine('say "hi"', "warn", AT, "", {"path": "/a?b=c", "empty": "", "n": "3"})


@given(st.text())
def test_a_line_is_never_lost(text: str) -> None:
    parsed = parse_line(text)
    assert parsed.message == text or json.loads(text)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@given(st.dictionaries(st.sampled_from(["msg", "level", "time", "name", "log", "a"]), SCALARS))
def test_a_json_line_keeps_every_value(record: dict[str, object]) -> None:
    parsed = parse_line(json.dumps(record))
    understood = {"level": parsed.level, "time": parsed.timestamp}
    texts = (parsed.message, parsed.source)
    for key, value in record.items():
        kept = key in (parsed.fields or {}) or understood.get(key) or str(value).rstrip("\r\n") in texts
        assert kept or json.loads(parsed.message) == record


@pytest.mark.parametrize("line", ['{"msg":"%s"}' % ("x" * 2**20), "a=b " * 2**18, "level=info msg=" + "x" * 2**20])
def test_a_structured_line_of_a_mebibyte_is_quick(line: str) -> None:
    started = time.process_time()
    parse_line(line)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("::group::Install packages", GroupStart("Install packages")),
        ("::endgroup status=failed::no%0Adisk", GroupEnd(is_failed=True, error="no\ndisk")),
        ("::endgroup::", GroupEnd()),
        ("::progress::45", Progress(45)),
        ("::progress::12.5%", Progress(12.5)),
        ("::error::broken%0Abadly", Annotation("error", "broken\nbadly")),
        ("::notice::by the way", Annotation("info", "by the way")),
        ("::debug::detail", Annotation("debug", "detail")),
        (
            "::warning file=a.py,line=3,title=One%2C two::text::more",
            Annotation("warn", "text::more", {"file": "a.py", "line": 3, "title": "One, two"}),
        ),
        ('::result::{"rows": [1, null]}', Result({"rows": [1, None]})),
        ("::result:: null", Result(None)),
        ("::result::[NaN, -Infinity]", Result(["NaN", "-Infinity"])),
        ('::spawn::{"id": "x", "program": "1"}', Spawn({"id": "x", "program": "1"})),
        ("::failure::ValueError: 5%25%0Aor more", Failure("ValueError: 5%\nor more")),
        ('::entry::{"message": "a"}', Report("a")),
        ("section_start:1560896352:build[collapsed=true]", GroupStart("build")),
        ("\x1b[0Ksection_start:1560896352:build\r\x1b[0KBuilding it", GroupStart("build", "Building it")),
        ("section_end:1560896353:build\r\x1b[0K", GroupEnd("build")),
    ],
)
def test_a_workflow_command_is_read(line: str, command: object) -> None:
    assert parse_command(line) == command


@pytest.mark.parametrize(
    "line",
    [
        *("std::group::x", "::group::", "::group:: ", "::progress::half", "::progress::101", "::progress::nan"),
        *("::result::", "::result::{", "::result::'x'", "::result::" + "[" * 100_000),
        *("::entry::[]", "::entry::{}", '::entry::{"message": null}', "::spawn::7", "::failure::  ", "::results::1"),
        *("::mask::x", "the section_start:1:x", "section_start:soon:x", "", "a::b", "::error"),
    ],
)
def test_what_is_no_command_is_an_ordinary_line(line: str) -> None:
    assert parse_command(line) is None


def test_a_number_too_long_to_be_read_is_a_result_as_text() -> None:
    assert parse_command("::result::" + "9" * 5000) == Result("9" * 5000)


def test_an_entry_says_all_that_an_entry_has() -> None:
    members = {
        "message": "m",
        "level": "CRIT",
        "timestamp": "2024-03-01T11:15:30+01:00",
        "source": "s",
        "stream": "stderr",
    }
    at = datetime(2024, 3, 1, 10, 15, 30, tzinfo=UTC)
    entry = Report("m", "fatal", at, "s", "stderr", {"a": [1]})
    assert parse_command("::entry::" + json.dumps({**members, "stream": "stderr", "fields": {"a": [1]}})) == entry


def test_what_is_not_understood_of_an_entry_is_kept_in_its_fields() -> None:
    odd = {"level": "gold", "timestamp": "noon", "source": 5, "stream": "system", "fields": [1], "more": True}
    assert parse_command("::entry::" + json.dumps({"message": {"a": 1}, **odd})) == Report('{"a": 1}', fields=odd)


@given(st.text() | st.text(alphabet=":group%0A[]\r\x1b=,"))
def test_any_text_is_a_command_or_not(text: str) -> None:
    parse_command(text)
