"""Parts of a ruleset: a rule with its edition, a catalogue edition with its index, an absence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from admission.logic.values import under
from admission.rulebook.model import Edition, Entry

__all__ = ["Absence", "CatalogueInForce", "Owned"]

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Owned(Generic[Model]):
    """A rule with the edition it stands in and the hash of its content."""

    edition: Edition
    rule: Model
    sha256: str


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that has no version in force, and why."""

    subject: str
    reason: Literal["not_yet", "ended", "never"]


class CatalogueInForce:
    """One edition of a classified catalogue (分类管理名录), indexed by industry prefix and activity.

    `prefixes` and `activities` give positions in `entries`; `always` are the positions of entries
    that neither can rule out: implied by what a component does, or catching all other industries.
    """

    def __init__(self, edition: Edition, entries: Sequence[Owned[Entry]]) -> None:
        self.edition = edition
        self.entries = tuple(entries)
        self.prefixes = self._prefix_index()
        self.activities = self._activity_index()
        self.always = tuple(
            position
            for position, owned in enumerate(self.entries)
            if owned.rule.implied_by or owned.rule.industries_other
        )
        self._below: dict[str, tuple[int, ...]] = {}
        self.kept: dict[Any, Any] = {}  # what screening worked out: the entries that could concern an identity

    def _activity_index(self) -> Mapping[str, tuple[int, ...]]:
        index: dict[str, tuple[int, ...]] = {}
        for position, owned in enumerate(self.entries):
            for activity in owned.rule.activities:
                index[activity] = (*index.get(activity, ()), position)
        return index

    def _prefix_index(self) -> Mapping[str, tuple[int, ...]]:
        index: dict[str, tuple[int, ...]] = {}
        for position, owned in enumerate(self.entries):
            for code in owned.rule.industries:
                if not code.startswith("-"):
                    index[code] = (*index.get(code, ()), position)
        return index

    def below(self, code: str) -> tuple[int, ...]:
        """Positions of the entries whose prefixes are finer than `code` (`34` → 341, 342, …)."""
        if code not in self._below:
            found = {
                position
                for prefix, positions in self.prefixes.items()
                if prefix.startswith(code)
                for position in positions
            }
            self._below[code] = tuple(sorted(found))
        return self._below[code]

    @cached_property
    def _named(self) -> tuple[str, ...]:
        return tuple(self.prefixes)

    def is_other(self, codes: Collection[str] | None) -> bool | None:
        """Is some code under no entry of this edition that names codes (其他行业)?"""
        if codes is None:
            return None
        found = {under({code}, self._named) for code in codes}
        return True if False in found else None if None in found else False
