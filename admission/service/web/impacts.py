"""The page of an impact: whose verdict or class another day's, or another park's, rules change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from admission.audit.labels import word
from admission.service.pages import page
from admission.service.web.audit_results import Results
from admission.service.web.context import SHOWN
from admission.service.web.paging import Paging

__all__ = ["impact_page"]

_CHANGED = {"verdict": "结论", "eia": "环评类别", "permit": "排污许可类别", "problems": "起作用的条款"}


def impact_page(request: Request, results: Results, values: Mapping[str, Any], number: int) -> Response:
    """What became what, by which clauses, and the enterprises one by one."""
    found, asked = results.changes(), results.job.request
    paging = Paging(request, found.height, number, SHOWN)
    rows = [_told(row) for row in found.slice(paging.start, SHOWN).iter_rows(named=True)]
    moves = [_told(move) for move in results.figures["moves"]]
    return page(
        request,
        "audits/impact.html",
        rows=rows,
        moves=moves,
        asked=asked,
        paging=paging,
        figures=results.figures,
        **values,
    )


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """A change in words; of problems `before` and `after` are ids of clauses."""
    kind = row["changed"]
    sides = {
        side: (row[side] or "") if kind == "problems" else word(row[side], kind if kind != "verdict" else "")
        for side in ("before", "after")
    }
    pairs = list(zip((row.get("clauses") or "").split(";"), (row.get("since") or "").split(";"), strict=False))
    return {**row, **sides, "kind": kind, "changed": _CHANGED[kind], "pairs": [pair for pair in pairs if pair[0]]}
