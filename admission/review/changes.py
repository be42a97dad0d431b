"""One-step changes of condition trees: what a slip of the pen could have made of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from admission.logic.conditions import SENSITIVE_FACT
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
    children,
)
from admission.review.text import brief

__all__ = ["TreeChange", "tree_changes", "with_children"]

_NEIGHBOURS: dict[CompareOp, tuple[CompareOp, ...]] = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "=": ("!=",),
    "!=": ("=",),
}
_STEP = 1 / 100
Path = tuple[int, ...]
_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class TreeChange:
    """A changed condition, what was changed in words, and the way from the root to what decides the change.

    `pair` is the node there and what stands in its place, where there is one.
    """

    tree: Expr
    words: str
    path: Path
    pair: tuple[Expr, Expr] | None = None


def tree_changes(tree: Expr) -> Iterator[TreeChange]:
    """Every one-step change of `tree`, in reading order; never the tree itself.

    Comparisons turn or take their neighbour, thresholds move by one per cent and dates by a day,
    parts of `and` and `or`, codes, members and options are left out, `and` and `or` trade places,
    `not` comes and goes.
    """
    if isinstance(tree, Constant):
        yield TreeChange(Constant(not tree.value), f"{brief(tree)} → {brief(Constant(not tree.value))}", ())
        return
    yield from (change for change in _changes(tree, ()) if change.tree != tree)


def _changes(node: Expr, path: Path) -> Iterator[TreeChange]:
    if isinstance(node, And | Or):
        yield from (TreeChange(changed, words, (*path, *more)) for changed, words, more in _junctions(node))
    yield from (TreeChange(changed, words, path, (node, changed)) for changed, words in _own_changes(node))
    if _is_area(node):
        return
    parts = children(node)
    for position, part in enumerate(parts):
        if isinstance(part, FactRef) and not isinstance(node, And | Or | Not | Case):
            continue  # a quantity, not a claim
        for change in _changes(part, (*path, position)):
            yield replace(change, tree=with_children(node, (*parts[:position], change.tree, *parts[position + 1 :])))


def _is_area(node: Expr) -> bool:
    """Is this the entry's own meaning of a sensitive area: stated, or one of the areas it names?"""
    return isinstance(node, Case) and node.when == IsUnknown(FactRef(SENSITIVE_FACT))


def _own_changes(node: Expr) -> Iterator[tuple[Expr, str]]:
    match node:
        case Compare():
            for changed in _comparisons(node):
                yield changed, f"{brief(node)} → {brief(changed)}"
        case Not(part=part):
            yield part, f"without not: {brief(part)}"
        case FactRef():
            yield Not(node), f"not {brief(node)}"
        case Under(name=name, prefixes=prefixes):
            yield Not(node), f"not {brief(node)}"
            yield from ((Under(name, kept), f"without code {gone}") for kept, gone in _without_one(prefixes))
        case AnyOf(name=name, members=members):
            yield Not(node), f"not {brief(node)}"
            yield from ((AnyOf(name, kept), f"without member {gone}") for kept, gone in _without_one(members))
        case In(item=item, options=options):
            yield Not(node), f"not {brief(node)}"
            yield from ((In(item, kept), f"without option {gone}") for kept, gone in _without_one(options))
        case Case(then=AnyOf(name=name, members=members)) if _is_area(node):
            yield Not(node), f"not {SENSITIVE_FACT}"
            for kept, gone in _without_one(members):
                yield replace(node, then=AnyOf(name, kept)), f"without area {gone}"


def _comparisons(node: Compare) -> Iterator[Compare]:
    yield from (replace(node, op=other) for other in _NEIGHBOURS[node.op])
    if isinstance(node.right, Constant):
        yield from (replace(node, right=moved) for moved in _moved(node.right))
    if isinstance(node.left, Constant):
        yield from (replace(node, left=moved) for moved in _moved(node.left))


def _junctions(node: And | Or) -> Iterator[tuple[Expr, str, Path]]:
    other, words = (Or, "and → or") if isinstance(node, And) else (And, "or → and")
    yield other(node.parts), f"{words}: {brief(node)}", ()
    for position, (kept, gone) in enumerate(_without_one(node.parts)):
        yield kept[0] if len(kept) == 1 else type(node)(kept), f"without {brief(gone)}", (position,)


def _without_one(parts: tuple[_Part, ...]) -> Iterator[tuple[tuple[_Part, ...], _Part]]:
    """Each way to leave one out, and what is left out; nothing when there is only one."""
    if len(parts) > 1:
        for position, part in enumerate(parts):
            yield (*parts[:position], *parts[position + 1 :]), part


def _moved(constant: Constant) -> Iterator[Constant]:
    value = constant.value
    if isinstance(value, bool | str):
        return
    if isinstance(value, date):
        yield from (Constant(value + timedelta(days=days)) for days in (-1, 1))
    else:
        yield from (Constant(value * (1 + step) if value else step) for step in (-_STEP, _STEP))


def with_children(node: Expr, parts: tuple[Expr, ...]) -> Expr:
    """`node` with other direct sub-expressions, as many as it has."""
    match node:
        case Compare() | Arithmetic():
            return replace(node, left=parts[0], right=parts[1])
        case And() | Or() | Extremum():
            return replace(node, parts=parts)
        case Not():
            return Not(parts[0])
        case In() | IsUnknown():
            return replace(node, item=parts[0])
        case Case():
            return Case(parts[0], parts[1], parts[2] if len(parts) > 2 else None)
        case DateShift():
            return replace(node, day=parts[0])
    return node
