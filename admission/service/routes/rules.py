"""The rules in use: list, one rule, parks, the schemas of documents, and loading changed files at once."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from admission.record.rulesets import kept_rulesets
from admission.rulebook import Cite, Period, Rulebook
from admission.rulebook.listing import every, selected
from admission.rulebook.model import DutyCite
from admission.rulebook.rows import Row
from admission.screening.document_schema import decision_schema, project_schema
from admission.service.asking import AsOf, Lang, ParkId, check_park
from admission.service.openapi import error
from admission.service.problem_words import Kind
from admission.service.problems import Fault, ProblemDocument, ProblemError, fault_of
from admission.service.rules import RulesState
from admission.service.state import services
from admission.vocabulary import Label

__all__ = [
    "KeptLine",
    "KeptList",
    "ParkLine",
    "ParkList",
    "RuleLine",
    "RuleList",
    "RuleWhole",
    "RulesInUse",
    "SchemaList",
    "in_use",
    "router",
    "tagged",
]

router = APIRouter(prefix="/v1", tags=["规则 rules"])
_LIMIT, _MOST = 100, 1000
_LONGEST = 200
RuleKind = Literal["eia", "permit", "list", "duty", "score", "life", "question", "penalty", "change"]


class RuleLine(BaseModel):
    """一条规则 (one rule)."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    title: Label
    edition: str
    layer: str
    cite: tuple[DutyCite | Cite, ...]
    status: str
    confidence: str | None
    effective: Period
    provenance: str


class RuleList(BaseModel):
    """规则清单 (a part of the rules)."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(description="规则库的指纹 (hash of the rulebook)")
    total: int = Field(description="符合条件的条数 (how many match)")
    rules: tuple[RuleLine, ...]


class RuleWhole(RuleLine):
    """一条规则的全部内容 (a rule with everything it says)."""

    rule: dict[str, Any] = Field(description="规则文件中的内容 (as it stands in its file)")


class ParkLine(BaseModel):
    """一个园区 (a park)."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: Label


class ParkList(BaseModel):
    """园区清单 (the parks)."""

    model_config = ConfigDict(frozen=True)

    parks: tuple[ParkLine, ...]


class RulesInUse(BaseModel):
    """正在使用的规则 (the rules in use)."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    since: datetime
    error: tuple[Fault, ...] = Field((), description="新规则文件的错误；旧规则仍在使用 (the old rules stay in use)")


def tagged(request: Request, content: bytes, rulebook: Rulebook) -> Response:
    """`content` with an ETag; 304 when the caller has it already."""
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Admission-Rulebook-SHA256": rulebook.sha256}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {HTTPStatus.NOT_MODIFIED.value: {"description": "未改变 (unchanged)"}}


@router.get("/rules", summary="规则清单，可检索 (the rules)", response_model=RuleList, responses=_NOT_MODIFIED)
async def list_rules(
    request: Request,
    kind: Annotated[RuleKind | None, Query(description="类别 (kind)")] = None,
    status: Annotated[Literal["verified", "unverified"] | None, Query(description="核实状态 (status)")] = None,
    q: Annotated[str, Query(max_length=_LONGEST, description="编号、标题、出处中的文字 (text to find)")] = "",
    park: ParkId = None,
    as_of: AsOf = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=0, le=_MOST)] = _LIMIT,
) -> Response:
    """不带园区和日期时列出全部版本；带 `ETag` (without park and day: every edition)."""
    shared = services(request)
    rulebook = shared.rules.rulebook
    check_park(park, rulebook)

    def work() -> bytes:
        found = [
            row
            for row in selected(rulebook, park, as_of, shared.clock.day())
            if kind in (None, row.kind) and status in (None, row.status) and _mentions(row, q)
        ]
        shown = [row.document() for row in found[offset : offset + limit]]
        return _json({"sha256": rulebook.sha256, "total": len(found), "rules": shown})

    return tagged(request, await shared.computing.run(work), rulebook)


def _mentions(row: Row, text: str) -> bool:
    """Does every word of `text` stand in the id, the title or the citation?"""
    places = [row.id, row.title.zh, row.title.en, row.edition.title.zh]
    places += [part for cite in row.cites for part in (cite.document, cite.number, cite.article) if part]
    whole = "\n".join(places).casefold()
    return all(word in whole for word in text.casefold().split())


class KeptLine(BaseModel):
    """台账保存的一个规则集 (a ruleset that the store has kept)."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sha256: str = Field(description="规则集的哈希 (hash of the ruleset)")
    name: str = Field(description="园区和日期 (park and day)")
    rulebook: str = Field(description="规则文件的哈希 (hash of the files of its rulebook)")
    at: datetime = Field(description="何时保存 (since when it is kept)")


