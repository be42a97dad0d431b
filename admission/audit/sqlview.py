"""A ruleset as an SQL view: the findings of the audit inside the approval system's own database.

The table has one row per component: `enterprise`, `component`, and a column per fact as
`admission.logic.columnar` describes them (sets written `;a;b;`, unknown NULL). The view has a row for every
component and clause that triggers: `enterprise`, `component`, `rule`, `outcome`, `effect`, `severity`,
`department`, `citation`. A clause for which all components are alike stands once per component, where `screen` gives
one finding for the whole enterprise. Components whose facts contradict each other have the one row
`contradiction`, and their enterprise has no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from sqlglot import exp

from admission.audit.engine import TRIGGERED, fixed_of, weight_of
from admission.audit.labels import cited
from admission.logic.nodes import AnyOf, Case, Constant, Expr, FactRef, Not, facts_of
from admission.logic.sql import Dialect, to_sql
from admission.rulebook import Item, Owned, Ruleset
from admission.screening.answers import conditions, outcome_of
from admission.screening.decision import Finding
from admission.screening.facts import ABSENT, ACTIVITY, INDUSTRY
from admission.screening.verdict import Outcome, contribution, settled
from admission.vocabulary import Fact, FactType, Value

__all__ = ["SQL_DIALECTS", "sql_facts", "sql_view"]

SQL_DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "spark")
_TRUTHS = (True, False, None)
_EMPTY = ";"
_TYPES: Mapping[Dialect, Mapping[FactType, str]] = {
    "postgres": {FactType.BOOL: "BOOLEAN", FactType.NUMBER: "DOUBLE PRECISION", FactType.DATE: "DATE"},
    "mysql": {FactType.BOOL: "SIGNED", FactType.NUMBER: "DOUBLE", FactType.DATE: "DATE"},
    "spark": {FactType.BOOL: "BOOLEAN", FactType.NUMBER: "DOUBLE", FactType.DATE: "DATE"},
}
_TEXT_TYPES: Mapping[Dialect, str] = {"postgres": "TEXT", "mysql": "CHAR", "spark": "STRING"}


def sql_facts(ruleset: Ruleset) -> tuple[Fact, ...]:
    """The facts that the lists of `ruleset` read, those behind derived facts included; internal ones not."""
    names = {INDUSTRY, ACTIVITY}
    for owned in ruleset.items:
        names.update(*(ruleset.reads(key) for key in conditions(owned.rule)))
    return tuple(fact for fact in ruleset.vocabulary.facts.values() if fact.name in names and not fact.internal)


def sql_view(ruleset: Ruleset, dialect: Dialect, table: str, columns: Iterable[str] | None = None) -> str:
    """The text of `CREATE VIEW <table>_findings`; ends with a semicolon.

    `columns` are the facts that the table has columns for, by default all of `sql_facts`; others are unknown.
    Raises `ValueError` for a dialect that is not one of `SQL_DIALECTS`.
    """
    if dialect not in SQL_DIALECTS:
        raise ValueError(f"{dialect!r} is not one of {', '.join(SQL_DIALECTS)}")
    present = {fact.name for fact in sql_facts(ruleset)} if columns is None else set(columns)
    return _View(ruleset, dialect, table, present).text()


_TEN = 10
_NOT_MERGED = "LIMIT 18446744073709551615"
"""MySQL and MariaDB put each step into the next, which grows without bound, unless the step has a limit."""


class _View:
    """Writes the view as a chain of common table expressions, each on top of the last."""

    def __init__(self, ruleset: Ruleset, dialect: Dialect, table: str, present: set[str]) -> None:
        self._ruleset, self._dialect, self._present = ruleset, dialect, present
        place = exp.to_table(table)
        self._table = place.sql(dialect, identify=True)
        name = exp.to_table(table)
        name.set("this", exp.to_identifier(f"{place.name}_findings", quoted=True))
        self._name = name.sql(dialect, identify=True)
        needed = {fact.name for fact in sql_facts(ruleset)}
        internal = set[str]().union(*(ruleset.reads(key) for key in self._keys()))
        self._facts = [fact for fact in ruleset.vocabulary.facts.values() if fact.name in needed | internal]
        self._derived = [fact for fact in ruleset.terms.derived if fact in set(self._facts)]
        self._works = {fact.work for fact in self._facts if fact.work is not None}

    def _keys(self) -> Iterator[str]:
        for owned in self._ruleset.items:
            yield from conditions(owned.rule)

    def _tree(self, key: str | None) -> Expr:
        return self._ruleset.conditions.tree(key or "")

    def _sql(self, node: Expr) -> str:
        return to_sql(node, self._dialect)

    def _quoted(self, name: str) -> str:
        return exp.to_identifier(name, quoted=True).sql(self._dialect)

    def text(self) -> str:
        """The whole statement."""
        steps = [("stated_facts", self._base()), ("works", self._elsewhere()), ("layer0", self._stated())]
        layers = list(self._layers())
        for number, facts in enumerate(layers, 1):
            steps.append((f"layer{number}", self._layer(facts, number - 1)))
        keys = {key: f"c{number}" for number, key in enumerate(dict.fromkeys(self._keys()))}
        steps.append(("conditions", self._conditions(keys, f"layer{len(layers)}")))
        materialized = "AS MATERIALIZED" if self._dialect == "postgres" else "AS"
        apart = f"\n{_NOT_MERGED}" if self._dialect == "mysql" else ""
        chain = ",\n".join(f"{name} {materialized} (\n{text}{apart}\n)" for name, text in steps)
        return f"CREATE VIEW {self._name} AS\nWITH {chain}\n{self._findings(keys)};\n"

    # facts

    def _base(self) -> str:
        """The table with a column for every fact that is needed, NULL where it has none."""
        lines = ["enterprise", "component"]
        for fact in self._facts:
            own = self._sql(FactRef(fact.name)) if fact.name in self._present else self._null(fact)
            lines.append(f"{own} AS {self._quoted('s_' + fact.name)}")
        return f"SELECT {', '.join(lines)} FROM {self._table}"

    def _null(self, fact: Fact) -> str:
        kind = _TYPES[self._dialect].get(fact.type, _TEXT_TYPES[self._dialect])
        return f"CAST(NULL AS {kind})"

    def _elsewhere(self) -> str:
        """What a component is, and for each work whether only other components of the enterprise declare it."""
        own, other = (self._quoted("s_" + name) for name in (INDUSTRY, ACTIVITY))
        lines = ["stated_facts.*"]
        for mine, theirs, name in ((own, other, INDUSTRY), (other, own, ACTIVITY)):
            empty = f"CASE WHEN {theirs} IS NOT NULL THEN '{_EMPTY}' END"
            lines.append(f"COALESCE({mine}, {empty}) AS {self._quoted(name)}")
        for work in sorted(self._works):
            declares = self._sql(AnyOf("s_" + ACTIVITY, (work,)))
            anywhere = f"MAX(CASE WHEN {declares} THEN 1 ELSE 0 END) OVER (PARTITION BY enterprise)"
            known = f"({own} IS NOT NULL OR {other} IS NOT NULL)"
            lines.append(
                f"({known} AND NOT COALESCE({declares}, FALSE) AND {anywhere} = 1) AS {self._quoted('w_' + work)}"
            )
        return f"SELECT {', '.join(lines)} FROM stated_facts"

    def _stated(self) -> str:
        """The facts that do not follow from others: stated, absent or the park's."""
        lines = ["works.*"]
        for fact in self._facts:
            if fact.define is None and fact.name not in (INDUSTRY, ACTIVITY):
                lines.append(f"{self._given(fact)} AS {self._quoted(fact.name)}")
        return f"SELECT {', '.join(lines)} FROM works"

    def _given(self, fact: Fact) -> str:
        own = self._quoted("s_" + fact.name)
        park = self._ruleset.park_facts.get(fact.name)
        rest = self._null(fact) if park is None else self._literal(park)
        if fact.work is not None and fact.type in ABSENT:
            absent = self._null(fact) if fact.define is not None else self._literal(ABSENT[fact.type])
            rest = f"CASE WHEN {self._quoted('w_' + fact.work)} THEN {absent} ELSE {rest} END"
        elif park is None:
            return own
        return f"COALESCE({own}, {rest})"

    def _literal(self, value: Value) -> str:
        if isinstance(value, frozenset):
            value = _EMPTY + "".join(f"{member}{_EMPTY}" for member in sorted(value))
        return self._sql(Constant(value))

    def _layers(self) -> Iterator[list[Fact]]:
        """Derived facts, each layer reading only what stands below it."""
        depth: dict[str, int] = {}
        for fact in self._derived:
            depth[fact.name] = 1 + max((depth.get(name, 0) for name in facts_of(self._tree(fact.define))), default=0)
        for level in range(1, max(depth.values(), default=0) + 1):
            yield [fact for fact in self._derived if depth[fact.name] == level]

    def _layer(self, facts: Sequence[Fact], below: int) -> str:
        lines = [f"layer{below}.*"]
        for fact in facts:
            computed = f"COALESCE({self._given(fact)}, {self._sql(self._tree(fact.define))})"
            absent = self._absent(fact)
            if absent is not None:
                computed = f"COALESCE({self._given(fact)}, {self._sql(self._tree(fact.define))}, {absent})"
            lines.append(f"{computed} AS {self._quoted(fact.name)}")
        return f"SELECT {', '.join(lines)} FROM layer{below}"

    def _absent(self, fact: Fact) -> str | None:
        """A derived fact of a work done elsewhere is absent, unless its formula can still make it present."""
        tree = self._tree(fact.define)
        if fact.work is None or fact.type not in ABSENT or not isinstance(tree, Case) or tree.otherwise is not None:
            return None
        value = self._literal(ABSENT[fact.type])
        test = self._quoted("w_" + fact.work)
        if not (isinstance(tree.then, Constant) and tree.then.value == ABSENT[fact.type]):
            test = f"{test} AND {self._sql(Not(tree.when))}"
        return f"CASE WHEN {test} THEN {value} END"

    # findings

    def _conditions(self, keys: Mapping[str, str], source: str) -> str:
        lines = [f"{self._sql(self._tree(key))} AS {name}" for key, name in keys.items()]
        refuted = " OR ".join(f"COALESCE({text}, FALSE)" for text in self._contradictions()) or "FALSE"
        anywhere = f"MAX(CASE WHEN {refuted} THEN 1 ELSE 0 END) OVER (PARTITION BY enterprise)"
        marks = [f"CASE WHEN {refuted} THEN 1 ELSE 0 END AS refuted", f"{anywhere} AS unusable"]
        return f"SELECT enterprise, component, {', '.join([*lines, *marks])} FROM {source}"

    def _contradictions(self) -> Iterator[str]:
        for fact in self._derived:
            yield f"{self._quoted('s_' + fact.name)} <> ({self._sql(self._tree(fact.define))})"
        for fact in self._facts:
            if fact.work is None or fact.type not in ABSENT or fact.type is FactType.SET:
                continue
            own, value = self._quoted("s_" + fact.name), self._literal(ABSENT[fact.type])
            said = f"{self._quoted('w_' + fact.work)} AND {own} <> {value}"
            if fact.define is None:
                yield said
            elif (absent := self._absent(fact)) is not None:
                yield f"{said} AND ({absent}) IS NOT NULL"

    def _findings(self, keys: Mapping[str, str]) -> str:
        rows = [
            (self._finding(owned, outcome), f"unusable = 0 AND ({test})")
            for owned in self._ruleset.items
            for outcome, test in self._tests(owned.rule, keys)
        ]
        rows += [(self._texts(_fixed_texts(finding)), "unusable = 0") for finding in fixed_of(self._ruleset)]
        rows.append((self._texts(("contradiction", "contradicts", "", "", "", "")), "refuted = 1"))
        return self._united(rows)

    def _united(self, rows: Sequence[tuple[tuple[str, ...], str]]) -> str:
        """The rows that apply, as each database does it in one pass over the conditions."""
        heads = ("rule", "outcome", "effect", "severity", "department", "citation")
        if self._dialect == "postgres":
            lines = ",\n".join(f"({', '.join(texts)}, {test})" for texts, test in rows)
            lateral = f"CROSS JOIN LATERAL (VALUES\n{lines}\n) AS f({', '.join(heads)}, applies)"
            return f"SELECT enterprise, component, {', '.join(heads)}\nFROM conditions {lateral}\nWHERE f.applies"
        if self._dialect == "spark":
            names = (*heads, "applies")
            lines = ",\n".join(
                f"STRUCT({', '.join(f'{text} AS {name}' for text, name in zip((*texts, test), names, strict=True))})"
                for texts, test in rows
            )
            listed = ", ".join(f"f.{head}" for head in heads)
            return (
                f"SELECT enterprise, component, {listed}\nFROM (SELECT enterprise, component, "
                f"EXPLODE(ARRAY(\n{lines}\n)) AS f FROM conditions)\nWHERE f.applies"
            )
        return self._numbered(rows, heads)

    def _numbered(self, rows: Sequence[tuple[tuple[str, ...], str]], heads: Sequence[str]) -> str:
        """For MySQL and MariaDB: each row of the conditions once for every number, which picks the finding.

        A branch of a UNION for each finding would make them expand all steps anew each time.
        """
        digits = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(_TEN))
        powers = [_TEN**place for place in range(len(str(len(rows))))]
        number = " + ".join(f"{power} * p{power}.d" for power in powers)
        places = " CROSS JOIN ".join(f"({digits}) AS p{power}" for power in powers)
        numbers = f"(SELECT 1 + {number} AS n FROM {places})"
        picked = ", ".join(
            f"ELT(f.n, {', '.join(texts[column] for texts, _ in rows)}) AS {head}" for column, head in enumerate(heads)
        )
        tests = ", ".join(f"({test})" for _, test in rows)
        return (
            f"SELECT enterprise, component, {picked}\nFROM conditions CROSS JOIN {numbers} AS f\n"
            f"WHERE f.n <= {len(rows)} AND ELT(f.n, {tests}) = '1'"
        )

    def _finding(self, owned: Owned[Item], outcome: Outcome) -> tuple[str, ...]:
        item = owned.rule
        words = (item.id, outcome, item.effect, contribution(item, outcome), item.department)
        return self._texts((*map(str, words), cited(owned.edition.cite(item.article))))

    def _texts(self, words: Sequence[str]) -> tuple[str, ...]:
        return tuple(self._sql(Constant(word)) for word in words)

    def _tests(self, item: Item, keys: Mapping[str, str]) -> Iterator[tuple[Outcome, str]]:
        """For each outcome that triggers, when it is so: from what the conditions of the clause can be."""
        names = [keys[key] for key in conditions(item)]
        found: dict[Outcome, list[str]] = {}
        for values in product(_TRUTHS, repeat=len(names)):
            triggered, fulfilled = (*values, None)[:2]
            outcome = settled(item, outcome_of(item, triggered, fulfilled))
            parts = (_is(name, value) for name, value in zip(names, values, strict=True))
            found.setdefault(outcome, []).append(" AND ".join(parts))
        for outcome, tests in found.items():
            if outcome in TRIGGERED:
                yield outcome, " OR ".join(f"({test})" for test in tests)


def _fixed_texts(finding: Finding) -> tuple[str, ...]:
    weight = weight_of(finding)
    return (finding.rule, finding.outcome, finding.effect, weight, finding.department, cited(finding.cite))


def _is(name: str, value: bool | None) -> str:
    return f"{name} IS NULL" if value is None else f"{name} IS TRUE" if value else f"{name} IS FALSE"
