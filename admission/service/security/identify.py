"""From the headers of a request to who makes it."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from admission.service.security.people import User
from admission.service.security.sessions import cookie_of
from admission.service.state import Services

__all__ = ["identify"]


def identify(connection: HTTPConnection, shared: Services) -> tuple[User | None, str]:
    """Who asks, and the CSRF token of the session; (None, "") for somebody who is not logged in.

    Looks into the store: call it in a thread.
    """
    token = cookie_of(connection, shared.settings, "session")
    session = shared.sessions.find(token, shared.clock.moment()) if token else None
    account = shared.accounts.find(session.user) if session is not None else None
    if session is None or account is None or account.disabled:
        return None, ""
    return User(account.name, account.role, account.department, "session"), session.csrf
