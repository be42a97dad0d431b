from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.vocabulary import IndustryCodes
from admission.vocabulary.codes import IndustryCode
from tests.vocabulary.words import vocabulary

CODES = vocabulary().codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3391", "3391"),
        ("C3391", "3391"),
        (" c339 ", "339"),
        ("Ｃ３３９１", "3391"),
        ("C33", "33"),
        ("C 3391", "3391"),
        ("3391 黑色金属铸造", "3391"),
        ("C3391黑色金属铸造", "3391"),
        ("3391（黑色金属铸造）", "3391"),
        ("C", None),
        ("3395", None),
        ("33911", None),
        ("A3391", None),
        ("E33", None),
        ("3391 有色金属铸造", None),
        ("3391.0", None),
        ("黑色金属铸造", None),
        ("", None),
        ("3", None),
        ("CC33", None),
        ("٣٣٩١", None),
    ],
)
def test_normalise(text: str, code: str | None) -> None:
    assert CODES.normalise(text) == code


def test_names_paths_and_existence() -> None:
    assert CODES.name("3391") == "黑色金属铸造"
    assert CODES.path("3391") == ("C", "33", "339")
    assert CODES.path("C") == ()
    assert CODES.exists("C")
    assert not CODES.exists("3395")
    with pytest.raises(KeyError):
        CODES.name("3395")


def test_a_table_with_a_cycle_or_an_orphan_has_finite_paths() -> None:
    rows = [IndustryCode("11", "甲", 2, "12"), IndustryCode("12", "乙", 2, "11"), IndustryCode("13", "丙", 2, "99")]
    codes = IndustryCodes.of([*rows, IndustryCode("13", "丁", 2)])
    assert set(codes.path("11")) == {"11", "12"}
    assert codes.path("13") == ()
    assert codes.name("13") == "丙"
    assert codes.normalise("C13") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3395", ("3392 有色金属铸造", "3391 黑色金属铸造", "3399 其他未列明金属制品制造")),
        ("3499", ("3443 阀门和旋塞制造", "344 泵、阀门、压缩机及类似机械制造", "34 通用设备制造业")),
        ("A3391", ("3391 黑色金属铸造",)),
        ("3391 有色金属铸造", ("3392 有色金属铸造", "3391 黑色金属铸造")),
        ("3395 阀门", ("3443 阀门和旋塞制造",)),
        ("黑色金属", ("3391 黑色金属铸造",)),
        ("33911", ("3391 黑色金属铸造",)),
        ("c", ("33 金属制品业", "34 通用设备制造业")),
        ("9999", ()),
        ("9999 铸造", ("3391 黑色金属铸造",)),
        ("", ()),
    ],
)
def test_nearest_starts_with_what_was_likely_meant(text: str, expected: tuple[str, ...]) -> None:
    found = CODES.nearest(text)
    assert len(found) <= 3
    assert found[: len(expected)] == expected if expected else found == ()


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("黑色金属铸造", ["3391"]),
        ("阀门", ["3443", "344"]),
        ("金属 铸造", ["3391", "3392", "339"]),
        ("阀制造", ["3443", "344"]),
        ("金属制品业", ["33"]),
        ("通用设备", ["34", "3443"]),
        ("339", ["339", "3391", "3392", "3399"]),
        ("黑色金属铸造车间", ["3391"]),
        ("飞机", []),
        ("", []),
        ("  ", []),
    ],
)
def test_search_finds_the_best_first(words: str, codes: list[str]) -> None:
    assert [hit.code for hit in CODES.search(words)][: len(codes)] == codes


def test_search_gives_names_paths_and_no_more_than_asked() -> None:
    (hit,) = CODES.search("铸造", limit=1)
    assert (hit.code, hit.name) == ("3391", "黑色金属铸造")
    assert hit.path == ("制造业", "金属制品业", "铸造及其他金属制品制造")
    assert hit.score > 80
    assert CODES.search("建筑业") == CODES.search("建筑业")
    assert "E" not in [found.code for found in CODES.search("建筑业")]


def test_empty_and_pickled() -> None:
    assert IndustryCodes().search("铸造") == []
    assert IndustryCodes().normalise("3391") is None
    copy = pickle.loads(pickle.dumps(CODES))
    assert dict(copy.table) == dict(CODES.table)
    assert copy.search("阀门") == CODES.search("阀门")


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=20) | st.text("C0123456789 铸造金属①²Ⅷ", max_size=12))
def test_any_text_is_a_code_or_not(text: str) -> None:
    code = CODES.normalise(text)
    assert code is None or CODES.exists(code)
    CODES.nearest(text)
    CODES.search(text)
