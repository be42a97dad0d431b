"""Types, units, members and codes of conditions, and what is said when they do not fit."""

from __future__ import annotations

import pytest

from admission._messages import ProblemCode
from admission.errors import ConditionError, Place, Problem
from admission.logic.parse import parse
from admission.logic.types import Type, check
from admission.vocabulary import FactType
from tests.logic.words import WORDS

BOOL, NUMBER, DATE, TEXT = (Type(kind) for kind in (FactType.BOOL, FactType.NUMBER, FactType.DATE, FactType.TEXT))
TONNES = Type(FactType.NUMBER, "t/a")

FITTING = {
    "true": BOOL,
    "1": NUMBER,
    "'x'": TEXT,
    "DATE '2026-01-01'": DATE,
    "has_electroplating": BOOL,
    "solvent_coating_t_per_year": TONNES,
    "shift_count": NUMBER,
    "approval_date": DATE,
    "enterprise_name": TEXT,
    "furnace_type": Type(FactType.ENUM, fact=WORDS.facts["furnace_type"]),
    "has_electroplating and not is_chemical_project or is_new_build": BOOL,
    # comparisons
    "solvent_coating_t_per_year >= 10": BOOL,
    "10 < shift_count": BOOL,
    "solvent_coating_t_per_year = site_solvent_coating_t_per_year": BOOL,
    "solvent_coating_t_per_year > shift_count": BOOL,  # a number without a unit fits any
    "approval_date < start_date": BOOL,
    "enterprise_name != former_name": BOOL,
    "has_electroplating = true": BOOL,
    "furnace_type = 'cupola'": BOOL,
    "'cupola' != furnace_type": BOOL,
    "furnace_type in ('cupola', 'arc')": BOOL,
    "enterprise_name in ('x', 'y')": BOOL,
    "shift_count in (1, 2)": BOOL,
    "solvent_coating_t_per_year in (1, 2)": BOOL,
    "approval_date in (DATE '2026-01-01')": BOOL,
    "shift_count between 1 and 2": BOOL,
    # every fact can be missing, sets and codes too
    "shift_count is null": BOOL,
    "industry is null": BOOL,
    "nature is not null": BOOL,
    "(shift_count + 1) is null": BOOL,
    # sets and codes
    "under(industry, '33', '3391')": BOOL,
    "any_of(nature, 'new', 'expansion')": BOOL,
    # arithmetic keeps units where it can
    "solvent_coating_t_per_year + 1": TONNES,
    "1 - solvent_coating_t_per_year": TONNES,
    "-solvent_coating_t_per_year": TONNES,
    "solvent_coating_t_per_year * 2": TONNES,
    "2 * solvent_coating_t_per_year": TONNES,
    "solvent_coating_t_per_year / 2": TONNES,
    "2 / solvent_coating_t_per_year": NUMBER,
    "solvent_coating_t_per_year / distance_to_bank_m": NUMBER,
    "greatest(solvent_coating_t_per_year, 10)": TONNES,
    "least(approval_date, DATE '2026-01-01')": DATE,
    "add_months(approval_date, 60)": DATE,
    # cases
    "case when is_new_build then solvent_coating_t_per_year end": TONNES,
    "case when is_new_build then true else has_electroplating end": BOOL,
    "case when is_new_build then 'none' end": TEXT,
    "case when is_new_build then approval_date else start_date end": DATE,
}


@pytest.mark.parametrize(("text", "kind"), FITTING.items(), ids=FITTING)
def test_fitting(text: str, kind: Type) -> None:
    assert check(parse(text), WORDS) == kind


def test_types_read_as_words() -> None:
    assert str(BOOL) == "bool"
    assert str(TONNES) == "number[t/a]"


# text → (detail, what was expected) in English
WRONG_TYPES = {
    "has_electroplating and shift_count": ("got number", "bool"),
    "has_electroplating or 'x'": ("got text", "bool"),
    "not approval_date": ("got date", "bool"),
    "furnace_type and is_new_build": ("got enum", "bool"),
    "shift_count = 'x'": ("number and text", "the same type on both sides"),
    "approval_date >= '2026-08-15'": ("date and text", "the same type on both sides"),
    "has_electroplating = 1": ("bool and number", "the same type on both sides"),
    "has_electroplating > is_new_build": ("bool cannot be compared with >", "= or !="),
    "enterprise_name <= 'x'": ("text cannot be compared with <=", "= or !="),
    "furnace_type < 'cupola'": ("enum cannot be compared with <", "= or !="),
    "furnace_type = enterprise_name": ("got enum", "bool or number or date or text"),
    "furnace_type = 1": ("got enum", "bool or number or date or text"),
    "furnace_type in (1)": ("got enum", "number or text or date"),
    "shift_count in (1, 'x')": ("number and text", "the same type on both sides"),
    "has_electroplating in (true)": ("got bool", "number or text or date"),
    "1 < shift_count < 3": ("bool and number", "the same type on both sides"),
    "shift_count + has_electroplating > 1": ("got bool", "number"),
    "approval_date + 1 > start_date": ("got date", "number"),
    "1 + 'x' > 1": ("got text", "number"),
    "greatest(enterprise_name, former_name) = 'x'": ("got text", "number or date"),
    "greatest(shift_count, approval_date) = 1": ("number and date", "the same type on both sides"),
    "add_days(shift_count, 1) > approval_date": ("got number", "date"),
    "case when shift_count then 1 end": ("got number", "bool"),
    "case when is_new_build then 1 else 'x' end": ("number and text", "the same type on both sides"),
    "case when is_new_build then furnace_type end": ("got enum", "bool or number or date or text"),
    "industry = '33'": ("industry is a set", "under(industry, …)"),
    "nature = 'new'": ("nature is a set", "any_of(nature, …)"),
    "nature in ('new')": ("nature is a set", "any_of(nature, …)"),
    "under(nature, '33')": ("nature is of type set", "a fact of type code in under()"),
    "under(shift_count, '33')": ("shift_count is of type number", "a fact of type code in under()"),
    "any_of(industry, '33')": ("industry is of type code", "a fact of type set in any_of()"),
    "any_of(furnace_type, 'arc')": ("furnace_type is of type enum", "a fact of type set in any_of()"),
}


