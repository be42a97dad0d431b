"""Decisions that were recorded: list, one, its document byte by byte, its receipt."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from admission.errors import NotRecordedError
from admission.record import DecisionRecord, Store, decision, decision_text, decisions, receipt_of
from admission.record.reviewing import reviews
from admission.screening import Decision, Verdict
from admission.screening.decision import Receipt
from admission.service.asking import ParkSought
from admission.service.openapi import error
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Me, Role, User
from admission.service.state import services

__all__ = ["DecisionLine", "DecisionList", "router", "seen_decision"]

router = APIRouter(prefix="/v1/decisions", tags=["台账 decisions"])
_LIMIT, _MOST, _LONGEST = 50, 500, 200


class DecisionLine(BaseModel):
    """台账中的一次研判 (a recorded decision)."""

    model_config = ConfigDict(frozen=True)

    id: str
    seq: int = Field(description="台账序号 (number in the chain)")
    at: datetime
    actor: str
    project: str
    park: str | None
    as_of: date
    lang: str
    verdict: Verdict
    receipt: Receipt
    decision_sha256: str
    project_sha256: str


class DecisionList(BaseModel):
    """台账的一页，新的在前；`next` 作为下一页的 `before` (`next` is the `before` of the next page)."""

    model_config = ConfigDict(frozen=True)

    decisions: tuple[DecisionLine, ...]
    next: int | None


def _line(record: DecisionRecord) -> DecisionLine:
    return DecisionLine(**{name: getattr(record, name) for name in DecisionLine.model_fields})


@router.get("", summary="研判台账 (recorded decisions)")
async def list_decisions(
    request: Request,
    user: Me,
    project: Annotated[
        str | None, Query(max_length=_LONGEST, description="项目名称的一部分 (part of the name)")
    ] = None,
    park: ParkSought = None,
    verdict: Verdict | None = None,
    before: Annotated[int | None, Query(ge=1, le=2**53, description="上一页的 next (of the page before)")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _LIMIT,
) -> DecisionList:
    """各人只见有权查看的：部门审查员见本部门审查的，系统接口见自己的 (everybody sees what they may)."""
    store = services(request).store

    def work() -> DecisionList:
        if user.role is Role.REVIEWER:
            found = _of_reviews(store, user, project, park, verdict, before)
        else:
            actor = user.name if user.role is Role.MACHINE else None
            found = decisions(
                store, project=project, park=park, verdict=verdict, actor=actor, before_seq=before, limit=limit
            )
        shown = found[:limit]
        return DecisionList(
            decisions=tuple(map(_line, shown)), next=shown[-1].seq if len(shown) == limit and shown else None
        )

    return await run_sync(work)


def _of_reviews(
    store: Store, user: User, project: str | None, park: str | None, verdict: Verdict | None, before: int | None
) -> list[DecisionRecord]:
    """The decisions of the reviews in which the user's department takes part, newest first."""
    ids = {id for review in reviews(store, department=user.department or "") for id in review.decisions}
    found = sorted((decision(store, id) for id in ids), key=lambda record: -record.seq)
    return [
        record
        for record in found
        if (project is None or project in record.project)
        and park in (None, record.park)
        and verdict in (None, record.verdict)
        and (before is None or record.seq < before)
    ]


def seen_decision(store: Store, id: str, user: User) -> DecisionRecord:
    """A decision the user may see; a 404 problem for any other, so that nobody learns what there is."""
    try:
        found = decision(store, id)
    except NotRecordedError:
        raise ProblemError(Kind.NOT_FOUND) from None
    if user.role is Role.MACHINE and found.actor != user.name:
        raise ProblemError(Kind.NOT_FOUND)
    if user.role is Role.REVIEWER and not reviews(store, department=user.department or "", decision=id):
        raise ProblemError(Kind.NOT_FOUND)
    return found


@router.get("/{id}", summary="一次研判 (one decision)", responses=error(Kind.NOT_FOUND))
async def show_decision(request: Request, id: str, user: Me) -> DecisionLine:
    """谁在何时按哪版规则研判，结论是什么 (who, when, by which rules, with what verdict)."""
    store = services(request).store
    return _line(await run_sync(seen_decision, store, id, user))


@router.get(
    "/{id}/document",
    summary="当时给出的研判结果 (as it was given)",
    response_model=Decision,
    responses=error(Kind.NOT_FOUND),
)
async def decision_document(request: Request, id: str, user: Me) -> Response:
    """与当时给出的逐字节相同 (byte by byte)."""
    store = services(request).store

    def work() -> Response:
        found = seen_decision(store, id, user)
        headers = {"Admission-Decision": found.id, "Admission-Ruleset-SHA256": found.receipt.ruleset_sha256}
        return Response(decision_text(store, found).encode(), headers=headers, media_type="application/json")

    return await run_sync(work)


@router.get(
    "/{id}/receipt",
    summary="凭证，可重算 (the receipt)",
    response_model=dict[str, Any],
    responses=error(Kind.NOT_FOUND),
)
async def decision_receipt(request: Request, id: str, user: Me) -> Response:
    """`admission replay` 用它重算 (enough to compute it again)."""
    store = services(request).store

    def work() -> bytes:
        return json.dumps(receipt_of(store, seen_decision(store, id, user)), ensure_ascii=False).encode()

    return Response(await run_sync(work), media_type="application/json")
