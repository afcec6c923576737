"""`manage.py run`, `cancel`, `rerun` and `delete`: what they do, print, refuse and exit with."""

from __future__ import annotations

import getpass
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from msgspec import Meta
from pytest_django import Settings

from jobs import lifecycle
from jobs.models import SERVICE_JOB_ID, Job, JobSecret, LogEntry, Worker
from jobs.runnables import Secret
from jobs.running.processes import machine
from jobs.secrets.sealing import unsealed
from jobs.terminal import follow
from tests.factories import append_lines, make_job, stored_messages
from tests.orders import program, registered, run_of
from tests.processes import manage

pytestmark = pytest.mark.django_db(transaction=True)

NO_WORKER = "no worker is there"


class Done(NamedTuple):
    out: str
    said: str
    code: int

    @property
    def job(self) -> Job:
        """The job whose id was printed, alone on the first line."""
        return Job.objects.get(pk=self.out.splitlines()[0])


def do(command: str, *words: str) -> Done:
    out, said, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command(command, *words, stdout=out, stderr=said)
    except CommandError as error:
        said.write(str(error))
        code = error.returncode
    except SystemExit as end:
        code = int(end.code or 0)
    return Done(out.getvalue(), said.getvalue(), code)


def import_stock(
    shop: Annotated[int, Meta(ge=1, description="Its number.")],
    day_of_week: Literal["monday", "sunday"] = "monday",
    tags: list[str] = [],  # noqa: B006
    dry_run: bool = False,
    offset: int = 0,
    password: Annotated[str | None, Secret()] = None,
) -> None:
    """Reads the stock of a shop."""


@pytest.fixture(autouse=True)
def stock_import() -> Iterator[None]:
    with registered(import_stock, name="stock"):
        yield


@pytest.fixture(autouse=True)
def ann(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.QUAERO_PROGRAMS = ("python",)
    monkeypatch.setattr(machine, "user_name", lambda: "ann")


ANN = "ann at the command line"


def test_run_orders_a_run_prints_its_id_and_says_that_no_worker_is_alive() -> None:
    done = do("run", "stock", "--shop", "3")
    assert (done.code, done.job.status, done.job.spec["runnable"]) == (0, "pending", "stock")
    assert done.job.spec["parameters"] == {
        "shop": 3,
        "day_of_week": "monday",
        "tags": [],
        "dry_run": False,
        "offset": 0,
        "password": None,
    }
    assert len(done.out.splitlines()) == 1
    assert NO_WORKER in done.said


def test_with_a_worker_nothing_is_said() -> None:
    Worker.objects.create(name="a", hostname="a", pid=1, machine="a", process_started_at=1)
    assert do("run", "stock", "--shop", "3").said == ""


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        (["--day-of-week", "sunday"], {"day_of_week": "sunday"}),
        (["--day_of_week=sunday"], {"day_of_week": "sunday"}),
        (["--tags", "a", "--tags", "b,c", "--tags=d"], {"tags": ["a", "b,c", "d"]}),
        (["--tags", "a,b"], {"tags": ["a", "b"]}),
        (["--dry-run"], {"dry_run": True}),
        (["--dry-run", "no"], {"dry_run": False}),
        (["--no-dry-run"], {"dry_run": False}),
        (["--dry-run", "--offset", "-5"], {"dry_run": True, "offset": -5}),
        (["--tags=--help-me"], {"tags": ["--help-me"]}),
        (["--offset="], {"offset": 0}),
    ],
)
def test_parameters_are_typed_as_options(words: list[str], parameters: dict[str, Any]) -> None:
    assert parameters.items() <= do("run", "stock", "--shop=3", *words).job.spec["parameters"].items()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "shop is missing: it must be a whole number from 1 up"),
        (["--shop", "x"], "shop must be a whole number from 1 up, not 'x'"),
        (["--shop"], "shop must be a whole number"),
        (["--shop", "1", "--shop", "2"], "shop is given 2 times"),
        (["--shop", "1", "--shops", "2"], "shops is unknown: use some of shop, day_of_week"),
        (["--shop", "1", "--no-shops"], "no_shops is unknown"),
        (["3"], "'3' is no parameter: write --name value"),
        (["--shop", "3", "4"], "'4' is no parameter"),
        (["-s", "3"], "'-s' is no parameter"),
        (["--", "3"], "'--' is no parameter"),
        (["--=3"], "'--=3' is no parameter"),
        (["--shop", "3", "--day-of-week", "tuesday"], "day_of_week must be one of monday, sunday"),
        (["--shop", "3", "--tags", "a\0b"], "tags must be storable"),
    ],
)
def test_wrong_parameters_are_refused_with_2_and_run_nothing(words: list[str], reason: str) -> None:
    done = do("run", "stock", *words)
    assert (done.code, done.out, Job.objects.listed().count()) == (2, "", 0)
    assert reason in done.said


