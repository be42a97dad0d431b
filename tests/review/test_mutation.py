from __future__ import annotations

from collections import Counter

import pytest

from admission.review import Bench
from admission.review.coverage import coverage
from admission.review.mutants import Mutant, percent, scores
from admission.review.mutation import mutate
from admission.review.quality import quality_page
from tests.review.benches import bench_of, changed

DAY = "as_of: 2024-01-01"
BOILER = f"""\
  - {{name: a, {DAY}, given: {{has_boiler: true, furnace: cupola}}, expect: {{PARK-A-01: unmet}}}}
  - {{name: b, {DAY}, given: {{has_boiler: true, furnace: electric}}, expect: {{PARK-A-01: met}}}}
  - {{name: c, {DAY}, given: {{has_boiler: false, furnace: cupola}}, expect: {{PARK-A-01: not_applicable}}}}
"""
BANK = f"""\
  - {{name: in, {DAY}, given: {{bank_distance_m: 1000}}, expect: {{NAT-01: hit}}}}
  - {{name: out, {DAY}, given: {{bank_distance_m: 1001}}, expect: {{NAT-01: clear}}}}
"""


def fates(bench: Bench, rule: str) -> dict[tuple[str, str], str]:
    return {(mutant.field, mutant.change): mutant.fate for mutant in mutate(bench) if mutant.rule == rule}


def test_both_sides_of_a_boundary_kill_every_change_of_it() -> None:
    assert set(fates(bench_of(BANK), "NAT-01").values()) == {"killed"}


@pytest.mark.parametrize(
    ("kept", "alive"),
    [("in", {"<= 1010"}), ("out", {"< 1000", "<= 990"})],
)
def test_one_side_lets_changes_live(kept: str, alive: set[str]) -> None:
    lines = [line for line in BANK.splitlines() if f"name: {kept}," in line]
    found = fates(bench_of("\n".join(lines) + "\n"), "NAT-01")
    name = "bank_distance_m"
    expected = {f"{name} <= 1000 → {name} {change}" for change in alive}
    assert {change for (_, change), fate in found.items() if fate == "survived"} == expected


def test_without_cases_everything_lives() -> None:
    found = list(mutate(bench_of("")))
    assert {mutant.fate for mutant in found} <= {"survived", "equivalent"}
    assert {mutant.rule for mutant in found} >= {"NAT-01", "EIA-1-001", "DUTY-1", "SCORE/size", "NAT", "RIVER-01"}


def test_a_case_that_fails_kills_nothing() -> None:
    assert "killed" not in fates(bench_of(BANK.replace("hit", "review").replace("clear", "review")), "NAT-01").values()


def test_a_requirement_has_two_conditions() -> None:
    found = fates(bench_of(BOILER), "PARK-A-01")
    assert found == {
        ("when", "not has_boiler"): "killed",
        ("must", "furnace = 'electric' → furnace != 'electric'"): "killed",
    }


def test_a_change_that_no_facts_show_is_equivalent() -> None:
    files = changed(
        "lists.yaml", "when: bank_distance_m <= 1000", "when: bank_distance_m <= 1000 and bank_distance_m >= 0"
    )
    found = fates(bench_of(BANK, files), "NAT-01")
    assert found["when", "without bank_distance_m >= 0"] == "equivalent"
    assert found["when", "without bank_distance_m <= 1000"] == "killed"


def test_what_a_stricter_level_takes_is_equivalent() -> None:
    files = changed("eia.yaml", "form: {when: 'true', text: 其他}", "form: {when: coating_t_per_year < 20, text: 其他}")
    found = fates(bench_of("", files), "EIA-1-001")
    name = "coating_t_per_year"
    assert found["levels.form", f"{name} < 20 → {name} < 20.2"] == "equivalent", "10 t and more are a report"
    assert found["levels.report", f"{name} >= 10 → {name} >= 10.1"] == "survived"


ENTRY = f"""\
  - name: a
    {DAY}
    given: {{industry: ['3443'], coating_t_per_year: 1, in_entry_sensitive_area: false}}
    expect: {{EIA-1-001: form}}
  - {{name: b, {DAY}, given: {{industry: ['3391'], coating_t_per_year: 1}}, expect: {{EIA-1-001: not_applicable}}}}
"""


def test_codes_and_works_of_an_entry() -> None:
    found = fates(bench_of(ENTRY), "EIA-1-001")
    assert found["industries", "without 34"] == "killed"
    assert found["industries", "without -3391"] == "survived", "3391 is not under 34 anyway"
    assert found["levels.form", "true → false"] == "killed"
    given = "{activity: [boiler], has_boiler: false}"
    works = f"  - {{name: a, {DAY}, given: {given}, expect: {{EIA-1-002: [report, none]}}}}\n"
    assert fates(bench_of(works), "EIA-1-002")["activities", "without boiler"] == "killed"


