"""Why a condition has its value: the tree leaf by leaf, and the one sentence."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings

from admission.logic.evaluate import Facts, evaluate
from admission.logic.nodes import Constant
from admission.logic.parse import parse
from admission.logic.trace import JSON, summary, trace
from tests.logic.strategies import VOCABULARY, Row, Sample, samples
from tests.logic.words import WORDS, condition

FACTS: Facts = {
    "industry": frozenset({"3443"}),
    "nature": frozenset({"technical_upgrade", "new"}),
    "furnace_type": "arc",
    "has_electroplating": False,
    "is_chemical_project": True,
    "is_new_build": True,
    "solvent_coating_t_per_year": 12.5,
    "site_solvent_coating_t_per_year": 13.0,
    "distance_to_bank_m": 400.0,
    "recovery_percent": 0.1 + 0.2,
    "shift_count": 2.0,
    "approval_date": date(2026, 9, 1),
    "start_date": date(2031, 1, 1),
    "enterprise_name": "甲",
    "former_name": "乙",
}


def _reversed(row: Row) -> Row:
    return {name: row[name] for name in reversed(list(row))}


def leaf(name: str, operator: str, required: JSON, actual: JSON, value: JSON) -> dict[str, JSON]:
    fact = WORDS.facts[name]
    return {
        "fact": name,
        "label": fact.label.zh,
        "operator": operator,
        "required": required,
        "actual": actual,
        "unit": fact.unit,
        "value": value,
    }


SHIFTS = leaf("shift_count", "value", None, 2, 2)
COATING = leaf("solvent_coating_t_per_year", "value", None, 12.5, 12.5)
NEW = leaf("is_new_build", "=", True, True, True)
PLATING = leaf("has_electroplating", "=", True, False, False)
TWO: JSON = {"op": "constant", "value": 2, "items": []}

TRACES: dict[str, dict[str, JSON]] = {
    # leaves
    "is_new_build": NEW,
    "has_electroplating = false": leaf("has_electroplating", "=", False, False, True),
    "solvent_coating_t_per_year >= 10": leaf("solvent_coating_t_per_year", ">=", 10, 12.5, True),
    "10.5 > solvent_coating_t_per_year": leaf("solvent_coating_t_per_year", "<", 10.5, 12.5, False),
    "total_investment_wan_yuan > 1": leaf("total_investment_wan_yuan", ">", 1, None, None),
    "furnace_type != 'cupola'": leaf("furnace_type", "!=", "cupola", "arc", True),
    "approval_date < DATE '2026-08-15'": leaf("approval_date", "<", "2026-08-15", "2026-09-01", False),
    "furnace_type in ('cupola', 'arc')": leaf("furnace_type", "in", ["cupola", "arc"], "arc", True),
    "approval_date in (DATE '2026-09-01')": leaf("approval_date", "in", ["2026-09-01"], "2026-09-01", True),
    "under(industry, '344', '33')": leaf("industry", "under", ["344", "33"], ["3443"], True),
    "any_of(nature, 'new')": leaf("nature", "any_of", ["new"], ["new", "technical_upgrade"], True),
    "sensitive_areas is null": leaf("sensitive_areas", "is null", None, None, True),
    "industry is null": leaf("industry", "is null", None, ["3443"], False),
    "shift_count": SHIFTS,
    # branches
    "true": {"op": "constant", "value": True, "items": []},
    "is_new_build and not has_electroplating": {
        "op": "and",
        "value": True,
        "items": [NEW, {"op": "not", "value": True, "items": [PLATING]}],
    },
    "has_electroplating or is_new_build": {"op": "or", "value": True, "items": [PLATING, NEW]},
    "case when is_new_build then shift_count end": {"op": "case", "value": 2, "items": [NEW, SHIFTS]},
    "case when has_electroplating then shift_count else 2 end": {
        "op": "case",
        "value": 2,
        "items": [PLATING, SHIFTS, TWO],
    },
    "shift_count - 2": {"op": "-", "value": 0, "items": [SHIFTS, TWO]},
    "shift_count / (shift_count - 2)": {
        "op": "/",
        "value": None,
        "items": [SHIFTS, {"op": "-", "value": 0, "items": [SHIFTS, TWO]}],
    },
    "greatest(shift_count, 2)": {"op": "greatest", "value": 2, "items": [SHIFTS, TWO]},
    "(shift_count + 2) is null": {
        "op": "is null",
        "value": False,
        "items": [{"op": "+", "value": 4, "items": [SHIFTS, TWO]}],
    },
    "(shift_count * 2) in (2, 4.5)": {
        "op": "in",
        "required": [2, 4.5],
        "value": False,
        "items": [{"op": "*", "value": 4, "items": [SHIFTS, TWO]}],
    },
    "add_months(approval_date, 60)": {
        "op": "add_months",
        "amount": 60,
        "value": "2031-09-01",
        "items": [leaf("approval_date", "value", None, "2026-09-01", "2026-09-01")],
    },
    "2 * solvent_coating_t_per_year < site_solvent_coating_t_per_year": {
        "op": "compare",
        "label": "2 × 年用溶剂型涂料量（含稀释剂）",
        "operator": "<",
        "required": 13,
        "actual": 25,
        "unit": "t/a",
        "value": False,
        "items": [
            {"op": "*", "value": 25, "items": [TWO, COATING]},
            leaf("site_solvent_coating_t_per_year", "value", None, 13, 13),
        ],
    },
    "has_electroplating = is_new_build": {
        "op": "compare",
        "label": "“有电镀工艺”",
        "operator": "=",
        "required": True,
        "actual": False,
        "unit": None,
        "value": False,
        "items": [PLATING, NEW],
    },
}


@pytest.mark.parametrize(("text", "expected"), TRACES.items(), ids=TRACES)
def test_traces(text: str, expected: dict[str, JSON]) -> None:
    found = trace(condition(text), FACTS, WORDS)
    assert found == expected
    assert list(found) == list(expected)  # the order is part of the output


def test_labels_are_in_the_language_asked_for() -> None:
    assert trace(condition("is_new_build"), FACTS, WORDS, "en")["label"] == "Wholly new build"
    assert trace(condition("shift_count + 1 > 2"), FACTS, WORDS, "en")["label"] == "Shifts + 1"


@settings(max_examples=150, deadline=None)
@given(samples())
def test_any_trace_is_plain_json_with_the_right_values(sample: Sample) -> None:
    for row in sample.rows:
        for tree in sample.trees:
            found = trace(tree, row, VOCABULARY)
            assert json.loads(json.dumps(found, allow_nan=False)) == found
            value = evaluate(tree, row)
            expected = value.isoformat() if isinstance(value, date) else value
            assert found["value"] == expected
            assert found == trace(tree, _reversed(row), VOCABULARY)


COATING_ZH, COATING_EN = "年用溶剂型涂料量（含稀释剂）", "Solvent-based coating a year"

# condition → (Chinese, English) for FACTS
SUMMARIES: dict[str, tuple[str, str]] = {
    "distance_to_bank_m <= 1000 and any_of(nature, 'new', 'technical_upgrade') and is_chemical_project": (
        "距长江支流岸线 400 米（≤ 1000 米）；建设性质为 新建、技术改造；属化工项目",
        (
            "Distance to the tributary bank: 400 m (≤ 1000 m); Nature of construction is New build, Technical upgrade; "
            "Is a chemical project"
        ),
    ),
    # true or: the true leaf; false and: the false leaf
    "has_electroplating or solvent_coating_t_per_year >= 10": (
        f"{COATING_ZH} 12.5 吨/年（≥ 10 吨/年）",
        f"{COATING_EN}: 12.5 t/a (≥ 10 t/a)",
    ),
    "is_new_build and has_electroplating": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "not (is_new_build and has_electroplating)": ("并非“有电镀工艺”", "not “Has electroplating”"),
    # false or, true and: every leaf
    "has_electroplating or distance_to_bank_m > 1000": (
        "并非“有电镀工艺”；距长江支流岸线 400 米（≤ 1000 米）",
        "not “Has electroplating”; Distance to the tributary bank: 400 m (≤ 1000 m)",
    ),
    # of several reasons that each suffice, the short ones
    "is_new_build and is_chemical_project or solvent_coating_t_per_year > 1 or shift_count > 1": (
        f"{COATING_ZH} 12.5 吨/年（> 1 吨/年）；班次 2（> 1）",
        f"{COATING_EN}: 12.5 t/a (> 1 t/a); Shifts: 2 (> 1)",
    ),
    "is_new_build and is_chemical_project and shift_count > 1 or is_new_build and shift_count > 1": (
        "全新建设项目；班次 2（> 1）",
        "Wholly new build; Shifts: 2 (> 1)",
    ),
    "true or is_new_build": ("成立，或全新建设项目", "true, or Wholly new build"),
    "true": ("任何情形", "in every case"),
    # the same finding is named once
    "solvent_coating_t_per_year between 1 and 20": (
        f"{COATING_ZH} 12.5 吨/年（≥ 1 吨/年、≤ 20 吨/年）",
        f"{COATING_EN}: 12.5 t/a (≥ 1 t/a, ≤ 20 t/a)",
    ),
    "is_new_build and (is_new_build or has_electroplating)": ("全新建设项目", "Wholly new build"),
    # claims
    "has_electroplating = false": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "has_electroplating = true": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "has_electroplating = is_new_build": (
        "“有电镀工艺”与“全新建设项目”不一致",
        "“Has electroplating” disagrees with “Wholly new build”",
    ),
    # options
    "furnace_type = 'arc'": ("炉型为 电弧炉", "Furnace type is Arc"),
    "furnace_type != 'arc'": ("炉型为 电弧炉", "Furnace type is Arc"),
    "furnace_type = 'cupola'": ("炉型为 电弧炉（不为 冲天炉）", "Furnace type is Arc (is not Cupola)"),
    "furnace_type in ('arc', 'cupola')": ("炉型为 电弧炉", "Furnace type is Arc"),
    "furnace_type in ('induction', 'cupola')": (
        "炉型为 电弧炉（不为 中频炉 或 冲天炉 之一）",
        "Furnace type is Arc (is none of Induction or Cupola)",
    ),
    "shift_count in (2)": ("班次 2", "Shifts: 2"),
    "shift_count in (1, 3, 4, 5)": (
        "班次 2（不为 1、3、4 等 4 项 之一）",
        "Shifts: 2 (is none of 1, 3, 4 and others (4 in all))",
    ),
    "shift_count = 2": ("班次 2", "Shifts: 2"),
    "shift_count = 3": ("班次 2（≠ 3）", "Shifts: 2 (≠ 3)"),
    # sets: what was matched
    "any_of(nature, 'new', 'expansion')": (
        "建设性质为 新建、技术改造（含 新建）",
        "Nature of construction is New build, Technical upgrade (includes New build)",
    ),
    "any_of(nature, 'alteration')": (
        "建设性质为 新建、技术改造（不含 改建）",
        "Nature of construction is New build, Technical upgrade (does not include Alteration)",
    ),
    # codes
    "under(industry, '3443', '33')": (
        "国民经济行业代码为 3443 阀门和旋塞制造",
        "Industry codes is 3443 阀门和旋塞制造",
    ),
    "under(industry, '33', '344', '26')": (
        "国民经济行业代码为 3443 阀门和旋塞制造（属于 344 泵、阀门、压缩机及类似机械制造）",
        "Industry codes is 3443 阀门和旋塞制造 (is under 344 泵、阀门、压缩机及类似机械制造)",
    ),
    "under(industry, '33', '2614')": (
        "国民经济行业代码为 3443 阀门和旋塞制造（不属于 33 金属制品业 或 2614 有机化学原料制造）",
        "Industry codes is 3443 阀门和旋塞制造 (is not under 33 金属制品业 or 2614 有机化学原料制造)",
    ),
    # dates, texts
    "approval_date >= DATE '2026-08-15'": (
        "批复日期为 2026-09-01（不早于 2026-08-15）",
        "Approval date is 2026-09-01 (is not before 2026-08-15)",
    ),
    "add_months(approval_date, 60) < start_date": (
        "批复日期后 60 个月为 2031-09-01（不早于 开工日期，即 2031-01-01）",
        "60 month(s) after Approval date is 2031-09-01 (is not before Start of construction, that is 2031-01-01)",
    ),
    "former_name != enterprise_name": (
        "曾用名为 “乙”（不为 企业名称，即 “甲”）",
        "Former name is “乙” (is not Enterprise, that is “甲”)",
    ),
    # computed numbers: rounded, unless that would contradict the comparison
    "site_solvent_coating_t_per_year > solvent_coating_t_per_year / 3": (
        f"全厂年用溶剂型涂料量 13 吨/年（> {COATING_ZH} ÷ 3，即 4.1667 吨/年）",
        f"Solvent-based coating, whole site: 13 t/a (> {COATING_EN} ÷ 3, that is 4.1667 t/a)",
    ),
    "shift_count / 3 < 0.7": ("班次 ÷ 3 0.6667（< 0.7）", "Shifts ÷ 3: 0.6667 (< 0.7)"),
    "shift_count / 3 < 0.6667": (
        "班次 ÷ 3 0.6666666666666666（< 0.6667）",
        "Shifts ÷ 3: 0.6666666666666666 (< 0.6667)",
    ),
    "recovery_percent > 0.3": (
        "回收率 0.30000000000000004 %（> 0.3 %）",
        "Recovery: 0.30000000000000004 % (> 0.3 %)",
    ),
    "2 * solvent_coating_t_per_year >= 25": (
        f"2 × {COATING_ZH} 25 吨/年（≥ 25 吨/年）",
        f"2 × {COATING_EN}: 25 t/a (≥ 25 t/a)",
    ),
    # missing facts
    "industry is null": ("国民经济行业代码已填报", "Industry codes is stated"),
    "sensitive_areas is null": ("涉及的环境敏感区尚未填报", "Sensitive areas touched is not stated"),
    # cases: the condition, unless it only asks whether something is stated, and the branch taken
    "case when is_new_build then shift_count > 1 else has_electroplating end": (
        "全新建设项目；班次 2（> 1）",
        "Wholly new build; Shifts: 2 (> 1)",
    ),
    "case when sensitive_areas is null then has_electroplating else is_new_build end": (
        "并非“有电镀工艺”",
        "not “Has electroplating”",
    ),
    "case when has_electroplating then true else is_chemical_project end": (
        "并非“有电镀工艺”；属化工项目",
        "not “Has electroplating”; Is a chemical project",
    ),
    # formulas
    "case when is_new_build then solvent_coating_t_per_year end": (
        f"全新建设项目；{COATING_ZH} 12.5 吨/年",
        f"Wholly new build; {COATING_EN}: 12.5 t/a",
    ),
    "greatest(solvent_coating_t_per_year, shift_count + 1)": (
        f"{COATING_ZH} 12.5 吨/年；班次 2",
        f"{COATING_EN}: 12.5 t/a; Shifts: 2",
    ),
    "add_days(approval_date, 1)": ("批复日期为 2026-09-01", "Approval date is 2026-09-01"),
}


@pytest.mark.parametrize(("text", "said"), SUMMARIES.items(), ids=SUMMARIES)
def test_summaries(text: str, said: tuple[str, str]) -> None:
    tree = condition(text)
    assert (summary(tree, FACTS, WORDS), summary(tree, FACTS, WORDS, "en")) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is_new_build and total_investment_wan_yuan > 1", ("尚不清楚：总投资", "not known yet: Total investment")),
        (
            "has_electroplating or any_of(sensitive_areas, 's1_nature_reserve') or total_investment_wan_yuan > 1",
            ("尚不清楚：涉及的环境敏感区、总投资", "not known yet: Sensitive areas touched, Total investment"),
        ),
        (
            "under(industry, '34431')",
            (
                "尚不清楚：国民经济行业代码（已填 3443 阀门和旋塞制造，需填得更细）",
                "not known yet: Industry codes (stated as 3443 阀门和旋塞制造, a finer code is needed)",
            ),
        ),
        (
            "case when has_electroplating then true end",
            (
                "无法得出结论：若有电镀工艺，则成立；否则不定",
                "no conclusion can be reached: if Has electroplating, then true; otherwise undetermined",
            ),
        ),
        (
            "1 / (shift_count - 2) > 3",
            (
                "无法得出结论：1 ÷ （班次 − 2） > 3",
                "no conclusion can be reached: 1 ÷ (Shifts − 2) > 3",
            ),
        ),
    ],
)
def test_summaries_of_what_is_unknown(text: str, said: tuple[str, str]) -> None:
    tree = parse(text)
    assert (summary(tree, FACTS, WORDS), summary(tree, FACTS, WORDS, "en")) == said


def test_a_known_empty_set_reads_as_none() -> None:
    tree = condition("any_of(nature, 'new')")
    assert summary(tree, {"nature": frozenset()}, WORDS) == "建设性质为 无（不含 新建）"
    assert (
        summary(tree, {"nature": frozenset()}, WORDS, "en")
        == "Nature of construction is none (does not include New build)"
    )


@settings(max_examples=150, deadline=None)
@given(samples())
def test_any_value_can_be_explained(sample: Sample) -> None:
    for row in sample.rows:
        for tree in sample.trees:
            said = summary(tree, row, VOCABULARY)
            assert said
            assert said.startswith(("尚不清楚", "无法得出结论")) == (evaluate(tree, row) is None) or isinstance(
                tree, Constant
            )
            assert said == summary(tree, _reversed(row), VOCABULARY)
