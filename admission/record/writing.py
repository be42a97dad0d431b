"""Writing the store: one transaction that holds the lock on the head."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from admission.errors import Place, Problem, ProblemCode, StepError
from admission.record import tables
from admission.record.chain import Entry, Head, NewDocument, NewEntry, check_entries, referred, sealed, sha256_of, utc
from admission.record.reading import DOCUMENT, Reader

__all__ = ["Writer"]

_ALIVE = select(tables.chain.c.seq, tables.chain.c.sha256).where(tables.chain.c.id == 1).with_for_update()


class Writer(Reader):
    """The store inside a writing transaction; what it reads nobody can change before it is done."""

    def __init__(self, connection: Connection, kept: set[str]) -> None:
        super().__init__(connection)
        self._kept = kept
        self.added: set[str] = set()
        self._head = Head(*connection.execute(_ALIVE).one())

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
        new = {document.sha256: document for document in given if not self.is_kept(document.sha256)}
        told = [NewEntry(DOCUMENT, sha256, _facts(document)) for sha256, document in new.items()]
        check_entries(told, actor)
        if new:
            rows = [{"sha256": sha256, "body": document.stored} for sha256, document in new.items()]
            self.connection.execute(insert(tables.documents), rows)
            self._add(told, actor, utc(at))
            self.added.update(new)
        return [document.sha256 for document in given]

    def noted(self, kind: str, subject: str) -> bool:
        """Is there an entry of this kind about `subject`? For kinds whose first entry says it all."""
        key = f"{kind} {subject}"
        if key in self._kept or key in self.added:
            return True
        found = bool(self.entries(kind=kind, subject=subject, limit=1))
        if found:
            self.added.add(key)
        return found

    def is_kept(self, sha256: str) -> bool:
        """Is a document of this hash in the store, or was it put by this transaction?"""
        if sha256 in self._kept or sha256 in self.added:
            return True
        found = self.has(sha256)
        if found:
            self.added.add(sha256)
        return found

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
            self.connection.execute(insert(tables.entries), [_row(entry) for entry in added])
            moved = update(tables.chain).where(tables.chain.c.id == 1)
            self.connection.execute(moved.values(seq=head.seq, sha256=head.sha256))
            self._head = head
        return added


def _facts(document: NewDocument) -> dict[str, Any]:
    size = len(document.content)
    return {"media_type": document.media_type, "size": size, "stored_sha256": sha256_of(document.stored)}


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
