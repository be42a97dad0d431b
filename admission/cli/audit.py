"""`admission audit`: a table of enterprises in, findings, ledger and figures out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admission.cli.audit_text import summary_page
from admission.cli.options import AsOf, Lang, Park, RulePaths, check_park, day_of, one_of, open_rulebook, today
from admission.cli.streams import Exit, Failures, complain, emit, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.audit import Request, Summary
    from admission.rulebook import Rulebook

__all__ = ["audit_command"]

Table = Annotated[
    Path | None, typer.Argument(metavar="TABLE", help="企业表：CSV、Excel、Parquet (a table of enterprises)")
]
Target = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="OUT", help="文件夹、.xlsx、.parquet 或 .csv (folder, workbook or findings file)"
    ),
]
Form = Annotated[
    str,
    typer.Option(
        "--format", metavar="parquet|csv", parser=one_of("parquet", "csv"), help="文件夹中表的格式 (of a folder)"
    ),
]
Components = Annotated[
    Path | None, typer.Option("--components", metavar="FILE", help="建设内容表，一行一项 (components, keyed)")
]
Milestones = Annotated[
    Path | None, typer.Option("--milestones", metavar="FILE", help="节点表：企业、节点、日期 (milestones, keyed)")
]
Previous = Annotated[
    Path | None, typer.Option("--previous", metavar="PATH", help="上一次的结果，用于回头看 (an earlier audit)")
]
Deadline = Annotated[
    date | None, typer.Option("--deadline", metavar="DATE", parser=day_of, help="新问题的整改期限 (for new problems)")
]
FiguresFile = Annotated[
    Path | None, typer.Option("--figures", metavar="FILE", help="统计数字（JSON），- 为标准输出 (figures as JSON)")
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="polars|spark",
        parser=one_of("polars", "spark"),
        help="在本机或 Spark 上运行 (where to run)",
    ),
]
Template = Annotated[
    Path | None, typer.Option("--template", metavar="OUT", help="写一份填报模板 .xlsx (write an input workbook)")
]
Sectors = Annotated[
    str | None, typer.Option("--sectors", metavar="CODES", help="模板所含行业，如 33,34 (sectors of the template)")
]


def audit_command(
    table: Table = None,
    park: Park = None,
    as_of: AsOf = None,
    output: Target = None,
    format: Form = "parquet",
    components: Components = None,
    milestones: Milestones = None,
    previous: Previous = None,
    deadline: Deadline = None,
    figures: FiguresFile = None,
    engine: Engine = "polars",
    template: Template = None,
    sectors: Sectors = None,
    lang: Lang = "zh",
    rules: RulePaths = None,
) -> None:
    """批量审计：一张企业表，逐家对照规则 (audit many enterprises).

    不认识的单元格按未知处理并列出；行数不会减少。没有 -o 时只显示统计。
    """
    from admission.audit import Request

    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    if template is not None:
        _write_template(template, sectors, park, as_of, rulebook, lang)
        return
    if table is None:
        raise typer.BadParameter("请给出企业表 (name a table)", param_hint="'TABLE'")
    form: Any = format
    request = Request(table, park, as_of or today(), output, form, components, milestones, previous, deadline)
    _report(_run(request, rulebook, engine, lang), figures, output, lang)


def _report(summary: Summary, figures: Path | None, output: Path | None, lang: str) -> None:
    if figures is not None:
        text = json.dumps(summary.figures, ensure_ascii=False, indent=2) + "\n"
        emit(text.encode(), figures, lang)
    if figures is None or str(figures) != "-":
        emit(summary_page(summary, output, lang, screen_width()), None, lang)


def _run(request: Request, rulebook: Rulebook, engine: str, lang: str) -> Summary:
    """The audit; what makes it impossible ends the run with status 1."""
    from admission.audit import audit_files, audit_on_spark
    from admission.errors import InputError, MissingExtraError

    failures = Failures(lang)
    run = audit_on_spark if engine == "spark" else audit_files
    try:
        with _progress(lang) as told:
            return run(request, rulebook, told)
    except InputError as error:
        failures.add_problems(error)
    except MissingExtraError as error:
        complain(str(error))
        raise typer.Exit(Exit.WRONG) from None
    except OSError as error:
        failures.add(str(request.output or request.table), "cannot write", reason=error.strerror or error)
    failures.stop_if_any()
    raise AssertionError("there is at least one problem")


@contextmanager
def _progress(lang: str) -> Iterator[Callable[[int], None] | None]:
    """A line that counts enterprises, on a terminal only."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns: tuple[Any, ...] = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(say("auditing", lang, count=0))
        yield lambda count: progress.update(task, description=say("auditing", lang, count=f"{count:,}"))


def _write_template(
    target: Path, sectors: str | None, park: str | None, as_of: date | None, rulebook: Rulebook, lang: str
) -> None:
    from admission.audit.template import template_workbook

    codes = tuple(code.strip() for code in (sectors or "").split(",") if code.strip())
    unknown = [code for code in codes if rulebook.vocabulary.codes.normalise(code) is None]
    if unknown:
        raise typer.BadParameter(f"没有行业代码 {'、'.join(unknown)} (no such codes)", param_hint="'--sectors'")
    data = template_workbook(rulebook.in_force(park, on=as_of or today()), codes)
    emit(data, target, lang)
