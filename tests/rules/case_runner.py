"""Runs the cases that stand beside the rules (`*.cases.yaml`) through the engine itself.

A case is one project of one component: `given` holds its industry, activity and facts, by any
name a document may use; `expect` says what each rule makes of it on the day `as_of`; `needs`
are facts the undecided rules must ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from admission import Component, Project, Rulebook, Ruleset, load_rulebook
from admission._reading import Listing, Mapping, Node, Scalar, decode, parse, plain
from admission.errors import Problem, ProblemsError
from admission.rulebook import Catalogue, Edition, Layer, shipped_paths
from admission.screening.catalogue import classify
from admission.screening.classes import entry_needs
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts, component_facts
from admission.screening.lists import assess, needs
from admission.vocabulary import Value, Vocabulary, parse_value

__all__ = ["Case", "Outcome", "differences", "outcome_of", "read_cases", "rulebook", "shipped_case_files"]

NOT_APPLICABLE = "not_applicable"
NOT_IN_FORCE = "not_in_force"
_NEUTRAL = "shizhu"
_KEYS = ("name", "as_of", "given", "expect", "needs")


@dataclass(frozen=True)
class Case:
    """One case as written; `at` is file:line."""

    at: str
    name: str
    as_of: date
    given: Mapping
    expect: dict[str, tuple[str, ...]]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What a rule made of a case: the outcome or the levels still possible, and what it asks for."""

    found: tuple[str, ...]
    needs: tuple[str, ...] = ()


def shipped_case_files() -> Iterator[Path]:
    """Every case file of the shipped rules."""
    for folder in shipped_paths():
        yield from sorted(folder.rglob("*.cases.yaml"))


@cache
def rulebook() -> Rulebook:
    """The shipped rulebook, read once."""
    return load_rulebook()


def read_cases(path: Path, name: str) -> list[Case]:
    """The cases of one file; raises when the file is not made of cases."""
    problems: list[Problem] = []
    text = decode(path.read_bytes(), name, problems)
    nodes = parse(text, name, problems) if text is not None else []
    if problems:
        raise ProblemsError(problems)
    (node,) = nodes
    assert isinstance(node, Mapping)
    listing = node.get("cases")
    assert isinstance(listing, Listing), f"{name}: no `cases:`"
    return [_case(item) for item in listing.items]


def _case(node: Node) -> Case:
    assert isinstance(node, Mapping), node.place
    keys = {key.text for key, _ in node.pairs}
    assert keys <= set(_KEYS), f"{node.place}: unknown keys {keys - set(_KEYS)}"
    body = plain(node)
    given = node.get("given")
    assert isinstance(body, dict), node.place
    assert isinstance(given, Mapping), f"{node.place}: `given` is missing"
    assert body.get("expect"), f"{node.place}: `expect` is missing"
    expect = {rule: tuple(value) if isinstance(value, list) else (value,) for rule, value in body["expect"].items()}
    return Case(
        at=f"{node.place.file}:{node.place.line}",
        name=body["name"],
        as_of=date.fromisoformat(body["as_of"]),
        given=given,
        expect=expect,
        needs=tuple(body.get("needs", ())),
    )


def outcome_of(case: Case, rule: str, rules: Rulebook) -> Outcome:
    """What `rule` makes of `case`; raises `InputError` when the case itself is no valid document."""
    edition = _edition_of(rule, rules)
    ruleset = _ruleset(edition.applies_to.get("park"), edition.layer, case.as_of, rules)
    components = component_facts(_project(case, rules.vocabulary), ruleset)
    if edition.catalogue is None:
        return _item_outcome(rule, components, ruleset)
    return _entry_outcome(rule, edition.catalogue, components, ruleset)


def _edition_of(rule: str, rules: Rulebook) -> Edition:
    owned = next((owned for owned in (*rules.items, *rules.entries) if owned.rule.id == rule), None)
    assert owned is not None, f"no rule {rule}"
    return owned.edition


def _ruleset(park: str | None, layer: Layer, on: date, rules: Rulebook) -> Ruleset:
    """The rules of the day: for a park's own rules that park, else one about which nothing is known."""
    if layer is Layer.PARK and park is not None:
        return rules.in_force(park, on=on)
    return _neutral(on, rules)


@cache
def _neutral(on: date, rules: Rulebook) -> Ruleset:
    return Ruleset(rules, rules.parks[_NEUTRAL].model_copy(update={"facts": ()}), on)


def _project(case: Case, vocabulary: Vocabulary) -> Project:
    problems: list[Problem] = []
    values = dict(_values(case.given, vocabulary, problems))
    if problems:
        raise ProblemsError(problems)
    identity = {name: values.pop(name, None) for name in (INDUSTRY, ACTIVITY)}
    known = {name: value for name, value in values.items() if value is not None}
    component = Component(name=case.name, **identity, facts=known)  # type: ignore[arg-type]
    return Project(name=case.name, components=(component,))


def _values(given: Mapping, vocabulary: Vocabulary, problems: list[Problem]) -> Iterator[tuple[str, Value | None]]:
    for key, node in given.pairs:
        fact = vocabulary.find(key.text)
        assert fact is not None, f"{key.place}: no fact {key.text}; nearest: {vocabulary.nearest(key.text)}"
        if fact.internal:
            assert isinstance(node, Scalar), key.place
        yield fact.name, parse_value(fact, node, vocabulary, problems)


def _item_outcome(rule: str, components: tuple[ComponentFacts, ...], ruleset: Ruleset) -> Outcome:
    found = [assessment for assessment in assess(ruleset, components) if assessment.item.id == rule]
    if not found:
        return Outcome((NOT_IN_FORCE,))
    (assessment,) = found
    return Outcome((str(assessment.outcome),), needs(assessment, ruleset))


def _entry_outcome(rule: str, kind: Catalogue, components: tuple[ComponentFacts, ...], ruleset: Ruleset) -> Outcome:
    catalogue = ruleset.catalogues.get(kind)
    if catalogue is None or all(owned.rule.id != rule for owned in catalogue.entries):
        return Outcome((NOT_IN_FORCE,))
    found = [result for result in classify(catalogue, components, ruleset).results if result.entry.rule.id == rule]
    if not found or found[0].applies is False:
        return Outcome((NOT_APPLICABLE,))
    (result,) = found
    return Outcome(result.possible, entry_needs(result, ruleset))


def differences(case: Case, rules: Rulebook) -> list[str]:
    """One sentence per way in which the rules do not do what `case` expects; none when they do."""
    outcomes = {rule: outcome_of(case, rule, rules) for rule in case.expect}
    wrong = [
        f"{rule}: expected {_shown(case.expect[rule])}, found {_shown(outcome.found)}, needs {_shown(outcome.needs)}"
        for rule, outcome in outcomes.items()
        if set(outcome.found) != set(case.expect[rule])
    ]
    asked = {name for outcome in outcomes.values() for name in outcome.needs}
    wanted = {_canonical(name, rules.vocabulary) for name in case.needs}
    if not wanted <= asked:
        wrong.append(f"not asked for: {_shown(sorted(wanted - asked))}; asked: {_shown(sorted(asked))}")
    return wrong


def _canonical(name: str, vocabulary: Vocabulary) -> str:
    fact = vocabulary.find(name)
    assert fact is not None, f"no fact {name}"
    return fact.name


def _shown(words: Iterable[str]) -> str:
    return "/".join(words) or "—"
