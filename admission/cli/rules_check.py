"""`admission rules check`: does the rulebook load, does it hold together, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Lang, RulePaths, open_rulebook
from admission.cli.page import Page
from admission.cli.rules_test import open_review
from admission.cli.streams import Failures, complain, emit, screen_width
from admission.cli.words import say
from admission.rulebook.life_rows import life_rows
from admission.rulebook.rows import KINDS, kind_counts, rows

if TYPE_CHECKING:
    from admission.rulebook import Rulebook

__all__ = ["check_command"]

Strict = Annotated[bool, typer.Option("--strict", help="提示也算问题 (notices count as problems)")]


def check_command(rules: RulePaths = None, strict: Strict = False, lang: Lang = "zh") -> None:
    """检查规则库，一次列出全部问题 (check the rules).

    没有问题时给出各类数量和规则库的哈希；没有案例等提示写到标准错误，不算问题。
    """
    from admission.review.checks import check_rules

    rulebook = open_rulebook(rules, lang, cache=False)
    found = check_rules(open_review(rules, lang, rulebook=rulebook))
    failures = Failures(lang)
    failures.extend(found.problems)
    if strict:
        failures.extend(found.notices)
    failures.stop_if_any()
    for notice in found.notices:
        complain(say("notice", lang, text=notice.text(lang)))
    emit(_page(rulebook, lang), None, lang)


def _page(rulebook: Rulebook, lang: str) -> Page:
    counts = kind_counts([*rows(rulebook), *life_rows(rulebook)], len(rulebook.vocabulary.facts))
    page = Page(screen_width())
    page.add(say("rules fine", lang))
    numbers = [(say(f"kind {kind}", lang), counts[kind]) for kind in KINDS]
    numbers += [(say("editions", lang), len(rulebook.editions)), (say("parks", lang), len(rulebook.parks))]
    for name, count in numbers:
        page.add(say("counts", lang, kind=name, count=count), indent=2)
    page.add(say("rules hash", lang, sha256=rulebook.sha256))
    return page
