"""Looking back: what became of the problems of the last audit."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from admission.audit.ledger import LEDGER, fingerprint, look_back, problems_of

FIRST, SECOND, THIRD = date(2026, 1, 10), date(2026, 4, 10), date(2026, 7, 10)
HEADS = ("enterprise", "component", "rule", "outcome", "severity", "department", "citation")


def findings(*rows: tuple[str, str | None, str, str]) -> pl.DataFrame:
    """Enterprise, component, rule, outcome; all weigh on the verdict."""
    full = [(*row, "reject" if row[3] == "hit" else "incomplete", "生态环境", "文件 第一条") for row in rows]
    return pl.DataFrame(full, schema=dict.fromkeys(HEADS, pl.String), orient="row")


def enterprises(*names: str, contradicts: tuple[str, ...] = ()) -> pl.DataFrame:
    return pl.DataFrame({"enterprise": list(names), "contradicts": [name in contradicts for name in names]})


def states(ledger: pl.DataFrame) -> dict[tuple[str, str | None, str], str]:
    return {(e, c, r): s for e, c, r, s in ledger.select("enterprise", "component", "rule", "status").iter_rows()}


ONE, TWO, GONE = ("甲", "铸造", "R1", "hit"), ("甲", None, "R2", "hit"), ("甲", "铸造", "R1", "unknown")


def test_new_then_open_then_closed_then_reopened() -> None:
    there = enterprises("甲")
    first = look_back(None, findings(ONE, TWO), there, FIRST, deadline=date(2026, 3, 1))
    assert states(first) == {ONE[:3]: "new", TWO[:3]: "new"}
    second = look_back(first, findings(TWO), there, SECOND, deadline=date(2026, 6, 1))
    assert states(second) == {ONE[:3]: "closed", TWO[:3]: "open"}
    third = look_back(second, findings(ONE), there, THIRD)
    assert states(third) == {ONE[:3]: "reopened", TWO[:3]: "closed"}
    again = look_back(third, findings(ONE), there, THIRD)
    assert states(again) == {ONE[:3]: "open", TWO[:3]: "closed"}
    row = third.row(by_predicate=pl.col("rule") == "R1", named=True)
    assert (row["found_on"], row["seen_on"], row["deadline"], row["closed_on"]) == (
        FIRST,
        THIRD,
        date(2026, 3, 1),
        None,
    )
    assert second.row(by_predicate=pl.col("rule") == "R1", named=True)["closed_on"] == SECOND


@pytest.mark.parametrize(
    ("now", "there"),
    [
        (findings(GONE), enterprises("甲")),
        (findings((*ONE[:3], "review")), enterprises("甲")),
        (findings(), enterprises("乙")),
        (findings(), enterprises("甲", contradicts=("甲",))),
    ],
    ids=["undecided", "to be judged", "not in the table", "contradicts itself"],
)
def test_what_is_not_known_to_be_gone_stays_open(now: pl.DataFrame, there: pl.DataFrame) -> None:
    first = look_back(None, findings(ONE), enterprises("甲"), FIRST)
    second = look_back(first, now, there, SECOND)
    assert states(second) == {ONE[:3]: "open"}
    assert second["seen_on"].to_list() == [FIRST]


def test_a_problem_of_the_whole_is_that_of_a_component() -> None:
    """When a second component comes, the finding of the whole becomes one of a component, and back."""
    whole, part = ("甲", None, "R1", "hit"), ("甲", "铸造", "R1", "hit")
    first = look_back(None, findings(whole), enterprises("甲"), FIRST)
    second = look_back(first, findings(part), enterprises("甲"), SECOND)
    assert states(second) == {part[:3]: "open"}
    assert states(look_back(second, findings(whole), enterprises("甲"), THIRD)) == {whole[:3]: "open"}


def test_another_component_is_another_problem() -> None:
    first = look_back(None, findings(ONE), enterprises("甲"), FIRST)
    other = ("甲", "喷涂", "R1", "hit")
    assert states(look_back(first, findings(other), enterprises("甲"), SECOND)) == {
        ONE[:3]: "closed",
        other[:3]: "new",
    }


def test_plain_findings_serve_as_the_earlier_audit() -> None:
    ledger = look_back(findings(ONE, GONE), findings(ONE, TWO), enterprises("甲"), SECOND)
    assert states(ledger) == {ONE[:3]: "open", TWO[:3]: "new"}


def test_what_counts_as_a_problem() -> None:
    table = findings(ONE, GONE, TWO).vstack(
        pl.DataFrame(
            [("甲", None, "R3", "hit", "admit", "经信", "鼓励")], schema=dict.fromkeys(HEADS, pl.String), orient="row"
        )
    )
    found = problems_of(table.vstack(table))
    assert sorted(found["rule"]) == ["R1", "R2"]
    assert found.columns == ["fingerprint", "rule", "enterprise", "component", *HEADS[3:]]


def test_fingerprints_tell_apart_and_last() -> None:
    keys: list[tuple[Any, ...]] = [
        ("R", "a", "b"),
        ("R", "a", None),
        ("R", "ab", None),
        ("Ra", None, "b"),
        ("R", None, None),
    ]
    marks = [fingerprint(*key) for key in keys]
    assert len(set(marks)) == len(keys)
    assert fingerprint("CN-YRPL-2020-26-2", "甲厂", None) == "d08b90dc1d742e46"
    assert all(len(mark) == 16 for mark in marks)


def test_the_columns_of_a_ledger() -> None:
    assert look_back(None, findings(), enterprises(), FIRST).schema == pl.Schema(LEDGER)
