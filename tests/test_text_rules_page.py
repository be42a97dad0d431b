"""`docs/text-rules.md` names only what exists, and leaves out no article or note."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from admission import load_rulebook
from admission.errors import InputError, ProblemCode
from admission.screening import read_projects

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "text-rules.md").read_text(encoding="utf-8")
EIA, PERMIT, REST = re.split(r"\n## ", PAGE)[1:4]
FOLDERS = {"eia": "rules/eia/2021", "permit": "rules/permit/2019", "duties": "rules/three_simultaneities"}
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
CASES = sorted(set(re.findall(r"`(eia|permit|duties)/([\w-]+)`「([^」]+)」", PAGE)))
IDS = sorted(set(re.findall(r"`(CN-[A-Z0-9-]+)`", PAGE)))
FACTS = sorted(set(re.findall(r"`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`", PAGE)) - {"in_entry_sensitive_area"})


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@cache
def case_names(path: str) -> frozenset[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return frozenset(case["name"] for case in yaml.load(text, yaml.CSafeLoader)["cases"])


@cache
def known_ids() -> frozenset[str]:
    book = load_rulebook()
    rules = (*book.entries, *book.items, *book.duties)
    return frozenset({owned.rule.id for owned in rules} | set(book.editions))


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_every_test_exists(path: str, name: str) -> None:
    assert name in functions(path)


@pytest.mark.parametrize(("kind", "stem", "name"), CASES)
def test_every_case_exists(kind: str, stem: str, name: str) -> None:
    assert name in case_names(f"{FOLDERS[kind]}/{stem}.cases.yaml")


@pytest.mark.parametrize("name", IDS)
def test_every_rule_exists(name: str) -> None:
    assert name in known_ids()


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_exists(name: str) -> None:
    starts = name in ("added_", "site_")
    assert starts or load_rulebook().vocabulary.find(name) is not None


def rows(section: str) -> dict[str, list[str]]:
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    return {cells[0]: cells for cells in found if cells[0] not in ("条款", "规则")}


def test_every_article_and_note_has_its_row() -> None:
    fourth = [f"第四条第{number}款" for number in "一二三"]
    articles = [f"第{number}条" for number in "一二三五六七"]
    assert sorted(rows(EIA)) == sorted([*articles, *fourth, *(f"说明{number}" for number in range(1, 7))])
    own = list(rows(PERMIT))
    assert own[:15] == [*(f"第{n}条" for n in "一二三四五六七八九十"), *(f"表注{number}" for number in range(1, 6))]


@pytest.mark.parametrize("section", [EIA, PERMIT], ids=["eia", "permit"])
def test_every_row_says_where_and_names_a_case_or_test(section: str) -> None:
    for name, cells in rows(section).items():
        assert len(cells) == 4, name
        assert all(cells), name
        assert re.search(r"`tests/|`(?:eia|permit|duties)/", cells[3]), name


def test_the_page_is_not_empty() -> None:
    assert len(TESTS) > 10
    assert len(CASES) > 25
    assert len(IDS) > 8


def test_the_class_cannot_be_stated() -> None:
    """EIA catalogue art. 4(1): nobody chooses the class."""
    book = load_rulebook()
    text = b"name: a\nindustry: ['3443']\nfacts: {eia_class: registration}\n"
    with pytest.raises(InputError) as caught:
        read_projects(text, "a.yaml", book)
    assert [problem.code for problem in caught.value.problems] == [ProblemCode.INTERNAL_FACT]
