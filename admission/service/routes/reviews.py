"""The joint review (审批联动) through the API: list, open, one with its trail, sign, answer, close."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from starlette.responses import Response

from admission.record import Review
from admission.service.asking import ParkSought
from admission.service.handed import attached, file_answer, work
from admission.service.openapi import error
from admission.service.problem_words import Kind
from admission.service.review_models import (
    Closing,
    NewJudgement,
    NewReview,
    Position,
    ReviewList,
    ReviewWhole,
    review_line,
    review_whole,
)
from admission.service.reviewing import (
    files_of_review,
    finish_review,
    judge,
    seen_review,
    seen_reviews,
    sign,
    start_review,
)
from admission.service.security.people import Me
from admission.service.state import services
from admission.service.steps import LONGEST, SHOWN, Before, Limit, Words, page_of, take

__all__ = ["router"]

router = APIRouter(prefix="/v1/reviews", tags=["联合审查 reviews"])
_CONDITIONS = 100
_STEP = error(Kind.NOT_FOUND, Kind.STEP)


def _whole(request: Request) -> Callable[[Review], ReviewWhole]:
    today = services(request).clock.day()
    return lambda found: review_whole(found, today)


@router.get("", summary="联合审查清单 (joint reviews)")
async def list_reviews(
    request: Request,
    user: Me,
    state: Annotated[Literal["open", "closed"] | None, Query(description="审查中、已办结 (open or closed)")] = None,
    project: Annotated[str, Query(max_length=LONGEST, description="项目名称的一部分 (part of the name)")] = "",
    park: ParkSought = None,
    department: Annotated[
        str | None, Query(max_length=LONGEST, description="参加的部门 (a department that takes part)")
    ] = None,
    decision: Annotated[str | None, Query(max_length=LONGEST, description="台账编号 (id of a decision)")] = None,
    before: Before = None,
    limit: Limit = SHOWN,
) -> ReviewList:
    """部门审查人见本部门参加的，系统接口见自己的决定引出的 (a department sees what it takes part in)."""
    shared, wanted = services(request), None if state is None else state == "open"

    def read() -> ReviewList:
        seen = seen_reviews(shared, user, open=wanted, decision_id=decision, project=project)
        found = [one for one in seen if park in (None, one.park) and (not department or one.seat(department))]
        shown, more = page_of(found, before, limit)
        today = shared.clock.day()
        return ReviewList(total=len(found), reviews=tuple(review_line(one, today) for one in shown), next=more)

    return await work(read)


@router.post(
    "",
    summary="发起联合审查 (open a review)",
    status_code=HTTPStatus.CREATED,
    response_model=ReviewWhole,
    responses=_STEP,
)
async def open_one(request: Request, user: Me, wanted: NewReview) -> Response:
    """参加部门取自判定，办法取自园区；同一决定只能有一次在办的审查 (one open review of a decision at a time)."""
    shared = services(request)
    return await take(
        request,
        user,
        wanted.model_dump(),
        lambda also: start_review(shared, user, wanted.decision, wanted.departments, also),
        _whole(request),
        status=HTTPStatus.CREATED,
    )


@router.get("/{id}", summary="一次联合审查及全程记录 (one review with its trail)", responses=error(Kind.NOT_FOUND))
async def show_review(request: Request, id: str, user: Me) -> ReviewWhole:
    """意见、研判、期限、先后的决定、每一条记录 (opinions, judgements, days, decisions, every entry)."""
    shared, told = services(request), _whole(request)
    return await work(lambda: told(seen_review(shared, id, user)))


@router.post(
    "/{id}/opinions", summary="签署本部门意见 (sign for your department)", response_model=ReviewWhole, responses=_STEP
)
async def sign_one(
    request: Request,
    id: str,
    user: Me,
    position: Annotated[
        Position, Form(description="同意、有条件同意、不同意 (what the department says)", examples=["agree"])
    ],
    reasons: Annotated[Words, Form(description="理由 (reasons)", examples=["选址符合规划环评"])],
    conditions: Annotated[
        list[Words], Form(default_factory=list, max_length=_CONDITIONS, description="附加条件，逐条 (one by one)")
    ],
    files: Annotated[list[UploadFile], File(default_factory=list, description="附件 (files)")],
) -> Response:
    """有条件同意须写条件；可以改签，先后都留下 (a later opinion takes the place of an earlier one, both stay)."""
    shared = services(request)
    await work(lambda: seen_review(shared, id, user))
    documents = await attached(request, user, files)
    given = {"position": position, "reasons": reasons, "conditions": conditions, "documents": documents}
    return await take(
        request,
        user,
        given,
        lambda also: sign(
            shared,
            user,
            id,
            position=position,
            reasons=reasons,
            conditions=conditions,
            documents=documents,
            also=also,
        ),
        _whole(request),
    )


@router.post(
    "/{id}/judgements",
    summary="答复须人工研判的条目 (answer a rule that needs a person)",
    response_model=ReviewWhole,
    responses=_STEP,
)
async def judge_one(request: Request, id: str, user: Me, wanted: NewJudgement) -> Response:
    """按当时的规则重新研判，新决定一并记入 (decided again by the rules of then; the new decision is kept with it)."""
    shared = services(request)
    return await take(
        request,
        user,
        wanted.model_dump(),
        lambda also: judge(shared, user, id, rule=wanted.rule, answer=wanted.answer, why=wanted.why, also=also),
        _whole(request),
        run=shared.computing.run,
    )


@router.post("/{id}/close", summary="办结 (close)", response_model=ReviewWhole, responses=_STEP)
async def close_one(request: Request, id: str, user: Me, wanted: Closing) -> Response:
    """结果按园区声明的办法得出；还缺什么一次列出 (the outcome follows the policy; all that is missing is told)."""
    shared = services(request)
    return await take(
        request, user, wanted.model_dump(), lambda also: finish_review(shared, user, id, wanted.note, also),
        _whole(request),
    )  # fmt: skip


@router.get(
    "/{id}/files/{sha256}", summary="意见的附件 (a file)", response_class=Response, responses=error(Kind.NOT_FOUND)
)
async def review_file(request: Request, id: str, sha256: str, user: Me) -> Response:
    """按附件的 SHA-256 下载 (by the hash told in `documents`)."""
    shared = services(request)
    return await work(lambda: file_answer(shared.store, sha256, files_of_review(seen_review(shared, id, user))))
