"""What is to be told, put down in the transaction that makes it true.

A duty is told of beforehand: its message is put down with the decision and waits for its day. What a
later decision on the same project has overtaken is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from admission.record import DecisionRecord, Store, Writer, decisions
from admission.record.chain import utc
from admission.record.operations import Delivery
from admission.record.tables import webhook_deliveries, webhook_endpoints
from admission.record.times import CHINA, new_id
from admission.screening import Decision
from admission.service.settings import Settings

__all__ = ["DECISION", "DUTY", "EVENTS", "announce", "is_overtaken"]

DECISION, DUTY = "decision.recorded", "duty.due"
EVENTS = (DECISION, DUTY)
"""What can be subscribed to: a decision was recorded; a duty is due in a few days."""

_MORNING = timedelta(hours=8)
_ENDPOINTS = "webhook endpoints"
_WANTED = select(webhook_endpoints.c.id, webhook_endpoints.c.events).where(webhook_endpoints.c.disabled_at.is_(None))


def announce(writer: Writer, made: DecisionRecord, decision: Decision, at: datetime, settings: Settings) -> int:
    """Puts down the messages of a decision for every endpoint that wants them; how many were dropped.

    No more than `settings.webhook_waiting` wait at a time: others are dropped, which is counted.
    """
    connection = writer.beside
    if _ENDPOINTS not in writer.memo:
        writer.memo[_ENDPOINTS] = list(_wanted(connection))
    wanted = writer.memo[_ENDPOINTS]
    if not wanted:
        return 0
    rows = [
        _row(endpoint, event, data, at, due)
        for event, data, due in _messages(made, decision, at, settings)
        for endpoint, events in wanted
        if event in events
    ]
    waiting = connection.execute(
        select(func.count()).select_from(webhook_deliveries).where(webhook_deliveries.c.state == "waiting")
    ).scalar_one()
    kept = rows[: max(0, settings.webhook_waiting - waiting)]
    if kept:
        connection.execute(insert(webhook_deliveries), kept)
    return len(rows) - len(kept)


def _wanted(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    for row in connection.execute(_WANTED):
        yield row.id, json.loads(row.events)


def _messages(
    made: DecisionRecord, decision: Decision, at: datetime, settings: Settings
) -> Iterator[tuple[str, dict[str, Any], datetime]]:
    about = {"decision": made.id, "project": made.project, "park": made.park, "as_of": made.as_of.isoformat()}
    told = {"verdict": made.verdict, "actor": made.actor, "ruleset_sha256": made.receipt.ruleset_sha256}
    yield DECISION, about | told, at
    for duty in decision.duties:
        if duty.due is None or duty.status == "met" or duty.due < made.as_of:
            continue
        day = duty.due - timedelta(days=settings.due_days) if duty.due.toordinal() > settings.due_days else duty.due
        when = (datetime.combine(day, datetime.min.time(), CHINA) + _MORNING).astimezone(UTC)
        named = {"duty": duty.id, "title": duty.title, "due": duty.due.isoformat(), "department": duty.department}
        yield DUTY, about | named, max(at, when)


def _row(endpoint: str, event: str, data: dict[str, Any], at: datetime, due: datetime) -> dict[str, Any]:
    payload = {"type": event, "timestamp": utc(at), "data": data}
    return {
        "id": new_id("E", at),
        "endpoint": endpoint,
        "event": event,
        "payload": json.dumps(payload, ensure_ascii=False),
        "state": "waiting",
        "attempts": 0,
        "due_at": utc(due),
        "created_at": utc(at),
    }


def is_overtaken(store: Store, delivery: Delivery) -> bool:
    """Is a duty told of by a decision that a later one on the same project has taken the place of?"""
    if delivery.event != DUTY:
        return False
    data = json.loads(delivery.payload)["data"]
    found = decisions(store, project=data["project"], park=data["park"], limit=_LOOKED_AT)
    newest = next((one for one in found if one.project == data["project"]), None)
    return newest is not None and newest.id != data["decision"]


_LOOKED_AT = 50
