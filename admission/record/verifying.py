"""Is everything in the store still what was written? (`admission store verify`)

Reads with nothing but the rows: every hash is made again, numbers must follow each other, every
document must be there with the very bytes that were stored, and every reference must lead
somewhere. Without a head that was written down elsewhere nobody can tell a store from a complete
forgery of it: give `head`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from admission._messages import Phrase
from admission.errors import StoreError
from admission.record import tables
from admission.record.chain import GENESIS, Head, digest, referred, sha256_of
from admission.record.guards import missing_guards
from admission.record.packing import PackingError, unpack
from admission.record.reading import DOCUMENT
from admission.record.store import Store

__all__ = ["Flaw", "Verification", "verify", "verify_on"]

_ROWS = 500
_LINKS = {
    ("decision", "rulebook"): "rulebook",
    ("decision", "replaces"): "decision",
    ("ruleset", "rulebook"): "rulebook",
    ("review.opened", "decision"): "decision",
    ("review.judgement", "decision"): "decision",
    ("problem.opened", "decision"): "decision",
}
"""Kind of entry and key of its body → the kind of entry it leads to."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is not as it was written; `place` an entry (`entry 7`), a document or the store."""

    place: str
    what: Phrase

    def told(self, lang: str = "zh") -> str:
        """`what` in Chinese or English."""
        return "".join(self.what) if lang == "zh" else self.what.en

    def text(self, lang: str = "zh") -> str:
        """`place: what`."""
        return f"{self.place}: {self.told(lang)}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found; `head` is the last entry as read, to be written down elsewhere."""

    head: Head
    entries: int
    documents: int
    problems: tuple[Flaw, ...]

    @property
    def ok(self) -> bool:
        """Was nothing found?"""
        return not self.problems


@dataclass(slots=True)
class _Seen:
    """What the entries say must be there."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    subjects: set[tuple[str, str]] = field(default_factory=set)
    links: list[tuple[str, str, str]] = field(default_factory=list)
    wanted: dict[str, str] = field(default_factory=dict)


def verify(store: Store, head: Head | None = None) -> Verification:
    """Check every entry, document, reference and guard; `head` is one written down before.

    Damage is a result, not an error; raises `StoreError` only when there is no reaching the store.
    """
    with store.connection() as connection:
        _read_bytes_as_they_are(connection)
        try:
            return verify_on(connection, head)
        finally:
            connection.invalidate()


def verify_on(connection: Connection, head: Head | None = None) -> Verification:
    """What `verify` does, as the transaction of `connection` sees the store."""
    flaws: list[Flaw] = []
    seen = _Seen()
    count, last, documents = 0, Head(0, GENESIS), 0
    try:
        count, last = _check_chain(connection, seen, flaws, head)
        _check_head(connection, last, flaws)
        documents = _check_documents(connection, seen, flaws)
        _check_references(seen, flaws)
        _check_guards(connection, flaws)
    except SQLAlchemyError as error:
        detail = str(getattr(error, "orig", None) or error)
        what = Phrase(f"数据库读不下去：{detail}", f"the database cannot be read: {detail}")
        flaws.append(Flaw("database", what))
    return Verification(last, count, documents, tuple(flaws))


def _read_bytes_as_they_are(connection: Connection) -> None:
    """A text that is no UTF-8 any more is damage to be told, not an exception."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.dbapi_connection
        if raw is None:
            raise StoreError(str(connection.engine.url), "closed")
        raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")


def _check_chain(connection: Connection, seen: _Seen, flaws: list[Flaw], head: Head | None) -> tuple[int, Head]:
    last, count = Head(0, GENESIS), 0
    found_head = head is None or head.seq == 0
    for row in _rows(connection):
        seq, *texts, sha256 = row
        place = f"entry {seq}"
        if seq != last.seq + 1:
            gap = f"{last.seq + 1}–{seq - 1}"
            flaws.append(Flaw(place, Phrase(f"前面缺少记录 {gap}", f"entries {gap} before it are missing")))
        if not all(isinstance(text, str) for text in (*texts, sha256)):
            flaws.append(Flaw(place, Phrase("有的列不是文字", "a column is no text")))
            texts, sha256 = [str(text) for text in texts], str(sha256)
        if texts[-1] != last.sha256:
            flaws.append(Flaw(place, Phrase("与前一条记录接不上", "does not follow the entry before it")))
        if digest(seq, *texts) != sha256:
            flaws.append(Flaw(place, Phrase("内容与哈希不符，已被改动", "content and hash differ: it was changed")))
        if head is not None and head.seq == seq:
            found_head = head.sha256 == sha256
        _note(seen, seq, texts[2], texts[3], texts[4], flaws)
        last, count = Head(seq, sha256), count + 1
    if not found_head and head is not None:
        cut = Phrase(
            f"另处记下的第 {head.seq} 条（{head.sha256}）不在这里：被截断或整体重写",
            f"the head written down elsewhere ({head.seq} {head.sha256}) is not here: cut off or rewritten",
        )
        flaws.append(Flaw(f"entry {head.seq}", cut))
    return count, last


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    columns = tables.entries.c
    query = first = select(tables.entries).order_by(columns.seq).limit(_ROWS)
    while True:
        rows = connection.execute(query).all()
        yield from (tuple(row) for row in rows)
        if len(rows) < _ROWS:
            return
        query = first.where(columns.seq > rows[-1][0])


