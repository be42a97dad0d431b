"""Files → `Rulebook`: schemas, references, ids, conditions; every error of every file at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import PurePath

from admission._messages import ProblemCode
from admission.errors import ConditionError, Place, Problem, RulebookError
from admission.logic import derived_order
from admission.logic.builder import ConditionsBuilder
from admission.rulebook.checks import check_layers, check_periods
from admission.rulebook.files import Located, RuleFiles, read_rule_files
from admission.rulebook.model import Duty, Entry
from admission.rulebook.rulebook import Rulebook
from admission.rulebook.sources import SourceFile
from admission.vocabulary import FactType, Vocabulary, load_vocabulary

__all__ = ["load_sources"]


def load_sources(files: Sequence[SourceFile]) -> Rulebook:
    """The rulebook of `files`; raises one `RulebookError` with every problem of every file.

    Files in a folder named `vocabulary` are the vocabulary, all others are rules.
    """
    problems: list[Problem] = []
    words = [file for file in files if "vocabulary" in PurePath(file[0]).parts]
    rules = [file for file in files if "vocabulary" not in PurePath(file[0]).parts]
    vocabulary = load_vocabulary(words, problems)
    found = read_rule_files(rules, problems)
    loader = _Loader(vocabulary, found, problems)
    rulebook = loader.build(files)
    if problems:
        raise RulebookError(problems)
    return rulebook


class _Loader:
    """One pass over all rules; problems are collected, never raised."""

    def __init__(self, vocabulary: Vocabulary, found: RuleFiles, problems: list[Problem]) -> None:
        self._vocabulary = vocabulary
        self._found = found
        self._problems = problems
        self._conditions = ConditionsBuilder(vocabulary)
        self._editions = {edition.model.edition: edition.model for edition in found.editions}

    def build(self, files: Sequence[SourceFile]) -> Rulebook:
        """Check everything and put it together."""
        self._check_ids()
        self._check_owners()
        self._add_definitions()
        self._add_rules()
        self._check_parks()
        check_periods(self._found, self._problems)
        check_layers(self._found, self._editions, self._problems)
        trees = self._conditions.trees
        order = derived_order(self._vocabulary, trees, self._problems)
        return Rulebook(self._vocabulary, self._found, self._conditions.build(), order, files)

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

    def _check_owners(self) -> None:
        for edition_id, entry in self._found.entries:
            edition = self._editions.get(edition_id)
            if edition is None or edition.kind != "catalogue":
                known = "、".join(sorted(self._editions)) or "—"
                self._problem(ProblemCode.UNKNOWN_EDITION, entry.place(), "edition", id=edition_id, known=known)
                continue
            for level in entry.model.levels:
                if level not in edition.levels:
                    self._reference(entry, ("levels", level), "等级", level, edition.levels)
            for area in entry.model.sensitive_areas:
                self._member(entry, "sensitive_areas", area)
            for activity in entry.model.activities:
                self._member(entry, "activity", activity, "activities")
            for code in entry.model.industries:
                if not self._vocabulary.codes.exists(code.lstrip("-")):
                    nearest = "、".join(self._vocabulary.codes.nearest(code.lstrip("-")))
                    values = {"code": code, "nearest": nearest}
                    place = entry.place("industries")
                    self._problems.append(Problem(ProblemCode.CONDITION_CODE, place, "industries", values))
        events = {event.model.id for event in self._found.milestones}
        for _, duty in self._found.duties:
            for event_id in duty.model.done_by:
                if event_id not in events:
                    self._reference(duty, ("done_by",), "节点", event_id, events)

    def _member(self, rule: Located[Entry], fact_name: str, member: str, key: str | None = None) -> None:
        fact = self._vocabulary.facts.get(fact_name)
        if fact is None or member not in fact.members:
            self._reference(rule, (key or fact_name,), fact_name, member, fact.members if fact else ())

    def _reference(
        self, rule: Located[Entry] | Located[Duty], path: tuple[str, ...], kind: str, name: str, known: Iterable[str]
    ) -> None:
        nearest = "、".join(get_close_matches(name, list(known), 3, 0.4)) or "—"
        self._problem(
            ProblemCode.UNKNOWN_REFERENCE, rule.place(*path), ".".join(path), kind=kind, id=name, nearest=nearest
        )

    def _condition(
        self,
        text: str | None,
        place: Place,
        field: str,
        kind: FactType | None = FactType.BOOL,
        areas: tuple[str, ...] = (),
    ) -> None:
        if text is None:
            return
        try:
            self._conditions.add(text, kind, areas)
        except ConditionError as error:
            self._problems.append(Problem(error.code, place, field, error.values))

    def _add_definitions(self) -> None:
        for fact in self._vocabulary.derived:
            kind = FactType.TEXT if fact.type is FactType.ENUM else fact.type
            self._condition(fact.define, fact.place or Place("vocabulary"), f"{fact.name}.define", kind)

    def _add_rules(self) -> None:
        for _, item in self._found.items:
            self._condition(item.model.when, item.place("when"), f"{item.model.id}.when")
            self._condition(item.model.must, item.place("must"), f"{item.model.id}.must")
        for _, entry in self._found.entries:
            self._add_entry(entry)
        for _, duty in self._found.duties:
            self._condition(duty.model.when, duty.place("when"), f"{duty.model.id}.when")
        for _, criterion in self._found.criteria:
            for index, points in enumerate(criterion.model.points):
                place = criterion.place("points", index, "when")
                self._condition(points.when, place, f"{criterion.model.id}.points.{index}.when")

    def _add_entry(self, entry: Located[Entry]) -> None:
        model = entry.model
        for key, text in (("implied_by", model.implied_by), ("scope", model.scope)):
            self._condition(text, entry.place(key), f"{model.id}.{key}", areas=model.sensitive_areas)
        for name, level in model.levels.items():
            place = entry.place("levels", name, "when")
            self._condition(level.when, place, f"{model.id}.{name}", areas=model.sensitive_areas)

    def _check_parks(self) -> None:
        for park in self._found.parks:
            for index, given in enumerate(park.model.facts):
                fact = self._vocabulary.facts.get(given.fact)
                if fact is None:
                    place = park.place("facts", index, "fact")
                    self._problem(
                        ProblemCode.CONDITION_FACT,
                        place,
                        "facts",
                        name=given.fact,
                        nearest="、".join(self._vocabulary.nearest(given.fact)) or "—",
                    )
                elif not _fits(fact.type, given.value):
                    place = park.place("facts", index, "value")
                    self._problem(
                        ProblemCode.WRONG_TYPE,
                        place,
                        given.fact,
                        actual=given.value,
                        expected=fact.type,
                        example="true",
                    )


def _fits(kind: FactType, value: object) -> bool:
    expected: dict[FactType, type | tuple[type, ...]] = {
        FactType.BOOL: bool,
        FactType.NUMBER: (int, float),
        FactType.SET: tuple,
        FactType.CODE: tuple,
    }
    return isinstance(value, expected.get(kind, str)) and isinstance(value, bool) == (kind is FactType.BOOL)
