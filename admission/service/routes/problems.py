"""Rectification (问题整改) through the API: a problem from opening to closing, nothing deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from starlette.responses import Response

from admission.record import (
    ProblemRecord,
    add_evidence,
    assign_problem,
    close_problem,
    mark_rectified,
    open_problem,
    recheck_problem,
    reopen_problem,
)
from admission.service.handed import attached, file_answer, work
from admission.service.openapi import error
from admission.service.problem_models import (
    Assignment,
    NewProblem,
    ProblemList,
    ProblemState,
    ProblemWhole,
    Rectified,
    Reopening,
    problem_line,
    problem_whole,
)
from admission.service.problem_words import Kind
from admission.service.rectifying import files_of_problem, seen_problem, seen_problems
from admission.service.review_models import Closing
from admission.service.security.people import Me, User
from admission.service.state import services
from admission.service.steps import LONGEST, SHOWN, Before, Limit, Note, Words, page_of, take

__all__ = ["router"]

router = APIRouter(prefix="/v1/problems", tags=["问题整改 problems"])
Files = Annotated[list[UploadFile], File(default_factory=list, description="附件 (files)")]
_STEP = error(Kind.NOT_FOUND, Kind.STEP)


@router.get("", summary="问题清单 (problems)")
async def list_problems(
    request: Request,
    user: Me,
    state: Annotated[ProblemState | None, Query(description="到哪一步 (how far it is)")] = None,
    department: Annotated[str, Query(max_length=LONGEST, description="跟进的部门 (who follows it)")] = "",
    owner: Annotated[str, Query(max_length=LONGEST, description="责任人的一部分 (part of the owner)")] = "",
    q: Annotated[
        str, Query(max_length=LONGEST, description="单位、标题或编号的一部分 (part of enterprise, title or id)")
    ] = "",
    overdue: Annotated[bool, Query(description="只看逾期的 (late ones only)")] = False,
    before: Before = None,
    limit: Limit = SHOWN,
) -> ProblemList:
    """部门审查人见本部门跟进的，系统接口见自己所立的 (a department sees what it follows, a machine what it opened)."""
    shared, today = services(request), services(request).clock.day()

    def read() -> ProblemList:
        late = today if overdue else None
        found = seen_problems(
            shared, user, state=state or "", department=department, words=q, owner=owner, overdue_on=late
        )
        shown, more = page_of(found, before, limit)
        return ProblemList(total=len(found), problems=tuple(problem_line(one, today) for one in shown), next=more)

    return await work(read)


def _whole(request: Request) -> Callable[[ProblemRecord], ProblemWhole]:
    today = services(request).clock.day()
    return lambda found: problem_whole(found, today)


@router.post(
    "",
    summary="立案 (open a problem)",
    status_code=HTTPStatus.CREATED,
    response_model=ProblemWhole,
    responses=_STEP,
)
async def open_one(request: Request, user: Me, wanted: NewProblem) -> Response:
    """写明单位、问题、跟进的部门；可以写由哪个决定、哪一条发现 (which enterprise, what, who follows it)."""
    shared = services(request)
    opening = partial(open_problem, shared.store, actor=user.name, at=shared.clock.moment(), **dict(wanted))
    given, told = wanted.model_dump(mode="json"), _whole(request)
    return await take(request, user, given, lambda also: opening(also=also), told, status=HTTPStatus.CREATED)


@router.get("/{id}", summary="一个问题及全程记录 (one problem with its trail)", responses=error(Kind.NOT_FOUND))
async def show_problem(request: Request, id: str, user: Me) -> ProblemWhole:
    """责任人、期限、证据、复查、每一条记录 (owner, deadline, evidence, rechecks, every entry)."""
    shared, told = services(request), _whole(request)
    return await work(lambda: told(seen_problem(shared, id, user)))


async def _step(request: Request, id: str, user: User, step: Callable[..., ProblemRecord], given: Any) -> Response:
    """Takes a step of a problem that the user may see."""
    shared = services(request)
    values: Mapping[str, Any] = dict(given)
    await work(lambda: seen_problem(shared, id, user))
    taken = partial(step, shared.store, id, actor=user.name, at=shared.clock.moment(), **values)
    return await take(request, user, values, lambda also: taken(also=also), _whole(request))


async def _step_with_files(
    request: Request,
    id: str,
    user: User,
    step: Callable[..., ProblemRecord],
    files: list[UploadFile],
    given: Mapping[str, Any],
) -> Response:
    """The same with files, which are kept only for a problem that the user may see."""
    shared = services(request)
    await work(lambda: seen_problem(shared, id, user))
    return await _step(request, id, user, step, {**given, "documents": await attached(request, user, files)})


@router.post("/{id}/assign", summary="交办 (assign)", response_model=ProblemWhole, responses=_STEP)
async def assign(request: Request, id: str, user: Me, wanted: Assignment) -> Response:
    """交给责任人，定期限；可以改交 (to an owner, with a deadline; may be done again)."""
    return await _step(request, id, user, assign_problem, wanted)


@router.post("/{id}/evidence", summary="提交证据 (hand in evidence)", response_model=ProblemWhole, responses=_STEP)
async def evidence(
    request: Request,
    id: str,
    user: Me,
    files: Files,
    note: Annotated[Note, Form(description="说明 (a note)", examples=["排污许可证副本"])] = "",
) -> Response:
    """文件、说明，至少其一 (files, a note, or both)."""
    return await _step_with_files(request, id, user, add_evidence, files, {"note": note.strip()})


@router.post("/{id}/rectified", summary="报告整改完成 (rectified)", response_model=ProblemWhole, responses=_STEP)
async def rectified(request: Request, id: str, user: Me, wanted: Rectified) -> Response:
    """须已有本轮的证据 (there must be evidence of this round)."""
    return await _step(request, id, user, mark_rectified, wanted)


@router.post("/{id}/recheck", summary="复查 (recheck)", response_model=ProblemWhole, responses=_STEP)
async def recheck(
    request: Request,
    id: str,
    user: Me,
    passed: Annotated[bool, Form(description="是否通过 (is it put right?)", examples=[True])],
    note: Annotated[Words, Form(description="复查情况 (what was seen)", examples=["现场核查属实"])],
    files: Files,
) -> Response:
    """不通过退回整改；销号之后为回头看 (one that fails goes back; after closing it is looking back)."""
    return await _step_with_files(request, id, user, recheck_problem, files, {"passed": passed, "note": note})


@router.post("/{id}/close", summary="销号 (close)", response_model=ProblemWhole, responses=_STEP)
async def close(request: Request, id: str, user: Me, wanted: Closing) -> Response:
    """复查通过的可以销号 (what passed the recheck)."""
    return await _step(request, id, user, close_problem, wanted)


@router.post("/{id}/reopen", summary="重新立案 (reopen)", response_model=ProblemWhole, responses=_STEP)
async def reopen(request: Request, id: str, user: Me, wanted: Reopening) -> Response:
    """已销号的重新立案，回到责任人 (a closed one goes back to its owner)."""
    return await _step(request, id, user, reopen_problem, wanted)


@router.get(
    "/{id}/files/{sha256}", summary="证据文件 (a file)", response_class=Response, responses=error(Kind.NOT_FOUND)
)
async def problem_file(request: Request, id: str, sha256: str, user: Me) -> Response:
    """按文件的 SHA-256 下载 (by the hash told in `documents`)."""
    shared = services(request)
    return await work(lambda: file_answer(shared.store, sha256, files_of_problem(seen_problem(shared, id, user))))
