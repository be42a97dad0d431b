"""Which role may use which route: one table. A route that does not stand here refuses everybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from starlette.routing import compile_path

from admission.service.security.access_pages import PAGES
from admission.service.security.access_steps import STEP_CHANGES, STEP_READING, STEP_UPLOADS
from admission.service.security.people import Role, User

__all__ = ["ACCESS", "Access", "access_to"]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use a route. `roles` None: everybody, logged in or not.

    `upload`: its body may be as large as one. `changes`: every use is written to the store as an
    `access` entry; routes whose own entries name the actor, and those that change nothing, do not.
    """

    route: str
    roles: frozenset[Role] | None
    upload: bool = False
    changes: bool = False

    def allows(self, user: User | None) -> bool:
        """May `user` (None: nobody is logged in) use the route?"""
        return self.roles is None or (user is not None and user.role in self.roles)


_ALL = tuple(Role)
_ASKING = (Role.CLERK, Role.ADMINISTRATOR, Role.MACHINE)
_RUNNING = (Role.ADMINISTRATOR, Role.MACHINE)
_ADMINISTRATOR = (Role.ADMINISTRATOR,)
_Roles = Collection[Role] | None

_OPEN: Mapping[str, _Roles] = dict.fromkeys(
    (
        "GET /healthz",
        "GET /v1/openapi.json",
        "GET /static/{path:path}",
        "POST /login",
        "GET /login/oidc",
        "GET /login/oidc/callback",
    )
)
_READING: Mapping[str, _Roles] = {
    "GET /metrics": _RUNNING,
    "GET /v1/rules": _ALL,
    "GET /v1/rules/kept": _ALL,
    "GET /v1/rules/{id}": _ALL,
    "GET /v1/parks": _ALL,
    "GET /v1/schema": _ALL,
    "GET /v1/schema/{document}": _ALL,
    "GET /v1/decisions": _ALL,
    "GET /v1/decisions/{id}": _ALL,
    "GET /v1/decisions/{id}/document": _ALL,
    "GET /v1/decisions/{id}/receipt": _ALL,
    "GET /v1/audits": _ASKING,
    "GET /v1/audits/{id}": _ASKING,
    "GET /v1/audits/{id}/results/{name}": _ASKING,
    "GET /v1/webhooks": _ADMINISTRATOR,
}
_COMPUTING: Mapping[str, _Roles] = {
    "POST /v1/screen": _ASKING,
    "POST /v1/lifecycle": _ALL,
    "POST /v1/questions": _ALL,
}
"""They change nothing, or what they write names who made it."""

_CHANGING: Mapping[str, _Roles] = {
    "POST /logout": None,
    "POST /v1/rules/reload": _ADMINISTRATOR,
    "DELETE /v1/audits/{id}": _ASKING,
    "POST /v1/webhooks": _ADMINISTRATOR,
    "DELETE /v1/webhooks/{id}": _ADMINISTRATOR,
}
_UPLOADING: Mapping[str, _Roles] = {
    "POST /v1/audits": _ASKING,
    "POST /v1/impact": _ASKING,
}


_UPLOADS = ("/upload", "/evidence")
"""Pages whose route ends so take an upload."""


def _table() -> dict[tuple[str, str], Access]:
    found: dict[tuple[str, str], Access] = {}

    def add(method: str, route: str, roles: Collection[Role] | None, upload: bool, changes: bool) -> None:
        allowed = None if roles is None else frozenset(roles)
        found[method, route] = Access(route, allowed, upload, changes)

    reading = ((table, False, False) for table in (_OPEN, _READING, STEP_READING, _COMPUTING))
    changing = ((table, False, True) for table in (_CHANGING, STEP_CHANGES))
    uploading = ((table, True, True) for table in (_UPLOADING, STEP_UPLOADS))
    for table, upload, changes in (*reading, *changing, *uploading):
        for name, roles in table.items():
            method, _, route = name.partition(" ")
            add(method, route, roles, upload, changes)
    add("POST", "/v1/screen/batch", _ASKING, True, False)
    for (method, route), page_roles in PAGES.items():
        named = None if page_roles is None else [Role(role) for role in page_roles]
        add(method, route, named, route.endswith(_UPLOADS), method != "GET")
    return found


ACCESS: Mapping[tuple[str, str], Access] = _table()
"""(method, path) → who may."""

_PATTERNS: list[tuple[str, re.Pattern[str], Access]] = [
    (method, compile_path(path)[0], access) for (method, path), access in ACCESS.items() if "{" in path
]


def access_to(method: str, path: str) -> Access | None:
    """Who may use the route of a request; None when the table has no such route."""
    found = ACCESS.get((method, path))
    if found is not None:
        return found
    return next((access for verb, pattern, access in _PATTERNS if verb == method and pattern.match(path)), None)
