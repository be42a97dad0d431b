"""The generated pages are up to date, and what they say is so."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admission import Life, lifecycle, read_projects
from admission.report import flow_svg
from admission.report.sheets import steps_of
from tests.lifecycle.histories import rules
from tests.lifecycle.pages import EXPLAINED, beyond, cases_page, coverage_page, decided_alike, fine_ranges, lived

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAIRS = lived()


@pytest.mark.parametrize(
    ("name", "make"), [("lifecycle-coverage.md", coverage_page), ("real-cases-lifecycle.md", cases_page)]
)
def test_the_page_is_up_to_date(name: str, make: Callable[[], str]) -> None:
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        (DOCS / name).write_text(make(), encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == make(), "run ADMISSION_WRITE_DOCS=1 pytest tests/lifecycle"


def test_the_flow_of_the_page_is_up_to_date() -> None:
    source = DOCS.parent / "examples" / "projects" / "pump-expansion.yaml"
    (project,) = read_projects(source.read_bytes(), source.name, rules())
    assert project.as_of is not None
    drawing = flow_svg(steps_of(lifecycle(project, rules().in_force(project.park, on=project.as_of)))) + "\n"
    file = DOCS / "images" / "flow-pump-expansion.svg"
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        file.write_text(drawing, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == drawing, "run ADMISSION_WRITE_DOCS=1 pytest tests/lifecycle"


def test_all_160_rules_are_there() -> None:
    ids = [row.rule for row in rules().life.coverage]
    assert len(ids) == len(set(ids)) == 160


def test_every_rule_says_where_it_is_or_why_not() -> None:
    life = rules().life
    known = {rule.id: rule.covers for rule in (*life.duties, *life.judgements)}
    for row in life.coverage:
        named = [name for name in row.by if name.startswith("CN-LIFE-")]
        assert [name for name in named if row.rule not in known[name]] == []
        assert named or row.note is not None, row.rule
        assert row.how != "not" or (row.note is not None and not row.by)
        if row.how in ("duty", "judgement"):
            assert named
    covered = {rule for covers in known.values() for rule in covers}
    assert covered <= {row.rule for row in life.coverage}


@pytest.mark.parametrize(("case", "life"), PAIRS, ids=[case["case"] for case, _ in PAIRS])
def test_a_case_is_decided_as_the_authority_did(case: dict[str, Any], life: Life) -> None:
    assert decided_alike(case, life), [(breach.id, breach.why) for breach in life.breaches]


def test_what_goes_beyond_the_sources_is_explained() -> None:
    assert sorted(case["case"] for case, life in PAIRS if beyond(case, life)) == sorted(EXPLAINED)


@pytest.mark.parametrize(
    ("case", "life"), [p for p in PAIRS if "fine_yuan" in p[0]], ids=[c["case"] for c, _ in PAIRS if "fine_yuan" in c]
)
def test_a_fine_lies_in_a_range_where_there_is_one(case: dict[str, Any], life: Life) -> None:
    ranges = fine_ranges(life)
    amount = case["fine_yuan"] / 10000
    assert not ranges or any(low <= amount <= high for low, high in ranges)


def test_most_fines_have_a_range() -> None:
    fined = [life for case, life in PAIRS if "fine_yuan" in case]
    assert sum(bool(fine_ranges(life)) for life in fined) >= len(fined) / 2
