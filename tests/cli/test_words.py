from __future__ import annotations

import re

import pytest

from admission.cli import words
from admission.cli.words import CLASSES, DUTY_STATUS, LABELS, PHRASES, departments, label, say
from admission.rulebook import Catalogue, Dimension, Rulebook
from admission.screening import Verdict

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def test_english_has_no_chinese() -> None:
    tables = [*LABELS.values(), *CLASSES.values(), DUTY_STATUS, PHRASES]
    assert [en for table in tables for _, en in table.values() if CHINESE.search(en)] == []


def test_chinese_is_chinese() -> None:
    tables = [*LABELS.values(), *CLASSES.values(), DUTY_STATUS]
    assert [zh for table in tables for zh, _ in table.values() if not CHINESE.search(zh)] == []


def test_labels_of_a_kind_differ() -> None:
    for table in (*LABELS.values(), *CLASSES.values(), DUTY_STATUS):
        for column in (0, 1):
            assert len({pair[column] for pair in table.values()}) == len(table)


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("LABELS", {**LABELS, Verdict: {Verdict.ADMIT: ("准予入园", "Admit")}}),
        ("CLASSES", {Catalogue.EIA: CLASSES[Catalogue.EIA]}),
        ("DUTY_STATUS", {"met": ("已完成", "done")}),
        ("PHRASES", {"why": ("为什么 {x}", "Why")}),
        ("PHRASES", {"why": ("为什么", "")}),
    ],
)
def test_a_missing_label_is_an_error_at_import(
    name: str, table: dict[object, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, name, table)
    with pytest.raises(AssertionError, match="missing"):
        words._check_complete()


def test_labels_by_value() -> None:
    assert label(Verdict.REJECT, "zh") == "不予入园"
    assert label("spatial_layout", "en", Dimension) == "spatial layout"
    assert say("period", "en", start="2021-03-01") == "from 2021-03-01"


def test_departments() -> None:
    assert departments("生态环境、发改", "zh") == "生态环境、发改"
    assert departments("生态环境、某局", "en") == "environment, 某局"


def test_every_class_and_department_of_the_shipped_rules_has_a_label(rulebook: Rulebook) -> None:
    for edition in rulebook.editions.values():
        if edition.catalogue is not None:
            assert set(edition.levels) < set(CLASSES[edition.catalogue])
    used = {part for owned in rulebook.items for part in owned.rule.department.split("、")}
    used |= {part for owned in rulebook.duties for part in owned.rule.department.split("、")}
    assert [part for part in used if departments(part, "en") == part] == []
