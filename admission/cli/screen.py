"""`admission screen`: projects in, decisions out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import (
    AsOf,
    Lang,
    Output,
    Park,
    RulePaths,
    check_park,
    one_of,
    open_rulebook,
    record_errors,
    today,
)
from admission.cli.page import Page
from admission.cli.streams import STDIN, Exit, Failures, complain, emit, lines, read, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.rulebook import Rulebook, Ruleset
    from admission.screening import Decision, Project

    _Made = tuple[Project, Ruleset, Decision]

__all__ = ["screen_command"]

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="项目文件，- 为标准输入 (project files)")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="有项目未获准入时以 3 退出，有条件入园算准入 (exit 3 unless all are admitted, conditions included)",
    ),
]

Form = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="text|json|docx|html",
        parser=one_of("text", "json", "docx", "html"),
        help="输出格式；docx、html 为研判报告，须用 -o 写入文件 (output format; docx and html: the report)",
    ),
]
ReceiptFile = Annotated[
    Path | None,
    typer.Option("--receipt", metavar="OUT", help="把凭证写入文件，供 admission replay 复现 (write the receipt)"),
]

_ADMITTED = ("admit", "conditional")


def screen_command(
    files: Files,
    park: Park = None,
    as_of: AsOf = None,
    format: Form = "text",
    output: Output = None,
    strict: Strict = False,
    lang: Lang = "zh",
    rules: RulePaths = None,
    receipt: ReceiptFile = None,
) -> None:
    """研判一个或多个项目 (screen one or more projects).

    文件为 YAML、JSON 或 JSON Lines，可含多个项目。
    """
    if format == "docx" and output is None:
        raise typer.BadParameter("Word 文件须用 -o 写入文件 (write it to a file)", param_hint="'-o'")
    if files.count(STDIN) > 1:
        raise typer.BadParameter("标准输入只能读一次 (standard input can be read once)", param_hint="'FILE...'")
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    made = _decide(files, rulebook, park, as_of, lang)
    if receipt is not None:
        emit(_receipt(made, lang), receipt, lang)
    emit(_rendered(made, rulebook, format, lang, to_file=output is not None), output, lang)
    if strict and any(decision.verdict not in _ADMITTED for _, _, decision in made):
        raise typer.Exit(Exit.NOT_ADMITTED)


def _decide(files: Sequence[str], rulebook: Rulebook, park: str | None, as_of: date | None, lang: str) -> list[_Made]:
    """The decision of every project of every file; what is wrong anywhere ends the run, all at once."""
    from admission.errors import InputError
    from admission.lifecycle import screen

    failures = Failures(lang)
    decisions: list[_Made] = []
    for file, project in _projects(files, rulebook, failures):
        ruleset = rulebook.in_force(park or project.park, on=as_of or project.as_of or today())
        try:
            decisions.append((project, ruleset, screen(project, ruleset, lang=lang)))
        except InputError as error:
            failures.add_problems(error, file, project.name)
    failures.stop_if_any()
    return decisions


def _receipt(made: Sequence[_Made], lang: str) -> bytes:
    import json

    if len(made) != 1:
        raise typer.BadParameter(say("receipt one", lang), param_hint="'--receipt'")
    with record_errors(lang):
        from admission.record import make_receipt

        project, ruleset, decision = made[0]
        text = json.dumps(make_receipt(project, ruleset, decision, lang=lang), ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _projects(files: Sequence[str], rulebook: Rulebook, failures: Failures) -> Iterable[tuple[str, Project]]:
    from admission.errors import InputError
    from admission.screening import read_projects

    for name in files:
        found = read(name, failures)
        if found is None:
            continue
        shown, data = found
        try:
            projects = read_projects(data, shown, rulebook)
        except InputError as error:
            failures.add_problems(error)
            continue
        yield from ((shown, project) for project in projects)


def _report(made: Sequence[_Made], form: str, lang: str) -> bytes:
    """The screening report on one project."""
    from admission.errors import MissingExtraError
    from admission.report import docx, html, screening_sheet

    if len(made) != 1:
        raise typer.BadParameter(say("report one", lang), param_hint="'--format'")
    project, ruleset, decision = made[0]
    sheet = screening_sheet(decision, project, ruleset, lang=lang)
    try:
        return html(sheet) if form == "html" else docx(sheet)
    except MissingExtraError as error:
        complain(str(error))
        raise typer.Exit(Exit.WRONG) from None


def _rendered(made: Sequence[_Made], rulebook: Rulebook, form: str, lang: str, *, to_file: bool) -> Page | bytes:
    decisions = [decision for _, _, decision in made]
    if form in ("docx", "html"):
        return _report(made, form, lang)
    if form == "json":
        one = len(decisions) == 1
        return lines(decision.to_json(indent=2 if one else None) for decision in decisions)
    from admission.cli.decision_text import DecisionText

    page = Page(screen_width(to_file))
    for position, decision in enumerate(decisions):
        if position:
            page.rule()
        DecisionText(page, decision, rulebook, lang).write()
    return page
