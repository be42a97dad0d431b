"""What an audit found, in a few lines for the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from admission.cli.page import Page
from admission.cli.words import label, say
from admission.screening.verdict import VERDICTS, Verdict

if TYPE_CHECKING:
    from admission.audit import Summary

__all__ = ["summary_page"]


def summary_page(summary: Summary, output: Path | None, lang: str, width: int) -> Page:
    """Verdicts, problems, the EIA rate, and the first things that could not be read."""
    figures, page = summary.figures, Page(width)
    page.heading(say("audit head", lang, count=f"{figures['enterprises']:,}", as_of=figures["as_of"]))
    for verdict in VERDICTS:
        count = figures["verdicts"][verdict]
        page.add(say("audit verdict", lang, verdict=label(verdict, lang, Verdict), count=f"{count:,}"), indent=2)
    if figures["verdicts"]["contradicts"]:
        page.add(say("audit contradicts", lang, count=figures["verdicts"]["contradicts"]), indent=2)
    counts = figures["findings"]
    page.add(say("audit findings", lang, **{key: f"{counts[key]:,}" for key in ("problem", "review", "unknown")}))
    states = {key: figures["problems"].get(key, 0) for key in ("new", "open", "reopened", "closed")}
    page.add(say("audit ledger", lang, **states))
    rate = dict(figures["eia_execution"])
    shown = say("no rate", lang) if rate["rate"] is None else f"{rate['rate']:.1%}"
    page.add(say("audit rate", lang, **{**rate, "rate": shown}))
    _errors(page, summary, lang)
    if output is not None:
        page.add(say("audit written", lang, file=output))
    return page


def _errors(page: Page, summary: Summary, lang: str) -> None:
    if not summary.errors:
        return
    page.gap()
    page.add(say("audit errors", lang, count=f"{summary.errors:,}", shown=len(summary.first_errors)))
    for error in summary.first_errors:
        place = f"{error['table']}!{error['cell']}" if error["cell"] else f"{error['table']} {error['row']}"
        text = f"{error['column']}“{error['value']}”" if error["value"] else error["column"]
        page.add(say("audit error", lang, place=place, reason=f"{text} {error['reason']}"), indent=2)
