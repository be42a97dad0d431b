"""The application: everything put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from admission._version import VERSION
from admission.service import problems
from admission.service.clock import Clock
from admission.service.computing import Computing
from admission.service.metrics import Metrics
from admission.service.openapi import describe
from admission.service.pages import STATIC
from admission.service.routes import health, login, rules, screen
from admission.service.rules import RuleKeeper
from admission.service.security.csrf import check_csrf
from admission.service.security.gate import Gate, refuse_unlisted
from admission.service.security.people import Account, Accounts
from admission.service.security.sessions import MemorySessions
from admission.service.settings import Settings
from admission.service.state import Services
from admission.service.web import router as pages

__all__ = ["create_app"]


class _Nobody:
    """Accounts until the store keeps them."""

    def find(self, name: str) -> Account | None:
        """Nobody."""
        return None


def _shared(settings: Settings, clock: Clock, accounts: Accounts) -> Services:
    keeper, computing = RuleKeeper(settings, clock), Computing(settings.waiting)
    return Services(settings, clock, accounts, MemorySessions(settings), keeper, computing, Metrics(keeper, computing))


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the requests: looking at the rule files."""
    shared = app.state.services
    assert isinstance(shared, Services)
    seconds = shared.settings.reload_seconds
    beside = [asyncio.create_task(shared.rules.watch(seconds))] if seconds else []
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        shared.computing.close()


def create_app(settings: Settings, *, clock: Clock | None = None, accounts: Accounts | None = None) -> FastAPI:
    """The service with these settings. `clock` and `accounts` are replaced in tests."""
    app = FastAPI(
        title="admission",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_running,
        dependencies=[Depends(refuse_unlisted), Depends(check_csrf)],
    )
    app.state.services = _shared(settings, clock or Clock(), accounts or _Nobody())
    app.add_middleware(Gate)
    problems.install(app)
    for router in (health.router, screen.router, rules.router, login.router):
        app.include_router(router)
    describe(app)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
