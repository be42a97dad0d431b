"""What pydantic found wrong, said in our own sentences at the place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from admission._messages import Phrase, listed, shortened
from admission._nodes import Node, place_of
from admission.errors import Problem, ProblemCode

__all__ = ["schema_problems"]

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "string_type": ("应为文字，得到 {actual}（数字请加引号）", "expected text, got {actual} (quote numbers)"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_pattern_mismatch": ("“{actual}”不符合格式 {pattern}", "'{actual}' does not match {pattern}"),
    "bool_type": ("应为 true 或 false，得到 {actual}", "expected true or false, got {actual}"),
    "bool_parsing": ("应为 true 或 false，得到 {actual}", "expected true or false, got {actual}"),
    "int_type": ("应为整数，得到 {actual}", "expected a whole number, got {actual}"),
    "int_parsing": ("应为整数，得到 {actual}", "expected a whole number, got {actual}"),
    "int_from_float": ("应为整数，得到 {actual}", "expected a whole number, got {actual}"),
    "float_type": ("应为数字，得到 {actual}", "expected a number, got {actual}"),
    "float_parsing": ("应为数字，得到 {actual}", "expected a number, got {actual}"),
    "finite_number": ("应为有限的数字，得到 {actual}", "expected a finite number, got {actual}"),
    "list_type": ("应为列表，得到 {actual}", "expected a list, got {actual}"),
    "tuple_type": ("应为列表，得到 {actual}", "expected a list, got {actual}"),
    "set_type": ("应为列表，得到 {actual}", "expected a list, got {actual}"),
    "frozen_set_type": ("应为列表，得到 {actual}", "expected a list, got {actual}"),
    "dict_type": ("应为“键: 值”，得到 {actual}", "expected key: value, got {actual}"),
    "mapping_type": ("应为“键: 值”，得到 {actual}", "expected key: value, got {actual}"),
    "model_type": ("应为“键: 值”，得到 {actual}", "expected key: value, got {actual}"),
    "model_attributes_type": ("应为“键: 值”，得到 {actual}", "expected key: value, got {actual}"),
    "too_short": (
        "至少应有 {min_length} 项，得到 {actual_length} 项",
        "expected at least {min_length} items, got {actual_length}",
    ),
    "too_long": (
        "至多 {max_length} 项，得到 {actual_length} 项",
        "expected at most {max_length} items, got {actual_length}",
    ),
    "enum": ("应为 {expected}，得到 {actual}", "expected {expected}, got {actual}"),
    "literal_error": ("应为 {expected}，得到 {actual}", "expected {expected}, got {actual}"),
    "date_type": ("日期应写成 2026-11-24，得到 {actual}", "expected a date such as 2026-11-24, got {actual}"),
    "date_parsing": ("日期应写成 2026-11-24，得到 {actual}", "expected a date such as 2026-11-24, got {actual}"),
    "date_from_datetime_parsing": (
        "日期应写成 2026-11-24，得到 {actual}",
        "expected a date such as 2026-11-24, got {actual}",
    ),
    "greater_than": ("应大于 {gt}，得到 {actual}", "expected more than {gt}, got {actual}"),
    "greater_than_equal": ("应不小于 {ge}，得到 {actual}", "expected at least {ge}, got {actual}"),
    "less_than": ("应小于 {lt}，得到 {actual}", "expected less than {lt}, got {actual}"),
    "less_than_equal": ("应不大于 {le}，得到 {actual}", "expected at most {le}, got {actual}"),
}


def schema_problems(error: ValidationError, model: type[BaseModel], node: Node) -> list[Problem]:
    """One problem per error, `field` the dotted path in the file."""
    return [_problem(detail, model, node) for detail in error.errors(include_url=False)]


def _problem(detail: ErrorDetails, model: type[BaseModel], node: Node) -> Problem:
    path, kind = detail["loc"], detail["type"]
    place, dotted = place_of(node, path), ".".join(str(step) for step in path)
    if kind == "missing":
        advice = Phrase("请补上", "add it")
        return Problem(ProblemCode.MISSING_KEY, place, dotted, {"key": path[-1], "advice": advice})
    if kind == "extra_forbidden":
        known = sorted({name for found in _models_at(model, path[:-1]) for name in _keys(found)})
        key = str(path[-1])
        nearest = listed(get_close_matches(shortened(key), known, 3, 0.5) or known)
        values = {"kind": Phrase("键", "key"), "key": shortened(key), "nearest": nearest}
        return Problem(ProblemCode.UNKNOWN_KEY, place, dotted, values)
    return Problem(ProblemCode.SCHEMA, place, dotted, {"detail": _detail(detail)})


def _detail(detail: ErrorDetails) -> str:
    """What was expected and what was found, in both languages."""
    context = detail.get("ctx", {})
    raised = context.get("error")
    if isinstance(raised, ValueError):
        return next((said for said in raised.args if isinstance(said, Phrase)), str(raised))
    if detail["type"] not in _SENTENCES:
        return detail["msg"]
    value = detail["input"]
    actual = shortened("null" if value is None else str(value))
    zh, en = _SENTENCES[detail["type"]]
    chinese = {key: str(part).replace(" or ", "、").replace(", ", "、") for key, part in context.items()}
    return Phrase(zh.format(actual=actual, **chinese), en.format(actual=actual, **context))


def _keys(model: type[BaseModel]) -> Iterable[str]:
    return (field.alias or name for name, field in model.model_fields.items() if not field.exclude)


def _models_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[type[BaseModel], ...]:
    """The models a path of an error may stand in; steps that are not fields (keys, indexes) are passed over."""
    models: tuple[type[BaseModel], ...] = (model,)
    for step in path:
        fields = [f for found in models for name, f in found.model_fields.items() if step in (name, f.alias)]
        if fields:
            models = tuple(inner for field in fields for inner in _models_in(field.annotation))
    return models


def _models_in(annotation: object) -> tuple[type[BaseModel], ...]:
    """The models named anywhere in a type such as `dict[str, A] | tuple[B, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(found for part in get_args(annotation) for found in _models_in(part))
