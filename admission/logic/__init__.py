"""The condition language: SQL boolean expressions over facts, three-valued throughout.

`parse.parse` reads a condition and `types.check` holds it against the vocabulary (both only while
a rulebook loads, through `builder`); `evaluate` is the plain reading, `python`, `columnar` and
`sql` are the compiled ones, `sentence` and `trace` explain.
"""

from __future__ import annotations

from admission.logic.conditions import Conditions, condition_key
from admission.logic.derive import Contradiction, Derivations, derive, derived_order
from admission.logic.evaluate import evaluate, next_facts, open_facts
from admission.logic.nodes import Expr, facts_of, walk

__all__ = [
    "Conditions",
    "Contradiction",
    "Derivations",
    "Expr",
    "condition_key",
    "derive",
    "derived_order",
    "evaluate",
    "facts_of",
    "next_facts",
    "open_facts",
    "walk",
]
