"""The input workbook: what it asks, and that what is filled in comes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from admission.audit.files import Request, audit_files
from admission.audit.template import facts_for, template_workbook
from tests.screening.documents import RULES, SHIZHU

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    path.write_bytes(template_workbook(SHIZHU, ("33", "34")))
    return path


def test_sectors_narrow_what_is_asked() -> None:
    every, narrow = facts_for(SHIZHU), facts_for(SHIZHU, ("34",))
    assert set(narrow) < set(every)
    names = {fact.name for fact in narrow}
    assert {"solvent_coating_t_per_year", "has_electroplating"} <= names
    assert "site_slaughter_pigs_head_per_year" not in names
    assert not [fact for fact in every if fact.internal]
    assert "is_high_pollution_project" not in {fact.name for fact in every}  # always calculated


def test_drop_downs_units_and_help(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames[:4] == ["企业", "建设内容", "节点", "说明"]
    sheet = book["企业"]
    heads = {str(cell.value): cell for cell in sheet[1]}
    coating = RULES.vocabulary.facts["solvent_coating_t_per_year"]
    head = heads[f"{coating.label.zh} [t/a]"]
    assert coating.ask is not None
    assert head.comment is not None
    assert coating.ask.zh in head.comment.text
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert any(rule.formula1 == '"是,否"' for rule in lists)
    assert [rule for rule in sheet.data_validations.dataValidation if rule.type == "decimal"]
    assert [rule.formula1.split("!")[0] for rule in book["节点"].data_validations.dataValidation] == ["选项"]
    assert len(list(book["说明"].rows)) == len(heads)


def test_what_is_filled_in_comes_back(template: Path, tmp_path: Path) -> None:
    book = load_workbook(template)
    heads = {str(cell.value).split(" [")[0]: cell.column for cell in book["企业"][1]}
    facts = RULES.vocabulary.facts
    filled = {
        "企业名称": "甲厂",
        facts["industry"].label.zh: "3443",
        facts["has_electroplating"].label.zh: "否",
        facts["solvent_coating_t_per_year"].label.zh: 12,
        facts["nature"].label.zh: "新建",
    }
    for head, value in filled.items():
        book["企业"].cell(2, heads[head], value)
    book["节点"].append(["甲厂", "eia_approval_date", "2020-01-01"])
    book.save(tmp_path / "filled.xlsx")
    summary = audit_files(Request(tmp_path / "filled.xlsx", "shizhu", DAY), RULES)
    assert summary.errors == 0
    assert summary.figures["enterprises"] == 1
    assert summary.figures["eia_execution"]["done"] + summary.figures["eia_execution"]["may_be_due"] == 1
