from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission._reading import Node, Scalar, parse
from admission.errors import Place, Problem, ProblemCode
from admission.vocabulary import Fact, Member, Value, parse_date, parse_value
from tests.vocabulary.words import vocabulary


def node_of(text: str) -> Node:
    (node,) = parse(f"- {text}", "f", [])
    return node


def value_of(fact: str, node: Node) -> tuple[Value | None, list[Problem]]:
    problems: list[Problem] = []
    return parse_value(vocabulary().facts[fact], node, vocabulary(), problems), problems


@pytest.mark.parametrize("fact", [name for name, fact in vocabulary().facts.items() if not fact.internal])
@pytest.mark.parametrize("text", ["null", "~", "", "''", "' '", "不清楚", "未知", "Unknown", "待定"])
def test_unknown(fact: str, text: str) -> None:
    node = Scalar("", True, Place("f")) if text == "" else node_of(text)
    assert value_of(fact, node) == (None, [])


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("has_electroplating", "true", True),
        ("has_electroplating", "Yes", True),
        ("has_electroplating", "有", True),
        ("has_electroplating", "'是'", True),
        ("has_electroplating", "FALSE", False),
        ("has_electroplating", "无", False),
        ("coating_t_per_year", "12", 12.0),
        ("coating_t_per_year", "'1,200.5'", 1200.5),
        ("coating_t_per_year", "１２", 12.0),
        ("coating_t_per_year", "1e3", 1000.0),
        ("coating_t_per_year", ".5", 0.5),
        ("coating_t_per_year", "-0", 0.0),
        ("coating_t_per_year", "12 t/a", 12.0),
        ("coating_t_per_year", "12吨/年", 12.0),
        ("coating_t_per_year", "12TPA", 12.0),
        ("coating_t_per_year", "0", 0.0),
        ("coating_t_per_year", "1000000", 1000000.0),
        ("ratio", "-5", -5.0),
        ("heat", "3 千焦", 3.0),
        ("heat", "1e300", 1e300),
        ("furnace", "cupola", "cupola"),
        ("furnace", "冲天炉", "cupola"),
        ("furnace", "化铁炉", "cupola"),
        ("furnace", "Electric Arc Furnace", "eaf"),
        ("nature", "new", frozenset({"new"})),
        ("nature", "[新建, expansion]", frozenset({"new", "expansion"})),
        ("nature", "[]", frozenset()),
        ("nature", "新建；expansion", frozenset({"new", "expansion"})),
        ("nature", "扩建、续建", frozenset({"expansion"})),
        ("approved_on", "2026-02-28", date(2026, 2, 28)),
        ("approved_on", "' 2024-02-29 '", date(2024, 2, 29)),
        ("industry", "3391", frozenset({"3391"})),
        ("industry", "[C3391, '34']", frozenset({"3391", "34"})),
        ("industry", "C3391、3392", frozenset({"3391", "3392"})),
        ("industry", "[]", frozenset()),
        ("industry", "344 泵、阀门、压缩机及类似机械制造", frozenset({"344"})),
        ("remark", "' 一句话 '", "一句话"),
        ("remark", "12", "12"),
    ],
)
def test_known(fact: str, text: str, value: Value) -> None:
    found, problems = value_of(fact, node_of(text))
    assert not problems
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("fact", "text", "code", "zh", "en"),
    [
        ("has_electroplating", "3", ProblemCode.WRONG_TYPE, "应为是或否（true/false）", "expected true or false"),
        ("has_electroplating", "[true]", ProblemCode.WRONG_TYPE, "1 项的列表", "a list of 1"),
        ("coating_t_per_year", "三千吨", ProblemCode.WRONG_TYPE, "应为数字（t/a）", "a number (t/a)"),
        ("coating_t_per_year", "true", ProblemCode.WRONG_TYPE, "应为数字", "a number"),
        ("coating_t_per_year", "{a: 1}", ProblemCode.WRONG_TYPE, "1 个键", "a mapping of 1"),
        ("coating_t_per_year", "10-20", ProblemCode.WRONG_TYPE, "10-20", "10-20"),
        ("coating_t_per_year", "10至20", ProblemCode.WRONG_TYPE, "10至20", "10至20"),
        ("coating_t_per_year", "'≥10'", ProblemCode.WRONG_TYPE, "≥10", "≥10"),
        ("coating_t_per_year", "1_000", ProblemCode.WRONG_TYPE, "1_000", "1_000"),
        ("coating_t_per_year", "1,00", ProblemCode.WRONG_TYPE, "1,00", "1,00"),
        ("coating_t_per_year", ".nan", ProblemCode.WRONG_TYPE, ".nan", ".nan"),
        ("coating_t_per_year", "-.inf", ProblemCode.WRONG_TYPE, ".inf", ".inf"),
        ("ratio", "十", ProblemCode.WRONG_TYPE, "应为数字；", "a number;"),
        ("coating_t_per_year", "12 kg", ProblemCode.WRONG_UNIT, "单位“kg”不对；应以 t/a 计", "unit 'kg'"),
        ("coating_t_per_year", "1.2万吨", ProblemCode.WRONG_UNIT, "单位“万吨”", "expected t/a"),
        ("ratio", "0.5 %", ProblemCode.WRONG_UNIT, "无单位的数", "a plain number"),
        ("coating_t_per_year", "-1", ProblemCode.OUT_OF_RANGE, "应在 0 至 1,000,000 t/a", "0 to 1,000,000 t/a"),
        ("coating_t_per_year", "1000001 t/a", ProblemCode.OUT_OF_RANGE, "1000001", "1000001"),
        ("coating_t_per_year", "1e999", ProblemCode.OUT_OF_RANGE, "1e999", "1e999"),
        ("ratio", "1.5", ProblemCode.OUT_OF_RANGE, "不限 至 1", "any to 1"),
        ("heat", "-1", ProblemCode.OUT_OF_RANGE, "0 至 不限", "0 to any"),
        ("heat", "1e999", ProblemCode.OUT_OF_RANGE, "1e999", "1e999"),
        ("furnace", "[cupola]", ProblemCode.WRONG_TYPE, "单个选项", "one option"),
        ("furnace", "cupla", ProblemCode.UNKNOWN_MEMBER, "相近的有：cupola", "nearest: cupola (Cupola)"),
        (
            "furnace",
            "高炉",
            ProblemCode.UNKNOWN_MEMBER,
            "cupola（冲天炉）、eaf（电弧炉）",
            "eaf (Electric arc furnace)",
        ),
        ("nature", "{new: 1}", ProblemCode.WRONG_TYPE, "一个选项或选项的列表", "a list of options"),
        ("nature", "[[new]]", ProblemCode.WRONG_TYPE, "1 项的列表", "a list of 1"),
        ("nature", "[new, zzzz]", ProblemCode.UNKNOWN_MEMBER, "没有选项“zzzz”", "nearest: none"),
        ("nature", "[null]", ProblemCode.UNKNOWN_MEMBER, "没有选项", "no option"),
        ("approved_on", "2026-02-30", ProblemCode.BAD_DATE, "2026-02-30", "not a date"),
        ("approved_on", "20260228", ProblemCode.BAD_DATE, "20260228", "20260228"),
        ("approved_on", "2026/2/28", ProblemCode.BAD_DATE, "2026/2/28", "2026/2/28"),
        ("approved_on", "[2026-02-28]", ProblemCode.BAD_DATE, "1 项的列表", "a list of 1"),
        ("industry", "3395", ProblemCode.UNKNOWN_CODE, "3392 有色金属铸造", "2011 edition"),
        ("industry", "[3391, 9999]", ProblemCode.UNKNOWN_CODE, "代码“9999”", "nearest: none"),
        ("industry", "{a: 1}", ProblemCode.WRONG_TYPE, "行业代码", "industry code"),
        ("remark", "[a]", ProblemCode.WRONG_TYPE, "一段文字", "one text"),
    ],
)
def test_one_broken_value_per_problem(fact: str, text: str, code: ProblemCode, zh: str, en: str) -> None:
    found, problems = value_of(fact, node_of(text))
    assert found is None
    assert [(problem.code, problem.field, problem.place.line) for problem in problems] == [(code, fact, 1)]
    assert zh in problems[0].text()
    assert en in problems[0].text("en")


