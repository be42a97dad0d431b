"""Files → `Rulebook`: schemas, references, ids, conditions; every error of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TypeVar

from admission._messages import Phrase, ProblemCode
from admission._reading import Mapping, Node, place_of
from admission.errors import ConditionError, Place, Problem, RulebookError
from admission.logic import derived_order
from admission.logic.builder import ConditionsBuilder
from admission.rulebook.checks import check_layers, check_parks, check_periods, unknown_reference
from admission.rulebook.editions import Owned
from admission.rulebook.files import Located, RuleFiles, read_node, read_rule_files
from admission.rulebook.life_checks import check_life, life_conditions, life_ids
from admission.rulebook.model import Duty, Edition, Entry, Item, Setting, Strict
from admission.rulebook.rulebook import Rulebook
from admission.rulebook.sources import SourceFile
from admission.rulebook.terms import Terms, park_vocabulary
from admission.vocabulary import Vocabulary, load_vocabulary

__all__ = ["check_list", "load_sources"]

Model = TypeVar("Model", bound=Strict)

_KINDS = {
    "activity": Phrase("工程内容", "activity"),
    "sensitive_areas": Phrase("环境敏感区", "sensitive area"),
}


def load_sources(files: Sequence[SourceFile]) -> Rulebook:
    """The rulebook of `files`; raises one `RulebookError` with every problem of every file.

    Files in a folder named `vocabulary` are the vocabulary, all others are rules.
    """
    problems: list[Problem] = []
    words = [file for file in files if "vocabulary" in PurePath(file[0]).parts]
    rules = [file for file in files if "vocabulary" not in PurePath(file[0]).parts]
    vocabulary = load_vocabulary(words, problems)
    found = read_rule_files(rules, problems)
    conditions = ConditionsBuilder(vocabulary)
    _Loader(vocabulary, found, conditions, problems).check()
    derived = derived_order(vocabulary, conditions.trees, problems)
    parks = {park.model.park: park_vocabulary(vocabulary, park.model) for park in found.parks}
    orders = {
        name: (words, derived_order(words, conditions.trees, problems))
        for name, words in parks.items()
        if words is not vocabulary
    }
    if problems:
        raise RulebookError(problems)
    built = conditions.build()
    terms = {name: Terms(words, built, order) for name, (words, order) in orders.items()}
    return Rulebook(vocabulary, found, built, derived, terms, files)


def check_list(node: Node, rulebook: Rulebook, problems: list[Problem]) -> tuple[Edition, tuple[Item, ...]] | None:
    """The list `node` holds, checked as if it stood in `rulebook` in place of the edition of its id.

    Every problem is added; with a problem that hides the edition itself, None.
    """
    found = RuleFiles()
    read_node(node, found, problems)
    if len(found.editions) != 1:
        return None
    edition = found.editions[0].model
    together = _beside(rulebook, edition.edition, found)
    _Loader(rulebook.vocabulary, together, ConditionsBuilder(rulebook.vocabulary), problems).check_items(found)
    return edition, tuple(item.model for _, item in found.items)


def _beside(rulebook: Rulebook, replaced: str, found: RuleFiles) -> RuleFiles:
    """The rules of `rulebook` without the edition `replaced`, then those of `found`; each placed by its edition."""
    editions = [edition for name, edition in rulebook.editions.items() if name != replaced]

    def owned(rules: Iterable[Owned[Model]]) -> list[tuple[str, Located[Model]]]:
        names = ((rule.edition.edition, rule.rule) for rule in rules)
        return [(name, _placed(rule, name)) for name, rule in names if name != replaced]

    return RuleFiles(
        editions=[_placed(edition, edition.edition) for edition in editions] + found.editions,
        entries=owned(rulebook.entries),
        items=owned(rulebook.items) + found.items,
        duties=owned(rulebook.duties) + found.duties,
        criteria=owned(rulebook.criteria) + found.criteria,
        parks=[_placed(park, name) for name, park in rulebook.parks.items()],
        milestones=[_placed(event, name) for name, event in rulebook.milestones.items()],
        retired=[_placed(retired, retired.id) for retired in rulebook.retired],
        broken=found.broken,
    )


def _placed(model: Model, name: str) -> Located[Model]:
    return Located(model, Mapping((), Place(name)))


class _Loader:
    """One pass over all rules; problems are collected, never raised."""

    def __init__(
        self, vocabulary: Vocabulary, found: RuleFiles, conditions: ConditionsBuilder, problems: list[Problem]
    ) -> None:
        self._vocabulary = vocabulary
        self._found = found
        self._conditions = conditions
        self._problems = problems
        self._editions = {edition.model.edition: edition.model for edition in found.editions}

    def check(self) -> None:
        """Check everything; conditions are added on the way."""
        self._check_ids()
        self._check_works()
        self._check_owners()
        self._check_events()
        self._add_definitions()
        self._add_rules()
        check_parks(self._found, self._vocabulary, self._problems)
        check_periods(self._found, self._problems)
        check_layers(self._found, self._editions, self._problems)
        check_life(self._found, self._problems)

    def check_items(self, added: RuleFiles) -> None:
        """Check what a list adds to rules that are in order."""
        self._check_ids()
        self._add_items(added.items)
        check_parks(self._found, self._vocabulary, self._problems)
        check_periods(self._found, self._problems)
        check_layers(self._found, self._editions, self._problems)

    def _problem(self, code: ProblemCode, place: Place, field: str = "", **values: object) -> None:
        self._problems.append(Problem(code, place, field, values))

    def _check_ids(self) -> None:
        retired = {item.model.id: item.model for item in self._found.retired}
        seen: dict[str, Place] = {}
        for name, place in self._ids():
            if name in seen:
                self._problem(ProblemCode.DUPLICATE_ID, place, id=name, other=seen[name])
            seen.setdefault(name, place)
            if name in retired:
                self._problem(ProblemCode.RETIRED_ID, place, id=name, reason=retired[name].reason)

    def _ids(self) -> Iterable[tuple[str, Place]]:
        for edition in self._found.editions:
            yield edition.model.edition, edition.place("edition")
        for _, entry in self._found.entries:
            yield entry.model.id, entry.place("id")
        for _, item in self._found.items:
            yield item.model.id, item.place("id")
        for _, duty in self._found.duties:
            yield duty.model.id, duty.place("id")
        for edition_id, criterion in self._found.criteria:
            yield f"{edition_id}/{criterion.model.id}", criterion.place("id")
        for park in self._found.parks:
            yield f"park:{park.model.park}", park.place("park")
        for event in self._found.milestones:
            yield f"milestone:{event.model.id}", event.place("id")
        yield from life_ids(self._found)

    def _check_works(self) -> None:
        for fact in self._vocabulary.facts.values():
            if fact.work is not None:
                place = fact.place or Place("vocabulary")
                self._member("activity", fact.work, place, f"{fact.name}.work")

    def _check_owners(self) -> None:
        ownerless: dict[Place, str] = {}
        for edition_id, entry in self._found.entries:
            edition = self._editions.get(edition_id)
            if edition is None and edition_id in self._found.broken:
                pass
            elif edition is None or edition.kind != "catalogue":
                ownerless[place_of(entry.node, ("edition",))] = edition_id
            else:
                self._check_levels(entry, edition)
            for area in entry.model.sensitive_areas:
                self._member("sensitive_areas", area, entry.place("sensitive_areas"), "sensitive_areas")
            for activity in entry.model.activities:
                self._member("activity", activity, entry.place("activities"), "activities")
            for code in entry.model.industries:
                if not self._vocabulary.codes.is_prefix(code.removeprefix("-")):
                    nearest = "、".join(self._vocabulary.codes.nearest(code.removeprefix("-"))) or "—"
                    table = self._vocabulary.codes
                    values = {"table": table.title, "code": code, "expected": table.prefixes, "nearest": nearest}
                    place = entry.place("industries")
                    self._problems.append(Problem(ProblemCode.CONDITION_CODE, place, "industries", values))
        known = "、".join(sorted(name for name, e in self._editions.items() if e.kind == "catalogue")) or "—"
        for place, edition_id in ownerless.items():
            self._problem(ProblemCode.UNKNOWN_EDITION, place, "edition", id=edition_id, known=known)

    def _check_levels(self, entry: Located[Entry], edition: Edition) -> None:
        for level in entry.model.levels:
            if level not in edition.levels:
                self._reference(entry, ("levels", level), Phrase("等级", "level"), level, edition.levels)

    def _check_events(self) -> None:
        events = {event.model.id for event in self._found.milestones} | self._found.broken
        for _, duty in self._found.duties:
            for event_id in duty.model.done_by:
                if event_id not in events:
                    self._reference(duty, ("done_by",), Phrase("节点", "milestone"), event_id, events)

    def _member(self, fact_name: str, member: str, place: Place, field: str) -> None:
        fact = self._vocabulary.facts.get(fact_name)
        members = fact.members if fact is not None else {}
        if member not in members:
            self._problems.append(unknown_reference(place, field, _KINDS[fact_name], member, members))

    def _reference(
        self, rule: Located[Entry] | Located[Duty], path: tuple[str, ...], kind: Phrase, name: str, known: Iterable[str]
    ) -> None:
        self._problems.append(unknown_reference(rule.place(*path), ".".join(path), kind, name, known))

    def _condition(
        self,
        text: str | None,
        place: Place,
        field: str,
        areas: tuple[str, ...] = (),
    ) -> None:
        if text is None:
            return
        try:
            self._conditions.add(text, sensitive_areas=areas)
        except ConditionError as error:
            self._problems.append(Problem(error.code, place, field, error.values))

    def _add_definitions(self) -> None:
        for fact in self._vocabulary.derived:
            try:
                self._conditions.add_definition(fact)
            except ConditionError as error:
                place = fact.place or Place("vocabulary")
                self._problems.append(Problem(error.code, place, f"{fact.name}.define", error.values))

        for park in self._found.parks:
            for index, setting in enumerate(park.model.settings):
                self._add_setting(setting, park.place("settings", index, "define"))

    def _add_setting(self, setting: Setting, place: Place) -> None:
        """A definition must fit its fact; that the facts exist is checked with the park's own facts."""
        fact = self._vocabulary.facts.get(setting.facts[0]) if setting.define is not None else None
        if fact is not None:
            try:
                self._conditions.add_definition(fact.model_copy(update={"define": setting.define}))
            except ConditionError as error:
                self._problems.append(Problem(error.code, place, f"{setting.name}.define", error.values))

    def _add_items(self, items: Iterable[tuple[str, Located[Item]]]) -> None:
        for _, item in items:
            self._condition(item.model.when, item.place("when"), f"{item.model.id}.when")
            self._condition(item.model.must, item.place("must"), f"{item.model.id}.must")

    def _add_rules(self) -> None:
        self._add_items(self._found.items)
        for _, entry in self._found.entries:
            self._add_entry(entry)
        for _, duty in self._found.duties:
            self._condition(duty.model.when, duty.place("when"), f"{duty.model.id}.when")
            self._condition(duty.model.done_when, duty.place("done_when"), f"{duty.model.id}.done_when")
        for _, criterion in self._found.criteria:
            for index, points in enumerate(criterion.model.points):
                place = criterion.place("points", index, "when")
                self._condition(points.when, place, f"{criterion.model.id}.points.{index}.when")
        for place, field, text in life_conditions(self._found):
            self._condition(text, place, field)

    def _add_entry(self, entry: Located[Entry]) -> None:
        model = entry.model
        for key, text in (("implied_by", model.implied_by), ("scope", model.scope)):
            self._condition(text, entry.place(key), f"{model.id}.{key}", areas=model.sensitive_areas)
        for name, level in model.levels.items():
            place = entry.place("levels", name, "when")
            self._condition(level.when, place, f"{model.id}.{name}", areas=model.sensitive_areas)
