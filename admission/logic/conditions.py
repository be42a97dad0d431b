"""All conditions of a rulebook, compiled together and found by key."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from admission.logic.nodes import Arithmetic, Expr
from admission.logic.python import Compiled, compile_all, functions
from admission.logic.rounding import Limits, limits_of, rounds_to
from admission.vocabulary import Fact, Value

__all__ = ["SENSITIVE_FACT", "Conditions", "condition_key"]

SENSITIVE_FACT = "in_entry_sensitive_area"


def condition_key(text: str, sensitive_areas: tuple[str, ...] = ()) -> str:
    """The key under which a condition is kept.

    A catalogue entry gives "sensitive area" a meaning of its own (本栏目环境敏感区含义), so the
    same words in two entries can be two conditions.
    """
    if sensitive_areas and SENSITIVE_FACT in text:
        return f"{text}|{','.join(sensitive_areas)}"
    return text


class Conditions:
    """Trees and compiled functions by key; immutable, picklable."""

    def __init__(self, trees: Mapping[str, Expr]) -> None:
        self._trees = dict(trees)
        self._code = marshal.dumps(compile_all(tuple(self._trees.values())))

    def __getstate__(self) -> dict[str, Any]:
        return {"_trees": self._trees, "_code": self._code}

    def tree(self, key: str) -> Expr:
        """The condition tree of `key`."""
        return self._trees[key]

    def is_rounded(self, fact: Fact, stated: Value, derived: Value) -> bool:
        """Is `stated` what the calculation of `fact` gives, rounded so that no condition can tell?"""
        calculated = fact.define is not None and isinstance(self._trees[fact.define], Arithmetic)
        return calculated and rounds_to(derived, stated, self._limits.get(fact.name, frozenset()))

    @cached_property
    def _limits(self) -> Limits:
        return limits_of(self._trees.values())

    def function(self, key: str) -> Compiled:
        """The compiled condition of `key`: takes `facts.get`, returns true, false or `None`."""
        return self._functions[key]

    @cached_property
    def _functions(self) -> dict[str, Compiled]:
        code = marshal.loads(self._code)
        return dict(zip(self._trees, functions(code, len(self._trees)), strict=True))
