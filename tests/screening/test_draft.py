"""Answers put into a project document: where they belong, under the name they have, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from admission.errors import InputError
from admission.screening.draft import Draft, plain_value, read_answer
from admission.screening.interview import Asked
from tests.screening.small import rulebook

VOCABULARY = rulebook().vocabulary
A, AMOUNT, INDUSTRY = VOCABULARY.facts["a"], VOCABULARY.facts["amount"], VOCABULARY.facts["industry"]


def put(content: dict[str, Any], fact: str, value: Any, component: str | None = None) -> dict[str, Any]:
    Draft(content, VOCABULARY).put(Asked(fact, component), value)
    return content


def test_an_answer_stands_among_the_facts_of_the_project() -> None:
    assert put({"name": "甲"}, "a", True) == {"name": "甲", "facts": {"a": True}}
    assert put({"name": "甲", "facts": None}, "amount", 3.0) == {"name": "甲", "facts": {"amount": 3}}


def test_an_answer_about_a_component_stands_in_that_component() -> None:
    content = {"name": "甲", "components": [{"name": "车间"}, {"industry": ["3443"]}]}
    put(content, "b", False, "车间")
    put(content, "b", True, "建设内容2")
    assert [part["facts"] for part in content["components"]] == [{"b": False}, {"b": True}]  # type: ignore[index]


def test_industry_stands_with_the_only_component_or_at_the_top() -> None:
    assert put({"name": "甲"}, "industry", frozenset({"3443"})) == {"name": "甲", "industry": ["3443"]}
    one = put({"name": "甲", "components": [{"name": "车间"}]}, "industry", frozenset({"3443"}))
    assert one["components"] == [{"name": "车间", "industry": ["3443"]}]


def test_the_name_that_the_document_uses_stays() -> None:
    assert put({"facts": {"用量别名": 1}}, "amount", 2.5) == {"facts": {"用量别名": 2.5}}
    inner = put({"components": [{"facts": {"用量": "不清楚"}}]}, "amount", 2.5)
    assert inner == {"components": [{"facts": {"用量": 2.5}}]}


def test_what_is_not_known_is_written_so_and_read_again() -> None:
    draft = Draft({"name": "甲", "facts": {"b": None, "c": "", "d": "待定"}, "industry": ["3443"]}, VOCABULARY)
    draft.put(Asked("a"), None)
    assert draft.content["facts"]["a"] == "不清楚"
    assert draft.unsure() == {Asked("a"), Asked("d")}
    assert [key for key, _ in draft.answers()] == [Asked("industry"), Asked("d"), Asked("a")]


def test_each_of_several_components_answers_for_itself() -> None:
    parts = [{"name": "甲", "facts": {"a": "不清楚"}}, {"name": "乙", "activity": "不清楚", "facts": {"b": True}}]
    draft = Draft({"components": parts}, VOCABULARY)
    assert draft.unsure() == {Asked("a", "甲"), Asked("activity", "乙")}
    assert Draft({"components": parts[:1]}, VOCABULARY).unsure() == {Asked("a")}


def test_an_answer_is_taken_back() -> None:
    draft = Draft({"facts": {"A": True}, "industry": ["3443"]}, VOCABULARY)
    for key in (Asked("a"), Asked("a"), Asked("industry"), Asked("b")):
        draft.take_back(key)
    assert draft.content == {"facts": {}}


@pytest.mark.parametrize(
    ("fact", "given", "value"),
    [
        ("a", "是", True),
        ("a", "不清楚", None),
        ("amount", "１２．５ t/a", 12.5),
        ("fuel", "coal、gas", frozenset({"coal", "gas"})),
        ("fuel", ["oil项"], frozenset({"oil"})),
        ("fuel", "都不涉及", frozenset()),
        ("fuel", [], frozenset()),
        ("industry", "C3443", frozenset({"3443"})),
    ],
)
def test_answers_are_read_as_a_document_is(fact: str, given: str | list[str], value: object) -> None:
    assert read_answer(VOCABULARY.facts[fact], given, VOCABULARY) == value


@pytest.mark.parametrize(
    ("fact", "given", "said"),
    [("a", "也许", "应为是或否"), ("amount", "5000", "1,000 t/a"), ("fuel", ["木"], "没有选项“木”")],
)
def test_a_bad_answer_says_what_was_expected(fact: str, given: str | list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_answer(VOCABULARY.facts[fact], given, VOCABULARY)
    (problem,) = caught.value.problems
    assert said in problem.reason("zh")
    assert not problem.reason("zh").startswith(":")
    assert "; " in problem.reason("en")


def test_values_are_written_plainly() -> None:
    assert plain_value(frozenset({"b", "a"})) == ["a", "b"]
    assert repr(plain_value(2.0)) == "2"
    assert plain_value(2.5) == 2.5
    assert plain_value(True) is True
