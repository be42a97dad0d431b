"""Conditions in words, Chinese and English."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from admission.errors import ConditionError
from admission.logic._wording import Speaker, wording
from admission.logic.nodes import And, Compare, Constant, Expr, FactRef, Not, Or
from admission.logic.parse import parse
from admission.logic.sentence import Writer, as_claim, to_sentence, upright
from admission.vocabulary import Vocabulary
from tests.logic.strategies import VOCABULARY, any_trees
from tests.logic.words import WORDS, condition

COATING, COATING_EN = "年用溶剂型涂料量（含稀释剂）", "Solvent-based coating a year"
PUMPS = "344 泵、阀门、压缩机及类似机械制造"

# condition → (Chinese, English)
SENTENCES: dict[str, tuple[str, str]] = {
    "under(industry, '344') and (has_electroplating or solvent_coating_t_per_year >= 10)": (
        f"国民经济行业代码属于 {PUMPS}，且（有电镀工艺，或{COATING} ≥ 10 吨/年）",
        f"Industry codes is under {PUMPS}, and (Has electroplating, or {COATING_EN} ≥ 10 t/a)",
    ),
    # claims
    "has_electroplating": ("有电镀工艺", "Has electroplating"),
    "not has_electroplating": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "not not has_electroplating": ("有电镀工艺", "Has electroplating"),
    "has_electroplating = true": ("有电镀工艺", "Has electroplating"),
    "false = has_electroplating": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "has_electroplating != false": ("有电镀工艺", "Has electroplating"),
    "not has_electroplating != false": ("并非“有电镀工艺”", "not “Has electroplating”"),
    "has_electroplating = is_new_build": (
        "“有电镀工艺”与“全新建设项目”一致",
        "“Has electroplating” agrees with “Wholly new build”",
    ),
    "has_electroplating != (is_new_build or is_chemical_project)": (
        "“有电镀工艺”与（全新建设项目，或属化工项目）不一致",
        "“Has electroplating” disagrees with (Wholly new build, or Is a chemical project)",
    ),
    "true": ("任何情形", "in every case"),
    "false": ("没有任何情形", "in no case"),
    "true and not false": ("成立，且成立", "true, and true"),
    # brackets only where needed
    "has_electroplating and is_new_build and is_chemical_project": (
        "有电镀工艺，且全新建设项目，且属化工项目",
        "Has electroplating, and Wholly new build, and Is a chemical project",
    ),
    "has_electroplating and is_new_build or is_chemical_project": (
        "（有电镀工艺，且全新建设项目），或属化工项目",
        "(Has electroplating, and Wholly new build), or Is a chemical project",
    ),
    "not (has_electroplating or is_new_build) and is_chemical_project": (
        "并非（有电镀工艺，或全新建设项目），且属化工项目",
        "not (Has electroplating, or Wholly new build), and Is a chemical project",
    ),
    "not not (has_electroplating or is_new_build) and is_chemical_project": (
        "（有电镀工艺，或全新建设项目），且属化工项目",
        "(Has electroplating, or Wholly new build), and Is a chemical project",
    ),
    "(has_electroplating and is_new_build) = true or is_chemical_project": (
        "（有电镀工艺，且全新建设项目），或属化工项目",
        "(Has electroplating, and Wholly new build), or Is a chemical project",
    ),
    "(has_electroplating and is_new_build) = false or is_chemical_project": (
        "并非（有电镀工艺，且全新建设项目），或属化工项目",
        "not (Has electroplating, and Wholly new build), or Is a chemical project",
    ),
    # numbers, with their unit in the language
    "distance_to_bank_m <= 1000": ("距长江支流岸线 ≤ 1000 米", "Distance to the tributary bank ≤ 1000 m"),
    "1000 >= distance_to_bank_m": ("距长江支流岸线 ≤ 1000 米", "Distance to the tributary bank ≤ 1000 m"),
    "not distance_to_bank_m <= 1000": ("距长江支流岸线 > 1000 米", "Distance to the tributary bank > 1000 m"),
    "total_investment_wan_yuan < 5000.5": ("总投资 < 5000.5 万元", "Total investment < 5000.5 wan yuan"),
    "recovery_percent >= 0.1": ("回收率 ≥ 0.1 %", "Recovery ≥ 0.1 %"),
    "shift_count = 3": ("班次 = 3", "Shifts = 3"),
    "shift_count != 3": ("班次 ≠ 3", "Shifts ≠ 3"),
    "not shift_count = 3": ("班次 ≠ 3", "Shifts ≠ 3"),
    "not shift_count > 3": ("班次 ≤ 3", "Shifts ≤ 3"),
    "not shift_count < 3": ("班次 ≥ 3", "Shifts ≥ 3"),
    "not shift_count >= 3": ("班次 < 3", "Shifts < 3"),
    "shift_count > -1e20": ("班次 > -1e+20", "Shifts > -1e+20"),
    "1 = 2": ("1 = 2", "1 = 2"),
    "shift_count in (1, 2)": ("班次为 1 或 2 之一", "Shifts is one of 1 or 2"),
    "shift_count not in (1, 2, 3)": ("班次不为 1、2 或 3 之一", "Shifts is none of 1, 2 or 3"),
    "distance_to_bank_m in (500)": ("距长江支流岸线为 500 米", "Distance to the tributary bank is 500 m"),
    # ranges
    "solvent_coating_t_per_year between 1 and 10": (f"1 ≤ {COATING} ≤ 10 吨/年", f"1 ≤ {COATING_EN} ≤ 10 t/a"),
    "solvent_coating_t_per_year not between 1 and 10": (
        f"并非（1 ≤ {COATING} ≤ 10 吨/年）",
        f"not (1 ≤ {COATING_EN} ≤ 10 t/a)",
    ),
    "shift_count > 1 and shift_count < 3 or is_new_build": (
        "1 < 班次 < 3，或全新建设项目",
        "1 < Shifts < 3, or Wholly new build",
    ),
    "is_new_build and shift_count between 1 and 3": (
        "全新建设项目，且 1 ≤ 班次 ≤ 3",
        "Wholly new build, and 1 ≤ Shifts ≤ 3",
    ),
    "shift_count >= 1 and distance_to_bank_m <= 3": (
        "班次 ≥ 1，且距长江支流岸线 ≤ 3 米",
        "Shifts ≥ 1, and Distance to the tributary bank ≤ 3 m",
    ),
    "approval_date between DATE '2026-01-01' and DATE '2026-12-31'": (
        "2026-01-01 ≤ 批复日期 ≤ 2026-12-31",
        "2026-01-01 ≤ Approval date ≤ 2026-12-31",
    ),
    # arithmetic
    "site_solvent_coating_t_per_year > solvent_coating_t_per_year * 1.3 + 2": (
        f"全厂年用溶剂型涂料量 > {COATING} × 1.3 + 2",
        f"Solvent-based coating, whole site > {COATING_EN} × 1.3 + 2",
    ),
    "(shift_count + 1) * 2 - (shift_count - 3) / 4 = 5": (
        "（班次 + 1） × 2 − （班次 − 3） ÷ 4 = 5",
        "(Shifts + 1) × 2 − (Shifts − 3) ÷ 4 = 5",
    ),
    "-shift_count < -2": ("-班次 < -2", "-Shifts < -2"),
    "shift_count * -2 < 1": ("班次 × （-2） < 1", "Shifts × (-2) < 1"),
    "-(shift_count + 1) < 1": ("-（班次 + 1） < 1", "-(Shifts + 1) < 1"),
    "greatest(shift_count, 1) + 2 > 3": (
        "（班次、1中的最大值） + 2 > 3",
        "(the greatest of Shifts, 1) + 2 > 3",
    ),
    "least(shift_count + 1, 5, recovery_percent) >= 3": (
        "班次 + 1、5、回收率中的最小值 ≥ 3 %",
        "the least of Shifts + 1, 5, Recovery ≥ 3 %",
    ),
    # options, sets, codes
    "furnace_type = 'cupola'": ("炉型为 冲天炉", "Furnace type is Cupola"),
    "'cupola' = furnace_type": ("炉型为 冲天炉", "Furnace type is Cupola"),
    "furnace_type != 'cupola'": ("炉型不为 冲天炉", "Furnace type is not Cupola"),
    "furnace_type in ('cupola', 'arc')": ("炉型为 冲天炉 或 电弧炉 之一", "Furnace type is one of Cupola or Arc"),
    "furnace_type not in ('cupola', 'arc', 'induction')": (
        "炉型不为 冲天炉、电弧炉 或 中频炉 之一",
        "Furnace type is none of Cupola, Arc or Induction",
    ),
    "any_of(nature, 'new', 'expansion')": (
        "建设性质含 新建 或 扩建",
        "Nature of construction includes New build or Expansion",
    ),
    "not any_of(nature, 'new')": ("建设性质不含 新建", "Nature of construction does not include New build"),
    "not under(industry, '33', '3443')": (
        "国民经济行业代码不属于 33 金属制品业 或 3443 阀门和旋塞制造",
        "Industry codes is not under 33 金属制品业 or 3443 阀门和旋塞制造",
    ),
    "enterprise_name = 'X' and former_name != enterprise_name": (
        "企业名称为 “X”，且曾用名不为 企业名称",
        "Enterprise is “X”, and Former name is not Enterprise",
    ),
    # dates
    "approval_date = DATE '2026-08-15'": ("批复日期为 2026-08-15", "Approval date is 2026-08-15"),
    "approval_date != DATE '2026-08-15'": ("批复日期不为 2026-08-15", "Approval date is not 2026-08-15"),
    "approval_date < DATE '2026-08-15'": ("批复日期早于 2026-08-15", "Approval date is before 2026-08-15"),
    "approval_date <= DATE '2026-08-15'": ("批复日期不晚于 2026-08-15", "Approval date is not after 2026-08-15"),
    "approval_date > DATE '2026-08-15'": ("批复日期晚于 2026-08-15", "Approval date is after 2026-08-15"),
    "approval_date >= DATE '2026-08-15'": ("批复日期不早于 2026-08-15", "Approval date is not before 2026-08-15"),
    "add_months(approval_date, 60) < start_date": (
        "批复日期后 60 个月早于 开工日期",
        "60 month(s) after Approval date is before Start of construction",
    ),
    "start_date <= add_days(approval_date, -30)": (
        "开工日期不晚于 批复日期前 30 日",
        "Start of construction is not after 30 day(s) before Approval date",
    ),
    "add_days(add_years(approval_date, 5), 1) > start_date": (
        "（批复日期后 5 年）后 1 日晚于 开工日期",
        "1 day(s) after (5 year(s) after Approval date) is after Start of construction",
    ),
    # missing facts
    "industry is null or furnace_type is not null": (
        "国民经济行业代码尚未填报，或炉型已填报",
        "Industry codes is not stated, or Furnace type is stated",
    ),
    "has_electroplating is null": ("“有电镀工艺”尚未填报", "“Has electroplating” is not stated"),
    "(shift_count + 1) is null": ("班次 + 1尚未填报", "Shifts + 1 is not stated"),
    "true is null": ("成立尚未填报", "true is not stated"),  # pointless, but in the language
    # cases
    "case when is_new_build then has_electroplating end": (
        "若全新建设项目，则有电镀工艺；否则不定",
        "if Wholly new build, then Has electroplating; otherwise undetermined",
    ),
    "case when is_new_build or has_electroplating then true when is_chemical_project then is_new_build else true end": (
        "若全新建设项目，或有电镀工艺，则成立；否则若属化工项目，则全新建设项目；否则成立",
        (
            "if Wholly new build, or Has electroplating, then true; "
            "otherwise if Is a chemical project, then Wholly new build; otherwise true"
        ),
    ),
    "case when is_new_build then case when has_electroplating then true end else false end and is_chemical_project": (
        "（若全新建设项目，则（若有电镀工艺，则成立；否则不定）；否则不成立），且属化工项目",
        (
            "(if Wholly new build, then (if Has electroplating, then true; otherwise undetermined); otherwise false), "
            "and Is a chemical project"
        ),
    ),
    "case when case when is_new_build then true end then has_electroplating end": (
        "若（若全新建设项目，则成立；否则不定），则有电镀工艺；否则不定",
        "if (if Wholly new build, then true; otherwise undetermined), then Has electroplating; otherwise undetermined",
    ),
    "not case when is_new_build then has_electroplating end": (
        "并非（若全新建设项目，则有电镀工艺；否则不定）",
        "not (if Wholly new build, then Has electroplating; otherwise undetermined)",
    ),
    "case when is_new_build then shift_count else 3 end >= 2": (
        "（若全新建设项目，则为 班次；否则为 3） ≥ 2",
        "(if Wholly new build, then Shifts; otherwise 3) ≥ 2",
    ),
    # formulas
    "case when is_new_build then solvent_coating_t_per_year end": (
        f"若全新建设项目，则为 {COATING}；否则不定",
        f"if Wholly new build, then {COATING_EN}; otherwise undetermined",
    ),
    "case when is_new_build then 'none' when has_electroplating then 'few' else enterprise_name end": (
        "若全新建设项目，则为 “none”；否则若有电镀工艺，则为 “few”；否则为 企业名称",
        "if Wholly new build, then “none”; otherwise if Has electroplating, then “few”; otherwise Enterprise",
    ),
    "shift_count + 1": ("班次 + 1", "Shifts + 1"),
    "approval_date": ("批复日期", "Approval date"),
}


@pytest.mark.parametrize(("text", "said"), SENTENCES.items(), ids=SENTENCES)
def test_sentences(text: str, said: tuple[str, str]) -> None:
    tree = condition(text)
    assert (to_sentence(tree, WORDS), to_sentence(tree, WORDS, "en")) == said


def test_any_other_language_is_chinese() -> None:
    assert to_sentence(condition("not is_new_build"), WORDS, "fr") == "并非“全新建设项目”"
    assert wording("fr") is wording("zh")


def test_what_was_not_checked_is_not_put_into_words() -> None:
    with pytest.raises(ConditionError):
        to_sentence(parse("undeclared and is_new_build"), WORDS)


def test_a_junction_of_one_reads_as_its_part() -> None:
    claim = FactRef("is_new_build")
    both = And((claim, FactRef("has_electroplating")))
    assert to_sentence(And((claim,)), WORDS) == to_sentence(Or((claim,)), WORDS) == "全新建设项目"
    assert to_sentence(Not(And((claim,))), WORDS) == "并非“全新建设项目”"
    assert to_sentence(Or((And((both,)), claim)), WORDS) == "（全新建设项目，且有电镀工艺），或全新建设项目"


def test_only_conditions_can_be_said() -> None:
    with pytest.raises(AssertionError):
        Writer(WORDS, "zh").say(parse("shift_count + 1"))


def test_constants_go_right() -> None:
    one, name = Constant(1.0), FactRef("shift_count")
    assert upright(Compare("<", one, name)) == Compare(">", name, one)
    assert upright(Compare("<=", name, one)) == Compare("<=", name, one)
    assert upright(Compare("=", one, one)) == Compare("=", one, one)
    assert as_claim(Compare("=", name, one)) is None
    assert as_claim(Compare("!=", Constant(True), FactRef("is_new_build"))) == (FactRef("is_new_build"), False)


@pytest.mark.parametrize(
    ("unit", "zh", "en"),
    [
        ("t/a", "吨/年", "t/a"),  # the first synonym that is Chinese throughout
        ("m", "米", "m"),
        ("万元", "万元", "wan yuan"),
        ("kW", "kW", "kW"),  # no synonym
        ("%", "%", "%"),
        ("亩", "亩", "亩"),
    ],
)
def test_units(unit: str, zh: str, en: str) -> None:
    assert Speaker(WORDS, "zh").unit(unit) == zh
    assert Speaker(WORDS, "en").unit(unit) == en


def test_single_values() -> None:
    speaker = Speaker(WORDS, "zh", limit=2)
    facts = WORDS.facts
    assert (speaker.value(True), speaker.value(False)) == ("是", "否")
    assert speaker.value(frozenset({"new", "alteration"}), fact=facts["nature"]) == "改建、新建"
    assert speaker.value(frozenset(), fact=facts["nature"]) == "无"
    assert speaker.value(frozenset({"3443", "99"}), fact=facts["industry"]) == "3443 阀门和旋塞制造、“99”"
    assert speaker.options((1.0, 2.0)) == "1 或 2"
    assert speaker.options((1.0, 2.0, 3.0), "m") == "1 米、2 米 等 3 项"
    assert speaker.number(10**15, None) == "1000000000000000"
    assert speaker.number(0.30000000000000004, None) == "0.30000000000000004"
    assert speaker.remark("甲", "") == "甲"


@settings(max_examples=300, deadline=None)
@given(any_trees())
def test_any_tree_can_be_said(tree: Expr) -> None:
    for lang in ("zh", "en"):
        text = to_sentence(tree, VOCABULARY, lang)
        opening, closing = wording(lang).brackets.split("{}")
        assert text == text.strip() != ""
        assert text.count(opening) == text.count(closing)
        assert "{" not in text


def test_an_empty_vocabulary_says_constants() -> None:
    assert to_sentence(Constant(2.5), Vocabulary()) == "2.5"
