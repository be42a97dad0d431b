"""Why a condition has its value: every leaf with what was required and what was found.

`trace` is the whole tree as plain JSON values, `summary` one sentence with the deciding leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from admission.logic._wording import Speaker
from admission.logic.evaluate import Facts, evaluate, open_facts
from admission.logic.nodes import (
    And,
    AnyOf,
    Arithmetic,
    Case,
    Compare,
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
    children,
)
from admission.logic.sentence import Leaf, Writer, as_claim, to_sentence, upright
from admission.logic.types import check
from admission.vocabulary import FactType, Value, Vocabulary

__all__ = ["JSON", "summary", "trace"]

JSON = bool | int | float | str | list["JSON"] | dict[str, "JSON"] | None

_NAMED_AT_MOST = 3
_DECIMALS = 4


def trace(node: Expr, facts: Facts, vocabulary: Vocabulary, lang: str = "zh") -> dict[str, JSON]:
    """The tree of `node` with the value of every part for `facts`.

    A leaf is `{fact, label, operator, required, actual, unit, value}`; `operator` is one of
    `= != < <= > >= in under any_of`, `is null`, or `value` where a fact is read as it is. Anything
    else is `{op, value, items}`, `op` one of `and or not case in + - * / greatest least constant`,
    `is null`, `compare` (which also has `label, operator, required, actual, unit`) and
    `add_days add_months add_years` (which also has `amount`). The items of a case are its
    condition, its result and its alternative. Sets are sorted lists, dates ISO text, whole numbers
    integers; unknown is null. Units are those of the vocabulary.
    """
    return _Tracer(facts, vocabulary, lang).node(node)


class _Tracer:
    def __init__(self, facts: Facts, vocabulary: Vocabulary, lang: str) -> None:
        self._facts = facts
        self._vocabulary = vocabulary
        self._writer = Writer(vocabulary, lang)

    def node(self, node: Expr) -> dict[str, JSON]:
        match node:
            case FactRef(name=name):
                boolean = self._vocabulary.facts[name].type is FactType.BOOL
                return self._leaf(node, name, "=", True) if boolean else self._leaf(node, name, "value", None)
            case Compare():
                return self._compare(upright(node))
            case In(item=FactRef(name=name), options=options):
                return self._leaf(node, name, "in", [_plain(option) for option in options])
            case Under(name=name, prefixes=prefixes):
                return self._leaf(node, name, "under", list(prefixes))
            case AnyOf(name=name, members=members):
                return self._leaf(node, name, "any_of", list(members))
            case IsUnknown(item=FactRef(name=name)):
                return self._leaf(node, name, "is null", None)
            case DateShift(unit=unit, amount=amount):
                return self._branch(node, f"add_{unit}", {"amount": amount})
            case In(options=options):
                return self._branch(node, "in", {"required": [_plain(option) for option in options]})
            case _:
                return self._branch(node, _op(node), {})

    def _value(self, node: Expr) -> JSON:
        return _plain(evaluate(node, self._facts))

    def _leaf(self, node: Expr, name: str, operator: str, required: JSON) -> dict[str, JSON]:
        return {
            "fact": name,
            "label": self._writer.label(name),
            "operator": operator,
            "required": required,
            "actual": _plain(self._facts.get(name)),
            "unit": self._vocabulary.facts[name].unit,
            "value": self._value(node),
        }

    def _branch(self, node: Expr, op: str, more: dict[str, JSON]) -> dict[str, JSON]:
        items: list[JSON] = [self.node(child) for child in children(node)]
        return {"op": op, **more, "value": self._value(node), "items": items}

    def _compare(self, node: Compare) -> dict[str, JSON]:
        if isinstance(node.left, FactRef) and isinstance(node.right, Constant):
            return self._leaf(node, node.left.name, node.op, _plain(node.right.value))
        more: dict[str, JSON] = {
            "label": self._writer.operand(node.left),
            "operator": node.op,
            "required": self._value(node.right),
            "actual": self._value(node.left),
            "unit": check(node.left, self._vocabulary).unit or check(node.right, self._vocabulary).unit,
        }
        return self._branch(node, "compare", more)


def _op(node: Expr) -> str:
    match node:
        case Arithmetic(op=op):
            return op
        case Extremum(kind=kind):
            return kind
        case IsUnknown():
            return "is null"
        case _:
            return type(node).__name__.lower()  # and, or, not, case, constant


def _plain(value: Value | None) -> JSON:
    if isinstance(value, frozenset):
        return [*sorted(value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def summary(node: Expr, facts: Facts, vocabulary: Vocabulary, lang: str = "zh") -> str:
    """One sentence on why `node` has its value, from the leaves that decide it.

    `距长江支流岸线 400 米（≤ 1000 米）；建设性质为 新建；属化工项目`, or `尚不清楚：…` with the facts
    that are missing. Of several parts that each decide alone, those that need the fewest words
    are named.
    """
    value, leaves = _deciding(node, facts)
    if value is None:
        return _unclear(node, facts, vocabulary, lang)
    reader = _Reader(facts, vocabulary, lang)
    remarks: dict[str, dict[str, None]] = {}  # what was found → what it was held against, both in order
    for leaf in leaves:
        finding = reader.finding(leaf)
        remarks.setdefault(finding.text, {}).update(dict.fromkeys([finding.asked] if finding.asked else []))
    texts = (reader.remark(text, reader.words.comma.join(asked)) for text, asked in remarks.items())
    return reader.words.semicolon.join(texts) or to_sentence(node, vocabulary, lang)


def _unclear(node: Expr, facts: Facts, vocabulary: Vocabulary, lang: str) -> str:
    speaker = Speaker(vocabulary, lang)
    texts = []
    for name in open_facts(node, facts):
        text, known = speaker.label(name), facts.get(name)
        if known is not None:  # an industry code too short to tell
            remark = speaker.words.too_coarse.format(speaker.value(known, fact=vocabulary.facts[name]))
            text = speaker.remark(text, remark)
        texts.append(text)
    if texts:
        return speaker.words.unclear.format(speaker.words.comma.join(texts))
    return speaker.words.undecided.format(to_sentence(node, vocabulary, lang))


_Decided = tuple[Value | None, list[Leaf | FactRef]]


def _deciding(node: Expr, facts: Facts) -> _Decided:
    """The value of `node` and, where that is known, the leaves that give it, in reading order."""
    match node:
        case Constant():
            return node.value, []
        case FactRef() | Under() | AnyOf() | IsUnknown() | In():
            return evaluate(node, facts), [node]
        case And(parts=parts) | Or(parts=parts):
            return _deciding_parts([_deciding(part, facts) for part in parts], decided=isinstance(node, Or))
        case Not(part=part):
            value, leaves = _deciding(part, facts)
            return None if value is None else not value, leaves
        case Case():
            return _deciding_case(node, facts)
        case Compare():
            claim = as_claim(node)
            return evaluate(node, facts), [node] if claim is None else _deciding(claim[0], facts)[1]
        case _:
            return evaluate(node, facts), [leaf for child in children(node) for leaf in _deciding(child, facts)[1]]


def _deciding_case(node: Case, facts: Facts) -> _Decided:
    when, asked = _deciding(node.when, facts)
    if when is None:
        return None, asked
    branch = node.then if when else node.otherwise
    value, leaves = (None, []) if branch is None else _deciding(branch, facts)
    return value, leaves if isinstance(node.when, IsUnknown) else asked + leaves


def _deciding_parts(parts: list[_Decided], *, decided: bool) -> _Decided:
    alone = [leaves for value, leaves in parts if value is decided]
    if not alone:
        value = None if any(part is None for part, _ in parts) else not decided
        return value, [leaf for _, leaves in parts for leaf in leaves]
    fewest = min(len(leaves) for leaves in alone)
    if fewest > 1:
        return decided, next(leaves for leaves in alone if len(leaves) == fewest)
    return decided, [leaf for leaves in alone if len(leaves) == fewest for leaf in leaves]


@dataclass(frozen=True, slots=True)
class _Finding:
    """What was found for one deciding leaf, and what it was held against ("" where that is plain)."""

    text: str
    asked: str = ""


class _Reader(Writer):
    """A writer that knows the facts."""

    def __init__(self, facts: Facts, vocabulary: Vocabulary, lang: str) -> None:
        super().__init__(vocabulary, lang, _NAMED_AT_MOST)
        self._facts = facts

    def finding(self, leaf: Leaf | FactRef) -> _Finding:
        holds = evaluate(leaf, self._facts) is True
        match leaf:
            case FactRef(name=name):
                boolean = self.vocabulary.facts[name].type is FactType.BOOL
                return _Finding(self.say(leaf, holds) if boolean else self._found(leaf, self._actual(leaf)))
            case IsUnknown():
                return _Finding(str(self.clause(leaf, holds)))
            case Compare():
                return self._comparison(upright(leaf), holds)
            case In(item=item):
                asked = "" if holds else self._asked(leaf, holds)
                return _Finding(self._found(item, self._actual(item)), asked)
            case Under(name=name, prefixes=prefixes):
                codes = self._members(name)
                matched = tuple(item for item in prefixes if any(code.startswith(item) for code in codes))
                return self._set(name, Under(name, matched or prefixes), matched)
        matched = tuple(item for item in leaf.members if item in self._members(leaf.name))
        return self._set(leaf.name, AnyOf(leaf.name, matched or leaf.members), matched)

    def _members(self, name: str) -> frozenset[str]:
        return cast("frozenset[str]", self._facts[name])  # known, or the leaf would decide nothing

    def _asked(self, leaf: Leaf, holds: bool) -> str:
        return self.clause(leaf, holds).predicate.strip()

    def _set(self, name: str, leaf: Under | AnyOf, matched: tuple[str, ...]) -> _Finding:
        members = self._members(name)
        actual = self.value(members, fact=self.vocabulary.facts[name])
        plain = bool(matched) and members <= set(matched)
        text = self.label(name) + self.words.words["is"].format(actual)
        return _Finding(text, "" if plain else self._asked(leaf, bool(matched)))

    def _comparison(self, node: Compare, holds: bool) -> _Finding:
        left, right = check(node.left, self.vocabulary), check(node.right, self.vocabulary)
        if left.kind is FactType.BOOL:
            return _Finding(str(self.clause(node, holds)))
        asked, unit = self._asked(node, holds), left.unit or right.unit
        if not isinstance(node.right, Constant):
            asked = self.words.also.format(predicate=asked, value=self._actual(node.right, node.left, unit))
        elif (node.op, holds) in (("=", True), ("!=", False)):
            asked = ""
        return _Finding(self._found(node.left, self._actual(node.left, node.right, unit)), asked)

    def _actual(self, node: Expr, against: Expr | None = None, unit: str | None = None) -> str:
        found = check(node, self.vocabulary)
        value = cast(Value, evaluate(node, self._facts))
        other = None if against is None else evaluate(against, self._facts)
        if isinstance(value, float) and isinstance(other, float) and not isinstance(node, FactRef | Constant):
            value = _rounded(value, other)
        return self.value(value, found.unit or unit, found.fact)

    def _found(self, node: Expr, value: str) -> str:
        item = self.subject(node)
        if check(node, self.vocabulary).kind is FactType.NUMBER:
            return self.words.measured.format(item=item, value=value)
        return item + self.words.words["is"].format(value)


def _rounded(value: float, other: float) -> float:
    """`value` to a few decimals, unless that would change which side of `other` it is on."""
    short = round(value, _DECIMALS)
    same_side = (short < other, short > other) == (value < other, value > other)
    return short if same_side else value
