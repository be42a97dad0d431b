"""The duties of a project on a line from top to bottom, as SVG dressed by the style sheet of the page around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from admission.lifecycle.results import DutyLine
from admission.report.flow import cells, lanes
from admission.report.sheets import dated, say_department
from admission.report.words import say

__all__ = ["timeline_svg"]

_LEFT, _TEXT, _SIZE, _LINE, _SMALL, _GAP, _HEAD = 14, 34, 15, 22, 19, 12, 34


def timeline_svg(steps: Sequence[DutyLine], *, width: int = 640, lang: str = "zh") -> str:
    """Drawings `width` pixels wide, one for each stage, to stand below each other; a printed page ends between them.

    Classes `timeline`, `stage`, `mark` and the status of each duty; no style of its own, so that a page
    that forbids inline styles can hold it.
    """
    return "".join(_stage(stage, group, width, lang) for stage, group in lanes(steps))


def _stage(stage: str, group: Sequence[tuple[int, DutyLine]], width: int, lang: str) -> str:
    title = escape(say(f"stage {stage}", lang).replace("\n", " "))
    parts = [f'<circle class="stage" cx="{_LEFT}" cy="10" r="8"/>']
    parts.append(f'<text class="stage" x="{_TEXT}" y="16">{title}</text>')
    top = _HEAD
    for number, duty in group:
        drawn, top = _duty(number, duty, top, width, lang)
        parts.extend(drawn)
    line = f'<line class="line" x1="{_LEFT}" y1="0" x2="{_LEFT}" y2="{top}"/>'
    head = f'<svg class="timeline" viewBox="0 0 {width} {top}" role="img" aria-label="{title}"'
    return f'{head} xmlns="http://www.w3.org/2000/svg">{line}{"".join(parts)}</svg>'


def _duty(number: int, duty: DutyLine, top: int, width: int, lang: str) -> tuple[list[str], int]:
    """The drawing of one duty and where the next begins."""
    room = int((width - _TEXT) / (_SIZE / 2)) - 1
    when = dated(str(duty.done or duty.due), lang) if duty.done or duty.due else duty.before
    state = say(f"status {duty.status}", lang)
    below = " · ".join((when, say_department(duty.department, lang), state))
    parts = [f'<circle class="mark {duty.status}" cx="{_LEFT}" cy="{top + 8}" r="5"/>']
    for text in _wrapped(f"{number}. {duty.title}", room):
        parts.append(f'<text class="title" x="{_TEXT}" y="{top + 14}">{escape(text)}</text>')
        top += _LINE
    for text in _wrapped(below, int(room * _SIZE / 13)):
        parts.append(f'<text class="small" x="{_TEXT}" y="{top + 12}">{escape(text)}</text>')
        top += _SMALL
    return parts, top + _GAP


def _wrapped(text: str, room: int) -> Iterator[str]:
    """`text` in lines of at most `room` half-width cells."""
    line, taken = "", 0
    for character in text:
        wide = cells(character)
        if taken + wide > room and character not in "，。；、）":
            yield line
            line, taken = "", 0
        line, taken = line + character, taken + wide
    yield line
