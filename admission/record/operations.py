"""What the service needs to run and nobody needs as evidence: sessions, idempotency keys, jobs, webhooks.

None of it is chained, all of it may be changed and cleared away. Every function is one statement or
one short transaction; `store.transaction()` is there for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, insert, or_, select, update

from admission.errors import NotRecordedError
from admission.record import tables
from admission.record.chain import sha256_of, utc
from admission.record.store import Store
from admission.record.times import new_id

__all__ = [
    "Delivery",
    "Endpoint",
    "Job",
    "Session",
    "add_endpoint",
    "add_job",
    "clear_expired",
    "deliveries_due",
    "disable_endpoint",
    "end_session",
    "endpoints",
    "extend_session",
    "job",
    "jobs_ended",
    "session",
    "settle_delivery",
    "start_session",
    "take_job",
    "update_job",
]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in; `data` is what the service keeps with it."""

    user: str
    data: dict[str, Any]
    created_at: str
    expires_at: str


def start_session(store: Store, token: str, *, user: str, data: Json, at: datetime, expires: datetime) -> None:
    """Keep a session by the hash of its token."""
    row = {"token_sha256": sha256_of(token.encode()), "user": user, "data": json.dumps(data)}
    with store.transaction() as connection:
        connection.execute(insert(tables.sessions).values(**row, created_at=utc(at), expires_at=utc(expires)))


def session(store: Store, token: str, *, at: datetime) -> Session | None:
    """The session of a token that has not expired, or None."""
    columns = tables.sessions.c
    wanted = columns.token_sha256 == sha256_of(token.encode("utf-8", "replace"))
    query = select(columns.user, columns.data, columns.created_at, columns.expires_at)
    with store.connection() as connection:
        row = connection.execute(query.where(wanted, columns.expires_at > utc(at))).one_or_none()
    return None if row is None else Session(row.user, json.loads(row.data), row.created_at, row.expires_at)


def extend_session(store: Store, token: str, *, expires: datetime) -> None:
    """Have the session of a token last until another moment."""
    change = update(tables.sessions).where(tables.sessions.c.token_sha256 == sha256_of(token.encode()))
    with store.transaction() as connection:
        connection.execute(change.values(expires_at=utc(expires)))


def end_session(store: Store, *, token: str | None = None, user: str | None = None) -> None:
    """End one session by its token, or all of a user."""
    columns = tables.sessions.c
    which = columns.user == user if token is None else columns.token_sha256 == sha256_of(token.encode())
    with store.transaction() as connection:
        connection.execute(delete(tables.sessions).where(which))


State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Job:
    """Long work: `done` of `total` (None: not known yet); `result` when it is done or has failed."""

    id: str
    kind: str
    actor: str
    state: State
    done: int
    total: int | None
    request: dict[str, Any]
    result: dict[str, Any] | None
    created_at: str
    updated_at: str


def add_job(store: Store, kind: str, *, actor: str, request: Json, at: datetime) -> Job:
    """A job that waits to be taken."""
    row = {
        "id": new_id("J", at),
        "kind": kind,
        "actor": actor,
        "state": "waiting",
        "done": 0,
        "request": json.dumps(request, ensure_ascii=False),
        "created_at": utc(at),
        "updated_at": utc(at),
    }
    with store.transaction() as connection:
        connection.execute(insert(tables.jobs).values(**row))
    return job(store, str(row["id"]))


def job(store: Store, id: str) -> Job:
    """A job; raises `NotRecordedError`."""
    with store.connection() as connection:
        row = connection.execute(select(tables.jobs).where(tables.jobs.c.id == id)).one_or_none()
    if row is None:
        raise NotRecordedError("job", id)
    return _job(row)


def jobs_ended(store: Store, *, before: datetime) -> list[Job]:
    """The jobs that were done or had failed before a moment, oldest first."""
    columns = tables.jobs.c
    ended = columns.state.in_(("done", "failed")) & (columns.updated_at < utc(before))
    with store.connection() as connection:
        rows = connection.execute(select(tables.jobs).where(ended).order_by(columns.updated_at)).all()
    return [_job(row) for row in rows]


