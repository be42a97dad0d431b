"""`admission rules check`: does the rulebook load, and what is in it."""

from __future__ import annotations

from admission.cli.options import Lang, RulePaths, open_rulebook
from admission.cli.page import Page
from admission.cli.rule_rows import KINDS, kind_counts, rows
from admission.cli.streams import emit, screen_width
from admission.cli.words import say

__all__ = ["check_command"]


def check_command(rules: RulePaths = None, lang: Lang = "zh") -> None:
    """检查规则库，一次列出全部问题 (check the rules).

    没有问题时给出各类数量和规则库的哈希。
    """
    rulebook = open_rulebook(rules, lang, cache=False)
    counts = kind_counts(rows(rulebook), len(rulebook.vocabulary.facts))
    page = Page(screen_width())
    page.add(say("rules fine", lang))
    numbers = [(say(f"kind {kind}", lang), counts[kind]) for kind in KINDS]
    numbers += [(say("editions", lang), len(rulebook.editions)), (say("parks", lang), len(rulebook.parks))]
    for name, count in numbers:
        page.add(say("counts", lang, kind=name, count=count), indent=2)
    page.add(say("rules hash", lang, sha256=rulebook.sha256))
    emit(page, None, lang)
