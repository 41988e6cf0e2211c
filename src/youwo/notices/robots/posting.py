"""The one HTTP request that posts to a group.

Addresses are typed by people, so a request must never reach our own network by them: only the
platforms' hosts, only public addresses, the very address that was looked up, and no redirect.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from urllib.parse import SplitResult, urlsplit

from youwo.notices.models import Robot
from youwo.notices.robots import platforms
from youwo.notices.robots.answers import Answer, read
from youwo.notices.robots.platforms import Request

# How long to wait for the connection and for each part of the answer; and for all of it.
PATIENCE_SECONDS = 5.0
LONGEST_SECONDS = 15.0
_MOST_READ = 64 * 1024


class PrivateAddressError(OSError):
    """A host's name leads into a network that is not public."""


def post(robot: Robot, request: Request) -> Answer:
    """Post to a group and return what came of it. Never raises for what the network does.

    What was sent without an answer may have arrived, and is not sent again by itself.
    """
    parts = urlsplit(request.url)
    if not platforms.is_allowed(robot.platform, robot.address):
        return Answer.BAD_ADDRESS
    try:
        connection = _connect(parts)
    except (OSError, ValueError):
        return Answer.UNREACHABLE
    try:
        connection.request(
            "POST",
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            body=request.body,
            headers={"Content-Type": "application/json; charset=utf-8", "Connection": "close"},
        )
        response = connection.getresponse()
        return read(robot.platform, response.status, _body(response))
    except (OSError, http.client.HTTPException):
        return Answer.NO_ANSWER
    finally:
        connection.close()


def _body(response: http.client.HTTPResponse) -> bytes:
    """Read an answer, but neither a long one nor one that drips."""
    ends = time.monotonic() + LONGEST_SECONDS
    parts: list[bytes] = []
    while sum(map(len, parts)) < _MOST_READ and time.monotonic() < ends:
        part = response.read1(_MOST_READ)
        if not part:
            return b"".join(parts)
        parts.append(part)
    raise TimeoutError


def _connect(parts: SplitResult) -> http.client.HTTPConnection:
    """Open a connection to the address that a host's name stands for, once it is known public."""
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not platforms.is_test_host(parts) and not all(map(_is_public, addresses)):
        raise PrivateAddressError(host)
    plain = socket.create_connection((addresses[0], port), timeout=PATIENCE_SECONDS)
    try:
        # The certificate is that of the name, whatever the number.
        wire = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if secure
            else plain
        )
    except BaseException:
        plain.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
    connection.sock = wire
    return connection


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global
