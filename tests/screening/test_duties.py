"""Duties: what every possible class brings, what a milestone shows done, the law of the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission.screening import Milestone, Project, screen
from tests.screening.documents import RULES
from tests.screening.small import catalogue, component, decide, duty, entry, flat, project, rulebook

VALVE = {"industry": ["3443"]}
BOTH = "eia_class in ('report', 'form')"


def status(when: str, levels: dict[str, str], **facts: Any) -> str | None:
    rules = rulebook(duties=[duty("D", when)], eia=[entry("E1", levels, industries=["344"])])
    found = decide(rules, flat(**VALVE, **facts)).duties
    return found[0].status if found else None


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"a": True}, "pending"),
        ({"a": False, "b": True}, "pending"),
        ({"b": True}, "pending"),  # report or form: the duty follows from both
        ({"a": False}, "unknown"),
        ({}, "unknown"),
        ({"a": False, "b": False}, None),
    ],
)
def test_a_duty_follows_from_every_class_still_possible(facts: dict[str, Any], expected: str | None) -> None:
    assert status(BOTH, {"report": "a", "form": "b"}, **facts) == expected


def test_a_duty_of_one_class_is_unknown_while_another_is_possible() -> None:
    levels = {"report": "a", "form": "true"}
    assert status("eia_class = 'report'", levels) == "unknown"
    assert status("eia_class = 'report'", levels, a=False) is None
    assert status("eia_class = 'registration'", levels) is None


def test_without_a_catalogue_a_duty_of_some_classes_is_unknown() -> None:
    rules = rulebook(
        duties=[duty("D", BOTH), duty("P", "permit_class = 'key' or true")], catalogues=[catalogue("permit")]
    )
    assert [(item.id, item.status) for item in decide(rules, flat(**VALVE)).duties] == [
        ("P", "pending"),
        ("D", "unknown"),
    ]


@pytest.mark.parametrize(
    ("one", "two", "expected", "needs"),
    [
        ({"a": True}, {}, "pending", ()),
        ({"a": False}, {}, "unknown", ("a",)),
        ({"a": False}, {"a": False}, None, ()),
    ],
)
def test_one_component_brings_the_duty(
    one: dict[str, Any], two: dict[str, Any], expected: str | None, needs: tuple[str, ...]
) -> None:
    found = decide(rulebook(duties=[duty("D", "a")]), project(component("甲", **one), component("乙", **two))).duties
    assert [(item.status, item.needs) for item in found] == ([] if expected is None else [(expected, needs)])


def _with(event: str, about: Project) -> Project:
    return about.model_copy(update={"milestones": (Milestone(event=event, date=date(2026, 1, 1)),)})


def test_a_milestone_fulfils_a_duty_decided_or_not() -> None:
    rules = rulebook(duties=[duty("D", "a", done_by=["filed"]), duty("E", "true")])
    for about in (flat(a=True), flat()):
        found = decide(rules, _with("filed", about)).duties
        assert [(item.id, item.status, item.needs) for item in found] == [("E", "pending", ()), ("D", "met", ())]
    assert decide(rules, _with("built", flat(a=True))).duties[0].status == "pending"


def test_duties_are_ordered_pending_unknown_met() -> None:
    rules = rulebook(duties=[duty("M", "true", done_by=["filed"]), duty("U", "a"), duty("P", "true")])
    assert [item.id for item in decide(rules, _with("filed", flat())).duties] == ["P", "U", "M"]


@pytest.mark.parametrize(
    ("day", "articles"),
    [
        (date(2026, 8, 14), ["第九条", "第十一条"]),
        (date(2026, 8, 15), ["第一百条", "第十一条"]),
        (date(2020, 6, 1), ["第九条", "第十一条"]),
    ],
)
def test_the_law_of_the_day_is_cited(day: date, articles: list[str]) -> None:
    cite = [
        {"document": "某法", "article": "第九条", "effective": {"from": "2015-01-01", "to": "2026-08-14"}},
        {"document": "法典", "article": "第一百条", "effective": {"from": "2026-08-15"}},
        {"document": "条例", "article": "第十一条", "effective": {"from": "2017-10-01"}},
    ]
    (found,) = decide(rulebook(duties=[duty("D", "true", cite=cite)]), flat(), on=day).duties
    assert [item.article for item in found.cites] == articles
    assert found.cite.model_dump(exclude_none=True) == {"document": found.cites[0].document, "article": articles[0]}


def test_a_duty_that_no_law_of_the_day_holds_is_left_out() -> None:
    cite = [{"document": "法典", "article": "第一百条", "effective": {"from": "2026-08-15"}}]
    assert decide(rulebook(duties=[duty("D", "true", cite=cite)]), flat()).duties == ()


def test_the_shipped_duties_cite_the_code_from_its_first_day() -> None:
    known = Project(name="项目", components=(component("车间", industry=["3443"], generates_hazardous_waste=True),))
    before, after = (
        {cite.document for item in screen(known, RULES.in_force("shizhu", on=day)).duties for cite in item.cites}
        for day in (date(2026, 8, 14), date(2026, 8, 15))
    )
    assert "中华人民共和国生态环境法典" not in before
    assert "中华人民共和国生态环境法典" in after
    assert not any("环境影响评价法" in document for document in after)
