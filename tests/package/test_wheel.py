"""Quaero from its wheel alone, in an environment that has nothing else, in a directory that means no good."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Complaints
from tests.package.installed import Home, InstalledPackage
from tests.processes import Serving, environment, eventually, is_gone

pytestmark = pytest.mark.slow

EXTRAS = {"cryptography", "httptools", "rich", "uvloop"}
PAGES = ("/", "/run/", "/workers/", "/api/docs", "/admin/", "/admin/quaero_jobs/job/")


@pytest.fixture(scope="module")
def home(bare_venv: InstalledPackage, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A user's project, whose modules have names that others have as well."""
    here = tmp_path_factory.mktemp("project")
    for name in ("jobs.py", "quaero.py", "logging.py", "token.py", "templates.py"):
        (here / name).write_text(f"raise SystemExit('{name} of the working directory was imported')\n")
    return Home(bare_venv, tmp_path_factory.mktemp("home"), here)


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Serving]:
    with home.serving(QUAERO_PROGRAMS="python", QUAERO_SAMPLE_JOBS="on") as server:
        yield server.ready()


@pytest.fixture(scope="module")
def api(server: Serving, home: Home) -> Iterator[httpx.Client]:
    made = home.quaero("token", "create", "--user", "ci", "--create-user", "--scopes", "read,write,run")
    headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
    with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def test_the_plain_install_has_no_extra(bare_venv: InstalledPackage) -> None:
    there = bare_venv.packages()
    assert {"django-quaero", "django", "uvicorn", "whitenoise", "msgspec", "platformdirs"} - there == set()
    assert there & EXTRAS == set()


def test_it_serves_and_keeps_its_data_where_the_platform_has_them(server: Serving, home: Home) -> None:
    data = home.home / ".local" / "share" / "quaero"
    assert f"Data      {data}\n" in server.said
    assert (data / "quaero.sqlite3").exists()
    assert "/sign-in/" in server.sign_in_link()
    assert {path.suffix for path in home.here.iterdir()} == {".py"}  # nothing was left there


def test_every_page_loads_with_all_that_it_asks_for(server: Serving, chromium: Browser) -> None:
    complaints, refused = Complaints(), list[str]()
    page = chromium.new_context(base_url=server.address).new_page()
    complaints.watch(page)
    page.on("response", lambda response: refused.append(response.url) if response.status >= 400 else None)
    page.goto(server.sign_in_link())
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{server.address}/")
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("load")
    page.goto("/workers/")
    assert page.locator("html").get_attribute("data-command") == "quaero"
    page.goto("/")
    page.get_by_role("link", name="Inspect this installation").click()
    page.get_by_text("Check the settings, as for a public server").first.wait_for()
    assert (refused, complaints.texts) == ([], [])


def test_a_program_and_a_registered_job_run(api: httpx.Client) -> None:
    ordered = api.post("/api/execute-async", json={"program": "import quaero_job\nprint('hello')\n6 * 7"})
    program = ordered.raise_for_status().json()["execution_id"]
    registered = api.post("/api/runnables/check-installation/run").raise_for_status().json()["execution_id"]
    for job in (program, registered):
        ended = eventually(lambda job=job: (row := api.get(f"/api/jobs/{job}").json())["finished_at"] and row)
        assert ended["status"] == "completed", api.get(f"/api/jobs/{job}/logs").text
    assert api.get(f"/api/result/{program}").json()["result"]["value"] == 42


def test_commands_run_and_are_read(home: Home, server: Serving) -> None:
    done = home.quaero("runjob", "--name", "greeting", "--", "echo", "hi")
    assert (done.returncode, done.stdout) == (0, "")
    tail = home.quaero("tail", "greeting", "--no-follow")
    assert (tail.returncode, tail.stdout.endswith("hi\n")) == (0, True)
    assert home.quaero("runjob", "--", "sh", "-c", "exit 7").returncode == 7


def test_a_command_has_what_its_caller_had_and_nothing_else(home: Home) -> None:
    added = {"QUAERO_JOB_ID", "PYTHONUNBUFFERED"}
    given = {name: value for name, value in environment(**home.variables).items() if name not in added}
    done = home.quaero("runjob", "--quiet", "--echo", "--", "env")
    theirs = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    assert {name: value for name, value in theirs.items() if name not in added} == given


def test_a_command_goes_with_its_runjob(home: Home, tmp_path: Path) -> None:
    written = tmp_path / "pid"
    command = [home.installed.quaero, "runjob", "--", "sh", "-c", f"echo $$ > {written}; sleep 1000"]
    runjob = subprocess.Popen(command, cwd=home.here, env=environment(**home.variables), stderr=subprocess.DEVNULL)
    pid = int(eventually(lambda: written.exists() and written.read_text().strip()))
    os.kill(runjob.pid, signal.SIGKILL)
    runjob.wait()
    eventually(lambda: is_gone(pid))


def test_texts_name_the_command_that_was_typed(home: Home) -> None:
    usage = home.quaero("runjob", "--help").stdout
    assert usage.startswith("usage: quaero runjob ")
    assert "manage.py" not in usage
    by_module = [home.installed.python, "-P", "-m", "quaero", "tail", "--help"]
    said = subprocess.run(by_module, env=environment(**home.variables), capture_output=True, text=True)
    assert said.stdout.startswith("usage: python -m quaero tail ")


def test_a_data_directory_that_is_named_is_used(home: Home, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert home.quaero("runjob", "--", "true", QUAERO_DATA_DIR=str(data)).returncode == 0
    assert (data / "quaero.sqlite3").exists()


def test_a_secret_parameter_is_refused_by_the_name_of_what_is_missing(api: httpx.Client) -> None:
    order = {"program": "1", "parameters": {"pin": "4711"}, "secrets": ["pin"]}
    refusal = api.post("/api/execute-async", json=order)
    assert (refusal.status_code, refusal.json()["code"]) == (403, "extra_missing")
    assert "pip install 'django-quaero[programs]'" in refusal.json()["error"]


def test_a_ticket_opens_a_stream_without_any_extra(api: httpx.Client, server: Serving) -> None:
    ticket = api.post("/api/tickets", json={"path": "/api/jobs/stream"}).raise_for_status().json()["ticket"]
    with httpx.stream("GET", f"{server.address}/api/jobs/stream", params={"ticket": ticket}) as stream:
        assert stream.status_code == 200


def test_colours_that_cannot_be_had_are_told_by_name(home: Home, server: Serving) -> None:
    home.quaero("runjob", "--name", "plain", "--", "echo", "hi")
    tail = home.quaero("tail", "plain", "--no-follow", "--color", "always")
    assert "\x1b" not in tail.stdout
    assert "pip install 'django-quaero[terminal]'" in tail.stderr
    assert "pip install" not in home.quaero("tail", "plain", "--no-follow").stderr


def test_it_says_that_the_slow_server_serves(server: Serving, home: Home) -> None:
    log = home.quaero("tail", "--service", "--no-follow", "--search", "pip install").stdout
    assert "pip install 'django-quaero[server]'" in log
