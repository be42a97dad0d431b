"""Reading the store inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from admission._messages import Phrase
from admission.errors import NotRecordedError, StoreError
from admission.record import tables
from admission.record.chain import Document, Entry, Head, sha256_of
from admission.record.packing import PackingError, unpack

__all__ = ["DOCUMENT", "Kinds", "Reader", "body_field", "chosen", "entry_of"]

DOCUMENT = "document"
"""The kind of the entry that stands for every kept document: its size, type and stored bytes are chained by it."""

Kinds = str | Sequence[str] | None


class Reader:
    """The store as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """What it reads from."""
        return self._connection

    def entries(
        self,
        *,
        kind: Kinds = None,
        subject: str | None = None,
        after_seq: int = 0,
        before_seq: int | None = None,
        limit: int | None = None,
        newest: bool = False,
    ) -> list[Entry]:
        """Entries in order, or from the newest back; `kind` one or several."""
        query = chosen(kind, subject, after_seq, before_seq)
        order = tables.entries.c.seq
        query = query.order_by(order.desc() if newest else order).limit(limit)
        return [entry_of(row) for row in self.connection.execute(query)]

    def head(self) -> Head:
        """Number and hash of the last entry."""
        seq, sha256 = self.connection.execute(select(tables.chain.c.seq, tables.chain.c.sha256)).one()
        return Head(seq, sha256)

    def has(self, sha256: str) -> bool:
        """Is a document of this hash kept?"""
        query = select(tables.documents.c.sha256).where(tables.documents.c.sha256 == sha256)
        return self.connection.execute(query).first() is not None

    def get(self, sha256: str) -> bytes:
        """The content of a document; raises `NotRecordedError`, and `StoreError` when it is not what was put."""
        query = select(tables.documents.c.body).where(tables.documents.c.sha256 == sha256)
        found = self.connection.execute(query).scalar()
        if found is None:
            raise NotRecordedError("document", sha256)
        try:
            content = unpack(found)
        except PackingError:
            content = None
        if content is None or sha256_of(content) != sha256:
            changed = Phrase(
                "存储的内容已被改动，请用 admission store verify 核对", "was changed: see admission store verify"
            )
            raise StoreError(f"document {sha256}", changed)
        return content

    def document(self, sha256: str) -> Document:
        """A document with its media type and who kept it first; raises `NotRecordedError`."""
        content = self.get(sha256)
        first = self.entries(kind=DOCUMENT, subject=sha256, limit=1)
        if not first:
            raise NotRecordedError("document", sha256)
        body = first[0].body
        return Document(sha256, body["media_type"], body["size"], first[0].at, first[0].actor, content)


def chosen(
    kind: Kinds = None, subject: str | None = None, after_seq: int = 0, before_seq: int | None = None
) -> Select[Any]:
    """The query for these entries, without order."""
    columns = tables.entries.c
    query = select(tables.entries).where(columns.seq > after_seq)
    if isinstance(kind, str):
        query = query.where(columns.kind == kind)
    elif kind is not None:
        query = query.where(columns.kind.in_(kind))
    if subject is not None:
        query = query.where(columns.subject == subject)
    return query if before_seq is None else query.where(columns.seq < before_seq)


def entry_of(row: Row[Any]) -> Entry:
    """A row of the table as an `Entry`."""
    return Entry(*tuple(row))


def body_field(name: str, dialect: str) -> ColumnElement[str]:
    """A text of the body as SQL sees it."""
    body = tables.entries.c.body
    if dialect == "postgresql":
        return cast(cast(body, JSONB)[name].astext, Text)
    return func.json_extract(body, f"$.{name}", type_=Text)
