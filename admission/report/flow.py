"""The flow of a project's steps, drawn as SVG: a lane for each stage, a box for each step."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from admission.lifecycle.results import DutyLine
from admission.report.sheets import dated, say_department
from admission.report.words import say

__all__ = ["STAGES", "cells", "flow_svg", "lanes"]

STAGES = ("preparation", "construction", "commissioning", "acceptance")
Numbered = tuple[int, DutyLine]
_ACROSS = 4
_LANE, _BOX_W, _BOX_H, _GAP_X, _GAP_Y, _PAD = 120, 208, 98, 26, 30, 16
_WIDTH = _LANE + _PAD * 2 + _ACROSS * _BOX_W + (_ACROSS - 1) * _GAP_X
_TITLE_CELLS, _LINES = 26, 3
_STYLE = """
.lane{fill:#f3f6f8;stroke:#8a97a3}.head{fill:#1f4e79}.headtext{fill:#fff;font-size:15px;text-anchor:middle}
.box{fill:#fff;stroke:#1f4e79;stroke-width:1.2}.met{fill:#dfe7ec}.overdue{stroke:#b00020;stroke-width:3}
.unknown{stroke-dasharray:6 4}.title{font-size:14px;fill:#111111;text-anchor:middle}
.small{font-size:11.5px;fill:#444444;text-anchor:middle}.arrow{stroke:#1f4e79;stroke-width:1.6;fill:none;marker-end:url(#a)}
text{font-family:"FangSong","STFangsong","Noto Serif CJK SC","SimSun","WenQuanYi Zen Hei",serif}
"""


def lanes(steps: Iterable[DutyLine]) -> list[tuple[str, list[Numbered]]]:
    """Stage → its steps, numbered through."""
    numbered = enumerate(steps, 1)
    groups = groupby(numbered, key=lambda item: item[1].step.stage if item[1].step else STAGES[0])
    return [(stage, list(group)) for stage, group in groups]


def flow_svg(steps: Sequence[DutyLine], *, lang: str = "zh") -> str:
    """One drawing; text is escaped, nothing is loaded from elsewhere."""
    parts: list[str] = []
    top = _PAD
    previous: tuple[float, float] | None = None
    for stage, group in lanes(steps):
        rows = -(-len(group) // _ACROSS)
        height = rows * _BOX_H + (rows - 1) * _GAP_Y + 2 * _PAD
        parts.extend(_lane(stage, top, height, lang))
        for position, (number, duty) in enumerate(group):
            x, y = _corner(position, top)
            if previous is not None:
                parts.append(_arrow(previous, (x, y)))
            parts.extend(_box(number, duty, x, y, lang))
            previous = (x, y)
        top += height + _PAD
    parts.append(f'<text class="small" x="{_WIDTH / 2}" y="{top + 4}">{escape(say("legend", lang))}</text>')
    marker = (
        '<defs><marker id="a" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L10 5L0 10z" fill="#1f4e79"/></marker></defs>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top + _PAD}" role="img">'
    return f"{head}<style>{_STYLE}</style>{marker}{''.join(parts)}</svg>"


def _corner(position: int, top: float) -> tuple[float, float]:
    """Boxes run left to right, then back on the next row, so that arrows stay short."""
    row, column = divmod(position, _ACROSS)
    column = column if row % 2 == 0 else _ACROSS - 1 - column
    return _LANE + _PAD + column * (_BOX_W + _GAP_X), top + _PAD + row * (_BOX_H + _GAP_Y)


def _lane(stage: str, top: float, height: float, lang: str) -> Iterator[str]:
    yield f'<rect class="lane" x="1" y="{top}" width="{_WIDTH - 2}" height="{height}" rx="4"/>'
    yield f'<rect class="head" x="1" y="{top}" width="{_LANE - _PAD}" height="{height}" rx="4"/>'
    lines = say(f"stage {stage}", lang).split("\n")
    for number, line in enumerate(lines):
        y = top + height / 2 + (number - (len(lines) - 1) / 2) * 20 + 5
        yield f'<text class="headtext" x="{(_LANE - _PAD) / 2}" y="{y}">{escape(line)}</text>'


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    """From one box to the next: sideways in a row, down the side or across to the next row or lane."""
    (x1, y1), (x2, y2) = start, end
    if y1 == y2:
        y = y1 + _BOX_H / 2
        near, far = (x1 + _BOX_W, x2) if x2 > x1 else (x1, x2 + _BOX_W)
        return f'<path class="arrow" d="M{near} {y}L{far} {y}"/>'
    a, b, middle = x1 + _BOX_W / 2, x2 + _BOX_W / 2, y2 - _GAP_Y / 2
    return f'<path class="arrow" d="M{a} {y1 + _BOX_H}L{a} {middle}L{b} {middle}L{b} {y2}"/>'


def _box(number: int, duty: DutyLine, x: float, y: float, lang: str) -> Iterator[str]:
    yield f'<rect class="box {duty.status}" x="{x}" y="{y}" width="{_BOX_W}" height="{_BOX_H}" rx="6"/>'
    lines = _wrapped(f"{number}. {duty.title}")
    middle = x + _BOX_W / 2
    for position, line in enumerate(lines):
        yield f'<text class="title" x="{middle}" y="{y + 22 + position * 18}">{escape(line)}</text>'
    day = duty.done or duty.due
    below = [say_department(duty.department, lang), *([dated(str(day), lang)] if day else [])]
    for position, line in enumerate(reversed(below)):
        yield f'<text class="small" x="{middle}" y="{y + _BOX_H - 8 - position * 14}">{escape(line)}</text>'


def cells(text: str) -> int:
    """Display width: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _wrapped(text: str) -> list[str]:
    """At most three lines, the last one cut with an ellipsis."""
    lines, line = [], ""
    for character in text:
        if cells(line + character) > _TITLE_CELLS:
            lines.append(line)
            line = ""
        line += character
    lines.append(line)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], lines[_LINES - 1][:-1] + "…"]
    return lines
