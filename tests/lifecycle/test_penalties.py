"""Ranges by law, document and gravity; lighter law; conflicts; prescription; the fine by the day."""

from __future__ import annotations

from datetime import date

import pytest

from admission.lifecycle.penalties import Act, penalty_of
from admission.lifecycle.results import PenaltyResult
from tests.lifecycle.histories import rules

LIFE = rules().life
OLD, NEW = date(2026, 8, 14), date(2026, 8, 15)


def penal(penalty: str, since: date, until: date | None, as_of: date, **more: object) -> PenaltyResult:
    act = Act(since=since, until=until, documents=more.pop("documents", ("form",)), **more)  # type: ignore[arg-type]
    return penalty_of(penalty, act, as_of, LIFE, "zh")


def amounts(
    found: PenaltyResult, regime: str, gravity: str = "normal", target: str = "unit"
) -> set[tuple[float, float]]:
    return {
        (line.low, line.high)
        for line in found.ranges
        if (line.regime, line.gravity, line.target) == (regime, gravity, target)
    }


@pytest.mark.parametrize(
    ("penalty", "documents", "day", "gravity", "expected"),
    [
        ("build_before_approval", ("report",), OLD, "normal", {(0.01, 0.05)}),
        ("build_before_approval", ("report",), NEW, "normal", {(20, 100)}),
        ("build_before_approval", ("report",), NEW, "serious", {(100, 1000)}),
        ("build_before_approval", ("form",), NEW, "normal", {(10, 50)}),
        ("build_before_approval", ("form",), NEW, "serious", {(50, 500)}),
        ("build_before_approval", ("report", "form"), NEW, "normal", {(20, 100), (10, 50)}),
        ("unfiled_registration", ("registration",), OLD, "normal", {(0, 5)}),
        ("no_env_design_or_contract", ("form",), OLD, "normal", {(5, 20)}),
        ("no_env_design_or_contract", ("form",), NEW, "overdue", {(20, 100)}),
        ("produce_before_acceptance", ("form",), OLD, "normal", {(20, 100)}),
        ("produce_before_acceptance", ("form",), OLD, "overdue", {(100, 200)}),
        ("produce_before_acceptance", ("form",), NEW, "refuse", {(100, 200)}),
        ("discharge_without_permit", (), OLD, "normal", {(20, 100)}),
        ("acceptance_not_disclosed", (), OLD, "normal", {(5, 20)}),
        ("measures_not_implemented", (), OLD, "normal", set()),
        ("measures_not_implemented", (), NEW, "normal", {(5, 50)}),
        ("hw_management", (), OLD, "normal", {(10, 100)}),
        ("hw_management", (), NEW, "normal", {(5, 20)}),
        ("ledger_or_report", (), OLD, "per_time", {(0.5, 2)}),
        ("emergency_plan", (), OLD, "normal", {(1, 3)}),
        ("emergency_plan", (), NEW, "serious", {(1, 5)}),
    ],
)
def test_the_range_of_the_day(
    penalty: str, documents: tuple[str, ...], day: date, gravity: str, expected: set[tuple[float, float]]
) -> None:
    found = penal(penalty, day, day, day, documents=documents)
    regime = "pre_code" if day == OLD else "code"
    assert amounts(found, regime, gravity) == expected
    assert found.act_law == found.decision_law == regime


def test_persons_are_fined_besides() -> None:
    assert amounts(penal("produce_before_acceptance", OLD, OLD, OLD), "pre_code", target="person") == {(5, 20)}


@pytest.mark.parametrize(
    ("investment", "lighter"), [(None, None), (300.0, "pre_code"), (600.0, "pre_code"), (5000.0, "code")]
)
def test_the_lighter_law_when_it_changed_before_the_decision(investment: float | None, lighter: str | None) -> None:
    found = penal("build_before_approval", date(2026, 5, 1), date(2026, 7, 1), date(2026, 10, 8), investment=investment)
    assert (found.act_law, found.decision_law, found.lighter) == ("pre_code", "code", lighter)
    assert {line.regime for line in found.ranges} == {"pre_code", "code"}
    assert found.lighter_cite is not None
    assert found.lighter_cite.article == "第一千零五十七条"
    if investment is not None:
        (line,) = [item for item in found.ranges if item.regime == "pre_code"]
        assert (line.low_wan_yuan, line.high_wan_yuan) == (investment * 0.01, investment * 0.05)


