"""`admission rules show`: one rule or fact with everything that is known about it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.life_rule_text import find_life_rules, life_rule_lines
from admission.cli.options import Lang, RulePaths, open_rulebook
from admission.cli.page import Page
from admission.cli.rule_text import fact_lines, rule_lines
from admission.cli.streams import Failures, emit, screen_width
from admission.rulebook.life_rows import life_rows
from admission.rulebook.rows import Row, rows
from admission.vocabulary.model import normalise_key

if TYPE_CHECKING:
    from admission.rulebook import Rulebook

__all__ = ["show_command"]

Name = Annotated[str, typer.Argument(metavar="ID", help="编号、名称、别名或中文名 (id, name, alias or label)")]
_NEAREST = 5


def show_command(name: Name, lang: Lang = "zh", rules: RulePaths = None) -> None:
    """显示一条规则或一个指标 (show a rule or a fact)."""
    rulebook = open_rulebook(rules, lang)
    page = Page(screen_width())
    for row in _matching(name, rulebook):
        _add(page, f"{row.id} {row.title.get(lang)}", rule_lines(row, rulebook, lang))
    for row in find_life_rules(name, rulebook):
        _add(page, f"{row.id} {row.title.get(lang)}", life_rule_lines(row, rulebook, lang))
    fact = rulebook.vocabulary.find(name)
    if fact is not None:
        _add(page, f"{fact.name} {fact.label.get(lang)}", fact_lines(fact, rulebook, lang))
    if not page.plain:
        failures = Failures(lang)
        failures.add("admission rules show", "not found", name=name, nearest=_nearest(name, rulebook))
        failures.stop_if_any()
    emit(page, None, lang)


def _matching(name: str, rulebook: Rulebook) -> Iterator[Row]:
    """Rules of that id (in any case), short criterion id, or exact title."""
    wanted = normalise_key(name)
    for row in rows(rulebook):
        names = (row.id, row.rule.id, row.title.zh, row.title.en)
        if wanted in map(normalise_key, names):
            yield row


def _nearest(name: str, rulebook: Rulebook) -> str:
    ids = [row.id for row in rows(rulebook)]
    ids += [row.id for row in life_rows(rulebook)]
    close = [*get_close_matches(name.upper(), ids, _NEAREST, 0.6), *rulebook.vocabulary.nearest(name)]
    titles = [f"{row.title.zh}({row.id})" for row in rows(rulebook) if name and name in row.title.zh]
    return "、".join([*close, *titles][:_NEAREST]) or "—"


def _add(page: Page, title: str, found: Iterator[tuple[str, str]]) -> None:
    """The title, then one paragraph a line: what it is, what it says; no name goes on with the last one."""
    if page.plain:
        page.rule()
    page.add(title, style="bold")
    for name, text in found:
        if name:
            page.add(text, lead=f"{name}  ", indent=2)
        else:
            page.add(text, indent=6)
