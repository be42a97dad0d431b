"""The lists of reviews and problems, brought up to date step by step, are what a fresh look at the chain gives."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admission.errors import StepError
from admission.record import (
    Store,
    add_evidence,
    assign_problem,
    close_problem,
    mark_rectified,
    open_problem,
    open_store,
    problem,
    problems,
    recheck_problem,
    reopen_problem,
)
from admission.record.ledger import PROBLEM_KINDS, fold_problem

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)

STEPS: dict[str, Callable[[Store, str], object]] = {
    "assign": lambda s, id: assign_problem(s, id, owner="张三", deadline=date(2026, 12, 31), actor="a", at=AT),
    "evidence": lambda s, id: add_evidence(s, id, note="照片", actor="a", at=AT),
    "rectified": lambda s, id: mark_rectified(s, id, note="已改", actor="a", at=AT),
    "passed": lambda s, id: recheck_problem(s, id, passed=True, note="合格", actor="b", at=AT),
    "failed": lambda s, id: recheck_problem(s, id, passed=False, note="不合格", actor="b", at=AT),
    "close": lambda s, id: close_problem(s, id, actor="b", at=AT),
    "reopen": lambda s, id: reopen_problem(s, id, why="反弹", actor="b", at=AT),
}


def begin(store: Store, number: int) -> str:
    return open_problem(
        store, title=f"问题{number}", subject=f"企业{number}", department="水利", description="x", actor="a", at=AT
    ).id


def afresh(store: Store) -> list[object]:
    """What the whole chain tells, read from its beginning."""
    by_id: dict[str, list[object]] = {}
    for entry in store.entries(kind=PROBLEM_KINDS):
        by_id.setdefault(entry.subject, []).append(entry)
    return [fold_problem(entries) for entries in reversed(by_id.values())]  # type: ignore[arg-type]  # entries of one subject


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["open", "look", *STEPS]), st.integers(0, 4)), max_size=40))
def test_looked_at_whenever_the_lists_are_what_the_chain_tells(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    with open_store(f"sqlite:///{tmp_path_factory.mktemp('fold') / 'x.db'}") as store:
        ids: list[str] = []
        for step, number in steps:
            if step == "open":
                ids.append(begin(store, len(ids)))
            elif step == "look":
                assert problems(store) == afresh(store)
            elif ids:
                try:
                    STEPS[step](store, ids[number % len(ids)])
                except StepError:
                    continue
        assert problems(store) == afresh(store)
        assert [one.id for one in problems(store)] == ids[::-1]
        assert all(problem(store, one.id) == one for one in problems(store))


def test_what_another_process_appended_is_seen_on_both_databases(url: str) -> None:
    with open_store(url) as mine, open_store(url) as other:
        id = begin(mine, 1)
        assert [one.state for one in problems(mine)] == ["opened"]
        STEPS["assign"](other, id)
        begin(other, 2)
        assert [(one.subject, one.state) for one in problems(mine)] == [("企业2", "opened"), ("企业1", "assigned")]


def test_another_store_in_the_same_place_is_read_from_its_beginning(tmp_path: Path) -> None:
    path, spare = tmp_path / "one.db", tmp_path / "two.db"
    with open_store(f"sqlite:///{spare}") as store:
        begin(store, 7)
        begin(store, 8)
    with open_store(f"sqlite:///{path}") as store:
        begin(store, 1)
        assert [one.subject for one in problems(store)] == ["企业1"]
        store.engine.dispose()
        for end in ("-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        path.write_bytes(spare.read_bytes())
        assert [one.subject for one in problems(store)] == ["企业8", "企业7"]


def test_many_threads_look_and_append_at_once(store: Store) -> None:
    def work(number: int) -> int:
        begin(store, number)
        return len(problems(store))

    with ThreadPoolExecutor(4) as threads:
        seen = list(threads.map(work, range(16)))
    assert max(seen) == 16
    assert len(problems(store)) == 16
    assert problems(store) == afresh(store)
