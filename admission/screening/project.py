"""A project as it is declared: shared facts, components, milestones, recorded judgements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from admission.errors import InputError, Place, Problem, ProblemCode
from admission.vocabulary import Value

if TYPE_CHECKING:
    from admission.rulebook import Rulebook

__all__ = ["Component", "Judgement", "Milestone", "Project"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Milestone(_Frozen):
    """A dated event of a project's life (节点).

    `date` None: it may have happened, on a day nobody has stated; with `undone` it has not happened.
    """

    event: str
    date: date | None
    document: str | None = None
    undone: bool = False


class Judgement(_Frozen):
    """A person's recorded answer where a rule needs one: who, when, why."""

    rule: str
    answer: Literal["clear", "hit", "met", "unmet", "not_applicable"]
    who: str
    when: date
    why: str


class Component(_Frozen):
    """One work item (建设内容) with its industry codes and/or activities and its own facts.

    `industry` and `activity` are None when not stated.
    """

    name: str
    industry: frozenset[str] | None = None
    activity: frozenset[str] | None = None
    facts: Mapping[str, Value] = Field(default_factory=dict)


class Project(_Frozen):
    """An investment project; only known facts stand in `facts`, by canonical name."""

    name: str
    park: str | None = None
    as_of: date | None = None
    facts: Mapping[str, Value] = Field(default_factory=dict)
    components: tuple[Component, ...] = Field(min_length=1)
    milestones: tuple[Milestone, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    @classmethod
    def from_yaml(cls, source: str | Path | bytes, rulebook: Rulebook | None = None) -> Project:
        """The one project of a YAML or JSON document: a path, or the content as bytes.

        Names are those of `rulebook`, by default the shipped one. Raises `InputError`.
        """
        from admission.rulebook import load_rulebook
        from admission.screening.document import read_projects

        name, data = ("<bytes>", source) if isinstance(source, bytes) else (str(source), _content(source))
        found = read_projects(data, name, rulebook or load_rulebook())
        if len(found) != 1:
            raise InputError([Problem(ProblemCode.NOT_ONE_PROJECT, Place(name), values={"count": len(found)})])
        return found[0]


def _content(source: str | Path) -> bytes:
    try:
        return Path(source).read_bytes()
    except (OSError, ValueError) as error:
        values = {"detail": str(source)}
        raise InputError([Problem(ProblemCode.FILE_MISSING, Place(str(source)), values=values)]) from error
