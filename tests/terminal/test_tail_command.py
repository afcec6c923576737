"""`manage.py tail --no-follow` in this process: what it prints, refuses and exits with."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from jobs import statuses
from jobs.models import Job, LogEntry
from jobs.queries import Filter
from jobs.queries.families import members
from jobs.recording import NewEntry, append
from jobs.terminal.lookup import NotChosen
from logstream.tailing.following import FollowedFamily, FollowedJob
from tests.factories import NOON, append_lines, make_job, make_step

pytestmark = pytest.mark.django_db(transaction=True)


class Printed(NamedTuple):
    lines: list[str]
    messages: str
    code: int


def tail(*arguments: str, follow: bool = False) -> Printed:
    """Runs the command. Returns its lines, its messages on standard error, and its exit code."""
    out, messages = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("tail", *arguments, *([] if follow else ["--no-follow"]), stdout=out, stderr=messages)
    except SystemExit as end:
        code = int(end.code or 0)
    return Printed(out.getvalue().splitlines(), messages.getvalue(), code)


def refused(*arguments: str) -> str:
    """The message of a refusal, with which the command exits with 2."""
    with pytest.raises(CommandError) as error:
        tail(*arguments)
    assert error.value.returncode == 2
    return str(error.value)


def messages(*arguments: str) -> list[str]:
    return [json.loads(line)["message"] for line in tail(*arguments, "--json").lines]


@pytest.fixture
def busy_job() -> Job:
    """A finished job with entries of all kinds, and another beside it."""
    job = make_job("busy")
    step = make_step(job, "build")
    for number in range(60):
        append(job, [NewEntry(
            f"message {number} {'Über_100%' if number % 7 == 0 else 'plain'}",
            ("debug", "info", "warn", "error", "fatal")[number % 5],
            NOON + timedelta(minutes=number),
            step if number % 3 == 0 else None,
            ("stdout", "stderr", "system")[number % 3],
            "app.source",
            {"n": number} if number % 4 == 0 else None,
        )])  # fmt: skip
    append(job, [NewEntry("\x1b[31mred\x1b[0m\nsecond", step=step)])
    append_lines(make_job("other"))
    Job.objects.filter(pk=job.pk).update(status=statuses.COMPLETED)
    return job


FILTERS: list[dict[str, str]] = [
    {}, {"level": "warn"}, {"level": "critical"}, {"stream": "stderr"}, {"search": "ÜBER_100%"},
    {"search": "Über_100%"},
    {"search": "MESSAGE 1"}, {"from": "2026-01-31T12:20:00Z"}, {"to": "2026-01-31T12:20:00Z", "level": "error"},
    {"from": "2026-01-31T13:10:00+01:00", "to": "2026-01-31 12:30:00"}, {"search": "no such thing"},
]  # fmt: skip


def test_fields_are_typed_as_in_an_address(busy_job: Job, viewer: User) -> None:
    append(busy_job, [NewEntry("seven", source="app.db", fields={"shop": {"id": 7}, "ok": True})])
    append(busy_job, [NewEntry("eight", source="app.db", fields={"shop": {"id": 8}, "ok": True})])
    options = ("--source", "app.db", "--field", "shop.id=7", "--field=ok=true")
    asked = {"source": "app.db", "fields.shop.id": "7", "fields.ok": "true"}
    assert messages("busy", *options) == ["seven"]
    assert tail("busy", "--json", *options).lines == page(busy_job, viewer, **asked)
    assert messages("busy", "--first-line", "62", "--last-line", "62") == ["seven"]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_json_is_exactly_what_the_page_endpoint_gives(busy_job: Job, viewer: User, filters: dict[str, str]) -> None:
    options = [f"--{name}={value}" for name, value in filters.items()]
    assert tail("busy", "--json", "-n", "1000", *options).lines == page(busy_job, viewer, limit=1000, **filters)


@pytest.mark.parametrize("word", ["build", "the id"])
def test_step_gives_what_the_page_endpoint_gives(busy_job: Job, viewer: User, word: str) -> None:
    step_id = str(busy_job.steps.get().pk)
    lines = tail("busy", "--json", "-n5", "--step", step_id if word == "the id" else word, "--level=warn").lines
    assert lines == page(busy_job, viewer, limit=5, step=step_id, level="warn")
    assert len(lines) == 5


def test_since_gives_what_the_page_endpoint_gives_and_n_does_not_bind(busy_job: Job, viewer: User) -> None:
    since = busy_job.entries.get(line=10).pk
    lines = tail("busy", "--json", f"--since={since}", "-n1", "--stream=stdout").lines
    assert lines == page(busy_job, viewer, since=since, limit=1000, stream="stdout")


def test_service_gives_what_the_page_endpoint_gives(busy_job: Job, viewer: User) -> None:
    client = Client()
    client.force_login(viewer)
    page = client.get("/api/service/logs", {"level": "warn", "limit": 30})
    assert tail("--service", "--json", "-n30", "--level=warn").lines == entries_of(page.content)


def page(job: Job, viewer: User, **parameters: object) -> list[str]:
    client = Client()
    client.force_login(viewer)
    return entries_of(client.get(f"/api/jobs/{job.pk}/logs", parameters).content)


def entries_of(content: bytes) -> list[str]:
    """The entries of a page, each as its own JSON text, cut out of the bytes of the answer."""
    entries = json.loads(content)["logs"]
    texts = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries]
    assert all(text.encode() in content for text in texts)
    return texts


def test_last_hundred_lines_by_default(job: Job) -> None:
    append_lines(job, 120)
    assert messages(job.name)[0] == "line 21"
    assert messages(job.name, "-n", "3") == ["line 118", "line 119", "line 120"]
    assert messages(job.name, "-n", "0") == []


def test_more_lines_than_a_page_holds_come_complete_and_in_order(job: Job) -> None:
    append_lines(job, 2500)
    assert messages(job.name, "-n", "2200") == [f"line {number}" for number in range(301, 2501)]
    assert len(messages(job.name, "--since", "0")) == 2500


def test_large_lines_that_fill_a_page_by_their_size_come_complete(job: Job) -> None:
    append_lines(job, [str(number) * 400_000 for number in range(8)])
    assert [message[0] for message in messages(job.name, "-n", "7")] == list("1234567")


def test_every_end_has_its_exit_code() -> None:
    for status, code in (("completed", 0), ("failed", 1), ("cancelled", 3), ("running", 0)):
        make_job(status, status=status)
        assert tail(status).code == code


def test_finished_job_ends_the_following_at_once() -> None:
    job = make_job(status=statuses.FAILED, error="exit code 2", exit_code=2)
    append_lines(job)
    printed = tail(job.name, follow=True)
    assert (len(printed.lines), printed.code) == (3, 1)
    assert printed.messages.splitlines()[-1].endswith("3 entries: exit code 2")


def test_steps_are_named_when_there_are_several(job: Job) -> None:
    append_lines(job, ["one"], step=make_step(job, "fetch"))
    assert tail(job.name).lines[0].endswith("INFO  | one")
    append_lines(job, ["two"], step=make_step(job, "load\x1b[2J"))
    assert [line[30:] for line in tail(job.name).lines] == [" [fetch] | one", " [load\\x1b[2J] | two"]
    assert tail(job.name, "--step", "fetch").lines[0].endswith("INFO  | one")


def test_service_names_the_jobs() -> None:
    append_lines(make_job("first"), ["one"])
    append_lines(make_job("second"), ["two"])
    assert [line[30:] for line in tail("--service").lines] == [" [first] | one", " [second] | two"]


def test_pruned_cursor_gives_everything_that_is_there_and_says_so(job: Job) -> None:
    ids = append_lines(job, 5).ids
    LogEntry.objects.filter(job=job, line__lte=3).prune()
    printed = tail(job.name, "--json", f"--since={ids[0]}")
    assert [json.loads(line)["line"] for line in printed.lines] == [4, 5]
    assert "--since cannot be continued (pruned)" in printed.messages


def test_latest() -> None:
    assert "no jobs yet" in refused("--latest")
    append_lines(make_job("older"), ["old"])
    append_lines(make_job("newer"), ["new"])
    assert messages("--latest") == ["new"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["--level=loud"], "--level 'loud' is not allowed: use one of debug, info, warn, error, fatal"),
    (["--stream=both"], "--stream 'both' is not allowed: use one of stdout, stderr, system"),
    (["--from=yesterday"], "--from 'yesterday' is not allowed: use a time in RFC 3339"),
    (["-n=-1"], "-n '-1' is not allowed: use a whole number from 0 to 1000000000"),
    (["-n", "ten"], "-n 'ten' is not allowed: use a whole number from 0 to 1000000000"),
    (["--field=shop"], "--field 'shop' is not allowed: use NAME=VALUE"),
    (["--field=a..b=7"], "--field '7' is not allowed: use NAME=VALUE"),
    (["--field=a=1", "--field=a=2"], "--field 'a=2' is not allowed: use NAME=VALUE"),
    (["--first-line=0"], "--first-line '0' is not allowed: use a whole number from 1 up"),
    (["--since=x"], "--since 'x' is not allowed: use a whole number from 0 up"),
    (["--search", "x" * 1001], "use at most 1000 characters"),
    (["--step=nothing"], "no step 'nothing'"),
    (["--level=\x1b[2J"], "--level '\\x1b[2J' is not allowed"),
])  # fmt: skip
def test_wrong_value_is_refused_by_name(job: Job, arguments: list[str], words: str) -> None:
    assert words in refused(job.name, *arguments)


def test_cursor_of_another_job_is_refused(job: Job) -> None:
    other = append_lines(make_job("other")).ids[0]
    assert f"entry {other} is of another job" in refused(job.name, f"--since={other}")


def test_asking_for_new_lines_alone_searches_nothing(job: Job, django_assert_num_queries: Any) -> None:
    append_lines(job)
    followed = FollowedJob(job, Filter(search="rare"))
    followed.look()
    with django_assert_num_queries(0):
        followed.skip_to_last(0)
        assert list(followed.pages()) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A process that is started in the background may ignore interrupts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupts_are_heard_from_the_choosing_on_and_given_back_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = []

    def choose(options: object) -> None:
        handlers.append(signal.getsignal(signal.SIGINT))
        raise NotChosen

    monkeypatch.setattr("logstream.management.commands.tail.read_request", choose)
    refused("--latest")
    assert handlers != [signal.default_int_handler]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_full_disk_is_said_so(job: Job) -> None:
    append_lines(job)
    with open("/dev/full", "w") as full, pytest.raises(CommandError, match=r"cannot write the log: .*No space"):
        call_command("tail", job.name, "--no-follow", stdout=full, stderr=io.StringIO())


@pytest.mark.parametrize("arguments", [[], ["a", "--latest"], ["--latest", "--service"], ["a", "--color=blue"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        tail(*arguments)


@pytest.fixture
def family(busy_job: Job) -> Job:
    """The busy job, with a child and a grandchild that have ended too."""
    child = make_job("child", parent=busy_job)
    append_lines(child, 3, level="error")
    append_lines(make_job("stranger"), 3)
    append_lines(make_job("grandchild", parent=child), ["Über_100%"], step=None)
    Job.objects.filter(pk__in=members(busy_job.pk)).update(status=statuses.COMPLETED)
    return busy_job


@pytest.mark.parametrize("filters", [*FILTERS[:4], {"search": "Über_100%"}])
def test_children_give_what_the_page_endpoint_gives(family: Job, viewer: User, filters: dict[str, str]) -> None:
    options = [word for name, value in filters.items() for word in (f"--{name}", value)]
    browser = Client()
    browser.force_login(viewer)
    page = browser.get(f"/api/jobs/{family.pk}/logs", {"children": "1", "limit": "1000", **filters}).json()["logs"]
    printed = [json.loads(line) for line in tail(str(family.pk), "--children", "-n", "1000", "--json", *options).lines]
    assert printed == page
    assert printed


def test_children_are_named_and_their_steps_can_be_asked_for(family: Job) -> None:
    child = Job.objects.get(name="child")
    append_lines(child, ["in step"], step=make_step(child, "theirs"))
    assert tail(str(family.pk), "--children", "-n", "1").lines[0].endswith("[child/theirs] | in step")
    assert messages(str(family.pk), "--children", "--step", "theirs") == ["in step"]


def test_with_children_it_follows_until_all_have_ended(family: Job) -> None:
    printed = tail(str(family.pk), "--children", follow=True)
    assert (len(printed.lines), printed.code) == (66, 0)  # one message has two lines
    Job.objects.filter(name="child").update(status=statuses.RUNNING)
    followed = FollowedFamily(family, Filter(family=family.pk))
    followed.look()
    assert not followed.is_over


def test_children_do_not_go_with_the_service_or_with_cursors_of_others(family: Job) -> None:
    assert "--children" in refused("--service", "--children")
    [theirs] = append_lines(make_job("stranger"), 1).ids
    assert "another job" in refused(str(family.pk), "--children", "--since", str(theirs))
    [ours, _] = append_lines(Job.objects.get(name="grandchild"), ["old", "new"]).ids
    assert messages(str(family.pk), "--children", "--since", str(ours)) == ["new"]
