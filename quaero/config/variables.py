"""The variables that the installation reads beside those of the apps."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_network
from urllib.parse import urlsplit

from jobs.configuration.variables import Texts, Variables
from quaero.config.host_names import ADDRESSES, is_host_pattern


class InstallationVariables(Variables):
    def path(self, name: str) -> str:
        """A path of addresses, with a slash at both ends; `/` by default."""
        chosen = self.text(name, "/")
        if not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?", chosen):
            self.wrong(
                name,
                chosen,
                "a path such as /quaero/: it begins with a slash, and has letters, digits, -, _, . and ~ between "
                "slashes",
            )
            return "/"
        return f"{chosen.rstrip('/')}/"

    def origins(self, name: str) -> Texts:
        """Web origins between commas, `https://host[:port]`; none by default."""
        chosen = self.list(name)
        if not all(is_origin(origin) for origin in chosen):
            self.wrong(
                name,
                ",".join(chosen),
                "a list, separated by commas, of origins such as https://example.org or http://localhost:3000, "
                "as a browser sends them: in small letters, without a path, without a port that goes without saying, "
                "without *",
            )
        return chosen

    def hosts(self, name: str) -> Texts:
        """Names under which a server may be called, between commas, perhaps with a port; none by default."""
        chosen = tuple(host.lower() for host in self.list(name))
        if not all(is_host_pattern(host) for host in chosen):
            self.wrong(
                name,
                ",".join(chosen),
                "a list, separated by commas, of names such as quaero.example.org, quaero.example.org:8443 or "
                f".example.org (all below it), of {ADDRESSES} (any IP address), or *",
            )
        return chosen

    def proxies(self, name: str) -> Texts:
        """Addresses and networks between commas, and `unix`; none by default."""
        chosen = self.list(name)
        try:
            for text in chosen:
                if text != "unix":
                    ip_network(text)
        except ValueError:
            self.wrong(
                name,
                ",".join(chosen),
                "a list, separated by commas, of addresses such as 127.0.0.1, of networks such as 10.0.0.0/8, or unix",
            )
        return chosen


USUAL_PORTS = {"http": 80, "https": 443}


def is_origin(text: str) -> bool:
    """Whether `text` is an origin exactly as browsers send it: another spelling would never be met."""
    try:
        parts = urlsplit(text)
        host = as_browsers_say(parts.hostname or "")
        port = "" if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        return False
    return parts.scheme in USUAL_PORTS and host != "" and text == f"{parts.scheme}://{host}{port}"


def as_browsers_say(host: str) -> str:
    """Raises ValueError for what cannot be a host."""
    if ":" in host:
        return f"[{IPv6Address(host)}]"
    return host if re.fullmatch(r"[0-9a-z._-]+", host) else ""
