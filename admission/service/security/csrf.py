"""Forged requests: what a cookie allows and changes something needs a token that only our pages have.

A page puts `csrf_token(request)` into a hidden field `csrf_token` of every form, or into the header
`X-CSRF-Token` (HTMX: `hx-headers`). Before the login the token stands in a cookie of its own.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import maybe_user
from admission.service.security.sessions import cookie_of, set_cookie
from admission.service.state import services

__all__ = ["FIELD", "HEADER", "check_csrf", "csrf_token", "keep_csrf_cookie"]

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BEFORE_LOGIN = "csrf"
_MINUTES = 60


def csrf_token(request: Request) -> str:
    """The token a page puts into its forms."""
    known = getattr(request.state, "csrf", "") or cookie_of(request, services(request).settings, _BEFORE_LOGIN)
    if not known:
        known = secrets.token_urlsafe()
        request.state.new_csrf = known
    request.state.csrf = known
    return str(known)


def keep_csrf_cookie(request: Request, response: Response) -> None:
    """Sends the token of somebody who is not logged in; every page is answered through this."""
    fresh = getattr(request.state, "new_csrf", "")
    if fresh:
        set_cookie(response, services(request).settings, _BEFORE_LOGIN, fresh, _MINUTES)


async def check_csrf(request: Request) -> None:
    """A 403 problem when a request that changes something carries a cookie but not our token.

    API keys are sent on purpose, never by a browser on its own: they need no token.
    """
    if request.method in SAFE:
        return
    user = maybe_user(request)
    if user is None and request.scope["path"] not in ("/login", "/logout"):
        return
    if user is not None and user.via == "key":
        return
    if not _same_origin(request):
        raise ProblemError(Kind.CSRF)
    wanted = getattr(request.state, "csrf", "") or cookie_of(request, services(request).settings, _BEFORE_LOGIN)
    given = request.headers.get(HEADER) or await _of_form(request)
    if not wanted or not secrets.compare_digest(given.encode("utf-8", "replace"), str(wanted).encode()):
        raise ProblemError(Kind.CSRF)


def _same_origin(request: Request) -> bool:
    """Does the browser say that the request comes from another site?"""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("Host")


async def _of_form(request: Request) -> str:
    if not request.headers.get("Content-Type", "").lower().startswith(_FORMS):
        return ""
    found = (await request.form()).get(FIELD, "")
    return found if isinstance(found, str) else ""
