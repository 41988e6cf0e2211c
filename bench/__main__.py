"""Run benchmarks, each in a process and a database of its own, and print what they reached.

script/bench NAME... [--database sqlite|postgresql] [--size small|full] [--format table|json]
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.client import ROOT

# What people ask for, and the module that measures it.
WORKS = {
    "intake": "intake",
    "claims": "claims",
    "lists": "lists",
    "import": "imports",
    "search": "search",
    "memory": "memory",
    "pairing": "pairing",
    "escalation": "escalation",
    "cityday": "cityday",
}
HOME = ROOT / "var" / "bench"


def main() -> int:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure speed and size.")
    parser.add_argument("names", nargs="*", choices=[[], *WORKS], metavar="NAME")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return _measure_here(options.one, options.size)

    HOME.mkdir(parents=True, exist_ok=True)
    found: list[dict[str, Any]] = []
    failed: list[str] = []
    with _databases(options.database) as fresh:
        for name in options.names or WORKS:
            print(f"bench: {name} …", file=sys.stderr)
            results = _measure_apart(name, options.size, fresh(name))
            if results is None:
                failed.append(name)
            found += [{"name": name, **result} for result in results or []]
    machine = {
        "database": options.database,
        "size": options.size,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    if options.format == "json":
        print(json.dumps({**machine, "failed": failed, "results": found}, ensure_ascii=False))
    else:
        _print_table(found)
        print(", ".join(f"{name} {value}" for name, value in machine.items()))
    if failed:
        print(f"bench: failed: {' '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _variables(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "YOUWO_DEMO": "1",
        "YOUWO_HOME": str(HOME),
    }


def _measure_here(name: str, size: str) -> int:
    import django

    django.setup()
    results = importlib.import_module(f"bench.{WORKS[name]}").run(size)
    json.dump([asdict(result) for result in results], sys.stdout)
    return 0


def _measure_apart(name: str, size: str, url: str) -> list[dict[str, Any]] | None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--one", name, "--size", size],
        cwd=ROOT,
        env=_variables(url),
        stdout=subprocess.PIPE,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else None


# --- databases ---------------------------------------------------------------------------------


@contextmanager
def _databases(kind: str) -> Iterator[Callable[[str], str]]:
    """Give a function that makes an empty, migrated database and returns its address."""
    if kind == "sqlite":
        # Beside the source, because a temporary folder may lie in memory.
        with tempfile.TemporaryDirectory(dir=HOME) as folder:
            first = Path(folder, "first.sqlite3")
            _migrate(f"sqlite:///{first}")

            def copied(name: str) -> str:
                path = Path(folder, f"{name}.sqlite3")
                shutil.copyfile(first, path)
                return f"sqlite:///{path}"

            yield copied
        return

    import psycopg
    from tests.postgres import server

    with server(durable=True) as url:
        _migrate(url.replace("/postgres?", "/first?"), create=url)

        def cloned(name: str) -> str:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE first')
            return url.replace("/postgres?", f"/{name}?")

        yield cloned


def _migrate(url: str, *, create: str | None = None) -> None:
    if create:
        import psycopg

        with psycopg.connect(create, autocommit=True) as connection:
            connection.execute("CREATE DATABASE first")
    youwo = Path(sys.executable).with_name("youwo")
    subprocess.run([youwo, "migrate", "-v0"], cwd=ROOT, env=_variables(url), check=True)


# --- printing ----------------------------------------------------------------------------------


def _print_table(found: list[dict[str, Any]]) -> None:
    heads = ["", "work", "figure", "limit", "ratio", "SQL", "MB", "target", "met"]
    rows = [heads]
    for one in found:
        met = {True: "yes", False: "NO", None: ""}[one["met"]]
        rows.append(
            [
                one["name"],
                one["work"],
                f"{_number(one['figure'])} {one['unit']}",
                _number(one["limit"]),
                "" if one["ratio"] is None else f"{one['ratio']:.2f}",
                _number(one["statements"]),
                _number(one["peak_mb"]),
                _number(one["target"]),
                met,
            ]
        )
    widths = [max(_width(row[place]) for row in rows) for place in range(len(heads))]
    for row in rows:
        cells = [
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ]
        print("  ".join(cells).rstrip())
    for one in found:
        if one["note"]:
            print(f"{one['name']}, {one['work']}: {one['note']}")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


if __name__ == "__main__":
    sys.exit(main())
