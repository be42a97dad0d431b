from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.errors import NotRecordedError, StepError
from admission.record import (
    ProblemRecord,
    Store,
    add_evidence,
    assign_problem,
    close_problem,
    mark_rectified,
    open_problem,
    problem,
    problems,
    recheck_problem,
    reopen_problem,
    verify,
)
from admission.record.ledger import STATES, fold_problem
from tests.record import small
from tests.record.small import NOON, later

DUE = date(2026, 12, 20)


def opened(store: Store, **more: Any) -> ProblemRecord:
    given = {"title": "未按期自主验收", "subject": "某阀门公司", "department": "生态环境", "deadline": DUE, **more}
    return open_problem(store, **given, actor="张三", at=NOON)


Step = Callable[[Store, str], ProblemRecord]
STEPS: dict[str, Step] = {
    "assign": lambda s, id: assign_problem(s, id, owner="李四", actor="张三", at=later(1)),
    "evidence": lambda s, id: add_evidence(s, id, note="已完成监测", actor="李四", at=later(2)),
    "rectify": lambda s, id: mark_rectified(s, id, note="已验收", actor="李四", at=later(3)),
    "pass": lambda s, id: recheck_problem(s, id, passed=True, note="现场核实", actor="张三", at=later(4)),
    "fail": lambda s, id: recheck_problem(s, id, passed=False, note="仍超标", actor="张三", at=later(4)),
    "close": lambda s, id: close_problem(s, id, actor="张三", at=later(5)),
    "reopen": lambda s, id: reopen_problem(s, id, why="群众举报", actor="张三", at=later(6)),
}


def walk(store: Store, id: str, *names: str) -> ProblemRecord:
    for name in names:
        STEPS[name](store, id)
    return problem(store, id)


def refused(step: Callable[..., object], *arguments: Any, **named: Any) -> list[tuple[str, str]]:
    with pytest.raises(StepError) as error:
        step(*arguments, **named)
    return [(str(found.code), found.field) for found in error.value.problems]


def test_the_life_of_a_problem(store: Store) -> None:
    found = opened(store)
    assert (found.state, found.owner, found.deadline, found.opened_by) == ("opened", None, DUE, "张三")
    photo = store.put(b"photo", "image/jpeg", actor="李四", at=NOON)
    assign_problem(store, found.id, owner="李四", deadline=date(2026, 12, 1), actor="张三", at=later(1))
    now = add_evidence(store, found.id, documents={"照片.jpg": photo}, actor="李四", at=later(2))
    assert (now.state, now.owner, now.deadline) == ("assigned", "李四", date(2026, 12, 1))
    assert now.evidence[0].documents == {"照片.jpg": photo}
    now = walk(store, found.id, "rectify", "pass", "close")
    assert (now.state, now.closed_at, now.rectified_at) == ("closed", now.trail[-1].at, now.trail[-3].at)
    assert [entry.kind.removeprefix("problem.") for entry in now.trail] == [
        *("opened", "assigned", "evidence", "rectified", "rechecked", "closed")
    ]
    assert verify(store).ok


def test_a_failed_recheck_sends_it_back_and_wants_new_evidence(sqlite: Store) -> None:
    found = opened(sqlite)
    now = walk(sqlite, found.id, "assign", "evidence", "rectify", "fail")
    assert (now.state, now.fresh, len(now.evidence), now.reopened) == ("assigned", 0, 1, 0)
    assert refused(STEPS["rectify"], sqlite, found.id) == [("step-missing", "evidence")]
    assert walk(sqlite, found.id, "evidence", "rectify", "pass").state == "passed"


def test_looking_back_at_what_was_closed(sqlite: Store) -> None:
    found = opened(sqlite)
    now = walk(sqlite, found.id, "assign", "evidence", "rectify", "pass", "close", "pass")
    assert (now.state, now.rechecks[-1].looking_back, now.reopened) == ("closed", True, 0)
    now = walk(sqlite, found.id, "fail")
    assert (now.state, now.reopened, now.closed_at, now.owner) == ("assigned", 1, None, "李四")
    now = walk(sqlite, found.id, "evidence", "rectify", "pass", "close", "reopen")
    assert (now.state, now.reopened) == ("assigned", 2)


