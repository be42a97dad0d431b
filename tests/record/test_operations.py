"""Sessions, idempotency keys, jobs and webhooks: they change and go, and nothing of them is chained."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from admission.errors import NotRecordedError
from admission.record import Store, verify
from admission.record import operations as op
from admission.record.chain import utc
from admission.record.tables import idempotency_keys, webhook_deliveries
from tests.record.small import NOON, later


def test_sessions(store: Store) -> None:
    op.start_session(store, "token", user="zhang", data={"csrf": "x"}, at=NOON, expires=later(30))
    op.start_session(store, "other", user="zhang", data={}, at=NOON, expires=later(30))
    found = op.session(store, "token", at=later(29))
    assert found is not None
    assert (found.user, found.data) == ("zhang", {"csrf": "x"})
    assert op.session(store, "token", at=later(30)) is None
    assert op.session(store, "nonsense", at=NOON) is None
    op.end_session(store, token="token")
    assert op.session(store, "token", at=NOON) is None
    assert op.session(store, "other", at=NOON) is not None
    op.end_session(store, user="zhang")
    assert op.session(store, "other", at=NOON) is None
    assert store.head().seq == 0


def test_jobs_are_taken_in_order_and_once(store: Store) -> None:
    first = op.add_job(store, "audit", actor="zhang", request={"file": "x.csv"}, at=NOON)
    second = op.add_job(store, "audit", actor="zhang", request={}, at=later(1))
    assert (first.state, first.done, first.total, first.request) == ("waiting", 0, None, {"file": "x.csv"})
    taken = op.take_job(store, at=later(2))
    assert taken is not None
    assert (taken.id, taken.state) == (first.id, "running")
    other = op.take_job(store, at=later(2))
    assert other is not None
    assert other.id == second.id
    assert op.take_job(store, at=later(2)) is None
    op.update_job(store, first.id, at=later(3), done=50, total=100)
    now = op.job(store, first.id)
    assert (now.state, now.done, now.total, now.result) == ("running", 50, 100, None)
    op.update_job(store, first.id, at=later(4), state="done", done=100, result={"rows": 100})
    assert op.job(store, first.id).result == {"rows": 100}
    left_behind = op.take_job(store, at=later(60), stale=later(30))
    assert left_behind is not None
    assert left_behind.id == second.id, "whoever had it has died"
    with pytest.raises(NotRecordedError):
        op.job(store, "J0")


def test_webhooks_are_sent_until_they_are_settled(store: Store) -> None:
    endpoint = op.add_endpoint(store, "https://oa.example/hook", secret="s3cret", events=["decision"], at=NOON)
    op.add_endpoint(store, "https://oa.example/due", secret="x", events=["duty.due"], at=later(1))
    assert "s3cret" not in repr(endpoint)
    assert op.endpoints(store, event="decision") == [endpoint]
    id = "E1"
    waiting = {"id": id, "endpoint": endpoint.id, "event": "decision", "payload": "{}"}
    waiting |= {"state": "waiting", "attempts": 0, "due_at": utc(NOON), "created_at": utc(NOON)}
    with store.transaction() as connection:
        connection.execute(insert(webhook_deliveries).values(**waiting))
    assert op.deliveries_due(store, at=NOON - timedelta(seconds=1), again=later(1)) == []
    (due,) = op.deliveries_due(store, at=NOON, again=later(1))
    assert (due.id, due.endpoint, due.attempts) == (id, endpoint.id, 1)
    assert op.deliveries_due(store, at=NOON, again=later(1)) == [], "somebody has it"
    op.settle_delivery(store, id, state="waiting", status="503", due=later(5))
    assert op.deliveries_due(store, at=later(4), again=later(6)) == []
    assert op.deliveries_due(store, at=later(5), again=later(6))[0].attempts == 2
    op.settle_delivery(store, id, state="sent", status="200")
    assert op.deliveries_due(store, at=later(60), again=later(61)) == []
    op.disable_endpoint(store, endpoint.id, at=later(7))
    assert op.endpoints(store, event="decision") == []
    assert len(op.endpoints(store)) == 2


def test_what_has_expired_is_cleared_away(store: Store) -> None:
    op.start_session(store, "old", user="a", data={}, at=NOON, expires=later(1))
    op.start_session(store, "new", user="a", data={}, at=NOON, expires=later(60))
    for key, minutes in (("old", 0), ("new", 20)):
        row = {"actor": "a", "key": key, "request_sha256": "a" * 64, "created_at": utc(later(minutes))}
        with store.transaction() as connection:
            connection.execute(insert(idempotency_keys).values(**row))
    op.clear_expired(store, at=later(30), keys_before=later(10))
    assert op.session(store, "old", at=NOON) is None
    assert op.session(store, "new", at=NOON) is not None
    with store.transaction() as connection:
        assert connection.execute(select(idempotency_keys.c.key)).scalars().all() == ["new"]
    assert verify(store).ok
