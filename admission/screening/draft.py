"""A project document while it is being filled in: answers put where they belong, taken back, and read again.

It works on the plain mappings and lists of a YAML or JSON text, so that what else stands in the document
stays as it is. "不清楚" (the user does not know) is written as such: it reads as unknown and is not asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from datetime import date
from typing import Any

from admission._reading import Listing, Node, Scalar
from admission.errors import InputError, Place, Problem
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.interview import Asked
from admission.vocabulary import Fact, FactType, Value, Vocabulary, is_unknown, normalise_key, parse_value

__all__ = ["NONE_OF_THEM", "UNSURE", "Draft", "plain_value", "read_answer"]

UNSURE = "不清楚"
"""What stands in the document for an answer "I do not know"."""
NONE_OF_THEM = ("无", "没有", "都没有", "都不涉及", "都不", "none")
"""How a question with several options is answered when none of them holds."""
_FACTS, _COMPONENTS, _NAME = "facts", "components", "name"
_IDENTITY = (INDUSTRY, ACTIVITY)
_NOWHERE = Place("")
_Table = MutableMapping[str, Any]


def read_answer(fact: Fact, given: str | list[str], vocabulary: Vocabulary) -> Value | None:
    """The value an answer gives to `fact`, None for 不清楚, 未知, 待定 …; several options may come as a list.

    Raises `InputError` when the answer cannot be understood; its problems say what was expected.
    """
    if isinstance(given, str) and fact.type is FactType.SET and normalise_key(given) in NONE_OF_THEM:
        return frozenset()
    node: Node
    if isinstance(given, str):
        node = Scalar(given, True, _NOWHERE)
    else:
        node = Listing(tuple(Scalar(text, True, _NOWHERE) for text in given), _NOWHERE)
    problems: list[Problem] = []
    value = parse_value(fact, node, vocabulary, problems)
    if problems:
        raise InputError(problems)
    return value


def plain_value(value: Value) -> Any:
    """The value as a document writes it: sets as sorted lists, days as text, whole numbers without a point."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Draft:
    """The document of one project; `content` is its plain mapping and is changed in place."""

    def __init__(self, content: _Table, vocabulary: Vocabulary) -> None:
        self.content = content
        self._vocabulary = vocabulary

    def put(self, key: Asked, value: Value | None) -> tuple[_Table, str]:
        """Write an answer, None as 不清楚; gives the mapping and the key where it now stands."""
        table = self._table(key)
        name = self._name_in(table, key.fact) or key.fact
        table[name] = UNSURE if value is None else plain_value(value)
        return table, name

    def take_back(self, key: Asked) -> None:
        """Remove an answer; nothing happens when there is none."""
        table = self._table(key)
        name = self._name_in(table, key.fact)
        if name is not None:
            del table[name]

    def answers(self) -> Iterator[tuple[Asked, Any]]:
        """Every fact the document states or calls 不清楚, in its order; empty ones are not yet answered."""
        for component, table in self._tables():
            for text, written in table.items():
                fact = self._vocabulary.find(str(text))
                if fact is not None and written is not None and written != "":
                    yield Asked(fact.name, component), written

    def unsure(self) -> frozenset[Asked]:
        """What the document says not to be known."""
        return frozenset(key for key, written in self.answers() if _says_unknown(written))

    def _tables(self) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
        """The mappings that hold facts, with the component each is about (None where there is only one)."""
        for whole in (self._identity(self.content), self.content.get(_FACTS)):
            if isinstance(whole, Mapping):
                yield None, whole
        parts = self._components()
        for name, part in parts.items():
            for table in (self._identity(part), part.get(_FACTS)):
                if isinstance(table, Mapping):
                    yield (None if len(parts) == 1 else name), table

    def _identity(self, table: Mapping[str, Any]) -> Mapping[str, Any]:
        return {text: value for text, value in table.items() if self._is_identity(str(text))}

    def _is_identity(self, text: str) -> bool:
        fact = None if text in (_FACTS, _COMPONENTS, _NAME) else self._vocabulary.find(text)
        return fact is not None and fact.name in _IDENTITY

    def _components(self) -> dict[str, _Table]:
        found = self.content.get(_COMPONENTS)
        parts = [part for part in found if isinstance(part, MutableMapping)] if isinstance(found, list) else []
        return {str(part.get(_NAME) or f"建设内容{number}"): part for number, part in enumerate(parts, 1)}

    def _table(self, key: Asked) -> _Table:
        """Where the answer to a question stands: of the component if there is one, else of the project."""
        parts = self._components()
        owner = self.content if key.component is None else parts.get(key.component, self.content)
        if key.component is None and len(parts) == 1:
            (part,) = parts.values()
            if key.fact in _IDENTITY or self._states(part, key.fact):
                owner = part
        if key.fact in _IDENTITY:
            return owner
        if not isinstance(owner.get(_FACTS), MutableMapping):
            owner[_FACTS] = type(self.content)()
        facts: _Table = owner[_FACTS]
        return facts

    def _states(self, part: Mapping[str, Any], name: str) -> bool:
        facts = part.get(_FACTS)
        return isinstance(facts, Mapping) and self._name_in(facts, name) is not None

    def _name_in(self, table: Mapping[str, Any], name: str) -> str | None:
        """The key under which a mapping already has the fact, whichever of its names that is."""
        for text in table:
            fact = self._vocabulary.find(str(text))
            if fact is not None and fact.name == name and text not in (_FACTS, _COMPONENTS, _NAME):
                return str(text)
        return None


def _says_unknown(written: object) -> bool:
    return isinstance(written, str) and is_unknown(Scalar(written, True, _NOWHERE))
