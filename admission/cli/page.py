"""Lines of text wrapped by display width, for terminals, pipes and files alike.

A Chinese character takes two cells. Characters whose width depends on the terminal (“”, ·, ≥) are
counted as two, so that no line is too wide on either kind. No line begins with a closing mark or
ends with an opening one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from io import StringIO

__all__ = ["WIDTH", "Page", "cells", "shorten", "visible", "wrap"]

WIDTH = 80
_TOKEN = re.compile(r"[ \t]+|[!-~]+|.", re.DOTALL)
_CLOSING = frozenset("，。；：、！？）》】〕」』”’…,.;:!?)]}%")
_OPENING = frozenset("（《【〔「『“‘([{")
_TIED_AT_MOST = 4
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@lru_cache(maxsize=4096)
def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def cells(text: str) -> int:
    """Display width of `text`."""
    return sum(map(_cell, text))


def visible(text: str) -> str:
    """`text` on one line without characters that would steer the terminal."""
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    if character in "\n\r\t\u2028\u2029":
        return " "
    kind = unicodedata.category(character)
    return "\ufffd" if kind in ("Cc", "Cs") or character in _BIDI else character


def shorten(text: str, width: int) -> str:
    """`text`, cut with an ellipsis when it is wider than `width`."""
    if cells(text) <= width:
        return text
    kept = text
    while cells(kept) > width - 2:
        kept = kept[:-1]
    return kept.rstrip("，、；：（ ,;(") + "…"


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells; at least one line."""
    lines: list[list[str]] = [[]]
    for token in _pieces(text, width):
        line = lines[-1]
        if cells("".join(line) + token.rstrip()) <= width:
            if line or not token.isspace():
                line.append(token)
        else:
            lines.append([*_tied(line, token), token])
    return ["".join(line).rstrip() for line in lines]


def _pieces(text: str, width: int) -> Iterator[str]:
    """Blanks, words and single Chinese characters; a word wider than a line is cut."""
    for match in _TOKEN.finditer(text):
        word = match[0]
        for start in range(0, len(word), width):
            yield word[start : start + width]


def _tied(line: list[str], token: str) -> list[str]:
    """What must move to the next line together with `token`; taken off `line`."""
    moved: list[str] = []
    following = token
    while len(line) > 1 and len(moved) < _TIED_AT_MOST and (following[0] in _CLOSING or line[-1][-1] in _OPENING):
        following = line.pop()
        moved.insert(0, following)
    return moved if not moved or not moved[0].isspace() else moved[1:]


class Page:
    """Collects lines; `plain` is the text, `styled` the same with colours for a terminal."""

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self._lines: list[tuple[str, str]] = []

    def add(self, text: str = "", *, lead: str = "", indent: int = 0, style: str = "") -> None:
        """A paragraph; `lead` (a number, a bullet) stands before it and the rest hangs under the text."""
        start = " " * indent + lead
        hanging = cells(start)
        for position, line in enumerate(wrap(visible(text), self.width - hanging)):
            self._lines.append((((start if position == 0 else " " * hanging) + line).rstrip(), style))

    def gap(self) -> None:
        """An empty line, never two."""
        if self._lines and self._lines[-1][0]:
            self._lines.append(("", ""))

    def heading(self, text: str) -> None:
        """The title of a section."""
        self.gap()
        self.add(text, style="bold")

    def rule(self) -> None:
        """A line across the page."""
        self.gap()
        self._lines.extend((("-" * self.width, "dim"), ("", "")))

    @property
    def plain(self) -> str:
        """The page as text, ending with a line feed."""
        return "".join(f"{text}\n" for text, _ in self._lines)

    def styled(self) -> str:
        """The page with the styles a terminal can show; honours NO_COLOR."""
        from rich.console import Console
        from rich.text import Text

        out = StringIO()
        console = Console(file=out, force_terminal=True, width=self.width, legacy_windows=False, highlight=False)
        for text, style in self._lines:
            console.print(Text(text, style), soft_wrap=True)
        return out.getvalue()
