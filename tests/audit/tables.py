"""Projects as rows of tables, and what `screen` says of them in the shape of an audit."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from admission import Project, Rulebook, Ruleset
from admission.audit.engine import TRIGGERED
from admission.errors import InputError
from admission.logic.nodes import AnyOf, Compare, Constant, FactRef, walk
from admission.screening import Component
from admission.vocabulary import Fact, FactType, Value
from tests.screening.documents import judged

WORKS = ("boiler", "surface_treatment", "water_treatment", "heat_treatment")
Row = dict[str, Any]


def cell(value: Value) -> Any:
    """A value as a person writes it in a cell."""
    return ("、".join(sorted(value)) or "无") if isinstance(value, frozenset) else value


def rows_of(projects: Sequence[Project]) -> tuple[list[Row], list[Row]]:
    """Rows of the table of enterprises and of the table of components; None where nothing is stated."""
    enterprises: list[Row] = []
    components: list[Row] = []
    for project in projects:
        row = {"enterprise": project.name, **{name: cell(value) for name, value in project.facts.items()}}
        enterprises.append(row)
        for part in project.components:
            given = {"industry": part.industry, "activity": part.activity}
            facts = {**part.facts, **{name: value for name, value in given.items() if value is not None}}
            own = {name: cell(value) for name, value in facts.items()}
            if part.name == project.name and len(project.components) == 1:
                row.update(own)
            else:
                components.append({"enterprise": project.name, "component": part.name, **own})
    return _full(enterprises), _full(components)


def _full(rows: list[Row]) -> list[Row]:
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {
        name: [row[name] for row in rows] for name in (rows[0] if rows else {"enterprise": None, "component": None})
    }


def wanted(project: Project, ruleset: Ruleset) -> tuple[Any, ...] | None:
    """Verdict, possible verdicts, classes and findings by `screen`; None when the project contradicts itself.

    Questions and remedies, which an audit does not give, and findings that ask for nothing are left out.
    """
    try:
        decision = judged(project, ruleset, tell=TRIGGERED)
    except InputError:
        return None
    findings = {
        (f.rule, f.component, str(f.outcome), str(f.effect), f.department, ";".join(f.needs)) for f in decision.findings
    }
    duties = {duty.id: duty.status for duty in decision.duties}
    return (
        str(decision.verdict),
        ";".join(decision.possible_verdicts),
        ";".join(decision.eia.possible),
        ";".join(decision.permit.possible),
        findings,
        duties,
    )


def found(
    enterprises: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> list[tuple[Any, ...] | None]:
    """The same of an audit, one per row; without duties, which an audit only counts."""
    by_row: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    names = ("rule", "component", "outcome", "effect", "department", "needs")
    for row in findings:
        key = tuple(_none(row[name]) for name in names)
        assert key not in by_row[row["row"]]
        by_row[row["row"]].add(key)
    heads = ("verdict", "possible_verdicts", "eia_possible", "permit_possible")
    return [None if row["contradicts"] else (*(row[name] for name in heads), by_row[row["row"]]) for row in enterprises]


def _none(value: Any) -> Any:
    return None if value is None or value != value else value


class Drawer:
    """Draws projects from a seed, facts at and around every number of the rules, contradictions included."""

    def __init__(self, rulebook: Rulebook, seed: int, codes: Sequence[str] | None = None) -> None:
        self._random, self._vocabulary = random.Random(seed), rulebook.vocabulary
        self._limits, self._members = _named(rulebook)
        self._codes = codes or [code for code in rulebook.vocabulary.codes.table if code.isdigit()]
        facts = rulebook.vocabulary.facts.values()
        self._facts = [f for f in facts if not f.internal and f.name not in ("industry", "activity")]
        self._count = 0

    def project(self, derived: float = 0.0) -> Project:
        """One with none to three components; `derived` is the share of derived facts that are stated."""
        self._count += 1
        name, density = f"企业{self._count}", self._random.choice((0.02, 0.2, 0.7, 0.95))
        count = self._random.choice((0, 1, 2, 3))
        parts = [
            Component(name=f"内容{n}", facts=self._stated(density * 0.3, 0.2, derived), **self._identity())
            for n in range(count)
        ]
        return Project(
            name=name,
            facts=self._stated(density, 0.3, derived),
            components=tuple(parts) or (Component(name=name, **self._identity()),),
        )

    def _stated(self, density: float, works: float, derived: float) -> dict[str, Value]:
        draw = self._random.random
        return {
            fact.name: self._value(fact)
            for fact in self._facts
            if draw() < density * (1 if fact.define is None else derived) and (fact.work is None or draw() < works)
        }

    def _identity(self) -> dict[str, frozenset[str]]:
        draw, given = self._random, {}
        if draw.random() < 0.8:
            given["industry"] = frozenset(draw.sample(self._codes, draw.choice((1, 1, 2))))
        if draw.random() < 0.4:
            other = [draw.choice(sorted(self._vocabulary.facts["activity"].members))] if draw.random() < 0.3 else []
            given["activity"] = frozenset([*draw.sample(WORKS, draw.choice((0, 1, 1, 2))), *other])
        return given

    def _value(self, fact: Fact) -> Value:
        draw = self._random
        if fact.type is FactType.BOOL:
            return draw.random() < 0.4
        if fact.type is FactType.NUMBER:
            low, high = fact.range or (None, None)
            around = [0.0, 1.0, *(n + d for n in self._limits.get(fact.name, ()) for d in (0.0, -0.5, 0.5))]
            fits = [n for n in around if (low is None or n >= low) and (high is None or n <= high)]
            return draw.choice(fits or [float(low or 0)])
        if fact.type is FactType.ENUM:
            return draw.choice(list(fact.members))
        members = sorted(self._members.get(fact.name) or fact.members)
        return frozenset(draw.sample(members, min(len(members), draw.choice((0, 1, 1, 2)))))


@cache
def _named(rulebook: Rulebook) -> tuple[dict[str, set[float]], dict[str, set[str]]]:
    """The numbers and members that any condition names, by fact."""
    limits: defaultdict[str, set[float]] = defaultdict(set)
    members: defaultdict[str, set[str]] = defaultdict(set)
    texts = [text for owned in rulebook.items for text in (owned.rule.when, owned.rule.must) if text]
    texts += [fact.define for fact in rulebook.derived if fact.define]
    for node in (node for text in texts for node in walk(rulebook.conditions.tree(text))):
        if isinstance(node, AnyOf):
            members[node.name].update(node.members)
        elif isinstance(node, Compare):
            numbers = {part.value for part in walk(node) if isinstance(part, Constant) and type(part.value) is float}
            for part in walk(node):
                if isinstance(part, FactRef):
                    limits[part.name] |= numbers
    return dict(limits), dict(members)
