"""Duties and breaches of an audit are those of `lifecycle`, row by row: every kind of table, every kind of history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest

from admission import Project, Ruleset, audit_tables, lifecycle, screen
from admission.audit.block import UNDATED, UNDONE, Events
from admission.audit.engine import Engine
from admission.audit.frames import source_of
from admission.audit.life.cites import CiteTable, Stretches
from admission.audit.life.histories import Histories, moved
from admission.audit.life.limits import Cycles, DayTable
from admission.audit.life.outcomes import Judgements, stand_alone
from admission.audit.machine import Choices
from admission.audit.projects import block_of, columns_of, project_at
from admission.audit.reading import TableReader
from admission.audit.run import Auditor
from admission.lifecycle.clocks import add
from admission.lifecycle.limits import cycles
from admission.lifecycle.lines import cites_for
from admission.lifecycle.symbols import compile_chains
from admission.rulebook.life_model import ChainRule, Pattern
from tests.audit.lives import LifeDrawer, lived, milestone_rows, told
from tests.audit.tables import columns, rows_of
from tests.audit.test_same_as_screen import as_arrow, as_lazy, as_pandas, as_polars, records
from tests.screening.documents import RULES

LIFE = RULES.life
DAY, BEFORE, SINCE = date(2026, 11, 24), date(2026, 8, 14), date(2026, 8, 15)


def block_told(projects: list[Project], ruleset: Ruleset) -> list[Any]:
    engine = Engine(ruleset, columns_of(projects), life=True)
    result = engine.run(block_of(projects, ruleset.vocabulary, defaultdict(Choices)))
    return told(len(projects), result.life.duties.to_pylist(), result.life.breaches.to_pylist(), result.refuted)


@pytest.mark.parametrize(
    ("seed", "park", "day"),
    [
        (1, "shizhu", DAY),
        (2, "shizhu", BEFORE),
        (3, "demo", SINCE),
        (4, None, date(2027, 6, 1)),
        (5, "shizhu", date(2024, 1, 31)),
        (6, "demo", date(2020, 12, 31)),
    ],
)
def test_every_history(seed: int, park: str | None, day: date) -> None:
    """Orderly and wild ones, days unknown, undone, contradicting; before and after the code."""
    drawer, ruleset = LifeDrawer(RULES, seed, day), RULES.in_force(park, on=day)
    drawn = [drawer.project() for _ in range(80)]
    seen: set[str] = set()
    for project, mine in zip(drawn, block_told(drawn, ruleset), strict=True):
        theirs = lived(project, ruleset)
        assert mine == theirs, project.name
        if theirs is not None:
            seen.update(duty[2] for duty in theirs[0])
            seen.update(breach[0] for breach in theirs[1])
    assert {"met", "overdue", "pending", "unknown"} < seen


def test_screen_says_the_same() -> None:
    """The decision has the same duties and breaches as the life cycle, and so as the audit."""
    drawer, ruleset = LifeDrawer(RULES, 9, DAY), RULES.in_force("shizhu", on=DAY)
    drawn = [project for project in (drawer.project() for _ in range(12)) if project.milestones]
    for project, mine in zip(drawn, block_told(drawn, ruleset), strict=True):
        if mine is not None:
            decision = screen(project, ruleset)
            assert sorted((d.id, d.due, d.status) for d in decision.duties) == sorted(line[:3] for line in mine[0])
            assert sorted((b.id, b.duty, b.since, b.until) for b in decision.breaches) == sorted(
                line[:4] for line in mine[1]
            )


@pytest.mark.parametrize("make", [as_pandas, as_polars, as_lazy, as_arrow])
def test_a_table_of_milestones(make: Callable[[dict[str, list[Any]]], Any]) -> None:
    drawer, ruleset = LifeDrawer(RULES, len(make.__name__), DAY), RULES.in_force("shizhu", on=DAY)
    drawn = [drawer.project() for _ in range(25)]
    enterprises, components = map(columns, rows_of(drawn))
    result = audit_tables(
        make(enterprises), ruleset, components=make(components), milestones=make(columns(milestone_rows(drawn)))
    )
    refuted = [at for at, row in enumerate(records(result.enterprises)) if row["contradicts"]]
    duties, breaches = (_plain(records(frame)) for frame in (result.duties, result.breaches))
    assert told(25, duties, breaches, refuted) == [lived(project, ruleset) for project in drawn]


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Missing values of pandas as None, its days as days."""
    return [{name: None if value is None or value != value else value for name, value in row.items()} for row in rows]