def test_a_parameter_may_be_called_like_the_beginning_of_an_option() -> None:
    def short(v: int = 0, s: str = "", follow: bool = False, settings_of: str = "") -> None:
        """Has names that the command's own options begin with."""

    with registered(short, name="short"):
        done = do("run", "short", "--v", "5", "--s=x", "--settings-of", "y", "--follow")
    assert done.job.spec["parameters"] == {"v": 5, "s": "x", "follow": True, "settings_of": "y"}


def test_an_unknown_name_is_refused_with_what_there_is() -> None:
    done = do("run", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "no registered job 'nowhere'" in done.said
    assert "stock" in done.said


def test_one_that_runs_already_is_refused_with_1() -> None:
    with registered(lambda: None, name="alone", concurrency="skip"):
        first = do("run", "alone")
        done = do("run", "alone")
    assert (done.code, done.out, first.code) == (1, "", 0)
    assert "alone is pending already" in done.said


def test_the_list_shows_the_registered_jobs() -> None:
    done = do("run", "--list")
    assert done.code == 0
    assert "stock                    Reads the stock of a shop." in done.out.splitlines()
    asked_for_nothing = do("run")
    assert (asked_for_nothing.code, asked_for_nothing.out) == (2, "")
    assert "name a registered job" in asked_for_nothing.said
    assert done.out.strip() in asked_for_nothing.said


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_shows_the_parameters_and_runs_nothing(word: str) -> None:
    done = do("run", "stock", word)
    assert (done.code, Job.objects.listed().count()) == (0, 0)
    assert done.out.splitlines()[0] == "stock: Reads the stock of a shop."
    assert "  --shop  a whole number from 1 up (required): Its number." in done.out
    assert "  --day-of-week  one of monday, sunday (default 'monday')" in done.out


@pytest.mark.parametrize("option", ["--follow", "-f"])
@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("cancelled", 3)])
def test_follow_prints_the_log_and_exits_as_tail_does(
    option: str, status: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def worked(*_: object) -> None:
        job = Job.objects.listed().get()
        append_lines(job, ["what it did"])
        lifecycle.finish_job(job, status)

    monkeypatch.setattr("jobs.management.commands.run.say_if_no_worker", worked)
    done = do("run", "stock", "--shop", "3", "--dry-run", option)
    assert (done.code, done.job.spec["parameters"]["dry_run"]) == (code, True)
    assert "what it did" in capsys.readouterr().out


def test_a_secret_of_the_command_line_is_sealed() -> None:
    job = do("run", "stock", "--shop", "3", "--password", "p-1").job
    assert (job.spec["secrets"], unsealed(job)) == (["password"], {"password": "p-1"})


def test_cancel_asks_the_whole_family_and_names_who() -> None:
    parent = make_job("parent", status="pending")
    child = make_job("child", parent=parent, status="pending")
    done = do("cancel", "parent")
    assert done == Done(f"{parent.pk} was asked to end\n{child.pk} was asked to end\n", "", 0)
    assert stored_messages(child) == [f"cancel requested by {ANN}"]


def test_cancel_says_when_it_had_been_asked_or_has_ended() -> None:
    job = make_job(status="pending")
    lifecycle.start_job(job)
    do("cancel", str(job.pk))
    assert do("cancel", str(job.pk)[:8]) == Done(f"{job.pk} had been asked to end before\n", "", 0)
    lifecycle.finish_job(job, "completed")
    done = do("cancel", str(job.pk))
    assert (done.out, done.code) == ("", 1)
    assert "has ended already" in done.said


@pytest.mark.parametrize("command", ["cancel", "rerun", "delete"])
def test_a_job_that_is_not_there_is_wrong_usage(command: str) -> None:
    for word in ("nowhere", str(uuid4()), "a\x1b[2Jb"):
        done = do(command, word)
        assert (done.code, done.out) == (2, "")
        assert "there is no job" in done.said
        assert "\x1b" not in done.said


@pytest.mark.parametrize("command", [["cancel"], ["rerun"], ["delete", "--yes"]])
def test_the_service_job_is_nobodys_to_change(command: list[str]) -> None:
    done = do(command[0], str(SERVICE_JOB_ID), *command[1:])
    assert (done.code, done.out) == (1, "")
    service_job = Job.objects.get(pk=SERVICE_JOB_ID)
    assert (service_job.status, service_job.cancel_requested_at) == ("running", None)


def test_rerun_prints_the_new_id() -> None:
    job = program()
    done = do("rerun", str(job.pk))
    assert (done.code, done.job.rerun_of, done.job.created_by) == (0, job, None)
    assert stored_messages(job) == [f"rerun as {done.job.pk}, by {ANN}"]
    assert NO_WORKER in done.said


def test_rerun_asks_for_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    job = run_of("stock", shop=3, password="p-1")
    monkeypatch.setattr(getpass, "getpass", lambda prompt: f"typed at {prompt}")
    again = do("rerun", str(job.pk)).job
    assert unsealed(again) == {"password": "typed at password: "}


def test_rerun_says_what_it_lacks_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(prompt: str) -> str:
        raise EOFError

    job = run_of("stock", shop=3, password="p-1")
    monkeypatch.setattr(getpass, "getpass", no_answer)
    done = do("rerun", str(job.pk))
    assert (done.code, done.out) == (2, "")
    assert "password" in done.said


def test_what_cannot_be_run_again_is_refused_with_1(settings: Settings) -> None:
    job, reported = program(), make_job("re\x1b[2Jported", spec={"command": ["ls"]})
    settings.QUAERO_PROGRAMS = ()
    assert (do("rerun", str(job.pk)).code, "QUAERO_PROGRAMS" in do("rerun", str(job.pk)).said) == (1, True)
    done = do("rerun", str(reported.pk))
    assert done.code == 1
    assert "re\\x1b[2Jported was not started here" in done.said
    assert Job.objects.filter(rerun_of=job).count() == 0


def test_rerun_follows_when_asked_to(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def worked(*_: object) -> None:
        again = Job.objects.exclude(rerun_of=None).get()
        lifecycle.finish_job(again, "failed")

    monkeypatch.setattr("jobs.management.commands.rerun.say_if_no_worker", worked)
    assert do("rerun", str(program().pk), "--follow").code == 1
    assert "rerun of" in capsys.readouterr().out


def test_delete_with_yes_takes_the_family_along() -> None:
    parent = make_job("parent", status="failed")
    make_job("child", parent=parent, status="completed")
    assert do("delete", "parent", "--yes") == Done("deleted 2 jobs\n", "", 0)
    assert LogEntry.objects.filter(job=SERVICE_JOB_ID, message__contains=f"deleted by {ANN}").count() == 2
    assert do("delete", str(make_job(status="failed").pk), "--yes").out == "deleted 1 job\n"


@pytest.mark.parametrize(("answer", "left"), [("y", 0), (" YES ", 0), ("", 2), ("n", 2), (None, 2)])
def test_delete_asks(answer: str | None, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def reply(question: str) -> str:
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", reply)
    parent = make_job("p\nq", status="failed")
    make_job("child", parent=parent, status="failed")
    done = do("delete", str(parent.pk))
    assert asked == [f"Delete p\\nq ({parent.pk}) and the job that it has spawned? [y/N] "]
    assert (done.code, Job.objects.listed().count()) == (2 if left else 0, left)
    assert ("nothing was deleted" in done.said) == bool(left)


def test_a_running_job_is_not_deleted() -> None:
    make_job("busy")
    done = do("delete", "busy", "--yes")
    assert (done.code, done.out) == (1, "")
    assert "busy is running: cancel it first" in done.said


def test_following_says_nothing_of_workers_that_are_there() -> None:
    said = io.StringIO()
    follow.say_if_no_worker(said)
    assert " serve` or `" in said.getvalue()
    assert JobSecret.objects.count() == 0


@pytest.mark.slow
def test_at_a_real_command_line(tmp_path: Path) -> None:
    at = {"QUAERO_DATA_DIR": str(tmp_path)}
    assert manage("migrate", "--verbosity", "0", **at).returncode == 0
    listed = manage("run", "--list", **at)
    assert (listed.returncode, "prune-logs" in listed.stdout) == (0, True)
    helped = manage("run", "prune-logs", "--help", **at)
    assert (helped.returncode, "--older-than-days" in helped.stdout) == (0, True)
    refused = manage("run", "prune-logs", "--older-than-days", "0", **at)
    assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (2, "", False)
    ordered = manage("run", "prune-logs", "--older-than-days", "9", **at)
    assert (ordered.returncode, NO_WORKER in ordered.stderr) == (0, True)
    job_id = ordered.stdout.strip()
    assert manage("cancel", job_id, **at).returncode == 0
    assert manage("rerun", job_id[:8], **at).returncode == 0
    assert manage("delete", job_id, **at).returncode == 2  # no terminal to confirm it
    deleted = manage("delete", job_id, "--yes", **at)
    assert (deleted.returncode, deleted.stdout) == (0, "deleted 1 job\n")
