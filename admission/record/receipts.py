"""Receipts (凭证): what a decision can be computed from again, and its result in short."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from admission._reading import decode, parse, validate
from admission.errors import InputError, Problem
from admission.record.chain import canonical, sha256_of
from admission.rulebook import Rulebook, Ruleset
from admission.screening import Component, Decision, Milestone, Project, read_projects
from admission.screening.decision import Receipt
from admission.screening.document import UNDONE
from admission.vocabulary import Value

__all__ = ["FORMAT", "make_receipt", "project_document", "project_of", "read_receipt", "result_sha256", "summary"]

FORMAT = "admission receipt 1"
Json = Mapping[str, Any]


def make_receipt(project: Project, ruleset: Ruleset, decision: Decision, *, lang: str = "zh") -> dict[str, Any]:
    """The receipt of a decision just made; JSON, to be kept as a file."""
    text = decision.to_json()
    found = json.loads(text)
    return {
        "format": FORMAT,
        "project": project_document(project),
        "park": decision.park,
        "as_of": decision.as_of.isoformat(),
        "lang": lang,
        "receipt": decision.receipt.model_dump(mode="json"),
        "rulebook": ruleset.rulebook.files_sha256,
        "decision_sha256": sha256_of(text.encode()),
        "result_sha256": result_sha256(found),
        "summary": summary(found),
    }


class _ReceiptFile(BaseModel):
    """The shape of a receipt file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["admission receipt 1"]
    id: str | None = None
    project: dict[str, Any]
    park: str | None
    as_of: date
    lang: Literal["zh", "en"]
    receipt: Receipt
    rulebook: str | None = None
    decision_sha256: str
    result_sha256: str
    summary: dict[str, Any]


def read_receipt(data: bytes, name: str) -> dict[str, Any]:
    """The receipt in a file called `name`; raises `InputError` with everything that is wrong with it."""
    problems: list[Problem] = []
    text = decode(data, name, problems)
    nodes = parse(text, name, problems) if text is not None else []
    found = validate(_ReceiptFile, nodes[0], problems) if nodes else None
    if problems or found is None:
        raise InputError(problems)
    return found.model_dump(mode="json", exclude_none=False)


def project_document(project: Project) -> dict[str, Any]:
    """The project as a document that `read_projects` reads as the same project."""
    document = {
        "name": project.name,
        "park": project.park,
        "as_of": project.as_of.isoformat() if project.as_of else None,
        "facts": _facts(project.facts),
        "components": [_component(component) for component in project.components],
        "milestones": [_milestone(milestone) for milestone in project.milestones],
        "judgements": [judgement.model_dump(mode="json") for judgement in project.judgements],
    }
    return {key: value for key, value in document.items() if value not in (None, {}, [])}


def project_of(document: Json, rulebook: Rulebook, name: str = "receipt") -> Project:
    """The project of a document; raises `InputError`."""
    return read_projects(json.dumps(document, ensure_ascii=False).encode(), name, rulebook)[0]


def _component(component: Component) -> dict[str, Any]:
    identity = {"industry": component.industry, "activity": component.activity}
    stated = {key: sorted(value) for key, value in identity.items() if value is not None}
    facts = {"facts": _facts(component.facts)} if component.facts else {}
    return {"name": component.name, **stated, **facts}


def _facts(facts: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in sorted(facts.items())}


def _plain(value: Value) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


def _milestone(milestone: Milestone) -> dict[str, Any]:
    day = UNDONE[0] if milestone.undone else milestone.date.isoformat() if milestone.date else None
    document = {"document": milestone.document} if milestone.document is not None else {}
    return {"event": milestone.event, "date": day, **document}


def result_sha256(decision: Json) -> str:
    """Hash of a Decision JSON without its receipt: the result alone, whatever version of the program gave it."""
    return sha256_of(canonical({key: value for key, value in decision.items() if key != "receipt"}).encode())


def summary(decision: Json) -> dict[str, Any]:
    """The result of a Decision JSON in short: what a difference would be told of first."""
    found: dict[str, list[str]] = {}
    for finding in decision["findings"]:
        found.setdefault(finding["outcome"], []).append(_named(finding["rule"], finding["component"]))
    return {
        "verdict": decision["verdict"],
        "possible_verdicts": decision["possible_verdicts"],
        "eia": _classes(decision["eia"]),
        "permit": _classes(decision["permit"]),
        "score": [decision["score"]["low"], decision["score"]["high"]],
        "findings": {outcome: sorted(names) for outcome, names in sorted(found.items())},
        "duties": sorted(_joined(duty["id"], duty["status"], duty["due"]) for duty in decision["duties"]),
        "breaches": sorted(_joined(breach["id"], breach["since"]) for breach in decision["breaches"]),
        "questions": [_named(question["fact"], question["component"]) for question in decision["questions"]],
        "remedies": len(decision["remedies"]),
    }


def _classes(result: Json) -> dict[str, Any]:
    entries = [_joined(_named(line["rule"], line["component"]), line["class"]) for line in result["entries"]]
    return {"class": result["class"], "possible": result["possible"], "entries": entries}


def _named(name: str, component: str | None) -> str:
    return name if component is None else f"{name} @ {component}"


def _joined(*parts: str | None) -> str:
    return " ".join(str(part) for part in parts if part is not None)
