"""The pages of docs/rules on the life cycle: every rule stands there with what it says."""

from __future__ import annotations

import re

import pytest

from admission.review import open_bench
from admission.review.pages.life import LIFE_PAGES, life_pages
from admission.review.pages.wording import Teller
from tests.lifecycle.histories import rules


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(life_pages(Teller(open_bench(rulebook=rules()))))


def test_every_rule_has_its_place(pages: dict[str, str]) -> None:
    life = rules().life
    kinds = (life.duties, life.judgements, life.penalties, life.material_change)
    for page, found in zip(LIFE_PAGES, kinds, strict=True):
        assert re.findall(r"^`(CN-[^`]+)`$", pages[page], re.M) == [rule.id for rule in found]
        assert pages[page].count("**依据**") == len(found)


def test_links_lead_somewhere(pages: dict[str, str]) -> None:
    for page, text in pages.items():
        for target, name in re.findall(r"\]\(([^)#]*)#([^)]+)\)", text):
            there = page if not target else page.rsplit("/", 1)[0] + "/" + target
            assert f'<a id="{name}"></a>' in pages[there]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("duties", "排污许可证届满前 60 日"),
        ("duties", "每年 03-31"),
        ("duties", "（满期当日即逾期）"),
        ("duties", "（起算日计入）"),
        ("duties", "**违反**：未批先建（逾期才办、到期未办）"),
        ("penalties", "总投资额的 1 % 至 5 %"),
        ("penalties", "20至100 万元"),
        ("questions", "**问题**"),
        ("material-change", "**属重大变动的条件**"),
    ],
)
def test_what_they_say(pages: dict[str, str], page: str, words: str) -> None:
    assert words in pages[f"three_simultaneities/life-{page}.md"]
