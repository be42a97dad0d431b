"""Which role may see which page; part of the table in `access`."""

from __future__ import annotations

from collections.abc import Mapping

from admission.service.security.access_work import WORK_PAGES

__all__ = ["PAGES"]

_EVERYBODY = ("clerk", "reviewer", "administrator")
_ASKING = ("clerk", "administrator")

PAGES: Mapping[tuple[str, str], tuple[str, ...] | None] = {
    ("GET", "/login"): None,
    ("GET", "/"): _EVERYBODY,
    ("GET", "/briefs/new"): _ASKING,
    ("POST", "/briefs"): _ASKING,
    ("GET", "/lookup"): _ASKING,
    ("GET", "/briefs/{id}"): _ASKING,
    ("GET", "/briefs/{id}/answers"): _ASKING,
    ("POST", "/briefs/{id}/answers"): _ASKING,
    ("POST", "/briefs/{id}/back"): _ASKING,
    ("POST", "/briefs/{id}/phase"): _ASKING,
    ("POST", "/briefs/{id}/finish"): _ASKING,
    ("GET", "/briefs/{id}/parts"): _ASKING,
    ("POST", "/briefs/{id}/parts"): _ASKING,
    ("POST", "/briefs/{id}/parts/name"): _ASKING,
    ("POST", "/briefs/{id}/parts/remove"): _ASKING,
    ("GET", "/decisions"): _EVERYBODY,
    ("GET", "/decisions/{id}"): _EVERYBODY,
    ("GET", "/decisions/{id}/{paper}.docx"): _EVERYBODY,
    ("GET", "/decisions/{id}/{paper}.pdf"): _EVERYBODY,
    ("GET", "/decisions/{id}/receipt.json"): _EVERYBODY,
    **WORK_PAGES,
}
"""(method, path) → the roles that may; None: everybody, logged in or not."""
