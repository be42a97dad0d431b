"""The tables of the store: the chain and its documents, and beside them what is not evidence."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "METADATA",
    "PROTECTED",
    "chain",
    "documents",
    "entries",
    "idempotency_keys",
    "jobs",
    "sessions",
    "webhook_deliveries",
    "webhook_endpoints",
]

METADATA = MetaData()
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

entries = Table(
    "entries",
    METADATA,
    Column("seq", _NUMBER, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous_sha256", String(64), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Index("entries_by_kind", "kind", "seq"),
    Index("entries_by_subject", "subject", "seq"),
)

documents = Table(
    "documents",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

chain = Table(
    "chain",
    METADATA,
    Column("id", Integer, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("seq", _NUMBER, nullable=False),
    Column("sha256", String(64), nullable=False),
)
"""One row, the head: whoever appends locks it, so that numbers have no gaps."""

PROTECTED = (entries, documents)
"""Tables whose rows nobody may change or delete."""

sessions = Table(
    "sessions",
    METADATA,
    Column("token_sha256", String(64), primary_key=True),
    Column("user", Text, nullable=False, index=True),
    Column("data", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("expires_at", Text, nullable=False, index=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    METADATA,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", Text),
    Column("response", LargeBinary),
    Column("created_at", Text, nullable=False, index=True),
)

jobs = Table(
    "jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("total", BigInteger),
    Column("request", Text, nullable=False),
    Column("result", Text),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
    Index("jobs_by_state", "state", "created_at"),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("disabled_at", Text),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("last_status", Text),
    Column("created_at", Text, nullable=False),
    Index("webhook_deliveries_due", "state", "due_at"),
)
