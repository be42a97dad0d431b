"""Pages of audits (批量审计): upload with progress, figures, and what else is started from a table."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from starlette.datastructures import UploadFile as Upload
from starlette.responses import HTMLResponse, Response

from admission.record.operations import Job
from admission.service.pages import page, templates
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError, problem_of
from admission.service.routes.audits import AuditJob, audit_jobs, cancelled, kept_job, put_down, seen_job, told_job
from admission.service.security.people import User
from admission.service.state import Services, services
from admission.service.web.audit_figures import headline, tables
from admission.service.web.audit_results import Results
from admission.service.web.context import SHOWN, Asked, Chosen, Me, Number, go, work
from admission.service.web.forms import day_of, park_of
from admission.service.web.impacts import impact_page

__all__ = ["router"]

router = APIRouter(prefix="/audits", include_in_schema=False)
OneFile = Annotated[UploadFile | None, File()]
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
async def list_audits(request: Request, user: Me) -> Response:
    """The audits somebody may see, and the form for a new one."""
    return await _list(request, user, [], {})


async def _list(request: Request, user: User, wrong: list[str], given: Mapping[str, str]) -> Response:
    shared = services(request)
    found = await work(lambda: audit_jobs(shared, user, SHOWN))
    blank = {"park": "", "as_of": shared.clock.day().isoformat(), "deadline": "", "previous": ""}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    values = {"audits": found, "parks": shared.rules.rulebook.parks, "given": blank | dict(given), "problems": wrong}
    return page(request, "audits/list.html", status, **values)


@router.post("/upload")
async def start_audit(
    request: Request,
    user: Me,
    table: OneFile = None,
    components: OneFile = None,
    milestones: OneFile = None,
    park: Chosen = "",
    as_of: Chosen = "",
    deadline: Chosen = "",
    previous: Chosen = "",
) -> Response:
    """Keeps the tables and begins the audit; on to the page that shows how far it is."""
    shared, wrong = services(request), list[str]()
    day, due = day_of(as_of, wrong, "审计日期"), day_of(deadline, wrong, "整改期限")
    files = _chosen(table=table, components=components, milestones=milestones)
    wrong += [] if "table" in files else ["请选择企业表（CSV、Excel 或 Parquet）"]
    given = {"park": park, "as_of": as_of, "deadline": deadline, "previous": previous}
    wanted = {
        "park": park_of(park, shared.rules.rulebook),
        "as_of": (day or shared.clock.day()).isoformat(),
        "deadline": None if due is None else due.isoformat(),
        "lang": "zh",
        "table_name": _name(files.get("table")),
    }
    return await _begin("audit", request, user, wanted, files, wrong, given, earlier=previous)


def _chosen(**files: Upload | None) -> dict[str, Upload]:
    """The files somebody chose; a browser sends one without a name for a field left empty."""
    return {name: file for name, file in files.items() if file is not None and file.filename}


def _name(file: Upload | None) -> str:
    """The name of an uploaded file, to show."""
    last = (file.filename or "" if file is not None else "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[-100:]


async def _begin(
    kind: str,
    request: Request,
    user: User,
    wanted: dict[str, Any],
    files: dict[str, Upload],
    wrong: list[str],
    given: Mapping[str, str],
    *,
    earlier: str = "",
    source: str = "",
) -> Response:
    """Puts the job down; what is wrong with the files is told beside the form."""
    shared = services(request)
    with ExitStack() as opened:
        if not wrong:
            try:
                found = await work(lambda: _of_other_jobs(shared, user, earlier, source, opened))
                made = await work(lambda: put_down(kind, wanted, {**found, **files}, user, shared))
                return go(f"/audits/{made.id}")
            except ProblemError as error:
                document = problem_of(error.kind, "zh", error.detail, error.faults)
                wrong = ["：".join(filter(None, (document.title, document.detail)))]
    if kind == "impact":
        return await _impact_form(request, user, wrong, given)
    return await _list(request, user, wrong, given)


def _of_other_jobs(shared: Services, user: User, earlier: str, source: str, opened: ExitStack) -> dict[str, Upload]:
    """Files of the user's other audits: the ledger of an earlier one, or the tables of one as they were uploaded."""
    paths = {}
    if earlier:
        paths["previous"] = _finished(shared, earlier, user).file("ledger.parquet")
    if source:
        tables_of = zip(("table", "components"), _finished(shared, source, user).tables(), strict=False)
        paths |= {name: path for name, path in tables_of if path is not None}
    return {name: Upload(opened.enter_context(path.open("rb")), filename=path.name) for name, path in paths.items()}


def _finished(shared: Services, id: str, user: User) -> Results:
    """The results of an audit that is done; a 404 problem for anything else."""
    found = kept_job(shared, id, user)
    if found.state != "done" or found.kind != "audit":
        raise ProblemError(Kind.NOT_FOUND)
    return Results(found, shared)


