"""Every item of the list of material changes: material, not material, unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission import material_change
from tests.lifecycle.histories import follow, rules

RULESET = rules().in_force(None, on=date(2026, 7, 1))
LOADS = ("so2", "nox", "pm10", "voc", "cod", "ammonia", "total_n", "total_p")


def same(**changed: Any) -> dict[str, Any]:
    """Everything as approved, in an area that meets all standards, but for what is changed."""
    facts: dict[str, Any] = {name: False for name in rules().vocabulary.facts if name.startswith("change_")}
    facts = {name: value for name, value in facts.items() if not rules().vocabulary.facts[name].define}
    for side in ("approved", "actual"):
        facts.update({f"{side}_{load}_t_per_year": 10.0 for load in LOADS})
        facts.update(
            {
                f"{side}_capacity_multiple": 1.0,
                f"{side}_class1_pollutant_kg_per_year": 1.0,
                f"{side}_fugitive_air_t_per_year": 10.0,
                f"{side}_main_stack_height_m": 30.0,
            }
        )
    return {**facts, "area_exceeded_factors": frozenset(), **changed}


def answers(facts: dict[str, Any]) -> dict[str, str]:
    return {line.item: line.outcome for line in material_change(facts, RULESET)}


def material(**changed: Any) -> set[str]:
    return {item for item, outcome in answers(same(**changed)).items() if outcome == "material"}


def test_as_approved_nothing_is_material() -> None:
    assert set(answers(same()).values()) == {"not_material"}
    assert len(answers(same())) == 23


def test_with_nothing_known_everything_is_open() -> None:
    lines = material_change({}, RULESET)
    assert {line.outcome for line in lines} == {"unknown"}
    assert all(line.needs for line in lines)


MORE = {"change_process_or_material": True}
TREATED = {"change_treatment": True}
PM25 = {"area_exceeded_factors": frozenset({"pm25"})}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"change_project_function": True}, {"1"}),
        ({"actual_capacity_multiple": 1.3}, {"2"}),
        ({"actual_capacity_multiple": 1.29}, set()),
        ({"actual_capacity_multiple": 1.1, "actual_class1_pollutant_kg_per_year": 1.01}, {"3"}),
        ({"actual_capacity_multiple": 1.1, "actual_nox_t_per_year": 10.1}, set()),
        ({"actual_capacity_multiple": 1.1, "actual_nox_t_per_year": 10.1, **PM25}, {"4a"}),
        ({"actual_capacity_multiple": 1.1, "actual_cod_t_per_year": 10.1, **PM25}, set()),
        ({"actual_capacity_multiple": 1.1, "actual_cod_t_per_year": 11.0}, {"4b"}),
        ({"actual_capacity_multiple": 1.1, "actual_cod_t_per_year": 10.99}, set()),
        ({"actual_cod_t_per_year": 12.0}, set()),
        ({"change_relocated": True}, {"5a"}),
        ({"change_new_receptors": True}, {"5b"}),
        ({**MORE, "change_new_pollutant_species": True}, {"6.1"}),
        ({**MORE, "change_new_pollutant_species": True, "change_lower_toxicity_and_volatility": True}, set()),
        ({**MORE, "actual_voc_t_per_year": 10.1, **PM25}, {"6.2"}),
        ({**MORE, "actual_class1_pollutant_kg_per_year": 1.1}, {"6.3"}),
        ({**MORE, "actual_total_p_t_per_year": 11.0}, {"6.4"}),
        (MORE, set()),
        ({"change_material_handling": True, "actual_fugitive_air_t_per_year": 11.0}, {"7"}),
        ({"change_material_handling": True, "actual_fugitive_air_t_per_year": 10.9}, set()),
        ({**TREATED, "change_new_pollutant_species": True}, {"8a"}),
        ({**TREATED, "change_new_pollutant_species": True, "change_treatment_improved": True}, set()),
        ({**TREATED, "change_new_pollutant_species": True, "change_fugitive_to_organised": True}, set()),
        ({**TREATED, "actual_fugitive_air_t_per_year": 11.0}, {"8b"}),
        ({"change_new_direct_outfall": True}, {"9a"}),
        ({"change_indirect_to_direct": True}, {"9b"}),
        ({"change_direct_outfall_worse": True}, {"9c"}),
        ({"change_new_main_stack": True}, {"10a"}),
        ({"change_new_main_stack": True, "change_fugitive_to_organised": True}, set()),
        ({"actual_main_stack_height_m": 27.0}, {"10b"}),
        ({"actual_main_stack_height_m": 27.1}, set()),
        ({"change_noise_soil_groundwater_worse": True}, {"11"}),
        ({"change_waste_to_own_disposal": True}, {"12a"}),
        ({"change_waste_to_own_disposal": True, "change_own_disposal_has_own_eia": True}, set()),
        ({"change_own_disposal_worse": True}, {"12b"}),
        ({"change_accident_water_weaker": True}, {"13"}),
    ],
)
def test_one_change_at_a_time(changed: dict[str, Any], expected: set[str]) -> None:
    assert material(**changed) == expected


def test_every_item_is_reached() -> None:
    cases = [mark for mark in test_one_change_at_a_time.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    reached = set().union(*(expected for _, expected in cases[0].args[1]))
    assert reached == set(answers({}))


@pytest.mark.parametrize("name", sorted(same()))
def test_a_missing_fact_never_becomes_a_no(name: str) -> None:
    known, facts = answers(same()), same()
    del facts[name]
    for item, outcome in answers(facts).items():
        assert outcome in (known[item], "unknown")
    without = {item for item, outcome in answers(facts).items() if outcome == "unknown"}
    for line in material_change(facts, RULESET):
        assert (line.item in without) == (line.needs != ())


def test_any_increase_from_nothing_counts() -> None:
    facts = same(approved_so2_t_per_year=0.0, actual_so2_t_per_year=0.1, actual_capacity_multiple=1.1)
    assert answers(facts)["4b"] == "material"
    assert answers(same(approved_so2_t_per_year=0.0, actual_so2_t_per_year=0.0, actual_capacity_multiple=1.1))[
        "4b"
    ] == ("not_material")


def test_before_the_list_nothing_is_answered() -> None:
    assert material_change(same(), rules().in_force(None, on=date(2020, 12, 12))) == ()
    assert len(material_change(same(), rules().in_force(None, on=date(2020, 12, 13)))) == 23


def test_the_life_cycle_answers_when_a_change_is_recorded() -> None:
    assert follow(("construction_start", "2026-01-05")).material_change == ()
    assert len(follow(("change_identified", "2026-01-05")).material_change) == 23


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reason_is_told(lang: str) -> None:
    lines = material_change(same(actual_capacity_multiple=1.4), RULESET, lang=lang)
    (hit,) = [line for line in lines if line.outcome == "material"]
    assert "1.4" in hit.why
    assert hit.cite.number == "环办环评函〔2020〕688号"
