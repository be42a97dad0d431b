"""Condition tree → one sentence as a clerk would write it, in Chinese or English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from admission.logic._wording import Speaker
from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
    CompareOp,
    Constant,
    DateShift,
    Expr,
    Extremum,
    FactRef,
    In,
    IsUnknown,
    Not,
    Or,
    Under,
)
from admission.logic.types import Type, check
from admission.vocabulary import Fact, FactType, Value, Vocabulary

__all__ = ["Clause", "Writer", "as_claim", "to_sentence", "upright"]

Leaf = Compare | In | Under | AnyOf | IsUnknown
_NEGATED: dict[CompareOp, CompareOp] = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED: dict[CompareOp, CompareOp] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SYMBOLS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
# how tightly an operand holds together: a looser one is put in brackets
_LOOSE, _LIST, _SUM, _PRODUCT, _ATOM = range(5)


def to_sentence(node: Expr, vocabulary: Vocabulary, lang: str = "zh") -> str:
    """`node` in words, with labels, units and the names of codes; `lang` is `zh` or `en`.

    `行业属于 344 …，且（有电镀工艺，或年用溶剂型涂料量 ≥ 10 吨/年）`. Brackets stand only where the
    sentence could be read otherwise. `node` must have passed `check`.
    """
    writer = Writer(vocabulary, lang)
    if isinstance(node, Constant) and isinstance(node.value, bool):
        return writer.words.whole[node.value]
    if check(node, vocabulary).kind is FactType.BOOL:
        return writer.say(node)
    return writer.operand(node)


def upright(node: Compare) -> Compare:
    """`10 <= x` as `x >= 10`: a constant on the left alone changes sides."""
    if isinstance(node.left, Constant) and not isinstance(node.right, Constant):
        return Compare(_MIRRORED[node.op], node.right, node.left)
    return node


def as_claim(node: Compare) -> tuple[Expr, bool] | None:
    """The condition and the truth asked of it, where `node` is `condition = true` or the like."""
    node = upright(node)
    if isinstance(node.right, Constant) and isinstance(node.right.value, bool):
        return node.left, node.right.value is (node.op == "=")
    return None


@dataclass(frozen=True, slots=True)
class Clause:
    """One leaf in words: what is looked at, and what is asked of it (with its own leading space)."""

    item: str
    predicate: str

    def __str__(self) -> str:
        return self.item + self.predicate


class Writer(Speaker):
    """Puts trees into words. `holds=False` says the opposite of a condition."""

    def say(self, node: Expr, holds: bool = True) -> str:
        """A condition as a clause."""
        match node:
            case Not(part=part):
                return self.say(part, not holds)
            case And(parts=(only,)) | Or(parts=(only,)):
                return self.say(only, holds)
            case And() | Or() | Case() if not holds:
                return self.words.denied_group.format(self.say(node))
            case And(parts=parts):
                return self._joined(self.words.conjunction, self._clauses(parts))
            case Or(parts=parts):
                return self._joined(self.words.disjunction, [self._part(part) for part in parts])
            case Case():
                return self._case(node, boolean=True)
            case Compare() | In() | Under() | AnyOf() | IsUnknown():
                return self._leaf(node, holds)
            case Constant(value=value):
                return self.words.constants[bool(value) is holds]
            case FactRef(name=name):
                return self.label(name) if holds else self.words.denied.format(self.label(name))
        raise AssertionError(node)  # `check` lets no other form stand as a condition

    @staticmethod
    def _joined(joiner: str, texts: Sequence[str]) -> str:
        """The texts with `joiner` between them, never Chinese directly against Latin letters or digits."""
        latin = [text[:1].isascii() and text[:1].isalnum() and not joiner.endswith(" ") for text in texts]
        spaced = [f" {text}" if apart else text for text, apart in zip(texts, latin, strict=True)]
        return joiner.join(spaced).lstrip()

    def _part(self, node: Expr) -> str:
        text = self.say(node)
        return self.words.brackets.format(text) if _compound(node) else text

    def _clauses(self, parts: Sequence[Expr]) -> list[str]:
        """The parts of an `and`; `x >= 1 and x < 5` becomes one clause."""
        texts: list[str] = []
        position = 0
        while position < len(parts):
            bounds = _bounds(parts[position : position + 2])
            texts.append(self._part(parts[position]) if bounds is None else self._range(*bounds))
            position += 1 if bounds is None else 2
        return texts

    def _range(self, low: Compare, high: Compare) -> str:
        start = self.operand(low.right)
        opening = self.words.numbers[_MIRRORED[low.op]].format(self.operand(low.left, _LIST))
        unit = check(low.left, self.vocabulary).unit
        return start + opening + self.words.numbers[high.op].format(self._constant(high.right, unit))

    def _leaf(self, node: Leaf, holds: bool) -> str:
        claim = as_claim(node) if isinstance(node, Compare) else None
        if claim is not None:
            return self.say(claim[0], claim[1] is holds)
        return str(self.clause(node, holds))

    def clause(self, node: Leaf, holds: bool = True) -> Clause:
        """A leaf in its two halves; not for a `Compare` that `as_claim` understands."""
        match node:
            case Compare():
                return self._compare(upright(node), holds)
            case In(item=item, options=options):
                return self._in(item, options, holds)
            case Under(name=name, prefixes=prefixes):
                key = "under" if holds else "not under"
                return Clause(self.label(name), self._listed(key, prefixes, None, self.vocabulary.facts[name]))
            case AnyOf(name=name, members=members):
                key = "includes" if holds else "excludes"
                return Clause(self.label(name), self._listed(key, members, None, self.vocabulary.facts[name]))
        return Clause(self.subject(node.item), self.words.words["unstated" if holds else "stated"])

    def subject(self, item: Expr) -> str:
        """What is looked at; set and code facts, which are no operands, by their labels."""
        if isinstance(item, FactRef) and self.vocabulary.facts[item.name].type is not FactType.BOOL:
            return self.label(item.name)
        return self.operand(item, _LIST)

    def _listed(self, key: str, values: Sequence[Value], unit: str | None, fact: Fact | None) -> str:
        return self.words.words[key].format(self.options(values, unit, fact))

    def _in(self, item: Expr, options: tuple[Value, ...], holds: bool) -> Clause:
        found = check(item, self.vocabulary)
        keys = ("is", "is not") if len(options) == 1 else ("one of", "none of")
        predicate = self._listed(keys[0] if holds else keys[1], options, found.unit, found.fact)
        return Clause(self.subject(item), predicate)

    def _compare(self, node: Compare, holds: bool) -> Clause:
        left, right = check(node.left, self.vocabulary), check(node.right, self.vocabulary)
        op = node.op if holds else _NEGATED[node.op]
        item = self.subject(node.left)
        other = self._right(node.right, left, right)
        if left.kind is FactType.BOOL:
            return Clause(item, self.words.agree[op == "="].format(other))
        if left.kind is FactType.NUMBER:
            return Clause(item, self.words.numbers[op].format(other))
        if left.kind is FactType.DATE:
            return Clause(item, self.words.dates[op].format(other))
        return Clause(item, self.words.words["is" if op == "=" else "is not"].format(other))

    def _right(self, node: Expr, left: Type, right: Type) -> str:
        if isinstance(node, Constant):
            return self._constant(node, left.unit or right.unit, left.fact)
        return self.operand(node, _LIST)

    def _constant(self, node: Expr, unit: str | None, fact: Fact | None = None) -> str:
        assert isinstance(node, Constant)
        return self.value(node.value, unit, fact)

    def operand(self, node: Expr, least: int = _LOOSE) -> str:
        """A value in words, in brackets if it holds together less tightly than `least`."""
        text, level = self._operand(node)
        return text if level >= least else self.words.brackets.format(text)

    def _operand(self, node: Expr) -> tuple[str, int]:
        match node:
            case Constant(value=bool(value)):
                return self.words.constants[value], _ATOM
            case Constant(value=value):
                negative = isinstance(value, float) and value < 0
                return self.value(value), _SUM if negative else _ATOM
            case FactRef(name=name):
                boolean = self.vocabulary.facts[name].type is FactType.BOOL
                return self.words.quoted.format(self.label(name)) if boolean else self.label(name), _ATOM
            case Arithmetic(op="-", left=Constant(value=0.0), right=right):
                return f"-{self.operand(right, _PRODUCT)}", _SUM
            case Arithmetic(op=op, left=left, right=right):
                level = _SUM if op in ("+", "-") else _PRODUCT
                return f"{self.operand(left, level)} {_SYMBOLS[op]} {self.operand(right, level + 1)}", level
            case Extremum(kind=kind, parts=parts):
                items = self.words.comma.join(self.operand(part, _SUM) for part in parts)
                return self.words.extremum[kind].format(items), _LIST
            case DateShift(unit=unit, day=day, amount=amount):
                key = f"{'-' if amount < 0 else '+'}{unit}"
                return self.words.shifted[key].format(day=self.operand(day, _SUM), amount=abs(amount)), _LIST
            case Case() if check(node, self.vocabulary).kind is not FactType.BOOL:
                return self._case(node, boolean=False), _LOOSE
            case _:
                return self.say(node), _LOOSE

    def _case(self, node: Case, boolean: bool) -> str:
        words = self.words
        head = words.bool_case if boolean else words.value_case
        text = head.format(when=self._inner(node.when), then=self._branch(node.then, boolean))
        if node.otherwise is None:
            return text + words.undefined
        if isinstance(node.otherwise, Case):
            return text + words.otherwise.format(self._case(node.otherwise, boolean))
        tail = words.otherwise if boolean else words.value_otherwise
        return text + tail.format(self._branch(node.otherwise, boolean))

    def _branch(self, node: Expr, boolean: bool) -> str:
        return self._inner(node) if boolean else self.operand(node, _LIST)

    def _inner(self, node: Expr) -> str:
        """A condition inside `若…，则…`, where an `and` or `or` needs no brackets but a case does."""
        return self.say(node) if isinstance(node, And | Or) else self._part(node)


def _compound(node: Expr, holds: bool = True) -> bool:
    """Does `node` read as several clauses, so that it needs brackets inside another?"""
    match node:
        case Not(part=part):
            return _compound(part, not holds)
        case And(parts=(part,)) | Or(parts=(part,)):
            return _compound(part, holds)
        case And(parts=parts) if _bounds(parts) is not None:
            return False
        case And() | Or() | Case():
            return holds
        case Compare():
            claim = as_claim(node)
            return claim is not None and _compound(claim[0], claim[1] is holds)
        case _:
            return False


def _bounds(parts: Sequence[Expr]) -> tuple[Compare, Compare] | None:
    """The two parts, where they hold one item between two constants."""
    match parts:
        case [
            Compare(op=">" | ">=", left=item, right=Constant()) as low,
            Compare(op="<" | "<=", left=other, right=Constant()) as high,
        ] if item == other and not isinstance(item, Constant):
            return low, high
    return None
