"""A brief as the pages keep it: the project document, what was answered in which order, what was put off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from admission.screening.draft import Draft
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

    def _forget(self, keys: Iterable[Asked]) -> None:
        gone = set(keys)
        self.history = [left for step in self.history if (left := [key for key in step if key not in gone])]
        self.skipped = [key for key in self.skipped if key not in gone]
