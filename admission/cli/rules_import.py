"""`admission rules import`: rules other programs made, checked and written as rule files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Lang, RulePaths, open_rulebook
from admission.cli.page import Page
from admission.cli.streams import STDIN, Exit, Failures, complain, emit, read, screen_width
from admission.cli.words import say
from admission.errors import MissingExtraError, RulebookError

if TYPE_CHECKING:
    from admission.rulebook.workbook import ImportedList

__all__ = ["import_xlsx_command"]

File = Annotated[str, typer.Argument(metavar="FILE.xlsx", help="改好的工作簿，- 为标准输入 (the edited workbook)")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE.yaml", help="写入的规则文件 (rule file to write)")
]


def import_xlsx_command(file: File, output: Output = None, rules: RulePaths = None, lang: Lang = "zh") -> None:
    """检查工作簿里的清单，没有问题才写成规则文件 (a list from a workbook).

    有误时逐条指出单元格，一次列全，什么也不写。
    """
    rulebook = open_rulebook(rules, lang)
    failures = Failures(lang)
    given = read(file, failures)
    failures.stop_if_any()
    assert given is not None  # a missing one has stopped the run
    name, data = given
    try:
        from admission.rulebook.workbook import workbook_to_list

        found = workbook_to_list(data, name, rulebook)
    except MissingExtraError as error:
        complain(str(error))
        raise typer.Exit(Exit.WRONG) from None
    except RulebookError as error:
        failures.add_problems(error)
        failures.stop_if_any()
        raise AssertionError("there is at least one problem") from error
    emit(found.to_yaml().encode(), output, lang)
    if output is not None and str(output) != STDIN:
        page = Page(screen_width())
        for note in _notes(found, str(output), lang):
            page.add(note)
        emit(page, None, lang)


def _notes(found: ImportedList, output: str, lang: str) -> list[str]:
    """What was written, and what is left to do."""
    notes = [say("imported", lang, file=output, count=len(found.items))]
    comma = say("comma", lang)
    if found.unfilled:
        notes.append(say("unfilled", lang, rows=comma.join(map(str, found.unfilled))))
    if found.chinese_only:
        notes.append(say("chinese only", lang, count=found.chinese_only))
    if found.gone:
        notes.append(say("gone", lang, ids=comma.join(found.gone)))
    key = "replaces" if found.replaces else "use list"
    notes.append(say(key, lang, edition=found.edition.edition, file=output))
    return notes
