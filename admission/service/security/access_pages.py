"""Which role may see which page; part of the table in `access`."""

from __future__ import annotations

from collections.abc import Mapping

from admission.service.security.access_work import WORK_PAGES

__all__ = ["PAGES"]

PAGES: Mapping[tuple[str, str], tuple[str, ...] | None] = {
    ("GET", "/login"): None,
    ("GET", "/"): ("clerk", "reviewer", "administrator"),
    **WORK_PAGES,
}
"""(method, path) → the roles that may; None: everybody, logged in or not."""
