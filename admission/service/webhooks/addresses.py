"""Where a webhook may go: https on public addresses, or what the operator has named; never into our own network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

__all__ = ["ForbiddenAddressError", "Target", "check_url", "resolved"]

_PORTS = {"https": 443, "http": 80}
_LONGEST = 500


class ForbiddenAddressError(ValueError):
    """The service does not call this address."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be called: the URL with the number of the host in it, and the host's name."""

    url: str
    host: str
    name: str


def check_url(url: str, allowed: Collection[str]) -> SplitResult:
    """The parts of a URL that may be called as far as its text tells; raises `ForbiddenAddressError`."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        raise ForbiddenAddressError("not a URL") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    if not plain or not parts.hostname or port is None or parts.username is not None or parts.fragment:
        raise ForbiddenAddressError("not a plain https URL")
    if f"{parts.hostname}:{port}" not in allowed and parts.scheme != "https":
        raise ForbiddenAddressError("https only")
    return parts


async def resolved(url: str, allowed: Collection[str]) -> Target:
    """`url` with its host looked up once, so that what was checked is what is called.

    Raises `ForbiddenAddressError` when any of its addresses is not public, `OSError` when it has none.
    """
    parts = check_url(url, allowed)
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(address[4][0]) for address in found]
    if f"{host}:{port}" not in allowed and not all(ip_address(text.partition("%")[0]).is_global for text in addresses):
        raise ForbiddenAddressError("not a public address")
    number = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    whole = parts._replace(netloc=f"{number}:{port}").geturl()
    return Target(whole, parts.netloc, host)
