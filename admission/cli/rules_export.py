"""`admission rules export`: rules in the shape other programs take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Lang, Park, RulePaths, check_park, open_rulebook
from admission.cli.page import Page
from admission.cli.streams import STDIN, Exit, Failures, complain, emit, screen_width
from admission.cli.words import say
from admission.errors import MissingExtraError, RulebookError

if TYPE_CHECKING:
    from admission.rulebook import Edition, Item, Rulebook

__all__ = ["export_xlsx_command"]

Name = Annotated[
    str | None,
    typer.Argument(metavar="EDITION", help="清单的版本编号，见 admission rules list --kind list (id of the list)"),
]
Template = Annotated[bool, typer.Option("--template", help="导出一张空表，与 --park 同用 (an empty list)")]
File = Annotated[Path, typer.Option("--output", "-o", metavar="FILE.xlsx", help="写入的文件 (file to write)")]


def export_xlsx_command(
    output: File,
    edition: Name = None,
    template: Template = False,
    park: Park = None,
    rules: RulePaths = None,
    lang: Lang = "zh",
) -> None:
    """把一份清单导出为 Excel 工作簿，改好后用 rules import xlsx 导回 (a list as a workbook)."""
    from admission.rulebook.workbook import list_to_workbook, template_workbook

    if template == (edition is not None):
        raise typer.BadParameter("写清单的版本编号，或 --template，二者取一 (an edition or --template, not both)")
    if template == (park is None):
        raise typer.BadParameter("--park 与 --template 同用 (--template needs --park, an edition none)")
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    failures = Failures(lang)
    try:
        if park is not None:
            data = template_workbook(rulebook.parks[park], rulebook.vocabulary)
            note = say("template made", lang, file=output)
        else:
            found, items = _list(edition or "", rulebook, failures)
            data = list_to_workbook(found, items, rulebook.vocabulary)
            note = say("exported", lang, file=output, count=len(items))
    except MissingExtraError as error:
        complain(str(error))
        raise typer.Exit(Exit.WRONG) from None
    except RulebookError as error:
        failures.add_problems(error)
        failures.stop_if_any()
        raise AssertionError("there is at least one problem") from error
    emit(data, output, lang)
    if str(output) != STDIN:
        page = Page(screen_width())
        page.add(note)
        emit(page, None, lang)


def _list(name: str, rulebook: Rulebook, failures: Failures) -> tuple[Edition, list[Item]]:
    """The list `name`; ends the run when there is none, or when it holds more than a list."""
    lists = [edition.edition for edition in rulebook.editions.values() if edition.kind == "list"]
    others = {owned.edition.edition for rules in (rulebook.duties, rulebook.criteria) for owned in rules}
    if name not in lists:
        failures.add("admission rules export xlsx", "no list", name=name, known="、".join(lists) or "—")
    elif name in others:
        failures.add("admission rules export xlsx", "mixed list", name=name)
    failures.stop_if_any()
    return rulebook.editions[name], [owned.rule for owned in rulebook.items if owned.edition.edition == name]
