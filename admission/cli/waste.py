"""`admission waste`: find a code of the national hazardous waste list by words, or see what a code means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Format, Lang, RulePaths, open_rulebook
from admission.cli.page import Page, cells
from admission.cli.streams import Failures, emit, lines, screen_width

if TYPE_CHECKING:
    from admission.vocabulary.wastes import Waste, WasteCodes

__all__ = ["waste_command"]

Words = Annotated[
    list[str], typer.Argument(metavar="WORDS", help="词语、类别或代码 (words in Chinese or English, or a code)")
]
_GAP = 2


def waste_command(words: Words, format: Format = "text", lang: Lang = "zh", rules: RulePaths = None) -> None:
    """按词语或代码查国家危险废物名录 (look up the national hazardous waste list)."""
    codes = open_rulebook(rules, lang).vocabulary.wastes
    text = " ".join(words)
    found = _found(text, codes)
    if not found:
        failures = Failures(lang)
        failures.add("admission waste", "no waste", words=text, list=codes.title if lang == "zh" else codes.title.en)
        failures.stop_if_any()
    if format == "json":
        rows = [_row(waste) for waste in found]
        emit(lines([json.dumps(rows, ensure_ascii=False, indent=2)]), None, lang)
    else:
        emit(_page(found, codes, lang), None, lang)


def _found(text: str, codes: WasteCodes) -> Sequence[Waste]:
    """The code itself with its category, a category with its codes, or what fits the words."""
    code = codes.normalise(text)
    if code is not None:
        category = codes.table[code.partition(" ")[0]]
        return [category, codes.table[code]] if codes.exists(code) else []
    category_code = "".join(text.split()).upper()
    if codes.exists(category_code):
        return [codes.table[category_code], *(codes.table[below] for below in codes.below(category_code))]
    return [hit.waste for hit in codes.search(text)]


def _row(waste: Waste) -> dict[str, object]:
    return {
        "code": waste.code.partition(" ")[2] or waste.code,
        "category": waste.parent or waste.code,
        "name": waste.name,
        "english": waste.english or None,
        "hazard": waste.hazard or None,
        "industry": waste.industry or None,
    }


def _page(found: Sequence[Waste], codes: WasteCodes, lang: str) -> Page:
    """Code and hazard in columns, the name beside them, then for which days the list is the law."""
    from admission.cli.words import say

    page = Page(screen_width())
    head = (say("code", lang), say("hazard", lang), say("name", lang))
    rows = [(waste.code, waste.hazard, _name(waste, lang)) for waste in found]
    widths = [max(cells(row[column]) for row in (head, *rows)) + _GAP for column in (0, 1)]
    for number, (code, hazard, name) in enumerate((head, *rows)):
        lead = code + " " * (widths[0] - cells(code)) + hazard + " " * (widths[1] - cells(hazard))
        page.add(name, lead=lead, style="" if number else "bold")
    first, last = codes.effective
    page.gap()
    title = codes.title if lang == "zh" else codes.title.en
    page.add(say("waste list", lang, list=title, first=first or "…", last=last or "…"))
    return page


def _name(waste: Waste, lang: str) -> str:
    if waste.parent is None:
        return f"{waste.english} ({waste.name})" if lang == "en" else waste.name
    industry = f"（{waste.industry}）" if lang == "zh" else f" ({waste.industry})"
    return waste.name + (industry if waste.industry else "")
