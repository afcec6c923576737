"""Management commands that workers run, ordered over HTTP and in a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.processes import DEADLINE_S, Serving, manage

pytestmark = pytest.mark.slow

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.registered.settings"}
BROKEN = "quaero_jobs.E103"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("installation"), "--workers", "1", **SETTINGS) as server:
        yield server.ready()


def there(serving: Serving, *arguments: str) -> Any:
    return manage(*arguments, QUAERO_DATA_DIR=str(serving.data_dir), **SETTINGS)


def client_with(serving: Serving, scopes: str) -> httpx.Client:
    options = ("--user", f"ci-{scopes.replace(',', '-')}", "--create-user", "--scopes", scopes)
    token = there(serving, "token", "create", *options).stdout.strip()
    return httpx.Client(base_url=serving.address, headers={"Authorization": f"Bearer {token}"}, timeout=DEADLINE_S)


@pytest.fixture(scope="module")
def client(serving: Serving) -> Iterator[httpx.Client]:
    with client_with(serving, "read,write,run") as client:
        yield client


def ended(serving: Serving, client: httpx.Client, name: str, **parameters: object) -> tuple[dict[str, Any], list[str]]:
    """The job, and what it logged."""
    answer = client.post(f"/api/runnables/{name}/run", json={"parameters": parameters}).raise_for_status()
    job_id = answer.json()["execution_id"]
    said = there(serving, "tail", job_id, "--json").stdout.splitlines()
    return client.get(f"/api/jobs/{job_id}").json(), [json.loads(line)["message"] for line in said]


def test_a_command_runs_as_in_a_terminal(serving: Serving, client: httpx.Client) -> None:
    job, said = ended(serving, client, "showmigrations", plan=True, app_label=["sessions"])
    assert (job["status"], job["kind"], job["exit_code"]) == ("completed", "registered", 0)
    assert said == there(serving, "showmigrations", "--plan", "sessions").stdout.splitlines()


def test_a_command_error_fails_it_with_its_words_and_its_exit_code(serving: Serving, client: httpx.Client) -> None:
    job, said = ended(serving, client, "stock", shop=7, kind="bread", fail=3, password="Sesame-77")
    assert (job["status"], job["exit_code"], job["error"]) == ("failed", 3, "the shop\nis closed")
    assert "password ***" in said
    assert "Sesame-77" not in str(job)


def test_what_does_not_fit_is_refused_before_there_is_a_job(client: httpx.Client) -> None:
    answer = client.post("/api/runnables/stock/run", json={"parameters": {"kind": "meat", "json": 1}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameters")
    assert answer.json()["detail"]["problems"].keys() == {"shop", "kind", "json"}


def test_it_takes_the_right_to_run(serving: Serving) -> None:
    with client_with(serving, "read") as reader:
        assert reader.post("/api/runnables/clearsessions/run", json={}).status_code == 403
        assert reader.get("/api/runnables/clearsessions").status_code == 200


def test_it_is_run_and_followed_in_a_terminal(serving: Serving) -> None:
    ran = there(serving, "run", "stock", "--shop", "7", "--kind", "bread", "--rest=a", "--place=b", "--follow")
    assert ran.returncode == 0, ran.stderr
    assert '"rest": ["a"]' in ran.stdout
    refused = there(serving, "run", "stock", "--kind", "meat", "--json", "--table")
    assert refused.returncode == 2
    assert "shop is missing" in refused.stderr
    assert "json cannot be given with table" in refused.stderr


def test_a_command_that_cannot_be_imported_is_said_by_the_system_check(tmp_path: Path) -> None:
    wrong = {"QUAERO_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.registered.broken_settings"}
    checked = manage("check", **wrong)
    assert checked.returncode == 1
    assert BROKEN in checked.stderr
    assert "its library is not there" in checked.stderr
