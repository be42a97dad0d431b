"""`admission rules test`: do the rules do what the cases beside them say?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Lang, RulePaths, open_rulebook, rule_paths
from admission.cli.page import Page
from admission.cli.streams import Exit, Failures, emit, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.review import Bench, Case, CaseResult, Difference
    from admission.rulebook import Rulebook

__all__ = ["open_review", "run_cases_command"]

CasePaths = Annotated[
    list[Path] | None, typer.Argument(metavar="[PATHS]...", help="案例文件或文件夹，默认全部 (case files or folders)")
]
Word = Annotated[
    str | None,
    typer.Option("-k", metavar="WORD", help="只跑名称、位置或规则编号含此词的案例 (only cases with this word)"),
]


def open_review(
    rules: list[Path] | None, lang: str, case_paths: list[Path] | None = None, rulebook: Rulebook | None = None
) -> Bench:
    """Rules and cases, or every problem of both to stderr and exit 1; `rulebook` is the rules already loaded."""
    from admission.errors import RulebookError
    from admission.review import open_bench

    rulebook = open_rulebook(rules, lang) if rulebook is None else rulebook
    failures = Failures(lang)
    try:
        return open_bench(rule_paths(rules), rulebook, case_paths or ())
    except RulebookError as error:
        failures.add_problems(error)
        failures.stop_if_any()
        raise AssertionError("there is at least one problem") from error


def run_cases_command(paths: CasePaths = None, rules: RulePaths = None, word: Word = None, lang: Lang = "zh") -> None:
    """跑规则旁的案例 (run the cases beside the rules).

    逐文件列出通过和不符的案例数，每处不符都有文件和行号；有不符时退出码为 1。
    """
    bench = open_review(rules, lang, paths)
    chosen = [case for case in bench.cases if word is None or _has(case, word)]
    results = [bench.run(case) for case in chosen]
    page = Page(screen_width())
    for file in dict.fromkeys(result.case.place.file for result in results):
        _add_file(page, file, [result for result in results if result.case.place.file == file], lang)
    passed = sum(result.passed for result in results)
    page.gap()
    page.add(say("cases", lang, passed=passed, failed=len(results) - passed))
    emit(page, None, lang)
    if passed < len(results):
        raise typer.Exit(Exit.WRONG)


def _has(case: Case, word: str) -> bool:
    texts = (case.name, case.at, *(expected.rule for expected in case.expect))
    return any(word.casefold() in text.casefold() for text in texts)


def _add_file(page: Page, file: str, results: list[CaseResult], lang: str) -> None:
    passed = sum(result.passed for result in results)
    page.add(say("cases of file", lang, file=file, passed=passed, failed=len(results) - passed))
    for result in results:
        for difference in result.differences:
            page.add(f"{difference.place}: {result.case.name}", indent=2, style="bold")
            page.add(_difference(difference, lang), indent=4)
        for problem in result.problems:
            page.add(problem.text(lang), indent=2)


def _difference(difference: Difference, lang: str) -> str:
    if difference.missing:
        return say("not asked", lang, missing=_list(difference.missing), asked=_list(difference.found.needs))
    values = {"expected": _list(difference.expected), "found": _list(difference.found.found)}
    return say("case differs", lang, rule=difference.rule, **values)


def _list(words: Iterable[str]) -> str:
    return "/".join(words) or "—"
