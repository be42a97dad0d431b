"""`admission impact`: what other rules, or another day, would change for a table of enterprises."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admission.cli.class_text import class_label
from admission.cli.options import AsOf, Format, Lang, Park, RulePaths, check_park, open_rulebook, today
from admission.cli.page import Page
from admission.cli.streams import Failures, emit, screen_width
from admission.cli.words import label, say
from admission.rulebook import Catalogue
from admission.screening.verdict import Verdict

if TYPE_CHECKING:
    import polars as pl

    from admission.rulebook import Rulebook, Ruleset

__all__ = ["impact_command"]

Table = Annotated[Path, typer.Argument(metavar="TABLE", help="企业表：CSV、Excel、Parquet (a table of enterprises)")]
From = Annotated[str, typer.Option("--from", metavar="RULES|DATE", help="原来的规则或日期 (rules or day before)")]
To = Annotated[str, typer.Option("--to", metavar="RULES|DATE", help="新的规则或日期 (rules or day after)")]
Components = Annotated[Path | None, typer.Option("--components", metavar="FILE", help="建设内容表 (components, keyed)")]
Target = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help="变化明细，.csv 或 .parquet (table of changes)")
]
_LISTED = 30


def impact_command(
    table: Table,
    before: From,
    after: To,
    park: Park = None,
    as_of: AsOf = None,
    components: Components = None,
    output: Target = None,
    format: Format = "text",
    lang: Lang = "zh",
    rules: RulePaths = None,
) -> None:
    """规则或日期改变后，哪些企业的结论和类别不同，因为哪一条 (whose result changes).

    --from 和 --to 各写一个日期，或规则文件夹（几个用逗号隔开，shipped 为随附规则）；写日期时用 --rules 的规则。
    """
    from admission.audit.impact import summarise

    old, new = (_ruleset(text, park, as_of, rules, lang) for text in (before, after))
    found = _changes(table, components, old, new, output, lang)
    summary = summarise(found)
    if output is not None:
        _write(found, output, lang)
    if format == "json":
        emit((json.dumps(summary, ensure_ascii=False, indent=2) + "\n").encode(), None, lang)
    else:
        emit(_page(summary, old, new, lang), None, lang)


def _ruleset(text: str, park: str | None, as_of: date | None, rules: list[Path] | None, lang: str) -> Ruleset:
    """The ruleset of a date, or of a folder of rules on the day of the run."""
    from admission.vocabulary import parse_date

    day = parse_date(text)
    folders = [Path(part.strip()) for part in text.split(",")]
    if day is None and not all(str(folder) == "shipped" or folder.exists() for folder in folders):
        raise typer.BadParameter(f"“{text}”既不是日期也不是规则文件夹 (neither a day nor a folder of rules)")
    rulebook = open_rulebook(rules if day is not None else folders, lang)
    check_park(park, rulebook)
    return rulebook.in_force(park, on=day or as_of or today())


def _changes(
    table: Path, components: Path | None, old: Ruleset, new: Ruleset, output: Path | None, lang: str
) -> pl.DataFrame:
    import polars as pl

    from admission.audit.files import open_tables
    from admission.audit.impact import CHANGES, changes
    from admission.errors import InputError

    failures = Failures(lang)
    try:
        sources = open_tables(table, components)
        blocks = changes(sources["enterprises"], sources.get("components"), old, new)
        return pl.concat([pl.DataFrame(schema=CHANGES), *blocks])
    except InputError as error:
        failures.add_problems(error)
    failures.stop_if_any()
    raise AssertionError("there is at least one problem")


def _write(found: pl.DataFrame, output: Path, lang: str) -> None:
    from io import BytesIO

    stream = BytesIO()
    if output.suffix.lower() == ".parquet":
        found.write_parquet(stream)
    else:
        found.write_csv(stream)
    emit(stream.getvalue(), output, lang)


def _page(summary: dict[str, Any], old: Ruleset, new: Ruleset, lang: str) -> Page:
    page = Page(screen_width())
    page.heading(say("impact head", lang, before=old.name, after=new.name))
    if summary["moves"]:
        page.add(say("impact count", lang, count=f"{summary['enterprises']:,}"))
    else:
        page.add(say("impact none", lang))
    for move in summary["moves"]:
        kind = move["changed"]
        before, after = (_value(kind, move[side], new.rulebook, lang) for side in ("before", "after"))
        changed = say(f"changed {kind}", lang)
        page.add(
            say("impact move", lang, changed=changed, before=before, after=after, count=move["enterprises"]), indent=2
        )
    if summary["other_clauses"]:
        page.add(say("impact problems", lang, count=f"{summary['other_clauses']:,}"))
    if summary["clauses"]:
        page.gap()
        page.add(say("impact clauses", lang))
    for clause in summary["clauses"][:_LISTED]:
        page.add(
            say("impact clause", lang, rule=clause["rule"], since=clause["since"] or "—", count=clause["changes"]),
            indent=2,
        )
    return page


def _value(kind: str, text: str, rulebook: Rulebook, lang: str) -> str:
    separator = "、" if lang == "zh" else ", "
    if kind == "verdict":
        return label(text, lang, Verdict) if text in list(Verdict) else say("contradicts", lang)
    if text == "contradicts":
        return say(text, lang)
    return separator.join(class_label(rulebook, Catalogue(kind), part, lang) for part in text.split(";"))
