"""A real nginx, with the configurations of docs/proxy.md."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.live.serving import DEADLINE_S, ROOT, free_port
from tests.processes import eventually

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# Servers of tests trust 127.0.0.2 alone: from there nginx asks them, while the tests themselves come from 127.0.0.1.
CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_bind 127.0.0.2;
    {servers}
}}
"""


def documented_location(section: str, port: int) -> str:
    """The `location` of the first nginx example under this heading, for a server at this port."""
    text = (ROOT / "docs" / "proxy.md").read_text().partition(f"## {section}\n")[2]
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found is not None
    example = found.group(1)
    location = example[example.index("location") : example.rindex("}") if "server {" in example else None]
    # Without the certificate, which is nginx's business.
    return location.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("$scheme", "https")


@contextmanager
def running_nginx(folder: Path, locations: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """One nginx with a server for each of the locations. Gives their addresses by the same names."""
    ports = {name: free_port() for name in locations}
    servers = [f"server {{ listen 127.0.0.1:{ports[name]}; {location} }}" for name, location in locations.items()]
    (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, servers="\n    ".join(servers)))
    assert NGINX is not None
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    eventually(lambda: all(map(is_there, addresses.values())) or process.poll() is not None)
    try:
        yield addresses
    finally:
        process.terminate()
        process.wait(DEADLINE_S)


def is_there(address: str) -> bool:
    try:
        return httpx.get(f"{address}/").status_code < 500
    except httpx.TransportError:
        return False
