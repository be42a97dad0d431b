"""The store: append-only, hash-chained, on SQLite or PostgreSQL.

Writers take turns by locking the one row of `chain`, so that numbers have no gaps whoever writes;
everything appended together is one transaction. Nothing here reads the clock: times are given.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from admission._messages import Phrase
from admission.errors import MissingExtraError, StoreError
from admission.record.chain import Document, Entry, Head, NewDocument, NewEntry
from admission.record.migration import migrate, standing
from admission.record.reading import Kinds, Reader
from admission.record.turns import Turns
from admission.record.writing import Writer

__all__ = ["Store", "open_store"]

_BUSY_MS = 30_000
_REMEMBERED = 10_000
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_MS}")
_NOTHING = Phrase("这里还没有存储，请核对地址", "there is no store here: check the URL")
_WRITES = "admission_writes"


def open_store(url: str | URL, *, create: bool = True) -> Store:
    """The store at `sqlite:///path` or `postgresql://…`, brought up to date, and made unless `create` is False.

    Raises `StoreError`, which says what to do: a URL of another kind, a database that cannot be
    reached, one of a later version, none there. A new SQLite file can be read by its owner only.
    """
    parsed = _parsed(url)
    engine = _sqlite(parsed, create) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    store = Store(engine)
    try:
        with store.transaction() as connection:
            if not create and standing(connection) is None:
                raise StoreError(store.url, _NOTHING)
            migrate(connection)
    except LookupError as error:
        store.close()
        newer = Phrase(f"由更新的版本建立（{error}），请升级本软件", f"made by a later version ({error}): upgrade")
        raise StoreError(store.url, newer) from None
    except StoreError:
        store.close()
        raise
    return store


class Store:
    """An open store, for many threads; a context manager. Made by `open_store`.

    Besides what is declared here every read of `Reader` is there: `entries`, `head`, `get` ….
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = engine.url.render_as_string(hide_password=True)
        sqlite = engine.dialect.name == "sqlite"
        self._turns = Turns(Path(engine.url.database or ""), _BUSY_MS / 1000) if sqlite else None
        self.kept: set[str] = set()
        """SHA-256 of documents, rulebooks and rulesets known to be in the store: nothing ever goes."""
        self.folds: dict[tuple[str, ...], Any] = {}
        """Kinds of entries → what they tell so far (`folding.Fold`)."""

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()

    def append(self, entries: Iterable[NewEntry], *, actor: str, at: datetime) -> list[Entry]:
        """Append all or none, in this order; returns them with their numbers and hashes.

        `at` needs its zone. Raises `StepError` for a text that cannot stand in an entry or a
        document that is not kept, `StoreError` when the database refuses.
        """
        with self.writing() as writer:
            return writer.append(entries, actor=actor, at=at)

    def put(self, content: bytes, media_type: str, *, actor: str, at: datetime) -> str:
        """Keep a document, once per content, with an entry that says so; returns its SHA-256."""
        return self.put_all([NewDocument(content, media_type)], actor=actor, at=at)[0]

    def put_all(self, documents: Sequence[NewDocument], *, actor: str, at: datetime) -> list[str]:
        """Keep several documents in one transaction; returns the SHA-256 of each."""
        self.prepare(documents)
        with self.writing() as writer:
            return writer.put_all(documents, actor=actor, at=at)

    def prepare(self, documents: Iterable[NewDocument]) -> None:
        """Hash, and compress what is new, before the lock is taken."""
        for document in documents:
            if document.sha256 not in self.kept:
                _ = document.stored_sha256

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
        with self.reading() as reader:
            return reader.entries(
                kind=kind, subject=subject, after_seq=after_seq, before_seq=before_seq, limit=limit, newest=newest
            )

    def head(self) -> Head:
        """Number and hash of the last entry."""
        with self.reading() as reader:
            return reader.head()

    def get(self, sha256: str) -> bytes:
        """The content of a document; raises `NotRecordedError`."""
        with self.reading() as reader:
            return reader.get(sha256)

    def document(self, sha256: str) -> Document:
        """A document with its media type and who kept it first; raises `NotRecordedError`."""
        with self.reading() as reader:
            return reader.document(sha256)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One consistent look at the store."""
        with self.connection() as connection:
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction that nobody else's append can come between; an exception undoes all of it."""
        with self.transaction() as connection:
            writer = Writer(connection, self.kept)
            yield writer
            writer.flush()
        if len(self.kept) > _REMEMBERED:
            self.kept.clear()
        self.kept |= writer.added

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for reading, by whatever SQLAlchemy offers; all of it sees the store at one moment."""
        postgres = self.engine.dialect.name == "postgresql"
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True} if postgres else {}
        with self._told(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction for writing, committed at the end; on SQLite it holds the write lock from the start."""
        with self._told(), self.engine.connect().execution_options(**{_WRITES: True}) as connection:
            with self._turns.waiting() if self._turns is not None else nullcontext():
                begun = connection.begin()
            with begun:
                yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise StoreError(self.url, str(getattr(error, "orig", None) or error)) from error


def _parsed(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    kind = parsed.get_backend_name() if parsed is not None else ""
    in_memory = kind == "sqlite" and parsed is not None and parsed.database in (None, "", ":memory:")
    if parsed is None or kind not in ("sqlite", "postgresql") or in_memory:
        shown = parsed.render_as_string(hide_password=True) if parsed is not None else "?"
        wanted = Phrase(
            "应为 sqlite:///文件路径 或 postgresql://用户@主机/数据库",
            "expected sqlite:///path/to/file or postgresql://user@host/database",
        )
        raise StoreError(shown, wanted)
    return parsed


def _sqlite(url: URL, create: bool) -> Engine:
    path = Path(url.database or "")
    if not create and not path.exists():
        raise StoreError(str(url), _NOTHING)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(str(url), error.strerror or str(error)) from error
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, record: object) -> None:
    """Transactions are begun by `_begin`; a commit is on disk when it returns."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: URL) -> Engine:
    try:
        driver = url.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, isolation_level="READ COMMITTED")
    except ImportError as error:
        raise MissingExtraError("PostgreSQL", "store") from error