class KeptList(BaseModel):
    """台账保存的规则集，新的在前 (newest first)."""

    model_config = ConfigDict(frozen=True)

    in_use: str = Field(description="在用规则文件的哈希 (hash of the files in use)")
    rulesets: tuple[KeptLine, ...]


@router.get("/rules/kept", summary="台账保存的规则 (rules kept with decisions)")
async def list_kept(request: Request) -> KeptList:
    """决定所依据的规则集；`/v1/impact` 可用其哈希作比 (`/v1/impact` compares by these hashes)."""
    shared = services(request)
    found = await run_sync(lambda: kept_rulesets(shared.store))
    kept = tuple(KeptLine.model_validate(one) for one in found)
    return KeptList(in_use=shared.rules.rulebook.files_sha256, rulesets=kept)


@router.get(
    "/rules/{id}",
    summary="一条规则 (one rule)",
    response_model=RuleWhole,
    responses=_NOT_MODIFIED | error(Kind.NOT_FOUND),
)
async def show_rule(request: Request, id: str) -> Response:
    """条件、出处、有效期、核实状态 (condition, source, period, status)."""
    rulebook = services(request).rules.rulebook
    found = next((row for row in every(rulebook) if row.id == id), None)
    if found is None:
        raise ProblemError(Kind.NOT_FOUND)
    return tagged(
        request, _json({**found.document(), "rule": found.rule.model_dump(mode="json", by_alias=True)}), rulebook
    )


@router.post("/rules/reload", summary="立即读取规则文件 (read the rule files now)")
async def reload_rules(request: Request, lang: Lang = "zh") -> RulesInUse:
    """新规则有误时旧规则继续使用，错误在此列出 (broken files leave the old rules in use)."""
    keeper = services(request).rules
    return in_use(await run_sync(lambda: keeper.look(force=True)), lang)


def in_use(state: RulesState, lang: str) -> RulesInUse:
    """The state of the rules as it is told."""
    faults = tuple(fault_of(problem, lang) for problem in state.error.problems) if state.error else ()
    return RulesInUse(sha256=state.rulebook.sha256, since=state.since, error=faults)


@router.get("/parks", summary="园区 (parks)", response_model=ParkList, responses=_NOT_MODIFIED)
async def list_parks(request: Request) -> Response:
    """规则库中的园区 (the parks of the rulebook)."""
    rulebook = services(request).rules.rulebook
    parks = [{"id": id, "name": park.name.model_dump()} for id, park in rulebook.parks.items()]
    return tagged(request, _json({"parks": parks}), rulebook)


class SchemaList(BaseModel):
    """有哪些 JSON Schema (which schemas there are)."""

    model_config = ConfigDict(frozen=True)

    documents: tuple[str, ...]


_SCHEMAS = ("project", "decision", "problem")


@router.get("/schema", summary="有哪些 JSON Schema (which schemas there are)")
async def list_schemas() -> SchemaList:
    """每个在 `/v1/schema/{document}` (each at its own address)."""
    return SchemaList(documents=_SCHEMAS)


@router.get(
    "/schema/{document}",
    summary="JSON Schema (2020-12)",
    response_model=dict[str, Any],
    responses=_NOT_MODIFIED,
)
async def show_schema(
    request: Request, document: Literal["project", "decision", "problem"], lang: Lang = "zh"
) -> Response:
    """项目文件、研判结果、问题说明的 JSON Schema (of each document)."""
    shared = services(request)
    rulebook = shared.rules.rulebook

    def work() -> bytes:
        if document == "project":
            return _json(project_schema(rulebook, lang))
        return _json(decision_schema() if document == "decision" else ProblemDocument.model_json_schema())

    return tagged(request, await shared.computing.run(work), rulebook)