def test_columns_and_structures_say_the_same_as_a_table() -> None:
    """One day per milestone in columns of the enterprises, or all of them as a list of structures."""
    drawer, ruleset = LifeDrawer(RULES, 5, DAY), RULES.in_force("shizhu", on=DAY)
    drawn = []
    for project in (drawer.project() for _ in range(25)):
        once = {item.event: item for item in project.milestones}
        drawn.append(project.model_copy(update={"milestones": tuple(once.values())}))
    enterprises, components = map(columns, rows_of(drawn))
    listed = milestone_rows(drawn)
    by_name: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in listed:
        by_name[row["enterprise"]].append({"event": row["event"], "date": row["date"]})
    wide = {
        f"{event}": [{m["event"]: m["date"] for m in by_name[name]}.get(event) for name in enterprises["enterprise"]]
        for event in sorted({row["event"] for row in listed})
    }
    expected = [lived(project, ruleset) for project in drawn]
    nested = {"milestones": [by_name[name] for name in enterprises["enterprise"]]}
    for more in (wide, nested):
        result = audit_tables(as_arrow({**enterprises, **more}), ruleset, components=as_arrow(components))
        refuted = [at for at, row in enumerate(result.enterprises.to_pylist()) if row["contradicts"]]
        assert told(25, result.duties.to_pylist(), result.breaches.to_pylist(), refuted) == expected


def test_lines_come_as_lifecycle_gives_them() -> None:
    drawer, ruleset = LifeDrawer(RULES, 14, DAY), RULES.in_force("shizhu", on=DAY)
    drawn = [drawer.project() for _ in range(30)]
    enterprises, components = map(columns, rows_of(drawn))
    result = audit_tables(
        as_arrow(enterprises),
        ruleset,
        components=as_arrow(components),
        milestones=as_arrow(columns(milestone_rows(drawn))),
    )
    checked = 0
    for at, project in enumerate(drawn, 1):
        if lived(project, ruleset) is not None and project.milestones:
            life = lifecycle(project, ruleset)
            mine = [row["duty"] for row in result.duties.to_pylist() if row["row"] == at]
            assert mine == [duty.id for duty in life.duties]
            broken = [(row["breach"], row["duty"]) for row in result.breaches.to_pylist() if row["row"] == at]
            assert broken == [(breach.id, breach.duty) for breach in life.breaches]
            checked += len(broken)
    assert checked


def test_enterprises_of_several_parks_and_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    drawer = LifeDrawer(RULES, 6, DAY)
    drawn = [drawer.project() for _ in range(30)]
    parks = [("shizhu", "demo", None)[number % 3] for number in range(30)]
    enterprises, components = map(columns, rows_of(drawn))
    monkeypatch.setattr(Auditor.blocks, "__defaults__", (7,))
    table = as_arrow({**enterprises, "园区": parks})
    result = audit_tables(
        table,
        RULES.in_force(None, on=DAY),
        components=as_arrow(components),
        milestones=as_arrow(columns(milestone_rows(drawn))),
    )
    refuted = [at for at, row in enumerate(result.enterprises.to_pylist()) if row["contradicts"]]
    expected = [lived(p, RULES.in_force(park, on=DAY)) for p, park in zip(drawn, parks, strict=True)]
    assert told(30, result.duties.to_pylist(), result.breaches.to_pylist(), refuted) == expected
    for row, lines in zip(result.enterprises.to_pylist(), expected, strict=True):
        if lines is not None and lines[0]:
            late = sum(duty[2] == "overdue" for duty in lines[0])
            assert (row["overdue"], row["breaches"]) == (late, len(lines[1]))
        else:
            assert (row["overdue"], row["breaches"]) == (None, None)


# what a cell says


def test_what_a_day_may_say() -> None:
    """A day, 未办, 不清楚; what cannot be read is a day nobody knows, not a milestone that is missing."""
    cells = ["2025-03-01", "无", "不清楚", None, "去年", "2025/3/1"]
    heading = f"{RULES.milestones['acceptance_disclosed'].zh}日期"
    table = pl.DataFrame({"enterprise": [f"企业{n}" for n in range(6)], heading: cells})
    reader = TableReader(RULES, source_of(table, "table"))
    block, _ = next(iter(reader.blocks(10)))
    found = {block.names[at]: day for at, day in zip(block.milestones.owners, block.milestones.days, strict=True)}
    day = float(date(2025, 3, 1).toordinal())
    assert found == {"企业0": day, "企业1": UNDONE, "企业2": UNDATED, "企业4": UNDATED, "企业5": day}
    assert [note["value"] for note in reader.notes.entries] == ["去年"]
    milestones = [project_at(block, at, RULES.vocabulary).milestones for at in range(6)]
    expected = [(date(2025, 3, 1), False), (None, True), (None, False), None, (None, False), (date(2025, 3, 1), False)]
    assert [(m[0].date, m[0].undone) if m else None for m in milestones] == expected


