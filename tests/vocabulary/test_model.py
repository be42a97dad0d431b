from __future__ import annotations

import pickle

import pytest
from pydantic import ValidationError

from admission._messages import Phrase
from admission.errors import Place
from admission.vocabulary import Fact, FactType, Label, Member, normalise_key

LABEL = {"zh": "名", "en": "name"}
ASKED = {"meaning": LABEL, "ask": LABEL, "proof": LABEL}


def fact(**more: object) -> Fact:
    return Fact.model_validate({"name": "a_fact", "type": "bool", "label": LABEL, **ASKED, **more})


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({"unit": "t"}, "只有 number 类型可写 unit", "only a number has a unit"),
        ({"range": [0, 1]}, "只有 number 类型可写 range", "only a number has a range"),
        ({"type": "number", "range": [2, 1]}, "range 的下限大于上限", "range is upside down"),
        ({"type": "enum"}, "必须列出 members", "needs members"),
        ({"type": "set"}, "必须列出 members", "needs members"),
        ({"members": {"a": LABEL}}, "只有 enum 和 set 类型可写 members", "only an enum or set has members"),
        ({"internal": True}, "internal 指标不写 ask", "never asked"),
        ({"ask": None}, "必须写明 meaning、ask 和 proof", "are required"),
        ({"proof": None}, "必须写明 meaning、ask 和 proof", "are required"),
    ],
)
def test_a_fact_carries_what_its_type_needs(more: dict[str, object], zh: str, en: str) -> None:
    with pytest.raises(ValidationError) as caught:
        fact(**more)
    (error,) = caught.value.errors()
    said = error["ctx"]["error"].args[0]
    assert isinstance(said, Phrase)
    assert zh in said
    assert en in said.en


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "有锅炉"])
def test_names_are_lower_case_words(name: str) -> None:
    with pytest.raises(ValidationError):
        fact(name=name)


def test_open_ranges_and_internal_facts() -> None:
    assert fact(type="number", range=[None, 5]).range == (None, 5)
    assert fact(type="number", range=[5, None]).range == (5, None)
    assert fact(type="number", range=[5, 5]).range == (5, 5)
    assert Fact(name="x", type=FactType.BOOL, label=Label(**LABEL), internal=True).ask is None


def test_a_fact_is_immutable_hashable_and_keeps_its_place_to_itself() -> None:
    one = fact(place=Place("f", 3))
    assert len({one, fact(place=Place("f", 3))}) == 1
    assert "place" not in one.model_dump()
    assert "place" not in repr(one)
    with pytest.raises(ValidationError):
        one.name = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(one)) == one


def test_labels_and_names() -> None:
    assert [Label(**LABEL).get(lang) for lang in ("zh", "en", "fr")] == ["名", "name", "名"]
    assert fact(aliases=["b", "乙"]).names == ("a_fact", "名", "b", "乙")


def test_members_are_found_by_any_name_and_the_first_claim_wins() -> None:
    members = {
        "new": Member(zh="新建", en="New Build", aliases=("新上",)),
        "other": Member(zh="其他", en="New build", aliases=("NEW", "（其他）")),
    }
    names = fact(type="set", members=members).member_names
    assert {names[normalise_key(text)] for text in ("new", "New", "新建", "new build", "新 上")} == {"new"}
    assert {names[normalise_key(text)] for text in ("other", "(其他)")} == {"other"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("溶剂型涂料 （含稀释剂）", "溶剂型涂料(含稀释剂)"),
        (" Has_X ", "has_x"),
        ("㎡/Ａ", "m2/a"),
        ("m³", "m3"),
        ("", ""),
    ],
)
def test_normalise_key(text: str, key: str) -> None:
    assert normalise_key(text) == key
