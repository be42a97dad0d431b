"""Ledger, figures and workbook of an audit with milestones; what to ask first."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from admission import Project, Ruleset
from admission.audit.engine import Engine
from admission.audit.files import Request, audit_files
from admission.audit.life_sheets import LifeSheets
from admission.audit.machine import Choices
from admission.audit.projects import block_of, columns_of
from admission.errors import InputError
from admission.rulebook import Stage
from admission.screening.classes import classifications
from admission.screening.facts import component_facts
from admission.screening.lists import assess
from admission.screening.questions import Undecided, _stakes
from admission.screening.screen import _possible_verdicts
from admission.screening.verdict import VERDICTS
from tests.audit.tables import Drawer
from tests.screening.documents import RULES

DAY = date(2026, 11, 24)
HEADS = (
    "enterprise",
    "industry",
    "decided_eia_document",
    "decided_permit_class",
    "eia_approval_date",
    "construction_start",
)
HEADS = (*HEADS, "production_start", "acceptance_disclosed", "permit_issued")
CASTING = {"ferrous_casting_t_per_year": "200000", "nature": "新建", "uses_cupola_furnace": "否"}
ROWS = (
    ("甲", "3391", "form", "simplified", "2023-01-10", "2023-02-01", "2024-05-01", None, "2024-04-01"),
    ("乙", "3391", "form", "simplified", "2023-03-10", "2023-02-01", "2024-05-01", "2024-04-20", "2024-04-01"),
    ("丙", "3391", "form", "simplified", None, "2023-02-01", "2024-05-01", "2024-06-20", None),
    ("丁", "3391", None, None, None, None, None, None, None),
)


def write(path: Path, rows: Any = ROWS) -> Path:
    more = [pl.lit(text).alias(name) for name, text in CASTING.items()]
    table = pl.DataFrame(rows, schema=dict.fromkeys(HEADS, pl.String), orient="row")
    table.with_columns(more).write_csv(path)
    return path


def problems(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    ledger = pl.read_parquet(folder / "ledger.parquet").filter(pl.col("outcome") == "breach")
    return {(row["enterprise"], row["rule"].split("/")[1]): row for row in ledger.iter_rows(named=True)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("life")
    request = Request(write(folder / "t.csv"), "shizhu", DAY, folder / "one", deadline=date(2027, 1, 31))
    audit_files(request, RULES)
    return folder


def test_breaches_are_problems(first: Path) -> None:
    """Production without acceptance goes on; building before the approval ended with it."""
    found = problems(first / "one")
    going = found["甲", "production_before_acceptance"]
    assert (going["status"], going["since"], going["deadline"]) == ("new", date(2024, 5, 1), date(2027, 1, 31))
    assert going["department"] == "生态环境"
    assert going["citation"]
    ended = found["乙", "build_before_approval"]
    assert (ended["status"], ended["closed_on"], ended["deadline"]) == ("closed", date(2023, 3, 10), None)
    assert found["丙", "production_before_acceptance"]["status"] == "closed"
    assert found["丙", "build_before_approval"]["status"] == "new"
    assert {enterprise for enterprise, _ in found} == {"甲", "乙", "丙"}


def test_looking_back_at_breaches(first: Path, tmp_path: Path) -> None:
    """Accepted at last: closed on that day. Nothing recorded any more, or undecided: as it was."""
    rows = [list(row) for row in ROWS]
    rows[0][7] = "2026-12-01"
    rows[2] = ["丙", "3391", *[None] * 7]
    again = Request(
        write(tmp_path / "t.csv", rows), "shizhu", date(2026, 12, 20), tmp_path / "two", previous=first / "one"
    )
    audit_files(again, RULES)
    found = problems(tmp_path / "two")
    closed = found["甲", "production_before_acceptance"]
    assert (closed["status"], closed["closed_on"], closed["found_on"]) == ("closed", date(2026, 12, 1), DAY)
    assert found["丙", "build_before_approval"]["status"] == "open"
    rows[0][7] = "不清楚"
    unsure = Request(write(tmp_path / "t.csv", rows), "shizhu", DAY, tmp_path / "three", previous=first / "one")
    audit_files(unsure, RULES)
    assert problems(tmp_path / "three")["甲", "production_before_acceptance"]["status"] == "open"
    back = Request(write(tmp_path / "t.csv"), "shizhu", date(2027, 1, 5), tmp_path / "four", previous=tmp_path / "two")
    audit_files(back, RULES)
    assert problems(tmp_path / "four")["甲", "production_before_acceptance"]["status"] == "reopened"


def test_figures_of_the_life_cycle(first: Path) -> None:
    figures = json.loads((first / "one" / "figures.json").read_text(encoding="utf-8"))
    life = figures["life_cycle"]
    duties = pl.read_parquet(first / "one" / "duties.parquet").with_columns(pl.col("status").cast(pl.String))
    assert life["enterprises"] == 3
    assert life["duties"] == {
        status: duties.filter(pl.col("status") == status).height for status in ("overdue", "pending", "unknown", "met")
    }
    assert life["breaches"]["production_before_acceptance"] == {"going_on": 1, "ended": 1, "enterprises": 2}
    assert life["phases"]["operation"]["overdue"] >= 1
    eia = figures["eia_execution"]
    assert (eia["done"], eia["not_done"], eia["unknown"]) == (2, 1, 1)
    permits = figures["permits"]
    assert sum(level["held"] for level in permits.values()) == 2
    assert sum(level["missing"] for level in permits.values()) == 1
    sector = figures["by_sector"]["33 金属制品业"]
    assert sector["breach"] == sum(kind["going_on"] for kind in life["breaches"].values())


def test_sheets_of_the_life_cycle(first: Path, tmp_path: Path) -> None:
    audit_files(Request(first / "t.csv", "shizhu", DAY, tmp_path / "a.xlsx"), RULES)
    book = load_workbook(tmp_path / "a.xlsx")
    breaches = list(book["违法情形"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in breaches] == sorted((row[1] for row in breaches), key="甲乙丙".index)
    shown = {row[2]: row for row in breaches if row[1] == "甲"}["未验先投"]
    assert shown[9] == "20–100"
    assert {row[3] for row in book["义务期限"].iter_rows(min_row=2, values_only=True)} <= {"逾期", "未到期"}
    ledger = list(book["问题台账"].iter_rows(min_row=2, values_only=True))
    states = [row[7] for row in ledger]
    assert states == sorted(states, key=["反弹", "新增", "未整改", "已销号"].index)
    assert any(str(row[2]).startswith("未验先投：") for row in ledger)
    asked = [row[:2] for row in book["待补充信息"].iter_rows(min_row=2, values_only=True)]
    assert len(set(asked)) == len(asked)
    counts = {row[1]: row[3] for row in book["待补充汇总"].iter_rows(min_row=2, values_only=True)}
    assert counts == {name: sum(row[0] == name for row in asked) for name in counts}
    by_fact = {row[0]: row[1] for row in book["待补充指标"].iter_rows(min_row=2, values_only=True)}
    assert by_fact == {fact: sum(row[1] == fact for row in asked) for fact in by_fact}
    assert sum(by_fact.values()) == len(asked)


def test_words_of_a_fine() -> None:
    titles = LifeSheets(Path(), RULES).titles
    assert titles["CN-LIFE-ACCEPTANCE/production_before_acceptance"].startswith("未验先投：")


# what to ask first


def first_asked(project: Project, ruleset: Ruleset) -> set[tuple[str, str]]:
    """The leading questions of `screen` that can change the verdict or a class, without clauses of a later stage."""
    try:
        components = component_facts(project, ruleset)
    except InputError:
        return set()
    assessments, classes = assess(ruleset, components), classifications(ruleset, components)
    later = {owned.rule.id for owned in ruleset.items if owned.rule.stage is not Stage.ADMISSION}
    score: Any = SimpleNamespace(criteria=())
    undecided = Undecided(assessments, classes, (), score, _possible_verdicts(assessments, ruleset))
    return {
        (fact, str(VERDICTS[weight]) if target == "verdict" else target)
        for fact, _, target, rule, weight, leading in _stakes(undecided, ruleset)
        if leading and target is not None and rule not in later
    }


@pytest.mark.parametrize(("seed", "park", "day"), [(1, "shizhu", DAY), (2, "demo", DAY), (3, None, date(2020, 6, 1))])
def test_what_to_ask_first_is_what_screen_asks_first(seed: int, park: str | None, day: date) -> None:
    drawer, ruleset = Drawer(RULES, seed), RULES.in_force(park, on=day)
    drawn = [drawer.project(0.02 * (number % 2)) for number in range(40)]
    engine = Engine(ruleset, columns_of(drawn), questions=True)
    table = engine.run(block_of(drawn, ruleset.vocabulary, defaultdict(Choices))).questions
    assert table is not None
    mine: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in table.to_pylist():
        mine[row["row"]].add((row["fact"], row["target"]))
    for number, project in enumerate(drawn, 1):
        assert mine[number] == first_asked(project, ruleset), project.name
    assert mine
