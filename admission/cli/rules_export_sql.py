"""`admission rules export sql`: the ruleset as views for the approval system's own database."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from admission.cli.options import AsOf, Lang, Output, Park, RulePaths, check_park, one_of, open_rulebook, today
from admission.cli.streams import emit

__all__ = ["export_sql_command"]

Dialect = Annotated[
    str,
    typer.Option(
        "--dialect",
        metavar="postgres|mysql|spark",
        parser=one_of("postgres", "mysql", "spark"),
        help="数据库 (database)",
    ),
]
Table = Annotated[
    str, typer.Option("--table", metavar="T", help="数据表，一行一项建设内容 (table, one row per component)")
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="NAMES", help="表中已有的指标列，逗号分隔 (facts that the table has)"),
]


def export_sql_command(
    table: Table,
    dialect: Dialect = "postgres",
    park: Park = None,
    as_of: AsOf = None,
    columns: Columns = None,
    output: Output = None,
    rules: RulePaths = None,
    lang: Lang = "zh",
) -> None:
    """把一天的规则导出为数据库视图，结果与 screen 相同 (the rules of a day as SQL views).

    T_findings 判定和待补充的指标，T_classes 环评和排污许可类别，T_enterprises 结论；T_facts 供它们取数。
    表的列：enterprise、component 和各指标的英文名；多选和行业代码写作 ;a;b;，未知为 NULL。
    """
    from admission.audit.sqlview import sql_view

    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    names = None if columns is None else [name.strip() for name in columns.split(",") if name.strip()]
    unknown = [name for name in names or () if name not in rulebook.vocabulary.facts]
    if unknown:
        raise typer.BadParameter(f"没有指标 {'、'.join(unknown)} (no such facts)", param_hint="'--columns'")
    chosen: Any = dialect
    text = sql_view(rulebook.in_force(park, on=as_of or today()), chosen, table, names)
    emit(text.encode(), output, lang)
