"""Screening one project, or many at once; what is still to be asked; the life cycle."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from admission.errors import AdmissionError
from admission.lifecycle import Life
from admission.screening import Decision, Project, Question, Verdict
from admission.screening.decision import Receipt
from admission.service.asking import Asked, AsOf, Lang, ParkId, only_project, ruleset_headers
from admission.service.openapi import error, project_body
from admission.service.problem_words import Kind
from admission.service.problems import ProblemDocument, of_error
from admission.service.screening import Answer, answer_lifecycle, answer_questions, batch_projects, screened
from admission.service.state import Services, services

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["研判 screening"])
_JSON = "application/json"
Record = Annotated[bool, Query(description="记入台账；false 为试算 (keep the decision; false: what if)")]
Subject = Annotated[
    Literal["project", "park"] | None,
    Query(description="对象：项目或园区本身，默认由节点判断 (project or the park itself)"),
]


class Questions(BaseModel):
    """还要问什么 (what is still needed)."""

    model_config = ConfigDict(frozen=True)

    project: str
    park: str | None
    as_of: date
    verdict: Verdict
    possible_verdicts: tuple[Verdict, ...]
    verdict_can_change: bool = Field(description="回答剩下的问题是否还能改变结论 (can any answer change the verdict?)")
    possible_eia: tuple[str, ...]
    possible_permit: tuple[str, ...]
    questions: tuple[Question, ...]
    receipt: Receipt


class BatchItem(BaseModel):
    """批量中的一项：`decision` 或 `problem` 之一 (one of the two)."""

    model_config = ConfigDict(frozen=True)

    index: int = Field(description="从 0 起的序号 (position, from 0)")
    status: int
    id: str | None = Field(None, description="记入台账的研判编号 (id of the kept decision)")
    decision: Decision | None = None
    problem: ProblemDocument | None = None


class Batch(BaseModel):
    """批量研判结果，顺序与请求相同 (in the order of the request)."""

    model_config = ConfigDict(frozen=True)

    items: tuple[BatchItem, ...]


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
    request: Request, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh", record: Record = True
) -> Response:
    """对照当日有效的规则研判一个项目；默认记入台账，编号在 `Admission-Decision` 头中。

    Holds one project against the rules of the day; kept by default, its id stands in the header `Admission-Decision`.
    """
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    return sent(await shared.computing.run(_screen, asked, shared))


def _screen(asked: Asked, shared: Services) -> Answer:
    rulebook = shared.rules.rulebook
    found = screened(only_project(asked, rulebook), asked, rulebook)
    shared.metrics.decisions.labels(found.decision.verdict).inc()
    return Answer(found.content, ruleset_headers(found.ruleset))


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
async def ask(request: Request, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh") -> Response:
    """不记入台账 (nothing is kept)."""
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    return sent(await shared.computing.run(answer_questions, asked, shared.rules.rulebook))


def _item(number: int, given: Project | ProblemDocument, asked: Asked, shared: Services) -> bytes:
    """One item of a batch as JSON; the decision goes in as the bytes it is."""
    try:
        if isinstance(given, ProblemDocument):
            return _told(number, given)
        found = screened(given, asked, shared.rules.rulebook)
    except AdmissionError as error:
        return _told(number, of_error(error, asked.lang))
    shared.metrics.decisions.labels(found.decision.verdict).inc()
    return b'{"index":%d,"status":%d,"id":null,"decision":%b}' % (number, HTTPStatus.OK, found.content)


def _told(number: int, problem: ProblemDocument) -> bytes:
    return BatchItem(index=number, status=problem.status, problem=problem).model_dump_json(exclude_none=True).encode()


@router.post(
    "/screen/batch",
    summary="研判多个项目，每项一个结果或错误 (one result or error per item)",
    response_model=Batch,
    openapi_extra=project_body(several=True),
)
async def screen_many(
    request: Request, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh", record: Record = True
) -> Response:
    """JSON 数组，或 JSON Lines；一项有误不影响其他 (a mistake in one item leaves the others alone)."""
    shared = services(request)
    asked = await Asked.of(request, park, as_of, lang)
    rulebook = shared.rules.rulebook
    projects = await shared.computing.run(batch_projects, asked, rulebook, shared.settings.batch_items)
    items: list[bytes] = []
    for number, project in enumerate(projects):
        items.append(await shared.computing.run(_item, number, project, asked, shared))
    return Response(b'{"items":[' + b",".join(items) + b"]}", media_type=_JSON)
