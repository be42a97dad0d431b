"""`admission rules coverage`: what no case reaches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from admission.cli.options import Format, Lang, RulePaths
from admission.cli.page import Page
from admission.cli.rules_test import open_review
from admission.cli.streams import emit, lines, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.review import Bench
    from admission.review.coverage import Coverage, Point

__all__ = ["coverage_command"]


def coverage_command(rules: RulePaths = None, format: Format = "text", lang: Lang = "zh") -> None:
    """案例没有走到的规则、结果、栏目和条件分支 (what no case reaches).

    逐文件给出覆盖率，并列出每一处缺口。
    """
    from admission.review.coverage import coverage

    bench = open_review(rules, lang)
    found = coverage(bench)
    if format == "json":
        content = json.dumps(_json(found, bench, lang), ensure_ascii=False, indent=2)
        emit(lines([content]), None, lang)
    else:
        emit(_page(found, bench, lang), None, lang)


def _json(found: Coverage, bench: Bench, lang: str) -> dict[str, Any]:
    files = [
        {
            "file": f.file,
            "total": f.total,
            "reached": f.reached,
            "percent": round(100 * f.reached / f.total, 2) if f.total else 100.0,
            "unreachable": len(f.unreachable),
        }
        for f in found.files
    ]
    return {
        "total": found.total,
        "reached": found.reached,
        "files": files,
        "missing": [_json_point(point, bench, lang) for point in found.missing],
        "unreachable": [_json_point(point, bench, lang) for point in found.unreachable],
    }


def _json_point(point: Point, bench: Bench, lang: str) -> dict[str, str]:
    return {
        "rule": point.rule,
        "kind": point.kind,
        "field": point.field,
        "value": point.value,
        "part": point.words(bench.rulebook, lang),
        "at": str(point.place),
    }


def _page(found: Coverage, bench: Bench, lang: str) -> Page:
    page = Page(screen_width())
    for file in found.files:
        page.add(_line(file.file, file.reached, file.total), style="" if file.missing else "dim")
    for file in found.files:
        if file.missing:
            page.heading(file.file)
            for point in file.missing:
                page.add(_point(point, bench, lang), lead=f"{point.place.line}: ", indent=2)
    page.gap()
    page.add(_line(say("in all", lang), found.reached, found.total))
    title = bench.rulebook.vocabulary.codes.title
    page.add(say("unreachable", lang, count=len(found.unreachable), table=title))
    return page


def _line(name: str, reached: int, total: int) -> str:
    from admission.review.mutants import percent

    return f"{percent(reached, total):>7}  {reached}/{total}  {name}"


def _point(point: Point, bench: Bench, lang: str) -> str:
    if point.kind == "branch":
        truth = say(f"truth {point.value}", lang)
        return say(
            "branch", lang, rule=point.rule, field=point.field, part=point.words(bench.rulebook, lang), truth=truth
        )
    return say(f"no case {point.kind}", lang, rule=point.rule, value=point.value)
