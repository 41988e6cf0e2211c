"""A lean client: processes that send ready-made requests over kept-alive sockets, and time them.

fired = fire(port, [[get("/wishes/")] * 100 for _client in range(2)])
fired.per_second, fired.percentile(99), fired.statuses
"""

from __future__ import annotations

import json
import pickle
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Fired:
    """What came back: how long it took in all, each answer's status and its seconds."""

    seconds: float
    statuses: Counter[int]
    latencies: list[float]
    # The body of each client's last answer, to look at when something went wrong.
    last_bodies: list[bytes]

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Milliseconds within which so many percent of the answers came."""
        place = min(int(len(self.latencies) * percent / 100), len(self.latencies) - 1)
        return self.latencies[place] * 1000


def get(path: str, headers: Mapping[str, str] | None = None) -> bytes:
    """Write a GET request."""
    return _request("GET", path, headers, b"")


def post(path: str, form: Mapping[str, object], headers: Mapping[str, str] | None = None) -> bytes:
    """Write a POST request with an ordinary form."""
    body = urlencode(form, doseq=True).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return _request("POST", path, {**kind, **(headers or {})}, body)


def post_json(
    path: str, data: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> bytes:
    """Write a POST request as a browser's script sends it."""
    kind = {"Content-Type": "application/json"}
    return _request("POST", path, {**kind, **(headers or {})}, json.dumps(data).encode())


def _request(method: str, path: str, headers: Mapping[str, str] | None, body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


# A client stands for many people, each of whom opens a page or a few. The kernel deals connections
# to the server's workers by chance: two that lived for the whole measurement might meet at one.
PER_CONNECTION = 10


def fire(port: int, requests: Sequence[Sequence[bytes]]) -> Fired:
    """Send each client's requests one after the other, the clients at the same time."""
    clients = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.client"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in requests
    ]
    for client, mine in zip(clients, requests, strict=True):
        pickle.dump((port, list(mine)), client.stdin)
        client.stdin.flush()
    for client in clients:
        client.stdout.readline()
    started = time.monotonic()
    for client in clients:
        client.stdin.write(b"go\n")
        client.stdin.flush()
    reports = [pickle.loads(client.communicate()[0]) for client in clients]
    return Fired(
        seconds=max(ended for ended, *_ in reports) - started,
        statuses=Counter(status for _, statuses, *_ in reports for status in statuses),
        latencies=sorted(latency for _, _, latencies, _ in reports for latency in latencies),
        last_bodies=[body for *_, body in reports],
    )


def _answer(stream: socket.socket, buffer: bytearray) -> tuple[int, bytes]:
    """Read one answer, leaving in the buffer what belongs to the next."""

    def more() -> None:
        if not (data := stream.recv(262_144)):
            raise ConnectionError("The server closed the connection.")
        buffer.extend(data)

    while (end := buffer.find(b"\r\n\r\n")) < 0:
        more()
    head = bytes(buffer[:end]).lower()
    status = int(head[9:12])
    start = end + 4
    if b"transfer-encoding: chunked" in head:
        while (stop := buffer.find(b"\r\n0\r\n\r\n", start - 2)) < 0:
            more()
        stop += 7
    else:
        place = head.find(b"content-length:")
        length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        stop = start + length
        while len(buffer) < stop:
            more()
    body = bytes(buffer[start:stop])
    del buffer[:stop]
    return status, body


def _connect(port: int) -> socket.socket:
    stream = socket.create_connection(("127.0.0.1", port))
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


def _main() -> None:
    port, requests = pickle.load(sys.stdin.buffer)
    stream = _connect(port)
    sys.stdout.buffer.write(b"ready\n")
    sys.stdout.flush()
    sys.stdin.buffer.readline()
    statuses, latencies, body, buffer = [], [], b"", bytearray()
    for number, request in enumerate(requests):
        if number and number % PER_CONNECTION == 0:
            stream.close()
            stream = _connect(port)
        begun = time.perf_counter()
        stream.sendall(request)
        status, body = _answer(stream, buffer)
        latencies.append(time.perf_counter() - begun)
        statuses.append(status)
    pickle.dump((time.monotonic(), statuses, latencies, body[:2000]), sys.stdout.buffer)


if __name__ == "__main__":
    _main()
