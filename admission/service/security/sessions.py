"""Sessions of people at a browser: a random token in a cookie, its hash and the CSRF token on our side."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.responses import Response

from admission.service.settings import Settings

__all__ = [
    "MemorySessions",
    "Session",
    "Sessions",
    "cookie_name",
    "cookie_of",
    "forget_cookie",
    "set_cookie",
    "token_hash",
]


@dataclass(frozen=True, slots=True)
class Session:
    """One login: whose, its CSRF token, since when, when last used."""

    user: str
    csrf: str
    since: datetime
    used: datetime


class Sessions(Protocol):
    """Where sessions are kept, by the hash of their token."""

    def start(self, user: str, now: datetime) -> str:
        """A new session; its token."""

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of a token unless it has ended; it counts as used."""

    def end(self, token: str) -> None:
        """Ends the session of a token."""


def token_hash(token: str) -> str:
    """What is kept of a token: a random one needs no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class MemorySessions:
    """Sessions of one process."""

    def __init__(self, settings: Settings) -> None:
        self._lifetime = timedelta(minutes=settings.session_minutes)
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._found: dict[str, Session] = {}

    def start(self, user: str, now: datetime) -> str:
        """A new session; its token."""
        token = secrets.token_urlsafe()
        self._found[token_hash(token)] = Session(user, secrets.token_urlsafe(), now, now)
        return token

    def find(self, token: str, now: datetime) -> Session | None:
        """The session of a token unless it has ended."""
        key = token_hash(token)
        session = self._found.get(key)
        if session is None or now - session.since > self._lifetime or now - session.used > self._idle:
            return None
        self._found[key] = replace(session, used=now)
        return session

    def end(self, token: str) -> None:
        """Ends the session of a token."""
        self._found.pop(token_hash(token), None)


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
