"""What the web pages stand on: templates, the page of an error, and when a page is wanted at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from admission.service.problems import ProblemDocument, language_of
from admission.service.security.csrf import csrf_token, keep_csrf_cookie
from admission.service.security.people import maybe_user
from admission.service.wording import FILTERS

__all__ = ["STATIC", "error_page", "page", "templates", "wants_page"]

STATIC = Path(__file__).parent / "static"
_NOT_PAGES = ("/v1/", "/static/", "/healthz", "/metrics")


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The templates of `service/web/templates`: HTML escaped, an unknown name is an error."""
    from admission.service.web.words import FILTERS as WORK_FILTERS

    environment = Environment(
        loader=PackageLoader("admission.service.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({**FILTERS, **WORK_FILTERS})
    return environment


def page(request: Request, template: str, status: int = HTTPStatus.OK, /, **values: Any) -> HTMLResponse:
    """A page made of `template`, which also knows `user`, `lang`, `csrf_token` and `path`."""
    shared = {
        "request": request,
        "user": maybe_user(request),
        "lang": language_of(request),
        "csrf_token": csrf_token(request),
        "path": request.scope["path"],
    }
    response = HTMLResponse(templates().get_template(template).render(shared | values), status)
    keep_csrf_cookie(request, response)
    return response


def wants_page(request: Request) -> bool:
    """Is this a person at a browser, outside the API?"""
    accepts = request.headers.get("Accept", "")
    return not request.scope["path"].startswith(_NOT_PAGES) and "text/html" in accepts


def error_page(request: Request, document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    """A problem as a page."""
    response = page(request, "error.html", document.status, problem=document)
    response.headers.update(dict(headers or {}))
    return response