@pytest.mark.parametrize(("text", "said"), WRONG_TYPES.items(), ids=WRONG_TYPES)
def test_wrong_types(text: str, said: tuple[str, str]) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    assert caught.value.code is ProblemCode.CONDITION_TYPE
    detail, expected = said
    assert str(caught.value) == f"<condition>: types do not fit: {detail}; expected {expected}; check the fact's type"


@pytest.mark.parametrize("text", WRONG_TYPES)
def test_wrong_types_in_chinese(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    said = Problem(caught.value.code, Place("rules.yaml", 3), values=caught.value.values).text("zh")
    assert said.startswith("rules.yaml:3: 类型不符：")
    assert not any(word in said for word in ("got", "expected", "cannot", " is "))


@pytest.mark.parametrize(
    "text",
    [
        "solvent_coating_t_per_year > distance_to_bank_m",
        "solvent_coating_t_per_year + distance_to_bank_m > 1",
        "greatest(distance_to_bank_m, solvent_coating_t_per_year) > 1",
        "2 * solvent_coating_t_per_year > distance_to_bank_m",
        "case when is_new_build then solvent_coating_t_per_year else distance_to_bank_m end > 1",
    ],
)
def test_wrong_units(text: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    assert caught.value.code is ProblemCode.CONDITION_UNIT
    assert caught.value.values == {"left": "m", "right": "t/a"}


@pytest.mark.parametrize(
    ("text", "name", "nearest"),
    [
        (
            "solvent_coating_t_per_yr > 1",
            "solvent_coating_t_per_yr",
            "年用溶剂型涂料量（含稀释剂）(solvent_coating_t_per_year)",
        ),
        ("under(industri, '33')", "industri", "国民经济行业代码(industry)"),
        ("any_of(natur, 'new')", "natur", "建设性质(nature)"),
        ("has_electroplatin is null", "has_electroplatin", "有电镀工艺(has_electroplating)"),
        ("（has_electroplating）", "（has_electroplating）", "有电镀工艺(has_electroplating)"),
        ("qqq", "qqq", "—"),
    ],
)
def test_undeclared_facts_bring_the_nearest_names(text: str, name: str, nearest: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    assert caught.value.code is ProblemCode.CONDITION_FACT
    assert caught.value.values["name"] == name
    assert str(caught.value.values["nearest"]).startswith(nearest)


@pytest.mark.parametrize(
    ("text", "name", "member", "nearest"),
    [
        ("furnace_type = 'cupolla'", "furnace_type", "cupolla", "cupola"),
        ("'cupolla' = furnace_type", "furnace_type", "cupolla", "cupola"),
        ("furnace_type in ('arc', 'qqq')", "furnace_type", "qqq", "—"),
        ("furnace_type > '冲天炉'", "furnace_type", "冲天炉", "—"),
        ("any_of(nature, 'new', 'expand')", "nature", "expand", "expansion"),
    ],
)
def test_unknown_members_bring_the_nearest(text: str, name: str, member: str, nearest: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    assert caught.value.code is ProblemCode.CONDITION_MEMBER
    assert caught.value.values == {
        "name": name,
        "member": member,
        "members": "、".join(WORDS.facts[name].members),
        "nearest": nearest,
    }


@pytest.mark.parametrize(
    ("text", "code", "nearest"),
    [
        ("under(industry, '3393')", "3393", "3392 有色金属铸造"),
        ("under(industry, '33', 'C')", "C", "33 "),  # a section letter is no prefix of a code
        ("under(industry, '')", "", "—"),
        ("under(industry, '99')", "99", "—"),
    ],
)
def test_unknown_codes_bring_the_nearest(text: str, code: str, nearest: str) -> None:
    with pytest.raises(ConditionError) as caught:
        check(parse(text), WORDS)
    assert caught.value.code is ProblemCode.CONDITION_CODE
    assert caught.value.values["code"] == code
    assert str(caught.value.values["nearest"]).startswith(nearest)
