"""Saved briefs (填报草稿): kept at every save, resumed from the last, never overwritten."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from admission.errors import NotRecordedError
from admission.record.chain import Entry, NewDocument, NewEntry, canonical
from admission.record.reading import Reader
from admission.record.store import Store
from admission.record.times import new_id

__all__ = ["Brief", "brief", "brief_document", "brief_in", "briefs", "save_brief"]

_SAVED = "brief.saved"


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief as last saved; `owner` is who saved it first, `versions` the hashes of its documents in order."""

    id: str
    title: str
    owner: str
    saved_at: str
    saved_by: str
    versions: tuple[str, ...]


def save_brief(
    store: Store, document: Mapping[str, Any], *, title: str, actor: str, at: datetime, id: str | None = None
) -> Brief:
    """Save a brief (any JSON document), as a new one or as the next version of `id`.

    Raises `NotRecordedError` for an id that was never saved, `StepError` for a title that cannot be written.
    """
    kept = NewDocument(canonical(document).encode(), "application/json")
    store.prepare([kept])
    with store.writing() as writer:
        if id is not None:
            brief_in(writer, id)
        name = id or new_id("B", at)
        writer.put_all([kept], actor=actor, at=at)
        body = {"title": title, "documents": {"brief": kept.sha256}}
        writer.append([NewEntry(_SAVED, name, body)], actor=actor, at=at)
        return brief_in(writer, name)


def brief(store: Store, id: str) -> Brief:
    """A brief; raises `NotRecordedError`."""
    with store.reading() as reader:
        return brief_in(reader, id)


def brief_in(reader: Reader, id: str) -> Brief:
    """A brief as a transaction sees it; raises `NotRecordedError`."""
    entries = reader.entries(kind=_SAVED, subject=id)
    if not entries:
        raise NotRecordedError("brief", id)
    return _fold(entries)


def brief_document(store: Store, brief: Brief, version: int = -1) -> dict[str, Any]:
    """What was saved: the last version, or another one by its place in `versions`."""
    found: dict[str, Any] = json.loads(store.get(brief.versions[version]))
    return found


def briefs(store: Store, *, owner: str | None = None) -> list[Brief]:
    """Briefs, last saved first; those of one owner."""
    by_id: dict[str, list[Entry]] = {}
    for entry in store.entries(kind=_SAVED):
        by_id.setdefault(entry.subject, []).append(entry)
    found = [_fold(entries) for entries in sorted(by_id.values(), key=lambda entries: -entries[-1].seq)]
    return [one for one in found if owner in (None, one.owner)]


def _fold(entries: list[Entry]) -> Brief:
    last = entries[-1]
    versions = tuple(entry.body["documents"]["brief"] for entry in entries)
    return Brief(last.subject, last.body["title"], entries[0].actor, last.at, last.actor, versions)
