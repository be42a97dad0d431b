"""`Idempotency-Key`: the same request sent twice is done once, and answered the same.

The answer is kept in the transaction that does the work; a process that dies before leaves a key
that may be used again after a while.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from fastapi import Request
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from admission.record import Store, Writer
from admission.record.chain import utc
from admission.record.packing import pack, unpack
from admission.record.tables import idempotency_keys as table
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError

__all__ = ["HEADER", "KEPT", "STILL", "Once", "begin", "key_of"]

HEADER = "Idempotency-Key"
_LONGEST = 200
KEPT = timedelta(days=1)
"""A key is remembered so long."""
_GIVEN_UP = timedelta(minutes=2)
STILL = _GIVEN_UP / 4
"""A request that takes long says so often that it is still being done."""


@dataclass(frozen=True, slots=True)
class Once:
    """A request under way that is to be done once."""

    actor: str
    key: str

    def keep(
        self,
        writer: Writer,
        headers: dict[str, str],
        content: bytes,
        status: int = HTTPStatus.OK,
        stored: bytes | None = None,
    ) -> None:
        """Keeps the answer, in the transaction that does the work; `stored` is it compressed, where it is."""
        response = pack(content) if stored is None else stored
        values = {"status": int(status), "headers": json.dumps(headers), "response": response}
        writer.beside.execute(update(table).where(*_is(self.actor, self.key)).values(values))

    def still(self, store: Store, now: datetime) -> None:
        """The request is still being done: its key is not given up."""
        with store.transaction() as connection:
            change = update(table).where(*_is(self.actor, self.key), table.c.status.is_(None))
            connection.execute(change.values(created_at=utc(now)))

    def forget(self, store: Store) -> None:
        """The request failed: it may be sent again with the same key."""
        with store.transaction() as connection:
            connection.execute(delete(table).where(*_is(self.actor, self.key), table.c.status.is_(None)))


def _is(actor: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.actor == actor, table.c.key == key


def key_of(request: Request) -> str:
    """The key of a request, empty when it has none; a 400 problem for one that cannot be."""
    key = request.headers.get(HEADER, "")
    if len(key) > _LONGEST or not key.isprintable() or not key.isascii():
        raise ProblemError(Kind.BAD_REQUEST, f"{HEADER}: 1–{_LONGEST} ASCII")
    return key


def begin(store: Store, actor: str, key: str, request: bytes, now: datetime) -> Once | Response:
    """The key as one under way, or the answer that was given before.

    `request` is everything that makes the request what it is. Raises a 409 problem when the key was
    used for another one, or when the same one is still being done.
    """
    digest = hashlib.sha256(request).hexdigest()
    row = {"actor": actor, "key": key, "request_sha256": digest, "created_at": utc(now)}
    try:
        with store.transaction() as connection:
            _clear(connection, now)
            found = connection.execute(select(table).where(*_is(actor, key))).first()
            if found is None:
                connection.execute(insert(table).values(row))
                return Once(actor, key)
    except Exception as error:
        if isinstance(error.__cause__, IntegrityError):  # another process was a moment earlier
            raise ProblemError(Kind.CONFLICT, HEADER, headers={"Retry-After": "1"}) from error
        raise
    if found.request_sha256 != digest:
        raise ProblemError(Kind.IDEMPOTENCY, key)
    if found.status is None:
        raise ProblemError(Kind.CONFLICT, HEADER, headers={"Retry-After": "1"})
    headers = {**json.loads(found.headers), "Idempotent-Replayed": "true"}
    return Response(unpack(found.response), found.status, headers, "application/json")


def _clear(connection: Connection, now: datetime) -> None:
    """Old keys go, and those whose request never ended."""
    connection.execute(delete(table).where(table.c.created_at < utc(now - KEPT)))
    given_up = table.c.created_at < utc(now - _GIVEN_UP)
    connection.execute(delete(table).where(table.c.status.is_(None), given_up))
