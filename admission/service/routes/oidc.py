"""Logging in with an OpenID Connect provider, where one is set up."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from admission.record.operations import end_session, session, start_session
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.routes.login import start_session as log_in_as
from admission.service.security.gate import address_of
from admission.service.security.provider import NotIdentifiedError, Provider
from admission.service.security.sessions import cookie_of, forget_cookie, set_cookie
from admission.service.state import Services, services

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_COOKIE = "oidc"
_MINUTES = 10
_LONGEST = 2000
_log = logging.getLogger("admission.service")


def _provider(shared: Services) -> Provider:
    if shared.provider is None:
        raise ProblemError(Kind.NOT_FOUND)
    return shared.provider


@router.get("/login/oidc")
async def go(request: Request, next: Annotated[str, Query(max_length=_LONGEST)] = "/") -> Response:
    """Sends somebody to the provider."""
    shared = services(request)
    provider = _provider(shared)
    shared.rates.login("oidc", address_of(request))
    try:
        url, remembered = await provider.begin()
    except Exception as error:
        _log.error("OIDC provider: %s", type(error).__name__)
        raise ProblemError(Kind.OVERLOADED) from None
    token, now = secrets.token_urlsafe(), shared.clock.moment()
    data, expires = {**remembered, "next": next}, now + timedelta(minutes=_MINUTES)
    await run_sync(lambda: start_session(shared.store, token, user="", data=data, at=now, expires=expires))
    response = RedirectResponse(url, HTTPStatus.SEE_OTHER)
    set_cookie(response, shared.settings, _COOKIE, token, _MINUTES)
    return response


@router.get("/login/oidc/callback")
async def back(
    request: Request,
    state: Annotated[str, Query(max_length=_LONGEST)] = "",
    code: Annotated[str, Query(max_length=_LONGEST)] = "",
) -> Response:
    """Somebody comes back from the provider: a session for the account of their name, if there is one."""
    shared = services(request)
    provider = _provider(shared)
    token, now = cookie_of(request, shared.settings, _COOKIE), shared.clock.moment()
    remembered = await run_sync(lambda: session(shared.store, token, at=now)) if token else None
    failed = RedirectResponse("/login?failed=true", HTTPStatus.SEE_OTHER)
    forget_cookie(failed, shared.settings, _COOKIE)
    if remembered is None or "verifier" not in remembered.data:
        return failed
    await run_sync(lambda: end_session(shared.store, token=token))  # it is good for one attempt
    try:
        name = await provider.name_of(remembered.data, state, code, int(now.timestamp()))
    except NotIdentifiedError as error:
        _log.warning("OIDC login refused: %s", error)
        return failed
    known = await run_sync(shared.directory.by_name, name) if name.isprintable() else None
    if known is None or known.role == "machine":
        _log.warning("OIDC login of somebody without an account")
        return failed
    response = await log_in_as(request, known.name, remembered.data["next"])
    forget_cookie(response, shared.settings, _COOKIE)
    return response
