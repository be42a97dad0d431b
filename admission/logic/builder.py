"""Parsing and checking of all conditions of a rulebook, while it loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from admission._messages import ProblemCode
from admission.errors import ConditionError
from admission.logic.conditions import SENSITIVE_FACT, Conditions, condition_key
from admission.logic.nodes import And, AnyOf, Case, Expr, FactRef, IsUnknown, Not, Or, facts_of
from admission.logic.parse import parse
from admission.logic.types import check
from admission.vocabulary import FactType, Vocabulary

__all__ = ["ConditionsBuilder"]

_SENSITIVE_SET = "sensitive_areas"


class ConditionsBuilder:
    """Collects conditions while a rulebook loads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._trees: dict[str, Expr] = {}

    def add(self, text: str, kind: FactType | None = FactType.BOOL, sensitive_areas: tuple[str, ...] = ()) -> Expr:
        """Parse and check `text`; `kind` is the type it must have (None: any).

        Raises `ConditionError`. The same text is parsed once.
        """
        key = condition_key(text, sensitive_areas)
        if key in self._trees:
            return self._trees[key]
        tree = parse(text)
        found = check(tree, self._vocabulary)
        if kind is not None and found.kind is not kind:
            raise ConditionError(ProblemCode.CONDITION_TYPE, detail=f"得到 {found}", expected=f"应为 {kind}")
        if key != text:
            tree = _rewrite(tree, _entry_meaning(sensitive_areas))
            check(tree, self._vocabulary)
        self._trees[key] = tree
        return tree

    @property
    def trees(self) -> Mapping[str, Expr]:
        """The trees added so far, by key."""
        return self._trees

    def build(self) -> Conditions:
        """Everything added so far, compiled."""
        return Conditions(self._trees)


def _entry_meaning(areas: tuple[str, ...]) -> Callable[[FactRef], Expr]:
    def replace(node: FactRef) -> Expr:
        if node.name != SENSITIVE_FACT:
            return node
        return Case(IsUnknown(node), AnyOf(_SENSITIVE_SET, areas), node)

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
        ProblemCode.CONDITION_TYPE, detail=f"{SENSITIVE_FACT} 只能直接用在 and/or/not 中", expected="应为布尔用法"
    )
