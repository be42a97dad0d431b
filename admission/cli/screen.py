"""`admission screen`: projects in, decisions out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import AsOf, Format, Lang, Output, Park, RulePaths, check_park, open_rulebook, today
from admission.cli.page import Page
from admission.cli.streams import STDIN, Exit, Failures, emit, lines, read, screen_width

if TYPE_CHECKING:
    from admission.rulebook import Rulebook
    from admission.screening import Decision, Project

__all__ = ["screen_command"]

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="项目文件，- 为标准输入 (project files)")]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="有项目未获准入时以 3 退出，有条件入园算准入 (exit 3 unless all are admitted, conditions included)",
    ),
]

_ADMITTED = ("admit", "conditional")


def screen_command(
    files: Files,
    park: Park = None,
    as_of: AsOf = None,
    format: Format = "text",
    output: Output = None,
    strict: Strict = False,
    lang: Lang = "zh",
    rules: RulePaths = None,
) -> None:
    """研判一个或多个项目 (screen one or more projects).

    文件为 YAML、JSON 或 JSON Lines，可含多个项目。
    """
    if files.count(STDIN) > 1:
        raise typer.BadParameter("标准输入只能读一次 (standard input can be read once)", param_hint="'FILE...'")
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    decisions = _decide(files, rulebook, park, as_of, lang)
    emit(_rendered(decisions, rulebook, format, lang, to_file=output is not None), output, lang)
    if strict and any(decision.verdict not in _ADMITTED for decision in decisions):
        raise typer.Exit(Exit.NOT_ADMITTED)


def _decide(
    files: Sequence[str], rulebook: Rulebook, park: str | None, as_of: date | None, lang: str
) -> list[Decision]:
    """The decision of every project of every file; what is wrong anywhere ends the run, all at once."""
    from admission.errors import InputError
    from admission.lifecycle import screen

    failures = Failures(lang)
    decisions = []
    for file, project in _projects(files, rulebook, failures):
        ruleset = rulebook.in_force(park or project.park, on=as_of or project.as_of or today())
        try:
            decisions.append(screen(project, ruleset, lang=lang))
        except InputError as error:
            failures.add_problems(error, file, project.name)
    failures.stop_if_any()
    return decisions


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


def _rendered(
    decisions: Sequence[Decision], rulebook: Rulebook, form: str, lang: str, *, to_file: bool
) -> Page | bytes:
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
