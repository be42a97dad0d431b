"""Logging in and out with a name and a password."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from admission.service.security.passwords import LONGEST, is_right
from admission.service.security.sessions import cookie_of, forget_cookie, set_cookie
from admission.service.state import Services, services

__all__ = ["router", "start_session"]

router = APIRouter(include_in_schema=False)
_NAME, _TARGET = 200, 2000


@router.post("/login")
async def log_in(
    request: Request,
    username: Annotated[str, Form(max_length=_NAME)],
    password: Annotated[str, Form(max_length=LONGEST)],
    next: Annotated[str, Form(max_length=_TARGET)] = "/",
) -> Response:
    """Starts a session and goes to `next`, or back to the form."""
    shared = services(request)
    name = await run_sync(_checked, shared, username.strip(), password)
    if name is None:
        return RedirectResponse("/login?failed=true", HTTPStatus.SEE_OTHER)
    return await start_session(request, name, next)


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """Ends the session."""
    shared = services(request)
    await run_sync(shared.sessions.end, cookie_of(request, shared.settings, "session"))
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    forget_cookie(response, shared.settings, "session")
    return response


async def start_session(request: Request, name: str, target: str) -> Response:
    """A new session of `name`, which begins at the page `target` of this service."""
    shared = services(request)
    await run_sync(shared.sessions.end, cookie_of(request, shared.settings, "session"))
    token = await run_sync(shared.sessions.start, name, shared.clock.moment())
    response = RedirectResponse(_local(target), HTTPStatus.SEE_OTHER)
    set_cookie(response, shared.settings, "session", token, shared.settings.session_minutes)
    forget_cookie(response, shared.settings, "csrf")
    return response


def _checked(shared: Services, name: str, password: str) -> str | None:
    """The name of the account if the password is right; the same time passes whatever is wrong."""
    account = shared.accounts.find(name)
    known = None if account is None or account.disabled else account.password
    right = is_right(password, known)
    return account.name if right and account is not None else None


def _local(target: str) -> str:
    """`target` if it is a path of this service: nobody is sent elsewhere after the login."""
    plain = target.isprintable() and target.isascii() and "\\" not in target
    return target if plain and target.startswith("/") and not target.startswith("//") else "/"
