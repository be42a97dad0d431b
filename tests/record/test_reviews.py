from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.errors import NotRecordedError, RulebookError, StepError
from admission.record import (
    Review,
    Rulebooks,
    Store,
    answer_judgement,
    close_review,
    decision,
    decision_text,
    departments_of,
    open_review,
    policy_of,
    receipt_of,
    replay,
    review,
    reviews,
    sign_opinion,
    verify,
)
from admission.record.reviews import fold_review
from admission.rulebook import ReviewPolicy, load_files
from tests.record import small
from tests.record.small import DAY, NOON, later

LEAD = ReviewPolicy(policy="lead", lead="生态环境", working_days=5, deadlines={"水利": 10})
SILENT = ReviewPolicy(working_days=5, silence="agrees")
RULES = small.rules()
BOOKS = Rulebooks([RULES])


def opened(store: Store, policy: ReviewPolicy | None = None, departments: tuple[str, ...] = (), **facts: Any) -> Review:
    record = small.recorded(store, RULES, small.project(**facts))
    return open_review(store, record.id, policy=policy, departments=departments, actor="王五", at=NOON)


def signed(store: Store, id: str, department: str, position: str = "agree", minutes: int = 1, **more: Any) -> Review:
    given = {"reasons": "可以", **more}
    return sign_opinion(
        store, id, department=department, position=position, actor=f"{department}甲", at=later(minutes), **given
    )


def judged(store: Store, id: str, rule: str, answer: str, department: str, minutes: int = 1) -> Review:
    given = {"rule": rule, "answer": answer, "why": "现场核实", "department": department}
    return answer_judgement(store, id, **given, actor="赵六", at=later(minutes), rulebooks=BOOKS)


def refused(step: Callable[..., object], *arguments: object, **named: object) -> list[tuple[str, str]]:
    with pytest.raises(StepError) as error:
        step(*arguments, **named)
    return [(str(problem.code), problem.field) for problem in error.value.problems]


def test_a_review_is_opened_with_the_departments_of_the_findings(store: Store) -> None:
    found = opened(store, LEAD, ("住建",))
    assert [seat.department for seat in found.seats] == ["生态环境", "发改", "经信", "水利", "住建"]
    assert (found.open, found.verdict, found.outcome) == (True, "review", None)
    assert found.waiting == {"J1": ("生态环境",), "J2": ("发改", "经信")}
    due = {seat.department: seat.due for seat in found.seats}
    assert due["发改"] == date(2026, 12, 1), "five working days after Tuesday the 24th"
    assert due["水利"] == date(2026, 12, 8)
    assert review(store, found.id) == found
    assert found.trail[0].kind == "review.opened"


def test_what_does_not_bear_on_the_project_names_no_department(sqlite: Store) -> None:
    assert [seat.department for seat in opened(sqlite, a=False).seats] == ["发改", "经信", "水利"]


def test_without_anybody_to_ask_there_is_no_review(sqlite: Store) -> None:
    facts = {"a": False, "b": False, "d": True}
    assert refused(opened, sqlite, **facts) == [("step-missing", "departments")]
    assert opened(sqlite, departments=("生态环境",), **facts).seats[0].due is None, "no day is laid down by default"


def test_one_review_of_a_decision_at_a_time(store: Store) -> None:
    found = opened(store)
    assert refused(open_review, store, found.decision, actor="a", at=NOON) == [("step-state", "state")]
    after = judged(store, found.id, "J1", "clear", "生态环境")
    assert refused(open_review, store, after.decision, actor="a", at=NOON) == [("step-state", "state")]
    with pytest.raises(NotRecordedError):
        open_review(store, "D0", actor="a", at=NOON)


def test_opinions_are_signed_and_the_last_one_counts(store: Store) -> None:
    found = opened(store)
    sha256 = store.put(b"letter", "application/pdf", actor="a", at=NOON)
    signed(store, found.id, "发改", "object", documents={"意见.pdf": sha256})
    now = signed(store, found.id, "发改", "conditional", 2, conditions=["补充节能报告"])
    seat = now.seat("发改")
    assert seat is not None
    assert seat.opinion is not None
    assert (seat.opinion.position, seat.opinion.conditions) == ("conditional", ("补充节能报告",))
    assert (seat.opinion.who, seat.opinion.decision) == ("发改甲", now.decision)
    assert [opinion.position for opinion in now.opinions] == ["object", "conditional"]
    assert now.opinions[0].documents == {"意见.pdf": sha256}


