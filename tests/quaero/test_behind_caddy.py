"""A real Caddy in front of a real `serve`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from tests.browser.installation import Installation
from tests.live.serving import DEADLINE_S, free_port
from tests.nginx import is_there
from tests.processes import eventually

CADDY = shutil.which("caddy")
CONFIGURATION = """
{{
    admin off
    auto_https off
}}
{address} {{
    reverse_proxy 127.0.0.1:{port}
}}
"""
READER = """
from django.contrib.auth.models import Group, User
from jobs.models import Token
user = User.objects.create_user("viewer")
user.groups.add(Group.objects.get(name="Quaero viewers"))
print(Token.issue(user, ["read"])[1])
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CADDY is None, reason="Caddy is missing: sudo apt-get install -y caddy"),
]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("behind"))
    installation.start("--no-worker")
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def caddy(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Caddy that passes everything on."""
    folder, address = tmp_path_factory.mktemp("caddy"), f"http://127.0.0.1:{free_port()}"
    (folder / "Caddyfile").write_text(CONFIGURATION.format(address=address, port=installation.port))
    places = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    process = subprocess.Popen(command, env=places, stderr=subprocess.DEVNULL)
    eventually(lambda: is_there(address) or process.poll() is not None)
    yield address
    process.terminate()
    process.wait(DEADLINE_S)


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_stream_comes_through_line_by_line(caddy: str, installation: Installation, encoding: str) -> None:
    token = installation.python(READER.replace("viewer", f"viewer of {encoding}", 1)).strip()
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
    with installation.speaking_job() as job:
        with httpx.stream("GET", f"{caddy}/api/logs/{job.id}", headers=headers, timeout=DEADLINE_S) as stream:
            assert stream.headers.get("Content-Encoding", "identity") == encoding
            lines = stream.iter_lines()
            for word in ("one", "two"):  # the second is said only when the first has come through
                job.say(word)
                assert any(f'"message":"{word}"' in line for line in lines)
        job.finish()
