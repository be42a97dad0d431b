"""What templates say things with: labels, days, citations, as Jinja filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from admission.report.labels import CLASSES, DUTY_STATUS, departments, label
from admission.report.sheets import cite_text
from admission.rulebook import Cite, Dimension, Effect, Stage
from admission.screening import Outcome, Verdict
from admission.screening.decision import Question
from admission.service.security.people import Role

__all__ = ["FILTERS"]

_HERE = ZoneInfo("Asia/Shanghai")
_KINDS = {"verdict": Verdict, "outcome": Outcome, "effect": Effect, "stage": Stage, "dimension": Dimension}
_TARGETS = {"verdict": "结论", "eia": "环评类别", "permit": "许可类别", "duties": "要办的手续", "score": "契合度"}
_ROLES = {Role.CLERK: "招商人员", Role.REVIEWER: "审查人员", Role.ADMINISTRATOR: "管理员", Role.MACHINE: "系统接口"}
_OPERATORS = {
    "=": "为",
    "!=": "不为",
    "<>": "不为",
    "<": "小于",
    "<=": "不大于",
    ">": "大于",
    ">=": "不小于",
    "in": "属于",
    "under": "属于行业",
    "any_of": "含其中之一：",
    "between": "在区间",
    "is_null": "未填",
}


def _label(kind: str) -> Callable[[str], str]:
    return lambda value: label(value, "zh", _KINDS[kind])


def _class(level: str, kind: str) -> str:
    """`环境影响报告表` for `form` of the EIA catalogue."""
    found = {catalogue.value: words for catalogue, words in CLASSES.items()}[kind]
    return found[level][0] if level in found else level


def _day(value: date | datetime | str | None) -> str:
    """`2026年11月24日`, in China."""
    if value is None or value == "":
        return "—"
    found = _moment(value) if isinstance(value, str) and "T" in value else value
    day = date.fromisoformat(found) if isinstance(found, str) else found
    if isinstance(day, datetime):
        day = day.astimezone(_HERE).date()
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(value: str | datetime) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.astimezone(_HERE)


def _minute(value: str | datetime) -> str:
    """`2026年11月24日 12:00`, in China."""
    found = _moment(value)
    return f"{_day(found)} {found:%H:%M}"


def _cite(value: Cite) -> str:
    return cite_text(value, "zh")


def _departments(value: str) -> str:
    return departments(value, "zh")


def _changes(question: Question) -> str:
    """What an answer bears on: 结论、环评类别."""
    return "、".join(_TARGETS[target] for target in question.changes if target in _TARGETS) or "手续"


FILTERS: Mapping[str, Callable[..., Any]] = {
    **{kind: _label(kind) for kind in _KINDS},
    "class_name": _class,
    "duty_status": lambda value: DUTY_STATUS[value][0],
    "day": _day,
    "minute": _minute,
    "cite": _cite,
    "departments": _departments,
    "target": _TARGETS.__getitem__,
    "changes": _changes,
    "role": _ROLES.__getitem__,
    "operator": lambda value: _OPERATORS.get(value, value),
}
"""Filters by name. `class_name` takes the catalogue (`eia`, `permit`); days and minutes are those of China."""
