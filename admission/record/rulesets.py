"""Rules that decisions rest on, kept: the files of a rulebook once per content, loaded again years later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from admission.errors import NotRecordedError
from admission.record.chain import NewDocument, NewEntry
from admission.record.reading import Reader
from admission.record.store import Store
from admission.record.writing import Writer
from admission.rulebook import Rulebook, Ruleset, load_files
from admission.rulebook.sources import SourceFile

__all__ = [
    "RULEBOOK",
    "RULESET",
    "KeptRuleset",
    "keep_rules",
    "kept_files",
    "kept_rulebook",
    "kept_rulesets",
    "rulebook_of_hash",
    "rulebook_of_ruleset",
]

RULEBOOK, RULESET = "rulebook", "ruleset"
_MEDIA_TYPES = {"yaml": "application/yaml", "yml": "application/yaml", "csv": "text/csv"}


def keep_rules(writer: Writer, ruleset: Ruleset, *, actor: str, at: datetime) -> str:
    """Keep the files behind `ruleset` unless they are; returns the id of the rulebook (`Rulebook.files_sha256`)."""
    rulebook = ruleset.rulebook
    id = rulebook.files_sha256
    if not writer.noted(RULEBOOK, id):
        documents = [NewDocument(content, _media_type(name)) for name, content in rulebook.files]
        shas = writer.put_all(documents, actor=actor, at=at)
        names = [name for name, _ in rulebook.files]
        body = {"sha256": rulebook.sha256, "documents": dict(zip(names, shas, strict=True))}
        writer.append([NewEntry(RULEBOOK, id, body)], actor=actor, at=at)
    if not writer.noted(RULESET, ruleset.sha256):
        body = {"name": ruleset.name, "rulebook": id}
        writer.append([NewEntry(RULESET, ruleset.sha256, body)], actor=actor, at=at)
    return id


def kept_files(reader: Reader, id: str) -> tuple[SourceFile, ...]:
    """The files of a kept rulebook, in their order; raises `NotRecordedError`."""
    found = reader.entries(kind=RULEBOOK, subject=id, limit=1)
    if not found:
        raise NotRecordedError(RULEBOOK, id)
    return tuple((name, reader.get(sha256)) for name, sha256 in sorted(found[0].body["documents"].items()))


def kept_rulebook(store: Store, id: str) -> Rulebook:
    """A kept rulebook, loaded by this version of the program; takes seconds.

    Raises `NotRecordedError`, or `RulebookError` when this version no longer reads such files.
    """
    with store.reading() as reader:
        files = kept_files(reader, id)
    return load_files(files)


def rulebook_of_ruleset(store: Store, ruleset_sha256: str) -> str | None:
    """The id of a kept rulebook that has this ruleset, or None."""
    found = store.entries(kind=RULESET, subject=ruleset_sha256, limit=1)
    return found[0].body["rulebook"] if found else None


def rulebook_of_hash(store: Store, sha256: str) -> str | None:
    """The id of a kept rulebook by the hash of its files or of one of its rulesets, or None."""
    named = store.entries(kind=RULEBOOK, subject=sha256, limit=1)
    return named[0].subject if named else rulebook_of_ruleset(store, sha256)


@dataclass(frozen=True, slots=True)
class KeptRuleset:
    """A ruleset that decisions rest on: its hash, its name (park and day), the id of its rulebook, since when kept."""

    sha256: str
    name: str
    rulebook: str
    at: str


def kept_rulesets(store: Store) -> list[KeptRuleset]:
    """The rulesets whose files are kept, newest first."""
    found = store.entries(kind=RULESET)
    return [KeptRuleset(one.subject, one.body["name"], one.body["rulebook"], one.at) for one in reversed(found)]


def _media_type(name: str) -> str:
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "text/plain")
