"""Pages of the joint review (审批联动): list, one review, opening, signing, answering, closing."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from admission.errors import NotRecordedError, StepError
from admission.record import (
    Review,
    answer_judgement,
    close_review,
    decision,
    decision_text,
    decisions,
    departments_of,
    open_review,
    policy_of,
    review,
    reviews,
    sign_opinion,
)
from admission.record.replaying import Rulebooks
from admission.rulebook import ReviewPolicy, Rulebook
from admission.rulebook.workbook_layout import DEPARTMENTS
from admission.service.pages import page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
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
    department = department_of(user)
    found = await work(lambda: reviews(shared.store, open=wanted, department=department))
    shown = [one for one in found if q.strip() in one.project]
    paging = Paging(request, len(shown), p, SHOWN)
    values = {"today": shared.clock.day(), "parks": shared.rules.rulebook.parks, "department": department}
    values |= {"paging": paging, "reviews": shown[paging.start : paging.end]}
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
        record = _known(lambda: decision(shared.store, id))
        named = departments_of(json.loads(decision_text(shared.store, record)))
        going_on = [one for one in reviews(shared.store, decision=id) if one.open]
        return {"record": record, "named": named, "going_on": going_on}

    found = await work(read)
    policy = _policy(shared.rules.rulebook, found["record"].park, found["record"].as_of)
    others = [name for name in DEPARTMENTS if name not in found["named"]]
    status = HTTPStatus.CONFLICT if problems else HTTPStatus.OK
    return page(request, "reviews/new.html", status, policy=policy, others=others, problems=problems, **found)


def _policy(rulebook: Rulebook, park: str | None, on: Any) -> ReviewPolicy:
    """The policy of a park, by the rules in use; without the park the default."""
    return policy_of(rulebook.in_force(park if park in rulebook.parks else None, on=on))


def _known(find: Any) -> Any:
    """What `find` gives; a 404 problem when the store has no such thing."""
    try:
        return find()
    except NotRecordedError:
        raise ProblemError(Kind.NOT_FOUND) from None


@router.post("")
async def start_review(
    request: Request,
    user: Me,
    decision_id: Annotated[str, Form(alias="decision", max_length=200)],
    departments: Several,
) -> Response:
    """Opens a review of a decision."""
    shared = services(request)
    chosen = [name for name in departments if name in DEPARTMENTS]

    def start() -> Review:
        record = _known(lambda: decision(shared.store, decision_id))
        policy = _policy(shared.rules.rulebook, record.park, record.as_of)
        at = shared.clock.moment()
        return open_review(shared.store, record.id, actor=user.name, at=at, policy=policy, departments=chosen)

    try:
        opened = await work(start)
    except StepError as error:
        return await _form(request, decision_id, told(request, error))
    return go(f"/reviews/{opened.id}")


def _seen(request: Request, id: str, user: User) -> Review:
    """A review the user may see; a 404 problem for any other, so that nobody learns what there is."""
    found: Review = _known(lambda: review(services(request).store, id))
    department = department_of(user)
    if department is not None and found.seat(department) is None:
        raise ProblemError(Kind.NOT_FOUND)
    return found


@router.get("/{id}")
async def show_review(request: Request, id: str, user: Me, done: Asked = "") -> Response:
    """One review with everything in it."""
    return await _show(request, id, user, done=done)


async def _show(
    request: Request, id: str, user: User, problems: list[str] | None = None, given: Any = None, done: str = ""
) -> Response:
    shared, department = services(request), department_of(user)

    def read() -> dict[str, Any]:
        found = _seen(request, id, user)
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
async def sign(
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
    await work(lambda: _seen(request, id, user))
    lines = [line.strip() for line in conditions.splitlines() if line.strip()]
    documents = await attached(request, user, files)

    def write() -> Review:
        at, department = shared.clock.moment(), user.department or ""
        return sign_opinion(
            shared.store, id, department=department, position=position, reasons=reasons.strip(),
            conditions=lines if position == "conditional" else (), documents=documents, actor=user.name, at=at,
        )  # fmt: skip

    try:
        await work(write)
    except StepError as error:
        return await _show(request, id, user, told(request, error), given)
    return go(f"/reviews/{id}?done=signed")


@router.post("/{id}/judgement")
async def judge(
    request: Request,
    id: str,
    user: Me,
    rule: Chosen = "",
    answer: Chosen = "",
    why: Field = "",
) -> Response:
    """Answers a rule that needs a person; the project is decided again with the answer."""
    shared = services(request)
    await work(lambda: _seen(request, id, user))

    def write() -> Review:
        at, books = shared.clock.moment(), Rulebooks((shared.rules.rulebook,), shared.store)
        return answer_judgement(
            shared.store, id, rule=rule, answer=answer, why=why.strip(), department=user.department or "",
            actor=user.name, at=at, rulebooks=books,
        )  # fmt: skip

    try:
        await shared.computing.run(write)
    except StepError as error:
        return await _show(request, id, user, told(request, error), {"rule": rule, "answer": answer, "why": why})
    return go(f"/reviews/{id}?done=judged")


@router.post("/{id}/close")
async def close(request: Request, id: str, user: Me, note: Field = "") -> Response:
    """Closes a review with the outcome that its policy gives."""
    shared = services(request)

    def write() -> Review:
        _seen(request, id, user)
        return close_review(shared.store, id, actor=user.name, at=shared.clock.moment(), note=note.strip())

    try:
        await work(write)
    except StepError as error:
        return await _show(request, id, user, told(request, error), {"note": note})
    return go(f"/reviews/{id}?done=closed")


@router.get("/{id}/files/{sha256}")
async def review_file(request: Request, id: str, sha256: str, user: Me) -> Response:
    """A file that was handed in with an opinion."""
    store = services(request).store

    def read() -> Response | None:
        opinions = _seen(request, id, user).opinions
        return file_answer(store, sha256, {name: sha for one in opinions for name, sha in one.documents.items()})

    found = await work(read)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return found
