"""Hazardous waste codes: what follows from naming them, and what the list of the day says of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission import load_rulebook, screen
from admission.cli.decision_text import DecisionText
from admission.cli.page import Page
from admission.errors import InputError
from admission.screening import Component, Project
from admission.screening.decision import DutyResult

CODES = "hazardous_waste_codes"
LISTED, UNLISTED, TESTED = "HW49 900-041-49", "HW49 900-048-49", "HW17 900-000-17"


def decision(on: str, *parts: dict[str, Any], lang: str = "zh", **facts: Any) -> Any:
    components = tuple(
        Component(name=f"车间{number}", industry=frozenset({"3391"}), facts=part)
        for number, part in enumerate(parts or ({},), 1)
    )
    day = date.fromisoformat(on)
    project = Project(name="铸件", components=components, facts=facts)
    return screen(project, load_rulebook().in_force(park="shizhu", on=day), lang=lang)


def duty(found: Any) -> DutyResult | None:
    return next((item for item in found.duties if item.id == "CN-DUTY-HW-CODES"), None)


def status(found: Any) -> str | None:
    item = duty(found)
    return item.status if item else None


def test_naming_a_code_says_that_hazardous_waste_is_generated() -> None:
    found = decision("2026-03-01", **{CODES: frozenset({LISTED})})
    assert status(found) == "met"
    assert next(item for item in found.duties if item.id == "CN-DUTY-HW-PLAN").status == "pending"
    assert all(question.fact != "generates_hazardous_waste" for question in found.questions)


def test_without_knowing_of_waste_the_duty_is_unknown() -> None:
    found = decision("2026-03-01")
    assert status(found) == "unknown"
    item = duty(found)
    assert item is not None
    assert item.needs == ("generates_hazardous_waste",)


def test_waste_without_codes_asks_for_them() -> None:
    found = decision("2026-03-01", generates_hazardous_waste=True)
    assert status(found) == "pending"
    (asked,) = (question for question in found.questions if question.fact == CODES)
    assert asked.changes == ("CN-DUTY-HW-CODES",)


def test_naming_no_code_is_not_a_statement_that_there_is_no_waste() -> None:
    assert status(decision("2026-03-01", **{CODES: frozenset()})) == "unknown"
    assert status(decision("2026-03-01", generates_hazardous_waste=True, **{CODES: frozenset()})) == "pending"


def test_codes_contradict_that_there_is_no_waste() -> None:
    with pytest.raises(InputError, match="产生危险废物"):
        decision("2026-03-01", generates_hazardous_waste=False, **{CODES: frozenset({LISTED})})


def test_every_part_that_generates_waste_names_its_codes() -> None:
    named, silent = {CODES: frozenset({LISTED})}, {"generates_hazardous_waste": True}
    clean = {"generates_hazardous_waste": False}
    assert status(decision("2026-03-01", named, silent)) == "pending"
    assert status(decision("2026-03-01", named, named)) == "met"
    assert status(decision("2026-03-01", named, clean)) == "met"
    assert status(decision("2026-03-01", clean, clean)) is None


@pytest.mark.parametrize(("on", "wrong"), [("2021-03-01", True), ("2024-12-31", True), ("2025-01-01", False)])
def test_a_code_the_list_lacks_is_wrong_while_that_list_is_law(on: str, wrong: bool) -> None:
    facts = {CODES: frozenset({UNLISTED, LISTED})}
    if not wrong:
        assert status(decision(on, **facts)) == "met"
        return
    with pytest.raises(InputError) as caught:
        decision(on, {}, facts)
    (problem,) = caught.value.problems
    assert (problem.code, problem.field) == ("unknown-code", "车间2.危险废物代码")
    assert "相近的有：HW49 900-047-49" in problem.text("zh")


def test_waste_identified_by_testing_is_in_the_list() -> None:
    assert status(decision("2024-12-31", **{CODES: frozenset({TESTED})})) == "met"


@pytest.mark.parametrize(
    ("on", "codes", "words"),
    [
        ("2024-12-31", {LISTED}, ()),
        ("2025-01-01", {LISTED}, ("2021年版", "不适用", "2025-01-01")),
        ("2025-01-01", {LISTED, UNLISTED}, ("2021年版", f"该版本没有：{UNLISTED}。")),
    ],
)
def test_on_days_of_another_edition_the_duty_says_so(on: str, codes: set[str], words: tuple[str, ...]) -> None:
    found = decision(on, **{CODES: frozenset(codes)})
    item = duty(found)
    assert item is not None
    assert len(item.notes) == (1 if words else 0)
    assert all(word in item.notes[0] for word in words)
    assert (LISTED in "".join(item.notes)) is False


def test_the_note_is_printed_in_both_languages() -> None:
    facts = {CODES: frozenset({UNLISTED})}
    english = decision("2026-03-01", lang="en", **facts)
    item = duty(english)
    assert item is not None
    assert f"Not in that edition: {UNLISTED}." in item.notes[0]
    page = Page()
    DecisionText(page, decision("2026-03-01", **facts), load_rulebook(), "zh").write()
    assert f"该版本没有：{UNLISTED}" in "".join(line.strip() for line in page.plain.splitlines())


def test_other_duties_have_no_notes() -> None:
    found = decision("2026-03-01", **{CODES: frozenset({UNLISTED})})
    assert [item.id for item in found.duties if item.notes] == ["CN-DUTY-HW-CODES"]
