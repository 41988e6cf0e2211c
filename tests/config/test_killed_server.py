"""A server that is killed under load keeps what it acknowledged; one that is told to end, ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import contextmanager, suppress
from urllib.parse import urlencode
from uuid import uuid4

import pytest

# For the copy of the tests' database that every installation begins with.
pytestmark = pytest.mark.django_db

CLIENTS = 4
ENOUGH = 60
COMMUNITY = "140802005022"
TOKEN = "k" * 32

PREPARE = f"""
from tests import factories
factories.community("{COMMUNITY}", "金税社区")
factories.ConsentTextFactory()
"""

FIND = """
import json
from youwo.journal.models import Line
from youwo.needs.models import Wish
wishes = list(Wish.objects.values_list("reference", "nonce", "pk"))
lines = list(Line.objects.filter(target_label="needs.wish").values_list("target_key", flat=True))
print(json.dumps([[ref, str(nonce), lines.count(str(pk))] for ref, nonce, pk in wishes]))
"""


@contextmanager
def serving(installation, port):
    """Run the real server with two workers, and kill whatever is left of it."""
    # Not measured: the measuring's own handler of signals would stand in the server's place.
    variables = {k: v for k, v in installation.variables.items() if not k.startswith("COVERAGE_")}
    process = subprocess.Popen(
        installation.command("serve", "--port", str(port), "--workers", "2"),
        env={**variables, "YOUWO_DEBUG": "1", "YOUWO_LOG_LEVEL": "ERROR"},
        cwd=installation.home,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        assert answers(port, process)
        yield process
    finally:
        kill(process, port)


def kill(process, port):
    """Kill every process of the server, and wait until the last of them has let go of the port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for _ in range(600):
        if not listened_to(port):
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"something still listens to {port}")


def answers(port, process) -> bool:
    for _ in range(3000):
        if listened_to(port):
            return True
        if process.poll() is not None:
            return False
        threading.Event().wait(0.01)
    return False


def listened_to(port) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def send(line, nonce) -> str:
    """Make a wish through the page, and return the reference that the answer leads to."""
    form = {
        "csrfmiddlewaretoken": TOKEN,
        "step": "reach",
        "nonce": nonce,
        "said": "想请人帮忙修一下厨房的灯",
        "kind": "service",
        "community": COMMUNITY,
        "phone": "13800001234",
        "consent": "on",
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={TOKEN}",
    }
    line.request("POST", "/wishes/new/", urlencode(form), headers)
    answer = line.getresponse()
    answer.read()
    assert answer.status == 302, answer.status
    return answer.headers["Location"].split("/")[2]


def test_a_killed_server_loses_nothing_that_it_acknowledged(installation):
    installation.python(PREPARE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    acknowledged: dict[str, str] = {}
    unanswered: list[str] = []
    enough = threading.Event()

    def client() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while True:
            nonce = str(uuid4())
            try:
                acknowledged[nonce] = send(line, nonce)
            except (OSError, http.client.HTTPException):
                unanswered.append(nonce)
                line.close()
                enough.set()
                return
            if len(acknowledged) >= ENOUGH:
                enough.set()

    with serving(installation, port) as server:
        clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
        for one in clients:
            one.start()
        assert enough.wait(20)
        kill(server, port)
        for one in clients:
            one.join()
    assert len(acknowledged) >= ENOUGH

    with serving(installation, port):
        # The phones that had no answer send the same once more.
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for nonce in unanswered:
            acknowledged[nonce] = send(line, nonce)
        line.close()

    found = json.loads(installation.python(FIND))
    assert sorted(nonce for _, nonce, _ in found) == sorted(acknowledged)
    assert {nonce: reference for reference, nonce, _ in found} == acknowledged
    # And each was written into the journal with it, once.
    assert {lines for _, _, lines in found} == {1}


@pytest.mark.parametrize(("tell", "heard"), [(os.killpg, signal.SIGINT), (os.kill, signal.SIGTERM)])
def test_a_server_ends_at_once_when_told_to(installation, tell, heard):
    """Ctrl-C tells its whole terminal, a service manager the first process.

    Even where only one of the workers has begun to listen.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with serving(installation, port) as server:
        tell(server.pid, heard)

        assert server.wait(10) == 0
