"""Types and units of condition trees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from admission._messages import Phrase, ProblemCode
from admission.errors import ConditionError
from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    Constant,
    Expr,
    Extremum,
    FactRef,
    In,
    IsUnknown,
    Not,
    Or,
    Under,
    children,
)
from admission.vocabulary import Fact, FactType, Vocabulary

__all__ = ["Type", "check"]

_LISTED_AT_MOST = 8


@dataclass(frozen=True, slots=True)
class Type:
    """Kind of value, its unit (numbers; None = fits any unit) and the fact it comes from (enums)."""

    kind: FactType
    unit: str | None = None
    fact: Fact | None = None

    def __str__(self) -> str:
        return f"{self.kind}[{self.unit}]" if self.unit else str(self.kind)


_BOOL = Type(FactType.BOOL)
_DATE = Type(FactType.DATE)


def check(node: Expr, vocabulary: Vocabulary) -> Type:
    """The type of `node`; raises `ConditionError` where types, units, members or codes do not fit."""
    match node:
        case Constant(value=value):
            return _constant_type(value)
        case FactRef(name=name):
            return _fact_type(name, vocabulary)
        case Compare():
            return _check_compare(node, vocabulary)
        case And() | Or() | Not():
            return _check_connective(node, vocabulary)
        case In():
            return _check_in(node, vocabulary)
        case IsUnknown():
            return _check_unknown(node, vocabulary)
        case Arithmetic():
            return _check_arithmetic(node, vocabulary)
        case Extremum(parts=parts):
            return _same(tuple(check(part, vocabulary) for part in parts), (FactType.NUMBER, FactType.DATE))
        case Case():
            return _check_case(node, vocabulary)
        case Under():
            return _check_under(node, vocabulary)
        case AnyOf():
            return _check_any_of(node, vocabulary)
    return _expect(node.day, FactType.DATE, vocabulary)


def _check_connective(node: And | Or | Not, vocabulary: Vocabulary) -> Type:
    for part in children(node):
        _expect(part, FactType.BOOL, vocabulary)
    return _BOOL


def _check_unknown(node: IsUnknown, vocabulary: Vocabulary) -> Type:
    if isinstance(node.item, FactRef):
        _fact(node.item.name, vocabulary)  # sets and codes too can be missing
    else:
        check(node.item, vocabulary)
    return _BOOL


def _constant_type(value: object) -> Type:
    if isinstance(value, bool):
        return _BOOL
    if isinstance(value, float):
        return Type(FactType.NUMBER)
    return _DATE if isinstance(value, date) else Type(FactType.TEXT)


def _fact(name: str, vocabulary: Vocabulary) -> Fact:
    fact = vocabulary.facts.get(name)
    if fact is None:
        raise ConditionError(ProblemCode.CONDITION_FACT, name=name, nearest="、".join(vocabulary.nearest(name)) or "—")
    return fact


def _fact_type(name: str, vocabulary: Vocabulary) -> Type:
    fact = _fact(name, vocabulary)
    if fact.type in (FactType.SET, FactType.CODE):
        function = "any_of" if fact.type is FactType.SET else "under"
        call = f"{function}({name}, …)"
        raise _mismatch(Phrase(f"{name} 是集合", f"{name} is a set"), Phrase(f"应写 {call}", call))
    return Type(fact.type, fact.unit, fact if fact.type is FactType.ENUM else None)


def _mismatch(detail: Phrase, expected: Phrase) -> ConditionError:
    return ConditionError(ProblemCode.CONDITION_TYPE, detail=detail, expected=expected)


def _wrong(found: Type, kinds: tuple[FactType, ...]) -> ConditionError:
    wanted = Phrase("应为 " + " 或 ".join(kinds), " or ".join(kinds))
    return _mismatch(Phrase(f"得到 {found}", f"got {found}"), wanted)


def _expect(node: Expr, kind: FactType, vocabulary: Vocabulary) -> Type:
    found = check(node, vocabulary)
    if found.kind is not kind:
        raise _wrong(found, (kind,))
    return found


def _same(types: tuple[Type, ...], kinds: tuple[FactType, ...]) -> Type:
    """One common type of `types`, which must be among `kinds`; units must agree where given."""
    first = types[0]
    for other in types:
        if other.kind not in kinds:
            raise _wrong(other, kinds)
        if other.kind is not first.kind:
            both = Phrase(f"{first} 与 {other}", f"{first} and {other}")
            raise _mismatch(both, Phrase("两边类型应相同", "the same type on both sides"))
    units = {item.unit for item in types if item.unit is not None}
    if len(units) > 1:
        left, right = sorted(units)[:2]
        raise ConditionError(ProblemCode.CONDITION_UNIT, left=left, right=right)
    return Type(first.kind, units.pop() if units else None)


def _check_compare(node: Compare, vocabulary: Vocabulary) -> Type:
    left, right = check(node.left, vocabulary), check(node.right, vocabulary)
    for one, other, value in ((left, right, node.right), (right, left, node.left)):
        if one.fact is not None and isinstance(value, Constant) and other.kind is FactType.TEXT:
            _check_member(one.fact, str(value.value))
            return _only_equality(node, one)
    common = _same((left, right), (FactType.BOOL, FactType.NUMBER, FactType.DATE, FactType.TEXT))
    if common.kind in (FactType.BOOL, FactType.TEXT):
        return _only_equality(node, common)
    return _BOOL


def _only_equality(node: Compare, kind: Type) -> Type:
    if node.op not in ("=", "!="):
        detail = Phrase(f"{kind} 不能用 {node.op} 比较", f"{kind} cannot be compared with {node.op}")
        raise _mismatch(detail, Phrase("只能用 = 或 !=", "= or !="))
    return _BOOL


def _check_member(fact: Fact, member: str) -> None:
    if member in fact.members:
        return
    from difflib import get_close_matches

    raise ConditionError(
        ProblemCode.CONDITION_MEMBER,
        name=fact.name,
        member=member,
        members="、".join(list(fact.members)[:_LISTED_AT_MOST]),
        nearest="、".join(get_close_matches(member, list(fact.members), 3, 0.5)) or "—",
    )


def _check_in(node: In, vocabulary: Vocabulary) -> Type:
    item = check(node.item, vocabulary)
    for option in node.options:
        found = _constant_type(option)
        if item.fact is not None and found.kind is FactType.TEXT:
            _check_member(item.fact, str(option))
        else:
            _same((item, found), (FactType.NUMBER, FactType.TEXT, FactType.DATE))
    return _BOOL


def _check_arithmetic(node: Arithmetic, vocabulary: Vocabulary) -> Type:
    left = _expect(node.left, FactType.NUMBER, vocabulary)
    right = _expect(node.right, FactType.NUMBER, vocabulary)
    if node.op in ("+", "-"):
        return _same((left, right), (FactType.NUMBER,))
    if right.unit is None:
        return left
    return right if node.op == "*" and left.unit is None else Type(FactType.NUMBER)


def _check_case(node: Case, vocabulary: Vocabulary) -> Type:
    _expect(node.when, FactType.BOOL, vocabulary)
    branches = [check(node.then, vocabulary)]
    if node.otherwise is not None:
        branches.append(check(node.otherwise, vocabulary))
    return _same(tuple(branches), (FactType.BOOL, FactType.NUMBER, FactType.DATE, FactType.TEXT))


def _is(fact: Fact) -> Phrase:
    return Phrase(f"{fact.name} 是 {fact.type}", f"{fact.name} is of type {fact.type}")


def _check_under(node: Under, vocabulary: Vocabulary) -> Type:
    fact = _fact(node.name, vocabulary)
    if fact.type is not FactType.CODE:
        raise _mismatch(_is(fact), Phrase("under() 的第一项应为行业代码", "a fact of type code in under()"))
    table = vocabulary.code_table(fact)
    for prefix in node.prefixes:
        if not table.is_prefix(prefix):
            nearest = "、".join(table.nearest(prefix)) or "—"
            values = {"table": table.title, "code": prefix, "expected": table.prefixes, "nearest": nearest}
            raise ConditionError(ProblemCode.CONDITION_CODE, **values)
    return _BOOL


def _check_any_of(node: AnyOf, vocabulary: Vocabulary) -> Type:
    fact = _fact(node.name, vocabulary)
    if fact.type is not FactType.SET:
        raise _mismatch(_is(fact), Phrase("any_of() 的第一项应为多选指标", "a fact of type set in any_of()"))
    for member in node.members:
        _check_member(fact, member)
    return _BOOL
