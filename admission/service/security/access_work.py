"""Which role may see and do what on the pages of audits, rules, joint reviews and rectification."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["WORK_PAGES"]

_PEOPLE = ("clerk", "reviewer", "administrator")
_OFFICE = ("clerk", "administrator")
_REVIEWING = ("reviewer",)
_CHECKING = ("reviewer", "administrator")

_READING = {
    "/rules": _PEOPLE,
    "/rules/breaches": _PEOPLE,
    "/rules/compare": _PEOPLE,
    "/rules/{id:path}": _PEOPLE,
    "/reviews": _PEOPLE,
    "/reviews/new": _OFFICE,
    "/reviews/{id}": _PEOPLE,
    "/reviews/{id}/files/{sha256}": _PEOPLE,
    "/problems": _PEOPLE,
    "/problems/new": _OFFICE,
    "/problems/{id}": _PEOPLE,
    "/problems/{id}/files/{sha256}": _PEOPLE,
    "/audits": _OFFICE,
    "/audits/template": _OFFICE,
    "/audits/impact": _OFFICE,
    "/audits/{id}": _OFFICE,
    "/audits/{id}/progress": _OFFICE,
    "/audits/{id}/ledger": _OFFICE,
    "/audits/{id}/enterprises": _OFFICE,
    "/audits/{id}/enterprises/{row}": _OFFICE,
    "/audits/{id}/cells": _OFFICE,
    "/audits/{id}/files/{name}": _OFFICE,
    "/audits/{id}/back": _OFFICE,
}
_DOING = {
    "/reviews": _OFFICE,
    "/reviews/{id}/evidence": _REVIEWING,
    "/reviews/{id}/judgement": _REVIEWING,
    "/reviews/{id}/close": _OFFICE,
    "/problems": _OFFICE,
    "/problems/{id}/assign": _OFFICE,
    "/problems/{id}/evidence": _PEOPLE,
    "/problems/{id}/rectified": _OFFICE,
    "/problems/{id}/recheck": _CHECKING,
    "/problems/{id}/close": _CHECKING,
    "/problems/{id}/reopen": _CHECKING,
    "/audits/upload": _OFFICE,
    "/audits/impact/upload": _OFFICE,
    "/audits/{id}/problems": _OFFICE,
    "/audits/{id}/cancel": _OFFICE,
}

WORK_PAGES: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{("GET", route): roles for route, roles in _READING.items()},
    **{("POST", route): roles for route, roles in _DOING.items()},
}
"""(method, path) → roles. A reviewer sees of reviews and problems those of the own department only."""
