"""A user who knows what a whole document says, for the tests of the interview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from admission.rulebook import Ruleset
from admission.screening import Project
from admission.screening.facts import ACTIVITY, INDUSTRY, component_facts
from admission.screening.interview import Ask, Asked, Interview, Phase, interview
from admission.vocabulary import Value

Facts = Mapping[str, Value | None]


class Knowing:
    """A user who knows what the whole document says, and what follows from it."""

    def __init__(self, full: Project, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.known: dict[str, Facts] = {part.name: part.values for part in component_facts(full, ruleset)}
        bare = tuple(part.model_copy(update={"facts": {}}) for part in full.components)
        self.project = full.model_copy(update={"facts": {}, "components": bare, "milestones": ()})
        self.unsure: set[Asked] = set()
        self.answered: list[Asked] = []

    def answer(self, key: Asked) -> None:
        """State it, for every component by itself where they differ, or say that it is not known."""
        names = [key.component] if key.component is not None else list(self.known)
        values = {name: self.known[name][key.fact] for name in names}
        self.answered.append(key)
        if key.fact in (INDUSTRY, ACTIVITY) or all(
            value is None for value in values.values()
        ):  # stated as precisely as it is known
            self.unsure.add(key)
        elif key.component is None and len(set(values.values())) == 1:
            self.project = self.project.model_copy(update={"facts": {**self.project.facts, key.fact: values[names[0]]}})
        else:
            self._state(key.fact, {name: value for name, value in values.items() if value is not None})
            if None in values.values():
                self.unsure.add(key)

    def _state(self, fact: str, values: Mapping[str, Value]) -> None:
        parts = tuple(
            part.model_copy(update={"facts": {**part.facts, fact: values[part.name]}}) if part.name in values else part
            for part in self.project.components
        )
        self.project = self.project.model_copy(update={"components": parts})

    def interview(self, until: Phase = Phase.LATER) -> Iterator[tuple[Interview, Ask]]:
        """Where the interview stands before each question, and the question; answered when the next is asked for."""
        while (found := interview(self.project, self.ruleset, self.unsure, until=until)).asks:
            yield found, found.asks[0]
            self.answer(found.asks[0].key)
