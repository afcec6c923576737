"""What is found in a log is what Python and RE2 find in each message, however it was looked for."""

from __future__ import annotations

from typing import Any

import pytest
import re2
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.models import DeletedJob, EntryRecord, Job, LogEntry
from jobs.queries import Filter, Log, long_reads
from jobs.queries.filter import Containing
from jobs.queries.finding import Needle, count, expressions, expressions_in_logs, find, needle_of
from jobs.queries.finding.answers import ONLY_NOTHING, Found
from jobs.queries.finding.expressions import BadExpression, ExpressionsAreMissing
from jobs.queries.long_reads import in_turns
from tests.factories import append_lines, make_job
from tests.queries.logs import LOGS, job_among_others

USER = 7
MESSAGES = [
    "", "a", "A", "ab\nAB", "b\na", "\n", "aXb", "é", "a\U0001f600b", "aa aa", "x" * 50 + "a", "^a$", "a.b%_\\", "\r\n",
    "\\b", "\\bb", "\u212a k K", "a\n", "ba", "\u2028a",
]  # fmt: skip
TEXTS = st.text(st.sampled_from("abAB.^$|\n éK\u212a\U0001f600%_\\"), min_size=1, max_size=3)
PIECES = ["a", "b", "A", ".", "^", "$", "|", "*", "+?", "(?:", ")", "[^a]", "\\n", "\\b", "\\s", "(?s)", "(?m)", "(?i)"]
RARE_PIECES = ["\\A", "\\z", "é", "(?-m)", "{2}", "\\pL", "\\C"]
EXPRESSIONS = st.lists(st.sampled_from(PIECES + RARE_PIECES), min_size=1, max_size=5).map("".join)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_WIDTH", "WIDEST", "NARROWEST"):
        monkeypatch.setattr(long_reads, name, 20)
    monkeypatch.setattr(expressions_in_logs, "MOST_BYTES", 60)


