"""`manage.py serve` as a real process: its start, its supervision, and its end without left processes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest

from tests.processes import DEADLINE_S, ROOT, Serving, environment, eventually, free_port, manage, sign_in

pytestmark = pytest.mark.slow


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def test_what_it_says_when_ready_is_true(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as server:
        server.ready()
        assert answers(server.address)
        assert f"{server.address}/\n" in server.said
        assert server.sign_in_link().startswith(f"{server.address}/sign-in/")
        assert str(tmp_path / "data") in server.said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_and_is_a_normal_end(tmp_path: Path, number: signal.Signals) -> None:
    with Serving(tmp_path / "data") as server:
        server.ready()
        assert server.stop(number) == 0
        assert server.everything() == set()
        assert "Quaero has stopped." in server.said
        assert "Traceback" not in server.said


def test_who_waits_for_a_program_gets_its_id_when_the_server_stops(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", "--no-worker", QUAERO_PROGRAMS="python") as server:
        server.ready()
        headers = {"Authorization": f"Bearer {token_of(server)}"}
        with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=server.address, headers=headers) as client:
            waiting = pool.submit(client.post, "/api/execute", json={"program": "1", "wait": 300}, timeout=DEADLINE_S)
            (job,) = eventually(lambda: httpx.get(f"{server.address}/api/jobs", headers=headers).json()["jobs"])
            assert server.stop() == 0
            assert (waiting.result().status_code, waiting.result().json()["execution_id"]) == (504, job["id"])


def token_of(server: Serving) -> str:
    user = ("--user", "ci", "--create-user", "--scopes", "read,run")
    return manage("token", "create", *user, QUAERO_DATA_DIR=str(server.data_dir)).stdout.strip()


def test_it_can_be_stopped_before_it_is_ready(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as server:
        server.wait_for("Running migrations")
        assert server.stop() == 0
        assert server.everything() == set()
        assert "Traceback" not in server.said


def test_kill_9_of_the_server_ends_the_web_process(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as server:
        server.ready()
        web = server.web()
        server.stop(signal.SIGKILL)
        psutil.wait_procs([web], timeout=DEADLINE_S)
        assert not web.is_running()


def test_after_kill_9_the_next_start_gets_the_port(tmp_path: Path) -> None:
    port = free_port()
    with Serving(tmp_path / "data", port=port) as killed:
        killed.ready().stop(signal.SIGKILL)
        with Serving(tmp_path / "data", port=port) as server:
            assert answers(server.ready().address)


def test_a_crashed_web_process_is_started_again(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as server:
        crashed = server.ready().web()
        crashed.kill()
        server.wait_for("The web process has ended (killed by SIGKILL)")
        assert eventually(lambda: answers(server.address))
        assert server.web().pid != crashed.pid
        assert server.stop() == 0


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = manage("serve", "--port", str(port), QUAERO_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    done = manage("serve", "--port", "65536", QUAERO_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "a whole number from 0 to 65535" in done.stderr


def test_a_host_that_is_not_here_is_named(tmp_path: Path) -> None:
    done = manage("serve", "--host", "192.0.2.1", "--port", "0", QUAERO_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "Cannot listen on 192.0.2.1" in done.stderr


def test_a_database_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "quaero.sqlite3").mkdir()
    done = manage("serve", "--port", "0", QUAERO_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert f"The database {tmp_path}/quaero.sqlite3 cannot be made ready" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "[::1]", "localhost"])
def test_other_hosts(tmp_path: Path, host: str) -> None:
    with Serving(tmp_path / "data", "--host", host) as server:
        link = server.ready().sign_in_link()
        assert httpx.get(link).status_code == 200


def test_programs_that_others_can_run_are_pointed_out(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", "--host", "0.0.0.0", QUAERO_PROGRAMS="shell") as server:
        assert "QUAERO_PROGRAMS=shell lets the group Quaero runners run programs" in server.ready().said


def test_the_sign_in_link_works_once(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as server:
        link = server.ready().sign_in_link()
        with httpx.Client() as admin:
            assert sign_in(admin, link).status_code == 200
            assert admin.get(f"{server.address}/api/jobs").status_code == 200
        with httpx.Client() as second:
            assert second.get(link).status_code == 410
            assert second.get(f"{server.address}/api/jobs").status_code == 401


def test_no_key_is_left_in_a_journal_when_a_user_has_a_password(tmp_path: Path) -> None:
    make = "from django.contrib.auth.models import User; User.objects.create_user('ann', password='of her own')"
    data = str(tmp_path / "data")
    assert manage("migrate", QUAERO_DATA_DIR=data).returncode == 0
    assert manage("shell", "-c", make, QUAERO_DATA_DIR=data).returncode == 0
    with Serving(tmp_path / "data") as server:
        assert "/sign-in/" not in server.ready().said
        assert f"{server.address}/login/" in server.said
        assert "changepassword" in server.said


def test_the_first_start_runs_sample_jobs_and_stopping_ends_their_commands(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", QUAERO_SAMPLE_JOBS="on") as server, httpx.Client() as admin:
        sign_in(admin, server.ready().sign_in_link())

        def running() -> list[dict[str, object]]:
            jobs: list[dict[str, object]] = admin.get(f"{server.address}/api/jobs").json()["jobs"]
            return [job for job in jobs if job["status"] == "running" and job["last_line"]]

        assert len(eventually(lambda: len(running()) == 2 and running())) == 2
        assert any("compileall" in " ".join(process.cmdline()) for process in server.everything())
        assert server.stop(signal.SIGINT) == 0
        assert server.everything() == set()


@pytest.mark.parametrize("refused", ["--no-sample-jobs", "QUAERO_SAMPLE_JOBS"])
def test_sample_jobs_can_be_refused(tmp_path: Path, refused: str) -> None:
    options = [refused] if refused.startswith("--") else []
    wish = "on" if options else "off"
    with Serving(tmp_path / "data", "--no-worker", *options, QUAERO_SAMPLE_JOBS=wish) as server:
        server.ready()
        assert {process.pid for process in server.everything()} == {server.web().pid}


def test_the_second_start_has_nothing_to_do(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as first:
        first.ready().stop()
    with Serving(tmp_path / "data", "--no-worker", QUAERO_SAMPLE_JOBS="on") as second:
        assert "migrations" not in second.ready().said
        assert {process.pid for process in second.everything()} == {second.web().pid}


def test_two_first_starts_at_once_both_become_ready(tmp_path: Path) -> None:
    with Serving(tmp_path / "data") as one, Serving(tmp_path / "data" / ".." / "data") as other:
        # They share the file for what they say as well, so it is the answers that count.
        assert eventually(lambda: answers(one.address) and answers(other.address))
        assert one.stop() == other.stop() == 0


def test_it_serves_with_its_standard_streams_closed(tmp_path: Path) -> None:
    port = free_port()
    script = f'exec "{sys.executable}" manage.py serve --port {port} <&- >&- 2>&-'
    variables = environment(QUAERO_DATA_DIR=str(tmp_path), QUAERO_SAMPLE_JOBS="off")
    with subprocess.Popen(["sh", "-c", script], cwd=ROOT, env=variables) as server:
        try:
            assert eventually(lambda: answers(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()
        assert server.wait(DEADLINE_S) == 0


def test_it_serves_on_when_its_output_is_not_read(tmp_path: Path) -> None:
    port = free_port()
    variables = environment(QUAERO_DATA_DIR=str(tmp_path), QUAERO_SAMPLE_JOBS="off")
    command = [sys.executable, "manage.py", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.close()
        try:
            assert eventually(lambda: answers(f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()
        assert server.wait(DEADLINE_S) == 0
