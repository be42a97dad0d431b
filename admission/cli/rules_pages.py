"""`admission rules pages`: the rules as Markdown pages for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from admission.cli.options import Lang, RulePaths
from admission.cli.page import Page
from admission.cli.rules_test import open_review
from admission.cli.streams import Failures, emit, screen_width
from admission.cli.words import say

__all__ = ["pages_command"]

Folder = Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="写入的文件夹 (folder to write to)")]


def pages_command(output: Folder, rules: RulePaths = None, lang: Lang = "zh") -> None:
    """把规则写成可读的网页文稿：每份文件一页，另有行业索引 (the rules as Markdown pages).

    原有的生成页中不再需要的会删去；手写的文件不动。页面为中文。
    """
    from admission.review.pages import rule_pages

    pages = rule_pages(open_review(rules, lang))
    failures = Failures(lang)
    try:
        _clear(output, pages)
    except OSError as error:
        failures.add(str(error.filename or output), "cannot write", reason=error.strerror or error)
    failures.stop_if_any()
    for path, text in pages.items():
        emit(text.encode(), output / path, lang)
    page = Page(screen_width())
    page.add(say("pages written", lang, count=len(pages), folder=output))
    emit(page, None, lang)


def _clear(folder: Path, pages: Mapping[str, str]) -> None:
    """Make the folders, and remove generated pages that are no longer made."""
    from admission.review.pages import MARK

    for path in pages:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.rglob("*.md")):
        stale = file.relative_to(folder).as_posix() not in pages
        if stale and file.read_bytes().startswith(MARK.encode()):
            file.unlink()
