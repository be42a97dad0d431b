"""`admission rules mutate`: would a slip in a rule be noticed by its cases?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Lang, RulePaths
from admission.cli.page import Page
from admission.cli.rules_test import open_review
from admission.cli.streams import Failures, emit, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.review import Bench
    from admission.review.judged import Conclusion
    from admission.review.mutants import FileScore

__all__ = ["mutate_command"]

Files = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FILES]...", help="规则文件名或其结尾，默认全部 (rule files, or how their names end)"),
]
Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="每条规则至多几个变异 (at most N a rule)")
]
Write = Annotated[
    Path | None, typer.Option("--write", metavar="PAGE", help="把结果写入此页的生成部分 (write docs/quality.md)")
]


def mutate_command(
    files: Files = None, rules: RulePaths = None, limit: Limit = None, write: Write = None, lang: Lang = "zh"
) -> None:
    """逐处改动规则，看案例能否发现 (change the rules, see whether the cases notice).

    运算符、界限、日期、代码、选项、否定各改一处；逐文件给出被发现的比例和没有被发现的改动。
    """
    from admission.review.mutants import scores
    from admission.review.mutation import mutate

    bench = open_review(rules, lang)
    judged = () if write is None else _judged(write, lang)
    found = scores(mutate(bench, files or (), limit))
    emit(_page(found, lang), None, lang)
    if write is not None:
        _write(write, bench, found, judged, lang)


def _page(found: tuple[FileScore, ...], lang: str) -> Page:
    page = Page(screen_width())
    for score in found:
        page.add(_line(score.file, score.killed, score.total), style="" if score.survivors else "dim")
    for score in found:
        if score.survivors:
            page.heading(score.file)
            for mutant in score.survivors:
                page.add(f"{mutant.rule} {mutant.field}: {mutant.change}", lead=f"{mutant.place.line}: ", indent=2)
    page.gap()
    killed, total = sum(score.killed for score in found), sum(score.total for score in found)
    page.add(_line(say("in all", lang), killed, total))
    equivalent = sum(score.equivalent for score in found)
    page.add(say("equivalent", lang, count=equivalent))
    return page


def _line(name: str, killed: int, total: int) -> str:
    from admission.review.mutants import percent

    return f"{percent(killed, total):>7}  {killed}/{total}  {name}"


def _judged(target: Path, lang: str) -> tuple[Conclusion, ...]:
    """The conclusions beside the page, or every mistake in them to stderr and exit 1."""
    from admission.errors import ProblemsError
    from admission.review.judged import judged_path, read_judged

    failures = Failures(lang)
    try:
        return read_judged(judged_path(target))
    except ProblemsError as error:
        failures.add_problems(error)
        failures.stop_if_any()
        raise AssertionError("there is at least one problem") from error


def _write(target: Path, bench: Bench, found: tuple[FileScore, ...], judged: tuple[Conclusion, ...], lang: str) -> None:
    from admission.review.coverage import coverage
    from admission.review.quality import quality_page

    page = target.read_text(encoding="utf-8") if target.exists() else None
    emit(quality_page(page, bench, coverage(bench), found, judged).encode(), target, lang)
