"""Every edition loaded (`Rulebook`), and what is in force for one park on one day (`Ruleset`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from admission.errors import NotInForceError
from admission.logic import Conditions, facts_of
from admission.rulebook.checks import LAYERS
from admission.rulebook.editions import Absence, CatalogueInForce, Owned
from admission.rulebook.files import Located, RuleFiles
from admission.rulebook.life_rules import LifeRules
from admission.rulebook.model import Catalogue, Cite, Criterion, Duty, Edition, Item, Milestones, Park, Period, Setting
from admission.rulebook.sources import SourceFile
from admission.rulebook.terms import Terms
from admission.vocabulary import Fact, Value, Vocabulary

__all__ = ["Rulebook", "Ruleset"]

Model = TypeVar("Model", bound=BaseModel)


class Rulebook:
    """All editions of all rules, with the vocabulary and compiled conditions; immutable.

    Made by `load_rulebook`. `parks` and `milestones` are by id, `editions` by edition id, `files`
    what it was read from, by name.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        found: RuleFiles,
        conditions: Conditions,
        derived: tuple[Fact, ...],
        park_terms: Mapping[str, Terms] | None = None,
        files: Iterable[SourceFile] = (),
    ) -> None:
        self.files = tuple(sorted(files))
        self.vocabulary = vocabulary
        self.conditions = conditions
        self.derived = derived
        self.terms = Terms(vocabulary, conditions, derived)
        self.derivations = self.terms.derivations
        self._park_terms = dict(park_terms or {})
        self.editions: Mapping[str, Edition] = {item.model.edition: item.model for item in found.editions}
        self.entries = _owned(self.editions, found.entries)
        self.items = _owned(self.editions, found.items)
        self.duties = _owned(self.editions, found.duties)
        self.criteria = _owned(self.editions, found.criteria)
        self.parks: Mapping[str, Park] = {item.model.park: item.model for item in found.parks}
        self.milestones: Mapping[str, Milestones] = {item.model.id: item.model for item in found.milestones}
        self.retired = tuple(item.model for item in found.retired)
        self.life = LifeRules.of(tuple(item.model for item in found.life))
        self.life_sha256 = _digest(self.life)
        self._words_sha256 = _vocabulary_digest(vocabulary)
        self.sha256 = self._digest()
        self._rulesets: dict[tuple[str | None, date], Ruleset] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_rulesets": {}}

    def in_force(self, park: str | None = None, *, on: date) -> Ruleset:
        """What binds projects of `park` on day `on`; without a park only the national rules.

        Raises `NotInForceError` for a park that is not in the rulebook.
        """
        if park is not None and park not in self.parks:
            raise NotInForceError(f"park {park}", on, "never")
        key = (park, on)
        if key not in self._rulesets:
            if len(self._rulesets) >= _KEPT:
                self._rulesets.clear()
            self._rulesets[key] = Ruleset(self, None if park is None else self.parks[park], on)
        return self._rulesets[key]

    def terms_of(self, park: Park | None) -> Terms:
        """The vocabulary as `park` reads it."""
        return self.terms if park is None else self._park_terms.get(park.park, self.terms)

    def reads(self, key: str) -> frozenset[str]:
        """Every fact that can bear on the condition `key`, those behind derived facts included."""
        return self.terms.reads(key)

    @property
    def words_sha256(self) -> str:
        """Hash of the vocabulary."""
        return self._words_sha256

    @cached_property
    def files_sha256(self) -> str:
        """Hash of the files as they are, names and comments included: what a store keeps them by."""
        return _digest([[name, hashlib.sha256(content).hexdigest()] for name, content in self.files])

    def _digest(self) -> str:
        """Hash of what the files say, whatever their names, order, comments and line breaks."""
        rules: list[Owned[Any]] = [*self.entries, *self.items, *self.duties, *self.criteria]
        others: list[Mapping[str, BaseModel]] = [self.editions, self.parks, self.milestones]
        models = (model for mapping in others for model in mapping.values())
        parts = [owned.sha256 for owned in rules] + [_digest(model) for model in (*models, *self.retired)]
        return _digest([self._words_sha256, self.life_sha256, *sorted(parts)])


_KEPT = 64


