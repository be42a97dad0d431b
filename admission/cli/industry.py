"""`admission industry`: find a GB/T 4754 code by words, or see what a code means."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Format, Lang, RulePaths, open_rulebook
from admission.cli.page import Page, cells
from admission.cli.streams import Failures, emit, lines, screen_width

if TYPE_CHECKING:
    from admission.vocabulary.codes import Hit, IndustryCodes

__all__ = ["industry_command"]

Words = Annotated[list[str], typer.Argument(metavar="WORDS", help="中文词语或代码 (Chinese words, or a code)")]
_GAP = 2


def industry_command(words: Words, format: Format = "text", lang: Lang = "zh", rules: RulePaths = None) -> None:
    """按词语或代码查国民经济行业 (look up GB/T 4754-2017)."""
    codes = open_rulebook(rules, lang).vocabulary.codes
    text = " ".join(words)
    hits = _found(text, codes)
    if not hits:
        failures = Failures(lang)
        failures.add("admission industry", "no industry", words=text)
        failures.stop_if_any()
    if format == "json":
        rows = [{"code": hit.code, "name": hit.name, "path": list(hit.path)} for hit in hits]
        emit(lines([json.dumps(rows, ensure_ascii=False, indent=2)]), None, lang)
    else:
        emit(_table(hits, lang), None, lang)


def _found(text: str, codes: IndustryCodes) -> Sequence[Hit]:
    """The code itself and what stands directly below it, or what fits the words."""
    from admission.vocabulary.codes import Hit

    def hit(code: str) -> Hit:
        return Hit(code, codes.name(code), tuple(codes.name(above) for above in codes.path(code)), 1.0)

    code = codes.normalise(text)
    if code is None:
        section = text.strip().upper()
        code = section if len(section) == 1 and codes.exists(section) else None
    if code is None:
        return codes.search(text)
    return [hit(code), *(hit(below) for below, entry in codes.table.items() if entry.parent == code)]


def _table(hits: Sequence[Hit], lang: str) -> Page:
    """Code and name in columns, the names above on the same line where there is room."""
    from admission.cli.words import say

    page = Page(screen_width())
    rows = [(hit.code, hit.name, " > ".join(hit.path)) for hit in hits]
    head = (say("code", lang), say("name", lang), say("path", lang))
    widths = [max(cells(row[column]) for row in (head, *rows)) + _GAP for column in (0, 1)]
    widths[1] = min(widths[1], page.width // 2)
    for number, (code, name, path) in enumerate((head, *rows)):
        style = "bold" if number == 0 else ""
        start = code + " " * (widths[0] - cells(code))
        fits = cells(name) + _GAP <= widths[1]
        if fits:
            page.add(path, lead=start + name + " " * (widths[1] - cells(name)), style=style)
        else:
            page.add(name, lead=start, style=style)
            page.add(path, indent=sum(widths), style=style)
    return page
