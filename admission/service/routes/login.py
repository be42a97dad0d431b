"""Logging in and out with a name and a password."""

from __future__ import annotations

from asyncio import wrap_future
from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from admission.errors import NotRecordedError
from admission.record.users import check_password, user
from admission.service.recorder import entry
from admission.service.security.gate import address_of
from admission.service.security.sessions import cookie_of, forget_cookie, set_cookie
from admission.service.state import services

__all__ = ["router", "start_session"]

router = APIRouter(include_in_schema=False)
_NAME, _PASSWORD, _TARGET = 200, 1000, 2000


@router.post("/login")
async def log_in(
    request: Request,
    username: Annotated[str, Form(max_length=_NAME)],
    password: Annotated[str, Form(max_length=_PASSWORD)] = "",
    next: Annotated[str, Form(max_length=_TARGET)] = "/",
) -> Response:
    """Starts a session and goes to `next`, or back to the form."""
    shared = services(request)
    name = username.strip()
    shared.rates.login(name, address_of(request))
    person = await run_sync(check_password, shared.store, name, password) if _can_be(name) else None
    if person is None and _can_be(name):
        await _note(request, name, "refused")
    if person is None:
        return RedirectResponse("/login?failed=true", HTTPStatus.SEE_OTHER)
    return await start_session(request, person.name, next)


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
    await _note(request, name, "logged in")
    token = await run_sync(shared.sessions.start, name, shared.clock.moment())
    response = RedirectResponse(_local(target), HTTPStatus.SEE_OTHER)
    set_cookie(response, shared.settings, "session", token, shared.settings.session_minutes)
    forget_cookie(response, shared.settings, "csrf")
    return response


def _can_be(name: str) -> bool:
    """Can somebody have this name? Databases do not take every text."""
    return name != "" and name.isprintable()


async def _note(request: Request, name: str, outcome: str) -> None:
    """An attempt to log in, as an entry; names that nobody has are not written down."""
    shared = services(request)
    try:
        await run_sync(user, shared.store, name)
    except NotRecordedError:
        return
    body = {"method": request.method, "route": request.scope["path"], "outcome": outcome}
    await wrap_future(shared.recorder.submit(entry("access", request.scope["path"], body, name, shared.clock.moment())))


def _local(target: str) -> str:
    """`target` if it is a path of this service: nobody is sent elsewhere after the login."""
    plain = target.isprintable() and target.isascii() and "\\" not in target
    return target if plain and target.startswith("/") and not target.startswith("//") else "/"
