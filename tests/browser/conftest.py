"""A browser that sees what people see, and fails when the page would complain.

One Chromium, the system's own, for the whole run; a context of its own for each person. It reaches the live server and
nothing else. A test fails when any page it opened logged an error, broke the content policy, answered 5xx, or missed a
file, unless it says that it expected so.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, Route, sync_playwright

from governance.models import Person
from tests.factories import PASSWORD

HERE = Path(__file__).parent
PATIENCE = 10_000  # milliseconds; a page that needs longer is broken
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "The browser tests need the Debian package chromium."
    # Playwright's loop runs in this thread, where Django would otherwise refuse to ask the database; nothing here
    # awaits anything while it does.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
                ],
            )
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@dataclass
class Desk:
    """Where several people sit, each at a browser of their own, in front of one server."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def blank(self, *, width: int = 1440, height: int = 900, **options: Any) -> Page:
        """A browser in which nobody is signed in."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        context.route("**/*", self._let_through)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._on_response)
        return page

    def seat(self, person: Person, **options: Any) -> Page:
        """A browser in which ``person`` signed in earlier."""
        client = Client()
        client.force_login(person)
        page = self.blank(**options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key or "", "url": self.url}]
        )
        return page

    def _let_through(self, route: Route) -> None:
        if route.request.url.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            self.complaints.append(f"asked for {route.request.url}")
            route.abort()

    def _on_console(self, message: ConsoleMessage) -> None:
        # A page may answer 403, 404, 409 or 422; what may not be missing is judged in `_on_response`.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _on_response(self, response: Response) -> None:
        is_file = response.request.resource_type not in {"document", "xhr", "fetch"}
        if response.status >= 500 or (is_file and response.status >= 400):
            self.complaints.append(f"{response.request.method} {response.url} answered {response.status}")


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    desk = Desk(chromium, live_server.url)
    yield desk
    for context in desk.contexts:
        context.close()
    assert not desk.complaints, "\n".join(desk.complaints)


@pytest.fixture
def sign_in() -> Callable[[Page, Person], None]:
    """Through the real page, as a person would."""

    def through_the_door(page: Page, person: Person) -> None:
        page.goto("/sign-in/")
        page.get_by_label("E-mail").fill(person.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)

    return through_the_door


def violations(page: Page, *, rule: str = "") -> list[str]:
    """What axe finds on the page (by one rule, or by all): where, what, and how to see it."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": [rule]}} if rule else AXE_OPTIONS
    page.wait_for_load_state()
    page.locator("main").wait_for()  # a page on its way to the next has none
    told = []
    for violation in Axe().run(page, options=options).response["violations"]:
        told.append(f"{page.url}: {violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"][:3]:
            told += [f"      {node['html'][:160]}", f"      {node['failureSummary'][:400]}"]
    return ["\n".join(told)] if told else []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails when the page keeps somebody out."""

    def judged(page: Page) -> None:
        found = violations(page)
        assert not found, "\n".join(found)

    return judged
