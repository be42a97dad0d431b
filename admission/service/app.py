"""The application: everything put together."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import run_sync
from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from admission._version import VERSION
from admission.record import open_store
from admission.rulebook import Rulebook
from admission.service import problems
from admission.service.clock import Clock
from admission.service.computing import Computing
from admission.service.jobs import Runner
from admission.service.metrics import Metrics
from admission.service.openapi import describe
from admission.service.pages import STATIC
from admission.service.recorder import Recorder
from admission.service.routes import audits, batch, decisions, health, login, oidc, reviews, screen, webhooks
from admission.service.routes import problems as problem_routes
from admission.service.routes import rules as rule_routes
from admission.service.rules import RuleKeeper
from admission.service.security.csrf import check_csrf
from admission.service.security.directory import Directory
from admission.service.security.gate import Gate, refuse_unlisted
from admission.service.security.provider import Provider
from admission.service.security.rates import Rates
from admission.service.security.sessions import Sessions, cookie_name
from admission.service.settings import Settings
from admission.service.state import Services
from admission.service.web import router as pages
from admission.service.webhooks import Sender

__all__ = ["create_app", "from_environment"]

_TURN_SECONDS = 0.001
"""How long a computing thread may keep the interpreter while others wait for it: a request needs it a dozen times in
other threads, and the one that writes waits for it with the lock of the store in its hands."""


def _shared(settings: Settings, clock: Clock, rulebook: Rulebook | None) -> Services:
    """Everything the routes share; the store is opened here, and the rules are loaded."""
    rules, computing = RuleKeeper(settings, clock, rulebook), Computing(settings.waiting)
    store = open_store(settings.store)
    return Services(
        settings=settings,
        clock=clock,
        store=store,
        recorder=Recorder(store),
        directory=Directory(store),
        sessions=Sessions(store, settings),
        rates=Rates(settings),
        provider=Provider(settings) if settings.oidc_issuer else None,
        rules=rules,
        computing=computing,
        metrics=Metrics(rules, computing),
    )


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    """What runs beside the requests: looking at the rule files."""
    shared = app.state.services
    assert isinstance(shared, Services)
    seconds = shared.settings.reload_seconds
    sender = Sender(shared.store, shared.settings, shared.clock, shared.metrics)
    runner = Runner(shared.store, shared.settings, shared.clock, shared.rules, shared.metrics)
    runner.start()
    beside = [asyncio.create_task(sender.run()), asyncio.create_task(shared.metrics.watch())]
    if seconds:
        beside.append(asyncio.create_task(shared.rules.watch(seconds)))
    gc.collect()
    gc.freeze()  # the rules stay: the collector need not look at them again and again
    try:
        yield
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await sender.close()
        await run_sync(runner.close)
        shared.computing.close()
        shared.recorder.close()
        shared.store.close()


def create_app(settings: Settings, *, clock: Clock | None = None, rulebook: Rulebook | None = None) -> FastAPI:
    """The service with these settings. Tests give another `clock`, and a `rulebook` that is loaded."""
    app = FastAPI(
        title="admission",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_running,
        dependencies=[Depends(refuse_unlisted), Depends(check_csrf)],
    )
    shared = app.state.services = _shared(settings, clock or Clock(), rulebook)
    app.add_middleware(Gate)
    problems.install(app)
    for part in (health, screen, batch, decisions, reviews, problem_routes, audits, webhooks, rule_routes, login, oidc):
        app.include_router(part.router)
    describe(app, cookie_name(settings), lambda: shared.rules.rulebook.parks)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def from_environment() -> FastAPI:
    """The service as the environment variables `ADMISSION_…` set it; what each worker of `admission serve` runs."""
    sys.setswitchinterval(_TURN_SECONDS)
    return create_app(Settings())
