from __future__ import annotations

import csv
import pickle
from datetime import date
from pathlib import Path

import pytest

from admission import load_rulebook
from admission.errors import Problem, ProblemCode
from admission.vocabulary import Vocabulary, WasteCodes, load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
HEADER = "waste_code,name,category,hazard,source_industry,name_en,words,edition\n"
META = "edition: {zh: 名录, en: List}\neffective: {from: '2021-01-01', to: '2024-12-31'}\ntested_prefix: 900-000\n"


@pytest.fixture(scope="module")
def wastes() -> WasteCodes:
    return load_rulebook().vocabulary.wastes


def load(text: str) -> tuple[Vocabulary, list[Problem]]:
    problems: list[Problem] = []
    return load_vocabulary([("wastes.csv", (HEADER + text).encode())], problems), problems


def test_the_list_has_all_its_categories_and_codes(wastes: WasteCodes) -> None:
    categories = [waste for waste in wastes.table.values() if waste.parent is None]
    assert (len(categories), len(wastes.table) - len(categories)) == (46, 467)
    assert all(waste.english and not waste.hazard for waste in categories)
    assert all(code[-2:] == code[2:4] and waste.hazard for code, waste in wastes.table.items() if waste.parent)


def test_the_two_separators_of_hazards_are_kept(wastes: WasteCodes) -> None:
    hazards = {waste.hazard for waste in wastes.table.values()}
    assert {"T", "T,I", "T/C", "T/C/I/R", "C,T", "T/In", "In"} <= hazards
    assert wastes.table["HW01 841-004-01"].hazard == "T/C/I/R"


def test_the_list_is_law_from_2021_to_2024(wastes: WasteCodes) -> None:
    assert wastes.effective == (date(2021, 1, 1), date(2024, 12, 31))
    assert [wastes.in_force(date(*day)) for day in ((2020, 12, 31), (2021, 1, 1), (2024, 12, 31), (2025, 1, 1))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "900-041-49",
        "HW49 900-041-49",
        "hw49/900-041-49",
        "HW49（900-041-49）",
        "HW49 其他废物 900-041-49 废包装桶",
        "９００-041-49",
        "900–041–49",
        "90004149",
        " 900-041-49（HW49）",
    ],
)
def test_one_code_in_many_writings(wastes: WasteCodes, text: str) -> None:
    assert wastes.normalise(text) == "HW49 900-041-49"


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("HW49", "HW49 309-001-49"),  # a category is no code
        ("HW49 其他废物", "HW49 309-001-49"),
        ("HW08 900-041-49", "HW49 900-041-49"),  # the category is another's
        ("900-041-49（HW08）", "HW49 900-041-49"),
        ("900-041-94", "HW49 900-041-49"),  # no category 94
        ("900-000-41", ""),  # tested waste needs an existing category too
        ("900-041-4", "HW49 900-041-49"),
        ("900-041-49/900-039-49", "HW49 900-041-49"),  # two codes are not one
        ("含有或沾染毒性", "HW49 900-041-49"),
        ("无900-041-49", "HW49 900-041-49"),
        ("qqq", ""),
        ("", ""),
    ],
)
def test_what_is_no_code_names_the_nearest(wastes: WasteCodes, text: str, nearest: str) -> None:
    assert wastes.normalise(text) is None
    assert any(near.startswith(nearest) for near in wastes.nearest(text)) or not nearest


def test_well_formed_codes_that_the_list_lacks_stand_apart(wastes: WasteCodes) -> None:
    assert wastes.normalise("900-048-49") == "HW49 900-048-49"
    assert not wastes.listed("HW49 900-048-49")
    assert wastes.listed("HW49 900-041-49")
    assert wastes.listed("HW17 900-000-17")  # identified by testing, article 6
    assert not wastes.exists("HW17 900-000-17")


def test_prefixes_for_conditions(wastes: WasteCodes) -> None:
    assert wastes.is_prefix("HW")
    assert wastes.is_prefix("HW49")
    assert wastes.is_prefix("HW49 900-041-49")
    assert not wastes.is_prefix("HW41")
    assert not wastes.is_prefix("900-041-49")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("废切削液", "HW09"),
        ("cutting fluid", "HW09"),
        ("漆渣", "HW12"),
        ("废机油", "HW08"),
        ("waste catalysts", "HW50"),
        ("900-041-49", "HW49 900-041-49"),
        ("活性炭", "HW49"),
        ("油/水 切削", "HW09 900-006-09"),
        ("感染性废物", "HW01 841-001-01"),
    ],
)
def test_search_puts_the_best_first(wastes: WasteCodes, words: str, first: str) -> None:
    assert wastes.search(words)[0].waste.code == first


