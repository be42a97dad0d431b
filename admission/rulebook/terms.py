"""The vocabulary as a park reads it: its own definitions of what the law leaves open, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from admission.logic import Conditions, Derivations, facts_of, next_facts, open_facts
from admission.logic.nodes import Case
from admission.rulebook.model import Park
from admission.vocabulary import Fact, Value, Vocabulary

__all__ = ["Terms", "park_vocabulary"]


def park_vocabulary(vocabulary: Vocabulary, park: Park) -> Vocabulary:
    """The vocabulary with the definitions that the park's settings give; the same one when there are none."""
    defined = {setting.facts[0]: setting.define for setting in park.settings if setting.define is not None}
    if not defined.keys() & vocabulary.facts.keys():
        return vocabulary
    facts = (
        fact.model_copy(update={"define": defined[fact.name]}) if fact.name in defined else fact
        for fact in vocabulary.facts.values()
    )
    return Vocabulary(facts, vocabulary.codes, vocabulary.units, vocabulary.wastes)


class Terms:
    """Facts with their definitions in order, what conditions read, what to ask for; immutable."""

    def __init__(self, vocabulary: Vocabulary, conditions: Conditions, derived: tuple[Fact, ...]) -> None:
        self.vocabulary = vocabulary
        self.derived = derived
        self.derivations = Derivations(derived, conditions)
        self._conditions = conditions
        self._reads: dict[str, frozenset[str]] = {}

    def reads(self, key: str) -> frozenset[str]:
        """Every fact that can bear on the condition `key`, those behind derived facts included."""
        if key not in self._reads:
            found = set(facts_of(self._conditions.tree(key)))
            for name in tuple(found):
                definition = self.vocabulary.facts[name].define
                if definition is not None:
                    found |= self.reads(definition)
            self._reads[key] = frozenset(found)
        return self._reads[key]

    def askable(
        self, names: Iterable[str], values: Mapping[str, Value | None], *, first: bool = False
    ) -> tuple[str, ...]:
        """The facts to ask for, in order, when `names` are unknown; with `first` only where to begin.

        A fact that follows from others is asked through those, unless its formula can only
        confirm it (`CASE WHEN … THEN …` without ELSE): then it is asked itself, after its umbrella.
        """
        found: dict[str, None] = {}
        for name in names:
            found.update(dict.fromkeys(self._asked_through(self.vocabulary.facts[name], values, first)))
        return tuple(found)

    def _asked_through(self, fact: Fact, values: Mapping[str, Value | None], first: bool) -> tuple[str, ...]:
        parts: tuple[str, ...] = ()
        if fact.define is not None:
            tree = self._conditions.tree(fact.define)
            if fact.internal or not isinstance(tree, Case):
                names = next_facts(tree, values) if first else open_facts(tree, values)
                parts = self.askable(names, values, first=first)
        if fact.umbrella is not None and values.get(fact.umbrella) is None:
            umbrella = self.askable((fact.umbrella,), values, first=first)
            return umbrella if first else (*umbrella, fact.name)
        return parts or (() if fact.internal else (fact.name,))

    @cached_property
    def nothing_known(self) -> Mapping[str, None]:
        """Every fact of the vocabulary, unknown."""
        return dict.fromkeys(self.vocabulary.facts)
