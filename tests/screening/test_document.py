from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission import rulebook as shipped
from admission.errors import InputError, ProblemCode
from admission.rulebook import Rulebook
from admission.rulebook.loading import load_sources
from admission.screening.document import read_projects
from admission.screening.project import Component, Judgement, Milestone, Project
from tests.vocabulary.words import CODES, FACTS, UNITS

PARK = "park: demo\nname: {zh: 示范园区, en: Demo}\ncity: chongqing\n"
EVENTS = """
milestones:
  - {id: eia_approval_date, zh: 环评批复, en: EIA approved}
  - {id: construction_start, zh: 开工, en: Construction started}
"""
RULES = """
edition: TEST-LIST
kind: list
layer: national
title: {zh: 清单, en: List}
document: 清单
effective: {from: 2020-01-01, to: null}
provenance: test
items:
  - {id: TEST-1, title: {zh: 一, en: One}, article: 一, effect: prohibit, dimension: spatial_layout,
     department: 生态环境, when: has_electroplating, status: verified, confidence: high, provenance: test,
     explanation: {zh: 一, en: One}}
"""


@cache
def rules() -> Rulebook:
    files = {
        "rules/vocabulary/facts.yaml": FACTS,
        "rules/vocabulary/units.yaml": UNITS,
        "rules/vocabulary/gbt.csv": CODES,
        "rules/parks/demo.yaml": PARK,
        "rules/milestones.yaml": EVENTS,
        "rules/list.yaml": RULES,
    }
    return load_sources([(name, text.encode()) for name, text in files.items()])


def read(text: str, name: str = "p.yaml") -> list[Project]:
    return read_projects(text.encode("utf-8", "surrogatepass"), name, rules())


FULL = """
name: 铸造项目
park: demo
as_of: 2026-11-24
facts: {建设性质: 新建, remark: 不清楚, ratio: null}
components:
  - {name: 铸造车间, industry: [C3391], facts: {coating_tpa: 12 吨/年, electroplating: 否}}
  - {activity: 锅炉}
milestones:
  - {event: eia_approval_date, date: 2025-03-01, document: 批复1号}
  - {event: 开工, date: 2025-06-01}
  - {event: construction_start, date: null}
judgements:
  - {rule: TEST-1, answer: clear, who: 张三, when: 2026-01-02, why: 现场核查}
"""


def test_a_whole_document() -> None:
    assert read(FULL) == [
        Project(
            name="铸造项目",
            park="demo",
            as_of=date(2026, 11, 24),
            facts={"nature": frozenset({"new"})},
            components=(
                Component(
                    name="铸造车间",
                    industry=frozenset({"3391"}),
                    facts={"coating_t_per_year": 12.0, "has_electroplating": False},
                ),
                Component(name="建设内容2", activity=frozenset({"boiler"})),
            ),
            milestones=(
                Milestone(event="eia_approval_date", date=date(2025, 3, 1), document="批复1号"),
                Milestone(event="construction_start", date=date(2025, 6, 1)),
                Milestone(event="construction_start", date=None),
            ),
            judgements=(Judgement(rule="TEST-1", answer="clear", who="张三", when=date(2026, 1, 2), why="现场核查"),),
        )
    ]


