"""Which role may use which route: one table. A route that does not stand here refuses everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from starlette.routing import compile_path

from admission.service.security.access_pages import PAGES
from admission.service.security.people import Role, User

__all__ = ["ACCESS", "Access", "access_to"]


class Access(NamedTuple):
    """Who may use a route. `roles` None: everybody, logged in or not. `upload`: its body may be as large as one."""

    roles: frozenset[Role] | None
    upload: bool = False

    def allows(self, user: User | None) -> bool:
        """May `user` (None: nobody is logged in) use the route?"""
        return self.roles is None or (user is not None and user.role in self.roles)


_EVERYBODY = Access(None)
_ALL = frozenset(Role)
_ASKING = frozenset({Role.CLERK, Role.ADMINISTRATOR, Role.MACHINE})

_API: Mapping[tuple[str, str], Access] = {
    ("GET", "/healthz"): _EVERYBODY,
    ("GET", "/metrics"): Access(frozenset({Role.ADMINISTRATOR, Role.MACHINE})),
    ("GET", "/v1/openapi.json"): _EVERYBODY,
    ("POST", "/v1/screen"): Access(_ASKING),
    ("POST", "/v1/screen/batch"): Access(_ASKING, upload=True),
    ("POST", "/v1/lifecycle"): Access(_ALL),
    ("POST", "/v1/questions"): Access(_ALL),
    ("GET", "/v1/rules"): Access(_ALL),
    ("GET", "/v1/rules/{id}"): Access(_ALL),
    ("POST", "/v1/rules/reload"): Access(frozenset({Role.ADMINISTRATOR})),
    ("GET", "/v1/parks"): Access(_ALL),
    ("GET", "/v1/schema"): Access(_ALL),
    ("GET", "/v1/schema/{document}"): Access(_ALL),
    ("GET", "/static/{path:path}"): _EVERYBODY,
    ("POST", "/login"): _EVERYBODY,
    ("POST", "/logout"): _EVERYBODY,
}

ACCESS: Mapping[tuple[str, str], Access] = {
    **_API,
    **{key: Access(None if roles is None else frozenset(map(Role, roles))) for key, roles in PAGES.items()},
}
"""(method, path) → who may."""


def _compiled(table: Mapping[tuple[str, str], Access]) -> list[tuple[str, re.Pattern[str], Access]]:
    return [(method, compile_path(path)[0], access) for (method, path), access in table.items() if "{" in path]


_PATTERNS = _compiled(ACCESS)


def access_to(method: str, path: str) -> Access | None:
    """Who may use the route of a request; None when the table has no such route."""
    found = ACCESS.get((method, path))
    if found is not None:
        return found
    return next((access for verb, pattern, access in _PATTERNS if verb == method and pattern.match(path)), None)
