"""Which points of a catalogue entry no code of GB/T 4754 can reach, proved by going through the codes.

For every code of the table, and every set of codes, each `under(industry, …)` of the entry has one
truth; every other comparison is taken to come out any way. What no such combination gives, no
facts give: the entry's conditions leave that point no room. The other way round nothing is proved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any

from admission.logic import Expr, condition_key, walk
from admission.logic.nodes import And, Case, Constant, FactRef, IsUnknown, Not, Or, Under
from admission.logic.values import under
from admission.review.subjects import Spot, Subject
from admission.rulebook import Entry, Rulebook
from admission.screening.facts import INDUSTRY
from admission.vocabulary import FactType

__all__ = ["Codes"]

_Truth = bool | None
_Truths = frozenset[_Truth]
_ANY: _Truths = frozenset({True, False, None})
_MATCH = "match"
_Key = Under | str
_Setting = Mapping[_Key, _Truth]


def _or(one: _Truth, other: _Truth) -> _Truth:
    return True if True in (one, other) else None if None in (one, other) else False


def _and(one: _Truth, other: _Truth) -> _Truth:
    return False if False in (one, other) else None if None in (one, other) else True


@dataclass(frozen=True)
class Codes:
    """The reach of one entry; `settings` are the truths of its `under` conditions for every set of codes."""

    subject: Subject
    rulebook: Rulebook
    settings: tuple[_Setting, ...]

    @classmethod
    def of(cls, subject: Subject, rulebook: Rulebook) -> Codes | None:
        """None for what is not a catalogue entry found by its codes."""
        entry = subject.owned.rule
        if not isinstance(entry, Entry) or entry.industries_other:
            return None
        asked = [node for tree in _trees(subject, rulebook) for node in walk(tree)]
        keys = tuple(dict.fromkeys(node for node in asked if isinstance(node, Under) and node.name == INDUSTRY))
        return cls(subject, rulebook, tuple(_settings(entry, keys, rulebook)))

    def can_be(self, spot: Spot, part: Expr, value: _Truth) -> bool:
        """Can the engine come to the condition at `spot` and find `part` of it so?"""
        return any(value in self._truths(part, setting) for setting in self.settings if self._asked(spot, setting))

    def can_give_no_level(self) -> bool:
        """Can every cell of the entry be false for a component that it concerns?"""
        cells = [self._tree(spot) for spot in self.subject.asked if spot.field.startswith("levels.")]
        return any(all(False in self._truths(cell, setting) for cell in cells) for setting in self.settings)

    def _asked(self, spot: Spot, setting: _Setting) -> bool:
        """Does the engine come to this condition? Only while the scope is not false and no cell before is true."""
        for other in self.subject.asked:
            if other.field == spot.field:
                return True
            ends = other.field != "scope"
            if self._truths(self._tree(other), setting) <= {ends}:
                return False
        return True

    def _tree(self, spot: Spot) -> Expr:
        return self.rulebook.conditions.tree(spot.key)

    def _truths(self, node: Expr, setting: _Setting) -> _Truths:
        """Every value that `node` may have; more than it really can, never fewer."""
        match node:
            case Constant(value=bool() as value):
                return frozenset({value})
            case Under() if node in setting:
                return frozenset({setting[node]})
            case Not(part=part):
                return frozenset(None if value is None else not value for value in self._truths(part, setting))
            case And(parts=parts) | Or(parts=parts):
                join = _and if isinstance(node, And) else _or
                several = (self._truths(part, setting) for part in parts)
                return reduce(lambda one, other: frozenset(join(*pair) for pair in product(one, other)), several)
            case Case(when=when, then=then, otherwise=otherwise):
                return self._branches(when, then, otherwise, setting)
            case IsUnknown():
                return frozenset({True, False})
            case FactRef(name=name):
                return self._fact(name, setting)
        return _ANY

    def _branches(self, when: Expr, then: Expr, otherwise: Expr | None, setting: _Setting) -> _Truths:
        truths, found = self._truths(when, setting), frozenset[_Truth]()
        if True in truths:
            found |= self._truths(then, setting)
        if False in truths:
            found |= frozenset({None}) if otherwise is None else self._truths(otherwise, setting)
        return found | ({None} if None in truths else frozenset[_Truth]())

    def _fact(self, name: str, setting: _Setting) -> _Truths:
        """What the formula gives; anything where it can leave the fact open, as it may then be stated."""
        fact = self.rulebook.vocabulary.facts[name]
        if fact.type is not FactType.BOOL or fact.define is None:
            return _ANY
        given = self._truths(self.rulebook.conditions.tree(fact.define), setting)
        return _ANY if None in given else given


def _trees(subject: Subject, rulebook: Rulebook) -> Iterator[Expr]:
    """The conditions of the entry, and the formulas of what they read."""
    waiting, seen = [rulebook.conditions.tree(spot.key) for spot in subject.spots], set[str]()
    while waiting:
        tree = waiting.pop()
        yield tree
        for name in {node.name for node in walk(tree) if isinstance(node, FactRef)} - seen:
            seen.add(name)
            define = rulebook.vocabulary.facts[name].define
            if define is not None:
                waiting.append(rulebook.conditions.tree(condition_key(define)))


def _settings(entry: Entry, keys: Sequence[Under], rulebook: Rulebook) -> Iterator[_Setting]:
    """The truths for every set of codes that the entry may concern; no codes and codes unknown included."""
    names: tuple[_Key, ...] = (_MATCH, *keys)
    table = [code for code in rulebook.vocabulary.codes.table if rulebook.vocabulary.codes.is_prefix(code)]
    single = {_row(code, entry, keys) for code in table}
    rows = {(False,) * len(names), (None,) * len(names)} | single
    waiting = list(single)
    while waiting:
        row = waiting.pop()
        for other in single:
            joined = tuple(map(_or, row, other))
            if joined not in rows:
                rows.add(joined)
                waiting.append(joined)
    otherwise_found = bool(entry.activities) or entry.implied_by is not None
    for row in sorted(rows, key=str):
        if row[0] is not False or otherwise_found:
            yield dict(zip(names, row, strict=True))


def _row(code: str, entry: Entry, keys: Sequence[Under]) -> tuple[Any, ...]:
    codes = frozenset({code})
    return (_matches(codes, entry), *(under(codes, key.prefixes) for key in keys))


def _matches(codes: frozenset[str], entry: Entry) -> _Truth:
    included = tuple(code for code in entry.industries if not code.startswith("-"))
    excluded = tuple(code[1:] for code in entry.industries if code.startswith("-"))
    inside = under(codes, included) if included else False
    outside = under(codes, excluded) if excluded else False
    return False if inside is False or outside is True else None if None in (inside, outside) else True
