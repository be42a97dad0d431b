"""Every effect, status and state of a clause: outcome, verdict, what stays possible."""

from __future__ import annotations

from typing import Any

import pytest

from admission.rulebook import Effect
from admission.screening import Decision, Outcome, Verdict
from admission.screening import verdict as verdicts
from admission.screening.verdict import VERDICTS, contribution, severity, strictest
from tests.screening.small import component, decide, flat, item, judged, project, rulebook

DUTY = {"must": "b"}
REJECTING = {"must": "b", "unmet": "reject"}
JUDGED = {"judgement": {"zh": "是否实质影响？", "en": "Is it material?"}}
UNVERIFIED = {"status": "unverified"}
YES, NO, OPEN = {"a": True}, {"a": False}, {}
MET, UNMET = {"a": True, "b": True}, {"a": True, "b": False}


def decision(effect: str, more: dict[str, Any], facts: dict[str, Any]) -> Decision:
    return decide(rulebook(item("R", effect, "a", **more)), flat(**facts))


@pytest.mark.parametrize(
    ("effect", "more", "facts", "outcome", "verdict", "possible"),
    [
        ("prohibit", {}, YES, "hit", "reject", ["reject"]),
        ("prohibit", {}, NO, "clear", "admit", ["admit"]),
        ("prohibit", {}, OPEN, "unknown", "incomplete", ["admit", "reject"]),
        ("restrict", {}, YES, "hit", "review", ["review"]),
        ("restrict", {}, NO, "clear", "admit", ["admit"]),
        ("restrict", {}, OPEN, "unknown", "incomplete", ["admit", "review"]),
        ("encourage", {}, YES, "hit", "admit", ["admit"]),
        ("encourage", {}, NO, "clear", "admit", ["admit"]),
        ("encourage", {}, OPEN, "unknown", "admit", ["admit"]),
        ("require", DUTY, MET, "met", "admit", ["admit"]),
        ("require", DUTY, UNMET, "unmet", "conditional", ["conditional"]),
        ("require", DUTY, NO, "not_applicable", "admit", ["admit"]),
        ("require", DUTY, YES, "unknown", "incomplete", ["admit", "conditional"]),
        ("require", DUTY, OPEN, "unknown", "incomplete", ["admit", "conditional"]),
        ("require", DUTY, {"b": True}, "met", "admit", ["admit"]),
        ("require", DUTY, {"b": False}, "unknown", "incomplete", ["admit", "conditional"]),
        ("require", REJECTING, UNMET, "unmet", "reject", ["reject"]),
        ("require", REJECTING, MET, "met", "admit", ["admit"]),
        ("require", REJECTING, YES, "unknown", "incomplete", ["admit", "reject"]),
        ("require", {}, YES, "hit", "conditional", ["conditional"]),
        ("require", {}, NO, "not_applicable", "admit", ["admit"]),
        ("require", {"unmet": "reject"}, OPEN, "unknown", "incomplete", ["admit", "conditional"]),
        # an unverified rule never decides by itself, known or unknown
        ("prohibit", UNVERIFIED, YES, "review", "review", ["review"]),
        ("prohibit", UNVERIFIED, NO, "clear", "admit", ["admit"]),
        ("prohibit", UNVERIFIED, OPEN, "unknown", "incomplete", ["admit", "review"]),
        ("restrict", UNVERIFIED, YES, "review", "review", ["review"]),
        ("encourage", UNVERIFIED, YES, "hit", "admit", ["admit"]),
        ("require", {**DUTY, **UNVERIFIED}, UNMET, "review", "review", ["review"]),
        ("require", {**DUTY, **UNVERIFIED}, MET, "met", "admit", ["admit"]),
        ("require", {**REJECTING, **UNVERIFIED}, UNMET, "review", "review", ["review"]),
        ("require", {**REJECTING, **UNVERIFIED}, OPEN, "unknown", "incomplete", ["admit", "review"]),
        # what only a person can say
        ("prohibit", JUDGED, YES, "review", "review", ["review"]),
        ("prohibit", JUDGED, NO, "clear", "admit", ["admit"]),
        ("prohibit", JUDGED, OPEN, "unknown", "incomplete", ["admit", "review"]),
        ("require", JUDGED, YES, "review", "review", ["review"]),
        ("require", JUDGED, NO, "not_applicable", "admit", ["admit"]),
        ("encourage", JUDGED, YES, "review", "review", ["review"]),
    ],
)
def test_outcome_verdict_and_what_is_possible(
    effect: str, more: dict[str, Any], facts: dict[str, Any], outcome: str, verdict: str, possible: list[str]
) -> None:
    found = decision(effect, more, facts)
    (finding,) = found.findings
    assert (finding.outcome, found.verdict, list(found.possible_verdicts)) == (outcome, verdict, possible)
    assert finding.component is None
    assert bool(finding.needs) is (outcome == "unknown")
    assert (finding.trace is None) is (outcome in ("clear", "not_applicable"))


