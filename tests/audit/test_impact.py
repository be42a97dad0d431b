"""What a change of rules does: the same as screening twice and comparing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from admission import impact, load_rulebook
from admission.audit.frames import source_of
from admission.audit.impact import CHANGES, changes, summarise
from admission.rulebook import Ruleset
from tests.audit.tables import Drawer, columns, rows_of, wanted
from tests.screening.documents import DEMO, NATIONAL, RULES, SHIZHU

CHANGE = date(2026, 8, 15)


def pairs() -> list[tuple[Ruleset, Ruleset]]:
    book = RULES
    return [
        (book.in_force("shizhu", on=date(2026, 8, 14)), book.in_force("shizhu", on=CHANGE)),
        (book.in_force("shizhu", on=date(2020, 6, 1)), book.in_force("shizhu", on=CHANGE)),
        (NATIONAL, SHIZHU),
        (SHIZHU, DEMO),
    ]


@pytest.mark.parametrize("number", range(4))
def test_it_is_two_screenings_compared(number: int) -> None:
    old, new = pairs()[number]
    drawer = Drawer(old.rulebook, seed=number)
    drawn = [drawer.project(0.01) for _ in range(50)]
    enterprises, components = map(columns, rows_of(drawn))
    frames = (pl.DataFrame(enterprises, strict=False), pl.DataFrame(components, strict=False))
    found = impact(frames[0], old, new, components=frames[1])
    told = {
        (row, kind): (before, after)
        for row, kind, before, after in found.select("row", "changed", "before", "after").iter_rows()
    }
    expected = {}
    for row, project in enumerate(drawn, 1):
        sides = [wanted(project, ruleset) or ("contradicts",) * 4 for ruleset in (old, new)]
        for position, kind in ((0, "verdict"), (2, "eia"), (3, "permit")):
            if sides[0][position] != sides[1][position]:
                expected[row, kind] = (sides[0][position], sides[1][position])
    assert {key: value for key, value in told.items() if key[1] != "problems"} == expected


def test_problems_that_moved_to_another_clause() -> None:
    old, new = pairs()[0]
    drawer = Drawer(old.rulebook, seed=1)
    drawn = [drawer.project() for _ in range(30)]
    table = pl.DataFrame(columns(rows_of(drawn)[0]), strict=False)
    found = impact(table, old, new).filter(pl.col("changed") == "problems")
    ids = [{owned.rule.id for owned in ruleset.items} for ruleset in (old, new)]
    gone = {name for text in found["before"] for name in text.split(";") if name}
    came = {name for text in found["after"] for name in text.split(";") if name}
    assert gone
    assert gone <= ids[0]
    assert came <= ids[1]
    days = {day for text in found["since"] for day in text.split(";")}
    assert CHANGE.isoformat() in days


STRICTER = """
  - id: PARK-SHIZHU-TEST-1
    title: {zh: 禁止新建电镀, en: No electroplating}
    article: 第一条
    effect: prohibit
    dimension: spatial_layout
    department: 生态环境
    when: has_electroplating
    effective: {from: 2026-10-01, to: null}
    status: verified
    confidence: high
    provenance: 测试
"""


def test_a_stricter_park_list(tmp_path: Path) -> None:
    """The clause that makes the difference is named, with its first day."""
    root = Path(__file__).resolve().parents[2]
    folder = tmp_path / "stricter"
    for name in ("rules", "negative_list"):
        for path in (root / name).rglob("*"):
            if path.is_file() and not path.name.endswith(".cases.yaml"):
                target = folder / name / path.relative_to(root / name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    with (folder / "rules" / "positioning" / "shizhu.yaml").open("a", encoding="utf-8") as stream:
        stream.write(STRICTER)
    new = load_rulebook(folder, cache=False).in_force("shizhu", on=SHIZHU.on)
    table = pd.DataFrame(
        {"企业": ["甲", "乙", "丙"], "industry": ["3360"] * 3, "has_electroplating": [True, False, None]}
    )
    found = impact(table, SHIZHU, new)
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns) == list(CHANGES)
    verdicts = found[found.changed == "verdict"]
    assert verdicts[["row", "after", "clauses", "since"]].to_numpy().tolist() == [
        [1, "reject", "PARK-SHIZHU-TEST-1", "2026-10-01"]
    ]
    (clause,) = summarise(pl.from_pandas(verdicts))["clauses"]
    assert clause == {"rule": "PARK-SHIZHU-TEST-1", "since": "2026-10-01", "changes": 1}


def test_nothing_changes_between_equal_rules() -> None:
    table = pl.DataFrame(columns(rows_of([Drawer(RULES, seed=5).project() for _ in range(5)])[0]), strict=False)
    found = pl.concat(changes(source_of(table, "t"), None, SHIZHU, SHIZHU))
    assert found.is_empty()
    assert summarise(found) == {"enterprises": 0, "other_clauses": 0, "moves": [], "clauses": []}


def test_blocks_do_not_show() -> None:
    drawer = Drawer(RULES, seed=9)
    table = pl.DataFrame(columns(rows_of([drawer.project() for _ in range(40)])[0]), strict=False)
    old, new = pairs()[1]
    whole, small = (pl.concat(changes(source_of(table, "t"), None, old, new, size)) for size in (1000, 7))
    assert whole.equals(small)
