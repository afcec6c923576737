"""A web process whose loop stands still."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from tests.processes import Serving, eventually, manage

pytestmark = pytest.mark.slow


def test_a_web_process_that_hangs_is_replaced_and_the_service_log_says_so(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", "--no-worker") as server:
        hanging = server.ready().web()
        hanging.send_signal(signal.SIGSTOP)
        eventually(lambda: "A new one starts" in server.said)
        assert not hanging.is_running()
        assert eventually(lambda: httpx.get(f"{server.address}/healthz").status_code == 200)
        told = manage("tail", "--service", "--no-follow", QUAERO_DATA_DIR=str(server.data_dir)).stdout
        assert "The web process hangs, and is killed: it has done nothing for 20 s." in told
        assert server.stop() == 0