@pytest.mark.parametrize(
    ("more", "answer", "verdict"),
    [
        (JUDGED, "hit", "reject"),
        (JUDGED, "clear", "admit"),
        (JUDGED, "not_applicable", "admit"),
        (UNVERIFIED, "hit", "reject"),
        (UNVERIFIED, "clear", "admit"),
    ],
)
def test_a_recorded_judgement_decides_and_stands_in_why(more: dict[str, Any], answer: str, verdict: str) -> None:
    rules = rulebook(item("R", "prohibit", "a", **more))
    known = project(a=True, judgements=[judged("R", answer)])
    (finding,) = decide(rules, known).findings
    assert (finding.outcome, decide(rules, known).verdict) == (answer, verdict)
    assert finding.why == "人工研判（张三 2026-02-01）：现场核实"
    assert decide(rules, known, "en").findings[0].why == "judged by 张三 on 2026-02-01: 现场核实"


def test_a_judgement_counts_only_where_one_is_needed() -> None:
    rules = rulebook(item("R", "prohibit", "a"), item("J", "prohibit", "b", **JUDGED))
    found = decide(rules, project(a=True, b=False, judgements=[judged("R", "clear"), judged("J", "hit")]))
    assert [(finding.rule, finding.outcome) for finding in found.findings] == [("R", "hit"), ("J", "clear")]


def test_a_recorded_rejection_stays_possible_while_the_trigger_is_unknown() -> None:
    rules = rulebook(item("R", "prohibit", "a", **JUDGED))
    found = decide(rules, project(judgements=[judged("R", "hit")]))
    assert found.verdict is Verdict.INCOMPLETE
    assert list(found.possible_verdicts) == ["admit", "reject"]


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        (JUDGED, "是否实质影响？（A）", "Is it material? (A)"),
        (UNVERIFIED, "条文未经原文核实，须人工研判：A", "clause not verified, needs a person: A"),
        ({}, "A", "a"),
    ],
)
def test_why_says_what_a_person_must_answer(more: dict[str, Any], zh: str, en: str) -> None:
    rules = rulebook(item("R", "prohibit", "a", **more))
    assert decide(rules, flat(a=True)).findings[0].why.startswith(zh)
    assert decide(rules, flat(a=True), "en").findings[0].why.lower().startswith(en.lower())


def test_why_and_trace_speak_of_the_duty_once_it_is_triggered() -> None:
    found = decision("require", {**DUTY, "remedy": {"zh": "补办", "en": "file it"}}, UNMET)
    (finding,) = found.findings
    assert finding.trace is not None
    assert finding.trace["fact"] == "b"
    assert finding.remedy == "补办"
    (quiet,) = decision("require", {**DUTY, "remedy": {"zh": "补办", "en": "file it"}}, NO).findings
    assert quiet.remedy is None


@pytest.mark.parametrize(
    ("facts", "more", "why"),
    [
        ({}, {}, "尚不清楚：A"),
        ({"b": False}, {}, "尚不清楚：A"),
        ({"a": True}, {}, "尚不清楚：B"),
        ({"a": False}, {}, "并非“A”"),
        ({"a": True, "b": False}, {}, "并非“B”"),
        ({"a": True, "b": False}, UNVERIFIED, "条文未经原文核实，须人工研判：并非“B”"),
        ({"a": True, "b": True}, {}, "B"),
    ],
)
def test_why_speaks_of_the_condition_that_decides(facts: dict[str, Any], more: dict[str, Any], why: str) -> None:
    assert decision("require", {**DUTY, **more}, facts).findings[0].why == why


