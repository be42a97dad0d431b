"""The interview: only what can change the result, to the same end as the whole document, and never round in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.rulebook import Ruleset
from admission.screening import Decision, Judgement, Outcome, Project, screen
from admission.screening.facts import component_facts
from admission.screening.interview import Ask, Interview, Phase, interview
from admission.vocabulary import Value
from tests.screening.documents import DEMO, PARK_SECTORS, RULES, SHIZHU, VOCABULARY, codes_below, is_two_way, projects
from tests.screening.interviewee import Facts, Knowing
from tests.screening.small import DAY, component, criterion, duty, entry, flat, item, project, rulebook
from tests.screening.small import ruleset as small_ruleset

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "projects").glob("*.yaml"))
VALVE = {"industry": ["3443"]}
ENOUGH = 1000
quick = settings(max_examples=200, deadline=None)
slow = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


def rules_of(*items: dict[str, Any], **more: Any) -> Ruleset:
    """The rules of a small book in a park of which nothing is known."""
    return small_ruleset(rulebook(*items, **more))


def whole(full: Project, ruleset: Ruleset) -> Decision:
    return screen(full.model_copy(update={"milestones": ()}), ruleset)


def assert_same_end(user: Knowing, full: Project) -> None:
    """What a document states instead of the facts it follows from is asked through those: its user cannot tell."""
    there, here = whole(full, user.ruleset), screen(user.project, user.ruleset)
    stated = {*full.facts, *(name for part in full.components for name in part.facts)}
    if any(name in VOCABULARY.facts and is_two_way(VOCABULARY.facts[name]) for name in stated):
        assert set(here.possible_verdicts) >= set(there.possible_verdicts)
        assert set(here.eia.possible) >= set(there.eia.possible)
        assert set(here.permit.possible) >= set(there.permit.possible)
    else:
        ends = [(found.verdict, found.eia.possible, found.permit.possible) for found in (here, there)]
        assert ends[0] == ends[1]


def assert_can_change_something(found: Interview, ask: Ask, user: Knowing) -> None:
    """Everything named as a reason is undecided and hangs on the fact, which is unknown."""
    decision = screen(user.project, user.ruleset)
    open_rules = {finding.rule for finding in decision.findings if finding.outcome is Outcome.UNKNOWN}
    open_classes = {"eia": decision.eia.level is None, "permit": decision.permit.level is None}
    assert ask.reasons
    assert {"verdict", "eia", "permit"} & set(ask.decides)
    for reason in ask.reasons:
        if reason.target == "verdict":
            assert reason.rule in open_rules
            assert len(found.bounds.possible_verdicts) > 1 or found.bounds.verdict != found.bounds.possible_verdicts[0]
        elif reason.target in open_classes:
            assert open_classes[reason.target]
    names = [ask.key.component] if ask.key.component is not None else list(user.known)
    stated = {part.name: part.values for part in component_facts(user.project, user.ruleset)}
    assert any(stated[name][ask.key.fact] is None for name in names) or ask.key.fact == "industry"


def assert_interviewed(full: Project, ruleset: Ruleset, *, every: int = 1) -> None:
    user = Knowing(full, ruleset)
    for number, (found, ask) in enumerate(islice(user.interview(), ENOUGH)):
        if number % every == 0:
            assert_can_change_something(found, ask, user)
    assert len(user.answered) < ENOUGH
    assert len(set(user.answered)) == len(user.answered)
    assert_same_end(user, full)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_interview_ends_as_the_whole_document(path: Path) -> None:
    full = Project.from_yaml(path, RULES)
    assert full.as_of is not None
    assert_interviewed(full, RULES.in_force(full.park, on=full.as_of), every=5)


@pytest.mark.parametrize("ruleset", [SHIZHU, DEMO], ids=["shizhu", "demo"])
@slow
@given(draw=st.data())
def test_the_interview_ends_as_any_document(draw: st.DataObject, ruleset: Ruleset) -> None:
    assert_interviewed(draw.draw(projects(codes_below(PARK_SECTORS), ruleset=ruleset, two_way=False)), ruleset, every=9)


# a rulebook small enough to try every completion

_BOOLS = ("a", "b", "c", "d", "e", "planned")
_DOMAIN: Mapping[str, tuple[Value, ...]] = {
    **dict.fromkeys(_BOOLS, (True, False)),
    "amount": (5.0, 10.0, 100.0),
    "fuel": (frozenset({"coal"}), frozenset({"gas"}), frozenset()),
}
_SMALL = rules_of(
    item("R1", "prohibit", "a and b"),
    item("R2", "restrict", "c", status="unverified"),
    item("R3", "require", "planned", must="d"),
    item("R4", "prohibit", "e and is_large", stage="design"),
    item("R5", "encourage", "is_coal"),
    item("R6", "restrict", "is_coal and c"),
    eia=[entry("E1", {"report": "is_large or a", "form": "amount >= 10"}, industries=["344"])],
    permit=[entry("P1", {"key": "is_coal", "simplified": "b"}, industries=["344"])],
    duties=[duty("D", "f")],
    criteria=[criterion("K", 100, [("height > 3", 100)])],
)


def _result(facts: Mapping[str, Value]) -> tuple[object, ...]:
    found = screen(flat(**VALVE, **facts), _SMALL)
    return found.verdict, found.eia.possible, found.permit.possible


_RESULTS: dict[tuple[Value, ...], tuple[object, ...]] = {
    values: _result(dict(zip(_DOMAIN, values, strict=True))) for values in product(*_DOMAIN.values())
}


def _results(known: Facts, **more: Value) -> Iterator[tuple[object, ...]]:
    """The result of every completion of what is known."""
    open_to = {
        name: (value,) if (value := {**known, **more}.get(name)) is not None else _DOMAIN[name] for name in _DOMAIN
    }
    return (_RESULTS[values] for values in product(*open_to.values()))


def _matters(known: Facts, name: str) -> bool:
    """Do two completions that differ in nothing else end differently?"""
    by_value = [list(_results(known, **{name: value})) for value in _DOMAIN[name]]
    return any(len(set(alike)) > 1 for alike in zip(*by_value, strict=True))


@quick
@given(full=st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in _DOMAIN.items()}))
def test_every_question_asked_can_change_the_result_and_no_other_can(full: dict[str, Value]) -> None:
    user = Knowing(flat(**VALVE, **full), _SMALL)
    for _, ask in islice(user.interview(), ENOUGH):
        assert _matters(user.project.facts, ask.key.fact)
    found = interview(user.project, _SMALL, user.unsure)
    unsure = {key.fact for key in user.unsure}
    assert {item.ask.key.fact for item in found.unsure} == {
        name for name in _DOMAIN if name not in user.project.facts and _matters(user.project.facts, name)
    }
    assert not found.verdict_open
    assert unsure.isdisjoint(user.project.facts)
    assert_same_end(user, flat(**VALVE, **full))


# how it is told


def _asked(found: Interview) -> list[str]:
    return [ask.question.fact for ask in found.asks]


def _interview(
    rules: Ruleset, about: Project | None = None, *unsure: tuple[str, str | None], **more: object
) -> Interview:
    return interview(about or flat(**VALVE), rules, unsure, **more)  # type: ignore[arg-type]  # keywords of the caller


def test_what_settles_admission_comes_first_then_later_stages_then_the_rest_when_asked_for() -> None:
    rules = rules_of(
        item("R1", "prohibit", "a", stage="operation"),
        item("R2", "prohibit", "b"),
        duties=[duty("D", "c")],
        criteria=[criterion("K", 100, [("d", 100)])],
    )
    found = _interview(rules)
    assert _asked(found) == ["b", "a"]
    assert [ask.phase for ask in found.asks] == [Phase.ADMISSION, Phase.LATER]
    assert found.waiting == {Phase.ADMISSION: 1, Phase.LATER: 1, Phase.MORE: 2}
    assert _asked(_interview(rules, until=Phase.ADMISSION)) == ["b"]
    more = _interview(rules, until=Phase.MORE)
    assert [(ask.key.fact, ask.decides) for ask in more.asks[2:]] == [("c", ("duties",)), ("d", ("score",))]
    assert [reason.title for reason in more.asks[2].reasons] == ["D号"]


def test_every_reason_names_its_clause_and_the_worst_it_can_bring() -> None:
    rules = rules_of(
        item("R1", "restrict", "a"),
        item("R2", "prohibit", "a"),
        item("R3", "encourage", "a"),
        eia=[entry("E1", {"report": "a"}, industries=["344"])],
    )
    (ask,) = _interview(rules).asks
    assert [(reason.target, reason.rule, reason.worst) for reason in ask.reasons] == [
        ("verdict", "R2", "reject"),
        ("verdict", "R1", "review"),
        ("eia", "E1", None),
    ]
    assert ask.reasons[0].cite is not None
    assert (ask.reasons[0].cite.article, ask.reasons[0].title) == ("第R2条", "R2号")
    english = _interview(rules, lang="en").asks[0].reasons
    assert english[2].cite is not None
    assert (english[0].title, english[2].cite.article) == ("R2", "entry 1")


def test_the_bounds_narrow_with_every_answer() -> None:
    rules = rules_of(
        item("R1", "prohibit", "a"), item("R2", "restrict", "b"), item("R3", "prohibit", "c", stage="design")
    )
    open_, clear, hit = (_interview(rules, flat(**VALVE, **facts)) for facts in ({}, {"a": False}, {"a": True}))
    assert open_.bounds.at_admission == ("conditional", "review", "reject")
    assert open_.bounds.possible_verdicts == ("admit", "review", "reject")
    assert (clear.bounds.at_admission, hit.bounds.at_admission) == (("conditional", "review"), ("reject",))
    assert (open_.verdict_open, clear.verdict_open, hit.verdict_open) == (True, True, False)
    assert hit.asks == ()


def test_what_is_not_known_is_not_asked_again_and_listed_with_who_can_tell() -> None:
    rules = rules_of(
        item("R1", "prohibit", "a", department="发改、经信"),
        item("R2", "prohibit", "b"),
        permit=[entry("P1", {"key": "c"}, industries=["344"])],
    )
    found = _interview(rules, None, ("a", None), ("c", None), ("f", None))
    assert _asked(found) == ["b"]
    assert [(item.ask.key.fact, item.document, item.departments) for item in found.unsure] == [
        ("a", "可研", ("发改", "经信")),
        ("c", "可研", ("生态环境",)),
    ]
    assert found.bounds.verdict == "incomplete"


def test_what_is_not_known_of_the_project_is_not_asked_of_a_component() -> None:
    rules = rules_of(eia=[entry("E1", {"report": "b"}, industries=["344"])])
    about = project(component("甲", **VALVE), component("乙", **VALVE))
    assert len(_interview(rules, about).asks) == 2
    assert len(_interview(rules, about, ("b", "甲")).asks) == 1
    assert not _interview(rules, about, ("b", None)).asks


def test_the_industry_is_asked_of_each_component_that_nobody_has_identified() -> None:
    about = project(component("阀门车间", **VALVE), component("锅炉房"), component("仓库"), park="shizhu")
    found = interview(about, SHIZHU)
    identity = [ask.key for ask in found.asks if ask.key.fact in ("industry", "activity")]
    assert {key.component for key in identity} == {"锅炉房", "仓库"}
    assert ("industry", "锅炉房") in identity
    told = interview(about, SHIZHU, [("industry", "锅炉房")])
    assert ("industry", "锅炉房") not in [ask.key for ask in told.asks]
    assert ("industry", "锅炉房") in [doubt.ask.key for doubt in told.unsure]


def test_an_industry_that_is_too_coarse_is_asked_of_the_component_that_states_it() -> None:
    about = project(component("车间", industry=["34"]), component("锅炉房", activity=["boiler"]), park="shizhu")
    keys = [ask.key for ask in interview(about, SHIZHU).asks if ask.key.fact == "industry"]
    assert keys == [("industry", "车间")]


def test_a_clause_that_leaves_the_verdict_incomplete_is_asked_even_when_only_one_verdict_is_left() -> None:
    rules = rules_of(item("R1", "require", "true", must="a"), item("R2", "require", "true", must="b"))
    found = _interview(rules, flat(**VALVE, a=False))
    assert (found.bounds.at_admission, found.bounds.verdict) == (("conditional",), "incomplete")
    assert _asked(found) == ["b"]


def test_a_recorded_judgement_bounds_what_an_unknown_fact_can_bring() -> None:
    rules = rules_of(item("R1", "restrict", "a", judgement={"zh": "可以吗？", "en": "may it?"}))
    judged = Judgement(rule="R1", answer="clear", who="王工", when=DAY, why="符合")
    found = _interview(rules, flat(**VALVE).model_copy(update={"judgements": (judged,)}))
    assert found.bounds.at_admission == ("admit",)
    assert _interview(rules).bounds.at_admission == ("admit", "review")


def test_without_a_park_every_verdict_stays_open_and_the_questions_go_on() -> None:
    found = _interview(RULES.in_force(on=DAY))
    assert found.bounds.at_admission[-1] == "reject"
    assert found.asks
