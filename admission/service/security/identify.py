"""From the headers of a request to who makes it."""

from __future__ import annotations

from typing import Literal

from starlette.requests import HTTPConnection

from admission.errors import NotRecordedError
from admission.record.users import User as Known
from admission.record.users import key_of, user
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
        found = key_of(shared.store, key)
        return (None if found is None else _as(found[1], "key")), ""
    token = cookie_of(connection, shared.settings, "session")
    session = shared.sessions.find(token, shared.clock.moment()) if token else None
    if session is None:
        return None, ""
    try:
        person = user(shared.store, session.user)
    except NotRecordedError:
        return None, ""
    return (_as(person, "session"), session.csrf) if person.active else (None, "")


def _as(known: Known, via: Literal["session", "key"]) -> User:
    return User(known.name, Role(known.role), known.department, via)
