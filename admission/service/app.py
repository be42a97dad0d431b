"""The application: everything put together."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from admission._version import VERSION
from admission.service import problems
from admission.service.clock import Clock
from admission.service.pages import STATIC
from admission.service.routes import login
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


def create_app(settings: Settings, *, clock: Clock | None = None, accounts: Accounts | None = None) -> FastAPI:
    """The service with these settings. `clock` and `accounts` are replaced in tests."""
    app = FastAPI(
        title="admission",
        version=VERSION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(refuse_unlisted), Depends(check_csrf)],
    )
    app.state.services = Services(settings, clock or Clock(), accounts or _Nobody(), MemorySessions(settings))
    app.add_middleware(Gate)
    problems.install(app)
    app.include_router(login.router)
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
