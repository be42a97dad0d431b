"""Random project documents over the shipped rules, with values at and around every threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from admission import screen
from admission.errors import InputError
from admission.logic import Expr, condition_key, walk
from admission.logic.nodes import AnyOf, Case, Compare, Constant, FactRef
from admission.rulebook import Catalogue, Entry, Ruleset, load_rulebook
from admission.screening import Component, Decision, Project
from admission.screening.facts import component_facts
from admission.screening.findings import findings
from admission.screening.verdict import Outcome
from admission.vocabulary import Fact, FactType, Value

RULES = load_rulebook(cache=False)
VOCABULARY = RULES.vocabulary
DAY = date(2026, 11, 24)
SHIZHU = RULES.in_force(park="shizhu", on=DAY)
DEMO = RULES.in_force(park="demo", on=DAY)
NATIONAL = RULES.in_force(on=DAY)

DIVISIONS = tuple(f"{number}" for number in range(13, 44))
PARK_SECTORS = ("344", "401", "402", "409", "339", "348", "137", "146", "273", "274", "443", "462", "772")
WORKS = ("boiler", "surface_treatment", "water_treatment")
WASTES = ("HW08 900-217-08", "HW49 900-041-49", "HW49 900-048-49", "HW17 900-000-17")


def codes_below(prefixes: Sequence[str]) -> tuple[str, ...]:
    """The three- and four-digit codes of the standard under `prefixes`."""
    return tuple(code for code in VOCABULARY.codes.table if len(code) > 2 and code.startswith(tuple(prefixes)))


def judged(project: Project, ruleset: Ruleset, tell: Iterable[Outcome] = ()) -> Decision:
    """`screen` without questions and remedies, and with the findings of `tell` only: these take most of its time."""

    def told(assessments: Iterable[Any], *given: Any) -> Any:
        return findings([item for item in assessments if item.outcome in tell], *given)

    def nothing(*given: object) -> tuple[()]:
        return ()

    with patch.multiple("admission.screening.screen", questions=nothing, remedies=nothing, findings=told):
        return screen(project, ruleset)


@cache
def _trees() -> tuple[Expr, ...]:
    """Every condition and formula of the shipped rules."""
    keys = {key for owned in RULES.entries for key in _entry_keys(owned.rule)}
    keys |= set(_list_keys())
    keys |= {fact.define for fact in RULES.derived if fact.define is not None}
    return tuple(RULES.conditions.tree(key) for key in sorted(keys))


def _entry_keys(rule: Entry) -> list[str]:
    conditions = [rule.implied_by, rule.scope, *(level.when for level in rule.levels.values())]
    return [condition_key(text, rule.sensitive_areas) for text in conditions if text is not None]


def _list_keys() -> list[str]:
    texts = [text for owned in RULES.items for text in (owned.rule.when, owned.rule.must) if text]
    texts += [points.when for owned in RULES.criteria for points in owned.rule.points]
    return texts + [text for owned in RULES.duties for text in (owned.rule.when, owned.rule.done_when) if text]


@cache
def _limits() -> Mapping[str, tuple[float, ...]]:
    """The numbers each fact is compared with anywhere in the rules."""
    found: dict[str, set[float]] = {}
    for tree in _trees():
        for node in walk(tree):
            if isinstance(node, Compare):
                names = [part.name for part in walk(node) if isinstance(part, FactRef)]
                numbers = [part.value for part in walk(node) if isinstance(part, Constant)]
                for name in names:
                    found.setdefault(name, set()).update(n for n in numbers if type(n) is float)
    return {name: tuple(sorted(numbers)) for name, numbers in found.items()}


@cache
def _named_members() -> Mapping[str, tuple[str, ...]]:
    """The members of each set that some rule asks for."""
    found: dict[str, set[str]] = {}
    for tree in _trees():
        for node in walk(tree):
            if isinstance(node, AnyOf):
                found.setdefault(node.name, set()).update(node.members)
    return {name: tuple(sorted(members)) for name, members in found.items()}


@cache
def values(name: str) -> st.SearchStrategy[Value]:
    """Values of a fact at and around what the rules compare it with."""
    fact = VOCABULARY.facts[name]
    match fact.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.NUMBER:
            return st.sampled_from(_numbers(fact))
        case FactType.ENUM:
            return st.sampled_from(sorted(fact.members))
        case FactType.CODE:
            return st.frozensets(st.sampled_from(WASTES), max_size=2)
    members = _named_members().get(name) or tuple(sorted(fact.members))
    return st.frozensets(st.sampled_from(members), max_size=2)


def _numbers(fact: Fact) -> Sequence[float]:
    low, high = fact.range or (None, None)
    around = {0.0, 1.0}
    for limit in _limits().get(fact.name, ()):
        around |= {limit, limit - 0.5, limit + 0.5, limit * 2}
    return sorted(n for n in around if (low is None or n >= low) and (high is None or n <= high)) or [float(low or 0)]


@cache
def _entry_facts(entry: str) -> frozenset[str]:
    rule = next(owned.rule for owned in RULES.entries if owned.rule.id == entry)
    return frozenset[str]().union(*(RULES.reads(key) for key in _entry_keys(rule)))


@cache
def _list_facts() -> frozenset[str]:
    return frozenset[str]().union(*(RULES.reads(key) for key in _list_keys()))


def _concerns(entry: Entry, codes: Iterable[str], works: Iterable[str]) -> bool:
    named = tuple(code for code in entry.industries if not code.startswith("-"))
    return any(code.startswith(named) for code in codes) or not set(works).isdisjoint(entry.activities)


@cache
def relevant(codes: frozenset[str], works: frozenset[str]) -> tuple[str, ...]:
    """The facts that bear on a component with these codes and works, or on any list, in a fixed order."""
    names = set(_list_facts())
    for kind in Catalogue:
        for owned in SHIZHU.catalogues[kind].entries:
            if _concerns(owned.rule, codes, works) or owned.rule.industries_other:
                names |= _entry_facts(owned.rule.id)
    facts = (VOCABULARY.facts[name] for name in sorted(names))
    return tuple(fact.name for fact in facts if not fact.internal and fact.name not in ("industry", "activity"))


def is_two_way(fact: Fact) -> bool:
    """Does the formula of a fact settle it both ways, so that it is asked through its parts?"""
    return fact.define is not None and not isinstance(RULES.conditions.tree(fact.define), Case)


@st.composite
def projects(
    draw: st.DrawFn,
    codes: Sequence[str],
    *,
    ruleset: Ruleset = SHIZHU,
    two_way: bool = True,
    shared_works: bool = True,
) -> Project:
    """A document that does not contradict itself; a fact stands at one level only.

    Without `two_way` no fact is stated whose formula settles it, without `shared_works` none of
    a work (boiler, …) for all components together.
    """
    components = [_component(draw, codes, number) for number in range(draw(st.integers(1, 3)))]
    shared: dict[str, Value] = {}
    own: list[dict[str, Value]] = [{} for _ in components]
    chosen = {name for c in components for name in relevant(c.industry or frozenset(), c.activity or frozenset())}
    density = draw(st.sampled_from((1, 3, 9)))  # how many facts are known for each that is not
    for name in sorted(chosen - ruleset.park_facts.keys()):
        fact = VOCABULARY.facts[name]
        if is_two_way(fact) and not two_way:
            continue
        if fact.work is not None and not shared_works:
            is_shared = False
        else:
            is_shared = fact.scope == "project" or draw(st.booleans())
        if is_shared:
            _state(draw, name, density, shared)
        else:
            for facts in own:
                _state(draw, name, density, facts)
    if "sensitive_areas" in shared:  # the two say the same thing, by area and for whatever entry applies
        shared.pop("in_entry_sensitive_area", None)
    stated = tuple(c.model_copy(update={"facts": facts}) for c, facts in zip(components, own, strict=True))
    return _consistent(Project(name="项目", facts=shared, components=stated), ruleset)


def _component(draw: st.DrawFn, codes: Sequence[str], number: int) -> Component:
    industry = draw(st.frozensets(st.sampled_from(codes), min_size=1, max_size=2))
    works = draw(st.frozensets(st.sampled_from(WORKS), max_size=1))
    works |= draw(st.frozensets(st.sampled_from(sorted(VOCABULARY.facts["activity"].members)), max_size=1))
    kind = draw(st.sampled_from(("code", "code", "both", "work")))
    return Component(
        name=f"内容{number}",
        industry=None if kind == "work" and works else industry,
        activity=None if kind == "code" or not works else works,
    )


def _state(draw: st.DrawFn, name: str, density: int, facts: dict[str, Value]) -> None:
    derived = VOCABULARY.facts[name].define is not None
    if draw(st.integers(0, density + (10 if derived else 0))) < (1 if derived else density):
        facts[name] = draw(values(name))


def _consistent(project: Project, ruleset: Ruleset) -> Project:
    """`project` without whatever makes it contradict itself: derived facts, works declared elsewhere."""
    try:
        component_facts(project, ruleset)
    except InputError:
        return project.model_copy(
            update={
                "facts": _plain(project.facts, ruleset, works=True),
                "components": tuple(
                    c.model_copy(update={"facts": _plain(c.facts, ruleset, works=False)}) for c in project.components
                ),
            }
        )
    return project


def _plain(facts: Mapping[str, Value], ruleset: Ruleset, works: bool) -> dict[str, Value]:
    known = ruleset.vocabulary.facts
    return {n: v for n, v in facts.items() if known[n].define is None and (works or known[n].work is None)}


Statement = tuple[int | None, str]
"""The number of the component (None: shared) and the fact it states."""


def statements(project: Project) -> list[Statement]:
    """Everything that `project` states, identity aside."""
    own = [(number, name) for number, c in enumerate(project.components) for name in sorted(c.facts)]
    return [*((None, name) for name in sorted(project.facts)), *own]


def without(project: Project, removed: Iterable[Statement]) -> Project:
    """`project` less some statements."""
    gone = set(removed)

    def kept(facts: Mapping[str, Value], number: int | None) -> dict[str, Value]:
        return {name: value for name, value in facts.items() if (number, name) not in gone}

    components = tuple(c.model_copy(update={"facts": kept(c.facts, n)}) for n, c in enumerate(project.components))
    return project.model_copy(update={"facts": kept(project.facts, None), "components": components})


def unidentified(project: Project, numbers: Iterable[int]) -> Project:
    """`project` with some components that say neither industry nor activity."""
    gone = set(numbers)
    components = tuple(
        c.model_copy(update={"industry": None, "activity": None}) if n in gone else c
        for n, c in enumerate(project.components)
    )
    return project.model_copy(update={"components": components})


def coarser(project: Project, digits: int) -> Project:
    """`project` with every industry code cut to `digits` digits."""
    components = tuple(
        c.model_copy(update={"industry": None if c.industry is None else frozenset(x[:digits] for x in c.industry)})
        for c in project.components
    )
    return project.model_copy(update={"components": components})
