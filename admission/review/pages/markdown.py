"""Pieces of Markdown: text that stays text, links between pages, tables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

__all__ = ["MARK", "anchor", "bullet", "escape", "href", "link", "table"]

MARK = "<!-- 由 admission rules pages 从规则数据生成，不要手改 · generated, do not edit -->"
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~#&]")


def escape(text: str) -> str:
    """`text` on one line, with nothing in it that Markdown would read as its own.

    >>> escape("a_b < 3 |c|")
    'a\\\\_b \\\\< 3 \\\\|c\\\\|'
    """
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))


def anchor(name: str) -> str:
    """The name of a place in a page, for a rule id or an industry code."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())


def href(page: str, target: str, name: str = "") -> str:
    """The address of `target` (and of the place `name` in it) as written in `page`."""
    path = "" if page == target else posixpath.relpath(target, posixpath.dirname(page) or ".")
    return f"{path}#{anchor(name)}" if name else path


def link(text: str, address: str) -> str:
    """A link; `text` is escaped."""
    return f"[{escape(text)}]({address})"


def bullet(name: str, text: str | None) -> Iterable[str]:
    """`- **name**：text`, or nothing without a text; `text` is Markdown already."""
    if text:
        yield f"- **{name}**：{text}"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table with blank lines around it; nothing when it has no rows. Cells are Markdown already."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if not body:
        return []
    return ["", f"| {' | '.join(heading)} |", f"|{'---|' * len(heading)}", *body, ""]
