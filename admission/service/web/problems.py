"""Pages of rectification (问题整改): the problems of enterprises from opening to closing, nothing deleted."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from admission.errors import StepError
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
from admission.record.ledger import STATES
from admission.rulebook.workbook_layout import DEPARTMENTS
from admission.service.pages import page
from admission.service.rectifying import files_of_problem, seen_problem, seen_problems
from admission.service.security.people import Role, User
from admission.service.state import services
from admission.service.web.context import (
    SHOWN,
    Asked,
    Chosen,
    Field,
    Files,
    Me,
    Number,
    attached,
    department_of,
    file_answer,
    go,
    told,
    work,
)
from admission.service.web.forms import day_of
from admission.service.web.paging import Paging
from admission.service.web.problem_view import steps

__all__ = ["router"]

router = APIRouter(prefix="/problems", include_in_schema=False)


@router.get("")
async def list_problems(
    request: Request,
    user: Me,
    state: Asked = "",
    department: Asked = "",
    q: Asked = "",
    owner: Asked = "",
    late: bool = False,
    p: Number = 1,
) -> Response:
    """The problems somebody may see, newest first."""
    shared, today = services(request), services(request).clock.day()
    mine = department_of(user)
    shown = await work(
        lambda: seen_problems(
            shared,
            user,
            state=state,
            department=department if mine is None else mine,
            words=q,
            owner=owner,
            overdue_on=today if late else None,
        )
    )
    paging = Paging(request, len(shown), p, SHOWN)
    values = {"states": STATES, "departments": DEPARTMENTS, "today": today, "department": mine, "paging": paging}
    asked = {"state": state, "department": department, "q": q, "owner": owner, "late": late}
    late_ones = sum(one.overdue(today) for one in shown)
    return page(
        request,
        "rectification/list.html",
        problems=shown[paging.start : paging.end],
        asked=asked,
        late=late_ones,
        **values,
    )


@router.get("/new")
async def new_problem(request: Request, user: Me, subject: Asked = "", rule: Asked = "", title: Asked = "") -> Response:
    """The form for a problem found otherwise than by an audit."""
    return _form(request, {"subject": subject, "rule": rule, "title": title}, [])


def _form(request: Request, given: dict[str, str], wrong: list[str]) -> Response:
    blank = dict.fromkeys(("title", "subject", "department", "description", "deadline", "rule"), "")
    status = HTTPStatus.CONFLICT if wrong else HTTPStatus.OK
    return page(request, "rectification/new.html", status, given=blank | given, problems=wrong, departments=DEPARTMENTS)


@router.post("")
async def add_problem(
    request: Request,
    user: Me,
    title: Field = "",
    subject: Field = "",
    department: Field = "",
    description: Field = "",
    deadline: Field = "",
    rule: Field = "",
) -> Response:
    """Opens a problem."""
    shared, wrong = services(request), list[str]()
    given = {"title": title, "subject": subject, "department": department, "description": description}
    given |= {"deadline": deadline, "rule": rule}
    day = day_of(deadline, wrong, "整改期限")
    wrong += [] if department in ("", *DEPARTMENTS) else [f"没有部门“{department}”"]

    def write() -> ProblemRecord:
        return open_problem(
            shared.store, title=title.strip(), subject=subject.strip(), department=department,
            description=description.strip(), deadline=day, rule=rule.strip() or None, actor=user.name,
            at=shared.clock.moment(),
        )  # fmt: skip

    try:
        return go(f"/problems/{(await work(write)).id}") if not wrong else _form(request, given, wrong)
    except StepError as error:
        return _form(request, given, told(request, error))


@router.get("/{id}")
async def show_problem(request: Request, id: str, user: Me, done: Asked = "") -> Response:
    """One problem with its history and the steps that can be taken now."""
    return await _show(request, id, user, done=done)


async def _show(
    request: Request, id: str, user: User, wrong: list[str] | None = None, given: Any = None, done: str = ""
) -> Response:
    shared = services(request)
    found = await work(lambda: seen_problem(shared, id, user))
    office, checks = (user.role in roles for roles in (_OFFICE, _CHECKING))
    status = HTTPStatus.CONFLICT if wrong else HTTPStatus.OK
    known = {"steps": steps(found), "today": shared.clock.day(), "office": office, "checks": checks, "done": done}
    return page(
        request, "rectification/problem.html", status, problem=found, problems=wrong or [], given=given or {}, **known
    )


_OFFICE = (Role.CLERK, Role.ADMINISTRATOR)
_CHECKING = (Role.REVIEWER, Role.ADMINISTRATOR)


async def _step(
    request: Request, id: str, user: User, step: Callable[[], ProblemRecord], given: Any, wrong: list[str] | None = None
) -> Response:
    """Takes a step and shows the problem again, with what was wrong if it was not taken."""
    shared = services(request)
    await work(lambda: seen_problem(shared, id, user))
    if wrong:
        return await _show(request, id, user, wrong, given)
    try:
        await work(step)
    except StepError as error:
        return await _show(request, id, user, told(request, error), given)
    return go(f"/problems/{id}?done=yes")


@router.post("/{id}/assign")
async def assign(
    request: Request, id: str, user: Me, owner: Field = "", deadline: Field = "", note: Field = ""
) -> Response:
    """Hands it to an owner with a deadline."""
    shared, wrong = services(request), list[str]()
    day = day_of(deadline, wrong, "整改期限")

    def step() -> ProblemRecord:
        at = shared.clock.moment()
        return assign_problem(
            shared.store, id, owner=owner.strip(), deadline=day, note=note.strip(), actor=user.name, at=at
        )

    return await _step(request, id, user, step, {"owner": owner, "deadline": deadline, "note": note}, wrong)


@router.post("/{id}/evidence")
async def evidence(request: Request, id: str, user: Me, files: Files, note: Field = "") -> Response:
    """Hands in evidence: a note, files, or both."""
    shared = services(request)
    await work(lambda: seen_problem(shared, id, user))
    documents = await attached(request, user, files)

    def step() -> ProblemRecord:
        at = shared.clock.moment()
        return add_evidence(shared.store, id, note=note.strip(), documents=documents, actor=user.name, at=at)

    return await _step(request, id, user, step, {"evidence": note})


@router.post("/{id}/rectified")
async def rectified(request: Request, id: str, user: Me, note: Field = "") -> Response:
    """Reports that it is rectified."""
    shared = services(request)

    def step() -> ProblemRecord:
        return mark_rectified(shared.store, id, note=note.strip(), actor=user.name, at=shared.clock.moment())

    return await _step(request, id, user, step, {"rectified": note})


@router.post("/{id}/recheck")
async def recheck(
    request: Request,
    id: str,
    user: Me,
    files: Files,
    passed: Chosen = "",
    note: Field = "",
) -> Response:
    """Rechecks what was reported, or looks back at what was closed."""
    shared = services(request)
    await work(lambda: seen_problem(shared, id, user))
    wrong = [] if passed in ("yes", "no") else ["请选择复查是否通过"]
    documents = await attached(request, user, files) if not wrong else {}

    def step() -> ProblemRecord:
        at = shared.clock.moment()
        return recheck_problem(
            shared.store, id, passed=passed == "yes", note=note.strip(), documents=documents, actor=user.name, at=at
        )

    return await _step(request, id, user, step, {"recheck": note, "passed": passed}, wrong)


@router.post("/{id}/close")
async def close(request: Request, id: str, user: Me, note: Field = "") -> Response:
    """Closes what passed."""
    shared = services(request)

    def step() -> ProblemRecord:
        return close_problem(shared.store, id, note=note.strip(), actor=user.name, at=shared.clock.moment())

    return await _step(request, id, user, step, {"close": note})


@router.post("/{id}/reopen")
async def reopen(request: Request, id: str, user: Me, why: Field = "", deadline: Field = "") -> Response:
    """Opens a closed problem again."""
    shared, wrong = services(request), list[str]()
    day = day_of(deadline, wrong, "整改期限")

    def step() -> ProblemRecord:
        at = shared.clock.moment()
        return reopen_problem(shared.store, id, why=why.strip(), deadline=day, actor=user.name, at=at)

    return await _step(request, id, user, step, {"why": why, "deadline": deadline}, wrong)


@router.get("/{id}/files/{sha256}")
async def problem_file(request: Request, id: str, sha256: str, user: Me) -> Response:
    """A file that was handed in."""
    shared = services(request)
    return await work(lambda: file_answer(shared.store, sha256, files_of_problem(seen_problem(shared, id, user))))
