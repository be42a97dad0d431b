"""Audits of tables: upload, follow, fetch the results; and what a change of rules does to a table."""

from __future__ import annotations

import shutil
from asyncio import wrap_future
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from admission.errors import NotRecordedError
from admission.record import Store
from admission.record.operations import Job, add_job, job, update_job
from admission.record.rulesets import rulebook_of_hash
from admission.record.tables import jobs as table
from admission.record.times import new_id
from admission.service.asking import AsOf, Day, Lang, ParkId, check_park
from admission.service.idempotency import Once, begin, key_of
from admission.service.jobs.files import RESULTS, JobFiles, expiry, results_of
from admission.service.jobs.runner import CANCELLED
from admission.service.jobs.uploads import checked_suffix
from admission.service.openapi import error, upload_body
from admission.service.problem_words import Kind
from admission.service.problems import ProblemDocument, ProblemError
from admission.service.security.csrf import FIELD
from admission.service.security.people import Me, Role, User
from admission.service.state import Services, services

__all__ = [
    "AuditJob",
    "AuditList",
    "ImpactOf",
    "audit_jobs",
    "cancelled",
    "kept_job",
    "put_down",
    "router",
    "seen_job",
    "told_job",
]

router = APIRouter(prefix="/v1", tags=["批量审计 audits"])
_TABLES = ("table", "components", "milestones", "previous")
_LIMIT, _MOST = 50, 500
_CHUNK = 1 << 20
State = Literal["waiting", "running", "done", "failed", "cancelled", "expired"]


class ImpactOf(BaseModel):
    """所比的两边：日期和规则 (the two sides that are compared)."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    before: date = Field(alias="from", description="原来的日期 (day before)")
    after: date = Field(alias="to", description="新的日期 (day after)")
    from_rules: str | None = Field(description="台账保存的规则；空为在用的 (kept rules; null: those in use)")
    to_rules: str | None = Field(description="同上 (likewise)")


class AuditJob(BaseModel):
    """一次批量审计或影响分析 (an audit, or an impact)."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["audit", "impact"]
    state: State
    done: int = Field(description="已完成的企业数 (enterprises done)")
    actor: str
    park: str | None
    as_of: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = Field(None, description="文件保存到何时 (until when its files are kept)")
    figures: dict[str, Any] | None = Field(None, description="统计数字 (figures, when done)")
    errors: int | None = Field(None, description="未能使用的单元格数 (cells that could not be used)")
    first_errors: tuple[dict[str, Any], ...] = Field((), description="其中最先的几个 (the first of them)")
    problem: ProblemDocument | None = Field(None, description="失败的原因 (why it failed)")
    compared: ImpactOf | None = Field(None, description="影响分析所比的两边 (what an impact compares)")
    results: tuple[str, ...] = Field((), description="可下载的文件 (files to fetch)")


class AuditList(BaseModel):
    """批量审计清单，新的在前 (newest first)."""

    model_config = ConfigDict(frozen=True)

    audits: tuple[AuditJob, ...]


def told_job(found: Job, shared: Services) -> AuditJob:
    """A job as it is told: how far it is, what came of it."""
    result = found.result or {}
    expires = expiry(found, shared.settings.keep_days)
    state: State = "cancelled" if result == CANCELLED else found.state
    if state == "done" and _is_over(found, shared):
        state = "expired"
    request = found.request
    return AuditJob.model_validate(
        {
            "id": found.id,
            "kind": found.kind,
            "state": state,
            "done": found.done,
            "actor": found.actor,
            "park": request["park"],
            "as_of": request["as_of"],
            "created_at": found.created_at,
            "updated_at": found.updated_at,
            "expires_at": expires,
            "figures": result.get("figures"),
            "errors": result.get("errors"),
            "first_errors": result.get("first_errors", ()),
            "problem": result.get("problem"),
            "compared": _compared(request) if found.kind == "impact" else None,
            "results": results_of(JobFiles(shared.settings.data, request["folder"])) if state == "done" else (),
        }
    )


def _compared(request: Mapping[str, Any]) -> ImpactOf:
    sides = {name: request.get(name) for name in ("from", "to", "from_rules", "to_rules")}
    return ImpactOf.model_validate(sides)


@router.post(
    "/audits",
    summary="上传企业表，开始批量审计 (upload a table)",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=upload_body("table", "components", "milestones", "previous"),
    responses=error(Kind.UNSAFE_FILE, Kind.CONFLICT),
)
async def start_audit(
    request: Request,
    user: Me,
    park: ParkId = None,
    as_of: AsOf = None,
    deadline: Annotated[Day | None, Query(description="新问题的整改期限 (for new problems)")] = None,
    lang: Lang = "zh",
) -> AuditJob:
    """CSV、Excel 或 Parquet。立即返回，进度见 `/v1/audits/{id}` (answers at once; follow it there)."""
    shared = services(request)
    check_park(park, shared.rules.rulebook)
    day = as_of or shared.clock.day()
    wanted = {"park": park, "as_of": day.isoformat(), "deadline": _text(deadline), "lang": lang}
    return await _start("audit", wanted, request, user, shared)