def take_job(store: Store, *, at: datetime, stale: datetime | None = None) -> Job | None:
    """The oldest job that waits, now running and ours alone; or one that has not moved since `stale`."""
    columns = tables.jobs.c
    free = columns.state == "waiting"
    if stale is not None:
        free = or_(free, (columns.state == "running") & (columns.updated_at < utc(stale)))
    query = select(tables.jobs).where(free).order_by(columns.created_at, columns.id).limit(1)
    with store.transaction() as connection:
        row = connection.execute(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        change = update(tables.jobs).where(columns.id == row.id)
        connection.execute(change.values(state="running", updated_at=utc(at)))
    return job(store, row.id)


def update_job(
    store: Store,
    id: str,
    *,
    at: datetime,
    state: State = "running",
    done: int | None = None,
    total: int | None = None,
    result: Json | None = None,
) -> None:
    """Say how far a job is, or that it is done or has failed, with its result."""
    given: dict[str, Any] = {"done": done, "total": total}
    changes = {key: value for key, value in given.items() if value is not None}
    if result is not None:
        changes["result"] = json.dumps(result, ensure_ascii=False)
    change = update(tables.jobs).where(tables.jobs.c.id == id)
    with store.transaction() as connection:
        connection.execute(change.values(**changes, state=state, updated_at=utc(at)))


def _job(row: Row[Any]) -> Job:
    result = None if row.result is None else json.loads(row.result)
    request = json.loads(row.request)
    times = (row.created_at, row.updated_at)
    return Job(row.id, row.kind, row.actor, row.state, row.done, row.total, request, result, *times)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go; `secret` signs them."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...]
    active: bool

    def __repr__(self) -> str:
        return f"Endpoint({self.id!r}, {self.url!r}, {self.events!r}, active={self.active})"


def add_endpoint(store: Store, url: str, *, secret: str, events: Iterable[str], at: datetime) -> Endpoint:
    """A new endpoint for these kinds of events."""
    made = Endpoint(new_id("W", at), url, secret, tuple(events), True)
    row = {"id": made.id, "url": url, "secret": secret, "events": json.dumps(made.events), "created_at": utc(at)}
    with store.transaction() as connection:
        connection.execute(insert(tables.webhook_endpoints).values(**row))
    return made


def endpoints(store: Store, *, event: str | None = None) -> list[Endpoint]:
    """Every endpoint, or the active ones that want an event."""
    query = select(tables.webhook_endpoints).order_by(tables.webhook_endpoints.c.created_at)
    with store.connection() as connection:
        rows = connection.execute(query).all()
    found = [Endpoint(r.id, r.url, r.secret, tuple(json.loads(r.events)), r.disabled_at is None) for r in rows]
    return [one for one in found if event is None or (one.active and event in one.events)]


def disable_endpoint(store: Store, id: str, *, at: datetime) -> None:
    """Nothing goes there any more."""
    change = update(tables.webhook_endpoints).where(tables.webhook_endpoints.c.id == id)
    with store.transaction() as connection:
        connection.execute(change.values(disabled_at=utc(at)))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint; `attempts` so far."""

    id: str
    endpoint: str
    event: str
    payload: str
    attempts: int
    due_at: str


def deliveries_due(store: Store, *, at: datetime, again: datetime, limit: int = 100) -> list[Delivery]:
    """What is to be sent now, ours alone until `again`: whoever asks meanwhile does not get it."""
    columns = tables.webhook_deliveries.c
    due = select(tables.webhook_deliveries).where(columns.state == "waiting", columns.due_at <= utc(at))
    query = due.order_by(columns.due_at, columns.id).limit(limit).with_for_update(skip_locked=True)
    with store.transaction() as connection:
        rows = connection.execute(query).all()
        ids = [row.id for row in rows]
        change = update(tables.webhook_deliveries).where(columns.id.in_(ids))
        connection.execute(change.values(attempts=columns.attempts + 1, due_at=utc(again)))
    return [Delivery(r.id, r.endpoint, r.event, r.payload, r.attempts + 1, r.due_at) for r in rows]


def settle_delivery(
    store: Store, id: str, *, state: Literal["waiting", "sent", "failed"], status: str, due: datetime | None = None
) -> None:
    """What came of sending: sent, given up, or to be tried again at `due`."""
    changes = {"state": state, "last_status": status, **({} if due is None else {"due_at": utc(due)})}
    change = update(tables.webhook_deliveries).where(tables.webhook_deliveries.c.id == id)
    with store.transaction() as connection:
        connection.execute(change.values(**changes))


def clear_expired(store: Store, *, at: datetime, keys_before: datetime) -> None:
    """Clear away sessions that have expired at `at` and idempotency keys from before `keys_before`."""
    with store.transaction() as connection:
        connection.execute(delete(tables.sessions).where(tables.sessions.c.expires_at <= utc(at)))
        old = tables.idempotency_keys.c.created_at < utc(keys_before)
        connection.execute(delete(tables.idempotency_keys).where(old))
