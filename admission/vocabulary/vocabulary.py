"""The dictionary of facts, found by any of their names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cached_property
from types import MappingProxyType
from typing import Any

from admission.vocabulary.codes import IndustryCodes
from admission.vocabulary.model import Fact, normalise_key
from admission.vocabulary.wastes import WasteCodes

__all__ = ["Vocabulary"]

_SHORTLIST = 40
_LONGEST = 60
_LIKENESS = 0.5


class Vocabulary:
    """All facts, the industry and waste codes and the unit synonyms; immutable.

    `facts` maps canonical names in the order of the files. `units` maps a unit to the other
    ways of writing it. Clashing names are the loader's business: here the first claim wins.
    """

    def __init__(
        self,
        facts: Iterable[Fact] = (),
        codes: IndustryCodes | None = None,
        units: Mapping[str, tuple[str, ...]] | None = None,
        wastes: WasteCodes | None = None,
    ) -> None:
        self.facts: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in facts})
        self.codes = codes if codes is not None else IndustryCodes()
        self.wastes = wastes if wastes is not None else WasteCodes()
        self.units: Mapping[str, tuple[str, ...]] = MappingProxyType(dict(units or {}))
        self.derived: tuple[Fact, ...] = tuple(fact for fact in self.facts.values() if fact.define is not None)
        self._index = self._build_index()
        self._unit_index = {
            normalise_key(text): unit for unit, synonyms in self.units.items() for text in (unit, *synonyms)
        }

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "facts": dict(self.facts), "units": dict(self.units)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        proxies = {name: MappingProxyType(state[name]) for name in ("facts", "units")}
        self.__dict__.update(state, **proxies)

    def _build_index(self) -> dict[str, Fact]:
        index: dict[str, Fact] = {}
        for name, fact in self.facts.items():
            index[name] = fact
        for fact in self.facts.values():
            for text in fact.names:
                index.setdefault(normalise_key(text), fact)
        english = Counter(normalise_key(fact.label.en) for fact in self.facts.values())
        for fact in self.facts.values():
            key = normalise_key(fact.label.en)
            if english[key] == 1:
                index.setdefault(key, fact)
        return index

    @cached_property
    def by_work(self) -> Mapping[str, tuple[Fact, ...]]:
        """The facts that describe each work item (activity)."""
        found: defaultdict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts.values():
            if fact.work is not None:
                found[fact.work].append(fact)
        return {work: tuple(facts) for work, facts in found.items()}

    def code_table(self, fact: Fact) -> IndustryCodes | WasteCodes:
        """The table in which the codes of a fact of type `code` stand."""
        return self.wastes if fact.codes == "waste" else self.codes

    def find(self, key: str) -> Fact | None:
        """The fact of that canonical name, alias, Chinese or (if unambiguous) English label."""
        return self._index.get(key) or self._index.get(normalise_key(key))

    def find_unit(self, text: str) -> str:
        """The canonical spelling of a unit; a unit without synonyms is its normalised self."""
        key = normalise_key(text)
        return self._unit_index.get(key, key)

    def nearest(self, key: str, limit: int = 3) -> tuple[str, ...]:
        """The most similar facts, best first, each written `中文名(canonical_name)`."""
        wanted = normalise_key(key[:_LONGEST])
        shared = Counter(index for gram in _grams(wanted) for index in self._gram_index.get(gram, ()))
        texts = self._texts
        scores: dict[str, float] = {}
        for index, _ in sorted(shared.items(), key=lambda item: (-item[1] / len(texts[item[0]][0]), item[0]))[
            :_SHORTLIST
        ]:
            text, fact = texts[index]
            inside = wanted in text or text in wanted
            score = max(SequenceMatcher(None, wanted, text, autojunk=False).ratio(), _LIKENESS if inside else 0.0)
            scores[fact.name] = max(score, scores.get(fact.name, 0.0))
        ranked = sorted((name for name in scores if scores[name] >= _LIKENESS), key=lambda name: (-scores[name], name))
        return tuple(f"{self.facts[name].label.zh}({name})" for name in ranked[:limit])

    @cached_property
    def _texts(self) -> tuple[tuple[str, Fact], ...]:
        stated = (fact for fact in self.facts.values() if not fact.internal)
        return tuple((normalise_key(text), fact) for fact in stated for text in (*fact.names, fact.label.en))

    @cached_property
    def _gram_index(self) -> Mapping[str, list[int]]:
        index: defaultdict[str, list[int]] = defaultdict(list)
        for position, (text, _) in enumerate(self._texts):
            for gram in _grams(text):
                index[gram].append(position)
        return index


def _grams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters (the text itself when it is one character)."""
    return frozenset(text[i : i + 2] for i in range(max(1, len(text) - 1)))