KeptRules = Annotated[
    str | None,
    Query(
        pattern="^[0-9a-f]{64}$",
        description="台账保存的规则：规则集或规则库的哈希，见 /v1/rules/kept (hash of kept rules; none: in use)",
    ),
]


@router.post(
    "/impact",
    summary="规则改变后哪些企业的结果不同 (whose result other rules or another day change)",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=upload_body("table", "components"),
    responses=error(Kind.UNSAFE_FILE, Kind.CONFLICT, Kind.NOT_FOUND),
)
async def start_impact(
    request: Request,
    user: Me,
    before: Annotated[Day | None, Query(alias="from", description="原来的日期，默认今天 (day before; today)")] = None,
    after: Annotated[Day | None, Query(alias="to", description="新的日期，默认今天 (day after; today)")] = None,
    from_rules: KeptRules = None,
    to_rules: KeptRules = None,
    park: ParkId = None,
    lang: Lang = "zh",
) -> AuditJob:
    """比两个日期，或台账保存的一版规则与在用的，或两者都比；进度和结果见 `/v1/audits/{id}`。

    Two days, rules that the store has kept against those in use, or both; followed and fetched like an audit.
    """
    shared = services(request)
    check_park(park, shared.rules.rulebook)
    today = shared.clock.day()
    days = [(day or today).isoformat() for day in (before, after)]
    rules = [await run_sync(_kept_rules, shared, name, sha) for name, sha in _named(from_rules, to_rules)]
    wanted = {"park": park, "lang": lang, "from": days[0], "to": days[1], "as_of": days[1]}
    return await _start("impact", {**wanted, "from_rules": rules[0], "to_rules": rules[1]}, request, user, shared)


def _named(from_rules: str | None, to_rules: str | None) -> tuple[tuple[str, str | None], ...]:
    return ("from_rules", from_rules), ("to_rules", to_rules)


def _kept_rules(shared: Services, name: str, sha256: str | None) -> str | None:
    """The id of the kept rulebook that a hash names; None: the rules in use. A 404 problem for any other hash."""
    if sha256 in (None, shared.rules.rulebook.files_sha256):
        return None
    found = rulebook_of_hash(shared.store, str(sha256))
    if found is None:
        raise ProblemError(Kind.NOT_FOUND, name)
    return found


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


async def _start(kind: str, wanted: dict[str, Any], request: Request, user: User, shared: Services) -> AuditJob:
    """Keeps the uploads and puts the job down."""
    if not request.headers.get("Content-Type", "").lower().startswith("multipart/form-data"):
        raise ProblemError(Kind.MEDIA_TYPE, "multipart/form-data")
    async with request.form(max_files=len(_TABLES), max_fields=len(_TABLES)) as form:
        tables = _TABLES if kind == "audit" else _TABLES[:2]
        files = {name: value for name in tables if isinstance(value := form.get(name), UploadFile)}
        wrong = [name for name in form if name not in (*files, FIELD)]
        if wrong or "table" not in files:
            raise ProblemError(Kind.INVALID_REQUEST, ", ".join(wrong) or "table")
        key = key_of(request)
        once = await run_sync(_begin, key, request, files, user, shared) if key else None
        if isinstance(once, Response):
            return AuditJob.model_validate_json(bytes(once.body))
        try:
            made = await run_sync(put_down, kind, wanted, files, user, shared)
        except BaseException:
            if once is not None:
                await run_sync(once.forget, shared.store)
            raise
    told = told_job(made, shared)
    if once is not None:
        content = told.model_dump_json().encode()
        await wrap_future(shared.recorder.submit(lambda writer: once.keep(writer, {}, content)))
    return told


def _begin(key: str, request: Request, files: dict[str, UploadFile], user: User, shared: Services) -> Once | Response:
    digest = sha256(f"{request.method} {request.scope['path']}?{request.url.query}\n".encode())
    for name, file in files.items():
        digest.update(name.encode())
        file.file.seek(0)
        while chunk := file.file.read(_CHUNK):
            digest.update(chunk)
    return begin(shared.store, user.name, key, digest.digest(), shared.clock.moment())