def test_everything_wrong_with_an_opinion_is_told_at_once(sqlite: Store) -> None:
    found = opened(sqlite)
    wrong = refused(signed, sqlite, found.id, "水产", "maybe", reasons=" ")
    assert wrong == [("step-department", "department"), ("unknown-member", "position"), ("step-missing", "reasons")]
    assert refused(signed, sqlite, found.id, "发改", "conditional") == [("step-missing", "conditions")]
    assert refused(signed, sqlite, found.id, "发改", documents={"x": "0" * 64}) == [("not-recorded", "documents.x")]
    assert review(sqlite, found.id) == found, "nothing was written"
    with pytest.raises(NotRecordedError):
        signed(sqlite, "R0", "发改")


def test_a_judgement_decides_again_and_everything_stays_on_record(store: Store) -> None:
    found = opened(store)
    now = judged(store, found.id, "J1", "clear", "生态环境")
    assert now.waiting == {"J2": ("发改", "经信")}
    assert now.decisions == (found.decision, now.decision)
    record = decision(store, now.decision)
    assert record.replaces == found.decision
    made = json.loads(decision_text(store, record))
    finding = next(finding for finding in made["findings"] if finding["rule"] == "J1")
    assert (finding["outcome"], finding["why"]) == ("clear", "人工研判（赵六 2026-11-24）：现场核实")
    assert receipt_of(store, record)["project"]["judgements"][0]["who"] == "赵六"
    assert replay(record, Rulebooks([], store)).equal
    last = judged(store, found.id, "J2", "hit", "经信", 2)
    assert (last.waiting, last.verdict, len(last.decisions)) == ({}, "review", 3), "a restriction that is hit"
    assert [(one.rule, one.answer, one.department) for one in last.judgements] == [
        ("J1", "clear", "生态环境"),
        ("J2", "hit", "经信"),
    ]
    assert verify(store).ok


def test_a_judgement_can_be_taken_back_by_the_department_that_gave_it(sqlite: Store) -> None:
    found = opened(sqlite)
    judged(sqlite, found.id, "J1", "hit", "生态环境")
    now = judged(sqlite, found.id, "J1", "clear", "生态环境", 2)
    assert [entry["answer"] for entry in receipt_of(sqlite, now.decision)["project"]["judgements"]] == ["clear"]
    assert refused(judged, sqlite, found.id, "J1", "hit", "发改") == [("step-judgement", "rule")]


def test_everything_wrong_with_a_judgement_is_told_at_once(sqlite: Store) -> None:
    found = opened(sqlite)
    given = {"rule": "N1", "answer": "perhaps", "why": "", "department": "水利"}
    wrong = refused(answer_judgement, sqlite, found.id, **given, actor="a", at=NOON, rulebooks=BOOKS)
    assert wrong == [("unknown-member", "answer"), ("step-judgement", "rule"), ("step-missing", "why")]
    assert review(sqlite, found.id) == found


def test_a_judgement_needs_the_rules_of_then(sqlite: Store) -> None:
    found = opened(sqlite)
    given = {"rule": "J1", "answer": "clear", "why": "x", "department": "生态环境", "actor": "a", "at": NOON}
    with pytest.raises(NotRecordedError):
        answer_judgement(sqlite, found.id, **given, rulebooks=Rulebooks([small.changed_rules()]))
    kept = answer_judgement(sqlite, found.id, **given, rulebooks=Rulebooks([], sqlite))
    assert "J1" not in kept.waiting


