"""Screening one project, or many at once; what is still to be asked; the life cycle."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from admission.lifecycle import Life
from admission.record import NewDecision
from admission.screening import Decision
from admission.screening.decision import Receipt
from admission.screening.interview import Interview, Phase
from admission.service.asking import Asked, AsOf, Lang, ParkId, only_project, ruleset_headers
from admission.service.idempotency import Once, begin, key_of
from admission.service.openapi import error, project_body
from admission.service.problem_words import Kind
from admission.service.recording import ready
from admission.service.recording import record as write_down
from admission.service.screening import (
    Answer,
    Screened,
    answer_lifecycle,
    answer_questions,
    screened,
)
from admission.service.security.people import Me, User
from admission.service.state import Services, services

__all__ = ["Me", "Questions", "Record", "router", "sent", "whole"]

router = APIRouter(prefix="/v1", tags=["研判 screening"])
_JSON = "application/json"
_UNSURE = 1000
Record = Annotated[bool, Query(description="记入台账；false 为试算 (keep the decision; false: what if)")]
Subject = Annotated[
    Literal["project", "park"] | None,
    Query(description="对象：项目或园区本身，默认由节点判断 (project or the park itself)"),
]


class Questions(Interview):
    """还要问什么，最关键的在前，以及回答是否还能改变结论 (what is needed, what it can change)."""

    project: str
    park: str | None
    as_of: date
    receipt: Receipt


def sent(answer: Answer) -> Response:
    """The response that carries an answer."""
    return Response(answer.content, headers=answer.headers, media_type=_JSON)


@router.post(
    "/screen",
    summary="研判一个项目 (screen one project)",
    response_model=Decision,
    openapi_extra=project_body(),
    responses=error(Kind.NOT_IN_FORCE),
)
async def screen_one(
    request: Request, user: Me, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh", record: Record = True
) -> Response:
    """对照当日有效的规则研判一个项目；默认记入台账，编号在 `Admission-Decision` 头中。

    Holds one project against the rules of the day; kept by default, its id stands in the header `Admission-Decision`.
    With an `Idempotency-Key` the same request is recorded once, however often it is sent.
    """
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    if not record:
        found, _ = await shared.computing.run(_screen, asked, shared, False)
        return sent(Answer(found.content, ruleset_headers(found.ruleset)))
    key = key_of(request)
    if not key:
        return sent(await _recorded(asked, user, shared, None))
    once = await run_sync(begin, shared.store, user.name, key, whole(request, asked), shared.clock.moment())
    if isinstance(once, Response):
        return once
    try:
        return sent(await _recorded(asked, user, shared, once))
    except BaseException:
        await run_sync(once.forget, shared.store)
        raise


def whole(request: Request, asked: Asked) -> bytes:
    """Everything that makes a request what it is."""
    return f"{request.method} {request.scope['path']}?{request.url.query}\n".encode() + asked.body


async def _recorded(asked: Asked, user: User, shared: Services, once: Once | None) -> Answer:
    found, new = await shared.computing.run(_screen, asked, shared, True)
    assert new is not None  # it was asked to be made ready
    return await write_down(found, new, user.name, shared, once)


def _screen(asked: Asked, shared: Services, keep: bool) -> tuple[Screened, NewDecision | None]:
    """The decision on the one project of the body, made ready for the store."""
    rulebook = shared.rules.rulebook
    found = screened(only_project(asked, rulebook), asked, rulebook)
    shared.metrics.decisions.labels(found.decision.verdict).inc()
    return found, ready(found, asked, shared) if keep else None


@router.post(
    "/lifecycle",
    summary="一个项目的义务、期限和违法情形 (duties, deadlines, breaches)",
    response_model=Life,
    openapi_extra=project_body(),
    responses=error(Kind.NOT_IN_FORCE),
)
async def follow(
    request: Request, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh", subject: Subject = None
) -> Response:
    """由项目文件中的 milestones 推出 (follows from the milestones of the document)."""
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    return sent(await shared.computing.run(answer_lifecycle, asked, shared.rules.rulebook, subject))


@router.post(
    "/questions",
    summary="还要问什么，最关键的在前 (what is still needed, most decisive first)",
    response_model=Questions,
    openapi_extra=project_body(),
    responses=error(Kind.NOT_IN_FORCE),
)
async def ask(
    request: Request,
    park: ParkId = None,
    as_of: AsOf = None,
    lang: Lang = "zh",
    until: Annotated[Phase, Query(description="问到哪个阶段 (up to which phase)")] = Phase.LATER,
    unsure: Annotated[
        list[str] | None,
        Query(max_length=_UNSURE, description="答不上的：指标，或 指标@建设内容 (not known: fact or fact@component)"),
    ] = None,
) -> Response:
    """不记入台账 (nothing is kept)."""
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    keys = [(fact, component or None) for fact, _, component in (text.partition("@") for text in unsure or ())]
    return sent(await shared.computing.run(answer_questions, asked, shared.rules.rulebook, keys, until))
