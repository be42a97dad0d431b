"""Pages inside an audit: the ledger, the enterprises with their findings, the cells, looking back, downloads."""

from __future__ import annotations

from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from admission.errors import InputError
from admission.lifecycle import screen
from admission.record import open_problem, problems
from admission.screening import Decision
from admission.service.jobs.files import RESULTS, results_of
from admission.service.pages import page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.routes.audits import kept_job
from admission.service.security.people import User
from admission.service.state import Services, services
from admission.service.web.audit_results import LedgerFilter, Results
from admission.service.web.context import SHOWN, Asked, Chosen, Me, Number, Several, go, work
from admission.service.web.forms import day_of
from admission.service.web.paging import Paging
from admission.service.web.values import Values

__all__ = ["router"]

router = APIRouter(prefix="/audits/{id}", include_in_schema=False)
_MOST = 500


def _results(shared: Services, id: str, user: User) -> Results:
    """The results of an audit that is done; a 404 problem for anything else."""
    found = kept_job(shared, id, user)
    if found.state != "done" or found.kind != "audit":
        raise ProblemError(Kind.NOT_FOUND)
    return Results(found, shared)


def _named(results: Results, shared: Services) -> dict[str, Any]:
    """What every page of an audit says above."""
    name = results.job.request.get("table_name") or results.job.id
    return {
        "id": results.job.id,
        "name": name,
        "on": results.on,
        "park": results.park,
        "parks": shared.rules.rulebook.parks,
    }


@router.get("/ledger")
async def ledger(
    request: Request,
    id: str,
    user: Me,
    department: Asked = "",
    severity: Asked = "",
    status: Asked = "",
    sector: Asked = "",
    q: Asked = "",
    made: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    known: Annotated[int, Query(ge=0, le=_MOST)] = 0,
    p: Number = 1,
) -> Response:
    """The ledger of problems, filtered."""
    shared = services(request)

    def read() -> dict[str, Any]:
        results = _results(shared, id, user)
        found = results.ledger(LedgerFilter(department, severity, status, sector, q))
        paging = Paging(request, found.height, p, SHOWN)
        rows = found.slice(paging.start, SHOWN).to_dicts()
        open_ones = {(one.subject, one.rule): one.id for one in problems(shared.store) if one.state != "closed"}
        for row in rows:
            row["task"] = open_ones.get((row["enterprise"], row["rule"]))
        rows_of = results.rows_of([row["enterprise"] for row in rows])
        sectors = sorted(set(results.sectors()["sector"]))
        departments = sorted(results.figures["by_department"])
        options = {"sectors": sectors, "departments": departments, "rows_of": rows_of}
        return {"rows": rows, "paging": paging, **options, **_named(results, shared)}

    asked = {"department": department, "severity": severity, "status": status, "sector": sector, "q": q}
    return page(request, "audits/ledger.html", asked=asked, made=made, known=known, **await work(read))


@router.post("/problems")
async def rectify(
    request: Request,
    id: str,
    user: Me,
    fingerprints: Several,
    deadline: Chosen = "",
) -> Response:
    """Opens a problem to be rectified for each line chosen that has none yet."""
    shared, wrong = services(request), list[str]()
    day = day_of(deadline, wrong, "整改期限")
    if wrong:
        raise ProblemError(Kind.INVALID_REQUEST, wrong[0])

    def write() -> tuple[int, int]:
        results = _results(shared, id, user)
        chosen = results.ledger(LedgerFilter()).filter(pl.col("fingerprint").is_in(fingerprints[:_MOST]))
        open_ones = {(one.subject, one.rule) for one in problems(shared.store) if one.state != "closed"}
        made = 0
        for row in chosen.iter_rows(named=True):
            if (row["enterprise"], row["rule"]) in open_ones or row["status"] == "closed":
                continue
            where = f"，{row['component']}" if row["component"] else ""
            text = f"依据：{row['citation']}\n来源：批量审计 {id}（{results.on}），问题编号 {row['fingerprint']}{where}"
            open_problem(
                shared.store, title=row["title"], subject=row["enterprise"] or "（未填企业名称）",
                department=row["department"].split("、")[0], description=text, deadline=day or row["deadline"],
                rule=row["rule"], actor=user.name, at=shared.clock.moment(),
            )  # fmt: skip
            open_ones.add((row["enterprise"], row["rule"]))
            made += 1
        return made, chosen.height - made

    made, known = await work(write)
    return go(f"/audits/{id}/ledger?made={made}&known={known}")


