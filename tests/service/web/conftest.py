"""A service that listens, and Debian's chromium; what a page does wrong on its own is collected."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers import missing, postgres_urls
from tests.service.support import PASSWORD, Service, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


NO_POSTGRES = pytest.mark.skipif(missing("initdb", "pg_ctl", "psql"), reason="no PostgreSQL here")
KINDS = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, NO_POSTGRES])]


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Callable[[], str]]:
    with postgres_urls() as make:
        yield make


def _store(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder}/store.db"
    make: Callable[[], str] = request.getfixturevalue("_postgres")
    return make()


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, cheap_passwords: None, tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own, on SQLite and on PostgreSQL."""
    with running(tmp_path, store=_store(request, tmp_path)) as found:
        yield found


@pytest.fixture(scope="module", params=KINDS)
def both_services(
    request: pytest.FixtureRequest, cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """One service for the tests of a module, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("pages")
    with running(folder, store=_store(request, folder)) as found:
        yield found


class Site:
    """The service under an address of this machine."""

    def __init__(self, service: Service, address: str) -> None:
        self.service = service
        self.address = address


@pytest.fixture(scope="session")
def site(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running service for all pages."""
    uvicorn = pytest.importorskip("uvicorn")
    with running(tmp_path_factory.mktemp("site"), rate_per_minute=100_000) as service:
        config = uvicorn.Config(service.app, port=0, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Site(service, f"http://127.0.0.1:{port}")
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium; the tests are skipped where it or its driver is missing."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium fonts-noto-cjk")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


Open = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Open]:
    """`open_page(name, **options)`: a page of somebody logged in (None: nobody); what it does wrong fails the test."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def opened(name: str | None = "clerk", **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": DESKTOP, "locale": "zh-CN", "base_url": site.address, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: _check_origin(request.url, site.address, wrong))
        if name is not None:
            log_in(page, name)
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = ("status of 422", "status of 409")  # a form with mistakes, a step that is not possible: said on the page
    assert [text for text in wrong if not any(status in text for status in expected)] == []


def _check_origin(url: str, address: str, wrong: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        wrong.append(f"leaves the origin: {url}")


def log_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots of this run go: the folder named by ADMISSION_PICTURES, else one that is thrown away."""
    chosen = os.environ.get("ADMISSION_PICTURES")
    return Path(chosen) if chosen else tmp_path_factory.mktemp("pictures")