def test_two_judge_at_once_and_both_count(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from admission.record import reviewing

    found, real, calls = opened(store), reviewing._decided_again, count()

    def slow(*arguments: Any) -> Any:
        made = real(*arguments)
        if next(calls) == 0:  # meanwhile the other one is quicker
            judged(store, found.id, "J2", "clear", "发改")
        return made

    monkeypatch.setattr(reviewing, "_decided_again", slow)
    now = judged(store, found.id, "J1", "clear", "生态环境")
    assert (now.waiting, len(now.decisions)) == ({}, 3)
    assert {entry["rule"] for entry in receipt_of(store, now.decision)["project"]["judgements"]} == {"J1", "J2"}


def all_judged_clear(store: Store, id: str) -> None:
    judged(store, id, "J1", "clear", "生态环境")
    judged(store, id, "J2", "clear", "发改")


def closed(store: Store, id: str, days: int = 0) -> Review:
    return close_review(store, id, actor="王五", at=NOON + timedelta(days=days), note="会签完成")


def test_unanimity(store: Store) -> None:
    found = opened(store)
    assert refused(closed, store, found.id) == [
        ("step-verdict", "verdict"),
        *(("step-opinion", name) for name in sorted(["发改", "水利", "生态环境", "经信"])),
    ]
    all_judged_clear(store, found.id)
    for department in ("生态环境", "发改", "经信", "水利"):
        signed(store, found.id, department)
    done = closed(store, found.id)
    assert done.outcome == "agreed_with_conditions", "the verdict itself has conditions: N1 is not met"
    assert (done.open, done.closed_by, done.note) == (False, "王五", "会签完成")


def test_agreed_without_conditions_and_with_those_of_a_department(sqlite: Store) -> None:
    for position, outcome in (("agree", "agreed"), ("conditional", "agreed_with_conditions")):
        found = opened(sqlite, departments=("生态环境",), a=False, b=False, d=True)
        signed(sqlite, found.id, "生态环境", position, conditions=["限期"])
        assert closed(sqlite, found.id).outcome == outcome


def test_one_objection_is_enough_and_needs_no_judgement(sqlite: Store) -> None:
    found = opened(sqlite)
    for department in ("生态环境", "发改", "经信"):
        signed(sqlite, found.id, department)
    signed(sqlite, found.id, "水利", "object", reasons="取水无指标")
    assert closed(sqlite, found.id).outcome == "not_agreed"


def test_a_rejection_by_the_rules_cannot_be_agreed_away(sqlite: Store) -> None:
    found = opened(sqlite, a=False, b=False, e=True)
    for seat in found.seats:
        signed(sqlite, found.id, seat.department)
    assert closed(sqlite, found.id).outcome == "not_agreed"


def test_missing_facts_are_not_agreed_to(sqlite: Store) -> None:
    found = opened(sqlite, a=False, b=False, e=None)
    assert found.verdict == "incomplete"
    for seat in found.seats:
        signed(sqlite, found.id, seat.department)
    assert refused(closed, sqlite, found.id) == [("step-verdict", "verdict")]


def test_the_lead_department_decides_after_hearing_the_others(sqlite: Store) -> None:
    found = opened(sqlite, LEAD)
    all_judged_clear(sqlite, found.id)
    signed(sqlite, found.id, "水利", "object")
    signed(sqlite, found.id, "生态环境")
    assert refused(closed, sqlite, found.id) == [("step-opinion", "发改"), ("step-opinion", "经信")]
    signed(sqlite, found.id, "发改")
    signed(sqlite, found.id, "经信")
    assert closed(sqlite, found.id).outcome == "agreed_with_conditions"
    other = opened(sqlite, LEAD)
    all_judged_clear(sqlite, other.id)
    for seat in other.seats:
        signed(sqlite, other.id, seat.department, "object" if seat.department == "生态环境" else "agree")
    assert closed(sqlite, other.id).outcome == "not_agreed"


def test_silence_counts_only_where_the_policy_says_so_and_after_the_day(sqlite: Store) -> None:
    for policy, late in ((SILENT, False), (SILENT, True), (LEAD, True)):
        found = opened(sqlite, policy, ("生态环境",), a=False, b=False, d=True)
        days = 8 if late else 7  # the last day still counts
        seat = found.seats[0]
        assert seat.overdue(date(2026, 11, 24) + timedelta(days=days)) == late
        if policy is SILENT and late:
            assert closed(sqlite, found.id, days).outcome == "agreed"
        else:
            assert refused(closed, sqlite, found.id, days) == [("step-opinion", "生态环境")]


def test_an_opinion_given_before_the_verdict_changed_has_to_be_given_again(sqlite: Store) -> None:
    found = opened(sqlite, a=False)
    for seat in found.seats:
        signed(sqlite, found.id, seat.department)
    judged(sqlite, found.id, "J2", "clear", "发改")
    with pytest.raises(StepError, match="重新签署") as error:
        closed(sqlite, found.id)
    assert len(error.value.problems) == len(found.seats)
    for seat in found.seats:
        signed(sqlite, found.id, seat.department, minutes=3)
    assert closed(sqlite, found.id).outcome == "agreed_with_conditions"


def test_a_closed_review_stays_as_it_is(sqlite: Store) -> None:
    found = opened(sqlite, departments=("生态环境",), a=False, b=False, d=True)
    signed(sqlite, found.id, "生态环境")
    done = closed(sqlite, found.id)
    assert refused(signed, sqlite, found.id, "生态环境") == [("step-state", "state")]
    assert refused(closed, sqlite, found.id) == [("step-state", "state")]
    assert ("step-state", "state") in refused(judged, sqlite, found.id, "J1", "clear", "生态环境")
    assert review(sqlite, found.id) == done
    again = open_review(sqlite, done.decision, departments=("生态环境",), actor="a", at=NOON)
    assert again.open, "a new review of the same decision may follow"


def test_reviews_are_found(store: Store) -> None:
    first, second = opened(store), opened(store, a=False)
    for seat in second.seats:
        signed(store, second.id, seat.department, "object")
    closed(store, second.id)
    assert [one.id for one in reviews(store)] == [second.id, first.id]
    assert [one.id for one in reviews(store, open=True)] == [first.id]
    assert [one.id for one in reviews(store, department="生态环境")] == [first.id]
    assert [one.id for one in reviews(store, decision=second.decision)] == [second.id]


def test_the_park_declares_its_policy() -> None:
    files = {
        "rules/p.yaml": '{"park": "q", "name": {"zh": "园", "en": "Q"}, "review": {"policy": "lead", "lead": "发改"}}'
    }
    more = [(name, content.encode()) for name, content in files.items()]
    rulebook = load_files([*RULES.files, *more])
    assert policy_of(rulebook.in_force("q", on=DAY)).lead == "发改"
    assert policy_of(rulebook.in_force("plain", on=DAY)) == ReviewPolicy()
    for wrong in ('{"policy": "lead"}', '{"lead": "发改"}', '{"working_days": 0}', '{"policy": "vote"}'):
        text = f'{{"park": "q", "name": {{"zh": "园", "en": "Q"}}, "review": {wrong}}}'
        with pytest.raises(RulebookError, match=r"p\.yaml"):
            load_files([*RULES.files, ("rules/p.yaml", text.encode())])


def test_departments_of_a_decision(sqlite: Store) -> None:
    record = small.recorded(sqlite, RULES)
    assert departments_of(json.loads(decision_text(sqlite, record))) == ("生态环境", "发改", "经信", "水利")


# --- any order of steps ------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("sign"),
            st.sampled_from(["生态环境", "发改", "经信", "水利", "水产"]),
            st.sampled_from(["agree", "conditional", "object", "maybe"]),
        ),
        st.tuples(
            st.just("judge"),
            st.sampled_from([("J1", "生态环境"), ("J2", "发改"), ("J2", "水利"), ("N1", "水利")]),
            st.sampled_from(["clear", "hit", "maybe"]),
        ),
        st.tuples(st.just("close"), st.integers(0, 20), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, policy=st.sampled_from([ReviewPolicy(), LEAD, SILENT]))
