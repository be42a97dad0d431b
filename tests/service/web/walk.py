"""Answering the interview of the pages as somebody who knows what a project document says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from admission import Project
from admission.screening.facts import component_facts
from admission.vocabulary import Value
from tests.service.support import shipped

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EXAMPLES = Path(__file__).parents[3] / "examples" / "projects"
MOST = 120


def known_of(stem: str) -> Mapping[str, Value | None]:
    """What the document of an example says of the project as a whole: its first component that knows it."""
    project = Project.from_yaml(EXAMPLES / f"{stem}.yaml", shipped())
    ruleset = shipped().in_force(project.park, on=project.as_of or project.as_of)  # type: ignore[arg-type]  # all have one
    known: dict[str, Value | None] = {}
    for part in component_facts(project, ruleset):
        for name, value in part.values.items():
            if known.get(name) in (None, False, 0.0):
                known[name] = value if value is not None else known.get(name)
    return known


def answer(question: Locator, known: Mapping[str, Value | None]) -> None:
    """Fill in one question."""
    key = question.locator("input[name=key]").input_value()
    value = known.get(key.partition("|")[0])
    if value is None:
        question.get_by_label("不清楚", exact=True).check()
    elif isinstance(value, bool):
        question.get_by_label("是" if value else "否", exact=True).check()
    elif isinstance(value, frozenset):
        for member in value or {"无"}:
            question.locator(f"input[value='{member}']").check()
    elif isinstance(value, float):
        question.locator("input[type=text]").fill(f"{value:g}")
    else:
        question.locator(f"input[value='{value}']").check()


def start(page: Page, name: str, words: str, code: str) -> None:
    """From the work bench to the first question."""
    page.goto("/")
    page.get_by_role("link", name="新建研判").first.click()
    page.get_by_label("项目名称").fill(name)
    page.get_by_label("重庆石柱工业园区").check()
    page.get_by_role("searchbox").press_sequentially(words)
    page.locator(f"input[value='{code}']").check()
    page.get_by_role("button", name="开始问答").click()
    page.wait_for_url("**/briefs/*")


def walk(page: Page, known: Mapping[str, Value | None]) -> int:
    """Answer until nothing of this phase is asked; gives the number of pages."""
    for number in range(MOST):
        questions = page.locator("fieldset.question").all()
        if not questions:
            return number
        first = questions[0].locator("input[name=key]").input_value()
        for question in questions:
            answer(question, known)
        page.get_by_role("button", name="下一步").click()
        page.wait_for_function(
            "first => { const key = document.querySelector('input[name=key]'); return !key || key.value !== first; }",
            arg=first,
        )
    raise AssertionError("the interview does not end")