def _note(seen: _Seen, seq: int, kind: str, subject: str, text: str, flaws: list[Flaw]) -> None:
    """Remember what the entry refers to."""
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        flaws.append(Flaw(f"entry {seq}", Phrase("内容不是 JSON 对象", "the body is no JSON object")))
        return
    seen.subjects.add((kind, subject))
    if kind == DOCUMENT:
        seen.documents[subject] = body
    for name, sha256 in referred(body).items():
        seen.wanted.setdefault(str(sha256), f"entry {seq} documents.{name}")
    for (from_kind, key), to_kind in _LINKS.items():
        if kind == from_kind and body.get(key) is not None:
            seen.links.append((f"entry {seq} {key}", to_kind, str(body[key])))


def _check_head(connection: Connection, last: Head, flaws: list[Flaw]) -> None:
    rows = connection.execute(select(tables.chain)).all()
    if [tuple(row) for row in rows] != [(1, last.seq, last.sha256)]:
        told = "; ".join(f"{row[1]} {row[2]}" for row in rows) or "—"
        what = Phrase(
            f"链头（{told}）与最后一条记录（{last.seq} {last.sha256}）不符",
            f"the head ({told}) is not the last entry ({last.seq} {last.sha256})",
        )
        flaws.append(Flaw("chain", what))


def _check_documents(connection: Connection, seen: _Seen, flaws: list[Flaw]) -> int:
    columns = tables.documents.c
    missing, count, after = dict(seen.documents), 0, ""
    while True:
        query = select(columns.sha256, columns.body).where(columns.sha256 > after).order_by(columns.sha256).limit(_ROWS)
        rows = connection.execute(query).all()
        for sha256, stored in rows:
            count += 1
            what = _damage(sha256, stored, missing.pop(sha256, None))
            if what is not None:
                flaws.append(Flaw(f"document {sha256}", what))
        if len(rows) < _ROWS:
            break
        after = rows[-1][0]
    for sha256 in missing:
        flaws.append(Flaw(f"document {sha256}", Phrase("不见了", "is missing")))
    return count


def _damage(sha256: str, stored: object, told: dict[str, Any] | None) -> Phrase | None:
    """What is wrong with a stored document, of which the chain says `told`."""
    if told is None:
        return Phrase("没有一条记录提到它", "no entry knows of it")
    if not isinstance(stored, bytes):
        return Phrase("内容不是字节", "its content is no bytes")
    if sha256_of(stored) != told.get("stored_sha256"):
        return Phrase("存储的字节已被改动", "its stored bytes were changed")
    try:
        content = unpack(stored)
    except PackingError:
        return Phrase("解压不了", "cannot be decompressed")
    if sha256_of(content) != sha256 or len(content) != told.get("size"):
        return Phrase("内容与哈希不符", "content and hash differ")
    return None


def _check_references(seen: _Seen, flaws: list[Flaw]) -> None:
    for sha256, place in seen.wanted.items():
        if sha256 not in seen.documents:
            flaws.append(Flaw(place, Phrase(f"所引文件 {sha256} 没有存入", f"its document {sha256} is not kept")))
    for place, kind, id in seen.links:
        if (kind, id) not in seen.subjects:
            flaws.append(Flaw(place, Phrase(f"所引 {kind} {id} 没有记录", f"{kind} {id} is not recorded")))


def _check_guards(connection: Connection, flaws: list[Flaw]) -> None:
    for name in missing_guards(connection):
        what = Phrase("防改触发器不见了或被停用", "this guard is missing or switched off")
        flaws.append(Flaw(f"trigger {name}", what))