def test_any_steps_give_a_consistent_state(sqlite: Store, steps: list[Any], policy: ReviewPolicy) -> None:
    now = opened(sqlite, policy)
    for number, (step, one, other) in enumerate(steps):
        before, head = now, sqlite.head()
        try:
            if step == "sign":
                now = signed(sqlite, now.id, one, other, number, conditions=["限期"])
            elif step == "judge":
                now = judged(sqlite, now.id, one[0], other, one[1], number)
            else:
                now = closed(sqlite, now.id, one)
        except StepError:
            assert sqlite.head() == head, "what is not allowed leaves no trace"
            assert review(sqlite, now.id) == before
            continue
        _check_step(sqlite, before, now, step)


def _check_step(store: Store, before: Review, now: Review, step: str) -> None:
    assert before.open, "nothing is allowed after closing"
    assert now.trail[: len(before.trail)] == before.trail
    assert len(now.trail) == len(before.trail) + 1
    assert fold_review(store.entries(subject=now.id)) == now == review(store, now.id)
    made = json.loads(decision_text(store, decision(store, now.decision)))
    assert made["verdict"] == now.verdict
    assert set(now.waiting) == {finding["rule"] for finding in made["findings"] if finding["outcome"] == "review"}
    assert {seat.department for seat in before.seats} <= {seat.department for seat in now.seats}
    if step == "close":
        assert now.outcome == before.result()
        assert now.outcome == "not_agreed" or not now.waiting
        positions = [seat.opinion.position for seat in now.seats if seat.opinion]
        if now.outcome != "not_agreed" and now.policy.policy == "unanimous":
            assert "object" not in positions
