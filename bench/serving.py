"""The product's own server, started for a measurement and watched while it works."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.client import ROOT


@dataclass
class Server:
    """A running server, and the most memory that its processes held, shared parts counted once."""

    port: int
    peak_mb: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)

    def watch(self, process: psutil.Process) -> None:
        while not self._done.wait(0.25):
            self.peak_mb = max(self.peak_mb, _memory_mb(process))


def _memory_mb(process: psutil.Process) -> float:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_full_info().pss
    except psutil.Error:
        return 0.0
    return total / 1e6


@contextmanager
def serving(
    *, urls: str = "youwo.config.urls", workers: int = 2, threads: int = 4, **environment: str
) -> Iterator[Server]:
    """Serve this process's database with `youwo serve` until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DJANGO_SETTINGS_MODULE": "bench.settings", "BENCH_URLS": urls}
    path = os.pathsep.join([str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    command = ["serve", "--collect", "--port", port, "--workers", workers, "--threads", threads]
    started = subprocess.Popen(
        [Path(sys.executable).with_name("youwo"), *map(str, command)],
        cwd=ROOT,
        env={**os.environ, **settings, "PYTHONPATH": path, **environment},
        stdout=subprocess.DEVNULL,
    )
    server = Server(port)
    watcher = threading.Thread(target=server.watch, args=(psutil.Process(started.pid),))
    try:
        _wait_for(port, started)
        watcher.start()
        yield server
    finally:
        server._done.set()
        if watcher.ident is not None:
            watcher.join()
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("The server did not start.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not answer within a minute.")
