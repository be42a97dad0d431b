"""Pages of the joint review (审批联动): list, one review, opening, signing, answering, closing."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admission.errors import StepError
from admission.record import Review, decision, decision_text, decisions, departments_of, reviews
from admission.rulebook.workbook_layout import DEPARTMENTS
from admission.service.handed import known
from admission.service.pages import page
from admission.service.reviewing import (
    files_of_review,
    finish_review,
    judge,
    policy_in_use,
    seen_review,
    seen_reviews,
    sign,
    start_review,
)
from admission.service.security.people import User
from admission.service.state import services
from admission.service.web.context import (
    SHOWN,
    Asked,
    Chosen,
    Field,
    Files,
    Me,
    Number,
    Several,
    attached,
    department_of,
    file_answer,
    go,
    told,
    work,
)
from admission.service.web.paging import Paging
from admission.service.web.review_view import bearing, by_department, questions, trail
from admission.service.web.values import Values

__all__ = ["router"]

router = APIRouter(prefix="/reviews", include_in_schema=False)


@router.get("")
async def list_reviews(
    request: Request,
    user: Me,
    state: Asked = "open",
    q: Asked = "",
    p: Number = 1,
) -> Response:
    """The reviews somebody may see: open ones first asked for."""
    shared = services(request)
    wanted = {"open": True, "closed": False}.get(state)
    found = await work(lambda: seen_reviews(shared, user, open=wanted, project=q.strip()))
    paging = Paging(request, len(found), p, SHOWN)
    values = {"today": shared.clock.day(), "parks": shared.rules.rulebook.parks, "department": department_of(user)}
    values |= {"paging": paging, "reviews": found[paging.start : paging.end]}
    return page(request, "reviews/list.html", state=state, q=q, **values)


@router.get("/new")
async def new_review(
    request: Request,
    user: Me,
    decision: Asked = "",
    q: Asked = "",
) -> Response:
    """The form that opens a review of a decision, or the recent decisions to choose from."""
    if not decision:
        store = services(request).store
        found = await work(lambda: decisions(store, project=q.strip() or None, limit=SHOWN))
        return page(request, "reviews/choose.html", decisions=found, q=q)
    return await _form(request, decision, [])


async def _form(request: Request, id: str, problems: list[str]) -> Response:
    shared = services(request)

    def read() -> dict[str, Any]:
        record = known(lambda: decision(shared.store, id))
        named = departments_of(json.loads(decision_text(shared.store, record)))
        going_on = [one for one in reviews(shared.store, decision=id) if one.open]
        return {"record": record, "named": named, "going_on": going_on}

    found = await work(read)
    policy = policy_in_use(shared.rules.rulebook, found["record"].park, found["record"].as_of)
    others = [name for name in DEPARTMENTS if name not in found["named"]]
    status = HTTPStatus.CONFLICT if problems else HTTPStatus.OK
    return page(request, "reviews/new.html", status, policy=policy, others=others, problems=problems, **found)


@router.post("")
async def open_page(
    request: Request,
    user: Me,
    decision_id: Annotated[str, Form(alias="decision", max_length=200)],
    departments: Several,
) -> Response:
    """Opens a review of a decision."""
    shared = services(request)
    chosen = [name for name in departments if name in DEPARTMENTS]

    try:
        opened = await work(lambda: start_review(shared, user, decision_id, chosen))
    except StepError as error:
        return await _form(request, decision_id, told(request, error))
    return go(f"/reviews/{opened.id}")


@router.get("/{id}")
async def show_review(request: Request, id: str, user: Me, done: Asked = "") -> Response:
    """One review with everything in it."""
    return await _show(request, id, user, done=done)


async def _show(
    request: Request, id: str, user: User, problems: list[str] | None = None, given: Any = None, done: str = ""
) -> Response:
    shared, department = services(request), department_of(user)

    def read() -> dict[str, Any]:
        found = seen_review(shared, id, user)
        document = json.loads(decision_text(shared.store, decision(shared.store, found.decision)))
        return {
            "review": found,
            "groups": by_department(bearing(document), department),
            "questions": questions(found, document, department),
            "trail": trail(found.trail),
            "missing": found.missing(shared.clock.day()),
            "values": Values(shared.rules.rulebook.vocabulary),
        }

    values = await work(read)
    status = HTTPStatus.CONFLICT if problems else HTTPStatus.OK
    shown = {"department": department, "today": shared.clock.day(), "parks": shared.rules.rulebook.parks, "done": done}
    return page(request, "reviews/review.html", status, problems=problems or [], given=given or {}, **shown, **values)


@router.post("/{id}/evidence")
async def sign_page(
    request: Request,
    id: str,
    user: Me,
    files: Files,
    position: Chosen = "",
    reasons: Field = "",
    conditions: Field = "",
) -> Response:
    """Signs the opinion of the user's department; one condition a line."""
    shared, given = services(request), {"position": position, "reasons": reasons, "conditions": conditions}
    await work(lambda: seen_review(shared, id, user))
    documents = await attached(request, user, files)

    def write() -> Review:
        return sign(
            shared, user, id, position=position, reasons=reasons, conditions=conditions.splitlines(),
            documents=documents,
        )  # fmt: skip

    try:
        await work(write)
    except StepError as error:
        return await _show(request, id, user, told(request, error), given)
    return go(f"/reviews/{id}?done=signed")


@router.post("/{id}/judgement")
async def judge_page(
    request: Request,
    id: str,
    user: Me,
    rule: Chosen = "",
    answer: Chosen = "",
    why: Field = "",
) -> Response:
    """Answers a rule that needs a person; the project is decided again with the answer."""
    shared = services(request)
    try:
        await shared.computing.run(judge, shared, user, id, rule=rule, answer=answer, why=why)
    except StepError as error:
        return await _show(request, id, user, told(request, error), {"rule": rule, "answer": answer, "why": why})
    return go(f"/reviews/{id}?done=judged")


@router.post("/{id}/close")
async def close(request: Request, id: str, user: Me, note: Field = "") -> Response:
    """Closes a review with the outcome that its policy gives."""
    shared = services(request)

    try:
        await work(lambda: finish_review(shared, user, id, note))
    except StepError as error:
        return await _show(request, id, user, told(request, error), {"note": note})
    return go(f"/reviews/{id}?done=closed")


@router.get("/{id}/files/{sha256}")
async def review_file(request: Request, id: str, sha256: str, user: Me) -> Response:
    """A file that was handed in with an opinion."""
    shared = services(request)
    return await work(lambda: file_answer(shared.store, sha256, files_of_review(seen_review(shared, id, user))))