def put_down(kind: str, wanted: dict[str, Any], uploads: dict[str, UploadFile], user: User, shared: Services) -> Job:
    """The uploads in a folder of their own, each checked, then the job; nothing stays when one is not safe."""
    if _waiting(shared.store) >= shared.settings.audit_waiting:
        raise ProblemError(Kind.OVERLOADED, headers={"Retry-After": "60"})
    now = shared.clock.moment()
    folder = new_id("F", now)
    files = JobFiles(shared.settings.data, folder)
    files.make()
    try:
        suffixes = {name: _kept(files.folder / name, upload, shared) for name, upload in uploads.items()}
        request = {**wanted, "folder": folder, "files": suffixes}
        return add_job(shared.store, kind, actor=user.name, request=request, at=now)
    except BaseException:
        files.remove()
        raise


def _kept(path: Path, upload: UploadFile, shared: Services) -> str:
    """An upload as the file `path` with the ending that its content asks for."""
    upload.file.seek(0)
    with path.open("wb") as stream:
        shutil.copyfileobj(upload.file, stream)
    suffix = checked_suffix(path, shared.settings.unpacked_bytes)
    path.rename(path.with_suffix(suffix))
    return suffix


def _waiting(store: Store) -> int:
    with store.connection() as connection:
        query = select(func.count()).select_from(table).where(table.c.state == "waiting")
        return int(connection.execute(query).scalar_one())


def _is_over(found: Job, shared: Services) -> bool:
    until = expiry(found, shared.settings.keep_days)
    return until is not None and shared.clock.moment() >= until


def kept_job(shared: Services, id: str, user: User) -> Job:
    """A job of the user whose files are still kept; a 410 problem for one whose time is over."""
    found = seen_job(shared, id, user)
    if _is_over(found, shared):
        raise ProblemError(Kind.GONE)
    return found


def seen_job(shared: Services, id: str, user: User) -> Job:
    """A job of the user, or any for an administrator; a 404 problem for those of others."""
    try:
        found = job(shared.store, id)
    except NotRecordedError:
        raise ProblemError(Kind.NOT_FOUND) from None
    if user.role is not Role.ADMINISTRATOR and found.actor != user.name:
        raise ProblemError(Kind.NOT_FOUND)
    return found


@router.get("/audits", summary="批量审计清单 (the audits)")
async def list_audits(request: Request, user: Me, limit: Annotated[int, Query(ge=1, le=_MOST)] = _LIMIT) -> AuditList:
    """各人见自己的，管理员见全部 (your own; an administrator's list has all)."""
    shared = services(request)

    return await run_sync(lambda: AuditList(audits=audit_jobs(shared, user, limit)))


def audit_jobs(shared: Services, user: User, limit: int) -> tuple[AuditJob, ...]:
    """The jobs somebody may see, newest first."""
    query = select(table.c.id).order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
    if user.role is not Role.ADMINISTRATOR:
        query = query.where(table.c.actor == user.name)
    with shared.store.connection() as connection:
        ids = list(connection.execute(query).scalars())
    return tuple(told_job(job(shared.store, id), shared) for id in ids)


@router.get("/audits/{id}", summary="进度和结果 (progress and result)", responses=error(Kind.NOT_FOUND))
async def show_audit(request: Request, id: str, user: Me) -> AuditJob:
    """`done` 为已完成的企业数 (how many enterprises are done)."""
    shared = services(request)
    return await run_sync(lambda: told_job(seen_job(shared, id, user), shared))


@router.delete("/audits/{id}", summary="取消 (cancel)", responses=error(Kind.NOT_FOUND, Kind.CONFLICT))
async def cancel_audit(request: Request, id: str, user: Me) -> AuditJob:
    """等待或进行中的可以取消，所传文件随之删除 (one that waits or runs; what was uploaded goes)."""
    shared = services(request)

    return await run_sync(cancelled, shared, id, user)


def cancelled(shared: Services, id: str, user: User) -> AuditJob:
    """Cancels a job that waits or runs; raises the problem for any other."""
    found = seen_job(shared, id, user)
    if found.state not in ("waiting", "running"):
        raise ProblemError(Kind.CONFLICT, found.state)
    update_job(shared.store, id, at=shared.clock.moment(), state="failed", result=CANCELLED)
    JobFiles(shared.settings.data, found.request["folder"]).remove()
    return told_job(job(shared.store, id), shared)


@router.get(
    "/audits/{id}/results/{name}",
    summary="下载结果 (a result)",
    response_class=FileResponse,
    responses=error(Kind.NOT_FOUND, Kind.GONE),
)
async def audit_result(request: Request, id: str, name: str, user: Me) -> Response:
    """工作簿、统计数字、各表（CSV、Parquet）；CSV 中不会有公式 (nothing in a CSV is a formula)."""
    shared = services(request)

    def work() -> Response:
        found = kept_job(shared, id, user)
        files = JobFiles(shared.settings.data, found.request["folder"])
        if found.state != "done" or name not in RESULTS or not (files.results / name).is_file():
            raise ProblemError(Kind.NOT_FOUND)
        return FileResponse(files.results / name, media_type=RESULTS[name], filename=f"{found.id}-{name}")

    return await run_sync(work)
