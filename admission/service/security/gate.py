"""What every request passes before anything of its body is read: who asks, may they, how often, how large is it."""

from __future__ import annotations

from asyncio import wrap_future
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
from admission.service.recorder import entry
from admission.service.security.access import Access, access_to
from admission.service.security.identify import bearer, identify
from admission.service.security.people import maybe_user
from admission.service.settings import Settings
from admission.service.state import services

__all__ = ["HEADERS", "Gate", "address_of", "refuse_unlisted"]

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

_KEPT = "/static/"
"""What a browser may keep; everything else is asked for again."""

_DIGITS = 18
_SUBJECT = 200
_START = "http.response.start"


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
        access = access_to(request.method, request.scope["path"])
        request.state.access = access
        send = _Sending(request, access, send)
        try:
            await _admit(request, access)
        except ProblemError as error:
            await _refusal(request, error)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, _body_limit(access, services(request).settings)), send)


async def _admit(request: Request, access: Access | None) -> None:
    """Raises the problem for which the request is not let in."""
    shared = services(request)
    if request.cookies or bearer(request) is not None:
        request.state.user, request.state.csrf = await run_sync(identify, request, shared)
    user = maybe_user(request)
    shared.rates.request(user, address_of(request))
    if access is not None and not access.allows(user):
        headers = {} if user else {"WWW-Authenticate": "Bearer"}
        raise ProblemError(Kind.FORBIDDEN if user else Kind.NOT_LOGGED_IN, headers=headers)
    if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
        raise ProblemError(Kind.BAD_REQUEST, "NUL")  # no database takes it, and nobody means it
    length = request.headers.get("Content-Length", "")
    is_number = length.isascii() and length.isdigit()
    if is_number and int(length[:_DIGITS]) > _body_limit(access, shared.settings):
        raise ProblemError(Kind.TOO_LARGE)


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client is not None else ""


def _refusal(request: Request, error: ProblemError) -> Response:
    """Somebody at a browser who is not logged in is sent to the login."""
    if error.kind is Kind.NOT_LOGGED_IN and request.method == "GET" and wants_page(request):
        target = request.scope["path"] + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(target, safe='')}", HTTPStatus.SEE_OTHER)
    return respond(request, error)


async def refuse_unlisted(request: Request) -> None:
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


class _Sending:
    """What every answer passes: its headers, its count, and the entry that says who changed what."""

    def __init__(self, request: Request, access: Access | None, send: Send) -> None:
        self._request, self._access, self._send = request, access, send
        self._shared = services(request)
        self._began = self._shared.clock.seconds()

    async def __call__(self, message: Message) -> None:
        if message["type"] == _START:
            self._complete(MutableHeaders(scope=message))
            route = self._access.route if self._access is not None else "—"
            seconds = self._shared.clock.seconds() - self._began
            self._shared.metrics.count(self._request.method, route, message["status"], seconds)
            await self._record(message["status"])
        await self._send(message)

    def _complete(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if not self._request.scope["path"].startswith(_KEPT):
            headers.setdefault("Cache-Control", "no-store")

    async def _record(self, status: int) -> None:
        """Before the answer leaves, an `access` entry is on disk: who, by which route, on what, with what outcome."""
        user = maybe_user(self._request)
        if self._access is None or not self._access.changes or user is None:
            return
        body = {
            "method": self._request.method,
            "route": self._access.route,
            "status": status,
            "role": user.role.value,
            "via": user.via,
        }
        subject = "".join(c if c.isprintable() else "?" for c in self._request.scope["path"])[:_SUBJECT]
        work = entry("access", subject, body, user.name, self._shared.clock.moment())
        await wrap_future(self._shared.recorder.submit(work))