@pytest.mark.parametrize(
    ("text", "component", "facts"),
    [
        ("name: 甲", Component(name="甲"), {}),
        (
            "name: 甲\nindustry: 3391\nactivity: []\nfacts: {electroplating: true}",
            Component(name="甲", industry=frozenset({"3391"}), activity=frozenset()),
            {"has_electroplating": True},
        ),
        (
            "name: 甲\nfacts: {industry_code: '3391', 工作内容: 锅炉}",
            Component(name="甲", industry=frozenset({"3391"}), activity=frozenset({"boiler"})),
            {},
        ),
        ("name: 甲\nindustry_code: '34'", Component(name="甲", industry=frozenset({"34"})), {}),
        (
            "name: 甲\nindustry: null\ncomponents: []\nfacts: null\nmilestones: ''\njudgements:",
            Component(name="甲"),
            {},
        ),
        ("name: 甲\nindustry: '34'\ncomponents: [{name: 乙}]", Component(name="乙", industry=frozenset({"34"})), {}),
        (
            "name: 甲\nindustry: '34'\ncomponents: [{industry: '33'}]",
            Component(name="建设内容1", industry=frozenset({"33"})),
            {},
        ),
        ("name: 12", Component(name="12"), {}),
    ],
)
def test_flat_documents_and_identity(text: str, component: Component, facts: dict[str, object]) -> None:
    (project,) = read(text)
    assert project.components == (component,)
    assert project.facts == facts
    assert project.as_of is None
    assert project.park is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("name: 甲\n---\nname: 乙\n", "p.yaml"),
        ('[{"name": "甲"}, {"name": "乙"}]', "p.json"),
        ('{"name": "甲"}\n{"name": "乙"}\n', "p.jsonl"),
        ("- name: 甲\n- name: 乙\n", "-"),
    ],
)
def test_several_documents(text: str, name: str) -> None:
    assert [project.name for project in read(text, name)] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("", ProblemCode.FILE_EMPTY, 0, "空"),
        ("just words", ProblemCode.NOT_A_MAPPING, 1, "just words"),
        ("park: demo", ProblemCode.MISSING_KEY, 1, "缺少 name"),
        ("name: ''", ProblemCode.MISSING_KEY, 1, "缺少 name"),
        ("name: [甲]", ProblemCode.WRONG_TYPE, 1, "一段文字"),
        ("name: 甲\nname: 乙", ProblemCode.DUPLICATE_KEY, 2, "首次出现在第 1 行"),
        ("name: 甲\npark: dmeo", ProblemCode.UNKNOWN_PARK, 2, "应为：demo"),
        ("name: 甲\nas_of: 2026-02-30", ProblemCode.BAD_DATE, 2, "2026-02-30"),
        ("name: 甲\nparks: demo", ProblemCode.UNKNOWN_KEY, 2, "相近的有：park"),
        ("name: 甲\nzzzz: demo", ProblemCode.UNKNOWN_KEY, 2, "as_of"),
        ("name: 甲\n有电镀工艺: 是", ProblemCode.WRONG_LEVEL, 2, "请移到 facts: 之下"),
        ("name: 甲\ncomponents: [{ratio: 1}]", ProblemCode.WRONG_LEVEL, 2, "请移到 facts: 之下"),
        ("name: 甲\ncomponents: [{as_of: 1}]", ProblemCode.WRONG_LEVEL, 2, "最外层"),
        ("name: 甲\nfacts: {as_of: 1}", ProblemCode.WRONG_LEVEL, 2, "最外层"),
        ("name: 甲\nfacts: [1]", ProblemCode.NOT_A_MAPPING, 2, "1 项的列表"),
        ("name: 甲\nfacts:\n  电镀工艺: 是", ProblemCode.UNKNOWN_KEY, 3, "有电镀工艺(has_electroplating)"),
        ("name: 甲\nfacts: {zzzz: 1}", ProblemCode.UNKNOWN_KEY, 2, "相近的有：无"),
        ("name: 甲\nfacts: {report_hit: true}", ProblemCode.INTERNAL_FACT, 2, "由系统计算"),
        ("name: 甲\nfacts:\n  ratio: 1\n  比例: 1", ProblemCode.STATED_TWICE, 4, "与“ratio”是同一填报项"),
        ("name: 甲\nfacts: {ratio: null, 比例: 1}", ProblemCode.STATED_TWICE, 2, "同一填报项"),
        ("name: 甲\nindustry: 3391\nfacts: {行业代码: 3391}", ProblemCode.STATED_TWICE, 3, "与“industry”"),
        ("name: 甲\nindustry: 3391\nindustry_code: 3391", ProblemCode.STATED_TWICE, 3, "与“industry”"),
        ("name: 甲\nfacts: {ratio: 7}", ProblemCode.OUT_OF_RANGE, 2, "7"),
        ("name: 甲\nindustry: 3395", ProblemCode.UNKNOWN_CODE, 2, "2011 版"),
        ("name: 甲\nactivity: 锅", ProblemCode.UNKNOWN_MEMBER, 2, "boiler（锅炉）"),
        ("name: 甲\ncomponents: {name: 乙}", ProblemCode.NOT_A_LIST, 2, "1 个键的键值表"),
        ("name: 甲\ncomponents: 乙", ProblemCode.NOT_A_LIST, 2, "乙"),
        ("name: 甲\ncomponents: [乙]", ProblemCode.NOT_A_MAPPING, 2, "乙"),
        ("name: 甲\ncomponents:\n- name: 乙\n- name: 乙", ProblemCode.SAME_NAME, 4, "另见第 3 行"),
        ("name: 甲\ncomponents:\n- name: 建设内容2\n- {}", ProblemCode.SAME_NAME, 4, "建设内容2"),
        ("name: 甲\nmilestones: [开工]", ProblemCode.NOT_A_MAPPING, 2, "开工"),
        ("name: 甲\nmilestones: [{date: 2026-01-01}]", ProblemCode.MISSING_KEY, 2, "缺少 event"),
        (
            "name: 甲\nmilestones: [{event: construction_strat, date: 2026-01-01}]",
            ProblemCode.UNKNOWN_EVENT,
            2,
            "construction_start（开工）",
        ),
        ("name: 甲\nmilestones: [{event: 开工, date: 2026}]", ProblemCode.BAD_DATE, 2, "2026"),
        ("name: 甲\nmilestones: [{event: 开工, day: 2026-01-01}]", ProblemCode.UNKNOWN_KEY, 2, "date"),
        ("name: 甲\njudgements: [好]", ProblemCode.NOT_A_MAPPING, 2, "好"),
        (
            "name: 甲\njudgements: [{rule: TEST-2, answer: hit, who: a, when: 2026-01-01, why: b}]",
            ProblemCode.UNKNOWN_REFERENCE,
            2,
            "相近的有：TEST-1",
        ),
        (
            "name: 甲\njudgements: [{rule: TEST-1, answer: hti, who: a, when: 2026-01-01, why: b}]",
            ProblemCode.UNKNOWN_MEMBER,
            2,
            "相近的有：hit",
        ),
        (
            "name: 甲\njudgements: [{rule: TEST-1, answer: hit, who: a, when: 2026-01-01}]",
            ProblemCode.MISSING_KEY,
            2,
            "why",
        ),
        (
            "name: 甲\njudgements: [{rule: TEST-1, answer: hit, who: a, when: 2026-13-01, why: b}]",
            ProblemCode.BAD_DATE,
            2,
            "2026-13-01",
        ),
        (
            "name: 甲\njudgements:\n- &x {rule: TEST-1, answer: hit, who: a, when: 2026-01-01, why: b}\n",
            ProblemCode.ALIAS_OR_TAG,
            3,
            "锚点",
        ),
        (
            "name: 甲\njudgements:\n- {rule: TEST-1, answer: hit, who: a, when: 2026-01-01, why: b}\n"
            "- {rule: TEST-1, answer: hit, who: a, when: 2026-01-01, why: b}\n",
            ProblemCode.STATED_TWICE,
            4,
            "TEST-1",
        ),
    ],
)
def test_one_broken_document_per_problem(text: str, code: ProblemCode, line: int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert [(problem.code, problem.place.line) for problem in caught.value.problems] == [(code, line)]
    assert words in caught.value.text()
    assert caught.value.text().startswith(f"p.yaml:{line}: " if line else "p.yaml: ")
    assert caught.value.text("en") != caught.value.text()


def test_all_problems_of_all_documents_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read("name: 甲\nfacts: {ratio: 7, zzzz: 1}\n---\nname: 乙\npark: x\n---\nname: 丙\n")
    assert [(problem.code, problem.place.line) for problem in caught.value.problems] == [
        (ProblemCode.OUT_OF_RANGE, 2),
        (ProblemCode.UNKNOWN_KEY, 2),
        (ProblemCode.UNKNOWN_PARK, 5),
    ]


@pytest.mark.parametrize("text", ["工作: 1", "facts: {电镀工艺: 1}"])
def test_a_file_of_nonsense_is_answered_without_look_alikes(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read("---\n".join(["name: 甲\n" + text + "\n"] * 60))
    assert len(caught.value.problems) == 60


# --- from_yaml ---------------------------------------------------------------------------------------------------


def test_from_yaml_takes_a_path_or_content(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(FULL, encoding="utf-8")
    (expected,) = read(FULL)
    assert Project.from_yaml(path, rules()) == expected
    assert Project.from_yaml(str(path), rules()) == expected
    assert Project.from_yaml(FULL.encode(), rules()) == expected


def test_from_yaml_uses_the_shipped_rules_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "load_rulebook", rules)
    assert Project.from_yaml("name: 甲".encode()).name == "甲"


@pytest.mark.parametrize("path", ["nowhere.yaml", "", "a\0b"])
def test_from_yaml_without_a_file(path: str) -> None:
    with pytest.raises(InputError) as caught:
        Project.from_yaml(path, rules())
    assert caught.value.problems[0].code is ProblemCode.FILE_MISSING


def test_from_yaml_wants_one_project() -> None:
    with pytest.raises(InputError) as caught:
        Project.from_yaml("name: 甲\n---\nname: 乙".encode(), rules())
    assert caught.value.problems[0].code is ProblemCode.NOT_ONE_PROJECT
    assert "2" in caught.value.text()


# --- anything at all ---------------------------------------------------------------------------------------------

_KEYS = st.sampled_from(
    [
        "name",
        "park",
        "as_of",
        "facts",
        "components",
        "milestones",
        "judgements",
        "industry",
        "activity",
        "event",
        "date",
        "rule",
        "answer",
        "when",
        "who",
        "why",
        "ratio",
        "比例",
        "furnace",
        "nature",
        "industry_code",
        "report_hit",
        "x",
    ]
)
_TEXTS = st.sampled_from(["甲", "demo", "2026-01-01", "开工", "3391", "锅炉", "TEST-1", "hit", "12 t/a", "null", ""])
_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_LEAVES = st.none() | st.booleans() | _NUMBERS | _TEXTS | st.text(max_size=5)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4), max_leaves=15
)


@settings(deadline=None, max_examples=400)
@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_any_document_is_read_or_refused(value: dict[str, object]) -> None:
    try:
        projects = read(json.dumps(value, ensure_ascii=False), "p.json")
    except InputError as error:
        (error.text() + error.text("en")).encode()
    else:
        assert all(project.components for project in projects)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert read_projects(data, "p", rules())
    except InputError as error:
        (error.text() + error.text("en")).encode()