def test_dates_are_held_by_the_day_before_and_the_day_itself() -> None:
    case = "  - {name: %s, as_of: %s, given: {bank_distance_m: 5}, expect: {RIVER-01: %s}}\n"
    days = [
        ("2021-12-31", "not_in_force"),
        ("2022-01-01", "hit"),
        ("2022-12-31", "hit"),
        ("2023-01-01", "not_in_force"),
    ]
    whole = [case % (day, day, outcome) for day, outcome in days]
    found = fates(bench_of("".join(whole)), "RIVER-01")
    assert {fate for (field, _), fate in found.items() if field.startswith("effective")} == {"killed"}
    found = fates(bench_of("".join(whole[1:])), "RIVER-01")
    assert found["effective.from", "2022-01-01 → 2021-12-31"] == "survived"
    assert found["effective.from", "2022-01-01 → 2022-01-02"] == "killed"


def test_the_dates_of_an_edition() -> None:
    case = "  - {name: %s, as_of: %s, given: {bank_distance_m: 5}, expect: {NAT-01: %s}}\n"
    text = case % ("a", "2021-02-28", "not_in_force") + case % ("b", "2021-03-01", "hit")
    assert set(fates(bench_of(text), "NAT").values()) == {"killed"}


def test_points_of_a_criterion() -> None:
    case = "  - {name: %s, %s, given: {is_large: %s}, expect: {SCORE/size: %s}}\n"
    text = case % ("a", DAY, "true", 100) + case % ("b", DAY, "false", 0)
    assert set(fates(bench_of(text), "SCORE/size").values()) == {"killed"}
    text = case % ("a", DAY, "true", 100)
    assert fates(bench_of(text), "SCORE/size")["otherwise", "0 → 1"] == "survived"


def test_needs_kill_too() -> None:
    files = changed("lists.yaml", "when: bank_distance_m <= 1000", "when: bank_distance_m <= 1000 and has_boiler")
    text = f"  - {{name: a, {DAY}, given: {{}}, expect: {{NAT-01: unknown}}%s}}\n"
    without, asked = (fates(bench_of(text % needs, files), "NAT-01") for needs in ("", ", needs: [has_boiler]"))
    assert without["when", "without has_boiler"] == "survived"
    assert asked["when", "without has_boiler"] == "killed"


def test_formulas_that_only_the_engine_computes() -> None:
    files = changed("lists.yaml", "when: bank_distance_m <= 1000", "when: far_away = false and has_boiler")
    words = dict(files)["base/vocabulary/words.yaml"].decode()
    words += "  far_away: {type: bool, internal: true, label: {zh: 远, en: Far}, define: bank_distance_m > 1000}\n"
    files = tuple({**dict(files), "base/vocabulary/words.yaml": words.encode()}.items())
    text = BANK.replace("bank_distance_m", "has_boiler: true, bank_distance_m")
    assert set(fates(bench_of(text, files), "far_away").values()) == {"killed"}
    assert set(fates(bench_of("", files), "far_away").values()) == {"survived"}


def test_a_formula_shows_through_a_fact_that_people_may_state() -> None:
    files = changed("lists.yaml", "when: bank_distance_m <= 1000", "when: reaches_bank and has_boiler")
    words = dict(files)["base/vocabulary/words.yaml"].decode()
    words += "  far_away: {type: bool, internal: true, label: {zh: 远, en: Far}, define: bank_distance_m > 1000}\n"
    words += "  reaches_bank: {type: bool, label: {zh: 到岸, en: At the bank}, meaning: {zh: 到岸, en: At the bank}, "
    words += "ask: {zh: 到岸？, en: At the bank?}, proof: {zh: 图, en: Map}, source: ['x:y'], define: not far_away}\n"
    files = tuple({**dict(files), "base/vocabulary/words.yaml": words.encode()}.items())
    text = BANK.replace("bank_distance_m", "has_boiler: true, bank_distance_m")
    assert set(fates(bench_of(text, files), "far_away").values()) == {"killed"}


def test_files_and_limit() -> None:
    bench = bench_of(BANK)
    assert {mutant.place.file for mutant in mutate(bench, ["eia.yaml"])} == {"base/eia.yaml"}
    rules = Counter(mutant.rule for mutant in mutate(bench, limit=1) if not mutant.field.startswith("effective"))
    assert set(rules.values()) == {1}


def test_the_same_run_gives_the_same_mutants() -> None:
    assert list(mutate(bench_of(BANK))) == list(mutate(bench_of(BANK)))


def test_counts() -> None:
    bench = bench_of(BANK + BOILER)
    found = scores(mutate(bench))
    assert [score.file for score in found] == sorted(score.file for score in found)
    lists = next(score for score in found if score.file == "base/lists.yaml")
    assert lists.total == lists.killed + len(lists.survivors)
    assert all(isinstance(mutant, Mutant) and mutant.fate == "survived" for mutant in lists.survivors)
    assert [percent(*pair) for pair in ((0, 0), (999, 1000), (9999, 10000), (2, 2))] == [
        "100.0 %",
        "99.9 %",
        "99.9 %",
        "100.0 %",
    ]


def test_the_page_keeps_what_people_wrote() -> None:
    bench = bench_of(BANK)
    found = scores(mutate(bench))
    page = quality_page(None, bench, coverage(bench), found)
    assert "| `base/lists.yaml` | 2 |" in page
    assert "| NAT-01 |" not in page
    edited = page.replace("<!-- generated", "看过：……\n\n<!-- generated") + "\n人写的。\n"
    again = quality_page(edited.replace("| 2 |", "| 7 |"), bench, coverage(bench), found)
    assert again == edited
