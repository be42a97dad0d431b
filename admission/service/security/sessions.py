"""Sessions of people at a browser: a random token in a cookie, its hash and the CSRF token in the store."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from admission.record import Store
from admission.record.operations import end_session, extend_session, session, start_session
from admission.service.settings import Settings

__all__ = ["Session", "Sessions", "cookie_name", "cookie_of", "forget_cookie", "set_cookie"]


_NOTED = 10
"""A session is said to be in use when a tenth of the time it may rest has passed."""


@dataclass(frozen=True, slots=True)
class Session:
    """One login: whose, and its CSRF token."""

    user: str
    csrf: str


class Sessions:
    """The sessions of a store; they end when told, when they are not used for a while, and after some hours anyway."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._lifetime = timedelta(minutes=settings.session_minutes)
        self._idle = min(timedelta(minutes=settings.session_idle_minutes), self._lifetime)

    def start(self, user: str, now: datetime) -> str:
        """A new session; its token, which is kept nowhere."""
        token, data = secrets.token_urlsafe(), {"csrf": secrets.token_urlsafe()}
        start_session(self._store, token, user=user, data=data, at=now, expires=now + self._idle)
        return token

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of a token unless it has ended; it is used by that, which is written down now and then."""
        found = session(self._store, token, at=now)
        if found is None or "csrf" not in found.data:
            return None
        last = datetime.fromisoformat(found.created_at) + self._lifetime
        until, noted = min(now + self._idle, last), datetime.fromisoformat(found.expires_at)
        if now >= last:
            return None
        if abs(until - noted) > self._idle / _NOTED:
            extend_session(self._store, token, expires=until)
        return Session(found.user, found.data["csrf"])

    def end(self, token: str) -> None:
        """Ends the session of a token."""
        end_session(self._store, token=token)


def cookie_name(settings: Settings, kind: str = "session") -> str:
    """The name of a cookie; `__Host-` binds it to this host, to https and to the whole path."""
    return f"admission_{kind}" if settings.plain_http else f"__Host-admission_{kind}"


def set_cookie(response: Response, settings: Settings, kind: str, value: str, minutes: int) -> None:
    """Sends a cookie: not for scripts, not to other sites, over https only (but for loopback)."""
    response.set_cookie(
        cookie_name(settings, kind),
        value,
        max_age=int(timedelta(minutes=minutes).total_seconds()),
        path="/",
        secure=not settings.plain_http,
        httponly=True,
        samesite="lax",
    )


def forget_cookie(response: Response, settings: Settings, kind: str) -> None:
    """Has the browser forget a cookie."""
    set_cookie(response, settings, kind, "", 0)


def cookie_of(connection: HTTPConnection, settings: Settings, kind: str) -> str:
    """The value of a cookie, empty when there is none."""
    return connection.cookies.get(cookie_name(settings, kind), "")
