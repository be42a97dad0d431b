"""What callers ask with: the project document in the body, park, day and language in the query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BeforeValidator, WithJsonSchema

from admission._messages import Phrase, listed, shortened
from admission.errors import InputError, Place, Problem, ProblemCode
from admission.rulebook import Rulebook, Ruleset
from admission.screening import Project, read_projects
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.state import services
from admission.vocabulary import parse_date

__all__ = [
    "PARK",
    "AsOf",
    "Asked",
    "Day",
    "Lang",
    "ParkId",
    "ParkSought",
    "body_name",
    "check_park",
    "only_project",
    "ruleset_headers",
    "ruleset_of",
]

_TYPES = {
    "application/json": "body.json",
    "application/yaml": "body.yaml",
    "application/x-yaml": "body.yaml",
    "text/yaml": "body.yaml",
    "application/jsonl": "body.jsonl",
    "application/x-ndjson": "body.jsonl",
}
_DAY = Phrase("应为 年-月-日，如 2026-11-24", "expected YYYY-MM-DD")


def _day(value: object) -> object:
    """A day as ISO writes it, and nothing else that a library would take for one."""
    day = parse_date(value) if isinstance(value, str) else value
    if day is None:
        raise ValueError(f"{_DAY} ({_DAY.en})")
    return day


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Lang = Annotated[Literal["zh", "en"], Query(description="语言 (language of the answer)")]
PARK = "park"
"""The format of a query parameter that names a park of the rules; the OpenAPI document lists them."""
ParkId = Annotated[
    str | None,
    Query(
        max_length=100,
        description="园区编号，优先于文件所写 (park id; wins over the document)",
        json_schema_extra={"format": PARK},
    ),
]
ParkSought = Annotated[str | None, Query(max_length=100, description="园区编号 (park id)")]
"""A park that what is looked for may have, also one that the rules no longer know."""
AsOf = Annotated[Day | None, Query(description="研判日期，优先于文件所写 (day of the law; wins over the document)")]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for something to be worked out; `today` is used when nobody names a day."""

    body: bytes
    name: str
    park: str | None
    as_of: date | None
    today: date
    lang: Literal["zh", "en"]

    @classmethod
    async def of(cls, request: Request, park: str | None, as_of: date | None, lang: Literal["zh", "en"]) -> Asked:
        """The question of a request whose body is one document or several."""
        name = body_name(request)
        return cls(await request.body(), name, park, as_of, services(request).clock.day(), lang)


def body_name(request: Request) -> str:
    """How the body is called in messages; a 415 problem when it is neither JSON nor YAML."""
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media not in _TYPES:
        detail = f"{media or '—'}; {', '.join(dict.fromkeys(_TYPES))}"
        raise ProblemError(Kind.MEDIA_TYPE, detail, headers={"Accept": ", ".join(_TYPES)})
    return _TYPES[media]


def only_project(asked: Asked, rulebook: Rulebook) -> Project:
    """The one project of the body; raises `InputError`."""
    projects = read_projects(asked.body, asked.name, rulebook)
    if len(projects) != 1:
        values = {"count": len(projects)}
        raise InputError([Problem(ProblemCode.NOT_ONE_PROJECT, Place(asked.name), values=values)])
    return projects[0]


def ruleset_of(project: Project, asked: Asked, rulebook: Rulebook) -> Ruleset:
    """The rules for a project: of the park and day asked for, else of those it states, else of today."""
    park = asked.park if asked.park is not None else project.park
    check_park(park, rulebook)
    return rulebook.in_force(park, on=asked.as_of or project.as_of or asked.today)


def check_park(park: str | None, rulebook: Rulebook) -> None:
    """Raises `InputError` for a park that the rulebook does not have."""
    if park is not None and park not in rulebook.parks:
        values = {"actual": shortened(park), "members": listed(rulebook.parks)}
        raise InputError([Problem(ProblemCode.UNKNOWN_PARK, Place("query"), "park", values)])


def ruleset_headers(ruleset: Ruleset) -> dict[str, str]:
    """Which rules answered."""
    return {"Admission-Ruleset": ruleset.name, "Admission-Ruleset-SHA256": ruleset.sha256}
