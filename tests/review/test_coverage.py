from __future__ import annotations

from admission.review import Bench
from admission.review.coverage import coverage
from tests.review.benches import bench_of, changed

DAY = "as_of: 2024-01-01"
BANK = f"""\
  - {{name: a, {DAY}, given: {{bank_distance_m: 1000}}, expect: {{NAT-01: hit}}}}
  - {{name: b, {DAY}, given: {{bank_distance_m: 1001}}, expect: {{NAT-01: clear}}}}
  - {{name: c, {DAY}, given: {{}}, expect: {{NAT-01: unknown}}}}
"""


def missing(bench: Bench, rule: str) -> set[tuple[str, str, str, str]]:
    return {
        (point.kind, point.field, point.value, point.words(bench.rulebook, "en"))
        for point in coverage(bench).missing
        if point.rule == rule
    }


def test_a_rule_that_no_case_names() -> None:
    found = missing(bench_of(""), "NAT-01")
    near = "Distance to the bank ≤ 1000 m"
    assert found == {
        ("rule", "", "", ""),
        *(("outcome", "", value, "") for value in ("hit", "clear", "unknown")),
        *(("branch", "when", value, near) for value in ("true", "false", "unknown")),
    }


def test_full_coverage() -> None:
    assert missing(bench_of(BANK), "NAT-01") == set()


def test_a_requirement_that_is_always_met_cannot_be_missed() -> None:
    files = changed("lists.yaml", "when: bank_distance_m <= 1000", "when: bank_distance_m <= 1000\n    must: 'true'")
    files = tuple((name, data.replace(b"effect: restrict", b"effect: require", 1)) for name, data in files)
    found = {value for kind, _, value, _ in missing(bench_of("", files), "NAT-01") if kind == "outcome"}
    assert found == {"met", "not_applicable", "unknown"}


def test_a_case_that_fails_reaches_nothing() -> None:
    assert len(missing(bench_of(BANK.replace("hit", "clear")), "NAT-01")) == 2


def test_each_part_of_a_condition_both_ways() -> None:
    when = "when: bank_distance_m <= 1000 and (has_boiler or not is_large)"
    files = changed("lists.yaml", "when: bank_distance_m <= 1000", when)
    given = "{bank_distance_m: 5, has_boiler: true, is_large: true}"
    text = f"  - {{name: a, {DAY}, given: {given}, expect: {{NAT-01: hit}}}}\n"
    found = missing(bench_of(text, files), "NAT-01")
    parts = {(words, value) for kind, _, value, words in found if kind == "branch"}
    assert {value for _, value in parts} == {"false", "unknown"}
    assert len([value for _, value in parts if value == "false"]) == 5


def test_cells_of_a_catalogue() -> None:
    text = f"""\
  - {{name: a, {DAY}, given: {{industry: ['3443'], coating_t_per_year: 10}}, expect: {{EIA-1-001: report}}}}
  - {{name: b, {DAY}, given: {{industry: ['3391']}}, expect: {{EIA-1-001: not_applicable}}}}
"""
    found = {point[:3] for point in missing(bench_of(text), "EIA-1-001")}
    assert ("outcome", "", "form") in found
    assert ("outcome", "", "report") not in found
    assert ("outcome", "", "none") not in found, "the last cell is `true`"
    assert ("outcome", "", "not_applicable") not in found


def test_a_milder_cell_is_not_asked_when_a_stricter_one_holds() -> None:
    files = changed("eia.yaml", "form: {when: 'true', text: 其他}", "form: {when: has_boiler, text: 其他}")
    given = "{industry: ['3443'], coating_t_per_year: 10, has_boiler: true}"
    text = f"  - {{name: a, {DAY}, given: {given}, expect: {{EIA-1-001: report}}}}\n"
    found = {point[:3] for point in missing(bench_of(text, files), "EIA-1-001")}
    assert ("branch", "levels.form", "true") in found


def test_duties_points_and_periods() -> None:
    bench = bench_of("")
    assert {value for kind, _, value, _ in missing(bench, "DUTY-1") if kind == "outcome"} == {
        "pending",
        "met",
        "not_applicable",
        "unknown",
    }
    assert {value for kind, _, value, _ in missing(bench, "SCORE/size") if kind == "outcome"} == {"100", "0"}
    assert ("period", "", "not_in_force", "") in missing(bench, "RIVER-01")


def test_an_unverified_rule_comes_out_for_review() -> None:
    text = "when: bank_distance_m <= 1000\n    status: verified"
    files = changed("lists.yaml", text, text.replace("verified", "unverified"))
    assert ("outcome", "", "review", "") in missing(bench_of("", files), "NAT-01")


def test_counts() -> None:
    found = coverage(bench_of(BANK))
    assert found.total == sum(file.total for file in found.files)
    assert found.reached == found.total - len(found.missing)
