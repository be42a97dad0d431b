"""`admission rules list`: what stands in the rulebook."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admission.cli.options import AsOf, Format, Lang, Park, RulePaths, check_park, one_of, open_rulebook, today
from admission.cli.page import Page
from admission.cli.streams import emit, lines, screen_width
from admission.cli.words import label, period_text, say
from admission.rulebook.life_rows import selected
from admission.rulebook.rows import KINDS, Row, kind_counts

if TYPE_CHECKING:
    from admission.vocabulary import Fact

__all__ = ["list_command"]

Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="|".join(KINDS), parser=one_of(*KINDS), help="只列一类 (one kind only)"),
]
_BODY = 2


def list_command(
    kind: Kind = None,
    format: Format = "text",
    park: Park = None,
    as_of: AsOf = None,
    lang: Lang = "zh",
    rules: RulePaths = None,
) -> None:
    """列出规则和指标 (list rules and facts).

    不加 --park 和 --as-of 时列出全部版本；加了就只列当天适用的规则。
    """
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    found = selected(rulebook, park, as_of, today())
    counts = kind_counts(found, len(rulebook.vocabulary.facts))
    listed = [row for row in found if kind is None or row.kind == kind]
    facts = list(rulebook.vocabulary.facts.values()) if kind == "fact" else []
    if format == "json":
        content = {"counts": counts, "rules": [row.document() for row in listed], "facts": [_fact(f) for f in facts]}
        emit(lines([json.dumps(content, ensure_ascii=False, indent=2)]), None, lang)
    else:
        emit(_page(counts, listed, facts, kind, lang), None, lang)


def _fact(fact: Fact) -> dict[str, Any]:
    chosen = {"name", "type", "unit", "label", "aliases", "scope", "internal", "source"}
    return fact.model_dump(mode="json", include=chosen)


def _page(counts: dict[str, int], listed: Sequence[Row], facts: Sequence[Fact], kind: str | None, lang: str) -> Page:
    page = Page(screen_width())
    parts = [say("counts", lang, kind=say(f"kind {name}", lang), count=counts[name]) for name in KINDS]
    page.add(say("comma", lang).join(parts))
    if kind is None:
        page.add(say("facts not listed", lang))
    if not listed and not facts:
        page.add(say("nothing listed", lang))
    edition = ""
    for row in listed:
        if row.edition.edition != edition:
            edition = row.edition.edition
            _add_edition(page, row, sum(other.edition is row.edition for other in listed), lang)
        _add_row(page, row, lang)
    for fact in facts:
        _add_fact(page, fact, lang)
    return page


def _add_edition(page: Page, row: Row, count: int, lang: str) -> None:
    title, layer = row.edition.title.get(lang), label(row.edition.layer, lang)
    page.heading(f"{row.edition.edition} " + say("edition line", lang, title=title, layer=layer, count=count))


def _add_row(page: Page, row: Row, lang: str) -> None:
    from admission.cli.decision_text import cite_text

    page.add(row.title.get(lang), lead=f"{row.id}  ")
    cites = say("semicolon", lang).join(cite_text(cite, lang) for cite in row.cites)
    notes = (cites, label(row.status, lang), period_text(row.effective, lang))
    page.add(" · ".join(notes), indent=_BODY)
    page.add(say("source", lang, source=row.provenance), indent=_BODY)


def _add_fact(page: Page, fact: Fact, lang: str) -> None:
    unit = say("brackets", lang, text=fact.unit) if fact.unit else ""
    page.add(f"{fact.label.get(lang)} · {label(fact.type, lang)}{unit}", lead=f"{fact.name}  ")
