from __future__ import annotations

import pickle

import pytest

from admission.vocabulary import Fact, FactType, Label, Vocabulary
from tests.vocabulary.words import vocabulary


def made(name: str, zh: str, en: str, **more: object) -> Fact:
    label = Label(zh=zh, en=en)
    return Fact.model_validate(
        {"name": name, "type": FactType.BOOL, "label": label, "meaning": label, "ask": label, "proof": label, **more}
    )


@pytest.mark.parametrize(
    "key",
    [
        "coating_t_per_year",
        "coating_tpa",
        " Coating_TPA",
        "年用涂料量（含稀释剂）",
        "年用涂料量(含稀释剂)",
        "年用涂料量 (含稀释剂) ",
        "coating  used",
    ],
)
def test_found_by_any_of_its_names(key: str) -> None:
    found = vocabulary().find(key)
    assert found is not None
    assert found.name == "coating_t_per_year"


def test_what_nobody_is_called_is_not_found() -> None:
    assert vocabulary().find("涂料") is None
    assert vocabulary().find("") is None


def test_an_english_label_of_two_facts_finds_neither() -> None:
    words = Vocabulary([made("a", "甲", "Same"), made("b", "乙", "same"), made("c", "丙", "Other")])
    assert words.find("same") is None
    assert words.find("other") is words.facts["c"]


def test_a_canonical_name_goes_before_an_alias() -> None:
    words = Vocabulary([made("a", "甲", "A1", aliases=["b"]), made("b", "乙", "B1")])
    assert words.find("b") is words.facts["b"]


@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("coating_t_per_yaer", "年用涂料量（含稀释剂）(coating_t_per_year)"),
        ("涂料量", "年用涂料量（含稀释剂）(coating_t_per_year)"),
        ("has_electroplatng", "有电镀工艺(has_electroplating)"),
        ("建设的性质", "建设性质(nature)"),
        ("remarks", "备注(remark)"),
    ],
)
def test_nearest(key: str, first: str) -> None:
    assert vocabulary().nearest(key)[0] == first


def test_nearest_proposes_nothing_unlike_nothing_internal_and_at_most_the_limit() -> None:
    words = vocabulary()
    assert words.nearest("zzzzqqqq") == ()
    assert words.nearest("") == ()
    assert all("report_hit" not in text for text in words.nearest("report_hit"))
    assert len(words.nearest("涂料", limit=1)) == 1
    words.nearest("甲" * 1_000_000)


def test_derived_units_and_work() -> None:
    words = vocabulary()
    assert [fact.name for fact in words.derived] == ["is_coated"]
    assert words.find_unit("吨 / 年") == words.find_unit("T/A") == words.find_unit("t/a")
    assert words.find_unit("没有") == "没有"
    boiler = made("a", "甲", "A1", work="boiler")
    assert Vocabulary([boiler, made("b", "乙", "B1")]).by_work == {"boiler": (boiler,)}


def test_immutable_empty_and_pickled() -> None:
    assert not Vocabulary().facts
    with pytest.raises(TypeError):
        vocabulary().facts["x"] = None  # type: ignore[index]
    copy = pickle.loads(pickle.dumps(vocabulary()))
    assert dict(copy.facts) == dict(vocabulary().facts)
    assert copy.codes.name("3391") == "黑色金属铸造"
    assert copy.find_unit("tpa") == vocabulary().find_unit("tpa")
    with pytest.raises(TypeError):
        copy.facts["x"] = None
