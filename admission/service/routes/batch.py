"""Screening many projects at once: one result or error per item, the whole batch once per Idempotency-Key."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from admission.errors import AdmissionError
from admission.record import NewDecision, Writer
from admission.screening import Decision, Project
from admission.service.asking import Asked, AsOf, Lang, ParkId
from admission.service.idempotency import STILL, Once, begin, key_of
from admission.service.openapi import error, project_body
from admission.service.problem_words import Kind
from admission.service.problems import ProblemDocument, of_error
from admission.service.recording import DECISION_HEADER, ready, writing
from admission.service.recording import record as write_down
from admission.service.routes.screen import Me, Record, whole
from admission.service.screening import Screened, batch_projects, screened
from admission.service.state import Services, services

__all__ = ["Batch", "BatchItem", "router"]

router = APIRouter(prefix="/v1", tags=["研判 screening"])
_JSON = "application/json"
Given = Project | ProblemDocument
Made = tuple[Screened, NewDecision | None] | ProblemDocument


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


@router.post(
    "/screen/batch",
    summary="研判多个项目，每项一个结果或错误 (one result or error per item)",
    response_model=Batch,
    openapi_extra=project_body(several=True),
    responses=error(Kind.CONFLICT),
)
async def screen_many(
    request: Request, user: Me, park: ParkId = None, as_of: AsOf = None, lang: Lang = "zh", record: Record = True
) -> Response:
    """JSON 数组，或 JSON Lines；一项有误不影响其他。带 `Idempotency-Key` 时整批只做一次，一并写入。

    A mistake in one item leaves the others alone. With an `Idempotency-Key` the batch is done once, however often it
    is sent, and its decisions are written together.
    """
    shared, key = services(request), key_of(request)
    asked = await Asked.of(request, park, as_of, lang)
    actor = user.name if record else None
    if not key:
        return Response(await _one_by_one(await _projects(asked, shared), asked, actor, shared), media_type=_JSON)
    once = await run_sync(begin, shared.store, user.name, key, whole(request, asked), shared.clock.moment())
    if isinstance(once, Response):
        return once
    try:
        projects = await _projects(asked, shared)
        return Response(await _together(projects, asked, actor, shared, once), media_type=_JSON)
    except BaseException:
        await run_sync(once.forget, shared.store)
        raise


async def _projects(asked: Asked, shared: Services) -> Sequence[Given]:
    return await shared.computing.run(batch_projects, asked, shared.rules.rulebook, shared.settings.batch_items)


async def _one_by_one(projects: Iterable[Given], asked: Asked, actor: str | None, shared: Services) -> bytes:
    """The answer to a batch whose decisions are written as they are made. `actor` None: not recorded."""
    items = []
    for number, project in enumerate(projects):
        made, id = await _made(project, asked, shared, actor is not None), None
        if actor is not None and isinstance(made, tuple) and made[1] is not None:
            id = (await write_down(made[0], made[1], actor, shared)).headers[DECISION_HEADER]
        items.append(_item(number, made, id))
    return _batch(items)


async def _together(projects: Iterable[Given], asked: Asked, actor: str | None, shared: Services, once: Once) -> bytes:
    """The answer to a batch whose decisions are written with it in one transaction: all are there, or none."""
    found: list[Made] = []
    said = shared.clock.moment()
    for project in projects:
        found.append(await _made(project, asked, shared, actor is not None))
        now = shared.clock.moment()
        if now - said > STILL:
            said = now
            await run_sync(once.still, shared.store, now)

    def work(writer: Writer) -> bytes:
        items = []
        for number, made in enumerate(found):
            id = None
            if actor is not None and isinstance(made, tuple) and made[1] is not None:
                id = writing(made[0], made[1], actor, shared)(writer).headers[DECISION_HEADER]
            items.append(_item(number, made, id))
        content = _batch(items)
        once.keep(writer, {}, content)
        return content

    return await wrap_future(shared.recorder.submit(work))


async def _made(given: Given, asked: Asked, shared: Services, keep: bool) -> Made:
    """One item worked out: a decision, ready for the store if it is kept, or what is wrong with it."""
    if isinstance(given, ProblemDocument):
        return given
    try:
        return await shared.computing.run(_decided, given, asked, shared, keep)
    except AdmissionError as error:
        return of_error(error, asked.lang)


def _decided(given: Project, asked: Asked, shared: Services, keep: bool) -> tuple[Screened, NewDecision | None]:
    found = screened(given, asked, shared.rules.rulebook)
    shared.metrics.decisions.labels(found.decision.verdict).inc()
    return found, ready(found, asked, shared) if keep else None


def _item(number: int, made: Made, id: str | None) -> bytes:
    """One item as JSON; the decision goes in as the bytes it is."""
    if isinstance(made, ProblemDocument):
        item = BatchItem(index=number, status=made.status, problem=made)
        return item.model_dump_json(exclude_none=True).encode()
    kept = b"null" if id is None else f'"{id}"'.encode()
    return b'{"index":%d,"status":%d,"id":%b,"decision":%b}' % (number, HTTPStatus.OK, kept, made[0].content)


def _batch(items: Iterable[bytes]) -> bytes:
    return b'{"items":[' + b",".join(items) + b"]}"
