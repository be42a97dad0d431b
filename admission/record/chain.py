"""An entry of the chain: what it holds, how its hash is made, and what may stand in it.

The hash of an entry is SHA-256 over its number, time, actor, kind, subject, body and the hash of
the entry before it, each written with its length before it, so that nothing can move from one
field to the next. Whoever changes a stored byte would have to change every later entry as well,
and the head that was written down elsewhere (`admission store head`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from admission._messages import Phrase, ProblemCode, shortened
from admission.errors import Place, Problem, StepError
from admission.record.packing import pack

__all__ = [
    "GENESIS",
    "Document",
    "Entry",
    "Head",
    "NewDocument",
    "NewEntry",
    "canonical",
    "check_entries",
    "digest",
    "referred",
    "sealed",
    "sha256_of",
    "utc",
]

GENESIS: Final = "0" * 64
"""What stands as `previous_sha256` of the first entry."""

_FORMAT = "admission entry 1"
_KIND = re.compile(r"[a-z]+(?:[._][a-z]+)*")
_LONGEST = 200
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be appended: `kind` such as `review.opened`, `subject` the id of what it is about.

    `body` is JSON; its key `documents` (name → SHA-256) names what it refers to in `documents`.
    """

    kind: str
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in the store; `at` is UTC as ISO text, `text` the body as it was hashed."""

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    text: str
    previous_sha256: str
    sha256: str

    @property
    def body(self) -> dict[str, Any]:
        """The body, parsed anew at every call."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def time(self) -> datetime:
        """`at` as a time with its zone (UTC)."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number (0 for an empty store) and hash. Written down elsewhere it seals all before it."""

    seq: int
    sha256: str


@dataclass(frozen=True)
class NewDocument:
    """A document to be kept, once per content; what takes time is worked out once, before any lock is taken."""

    content: bytes = field(repr=False)
    media_type: str

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content."""
        return sha256_of(self.content)

    @cached_property
    def stored(self) -> bytes:
        """The content as the store has it."""
        return pack(self.content)

    @cached_property
    def stored_sha256(self) -> str:
        """SHA-256 of the stored bytes."""
        return sha256_of(self.stored)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was kept; `at` and `actor` of the first time."""

    sha256: str
    media_type: str
    size: int
    at: str
    actor: str
    content: bytes = field(repr=False)


def sha256_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def utc(at: datetime) -> str:
    """`2026-11-24T01:02:03.000004Z`; raises `ValueError` for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time needs its zone: datetime.now(timezone.utc)")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(body: Mapping[str, Any]) -> str:
    """The one way to write a body: sorted keys, no blanks, no NaN; raises `ValueError` for what is no JSON."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    text.encode()  # a lone surrogate is no text
    return text


def digest(seq: int, at: str, actor: str, kind: str, subject: str, text: str, previous_sha256: str) -> str:
    """The hash of an entry; text that is not UTF-8 in the store is hashed as its bytes."""
    parts = (_FORMAT, str(seq), at, actor, kind, subject, text, previous_sha256)
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape")
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()


def sealed(entry: NewEntry, after: Head, at: str, actor: str) -> Entry:
    """`entry` as the next one after `after`."""
    seq, text = after.seq + 1, canonical(entry.body)
    sha256 = digest(seq, at, actor, entry.kind, entry.subject, text, after.sha256)
    return Entry(seq, at, actor, entry.kind, entry.subject, text, after.sha256, sha256)


def referred(body: Mapping[str, Any]) -> dict[str, str]:
    """Name → SHA-256 of the documents that a body refers to."""
    found = body.get("documents", {})
    return found if isinstance(found, dict) else {}


def check_entries(entries: list[NewEntry], actor: str) -> None:
    """Raise one `StepError` with everything that cannot stand in an entry."""
    problems: list[Problem] = []
    if not _writable(actor):
        problems.append(_unfit("actor", actor))
    for entry in entries:
        place = f"{entry.kind} {entry.subject}"
        if not _KIND.fullmatch(entry.kind):
            problems.append(_unfit("kind", entry.kind, place))
        if not _writable(entry.subject):
            problems.append(_unfit("subject", entry.subject, place))
        problems.extend(_unfit(f"documents.{name}", str(sha), place) for name, sha in _misnamed(entry.body))
        try:
            unfit = "\\u0000" in canonical(entry.body)
        except (TypeError, ValueError):
            unfit = True
        if unfit:
            problems.append(_unfit("body", str(entry.body), place))
    if problems:
        raise StepError(problems)


def _writable(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and not _UNWRITABLE.search(text)


def _misnamed(body: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [(name, sha) for name, sha in referred(body).items() if not _SHA256.fullmatch(str(sha))]


def _unfit(field: str, text: str, place: str = "entry") -> Problem:
    values = {"actual": shortened(text) or Phrase("空", "nothing"), "longest": _LONGEST}
    return Problem(ProblemCode.ENTRY_TEXT, Place(place), field, values)
