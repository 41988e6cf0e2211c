"""A browser on a phone, and a city of its own behind the real server with its collected files."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.installation import Installation

PASSWORD = "count-me-in-2025"

# Everybody who plays a part, and five deeds of this year, so that figures are published.
PEOPLE = f"""
from datetime import timedelta
from django.utils import timezone
from youwo.core.clock import local_day
from tests import factories
from tests.insight.factories import entry
from youwo.needs.defaults import load_outside_matters

jinshui = factories.community("140802005022", "金税社区")
factories.ConsentTextFactory()
load_outside_matters()
county, now = jinshui.parent.parent, timezone.now()
for _ in range(5):
    entry(jinshui, occurred_on=local_day(now), recorded_at=now - timedelta(minutes=5))
for username, role, place, name in (
    ("worker", "worker", jinshui, "李桂兰"),
    ("colleague", "worker", jinshui, "陈玉梅"),
    ("coordinator", "coordinator", county, "王振国"),
    ("member", "", None, "赵明远"),
    ("other", "", None, "郑安"),
):
    person = factories.PersonFactory(username=username, name=name)
    if role:
        factories.Grant.objects.create(
            person=person, role=role, area=place, starts_on=factories.ON, granted_at=factories.AT
        )
    person.set_password("{PASSWORD}")
    person.save()
"""

PUBLISHED = """
from django.utils import timezone
from tests.needs.factories import published
from youwo.areas.models import Area
from youwo.people.models import Person
worker = Person.objects.get(username="worker")
wish = published(worker, Area.objects.get(pk="140802005022"), timezone.now())
print(wish.reference)
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("No browser: install Chromium (Debian's package `chromium`) for the journeys.")
    # Playwright's loop runs in this thread: Django would take our queries for asynchronous ones.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                ],
            )
            yield browser
            browser.close()


@pytest.fixture(scope="session")
def collected(tmp_path_factory) -> Path:
    """The static files as a city serves them: under hashed names, compressed."""
    home = tmp_path_factory.mktemp("collected")
    one = Installation(home, f"sqlite:///{home / 'none.sqlite3'}")
    one.youwo("collect")
    one.close()
    return home / "static"


@pytest.fixture
def site(installation, collected) -> Iterator[str]:
    """The address of a city with its people, served as in production."""
    (installation.home / "static").symlink_to(collected)
    installation.python(PEOPLE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        installation.command("serve", "--port", str(port), "--workers", "2"),
        env={**installation.variables, "YOUWO_LOG_LEVEL": "ERROR"},
        cwd=installation.home,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        # The line that says where it serves.
        process.stdout.readline()
        _await(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _await(port: int, process: subprocess.Popen[str]) -> None:
    """Wait until somebody answers at the port."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.1):
            return
    pytest.fail(f"The server ended with {process.returncode} before it answered.")


@dataclass
class Phone:
    """Somebody's phone: a browser that shares nothing with others, and what its console said."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def sign_in(self, username: str) -> Page:
        page = self.open("/account/login/")
        page.fill("main input[name=login]", username)
        page.fill("main input[name=password]", PASSWORD)
        page.click("main form .btn-primary")
        page.wait_for_url(f"{self.url}/**", wait_until="load")
        assert "/account/login/" not in page.url
        return page

    def press(self, words: str) -> Page:
        """Press the button or link that says so, in the page itself."""
        self.page.locator("main").locator("button, a").filter(has_text=words).first.click()
        self.page.wait_for_load_state()
        return self.page

    @property
    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()


@pytest.fixture
def make_phone(chromium) -> Iterator[Callable[..., Phone]]:
    """Hand out phones for a city."""
    contexts = []

    def make(url: str, **options) -> Phone:
        context = chromium.new_context(
            **{
                "viewport": {"width": 390, "height": 844},
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                **options,
            }
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        phone = Phone(page, url)
        page.on(
            "console",
            lambda message: (
                phone.said.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: phone.said.append(str(error)))
        return phone

    yield make
    for context in contexts:
        context.close()