class Ruleset:
    """The rules in force for one park on one day (适用规则集): national, then city, then park."""

    def __init__(self, rulebook: Rulebook, park: Park | None, on: date) -> None:
        self.rulebook = rulebook
        self.park = park
        self.on = on
        self.terms = rulebook.terms_of(park)
        self.kept: dict[str, Any] = {}  # what screening worked out from these rules, by the hash of the rule
        self.items: tuple[Owned[Item], ...] = tuple(
            sorted(
                (owned for owned in self._binding(rulebook.items) if self._runs(owned.rule.effective)),
                key=lambda owned: owned.rule.id,
            )
        )
        self.duties: tuple[Owned[Duty], ...] = self._binding(rulebook.duties)
        self.criteria: tuple[Owned[Criterion], ...] = self._binding(rulebook.criteria)
        self.catalogues: Mapping[Catalogue, CatalogueInForce] = {
            kind: found for kind in Catalogue if (found := self._catalogue(kind)) is not None
        }
        self.absent: tuple[Absence, ...] = tuple(self._absences())

    @property
    def vocabulary(self) -> Vocabulary:
        """The dictionary of facts, with the park's own definitions."""
        return self.terms.vocabulary

    @property
    def conditions(self) -> Conditions:
        """Trees and compiled functions of all conditions."""
        return self.rulebook.conditions

    @property
    def leaves_park_open(self) -> bool:
        """No park was named although the rulebook has rules of parks: those were not applied."""
        return self.park is None and bool(self.rulebook.parks)

    @property
    def name(self) -> str:
        """`park@day`, for receipts."""
        return f"{self.park.park if self.park else 'national'}@{self.on.isoformat()}"

    @cached_property
    def sha256(self) -> str:
        """Hash over every rule in force, the park and the vocabulary; the same content gives the same hash."""
        parts: list[Owned[Any]] = [*self.items, *self.duties, *self.criteria]
        for catalogue in self.catalogues.values():
            parts.extend(catalogue.entries)
        editions = {_digest(part.edition) for part in {part.edition.edition: part for part in parts}.values()}
        park = None if self.park is None else _digest(self.park)
        life = self.rulebook.life_sha256
        return _digest(
            [park, self.rulebook.words_sha256, life, sorted(editions), sorted(part.sha256 for part in parts)]
        )

    @cached_property
    def duty_cites(self) -> Mapping[str, tuple[Cite, ...]]:
        """Duty id → the citations whose period covers the day (law of the day)."""
        return {owned.rule.id: tuple(map(_plain, owned.rule.cites_on(self.on))) for owned in self.duties}

    @cached_property
    def park_facts(self) -> Mapping[str, Value]:
        """Facts that hold for every project of the park unless it states otherwise."""
        facts: dict[str, Value] = {}
        for given in self.park.facts if self.park else ():
            facts[given.fact] = given.as_value(self.vocabulary.facts[given.fact].type)
        return facts

    def reads(self, key: str) -> frozenset[str]:
        """Every fact that can bear on a condition, those behind derived facts included."""
        return self.terms.reads(key)

    def askable(
        self, names: Iterable[str], values: Mapping[str, Value | None], *, first: bool = False
    ) -> tuple[str, ...]:
        """The facts to ask for when `names` are unknown: see `Terms.askable`."""
        return self.terms.askable(names, values, first=first)

    def settings_for(self, key: str) -> tuple[Setting, ...]:
        """How the park reads the terms that the condition `key` names."""
        names = facts_of(self.conditions.tree(key))
        settings = self.park.settings if self.park else ()
        return tuple(setting for setting in settings if not names.isdisjoint(setting.facts))

    def state(self, edition: Edition) -> Literal["in_force", "not_yet", "ended"] | None:
        """Does `edition` bind this park, and is it in force? None: it does not concern the park."""
        return edition.effective.state(self.on) if self._concerns(edition) else None

    def _concerns(self, edition: Edition) -> bool:
        park = self.park
        if park is None:
            return edition.layer is LAYERS[0] and not edition.applies_to
        if edition.layer is not LAYERS[-1] and edition.layer not in park.extends:
            return False
        place = {"park": park.park, "city": park.city, "river_basin": park.river_basin}
        return all(place[key] == wanted for key, wanted in edition.applies_to.items())

    def _binding(self, rules: Iterable[Owned[Model]]) -> tuple[Owned[Model], ...]:
        return tuple(owned for owned in rules if self.state(owned.edition) == "in_force")

    def _runs(self, period: Period | None) -> bool:
        return period is None or period.state(self.on) == "in_force"

    def _catalogue(self, kind: Catalogue) -> CatalogueInForce | None:
        for edition in self.rulebook.editions.values():
            if edition.catalogue is kind and self.state(edition) == "in_force":
                entries = [owned for owned in self.rulebook.entries if owned.edition is edition]
                return CatalogueInForce(edition, entries)
        return None

    def _absences(self) -> Iterable[Absence]:
        for kind in Catalogue:
            if kind in self.catalogues:
                continue
            states = {self.state(edition) for edition in self.rulebook.editions.values() if edition.catalogue is kind}
            reason: Literal["not_yet", "ended", "never"] = "never"
            if "not_yet" in states:
                reason = "not_yet"
            elif "ended" in states:
                reason = "ended"
            yield Absence(kind, reason)


def _owned(editions: Mapping[str, Edition], rules: Iterable[tuple[str, Located[Model]]]) -> tuple[Owned[Model], ...]:
    return tuple(
        Owned(editions[owner], located.model, _digest([owner, _digest(located.model)])) for owner, located in rules
    )


def _vocabulary_digest(vocabulary: Vocabulary) -> str:
    facts = sorted(_digest(fact) for fact in vocabulary.facts.values())
    codes = [[code.code, code.name, code.parent] for code in vocabulary.codes.table.values()]
    wastes = [[waste.code, waste.name, waste.hazard] for waste in vocabulary.wastes.table.values()]
    days = [str(day) for day in vocabulary.wastes.effective]
    units = {unit: list(names) for unit, names in vocabulary.units.items()}
    return _digest([facts, codes, wastes, days, units])


def _digest(content: BaseModel | list[Any]) -> str:
    """Hash of a model as its fields stand, or of a list."""
    if isinstance(content, BaseModel):
        text = content.model_dump_json()
    else:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(cite: Cite) -> Cite:
    return Cite(document=cite.document, number=cite.number, article=cite.article, url=cite.url)
