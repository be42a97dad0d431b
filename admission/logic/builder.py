"""Parsing and checking of all conditions of a rulebook, while it loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admission._messages import Phrase, ProblemCode
from admission.errors import ConditionError
from admission.logic.conditions import SENSITIVE_FACT, Conditions, condition_key
from admission.logic.nodes import And, AnyOf, Case, Compare, Expr, FactRef, IsUnknown, Not, Or, facts_of
from admission.logic.parse import parse
from admission.logic.types import Type, check
from admission.vocabulary import Fact, FactType, Vocabulary

__all__ = ["ConditionsBuilder"]

_SENSITIVE_SET = "sensitive_areas"


class ConditionsBuilder:
    """Collects conditions while a rulebook loads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._trees: dict[str, Expr] = {}
        self._kinds: dict[str, Type] = {}

    def add(self, text: str, kind: FactType | None = FactType.BOOL, sensitive_areas: tuple[str, ...] = ()) -> Expr:
        """Parse and check `text`; `kind` is the type it must have (None: any).

        Raises `ConditionError`. The same text is parsed once.
        """
        key = condition_key(text, sensitive_areas)
        if key not in self._trees:
            tree = parse(text)
            self._kinds[key] = check(tree, self._vocabulary)
            if key != text:
                tree = _rewrite(tree, _entry_meaning(sensitive_areas))
                check(tree, self._vocabulary)
            self._trees[key] = tree
        found = self._kinds[key]
        if kind is not None and found.kind is not kind:
            raise ConditionError(
                ProblemCode.CONDITION_TYPE,
                detail=Phrase(f"得到 {found}", f"got {found}"),
                expected=Phrase(f"应为 {kind}", str(kind)),
            )
        return self._trees[key]

    def add_definition(self, fact: Fact) -> None:
        """Parse and check the formula of a derived fact: its results must be values of that fact.

        Raises `ConditionError`: type, unit, or a member the fact does not have.
        """
        tree = self.add(fact.define or "", FactType.TEXT if fact.type is FactType.ENUM else fact.type)
        for result in _results(tree):
            check(Compare("=", FactRef(fact.name), result), self._vocabulary)

    @property
    def trees(self) -> Mapping[str, Expr]:
        """The trees added so far, by key."""
        return self._trees

    def build(self) -> Conditions:
        """Everything added so far, compiled."""
        return Conditions(self._trees)


def _results(node: Expr) -> tuple[Expr, ...]:
    """What a formula may come out as: the branches of a CASE, or the formula itself."""
    if not isinstance(node, Case):
        return (node,)
    return tuple(result for branch in (node.then, node.otherwise) if branch is not None for result in _results(branch))


def _entry_meaning(areas: tuple[str, ...]) -> Callable[[FactRef], Expr]:
    """The areas where they are given; only without them what was said of "this entry" as such."""

    def replace(node: FactRef) -> Expr:
        if node.name != SENSITIVE_FACT:
            return node
        given = AnyOf(_SENSITIVE_SET, areas)
        return Case(IsUnknown(node), given, Case(IsUnknown(FactRef(_SENSITIVE_SET)), node, given))

    return replace


def _rewrite(node: Expr, replace: Callable[[FactRef], Expr]) -> Expr:
    match node:
        case FactRef():
            return replace(node)
        case And(parts=parts):
            return And(tuple(_rewrite(part, replace) for part in parts))
        case Or(parts=parts):
            return Or(tuple(_rewrite(part, replace) for part in parts))
        case Not(part=part):
            return Not(_rewrite(part, replace))
        case _ if SENSITIVE_FACT not in facts_of(node):
            return node
    raise ConditionError(
        ProblemCode.CONDITION_TYPE,
        detail=Phrase(f"{SENSITIVE_FACT} 只能直接用在 and/or/not 中", f"{SENSITIVE_FACT} inside a comparison or CASE"),
        expected=Phrase("应为布尔用法", "to find it directly in and/or/not"),
    )
