"""A ruleset as SQL views: the answers of the audit inside the approval system's own database.

The table has one row per component: `enterprise`, `component`, and a column per fact as
`admission.logic.columnar` describes them (sets written `;a;b;`, unknown NULL). Views on it:

==================  =====================================================================================
`<T>_facts`         the facts of every component with what is derived or absent; the others stand on it
`<T>_findings`      a row for every component and clause that triggers: `enterprise`, `component`, `rule`,
                    `outcome`, `effect`, `severity`, `department`, `citation`, `needs`
`<T>_classes`       a row for every component and catalogue: `enterprise`, `component`, `catalogue`
                    (`eia`, `permit`), `level` (NULL while several are possible), `possible`
`<T>_enterprises`   a row for every enterprise: `enterprise`, `components`, `verdict`, `possible_verdicts`,
                    `eia`, `eia_possible`, `permit`, `permit_possible`, `contradicts`
==================  =====================================================================================

A clause for which all components are alike stands once per component, where `screen` gives one finding for
the whole enterprise. Components whose facts contradict each other have the one row `contradiction`, and their
enterprise has no other; its verdict and classes are NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from admission.audit.sql.classes import classes_view, entry_keys
from admission.audit.sql.enterprises import enterprises_view
from admission.audit.sql.facts import FactsView, facts_behind
from admission.audit.sql.findings import findings_view, list_keys
from admission.audit.sql.writer import Writer
from admission.logic.sql import Dialect
from admission.rulebook import Ruleset
from admission.vocabulary import Fact

__all__ = ["SQL_DIALECTS", "sql_facts", "sql_view", "sql_views"]

SQL_DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "spark")
_ADVICE: Mapping[Dialect, tuple[str, ...]] = {
    "postgres": ("-- 查询视图的会话先执行 SET jit = off：否则编译表达式要几分钟 (else compiling takes minutes)",),
    "spark": (
        "-- 查询前 SET spark.sql.constraintPropagation.enabled=false，并停用代码生成；大表请建成表 "
        "(better tables: CREATE TABLE … AS)",
    ),
}


def sql_facts(ruleset: Ruleset) -> tuple[Fact, ...]:
    """The facts that lists and catalogues of `ruleset` read, those behind derived facts included; internal ones not."""
    return tuple(fact for fact in _facts(ruleset) if not fact.internal)


def sql_view(ruleset: Ruleset, dialect: Dialect, table: str, columns: Iterable[str] | None = None) -> str:
    """The `CREATE VIEW` statements of `sql_views`, one after the other, after what is to be set where they are read."""
    statements = sql_views(ruleset, dialect, table, columns)
    return "\n".join((*_ADVICE.get(dialect, ()), *statements))


def sql_views(ruleset: Ruleset, dialect: Dialect, table: str, columns: Iterable[str] | None = None) -> tuple[str, ...]:
    """The statements that create the views, in order.

    `columns` are the facts that the table has columns for, by default all of `sql_facts`; others are unknown.
    Raises `ValueError` for a dialect that is not one of `SQL_DIALECTS`.
    """
    if dialect not in SQL_DIALECTS:
        raise ValueError(f"{dialect!r} is not one of {', '.join(SQL_DIALECTS)}")
    facts = _facts(ruleset)
    present = {fact.name for fact in facts} if columns is None else set(columns)
    writer = Writer(dialect, table)
    return (
        FactsView(ruleset, writer, facts, present).text(),
        findings_view(ruleset, writer),
        classes_view(ruleset, writer),
        enterprises_view(ruleset, writer),
    )


def _facts(ruleset: Ruleset) -> tuple[Fact, ...]:
    return facts_behind(ruleset, (*list_keys(ruleset), *entry_keys(ruleset)))
