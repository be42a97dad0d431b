"""What the page of a decision says in cases the examples do not reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission import Decision, Rulebook
from admission.cli.class_text import class_label
from admission.cli.decision_text import DecisionText, cite_text
from admission.cli.page import Page
from admission.rulebook import Catalogue, Cite, Status
from admission.screening import Outcome, Verdict
from admission.screening.decision import Breach, ClassResult, FactChange, Remedy

Decisions = dict[tuple[str, str], Decision]
CITE = Cite(document="某法", number="第1号", article="第三条")


def text(decision: Decision, rulebook: Rulebook, lang: str = "zh") -> str:
    page = Page()
    DecisionText(page, decision, rulebook, lang).write()
    return page.plain


def changed(decision: Decision, **values: Any) -> Decision:
    return decision.model_copy(update=values)


def test_citations() -> None:
    assert cite_text(CITE, "zh") == "《某法》第三条"
    assert cite_text(CITE, "en") == "某法, 第三条"
    assert cite_text(CITE.model_copy(update={"article": None}), "zh") == "《某法》"


def test_many_clauses_are_cut_and_counted(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["chemical-blender", "zh"]
    hit = decision.findings[0]
    many = tuple(hit.model_copy(update={"rule": f"R-{number}", "title": f"条目{number}"}) for number in range(15))
    output = text(changed(decision, findings=many), rulebook)
    assert output.count("【禁止】") == 12
    assert "另有 3 条，见 --format json。" in output


def test_one_clause_for_two_components_stands_once(decisions: Decisions, rulebook: Rulebook) -> None:
    output = text(decisions["chemical-blender", "zh"], rulebook)
    assert output.count("制造业项目应与园区产业定位相符") == 1
    assert "理由（涂料复配车间）：" in output
    assert "理由（清洗剂复配车间）：" in output


def test_an_unmet_requirement(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant", "zh"]
    met = next(finding for finding in decision.findings if finding.rule == "PARK-SHIZHU-POS-06")
    assert met.outcome is Outcome.MET
    unmet = met.model_copy(update={"outcome": Outcome.UNMET, "component": None, "remedy": None})
    output = text(changed(decision, verdict=Verdict.CONDITIONAL, findings=(unmet,)), rulebook)
    assert "结论：有条件入园" in output
    assert "【未满足】制造业项目" in output
    assert "〔未核实〕" in output
    assert "整改：" not in output
    assert "其余" not in output


def test_few_questions_are_all_shown(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant-brief", "zh"]
    question = decision.questions[0].model_copy(
        update={"component": "阀门车间", "changes": ("eia",), "proof": "", "ask": "多少？"}
    )
    output = text(changed(decision, questions=(question,)), rulebook)
    assert "接下来要问（共 1 项）\n  1. 多少？（阀门车间）\n     能改变：环评类别\n" in output


def test_many_rules_behind_a_question(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant-brief", "zh"]
    question = decision.questions[0].model_copy(update={"changes": ("eia", "R-1", "R-2", "R-3")})
    assert "能改变：环评类别、R-1、R-2 等 3 条规则" in text(changed(decision, questions=(question,)), rulebook)


def test_duties_with_a_day_or_done(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant", "zh"]
    first, second = decision.duties[:2]
    late = first.model_copy(update={"due": date(2026, 12, 31), "status": "overdue"})
    done = second.model_copy(update={"status": "met"})
    output = text(changed(decision, duties=(late, done)), rulebook)
    assert "（生态环境、已逾期）" in output
    assert "时间：开工建设前（2026-12-31 前）" in output
    assert "（生态环境、已完成）" in output.replace("\n     ", "")


def test_breaches(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant", "zh"]
    known = Breach(id="build_before_approval", title="未批先建", since=date(2026, 1, 2), cite=CITE, penalty={})
    output = text(changed(decision, breaches=(known, known.model_copy(update={"since": None}))), rulebook)
    assert "违法情形\n  1. 未批先建（自 2026-01-02）\n    依据：《某法》第三条\n  2. 未批先建（自 未知）" in output


def test_a_rejection_without_a_way_out(decisions: Decisions, rulebook: Rulebook) -> None:
    output = text(changed(decisions["chemical-blender", "zh"], remedies=(), duties=()), rulebook)
    assert "没有找到只改可变事项就能入园的办法" in output
    assert "若获准入，接下来要办\n  没有其他手续。" in output


@pytest.mark.parametrize(
    ("name", "before", "after", "expected"),
    [
        ("has_electroplating", True, False, "有电镀工艺（甲）：由 是 改为 否"),
        ("solvent_coating_t_per_year", None, 9.5, "由 未知 改为 9.5 吨/年"),
        ("nature", ["new"], ["expansion"], "由 新建 改为 扩建"),
    ],
)
def test_values_of_a_remedy(
    decisions: Decisions, rulebook: Rulebook, name: str, before: object, after: object, expected: str
) -> None:
    label = rulebook.vocabulary.facts[name].label.zh
    change = FactChange(fact=name, label=label, component="甲", before=before, after=after)
    remedy = Remedy(changes=(change,), cites=(CITE,))
    output = text(changed(decisions["chemical-blender", "zh"], remedies=(remedy,)), rulebook)
    assert "以下任一做法即可不再触犯《某法》第三条：" in output
    assert expected in output.replace("\n     ", "")


def test_many_entries_are_cut_and_counted(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant", "zh"]
    entry = decision.eia.entries[0].model_copy(update={"status": Status.UNVERIFIED})
    found = ClassResult(level="form", possible=("form",), entries=(entry,) * 10)
    output = text(changed(decision, eia=found), rulebook)
    assert output.count("第69项 通用设备制造业〔未核实〕") == 8
    assert "……以及另外 2 条。" in output


def test_an_entry_that_hangs_on_one_fact(decisions: Decisions, rulebook: Rulebook) -> None:
    decision = decisions["valve-plant-brief", "zh"]
    entry = decision.eia.entries[0].model_copy(update={"needs": ("has_electroplating",)})
    found = ClassResult(level=None, possible=entry.possible, entries=(entry,))
    assert "取决于：有电镀工艺\n" in text(changed(decision, eia=found), rulebook).replace("\n    于", "于")


def test_class_labels(rulebook: Rulebook) -> None:
    assert class_label(rulebook, Catalogue.EIA, "form", "zh") == "环境影响报告表"
    assert class_label(rulebook, Catalogue.EIA, "none", "en") == "not listed, no EIA"
    assert class_label(rulebook, Catalogue.PERMIT, "another", "zh") == "another"