@router.get("/enterprises")
async def enterprises(
    request: Request, id: str, user: Me, verdict: Asked = "", sector: Asked = "", q: Asked = "", p: Number = 1
) -> Response:
    """The enterprises with verdict and classes."""
    shared = services(request)

    def read() -> dict[str, Any]:
        results = _results(shared, id, user)
        found = results.enterprises(verdict, sector, q)
        paging = Paging(request, found.height, p, SHOWN)
        sectors = sorted(set(results.sectors()["sector"]))
        verdicts = tuple(results.figures["verdicts"])
        rows = found.slice(paging.start, SHOWN).to_dicts()
        return {"rows": rows, "paging": paging, "sectors": sectors, "verdicts": verdicts, **_named(results, shared)}

    asked = {"verdict": verdict, "sector": sector, "q": q}
    return page(request, "audits/enterprises.html", asked=asked, **await work(read))


@router.get("/enterprises/{row}")
async def enterprise(request: Request, id: str, row: int, user: Me) -> Response:
    """One enterprise: its findings with clause and trace, worked out again from its row."""
    shared = services(request)

    def read() -> dict[str, Any]:
        results = _results(shared, id, user)
        found = results.enterprises().filter(pl.col("row") == row)
        if found.is_empty():
            raise ProblemError(Kind.NOT_FOUND)
        decision, contradictions = _screened(results, row, shared)
        cells = results.cells().filter(pl.col("row") == row).to_dicts()
        tasks = [one for one in problems(shared.store, subject=found["enterprise"][0]) if found["enterprise"][0]]
        told = {"one": found.row(0, named=True), "cells": cells, "same_rules": results.same_rules, "tasks": tasks}
        groups = {} if decision is None else _grouped(decision)
        stored = results.findings(row).to_dicts() if decision is None else []
        labels = {fact.name: fact.label.zh for fact in shared.rules.rulebook.vocabulary.facts.values()}
        told |= {"groups": groups, "decision": decision, "stored": stored, "contradictions": contradictions}
        told["values"] = Values(shared.rules.rulebook.vocabulary)
        return {**told, "labels": labels, **_named(results, shared)}

    return page(request, "audits/enterprise.html", **await shared.computing.run(read))


def _screened(results: Results, row: int, shared: Services) -> tuple[dict[str, Any] | None, list[str]]:
    """The decision on a row by the rules in use, or what it contradicts itself in."""
    found = results.project(row)
    if found is None:
        return None, []
    project, park = found
    ruleset = shared.rules.rulebook.in_force(park, on=results.on)
    try:
        made: Decision = screen(project, ruleset)
    except InputError as error:
        return None, [problem.text("zh") for problem in error.problems]
    return made.model_dump(mode="json", by_alias=True), []


def _grouped(decision: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The findings by what they mean for the enterprise."""
    names = {"hit": "problem", "unmet": "problem", "review": "review", "unknown": "unknown"}
    found: dict[str, list[dict[str, Any]]] = {"problem": [], "review": [], "unknown": [], "notice": []}
    for finding in decision["findings"]:
        if finding["effect"] == "encourage" and finding["outcome"] in ("hit", "met"):
            found["notice"].append(finding)
        elif finding["effect"] != "encourage" and finding["outcome"] in names:
            found[names[finding["outcome"]]].append(finding)
    return found


@router.get("/cells")
async def cells(request: Request, id: str, user: Me, column: Asked = "", p: Number = 1) -> Response:
    """The cells that could not be read, and why."""
    shared = services(request)

    def read() -> dict[str, Any]:
        results = _results(shared, id, user)
        found = results.cells(column)
        paging = Paging(request, found.height, p, SHOWN)
        columns = sorted(set(results.cells()["column"].drop_nulls()))
        rows = found.slice(paging.start, SHOWN).to_dicts()
        return {"rows": rows, "paging": paging, "columns": columns, **_named(results, shared)}

    return page(request, "audits/cells.html", column=column, **await work(read))


@router.get("/back")
async def back(
    request: Request, id: str, user: Me, previous: Asked = "", status: Asked = "", p: Number = 1
) -> Response:
    """Looking back (回头看): what became of the problems of an earlier audit."""
    shared = services(request)

    def read() -> dict[str, Any]:
        results = _results(shared, id, user)
        earlier = _results(shared, previous, user)
        whole = results.back(earlier)
        counts = dict(whole["status"].value_counts().iter_rows())
        found = whole.filter(pl.col("status") == status) if status else whole
        paging = Paging(request, found.height, p, SHOWN)
        rows = found.slice(paging.start, SHOWN).to_dicts()
        told = {"before": _named(earlier, shared), "counts": counts, "paging": paging, "rows": rows}
        return {**told, **_named(results, shared)}

    return page(request, "audits/back.html", status=status, previous=previous, **await work(read))


@router.get("/files/{name}")
async def download(request: Request, id: str, name: str, user: Me) -> Response:
    """A result to save: workbook, tables as CSV and Parquet, figures."""
    shared = services(request)

    def read() -> Response:
        found = kept_job(shared, id, user)
        results = Results(found, shared)
        if found.state != "done" or name not in results_of(results.files):
            raise ProblemError(Kind.NOT_FOUND)
        return FileResponse(results.file(name), media_type=RESULTS[name], filename=f"{found.id}-{name}")

    return await work(read)
