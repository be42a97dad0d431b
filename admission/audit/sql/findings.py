"""The view of findings: one row for every component and clause that triggers, with the facts to ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from admission.audit.engine import TRIGGERED, fixed_of, weight_of
from admission.audit.labels import cited
from admission.audit.sql.needs import SqlNeeds
from admission.audit.sql.writer import Step, Writer, is_now
from admission.logic.nodes import Expr
from admission.rulebook import Item, Owned, Ruleset
from admission.screening.answers import conditions, outcome_of
from admission.screening.decision import Finding
from admission.screening.verdict import Outcome, contribution, settled

__all__ = ["CONTRADICTION", "findings_view", "list_keys"]

CONTRADICTION = "contradiction"
"""The rule of the one row of a component whose facts contradict each other."""

_HEADS = ("rule", "outcome", "effect", "severity", "department", "citation")
_TRUTHS = (True, False, None)
_TEN = 10


class _Row(NamedTuple):
    """What a finding says, when it stands, and the column with what it needs."""

    texts: tuple[str, ...]
    test: str
    needs: str


def list_keys(ruleset: Ruleset) -> tuple[str, ...]:
    """The conditions of the clauses, each once."""
    return tuple(dict.fromkeys(key for owned in ruleset.items for key in conditions(owned.rule)))


def findings_view(ruleset: Ruleset, writer: Writer) -> str:
    """The statement."""
    return _View(ruleset, writer).text()


class _View:
    def __init__(self, ruleset: Ruleset, writer: Writer) -> None:
        self._ruleset, self._writer = ruleset, writer
        self._columns = {key: f"c{number}" for number, key in enumerate(list_keys(ruleset))}
        trees = {ruleset.conditions.tree(key): name for key, name in self._columns.items()}
        self._needs = SqlNeeds(ruleset, writer, trees)

    def text(self) -> str:
        asked = self._asked()
        marks = ("enterprise", "component", "refuted", "unusable")
        facts = [self._writer.quoted(name) for name in sorted(self._needs.reads)]
        held = [f"{self._writer.sql(self._tree(key))} AS {name}" for key, name in self._columns.items()]
        lines = [f"{text} AS n{number}" for number, text in enumerate(asked.values())]
        names = {keys: f"n{number}" for number, keys in enumerate(asked)}
        steps: list[Step] = [
            ("conditions", f"SELECT {', '.join((*marks, *facts, *held))} FROM {self._writer.view('facts')}"),
            ("outcomes", f"SELECT {', '.join((*marks, *self._columns.values(), *lines))} FROM conditions"),
        ]
        return self._writer.create("findings", steps, self._united(list(self._rows(names))))

    def _tree(self, key: str) -> Expr:
        return self._ruleset.conditions.tree(key)

    def _asked(self) -> dict[tuple[str, ...], str]:
        """What clauses with certain conditions need, where they can need anything; empty text while decided."""
        found = {}
        for owned in self._ruleset.items:
            keys = conditions(owned.rule)
            if keys not in found and (text := self._needs.text(keys)) is not None:
                undecided = " OR ".join(is_now(self._columns[key], None) for key in keys)
                found[keys] = f"CASE WHEN {undecided} THEN {text} ELSE '' END"
        return found

    def _rows(self, needs: dict[tuple[str, ...], str]) -> Iterator[_Row]:
        writer = self._writer
        for owned in self._ruleset.items:
            for outcome, test in self._tests(owned.rule):
                asked = needs.get(conditions(owned.rule), "''") if outcome is Outcome.UNKNOWN else "''"
                yield _Row(writer.texts(_words(owned, outcome)), f"unusable = 0 AND ({test})", asked)
        for finding in fixed_of(self._ruleset):
            yield _Row(writer.texts(_fixed_words(finding)), "unusable = 0", "''")
        yield _Row(writer.texts((CONTRADICTION, "contradicts", "", "", "", "")), "refuted = 1", "''")

    def _tests(self, item: Item) -> Iterator[tuple[Outcome, str]]:
        """For each outcome that triggers, when it is so: from what the conditions of the clause can be."""
        names = [self._columns[key] for key in conditions(item)]
        found: dict[Outcome, list[str]] = {}
        for values in product(_TRUTHS, repeat=len(names)):
            triggered, fulfilled = (*values, None)[:2]
            outcome = settled(item, outcome_of(item, triggered, fulfilled))
            parts = (is_now(name, value) for name, value in zip(names, values, strict=True))
            found.setdefault(outcome, []).append(" AND ".join(parts))
        for outcome, tests in found.items():
            if outcome in TRIGGERED:
                yield outcome, " OR ".join(f"({test})" for test in tests)

    # the rows that apply, as each database does it in one pass over the conditions

    def _united(self, rows: Sequence[_Row]) -> str:
        match self._writer.dialect:
            case "postgres":
                return _unnested(rows)
            case "spark":
                return _exploded(rows)
        return _numbered(rows)


def _unnested(rows: Sequence[_Row]) -> str:
    """The tests stand in one array, which is prepared once, not for every component."""
    numbers = ",\n".join(f"CASE WHEN {row.test} THEN {number} END" for number, row in enumerate(rows))
    needs = ",\n".join(row.needs for row in rows)
    said = ",\n".join(f"({number}, {', '.join(row.texts)})" for number, row in enumerate(rows))
    return (
        f"SELECT enterprise, component, {', '.join(_HEADS)}, needs\nFROM outcomes\n"
        f"CROSS JOIN LATERAL UNNEST(ARRAY[\n{numbers}\n], CAST(ARRAY[\n{needs}\n] AS TEXT[])) AS f(number, needs)\n"
        f"JOIN (VALUES\n{said}\n) AS said(number, {', '.join(_HEADS)}) ON said.number = f.number"
    )


def _exploded(rows: Sequence[_Row]) -> str:
    names = (*_HEADS, "needs", "applies")
    lines = []
    for row in rows:
        cells = zip((*row.texts, row.needs, row.test), names, strict=True)
        lines.append(f"STRUCT({', '.join(f'{text} AS {name}' for text, name in cells)})")
    listed = ", ".join(f"f.{head}" for head in (*_HEADS, "needs"))
    between = ",\n"
    return (
        f"SELECT enterprise, component, {listed}\nFROM (SELECT enterprise, component, "
        f"EXPLODE(ARRAY(\n{between.join(lines)}\n)) AS f FROM outcomes)\nWHERE f.applies"
    )


def _numbered(rows: Sequence[_Row]) -> str:
    """For MySQL and MariaDB: each row of the conditions once for every number, which picks the finding.

    A branch of a UNION for each finding would make them expand all steps anew each time.
    """
    digits = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(_TEN))
    powers = [_TEN**place for place in range(len(str(len(rows))))]
    number = " + ".join(f"{power} * p{power}.d" for power in powers)
    places = " CROSS JOIN ".join(f"({digits}) AS p{power}" for power in powers)
    columns = [*zip(*(row.texts for row in rows), strict=True), [row.needs for row in rows]]
    picked = ", ".join(
        f"ELT(f.n, {', '.join(cells)}) AS {head}" for head, cells in zip((*_HEADS, "needs"), columns, strict=True)
    )
    tests = ", ".join(f"({row.test})" for row in rows)
    return (
        f"SELECT enterprise, component, {picked}\nFROM outcomes "
        f"CROSS JOIN (SELECT 1 + {number} AS n FROM {places}) AS f\n"
        f"WHERE f.n <= {len(rows)} AND ELT(f.n, {tests}) = '1'"
    )


def _words(owned: Owned[Item], outcome: Outcome) -> tuple[str, ...]:
    item = owned.rule
    words = (item.id, outcome, item.effect, contribution(item, outcome), item.department)
    return (*map(str, words), cited(owned.edition.cite(item.article)))


def _fixed_words(finding: Finding) -> tuple[str, ...]:
    words = (finding.rule, finding.outcome, finding.effect, weight_of(finding), finding.department)
    return (*map(str, words), cited(finding.cite))