def test_only_a_dozen_members_are_listed() -> None:
    members = {f"m{i}": Member(zh=f"项{i}", en=f"Item {i}") for i in range(20)}
    fact = Fact.model_validate({**vocabulary().facts["furnace"].model_dump(), "members": members})
    problems: list[Problem] = []
    parse_value(fact, node_of("高炉"), vocabulary(), problems)
    assert "m11（项11）、…" in problems[0].text()


@pytest.mark.parametrize(("fact", "text"), [("furnace", "cupla"), ("industry", "3395")])
def test_after_many_problems_no_look_alikes_are_searched(fact: str, text: str) -> None:
    problems = [Problem(ProblemCode.BAD_DATE, Place("f"), values={"actual": "x"})] * 60
    parse_value(vocabulary().facts[fact], node_of(text), vocabulary(), problems)
    assert "相近的有：无" in problems[-1].text()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-24", date(2026, 11, 24)),
        ("2026-11-31", None),
        ("2026-W01-1", None),
        ("２０２６-11-24", None),
        ("", None),
    ],
)
def test_parse_date(text: str, day: date | None) -> None:
    assert parse_date(text) == day


_WRITTEN = st.text(max_size=20) | st.text("0123456789.,eE+-%吨/年 新建、；C39至~", max_size=14)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(sorted(vocabulary().facts)), _WRITTEN, st.booleans())
def test_any_text_is_a_value_unknown_or_one_problem(fact: str, text: str, plain: bool) -> None:
    found, problems = value_of(fact, Scalar(text, plain, Place("f", 1, 1)))
    assert len(problems) <= 1
    assert found is None or not problems
    if isinstance(found, float):
        assert abs(found) < float("inf")
    for problem in problems:
        problem.text()
        problem.text("en")
