"""What every request passes before anything of its body is read: who asks, may they, how large is it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admission.service.pages import wants_page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError, respond
from admission.service.security.access import Access, access_to
from admission.service.security.identify import identify
from admission.service.security.people import maybe_user
from admission.service.settings import Settings
from admission.service.state import services

__all__ = ["HEADERS", "Gate", "refuse_unlisted"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Headers of every answer."""

_KEPT = ("/static/",)
"""What a browser may keep; everything else is asked for again."""


class Gate:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request in, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        access = access_to(request.method, request.url.path)
        request.state.access = access
        send = _with_headers(send, request.url.path)
        try:
            await _admit(request, access)
        except ProblemError as error:
            await _refusal(request, error)(scope, receive, send)
            return
        limit = _body_limit(access, services(request).settings)
        await self._app(scope, _limited(receive, limit), send)


async def _admit(request: Request, access: Access | None) -> None:
    """Raises the problem for which the request is not let in."""
    shared = services(request)
    user, csrf = await run_sync(identify, request, shared)
    request.state.user, request.state.csrf = user, csrf
    if access is not None and not access.allows(user):
        raise ProblemError(Kind.FORBIDDEN if user else Kind.NOT_LOGGED_IN)
    length = request.headers.get("Content-Length", "0")
    if length.isdigit() and int(length) > _body_limit(access, shared.settings):
        raise ProblemError(Kind.TOO_LARGE)


def _refusal(request: Request, error: ProblemError) -> Response:
    """Somebody at a browser who is not logged in is sent to the login."""
    if error.kind is Kind.NOT_LOGGED_IN and request.method == "GET" and wants_page(request):
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}", HTTPStatus.SEE_OTHER)
    return respond(request, error)


def refuse_unlisted(request: Request) -> None:
    """A route that does not stand in the table of access refuses everybody."""
    if getattr(request.state, "access", None) is None:
        raise ProblemError(Kind.FORBIDDEN if maybe_user(request) else Kind.NOT_LOGGED_IN)


def _body_limit(access: Access | None, settings: Settings) -> int:
    return settings.upload_bytes if access is not None and access.upload else settings.body_bytes


def _limited(receive: Receive, limit: int) -> Receive:
    """`receive` that ends the request when more than `limit` bytes of body arrive."""
    left = limit

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise ProblemError(Kind.TOO_LARGE)
        return message

    return counted


def _with_headers(send: Send, path: str) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if not path.startswith(_KEPT):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sent
