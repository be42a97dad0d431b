"""`admission lifecycle`: duties, deadlines and breaches of one project, its calendar and handouts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from admission.cli.options import AsOf, Format, Lang, Output, Park, RulePaths, check_park, one_of, open_rulebook, today
from admission.cli.page import Page
from admission.cli.streams import Exit, Failures, complain, emit, lines, read, screen_width

if TYPE_CHECKING:
    from datetime import date

    from admission.lifecycle import Life
    from admission.rulebook import Rulebook
    from admission.screening import Project

__all__ = ["lifecycle_command"]

File = Annotated[str, typer.Argument(metavar="FILE", help="项目文件，- 为标准输入 (project file)")]
Calendar = Annotated[
    Path | None, typer.Option("--calendar", metavar="F.ics", help="把期限写成日历文件 (deadlines as iCalendar)")
]
Handout = Annotated[
    str | None,
    typer.Option(
        "--handout",
        metavar="flow|notice",
        parser=one_of("flow", "notice"),
        help="办理流程或工作提醒告知单，写入 -o 的 .docx、.html 或 .svg (process sheet or reminder)",
    ),
]
Subject = Annotated[
    str | None,
    typer.Option(
        "--subject",
        metavar="project|park",
        parser=one_of("project", "park"),
        help="对象：项目或园区本身，默认由节点判断 (project or the park itself)",
    ),
]


def lifecycle_command(
    file: File,
    park: Park = None,
    as_of: AsOf = None,
    format: Format = "text",
    calendar: Calendar = None,
    handout: Handout = None,
    subject: Subject = None,
    output: Output = None,
    lang: Lang = "zh",
    rules: RulePaths = None,
) -> None:
    """一个项目的环保义务、期限和违法情形 (duties, deadlines and breaches of one project).

    由项目文件中的 milestones 推出；未填写的节点视为未办，date 留空的视为日期不明。
    """
    suffix = _suffix(handout, output)
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    life = _life(file, rulebook, park, as_of, subject, lang)
    if calendar is not None:
        from admission.report import calendar as ics

        emit(ics(life, lang=lang), calendar, lang)
    from admission.cli.lifecycle_words import tell

    if handout == "flow" and life.subject == "park":
        complain(tell("no flow of a park", lang))
        raise typer.Exit(Exit.WRONG)
    if handout is not None:
        emit(_handout(handout, suffix, life, rulebook, lang), output, lang)
    elif calendar is None or output is not None:
        emit(_rendered(life, rulebook, format, lang, to_file=output is not None), output, lang)


def _suffix(handout: str | None, output: Path | None) -> str:
    """The kind of file a handout is written to."""
    if handout is None:
        return ""
    allowed = (".docx", ".html", ".svg") if handout == "flow" else (".docx", ".html")
    suffix = output.suffix.lower() if output is not None else ""
    if suffix not in allowed:
        names = "、".join(allowed)
        raise typer.BadParameter(
            f"--handout {handout} 应写入 {names} 文件 (expected one of {', '.join(allowed)})", param_hint="'-o'"
        )
    return suffix


def _life(file: str, rulebook: Rulebook, park: str | None, as_of: date | None, subject: str | None, lang: str) -> Life:
    from admission.errors import InputError
    from admission.lifecycle import lifecycle

    failures = Failures(lang)
    project = _project(file, rulebook, failures)
    failures.stop_if_any()
    assert project is not None  # a missing one has stopped the run
    ruleset = rulebook.in_force(park or project.park, on=as_of or project.as_of or today())
    try:
        return lifecycle(project, ruleset, lang=lang, subject=cast(Literal["project", "park"] | None, subject))
    except InputError as error:
        failures.add_problems(error, file, project.name)
        failures.stop_if_any()
        raise


def _project(file: str, rulebook: Rulebook, failures: Failures) -> Project | None:
    """The one project of the file; what is wrong is added to `failures`."""
    from admission.errors import InputError, Place, Problem, ProblemCode
    from admission.screening import read_projects

    found = read(file, failures)
    if found is None:
        return None
    shown, data = found
    try:
        projects = read_projects(data, shown, rulebook)
        if len(projects) != 1:
            raise InputError([Problem(ProblemCode.NOT_ONE_PROJECT, Place(shown), values={"count": len(projects)})])
    except InputError as error:
        failures.add_problems(error)
        return None
    return projects[0]


def _handout(kind: str, suffix: str, life: Life, rulebook: Rulebook, lang: str) -> bytes:
    from admission.errors import MissingExtraError
    from admission.report import docx, flow_svg, html, notice_sheet, process_sheet
    from admission.report.sheets import steps_of

    if suffix == ".svg":
        return flow_svg(steps_of(life), lang=lang).encode()
    park = rulebook.parks.get(life.park or "")
    make = process_sheet if kind == "flow" else notice_sheet
    sheet = make(life, park=park.name.get(lang) if park else "", lang=lang)
    if suffix == ".html":
        return html(sheet)
    try:
        return docx(sheet)
    except MissingExtraError as error:
        complain(str(error))
        raise typer.Exit(Exit.WRONG) from None


def _rendered(life: Life, rulebook: Rulebook, form: str, lang: str, *, to_file: bool) -> Page | bytes:
    if form == "json":
        return lines([life.to_json(indent=2)])
    from admission.cli.lifecycle_text import LifeText

    page = Page(screen_width(to_file))
    LifeText(page, life, rulebook, lang).write()
    return page
