"""From the headers of a request to who makes it."""

from __future__ import annotations

from typing import Literal

from starlette.requests import HTTPConnection

from admission.record.users import User as Known
from admission.service.security.people import Role, User
from admission.service.security.sessions import cookie_of
from admission.service.state import Services

__all__ = ["bearer", "identify"]


def bearer(connection: HTTPConnection) -> str | None:
    """The API key of a request; None when it gives none, empty when what it gives can be no key."""
    given = connection.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def identify(connection: HTTPConnection, shared: Services) -> tuple[User | None, str]:
    """Who asks, and the CSRF token of the session; (None, "") for somebody who is not logged in.

    `Authorization` counts before a cookie, and a wrong one is not made good by a cookie. Looks into the store:
    call it in a thread.
    """
    key = bearer(connection)
    if key is not None:
        return _as(shared.directory.by_key(key) if key else None, "key"), ""
    token = cookie_of(connection, shared.settings, "session")
    session = shared.sessions.find(token, shared.clock.moment()) if token else None
    person = shared.directory.by_name(session.user) if session is not None else None
    return (_as(person, "session"), session.csrf) if session is not None and person is not None else (None, "")


def _as(known: Known | None, via: Literal["session", "key"]) -> User | None:
    return None if known is None else User(known.name, Role(known.role), known.department, via)
