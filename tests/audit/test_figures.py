"""The figures of a small table, counted by hand; what is unknown is counted as unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from admission.audit.figures import Figures
from admission.audit.files import Request, audit_files
from admission.audit.frames import source_of
from admission.audit.reading import TableReader
from admission.audit.run import Auditor
from tests.audit.tables import Drawer, columns, rows_of
from tests.screening.documents import RULES

DAY = date(2026, 11, 24)
ROWS = (
    # industry, EIA approval, permit issued, expiry, exhaust, NOx, VOCs, solid, hazardous
    ("3391", "2020-01-01", "2021-01-01", "2026-01-01", "是", "5", None, "10", "1"),
    ("3391", "2020-01-01", "2021-01-01", "2027-01-01", "是", "2.5", "1", None, "2"),
    ("3391", "无", "无", None, "否", "0", "0", "5", None),
    ("3391", None, None, None, None, None, None, None, None),
    ("2614", "2030-01-01", "2024-01-01", None, None, None, "3", "0", "0"),
    (None, "2020-01-01", None, None, "不清楚", None, None, None, None),
)
HEADS = (
    *("industry", "eia_approval_date", "permit_issued", "permit_expiry", "has_industrial_exhaust_discharge"),
    *(
        "nox_t_per_year",
        "voc_emission_t_per_year",
        "general_solid_waste_t_per_year",
        "hazardous_waste_generated_t_per_year",
    ),
)
CASTING = {"ferrous_casting_t_per_year": "200000", "nature": "新建", "uses_cupola_furnace": "否"}


def figures(table: pl.DataFrame, size: int = 4) -> dict[str, Any]:
    reader = TableReader(RULES, source_of(table, "table"))
    found = Figures(RULES, DAY)
    for done in Auditor(reader, RULES, "shizhu", DAY).blocks(size):
        found.add(done)
    return found.result({"new": 3})


@pytest.fixture(scope="module")
def counted() -> dict[str, Any]:
    table = pl.DataFrame(ROWS, schema=dict.fromkeys(HEADS, pl.String), orient="row")
    names = pl.Series("enterprise", [f"企业{number}" for number in range(len(ROWS))])
    more = [pl.lit(text).alias(name) for name, text in CASTING.items()]
    return figures(table.insert_column(0, names).with_columns(more))


def test_amounts_and_who_did_not_say(counted: dict[str, Any]) -> None:
    assert counted["air"]["nox"] == {"t_per_year": 7.5, "stated": 3, "unknown": 3}
    assert counted["air"]["vocs"] == {"t_per_year": 4.0, "stated": 3, "unknown": 3}
    assert counted["solid_waste"] == {"t_per_year": 15.0, "stated": 3, "unknown": 3}
    assert counted["hazardous_waste"] == {"t_per_year": 3.0, "stated": 3, "unknown": 3}
    assert counted["air"]["enterprises"] == {"yes": 3, "no": 1, "unknown": 2}


def test_the_list_of_emitters_largest_first(counted: dict[str, Any]) -> None:
    listed = [(row["row"], row["nox_t_per_year"], row["voc_t_per_year"]) for row in counted["air"]["list"]]
    assert listed == [(1, 5.0, None), (2, 2.5, 1.0), (5, None, 3.0)]
    assert counted["air"]["list"][0]["sector"] == "33 金属制品业"


def test_the_eia_rate_is_over_what_is_known(counted: dict[str, Any]) -> None:
    """Approved by then: done; 无 or a later day: not done; nothing written: unknown, and not in the rate."""
    rate = counted["eia_execution"]
    assert rate["due"] == rate["done"] + rate["not_done"] + rate["unknown"]
    assert (rate["done"], rate["not_done"], rate["unknown"]) == (2, 1, 1)
    assert rate["rate"] == pytest.approx(2 / 3)
    assert rate["may_be_due"] == 2


def test_permits_held_expired_missing_unknown(counted: dict[str, Any]) -> None:
    states = {
        state: sum(level[state] for level in counted["permits"].values())
        for state in ("held", "expired", "missing", "unknown")
    }
    assert states == {"held": 2, "expired": 1, "missing": 1, "unknown": 2}


def test_counts_agree_with_each_other(counted: dict[str, Any]) -> None:
    assert counted["enterprises"] == len(ROWS) == sum(counted["verdicts"].values())
    assert counted["problems"] == {"new": 3}
    for verdict, count in counted["verdicts"].items():
        assert sum(sector.get(verdict, 0) for sector in counted["by_sector"].values()) == count
    for kind in ("problem", "review", "unknown"):
        assert (
            sum(sector.get(f"{kind}_findings", 0) for sector in counted["by_sector"].values())
            == counted["findings"][kind]
        )
    for level in counted["classes"].values():
        assert sum(level.values()) == len(ROWS)
    assert set(counted["by_sector"]) == {"33 金属制品业", "26 化学原料和化学制品制造业", "unknown"}


def test_nothing_known_counts_nothing_as_no() -> None:
    found = figures(pl.DataFrame({"enterprise": ["甲", "乙"], "industry": ["3391", "3443"]}))
    for rate in (found["eia_execution"], *found["three_simultaneities"].values(), *found["duties"].values()):
        assert rate["not_done"] == rate["done"] == 0
        assert rate.get("rate") is None
    assert found["air"]["enterprises"] == {"yes": 0, "no": 0, "unknown": 2}
    assert all(level["missing"] == 0 for level in found["permits"].values())


def test_parts_put_together_are_the_whole() -> None:
    """Blocks in one go, and in two halves that are merged."""
    drawer = Drawer(RULES, seed=12)
    enterprises, components = map(columns, rows_of([drawer.project(0.01) for _ in range(60)]))
    for number, name in enumerate(("nox_t_per_year", "hazardous_waste_generated_t_per_year")):
        enterprises[name] = [float(at % 7) if at % 3 == number else None for at in range(60)]
    table, parts = pl.DataFrame(enterprises, strict=False), pl.DataFrame(components, strict=False)

    def added(rows: pl.DataFrame) -> Figures:
        reader = TableReader(RULES, source_of(rows, "table"), source_of(parts, "components"))
        found = Figures(RULES, DAY)
        for done in Auditor(reader, RULES, "shizhu", DAY).blocks():
            found.add(done)
        return found

    whole, merged = added(table), Figures(RULES, DAY)
    for half in (table[:25], table[25:]):
        merged.merge(added(half).parts())
    one, other = whole.result(), merged.result()
    assert len(one["air"].pop("list")) == len(other["air"].pop("list"))
    assert one == other


def test_enterprises_that_contradict_themselves_count_apart(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "enterprise,industry,only_cutting_welding_assembly,has_electroplating\n甲,3391,是,是\n乙,3391,否,是\n",
        encoding="utf-8",
    )
    summary = audit_files(Request(tmp_path / "t.csv", "shizhu", DAY), RULES)
    assert summary.figures["verdicts"]["contradicts"] == 1
    assert summary.errors == 1
    assert summary.first_errors[0]["code"] == "contradiction"