def test_days_that_contradict_each_other_are_told() -> None:
    table = pl.DataFrame(
        {"enterprise": ["甲"], "industry": ["3391"], "permit_applied": ["2025-05-01"], "permit_issued": ["2025-04-01"]}
    )
    result = audit_tables(table, RULES.in_force("shizhu", on=DAY))
    (note,) = result.errors.to_dicts()
    assert (note["row"], note["code"]) == (1, "workbook-cell")
    assert "晚于" in note["reason"]


# the parts


def test_what_is_counted_is_counted_as_the_law_counts() -> None:
    table = DayTable(lambda day: add(day, 5, "working_day").day)
    days = [date(2026, 9, 28), date(2020, 1, 20), date(1900, 1, 1), date(2200, 5, 5), date(2026, 9, 28)]
    numbers = np.array([0, *(day.toordinal() for day in days)])
    expected = [0, *(add(day, 5, "working_day").day.toordinal() for day in days)]
    assert table(numbers).tolist() == expected == moved(numbers, lambda day: add(day, 5, "working_day").day).tolist()
    assert moved(np.zeros(0, np.int64), lambda day: day).tolist() == []


@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 3, 31), date(2026, 12, 31), date(2024, 2, 29)])
def test_yearly_days_are_the_same_from_any_start(on: date) -> None:
    limits = [duty.limit for duty in LIFE.duties if duty.limit is not None and duty.limit.yearly]
    assert len(limits) > 4
    starts = [on - timedelta(days=days) for days in (0, 1, 30, 89, 364, 365, 366, 800, 5000) if on.toordinal() > days]
    for limit, start in product(limits, starts):
        expected = [(one.toordinal(), other.toordinal()) for one, other in cycles(limit.yearly, start, on)]
        mine = [(int(before[0]), int(due[0])) for before, due in Cycles(limit, on)(np.array([start.toordinal()]))]
        assert [pair for pair in mine if pair[1]] == expected, (limit, start)


def test_citations_hold_for_their_days() -> None:
    for duty in LIFE.duties:
        cuts = [d for cite in duty.cite for d in (cite.effective.start, cite.effective.end) if d is not None]
        days = sorted({day + timedelta(days=shift) for day in cuts for shift in (-1, 0, 1)})
        table = CiteTable(duty.cite)
        for one, other in product(days, days):
            at = table.of(np.array([one.toordinal()]), np.array([other.toordinal()]))[0]
            mine = duty.cite[at]
            (first, *_) = cites_for(duty.cite, (one, other))
            assert (mine.document, mine.article) == (first.document, first.article)
    assert len(Stretches(())) == 1


def test_rules_that_join_duties_are_refused() -> None:
    """The shipped rules judge each duty by itself; others would need every duty at once."""
    assert stand_alone(compile_chains(LIFE.chaining))
    given = (
        Pattern(kind="status", state=("met",), of="d"),
        Pattern(kind="needs", state=("step",), of="e", by="d"),
    )
    other = ChainRule(id="x", given=given, then=Pattern(kind="status", state=("met",), of="e"))
    with pytest.raises(ValueError, match="each duty by itself"):
        Judgements((*LIFE.chaining, other), DAY)
    joined = ChainRule(
        id="y",
        given=(Pattern(kind="status", state=("met",), of="d"), Pattern(kind="duty", state=("on",), of="e")),
        then=Pattern(kind="status", state=("met",), of="e"),
    )
    assert not stand_alone(compile_chains((joined,)))


def test_rules_that_compare_other_days_are_asked_by_every_order() -> None:
    other = ChainRule(
        id="z",
        given=(
            Pattern(kind="status", state=("met",), of="d", day="a"),
            Pattern(kind="act", state=("done",), of="d", day="b"),
        ),
        where=("a <= b",),
        then=Pattern(kind="status", state=("met",), of="d"),
    )
    same = replace_days(other)
    for rule in (other, same):
        assert len(Judgements((*LIFE.chaining, rule), DAY).pairs) == 6
    assert len(Judgements(LIFE.chaining, DAY).pairs) == 3


def replace_days(rule: ChainRule) -> ChainRule:
    """The same day in two patterns: they must be equal."""
    given = tuple(pattern.model_copy(update={"day": "a"}) for pattern in rule.given)
    return rule.model_copy(update={"given": given, "where": ()})


def test_a_park_is_told_from_a_project() -> None:
    days = float(DAY.toordinal())
    events = Events.of(
        [(0, "planning_approval", days - 900), (1, "planning_approval", days), (1, "permit_issued", days)]
    )
    histories = Histories(events, 3, DAY, LIFE)
    assert histories.only({"planning_approval"}).tolist() == [True, False, False]
    assert histories.of("nothing").empty
    assert events.day("permit_issued", 3).tolist()[1] == days
    assert histories.of("permit_expiry").owners.tolist() == [1]
