from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import Problem, ProblemCode
from admission.vocabulary import Vocabulary, load_vocabulary
from tests.vocabulary.words import CODES, FACTS, UNITS

REST = "meaning: {zh: 甲, en: a}, ask: {zh: 甲, en: a}, proof: {zh: 甲, en: a}"


def load(*files: tuple[str, str]) -> tuple[Vocabulary, list[Problem]]:
    problems: list[Problem] = []
    return load_vocabulary([(name, text.encode()) for name, text in files], problems), problems


def one(name: str, zh: str, more: str = "") -> str:
    return f"  {name}: {{type: bool, label: {{zh: {zh}, en: {name}}}, {REST}{more}}}\n"


def test_everything_is_read_with_its_place() -> None:
    words, problems = load(
        ("facts.yaml", FACTS), ("units.yaml", UNITS), ("gbt.csv", CODES), ("gbt.meta.yaml", "edition: 2017")
    )
    assert not problems
    assert words.facts["has_electroplating"].place is not None
    assert words.facts["has_electroplating"].place.line == 3
    assert words.units["t"] == ("吨",)
    assert words.codes.exists("3391")
    assert words.codes.provenance == {"edition": 2017}


def test_several_files_keep_their_order() -> None:
    words, problems = load(("b.yaml", "facts:\n" + one("b", "乙")), ("a.yaml", "facts:\n" + one("a", "甲")))
    assert not problems
    assert list(words.facts) == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "text", "code", "line", "words"),
    [
        ("f.yaml", "", ProblemCode.FILE_EMPTY, 0, "空"),
        ("f.yaml", "just words", ProblemCode.NOT_A_MAPPING, 1, "just words"),
        ("f.yaml", "facts: [1]", ProblemCode.SCHEMA, 1, "键: 值"),
        ("f.yaml", "fact: {}", ProblemCode.UNKNOWN_KEY, 1, "facts"),
        ("f.yaml", "facts:\n  a: 3", ProblemCode.SCHEMA, 2, "键: 值"),
        ("f.yaml", "facts:\n" + one("a", "甲", ", name: b"), ProblemCode.UNKNOWN_KEY, 2, "name"),
        ("f.yaml", "facts:\n" + one("a", "甲", ", place: b"), ProblemCode.UNKNOWN_KEY, 2, "place"),
        ("f.yaml", "facts:\n" + one("a", "甲", ", ranges: b"), ProblemCode.UNKNOWN_KEY, 2, "range"),
        ("f.yaml", "facts:\n" + one("a", "甲", ", unit: t"), ProblemCode.SCHEMA, 2, "只有 number"),
        ("f.yaml", "facts:\n" + one("A", "甲"), ProblemCode.SCHEMA, 2, "不符合格式"),
        (
            "f.yaml",
            "facts:\n" + one("a", "甲") + one("b", "甲"),
            ProblemCode.DUPLICATE_NAME,
            3,
            "已被 a（f.yaml:2） 使用",
        ),
        (
            "f.yaml",
            "facts:\n" + one("a", "甲") + one("b", "乙", ", aliases: [A]"),
            ProblemCode.DUPLICATE_NAME,
            3,
            "已被 a",
        ),
        ("f.yaml", "units: {t: [吨], kg: [吨]}", ProblemCode.DUPLICATE_NAME, 1, "已被 t 使用"),
        ("f.csv", "code,name\nC,制造业\n", ProblemCode.MISSING_KEY, 1, "level、parent"),
        ("f.csv", "code,name,level,parent\nC,制造业,1,\nC,又,1,\n", ProblemCode.DUPLICATE_ID, 3, "编号 C 重复"),
        ("f.csv", "code,name,level,parent\n33,金属,2,C\n", ProblemCode.SCHEMA, 2, "parent"),
        ("f.csv", "code,name,level,parent\nC,制造业,9,\n", ProblemCode.SCHEMA, 2, "level"),
        ("f.csv", "code,name,level,parent\nC\n", ProblemCode.SCHEMA, 2, "name"),
        ("f.csv", 'code,name,level,parent\nC,"a"b,1,\n', ProblemCode.SYNTAX, 2, "CSV"),
    ],
)
def test_one_broken_file_per_problem(name: str, text: str, code: ProblemCode, line: int, words: str) -> None:
    _, problems = load((name, text))
    assert [(problem.code, problem.place.line) for problem in problems] == [(code, line)]
    assert words in problems[0].text()
    problems[0].text("en")


def test_a_wrong_fact_does_not_take_the_others_with_it() -> None:
    words, problems = load(("f.yaml", "facts:\n" + one("a", "甲", ", unit: t") + one("b", "乙")))
    assert len(problems) == 1
    assert list(words.facts) == ["b"]


def test_of_two_facts_of_one_name_the_first_is_kept() -> None:
    words, problems = load(("f.yaml", "facts:\n" + one("a", "甲")), ("g.yaml", "facts:\n" + one("a", "乙")))
    assert [problem.code for problem in problems] == [ProblemCode.DUPLICATE_NAME]
    assert problems[0].place.file == "g.yaml"
    assert words.facts["a"].label.zh == "甲"


def test_an_alias_that_repeats_the_own_label_is_no_clash() -> None:
    assert not load(("f.yaml", "facts:\n" + one("a", "甲", ", aliases: [甲, A]")))[1]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["f.yaml", "f.csv", "f.meta.yaml"]), st.binary(max_size=60) | st.text(max_size=60).map(str.encode)
)
def test_any_file_is_read_or_refused(name: str, data: bytes) -> None:
    problems: list[Problem] = []
    assert isinstance(load_vocabulary([(name, data)], problems), Vocabulary)
    for problem in problems:
        problem.text()
