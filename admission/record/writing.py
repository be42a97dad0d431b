"""Writing the store: one transaction that holds the lock on the head.

What is appended is numbered and hashed at once and goes to the database at the end, or before
anything is read there: as few statements for many entries as for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from admission.errors import Place, Problem, ProblemCode, StepError
from admission.record import tables
from admission.record.chain import Entry, Head, NewDocument, NewEntry, check_entries, referred, sealed, utc
from admission.record.reading import DOCUMENT, Reader

__all__ = ["Writer"]

_ALIVE = select(tables.chain.c.seq, tables.chain.c.sha256).where(tables.chain.c.id == 1).with_for_update()
_NAME = tables.documents.c.sha256
_KEPT_AMONG = select(_NAME).where(_NAME.in_(bindparam("names", expanding=True)))
_NEW_DOCUMENTS, _NEW_ENTRIES = insert(tables.documents), insert(tables.entries)
_MOVED = (
    update(tables.chain).where(tables.chain.c.id == 1).values(seq=bindparam("to_seq"), sha256=bindparam("to_sha256"))
)


class Writer(Reader):
    """The store inside a writing transaction; what it reads nobody can change before it is done."""

    def __init__(self, connection: Connection, kept: set[str]) -> None:
        super().__init__(connection)
        self._kept = kept
        self._documents: list[dict[str, Any]] = []
        self._entries: list[dict[str, Any]] = []
        self.memo: dict[str, Any] = {}
        """What was looked up once for this transaction, by those who write in it."""
        self.added: set[str] = set()
        self._head = Head(*connection.execute(_ALIVE).one())

    @property
    def connection(self) -> Connection:
        """The transaction, with everything appended so far."""
        self.flush()
        return self._connection

    @property
    def beside(self) -> Connection:
        """The transaction for the tables that are no evidence: what is appended need not be there yet."""
        return self._connection

    def flush(self) -> None:
        """Hand over to the database what was appended."""
        if self._documents:
            rows, self._documents = self._documents, []
            self._connection.execute(_NEW_DOCUMENTS, rows)
        if self._entries:
            rows, self._entries = self._entries, []
            self._connection.execute(_NEW_ENTRIES, rows)
            self._connection.execute(_MOVED, {"to_seq": self._head.seq, "to_sha256": self._head.sha256})

    def append(self, entries: Iterable[NewEntry], *, actor: str, at: datetime) -> list[Entry]:
        """Append in this order; see `Store.append`."""
        new = list(entries)
        check_entries(new, actor)
        self._check_documents(new)
        return self._add(new, actor, utc(at))

    def put(self, content: bytes, media_type: str, *, actor: str, at: datetime) -> str:
        """Keep a document; see `Store.put`."""
        return self.put_all([NewDocument(content, media_type)], actor=actor, at=at)[0]

    def put_all(self, documents: Iterable[NewDocument], *, actor: str, at: datetime) -> list[str]:
        """Keep several documents; returns the SHA-256 of each."""
        given = list(documents)
        self._look_for([document.sha256 for document in given])
        new = {document.sha256: document for document in given if not self._is_known(document.sha256)}
        told = [NewEntry(DOCUMENT, sha256, _facts(document)) for sha256, document in new.items()]
        check_entries(told, actor)
        if new:
            self._documents += [{"sha256": sha256, "body": document.stored} for sha256, document in new.items()]
            self._add(told, actor, utc(at))
            self.added.update(new)
        return [document.sha256 for document in given]

    def noted(self, kind: str, subject: str) -> bool:
        """Is there an entry of this kind about `subject`? For kinds whose first entry says it all."""
        key = f"{kind} {subject}"
        if self._is_known(key):
            return True
        found = bool(self.entries(kind=kind, subject=subject, limit=1))
        if found:
            self.added.add(key)
        return found

    def is_kept(self, sha256: str) -> bool:
        """Is a document of this hash in the store, or was it put by this transaction?"""
        self._look_for([sha256])
        return self._is_known(sha256)

    def _is_known(self, sha256: str) -> bool:
        return sha256 in self._kept or sha256 in self.added

    def _look_for(self, sha256s: Iterable[str]) -> None:
        """Note which of these documents are in the store: one look for all that are not known to be."""
        unknown = [sha256 for sha256 in sha256s if not self._is_known(sha256)]
        if unknown:
            self.added.update(self._connection.execute(_KEPT_AMONG, {"names": unknown}).scalars())

    def _check_documents(self, entries: Iterable[NewEntry]) -> None:
        problems = [
            Problem(ProblemCode.NOT_RECORDED, Place(f"{entry.kind} {entry.subject}"), f"documents.{name}", {"id": sha})
            for entry in entries
            for name, sha in referred(entry.body).items()
            if not self.is_kept(sha)
        ]
        if problems:
            raise StepError(problems)

    def _add(self, entries: Iterable[NewEntry], actor: str, at: str) -> list[Entry]:
        added: list[Entry] = []
        head = self._head
        for entry in entries:
            added.append(sealed(entry, head, at, actor))
            head = Head(added[-1].seq, added[-1].sha256)
        if added:
            self._entries += [_row(entry) for entry in added]
            self._head = head
        return added


def _facts(document: NewDocument) -> dict[str, Any]:
    size = len(document.content)
    return {"media_type": document.media_type, "size": size, "stored_sha256": document.stored_sha256}


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": entry.actor,
        "kind": entry.kind,
        "subject": entry.subject,
        "body": entry.text,
        "previous_sha256": entry.previous_sha256,
        "sha256": entry.sha256,
    }
