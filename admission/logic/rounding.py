"""Stated numbers that differ from their formula by rounding only.

`265.49 万元/亩` beside 12,000 万元 and 45.2 亩 (265.4867…) is the same number as people write it. It
is taken when the formula's value rounds to it in the places written, and no condition of the rules
can tell the two apart: then it does not matter which of them stands, and stating it, or what it
follows from, still only narrows. Otherwise it contradicts its formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from admission.logic.nodes import Compare, Constant, Expr, FactRef, In, IsUnknown, children
from admission.vocabulary import Value

__all__ = ["Limits", "limits_of", "rounds_to"]

Limits = Mapping[str, frozenset[float] | None]
"""Fact → the numbers that conditions compare it with; None when they use it in other ways too."""


def limits_of(trees: Iterable[Expr]) -> Limits:
    """What the conditions `trees` compare each number fact with; facts that none reads are left out."""
    found: dict[str, set[float]] = {}
    otherwise: set[str] = set()
    for tree in trees:
        _collect(tree, found, otherwise)
    return {name: None if name in otherwise else frozenset(found.get(name, ())) for name in found.keys() | otherwise}


def _collect(node: Expr, found: dict[str, set[float]], otherwise: set[str]) -> None:
    match node:
        case Compare(left=FactRef(name=name), right=Constant(value=float() | int() as value)):
            found.setdefault(name, set()).add(float(value))
        case Compare(left=Constant(value=float() | int() as value), right=FactRef(name=name)):
            found.setdefault(name, set()).add(float(value))
        case In(item=FactRef(name=name), options=options):
            found.setdefault(name, set()).update(float(value) for value in options if isinstance(value, float | int))
        case IsUnknown(item=FactRef()):
            return
        case FactRef(name=name):
            otherwise.add(name)
        case _:
            for child in children(node):
                _collect(child, found, otherwise)


def rounds_to(derived: Value, stated: Value, limits: frozenset[float] | None) -> bool:
    """Does `derived` round to `stated` in its written places, with none of `limits` from one to the other?

    Zeros at the end do not count as written places after the point, and do before it: 300 is exact to one.
    """
    if not isinstance(derived, float) or not isinstance(stated, float) or limits is None:
        return False
    written = Decimal(repr(stated)).normalize()
    exponent = written.as_tuple().exponent
    places = min(exponent, 0) if isinstance(exponent, int) else 0
    half = Decimal((0, (5,), places - 1))
    low, high = min(derived, stated), max(derived, stated)
    return abs(Decimal(repr(derived)) - written) <= half and not any(low <= limit <= high for limit in limits)
