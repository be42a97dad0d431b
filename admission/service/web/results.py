"""The page of a decision, and the papers that can be taken from it."""

from __future__ import annotations

import json
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admission.record import receipt_of
from admission.report import docx
from admission.report.sheets import steps_of
from admission.report.timeline import timeline_svg
from admission.screening import Verdict
from admission.service.converting import can_make_pdf, pdf_of
from admission.service.pages import page
from admission.service.routes.decisions import list_decisions, seen_decision
from admission.service.security.people import Me, User
from admission.service.state import Services, services
from admission.service.web.deciding import Decided, decided, sheet_of

__all__ = ["Paper", "router"]

router = APIRouter(include_in_schema=False)
_UNSAFE = '/\\:*?"<>|'
_NARROW, _WIDE = 330, 680
_PAGE = 30
_TITLES = {"report": "研判报告", "process": "环保手续办理流程", "notice": "工作提醒告知单"}
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Paper(StrEnum):
    """The papers of a decision."""

    REPORT = "report"
    PROCESS = "process"
    NOTICE = "notice"


@router.get("/decisions")
async def list_page(
    request: Request,
    user: Me,
    project: Annotated[str, Query(max_length=200)] = "",
    verdict: Annotated[str, Query(max_length=20)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """Recorded decisions, newest first, by part of the project's name and by verdict."""
    wanted = Verdict(verdict) if verdict in set(Verdict) else None
    found = await list_decisions(
        request, user, project=project.strip() or None, verdict=wanted, before=before, limit=_PAGE
    )
    return page(
        request,
        "decisions.html",
        decisions=found.decisions,
        next=found.next,
        project=project,
        verdict=wanted,
        verdicts=tuple(Verdict),
    )


@router.get("/decisions/{id}")
async def show_decision(request: Request, id: str, user: Me) -> Response:
    """One decision: verdict, reasons, classes, what follows."""
    shared = services(request)
    return await shared.computing.run(_result_page, request, shared, id, user)


def _result_page(request: Request, shared: Services, id: str, user: User) -> Response:
    found = decided(shared, seen_decision(shared.store, id, user))
    life = found.life()
    steps = steps_of(life)
    return page(
        request,
        "decision.html",
        found=found,
        decision=found.decision,
        record=found.record,
        life=life,
        interview=found.interview(),
        wide=timeline_svg(steps, width=_WIDE),
        narrow=timeline_svg(steps, width=_NARROW),
        steps=steps,
        can_make_pdf=can_make_pdf(),
    )


@router.get("/decisions/{id}/{paper}.docx")
async def word(request: Request, id: str, user: Me, paper: Paper) -> Response:
    """A paper as a Word document."""
    shared = services(request)
    found, content = await shared.computing.run(_word, shared, id, user, paper)
    return _download(content, _WORD, f"{_TITLES[paper]}-{found.decision.project}.docx")


@router.get("/decisions/{id}/{paper}.pdf")
async def pdf(request: Request, id: str, user: Me, paper: Paper) -> Response:
    """A paper as PDF, where LibreOffice is installed."""
    shared = services(request)
    found, content = await shared.computing.run(_word, shared, id, user, paper)
    pages = await run_sync(pdf_of, content)
    return _download(pages, "application/pdf", f"{_TITLES[paper]}-{found.decision.project}.pdf")


def _word(shared: Services, id: str, user: User, paper: Paper) -> tuple[Decided, bytes]:
    found = decided(shared, seen_decision(shared.store, id, user))
    return found, docx(sheet_of(paper, found))


@router.get("/decisions/{id}/receipt.json")
async def receipt(request: Request, id: str, user: Me) -> Response:
    """The receipt as a file for `admission replay`."""
    store = services(request).store

    def work() -> bytes:
        found = receipt_of(store, seen_decision(store, id, user))
        return json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"

    return _download(await run_sync(work), "application/json", f"凭证-{id}.json")


def _download(content: bytes, media_type: str, name: str) -> Response:
    """A file to be saved under its Chinese name."""
    plain = "".join(
        character if character.isprintable() and character not in '/\\:*?"<>|' else "_" for character in name
    )
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(plain)}"}
    return Response(content, HTTPStatus.OK, headers, media_type)
