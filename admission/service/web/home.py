"""The login and the first page."""

from __future__ import annotations

from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admission.record import Brief, briefs
from admission.service.pages import page
from admission.service.routes.decisions import list_decisions
from admission.service.security.people import Role, User, current_user
from admission.service.state import services

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_SHOWN = 10


@router.get("/login")
def login_page(request: Request, next: str = "/", failed: bool = False) -> Response:
    """The form to log in."""
    return page(request, "login.html", next=next, failed=failed)


@router.get("/")
async def home(request: Request, user: Annotated[User, Depends(current_user)]) -> Response:
    """What one was working on, and what was decided last."""
    store = services(request).store

    def mine() -> list[Brief]:
        return [] if user.role is Role.REVIEWER else briefs(store, owner=user.name)[:_SHOWN]

    found = await list_decisions(request, user, limit=_SHOWN)
    return page(request, "home.html", briefs=await run_sync(mine), decisions=found.decisions)
