"""The articles and notes of the two catalogues on the shipped rules (docs/text-rules.md)."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

import pytest

from admission import Decision, Ruleset, load_rulebook, screen
from admission.logic import facts_of
from admission.screening import Component, Project
from admission.screening.decision import EntryLine

DAY = date(2026, 3, 1)
CONFIRM = "CN-DUTY-PERMIT-GENERAL-PROCESS"


@cache
def rules() -> Ruleset:
    return load_rulebook().in_force(park="shizhu", on=DAY)


def part(name: str, *, codes: str = "", works: str | None = None, **facts: Any) -> Component:
    industry = frozenset(codes.split()) if codes else None
    activity = None if works is None else frozenset(works.split())
    return Component(name=name, industry=industry, activity=activity, facts=facts)


def decide(*parts: Component, **facts: Any) -> Decision:
    return screen(Project(name="项目", components=parts, facts=facts), rules())


def lines(found: Decision, kind: str) -> dict[str, EntryLine]:
    return {line.rule: line for line in getattr(found, kind).entries}


EXPANSION = {"nature": frozenset({"expansion"})}
NEW_BOILER = part("新增锅炉", works="boiler", gas_boiler_total_t_per_h=4.0, coal_oil_boiler_total_t_per_h=0.0)
CHEMICALS = part("扩建装置", codes="2614", only_physical_separation_purification_mixing_repackaging=False)


def test_an_expansion_that_leaves_the_main_works_alone_is_classed_by_what_it_adds() -> None:
    found = decide(NEW_BOILER, **EXPANSION)
    assert (found.eia.level, list(lines(found, "eia"))) == ("form", ["CN-EIA-2021-091"])


def test_an_expansion_of_the_main_works_is_classed_with_them() -> None:
    found = decide(NEW_BOILER, CHEMICALS, **EXPANSION)
    assert found.eia.level == "report"
    assert set(lines(found, "eia")) == {"CN-EIA-2021-044", "CN-EIA-2021-091"}


def test_an_alteration_of_what_no_entry_names_needs_no_eia() -> None:
    found = decide(part("办公楼改造", works="", has_boiler=False), **EXPANSION)
    assert (found.eia.level, found.eia.entries) == ("none", ())


def test_an_alteration_of_which_nothing_is_said_may_need_anything() -> None:
    found = decide(part("改造"), **EXPANSION)
    assert found.eia.level is None
    assert {"report", "none"} <= set(found.eia.possible)


def test_the_strictest_of_several_categories_governs() -> None:
    valves = part("阀门车间", codes="3443", has_electroplating=True)
    found = decide(NEW_BOILER, valves)
    assert found.eia.level == "report"
    assert {line.rule: line.level for line in found.eia.entries} == {
        "CN-EIA-2021-069": "report",
        "CN-EIA-2021-091": "form",
    }


@pytest.mark.parametrize(
    ("entry", "code", "areas", "level"),
    [
        ("CN-EIA-2021-113", "8850", {"s2_forest_park"}, "form"),
        ("CN-EIA-2021-113", "8850", {"s3_populated"}, "none"),
        ("CN-EIA-2021-113", "8850", set(), "none"),
    ],
)
def test_a_sensitive_area_counts_only_where_the_entry_means_it(
    entry: str, code: str, areas: set[str], level: str
) -> None:
    facts = {"sensitive_areas": frozenset(areas), "is_village_cultural_sports_venue": False}
    assert areas <= set(rules().vocabulary.facts["sensitive_areas"].members)
    assert lines(decide(part("博物馆", codes=code, **facts)), "eia")[entry].level == level


def test_one_site_has_one_class_and_every_entry_keeps_its_own() -> None:
    valves = part(
        "阀门车间",
        codes="3443",
        on_key_discharger_list=False,
        has_boiler=False,
        boiler_total_t_per_h=0.0,
        has_other_industrial_furnace=False,
        has_surface_treatment=False,
        has_water_treatment_facility=False,
    )
    casting = part("铸造车间", codes="3391", on_key_discharger_list=False, uses_cupola_furnace=True)
    found = decide(valves, casting)
    own = {line.rule: line.level for line in found.permit.entries if line.level is not None}
    assert own["CN-PWX-2019-083"] == "registration"
    order = ("key", "simplified", "registration", "none")
    assert found.permit.level == min(own.values(), key=order.index)


def test_a_general_process_declared_as_a_work_is_classed_by_its_own_entry() -> None:
    rubber = part("硫化车间", codes="2913", on_key_discharger_list=False, rubber_consumption_t_per_year=10.0)
    boiler = part("锅炉", works="boiler", boiler_total_t_per_h=25.0, on_key_discharger_list=False)
    found = decide(rubber, boiler)
    assert lines(found, "permit")["CN-PWX-2019-109"].level == "simplified"
    assert all(duty.id != CONFIRM for duty in found.duties)


def silent_codes() -> set[str]:
    """The codes of the permit entries 1 to 107 whose columns do not mention general processes."""
    book = load_rulebook()
    found: set[str] = set()
    for owned in book.entries:
        entry = owned.rule
        if owned.edition.edition == "CN-PWX-2019":
            read = {name for level in entry.levels.values() for name in facts_of(book.conditions.tree(level.when))}
            if not any(name.startswith("gp_") for name in read):
                found |= set(entry.industries)
    return {code for code in found if not any(code != other and code.startswith(other) for other in found)}


def test_the_point_to_confirm_names_just_the_industries_whose_entry_is_silent() -> None:
    duty = next(owned.rule for owned in load_rulebook().duties if owned.rule.id == CONFIRM)
    assert set(re.findall(r"'(\d+)'", duty.when)) == silent_codes()
    assert len(silent_codes()) > 100