@router.get("/template")
async def template(
    request: Request,
    user: Me,
    park: Asked = "",
    sectors: Asked = "",
) -> Response:
    """An empty workbook to fill in, for some industries."""
    from admission.audit.template import template_workbook

    shared = services(request)
    rulebook = shared.rules.rulebook
    codes = tuple(code.strip() for code in sectors.replace("，", ",").replace("、", ",").split(",") if code.strip())
    unknown = [code for code in codes if rulebook.vocabulary.codes.normalise(code) is None]
    if unknown:
        raise ProblemError(
            Kind.INVALID_REQUEST, f"没有行业代码 {'、'.join(unknown)}：请写 GB/T 4754 的代码，用逗号分开"
        )
    ruleset = rulebook.in_force(park_of(park, rulebook), on=shared.clock.day())
    content = await shared.computing.run(template_workbook, ruleset, codes)
    headers = {"Content-Disposition": 'attachment; filename="admission-template.xlsx"'}
    return Response(content, headers=headers, media_type=_XLSX)


@router.get("/impact")
async def impact_form(request: Request, user: Me) -> Response:
    """The form that asks what a change of rules does to a table."""
    return await _impact_form(request, user, [], {})


async def _impact_form(request: Request, user: User, wrong: list[str], given: Mapping[str, str]) -> Response:
    shared = services(request)
    found = await work(lambda: [one for one in audit_jobs(shared, user, SHOWN) if one.state == "done"])
    today = shared.clock.day().isoformat()
    blank = {"before": today, "after": today, "before_park": "", "after_park": "", "source": ""}
    values = {"parks": shared.rules.rulebook.parks, "given": blank | dict(given), "problems": wrong}
    names = await work(lambda: {one.id: _name_of(seen_job(shared, one.id, user)) for one in found})
    audits = [one for one in found if one.kind == "audit"]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return page(request, "audits/impact_form.html", status, audits=audits, names=names, **values)


def _name_of(found: Job) -> str:
    return str(found.request.get("table_name") or found.id)


@router.post("/impact/upload")
async def start_impact(
    request: Request,
    user: Me,
    table: OneFile = None,
    components: OneFile = None,
    source: Chosen = "",
    before: Chosen = "",
    after: Chosen = "",
    before_park: Chosen = "",
    after_park: Chosen = "",
) -> Response:
    """Holds a table against the rules of two days, or of two parks."""
    shared, wrong = services(request), list[str]()
    rulebook = shared.rules.rulebook
    days = (day_of(before, wrong, "原来的日期"), day_of(after, wrong, "新的日期"))
    files = _chosen(table=table, components=components)
    wrong += [] if "table" in files or source else ["请选择一张企业表，或上传一张"]
    one, other = ((day or shared.clock.day()).isoformat() for day in days)
    parks = park_of(before_park, rulebook), park_of(after_park, rulebook)
    wrong += ["两边的日期和园区完全一样，没有可比的"] if (one, parks[0]) == (other, parks[1]) else []
    wanted = {"from": one, "to": other, "as_of": other, "from_park": parks[0], "park": parks[1], "lang": "zh"}
    given = {"before": before, "after": after, "before_park": before_park, "after_park": after_park, "source": source}
    wanted["table_name"] = _name(files.get("table"))
    if "table" in files:
        source = ""
    return await _begin("impact", request, user, wanted, files, wrong, given, source=source)


@router.get("/{id}")
async def show_audit(request: Request, id: str, user: Me, p: Number = 1) -> Response:
    """How far it is, or what came of it."""
    shared = services(request)
    found = await work(lambda: kept_job(shared, id, user))
    told = await work(lambda: told_job(found, shared))
    values = {"job": told, "name": _name_of(found), "parks": shared.rules.rulebook.parks}
    if told.state != "done":
        return page(request, "audits/progress.html", **values)
    if told.kind == "impact":
        return await work(lambda: impact_page(request, Results(found, shared), values, p))
    figures = dict(told.figures or {})
    others = await work(lambda: _comparable(shared, user, told))
    shown = {"headline": headline(figures), "tables": tables(figures), "others": others}
    return page(request, "audits/audit.html", figures=figures, first_errors=told.first_errors, **shown, **values)


def _comparable(shared: Services, user: User, told: AuditJob) -> list[AuditJob]:
    """Audits that this one can look back at: finished, of a day not after it."""
    found = audit_jobs(shared, user, SHOWN)
    same = (one for one in found if one.kind == "audit" and one.state == "done" and one.id != told.id)
    return [one for one in same if date.fromisoformat(one.as_of) <= date.fromisoformat(told.as_of)]


@router.get("/{id}/progress")
async def progress(request: Request, id: str, user: Me) -> Response:
    """The part of the page that moves; when the work has ended the whole page is loaded again."""
    shared = services(request)
    told = await work(lambda: told_job(seen_job(shared, id, user), shared))
    if told.state not in ("waiting", "running"):
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return HTMLResponse(templates().get_template("audits/_progress.html").render(job=told))


@router.post("/{id}/cancel")
async def cancel(request: Request, id: str, user: Me) -> Response:
    """Ends one that waits or runs."""
    shared = services(request)
    await work(lambda: cancelled(shared, id, user))
    return go(f"/audits/{id}")
