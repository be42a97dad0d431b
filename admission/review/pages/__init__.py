"""The rules as pages for people to read: Markdown in Chinese, generated from the data."""

from __future__ import annotations

import re
from collections.abc import Mapping

from admission.review.bench import Bench
from admission.review.pages.documents import Library
from admission.review.pages.every import every_page
from admission.review.pages.life import life_pages
from admission.review.pages.markdown import MARK
from admission.review.pages.sectors import index_page, sector_pages

__all__ = ["MARK", "rule_pages"]


def rule_pages(bench: Bench) -> Mapping[str, str]:
    """Path below `docs/rules` → text: the index, a page per industry division, the documents, the life cycle.

    The same rules and cases give the same pages, byte for byte. Every page begins with `MARK`.
    """
    library = Library(bench)
    pages = {"index.md": index_page(library), "every.md": every_page(library), **sector_pages(library), **library.pages}
    pages |= life_pages(library.teller)
    return {path: f"{MARK}\n\n{_tidy(text)}\n" for path, text in sorted(pages.items())}


def _tidy(text: str) -> str:
    """One blank line where there were several, none at the ends."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()
