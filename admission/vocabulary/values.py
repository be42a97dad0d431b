"""What a document says → the value of a fact."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from difflib import get_close_matches

from admission._messages import Phrase, listed, shortened
from admission._reading import Listing, Node, Scalar, describe
from admission.errors import Problem, ProblemCode
from admission.vocabulary.model import Fact, FactType, Value, normalise_key
from admission.vocabulary.vocabulary import Vocabulary

__all__ = ["is_unknown", "parse_date", "parse_value"]

_UNKNOWN = frozenset({"", "~", "null", "unknown", "未知", "不清楚", "不知道", "不详", "待定"})
_TRUE = frozenset({"true", "yes", "是", "有"})
_FALSE = frozenset({"false", "no", "否", "无"})
_NUMBER = re.compile(
    r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+(?![\d.]))?)(.*)", re.ASCII | re.DOTALL
)
_UNIT_START = re.compile(r"[^\W\d_至到约]|[%‰°/]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SEPARATORS = re.compile("[、，,;；|]")
_LARGEST = sys.float_info.max
_SHOWN_MEMBERS = 12
_ENOUGH_PROBLEMS = 50

_BOOL = (Phrase("是或否（true/false）", "true or false"), "true")
_TEXT = (Phrase("一段文字", "one text"), Phrase("一段文字", "a text"))
_ONE = Phrase("单个选项", "one option")
_SEVERAL = Phrase("一个选项或选项的列表", "one option or a list of options")


class _Refused(Exception):  # noqa: N818 - a signal inside this module; it carries the problem
    """The value cannot be understood."""

    def __init__(self, code: ProblemCode, node: Node, **values: object) -> None:
        self.code, self.node, self.values = code, node, values


def parse_value(fact: Fact, node: Node, vocabulary: Vocabulary, problems: list[Problem]) -> Value | None:
    """The value `node` gives to `fact`; None when unknown, or wrong (then a problem is added).

    Unknown: nothing, null, 不清楚, 未知, 待定 … A set or code fact takes one scalar, several
    joined by 、 , or ; or a list; `[]` is known and empty.
    """
    if is_unknown(node):
        return None
    try:
        return _PARSERS[fact.type](fact, node, vocabulary, len(problems) < _ENOUGH_PROBLEMS)
    except _Refused as refused:
        problems.append(Problem(refused.code, refused.node.place, fact.name, refused.values))
        return None


def is_unknown(node: Node) -> bool:
    """Whether a value says that it is not known: nothing, null, 不清楚, 未知, 待定 …"""
    return isinstance(node, Scalar) and normalise_key(node.text) in _UNKNOWN


def parse_date(text: str) -> date | None:
    """The day written year-month-day, None when it is written otherwise or does not exist."""
    text = text.strip()
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _wrong(node: Node, expected: str, example: str) -> _Refused:
    return _Refused(ProblemCode.WRONG_TYPE, node, actual=describe(node), expected=expected, example=example)


def _bool(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> bool:
    key = normalise_key(node.text) if isinstance(node, Scalar) else ""
    if key in _TRUE:
        return True
    if key in _FALSE:
        return False
    raise _wrong(node, *_BOOL)


def _number(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> float:
    unit = fact.unit or ""
    expected = Phrase(f"数字（{unit}）", f"a number ({unit})") if unit else Phrase("数字", "a number")
    text = unicodedata.normalize("NFKC", node.text).strip() if isinstance(node, Scalar) else ""
    match = _NUMBER.fullmatch(text)
    written, rest = match.groups() if match else ("", "")
    value = _float(written)
    if value is None or (rest and not _UNIT_START.match(rest.strip())):
        raise _wrong(node, expected, "12.5")
    if rest and vocabulary.find_unit(rest) != vocabulary.find_unit(unit):
        no_unit = Phrase("无单位的数", "a plain number")
        raise _Refused(ProblemCode.WRONG_UNIT, node, actual=shortened(rest.strip()), unit=unit or no_unit)
    low, high = fact.range or (None, None)
    low, high = -_LARGEST if low is None else low, _LARGEST if high is None else high
    if not low <= value <= high:
        limits = {"low": _bound(low), "high": _bound(high), "unit": f" {unit}".rstrip()}
        raise _Refused(ProblemCode.OUT_OF_RANGE, node, actual=shortened(written), **limits)
    return value


def _float(text: str) -> float | None:
    """The number, infinite when it is too large to be one (1e999); None when there is none."""
    try:
        return float(text.replace(",", "")) + 0.0
    except ValueError:
        return None


def _bound(value: float) -> str:
    return Phrase("不限", "any") if abs(value) == _LARGEST else f"{value:,.15g}"


def _enum(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> str:
    if not isinstance(node, Scalar):
        raise _wrong(node, _ONE, next(iter(fact.members)))
    return _member(fact, node, node.text, helpful)


def _member(fact: Fact, node: Node, text: str, helpful: bool) -> str:
    names: Mapping[str, str] = fact.member_names
    found = names.get(normalise_key(text))
    if found is not None:
        return found
    shown = [_shown(fact, member) for member in list(fact.members)[:_SHOWN_MEMBERS]]
    more = ["…"] if len(fact.members) > _SHOWN_MEMBERS else []
    close = get_close_matches(normalise_key(text)[:60], names, 6, 0.5) if helpful else []
    nearest = list(dict.fromkeys(names[key] for key in close))[:3]
    values = {
        "actual": shortened(text),
        "members": listed(shown + more),
        "nearest": listed(_shown(fact, member) for member in nearest),
    }
    raise _Refused(ProblemCode.UNKNOWN_MEMBER, node, **values)


def _shown(fact: Fact, member: str) -> Phrase:
    words = fact.members[member]
    return Phrase(f"{member}（{words.zh}）", f"{member} ({words.en})")


def _set(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> frozenset[str]:
    if isinstance(node, Scalar) and normalise_key(node.text) in fact.member_names:
        return frozenset({_member(fact, node, node.text, helpful)})
    parts = _parts(node, _SEVERAL, next(iter(fact.members)))
    return frozenset(_member(fact, part, text, helpful) for part, text in parts)


def _parts(
    node: Node, expected: str, example: str, separators: re.Pattern[str] = _SEPARATORS
) -> list[tuple[Scalar, str]]:
    """The scalars of a list, or the pieces of one scalar, each with the scalar it came from."""
    if isinstance(node, Scalar):
        return [(node, piece.strip()) for piece in separators.split(node.text) if piece.strip()]
    if not isinstance(node, Listing):
        raise _wrong(node, expected, example)
    parts = []
    for item in node.items:
        if not isinstance(item, Scalar):
            raise _wrong(item, expected, example)
        parts.append((item, item.text))
    return parts


def _date(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> date:
    day = parse_date(node.text) if isinstance(node, Scalar) else None
    if day is None:
        raise _Refused(ProblemCode.BAD_DATE, node, actual=describe(node))
    return day


def _code(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> frozenset[str]:
    table = vocabulary.code_table(fact)
    found = []
    for part, text in _parts(node, table.described, table.example, table.separators):
        code = table.normalise(text)
        if code is None:
            raise _Refused(ProblemCode.UNKNOWN_CODE, part, actual=shortened(text), **table.refusal(text[:60], helpful))
        found.append(code)
    return frozenset(found)


def _text(fact: Fact, node: Node, vocabulary: Vocabulary, helpful: bool) -> str:
    if not isinstance(node, Scalar):
        raise _wrong(node, *_TEXT)
    return node.text.strip()


_PARSERS: Mapping[FactType, Callable[[Fact, Node, Vocabulary, bool], Value]] = {
    FactType.BOOL: _bool,
    FactType.NUMBER: _number,
    FactType.ENUM: _enum,
    FactType.SET: _set,
    FactType.DATE: _date,
    FactType.CODE: _code,
    FactType.TEXT: _text,
}
