"""What is known of a project under every class it may still have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import cast

from admission.logic import open_facts
from admission.rulebook import Ruleset
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
        self._components = components
        self._possible = possible
        self._views: dict[tuple[str, ...], Sequence[Sequence[_View]]] = {}
        self._held: dict[str, bool | None] = {}
        self._open: dict[str, tuple[str, ...]] = {}

    def holds(self, condition: str) -> bool | None:
        """Does the condition hold for some component, whichever class is the right one? None: it depends."""
        if condition not in self._held:
            function = self._ruleset.conditions.function(condition)
            found = {_any([function(view.get) for view in case]) for case in self._relevant(condition)}
            self._held[condition] = found.pop() if len(found) == 1 else None
        return self._held[condition]

    def needs(self, condition: str) -> tuple[str, ...]:
        """The unknown facts that the condition hangs on, in the order to ask them."""
        if condition not in self._open:
            tree, ruleset = self._ruleset.conditions.tree(condition), self._ruleset
            views = (view for case in self._relevant(condition) for view in case)
            names = (ruleset.askable(open_facts(tree, view), view) for view in views)
            self._open[condition] = tuple(dict.fromkeys(name for found in names for name in found))
        return self._open[condition]

    def _relevant(self, condition: str) -> Sequence[Sequence[_View]]:
        """The facts of every component, for each combination of those classes that the condition reads."""
        varied = self._classes(condition)
        if varied not in self._views:
            self._views[varied] = self._cases(varied)
        return self._views[varied]

    def _classes(self, condition: str) -> tuple[str, ...]:
        """Those of the classes that the condition reads."""
        kept, key = self._ruleset.kept, f"classes {condition}"
        if key not in kept:
            read = self._ruleset.reads(condition)
            kept[key] = tuple(name for name in self._possible if name in read)
        return cast("tuple[str, ...]", kept[key])

    def _cases(self, varied: tuple[str, ...]) -> Sequence[Sequence[_View]]:
        if not varied:
            return [[component.values for component in self._components]]
        cases = [dict(zip(varied, case, strict=True)) for case in product(*(self._possible[name] for name in varied))]
        return [[{**component.values, **case} for component in self._components] for case in cases]


def _any(values: Sequence[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False
