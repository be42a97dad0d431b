"""From the headers of a request to who makes it."""

from __future__ import annotations

from typing import Literal

from starlette.requests import HTTPConnection

from admission.record.users import User as Known
from admission.service.security.people import Role, User
from admission.service.security.sessions import cookie_of
from admission.service.state import Services

__all__ = ["bearer", "identify"]


def bearer(connection: HTTPConnection) -> str:
    """The API key of a request, empty when there is none."""
    scheme, _, token = connection.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def identify(connection: HTTPConnection, shared: Services) -> tuple[User | None, str]:
    """Who asks, and the CSRF token of the session; (None, "") for somebody who is not logged in.

    A key counts before a cookie, and a wrong one is not made good by a cookie. Looks into the store:
    call it in a thread.
    """
    key = bearer(connection)
    if key:
        return _as(shared.directory.by_key(key), "key"), ""
    token = cookie_of(connection, shared.settings, "session")
    session = shared.sessions.find(token, shared.clock.moment()) if token else None
    person = shared.directory.by_name(session.user) if session is not None else None
    return (_as(person, "session"), session.csrf) if session is not None and person is not None else (None, "")


def _as(known: Known | None, via: Literal["session", "key"]) -> User | None:
    return None if known is None else User(known.name, Role(known.role), known.department, via)
