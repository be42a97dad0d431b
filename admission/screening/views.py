"""What is known of a project under every class it may still have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from admission.logic import open_facts
from admission.rulebook import Ruleset
from admission.screening.duties import CLASS_FACTS
from admission.screening.facts import ComponentFacts
from admission.vocabulary import Value

__all__ = ["Views"]

_View = Mapping[str, Value | None]


class Views:
    """The facts of every component, once for each combination of the classes still possible.

    `possible` maps `eia_class` and `permit_class` to the levels that are still possible.
    """

    def __init__(
        self, components: tuple[ComponentFacts, ...], possible: Mapping[str, Sequence[str]], ruleset: Ruleset
    ) -> None:
        self._ruleset = ruleset
        cases = [dict(zip(possible, levels, strict=True)) for levels in product(*possible.values())]
        self._cases = [[{**component.values, **levels} for component in components] for levels in cases]

    def holds(self, condition: str) -> bool | None:
        """Does the condition hold for some component, whichever class is the right one? None: it depends."""
        function = self._ruleset.conditions.function(condition)
        found = {_any(function(view.get) for view in case) for case in self._relevant(condition)}
        return found.pop() if len(found) == 1 else None

    def needs(self, condition: str) -> tuple[str, ...]:
        """The unknown facts that the condition hangs on, in the order to ask them."""
        tree, ruleset = self._ruleset.conditions.tree(condition), self._ruleset
        views = (view for case in self._relevant(condition) for view in case)
        names = (ruleset.askable(open_facts(tree, view), view) for view in views)
        return tuple(dict.fromkeys(name for found in names for name in found))

    def _relevant(self, condition: str) -> Sequence[Sequence[_View]]:
        """Only one of the cases that are alike in everything that the condition reads."""
        if len(self._cases) == 1:
            return self._cases
        read = self._ruleset.reads(condition)
        classes = [name for name in CLASS_FACTS.values() if name in read]
        return list({tuple(case[0][name] for name in classes): case for case in reversed(self._cases)}.values())[::-1]


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else None if None in found else False
