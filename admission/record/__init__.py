"""Decisions that last: the append-only, hash-chained store, receipts and replay, joint review, problem ledger.

Needs the extra `store`. Times are given by the caller, with their zone; nothing here reads the clock.
"""

from __future__ import annotations

from importlib.util import find_spec

from admission.errors import MissingExtraError

if any(find_spec(name) is None for name in ("sqlalchemy", "alembic", "zstandard")):
    raise MissingExtraError("admission.record", "store")

from admission.record.briefs import Brief, brief, brief_document, briefs, save_brief
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
from admission.record.differing import Difference
from admission.record.ledger import (
    ProblemRecord,
    add_evidence,
    assign_problem,
    close_problem,
    mark_rectified,
    open_problem,
    problem,
    problems,
    recheck_problem,
    reopen_problem,
)
from admission.record.receipts import make_receipt, project_document, read_receipt
from admission.record.replaying import Replay, Rulebooks, replay
from admission.record.reviewing import (
    answer_judgement,
    close_review,
    departments_of,
    open_review,
    policy_of,
    review,
    reviews,
    sign_opinion,
)
from admission.record.reviews import Opinion, Review, Seat
from admission.record.rulesets import kept_rulebook
from admission.record.store import Store, open_store
from admission.record.users import (
    ApiKey,
    User,
    add_user,
    api_keys,
    check_password,
    disable_user,
    issue_key,
    key_of,
    revoke_key,
    set_password,
    user,
    users,
)
from admission.record.verifying import Flaw, Verification, verify
from admission.record.writing import Writer

__all__ = [
    "ApiKey",
    "Brief",
    "DecisionRecord",
    "Difference",
    "Document",
    "Entry",
    "Flaw",
    "Head",
    "NewDecision",
    "NewDocument",
    "NewEntry",
    "Opinion",
    "ProblemRecord",
    "Replay",
    "Review",
    "Rulebooks",
    "Seat",
    "Store",
    "User",
    "Verification",
    "Writer",
    "add_evidence",
    "add_user",
    "answer_judgement",
    "api_keys",
    "assign_problem",
    "brief",
    "brief_document",
    "briefs",
    "check_password",
    "close_problem",
    "close_review",
    "decision",
    "decision_text",
    "decisions",
    "departments_of",
    "disable_user",
    "issue_key",
    "kept_rulebook",
    "key_of",
    "make_receipt",
    "mark_rectified",
    "open_problem",
    "open_review",
    "open_store",
    "policy_of",
    "problem",
    "problems",
    "project_document",
    "read_receipt",
    "receipt_of",
    "recheck_problem",
    "record_decision",
    "reopen_problem",
    "replay",
    "review",
    "reviews",
    "revoke_key",
    "save_brief",
    "set_password",
    "sign_opinion",
    "user",
    "users",
    "verify",
    "write_decision",
]
