"""A brief as the pages keep it: the project document, what was answered in which order, what was put off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from admission.screening.draft import Draft
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.interview import Asked, Bounds, Phase
from admission.vocabulary import Value, Vocabulary

__all__ = ["DraftState"]

_FORMAT = "admission brief 1"


@dataclass(slots=True)
class DraftState:
    """The content of a saved brief. `history`: the keys answered together, one step after the other.

    `before`: the bounds before the last answers, so that a page can show what they narrowed.
    """

    document: dict[str, Any]
    history: list[list[Asked]] = field(default_factory=list)
    skipped: list[Asked] = field(default_factory=list)
    until: Phase = Phase.ADMISSION
    before: Bounds | None = None

    @classmethod
    def new(cls, name: str, park: str | None, industry: Iterable[str]) -> DraftState:
        """A brief that states no more than what the first form asks."""
        given = {"name": name, "park": park, "industry": sorted(industry)}
        return cls({key: value for key, value in given.items() if value})

    @classmethod
    def of(cls, saved: Mapping[str, Any]) -> DraftState:
        """What was saved."""
        before = saved.get("before")
        return cls(
            document=dict(saved["document"]),
            history=[[Asked(*key) for key in step] for step in saved.get("history", ())],
            skipped=[Asked(*key) for key in saved.get("skipped", ())],
            until=Phase(saved.get("until", Phase.ADMISSION)),
            before=None if before is None else Bounds.model_validate(before),
        )

    def saved(self) -> dict[str, Any]:
        """The brief as JSON."""
        return {
            "format": _FORMAT,
            "document": self.document,
            "history": [[list(key) for key in step] for step in self.history],
            "skipped": [list(key) for key in self.skipped],
            "until": self.until.value,
            "before": None if self.before is None else self.before.model_dump(mode="json"),
        }

    def draft(self, vocabulary: Vocabulary) -> Draft:
        """The document, to put answers into."""
        return Draft(self.document, vocabulary)

    def answer(self, answers: Mapping[Asked, Value | None], vocabulary: Vocabulary) -> None:
        """Put answers into the document, None as 不清楚, and remember them as one step."""
        draft = self.draft(vocabulary)
        for key, value in answers.items():
            draft.put(key, value)
        self._forget(answers)
        self.history.append(list(answers))

    def go_back(self, vocabulary: Vocabulary) -> bool:
        """Take the last step back; False when there is none."""
        if self.skipped and not self.history:
            self.skipped.pop()
            return True
        if not self.history:
            return False
        draft = self.draft(vocabulary)
        for key in self.history.pop():
            draft.take_back(key)
        self.until = Phase.ADMISSION
        self.before = None
        return True

    def take_back(self, key: Asked, vocabulary: Vocabulary) -> None:
        """Remove one answer, whenever it was given."""
        self.draft(vocabulary).take_back(key)
        self._forget([key])
        self.before = None

    def skip(self, keys: Iterable[Asked]) -> None:
        """Not to be asked now."""
        self.skipped.extend(key for key in keys if key not in self.skipped)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the components (建设内容); none while the project is one undivided whole."""
        return tuple(part["name"] for part in self._components())

    def add_part(self, name: str, industry: Iterable[str], *, first: str, vocabulary: Vocabulary) -> None:
        """One more component. What was said of the undivided project is about its first one, now named `first`."""
        if len(self._components()) < 2:
            self._divide(first, vocabulary)
        codes = sorted(industry)
        self.document["components"].append({"name": name} | ({INDUSTRY: codes} if codes else {}))
        self._changed()

    def rename_part(self, old: str, new: str) -> None:
        """Another name for a component."""
        for part in self._components():
            if part["name"] == old:
                part["name"] = new
        self._move(lambda key: Asked(key.fact, new) if key.component == old else key)
        self._changed()

    def remove_part(self, name: str) -> None:
        """Takes out a component with all its answers; one that is left alone is the whole project again."""
        self.document["components"] = [part for part in self._components() if part["name"] != name]
        every = (*self.skipped, *(key for step in self.history for key in step))
        self._forget([key for key in every if key.component == name])
        left = self.parts
        if len(left) == 1:
            self._move(lambda key: Asked(key.fact) if key.component == left[0] else key)
        self._changed()

    def _components(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.document.get("components", [])
        return found

    def _divide(self, first: str, vocabulary: Vocabulary) -> None:
        """Gives the one component a name and all that is said of it; what is about the whole site stays."""
        part = {"name": first, **(self._components() or [{}])[0]} | {"name": first}
        for table, inner in ((self.document, part), (self.document.get("facts", {}), part.setdefault("facts", {}))):
            for text in [text for text in table if _is_of_a_part(text, table is self.document, vocabulary)]:
                inner.setdefault(text, table.pop(text))
        own = {fact.name for text in (*part, *part["facts"]) if (fact := vocabulary.find(text)) is not None}
        self.document["components"] = [part]
        self._move(lambda key: Asked(key.fact, first) if key.component is None and key.fact in own else key)

    def _move(self, to: Callable[[Asked], Asked]) -> None:
        self.history = [[to(key) for key in step] for step in self.history]
        self.skipped = [to(key) for key in self.skipped]

    def _changed(self) -> None:
        self.until, self.before = Phase.ADMISSION, None

    def _forget(self, keys: Iterable[Asked]) -> None:
        gone = set(keys)
        self.history = [left for step in self.history if (left := [key for key in step if key not in gone])]
        self.skipped = [key for key in self.skipped if key not in gone]


def _is_of_a_part(text: str, top: bool, vocabulary: Vocabulary) -> bool:
    """Does a key of the document say something of a component: industry, activity, a fact that is not the site's?"""
    fact = vocabulary.find(text)
    if fact is None or (top and text in ("name", "facts", "components")):
        return False
    return fact.name in (INDUSTRY, ACTIVITY) if top else fact.scope == "component"