@pytest.fixture(scope="module")
def messages(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A job's id; its messages outlive the examples of a test."""
    with django_db_blocker.unblock():
        job = make_job("messages")
        append_lines(job, MESSAGES)
        yield job.pk
        job_id = job.pk
        job.delete()
        DeletedJob.objects.filter(pk=job_id).delete()


def found_lines(job_id: Any, needle: Needle) -> list[int]:
    found = in_turns(find(Log(job_id), needle, 1000), USER)
    assert in_turns(count(Log(job_id), needle), USER).total == len(found.matches)
    assert all(match.spans for match in found.matches)
    return [match.line for match in found.matches]


@given(text=TEXTS, has_case=st.booleans())
@pytest.mark.django_db
def test_a_text_is_found_where_a_search_and_python_find_it(messages: Any, text: str, has_case: bool) -> None:
    lines = found_lines(messages, Needle(text, has_case))
    if has_case:
        assert lines == [line for line, message in enumerate(MESSAGES, 1) if text in message]
    else:
        matches = Containing.matcher(text)
        records = Log(messages).after(Log(messages).place(0)).records
        assert lines == [record.line for record in records if matches(record)]
        assert lines == [record.line for record in search(messages, text)]


def search(job_id: Any, text: str) -> list[EntryRecord]:
    log = Log(job_id, Filter(search=text))
    return log.after(log.place(0)).records


@example(text="\\b\\n", has_case=False)
@example(text="\\Q\\b\\E", has_case=False)
@example(text="\\\\bb", has_case=False)
@given(text=EXPRESSIONS, has_case=st.booleans())
@pytest.mark.django_db
def test_an_expression_is_found_where_re2_finds_it_in_each_message(messages: Any, text: str, has_case: bool) -> None:
    options = re2.Options()
    options.case_sensitive, options.log_errors = has_case, False
    try:
        expression = re2.compile(text, options)
    except re2.error:
        with pytest.raises(BadExpression):
            needle_of(text, has_case=has_case, is_expression=True)
        return
    expected = [
        line
        for line, message in enumerate(MESSAGES, 1)
        if any(match.start() < match.end() for match in expression.finditer(message.encode()))
    ]
    assert found_lines(messages, needle_of(text, has_case=has_case, is_expression=True)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.parametrize("is_expression", [False, True])
def test_all_of_a_log_is_found_from_both_sides_with_its_numbers(kind: str, is_expression: bool) -> None:
    job = job_among_others()
    log = LOGS[kind](job)
    entries = log.after(log.place(0)).records
    needle = Needle("[17]" if is_expression else "7", is_expression=is_expression)
    expected = [entry for entry in entries if set(needle.text) & set(entry.message) & set("17")]
    forward, backward = list[Any](), list[Any]()
    while (found := find_next(log, needle, forward)).matches:
        forward += found.matches
    while (found := find_before(log, needle, backward)).matches:
        backward = found.matches + backward
    assert [match.id for match in forward] == [match.id for match in backward] == [entry.id for entry in expected]
    assert [match.index for match in forward] == [entries.index(entry) for entry in expected]
    for rank, match in list(enumerate(forward, 1))[::9]:
        counted = in_turns(count(log, needle, match.id), USER)
        assert (counted.total, counted.rank) == (len(expected), rank)


def find_next(log: Log, needle: Needle, already: list[Any]) -> Found:
    return in_turns(find(log, needle, 7, since=already[-1].id if already else None), USER)


def find_before(log: Log, needle: Needle, already: list[Any]) -> Found:
    return in_turns(find(log, needle, 7, before=already[0].id if already else 2**63 - 1), USER)


@pytest.mark.django_db
def test_there_is_more_until_the_last_is_found(job: Job) -> None:
    ids = append_lines(job, ["a", "b"] * 3).ids
    log, needle = Log(job.pk), Needle("a")
    assert [in_turns(find(log, needle, n), USER).has_more for n in (1, 2, 3, 4)] == [True, True, False, False]
    assert [in_turns(find(log, needle, n, before=ids[5]), USER).has_more for n in (2, 3)] == [True, False]


@pytest.mark.parametrize(
    ("needle", "message", "spans"),
    [
        (Needle("a"), "aAa", [(0, 1), (1, 2), (2, 3)]),
        (Needle("a", has_case=True), "aAa", [(0, 1), (2, 3)]),
        (Needle("aa"), "aaaaa", [(0, 2), (2, 4)]),
        (Needle("b"), "é\U0001f600b", [(3, 4)]),
        (Needle("\U0001f600"), "é\U0001f600b", [(1, 3)]),
        (Needle("[b\U0001f600]", is_expression=True), "é\U0001f600b", [(1, 3), (3, 4)]),
        (Needle("x*", is_expression=True), "axxa", [(1, 3)]),
        (Needle("a"), "a" * 300, [(n, n + 1) for n in range(100)]),
        (Needle("a", is_expression=True), "a" * 300, [(n, n + 1) for n in range(100)]),
    ],
)
def test_spans_are_in_the_units_of_javascript(needle: Needle, message: str, spans: list[tuple[int, int]]) -> None:
    assert needle.spans(message) == spans


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["^", "$", "()", "\\b", "(?:^|$)", "a{0}"])
def test_an_expression_of_nothing_finds_nothing_and_says_so(job: Job, text: str) -> None:
    append_lines(job, ["a"])
    needle = needle_of(text, has_case=False, is_expression=True)
    assert in_turns(find(Log(job.pk), needle, 5), USER) == Found([], False, ONLY_NOTHING)
    assert in_turns(count(Log(job.pk), needle, 1), USER).total == 0


@pytest.mark.parametrize(
    ("text", "reason", "part", "at"),
    [
        ("a(b", "missing )", "a(b", 0),
        ("a[b", "missing ]", "[b", 1),
        ("a**", "bad repetition operator", "**", 1),
        ("a\\1", "invalid escape sequence", "\\1", 1),
        ("(?=a)", "invalid perl operator", "(?=", 0),
        ("a{2000}", "invalid repetition size", "{2000}", 1),
    ],
)
def test_a_bad_expression_is_refused_with_reason_and_place(text: str, reason: str, part: str, at: int) -> None:
    with pytest.raises(BadExpression, match="not a regular expression of RE2") as refused:
        needle_of(text, has_case=False, is_expression=True)
    assert refused.value.detail == {"parameter": "find", "reason": reason, "part": part, "at": at}


def test_without_the_package_it_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "re2", None)
    expressions.compiled.cache_clear()
    with pytest.raises(ExpressionsAreMissing, match=r"google-re2: pip install 'django-quaero\[find\]'"):
        needle_of("a", has_case=False, is_expression=True)


@pytest.mark.django_db
def test_a_deletion_from_the_middle_is_counted_anew(job: Job) -> None:
    append_lines(job, ["a"] * 30)
    needle = Needle("a")
    assert in_turns(count(Log(job.pk), needle), USER).total == 30
    LogEntry.objects.filter(job=job, line=15).delete()
    assert in_turns(count(Log(job.pk), needle), USER).total == 29
