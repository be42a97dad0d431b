"""Values of facts in words, for traces and remedies."""

from __future__ import annotations

from typing import Any

from admission.logic.sentence import Writer
from admission.vocabulary import Vocabulary

__all__ = ["Values"]


class Values:
    """Says values as the facts of a vocabulary are told: members by name, numbers with their unit."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def value(self, name: str, value: Any) -> str:
        """A value of a fact in words."""
        fact = self._vocabulary.facts.get(name)
        plain = frozenset(value) if isinstance(value, list | tuple) else value
        if plain is None:
            return "未填"
        if fact is None:
            return str(value)
        if fact.members and isinstance(plain, frozenset | str):
            named = [plain] if isinstance(plain, str) else sorted(plain)
            return "、".join(fact.members[item].zh if item in fact.members else item for item in named) or "无"
        return Writer(self._vocabulary, "zh").value(plain, fact.unit, fact)