def test_the_lighter_law_is_open_while_the_document_is() -> None:
    found = penal("build_before_approval", OLD, OLD, date(2026, 10, 8), documents=("report", "form"), investment=1000.0)
    assert found.lighter is None


def test_an_act_that_goes_on_falls_under_the_new_law() -> None:
    found = penal("produce_before_acceptance", date(2026, 5, 1), None, date(2026, 10, 8))
    assert (found.act_law, found.lighter, found.barred) == ("code", "code", None)
    assert {line.regime for line in found.ranges} == {"code"}


def test_the_day_of_the_decision_may_be_recorded() -> None:
    found = penal("discharge_without_permit", OLD, OLD, date(2026, 12, 1), decided=OLD)
    assert found.decision_law == "pre_code"


@pytest.mark.parametrize(
    ("penalty", "day", "ranges"),
    [
        ("over_permit", NEW, {(20, 100), (10, 100)}),
        ("over_permit", OLD, set()),
        ("evasive_discharge", NEW, {(20, 100), (10, 100)}),
        ("discharge_without_permit", NEW, set()),
        ("produce_before_acceptance", NEW, set()),
    ],
)
def test_norms_that_differ_are_flagged(penalty: str, day: date, ranges: set[tuple[float, float]]) -> None:
    found = penal(penalty, day, day, day)
    lines = {line.id: (line.low, line.high) for line in found.ranges}
    clashing = {lines[name] for conflict in found.conflicts for name in conflict.ranges}
    assert clashing == ranges
    for conflict in found.conflicts:
        assert conflict.rule is not None
        assert conflict.rule.article == "第一千零五十五条"


@pytest.mark.parametrize(
    ("found_on", "harm", "barred"),
    [
        ("2025-03-01", None, False),
        ("2025-03-02", None, None),
        ("2025-03-02", False, True),
        ("2025-03-02", True, False),
        ("2028-03-01", True, False),
        ("2028-03-02", True, True),
        ("2028-03-02", None, True),
    ],
)
def test_prescription(found_on: str, harm: bool | None, barred: bool | None) -> None:
    day = date.fromisoformat(found_on)
    found = penal("build_before_approval", date(2023, 1, 1), date(2023, 3, 1), day, harm=harm, found=day)
    assert found.barred is barred
    assert (found.barred_after, found.barred_after_with_harm) == (date(2025, 3, 1), date(2028, 3, 1))


def test_a_fine_by_the_day_runs_from_the_day_after_the_order() -> None:
    going = penal("discharge_without_permit", OLD, None, date(2026, 12, 1), ordered=date(2026, 9, 1))
    assert going.daily_fine_from == date(2026, 9, 2)
    ended = penal("discharge_without_permit", OLD, date(2026, 8, 20), date(2026, 12, 1), ordered=date(2026, 9, 1))
    assert ended.daily_fine_from is None
    assert penal("build_before_approval", OLD, None, date(2026, 12, 1), ordered=NEW).daily_fine_from is None
    earlier = penal("discharge_without_permit", NEW, None, date(2026, 12, 1), ordered=OLD)
    assert earlier.daily_fine_from is None


def test_no_penalty_is_an_empty_list() -> None:
    found = penal("", OLD, OLD, OLD)
    assert (found.ranges, found.conflicts, found.lighter) == ((), (), "pre_code")


def test_the_periods_of_the_law_meet_without_a_gap() -> None:
    assert LIFE.regime_on(OLD) != LIFE.regime_on(NEW)
    assert [regime.id for regime in LIFE.regimes] == ["pre_code", "code"]
    assert LIFE.regime_on(date(1970, 1, 1)) is None


def test_before_any_law_nothing_is_said() -> None:
    found = penal("build_before_approval", date(1970, 1, 1), date(1970, 1, 1), date(1970, 1, 1))
    assert (found.act_law, found.ranges, found.barred) == (None, (), None)
