"""Projects → a block of columns, and a row of a block → the project it stands for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from admission.audit.block import UNDATED, UNDONE, Block, Column, Events, Level, Truths
from admission.audit.facts import Columns
from admission.audit.lowering import kind_of
from admission.audit.machine import Choices, Coded
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.project import Component, Milestone, Project
from admission.vocabulary import Fact, FactType, Value, Vocabulary

__all__ = ["block_of", "columns_of", "project_at"]

_Given = Mapping[str, Value | None]


def columns_of(projects: Sequence[Project]) -> Columns:
    """The facts that some project states, of itself or of a component."""
    flat, parts = _levels(projects)
    return Columns(
        frozenset(name for facts in flat for name in facts), frozenset(name for facts in parts for name in facts)
    )


def block_of(projects: Sequence[Project], vocabulary: Vocabulary, choices: Mapping[str, Choices]) -> Block:
    """The projects as columns; `choices` numbers the values of every fact (see `Choices`).

    Recorded judgements have no place in a table and are left out.
    """
    columns = columns_of(projects)
    flat, parts = _levels(projects)
    owners = [at for at, project in enumerate(projects) for _ in (() if _is_flat(project) else project.components)]
    names = [c.name for project in projects if not _is_flat(project) for c in project.components]
    recorded = (
        (at, milestone.event, _recorded(milestone))
        for at, project in enumerate(projects)
        for milestone in project.milestones
    )
    return Block(
        enterprises=_level(flat, columns.enterprise, vocabulary, choices),
        names=tuple(project.name for project in projects),
        components=_level(parts, columns.component, vocabulary, choices),
        owners=np.array(owners, np.int64),
        component_names=tuple(names),
        milestones=Events.of(recorded),
    )


def _is_flat(project: Project) -> bool:
    """A project whose only component is itself."""
    return len(project.components) == 1 and project.components[0].name == project.name


def _levels(projects: Sequence[Project]) -> tuple[list[_Given], list[_Given]]:
    flat: list[_Given] = []
    parts: list[_Given] = []
    for project in projects:
        if _is_flat(project):
            only = project.components[0]
            flat.append({**project.facts, **only.facts, **_identity(only)})
        else:
            flat.append(dict(project.facts))
            parts += [{**component.facts, **_identity(component)} for component in project.components]
    return flat, parts


def _identity(component: Component) -> dict[str, Value]:
    given = {INDUSTRY: component.industry, ACTIVITY: component.activity}
    return {name: value for name, value in given.items() if value is not None}


def _level(
    rows: Sequence[_Given], names: frozenset[str], vocabulary: Vocabulary, choices: Mapping[str, Choices]
) -> Level:
    return Level(
        len(rows),
        {name: _column(vocabulary.facts[name], [row.get(name) for row in rows], choices) for name in sorted(names)},
    )


def _column(fact: Fact, values: Sequence[Value | None], choices: Mapping[str, Choices]) -> Column:
    kind = kind_of(fact.type)
    if kind == "truth":
        return Truths(np.array([1 if value is None else 2 if value else 0 for value in values], np.int8))
    if kind == "number":
        return np.array([_number(value) for value in values], np.float64)
    known = choices[fact.name]
    return Coded(np.array([-1 if value is None else known.code(value) for value in values], np.int32), known)


def _number(value: Any) -> float:
    return np.nan if value is None else float(value.toordinal() if isinstance(value, date) else value)


def _recorded(milestone: Milestone) -> float:
    if milestone.undone:
        return UNDONE
    return UNDATED if milestone.date is None else float(milestone.date.toordinal())


def _milestone(event: str, day: float) -> Milestone:
    known = None if day in (UNDONE, UNDATED) else date.fromordinal(int(day))
    return Milestone(event=event, date=known, undone=day == UNDONE)


def project_at(block: Block, position: int, vocabulary: Vocabulary, only: Collection[str] | None = None) -> Project:
    """The project that the enterprise at `position` of `block` stands for; of its facts those in `only`, where told."""
    name = block.names[position] or f"#{block.first_row + position}"
    shared = _facts_at(block.enterprises, position, vocabulary, only)
    rows = np.flatnonzero(block.owners == position).tolist()
    identity = {key: shared.pop(key) for key in (INDUSTRY, ACTIVITY) if key in shared}
    components = [_component(block, row, identity, vocabulary, only) for row in rows]
    recorded = block.milestones
    milestones = (
        _milestone(recorded.names[recorded.codes[at]], float(recorded.days[at]))
        for at in np.flatnonzero(recorded.owners == position)
    )
    return Project.model_validate(
        {
            "name": name,
            "facts": shared,
            "components": tuple(components) or ({"name": name, **identity},),
            "milestones": tuple(milestones),
        }
    )


def _component(
    block: Block, row: int, identity: Mapping[str, Value], vocabulary: Vocabulary, only: Collection[str] | None
) -> dict[str, Any]:
    facts = _facts_at(block.components, row, vocabulary, only)
    own = {key: facts.pop(key) for key in (INDUSTRY, ACTIVITY) if key in facts}
    return {"name": block.component_names[row], "facts": facts, **identity, **own}


def _facts_at(level: Level, row: int, vocabulary: Vocabulary, only: Collection[str] | None) -> dict[str, Value]:
    names = [name for name in level.columns if only is None or name in only]
    found = {name: _value(vocabulary.facts[name], level.columns[name], row) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _value(fact: Fact, column: Column, row: int) -> Value | None:
    if isinstance(column, Truths):
        cell = int(column.cells[row])
        return None if cell == 1 else cell == 2
    if isinstance(column, Coded):
        code = int(column.codes[row])
        return None if code < 0 else column.choices.values[code]
    number = float(column[row])
    if number != number:
        return None
    return date.fromordinal(int(number)) if fact.type is FactType.DATE else number