def test_late_until_it_is_reported_rectified(sqlite: Store) -> None:
    found = opened(sqlite)
    assert not found.overdue(DUE)
    assert found.overdue(date(2026, 12, 21))
    assert not walk(sqlite, found.id, "assign", "evidence", "rectify").overdue(date(2027, 1, 1))
    assert not opened(sqlite, deadline=None).overdue(date(2030, 1, 1))


def test_everything_wrong_is_told_at_once(sqlite: Store) -> None:
    wrong = refused(opened, sqlite, title=" ", subject="", department="", deadline=date(2026, 11, 23))
    assert wrong == [
        *(("step-day", "deadline"), ("step-missing", "department"), ("step-missing", "subject")),
        ("step-missing", "title"),
    ]
    found = opened(sqlite)
    early = date(2026, 1, 1)
    assert refused(assign_problem, sqlite, found.id, owner="", deadline=early, actor="a", at=NOON) == [
        ("step-day", "deadline"),
        ("step-missing", "owner"),
    ]
    assert refused(add_evidence, sqlite, found.id, actor="a", at=NOON) == [("step-missing", "documents")]
    assert refused(reopen_problem, sqlite, found.id, why="", actor="a", at=NOON) == [
        ("step-state", "state"),
        ("step-missing", "why"),
    ]
    assert problem(sqlite, found.id) == found


def test_a_problem_may_come_of_a_decision(store: Store) -> None:
    record = small.recorded(store, small.rules())
    found = opened(store, decision=record.id, rule="N1", description="未达到要求")
    assert (found.decision, found.rule, found.description) == (record.id, "N1", "未达到要求")
    with pytest.raises(NotRecordedError):
        opened(store, decision="D0")
    with pytest.raises(NotRecordedError):
        problem(store, "P0")
    with pytest.raises(NotRecordedError):
        close_problem(store, "P0", actor="a", at=NOON)


def test_problems_are_found(store: Store) -> None:
    first = opened(store)
    second = opened(store, subject="某铸造公司", department="经信", deadline=None)
    walk(store, second.id, "assign")

    def found(**wanted: Any) -> list[str]:
        return [one.id for one in problems(store, **wanted)]

    assert found() == [second.id, first.id]
    assert found(state="assigned") == found(owner="李四") == found(department="经信") == [second.id]
    assert found(subject="阀门") == found(overdue_on=date(2027, 1, 1)) == [first.id]
    assert found(subject="无") == []


ALLOWED = {
    "opened": {"assign": "assigned", "evidence": "opened"},
    "assigned": {"assign": "assigned", "evidence": "assigned", "rectify": "rectified"},
    "rectified": {"evidence": "rectified", "pass": "passed", "fail": "assigned"},
    "passed": {"evidence": "passed", "close": "closed"},
    "closed": {"pass": "closed", "fail": "assigned", "reopen": "assigned"},
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(STEPS)), max_size=20))
def test_any_steps_follow_the_table(sqlite: Store, names: list[str]) -> None:
    now = opened(sqlite)
    for name in names:
        head = sqlite.head()
        wanted = ALLOWED[now.state].get(name)
        if name == "rectify" and not now.fresh:
            wanted = None
        if wanted is None:
            codes = refused(STEPS[name], sqlite, now.id)
            assert {code for code, _ in codes} <= {"step-state", "step-missing"}
            assert (sqlite.head(), problem(sqlite, now.id)) == (head, now)
            continue
        before, now = now, STEPS[name](sqlite, now.id)
        assert now.state == wanted
        assert now.trail[:-1] == before.trail
        assert fold_problem(sqlite.entries(subject=now.id)) == now
    assert set(ALLOWED) == set(STATES)
