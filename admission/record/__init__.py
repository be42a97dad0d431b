"""Decisions that last: the append-only, hash-chained store, receipts and replay, joint review, problem ledger.

Needs the extra `store`. Times are given by the caller, with their zone; nothing here reads the clock.
"""

from __future__ import annotations

from importlib.util import find_spec

from admission.errors import MissingExtraError

if any(find_spec(name) is None for name in ("sqlalchemy", "alembic")):
    raise MissingExtraError("admission.record", "store")

from admission.record.chain import Document, Entry, Head, NewDocument, NewEntry
from admission.record.decisions import (
    DecisionRecord,
    NewDecision,
    decision,
    decision_text,
    decisions,
    receipt_of,
    record_decision,
    write_decision,
)
from admission.record.receipts import make_receipt, project_document
from admission.record.rulesets import kept_rulebook
from admission.record.store import Store, open_store
from admission.record.writing import Writer

__all__ = [
    "DecisionRecord",
    "Document",
    "Entry",
    "Head",
    "NewDecision",
    "NewDocument",
    "NewEntry",
    "Store",
    "Writer",
    "decision",
    "decision_text",
    "decisions",
    "kept_rulebook",
    "make_receipt",
    "open_store",
    "project_document",
    "receipt_of",
    "record_decision",
    "write_decision",
]