def test_a_finding_cites_its_clause() -> None:
    (finding,) = decision("prohibit", {}, YES).findings
    assert finding.cite.model_dump() == {
        "document": "《LIST》",
        "number": "第1号",
        "article": "第R条",
        "url": "https://example.org/list",
    }


def test_findings_are_ordered_most_serious_first() -> None:
    rules = rulebook(
        item("A1", "encourage", "a"),
        item("A2", "prohibit", "b"),
        item("A3", "require", "a", must="b"),
        item("A4", "prohibit", "a", status="unverified"),
        item("A5", "restrict", "c"),
        item("A6", "prohibit", "a"),
        item("A7", "restrict", "a"),
    )
    found = decide(rules, flat(a=True, b=False))
    assert [finding.rule for finding in found.findings] == ["A6", "A7", "A4", "A5", "A3", "A1", "A2"]
    assert (found.verdict, list(found.possible_verdicts)) == (Verdict.REJECT, ["reject"])


def test_the_most_serious_clause_gives_the_verdict_and_all_give_what_is_possible() -> None:
    rules = rulebook(item("A", "prohibit", "a"), item("B", "restrict", "b"), item("C", "require", "c", must="d"))
    found = decide(rules, flat(c=True, d=False))
    assert found.verdict is Verdict.INCOMPLETE
    assert list(found.possible_verdicts) == ["conditional", "review", "reject"]
    assert list(decide(rules, flat(a=False, c=True, d=False)).possible_verdicts) == ["conditional", "review"]


def test_every_component_is_held_against_a_clause_in_which_they_differ() -> None:
    rules = rulebook(item("R", "prohibit", "a"))
    found = decide(rules, project(component("甲", a=False), component("乙", a=True), component("丙")))
    assert [(f.component, f.outcome) for f in found.findings] == [("乙", "hit"), ("丙", "unknown"), ("甲", "clear")]


def test_a_component_that_says_nothing_is_not_passed_over_for_one_that_does() -> None:
    rules = rulebook(item("R", "prohibit", "a"))
    found = decide(rules, project(component("甲", a=False), component("乙")))
    assert list(found.possible_verdicts) == ["admit", "reject"]


def test_components_that_are_alike_give_one_finding_for_the_project() -> None:
    rules = rulebook(item("R", "prohibit", "a"), item("D", "prohibit", "is_large"))
    found = decide(rules, project(component("甲", amount=1), component("乙", amount=500), a=True))
    assert [(f.rule, f.component) for f in found.findings] == [("D", "乙"), ("R", None), ("D", "甲")]


def test_a_clause_outside_its_own_period_is_not_held_against_anyone() -> None:
    ended = {"effective": {"from": "2020-01-01", "to": "2021-01-01"}}
    assert decide(rulebook(item("R", "prohibit", "a", **ended)), flat(a=True)).findings == ()


def test_the_order_of_verdicts_is_complete_and_declared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(VERDICTS) == ["admit", "conditional", "incomplete", "review", "reject"]
    assert [severity(verdict) for verdict in VERDICTS] == [0, 1, 2, 3, 4]
    assert strictest([Verdict.REVIEW, Verdict.CONDITIONAL]) is Verdict.REVIEW
    assert strictest([]) is Verdict.ADMIT
    monkeypatch.setattr(verdicts, "VERDICTS", VERDICTS[:-1])
    with pytest.raises(AssertionError, match="incomplete"):
        verdicts._check_complete()


def test_an_outcome_without_a_contribution_fails_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(verdicts._CONTRIBUTIONS, (Effect.REQUIRE, Outcome.UNMET))
    with pytest.raises(AssertionError, match="REQUIRE"):
        verdicts._check_complete()


def test_every_pair_of_effect_and_outcome_has_a_contribution() -> None:
    for effect in Effect:
        rule = rulebook(item("R", effect.value, "a")).items[0].rule
        assert {contribution(rule, outcome) for outcome in Outcome} <= set(VERDICTS)