def test_search_prefers_wastes_of_no_particular_industry(wastes: WasteCodes) -> None:
    found = [hit.waste.code for hit in wastes.search("活性炭", 60) if hit.waste.parent]
    assert found.index("HW49 900-039-49") < found.index("HW29 261-053-29")
    assert wastes.search("zzz") == []
    assert wastes.search(" ") == []


def test_a_category_alone_is_explained(wastes: WasteCodes) -> None:
    said = wastes.refusal("HW09")
    assert "类别不是代码" in str(said["nearest"])
    assert "HW09 900-005-09" in str(said["nearest"])
    assert "类别不是代码" not in str(wastes.refusal("900-041-94")["nearest"])
    assert "无" in str(wastes.refusal("900-041-94", helpful=False)["nearest"])


def test_the_table_survives_pickling(wastes: WasteCodes) -> None:
    again = pickle.loads(pickle.dumps(wastes))
    assert (dict(again.table), again.title) == (dict(wastes.table), wastes.title)


def test_without_a_table_nothing_is_a_code() -> None:
    empty = WasteCodes()
    assert empty.normalise("900-041-49") is None
    assert empty.title == "国家危险废物名录"
    assert empty.in_force(date(2026, 1, 1))


def test_table_and_meta_file_belong_together_by_name() -> None:
    problems: list[Problem] = []
    files = [
        ("a/wastes.csv", (HEADER + "HW49,其他废物,,,,Other,,2021\n900-041-49,包装,HW49,T/In,各业,,,2021\n").encode()),
        ("a/wastes.meta.yaml", META.encode()),
        ("a/gbt.csv", b"code,name,level,parent\nC,x,1,\n"),
        ("a/gbt.meta.yaml", b"edition: 2017\n"),
    ]
    words = load_vocabulary(files, problems)
    assert problems == []
    assert words.wastes.title.en == "List"
    assert words.codes.provenance == {"edition": 2017}
    assert words.wastes.table["HW49 900-041-49"].hazard == "T/In"


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("900-041-49,包装,HW49,T,,,,2021\n", ProblemCode.SCHEMA, 2),  # no category above
        ("HW49,其他废物,,,,,,2021\n", ProblemCode.SCHEMA, 2),  # no English name
        ("HW4,其他废物,,,,Other,,2021\n", ProblemCode.SCHEMA, 2),
        ("HW49,其他废物,,,,Other,,2021\n900-041-08,包装,HW49,T,,,,2021\n", ProblemCode.SCHEMA, 3),  # another category
        (
            "HW49,其他废物,,,,Other,,2021\n900-041-49,包装,HW49,T;C,,,,2021\n",
            ProblemCode.SCHEMA,
            3,
        ),  # a third separator
        ("HW49,其他废物,,,,Other,,2021\n900-041-49,,HW49,T,,,,2021\n", ProblemCode.SCHEMA, 3),  # no name
        ("HW49,其他废物,,,,Other,,2021\nHW49,其他废物,,,,Other,,2021\n", ProblemCode.DUPLICATE_ID, 3),
        ('HW49,"其他', ProblemCode.SYNTAX, 2),
    ],
)
def test_what_is_wrong_with_a_table(rows: str, code: ProblemCode, line: int) -> None:
    _, problems = load(rows)
    assert [(problem.code, problem.place.line) for problem in problems] == [(code, line)]


def test_a_missing_column_is_named() -> None:
    problems: list[Problem] = []
    load_vocabulary([("wastes.csv", b"waste_code,name\n")], problems)
    assert [problem.code for problem in problems] == [ProblemCode.MISSING_KEY]
    assert "hazard" in problems[0].text("zh")


def test_every_code_of_the_file_is_read_back(wastes: WasteCodes) -> None:
    text = (ROOT / "rules/vocabulary/hazardous_waste.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    codes = [row for row in rows if row["category"]]
    assert all(wastes.normalise(row["waste_code"]) == f"{row['category']} {row['waste_code']}" for row in codes)
    assert all(wastes.table[f"{row['category']} {row['waste_code']}"].name == row["name"] for row in codes)
