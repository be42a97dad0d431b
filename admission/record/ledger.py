"""The problem ledger (问题整改): opened, assigned, evidence, rectified, rechecked, closed; looked back at, reopened.

Nothing is deleted: a problem is the fold of its entries `problem.*`. A recheck (复查) that fails
sends it back to be rectified; after closing it is looking back (回头看), and one that fails opens
the problem again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from admission._messages import Phrase
from admission.errors import NotRecordedError, Problem
from admission.record.chain import Entry, NewEntry
from admission.record.decisions import decision_in
from admission.record.folding import folded
from admission.record.reading import Reader
from admission.record.steps import Also, day_from, refuse_if, required, state_of, together
from admission.record.store import Store
from admission.record.times import local_day, new_id

__all__ = [
    "PROBLEM_KINDS",
    "STATES",
    "Evidence",
    "ProblemRecord",
    "Recheck",
    "add_evidence",
    "assign_problem",
    "close_problem",
    "fold_problem",
    "mark_rectified",
    "open_problem",
    "problem",
    "problem_in",
    "problems",
    "recheck_problem",
    "reopen_problem",
]

State = Literal["opened", "assigned", "rectified", "passed", "closed"]
STATES: Mapping[State, Phrase] = {
    "opened": Phrase("待交办", "opened"),
    "assigned": Phrase("整改中", "assigned"),
    "rectified": Phrase("待复查", "rectified"),
    "passed": Phrase("复查通过", "passed"),
    "closed": Phrase("已销号", "closed"),
}
PROBLEM_KINDS = tuple(
    f"problem.{step}" for step in ("opened", "assigned", "evidence", "rectified", "rechecked", "closed", "reopened")
)
_STEPS: Mapping[str, tuple[Phrase, tuple[State, ...]]] = {
    "problem.assigned": (Phrase("交办", "assign"), ("opened", "assigned")),
    "problem.evidence": (Phrase("补充证据", "add evidence"), ("opened", "assigned", "rectified", "passed")),
    "problem.rectified": (Phrase("报告整改完成", "rectify"), ("assigned",)),
    "problem.rechecked": (Phrase("复查", "recheck"), ("rectified", "closed")),
    "problem.closed": (Phrase("销号", "close"), ("passed",)),
    "problem.reopened": (Phrase("重新立案", "reopen"), ("closed",)),
}
"""What each step is called and in which states it may be taken."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something handed in: a note and documents (name → SHA-256)."""

    note: str
    documents: Mapping[str, str]
    who: str
    at: str


@dataclass(frozen=True, slots=True)
class Recheck:
    """A recheck (复查), or after closing a look back (回头看)."""

    passed: bool
    note: str
    documents: Mapping[str, str]
    who: str
    at: str
    looking_back: bool


@dataclass(frozen=True, slots=True)
class ProblemRecord:
    """A problem as it stands; `subject` is the enterprise, `decision` and `rule` what it came of, if known.

    `evidence` all that was handed in, `fresh` how much of it since the problem last went to be rectified.
    """

    id: str
    title: str
    description: str
    subject: str
    department: str
    state: State
    opened_at: str
    opened_by: str
    decision: str | None = None
    rule: str | None = None
    owner: str | None = None
    deadline: date | None = None
    evidence: tuple[Evidence, ...] = ()
    fresh: int = 0
    rechecks: tuple[Recheck, ...] = ()
    rectified_at: str | None = None
    closed_at: str | None = None
    reopened: int = 0
    trail: tuple[Entry, ...] = ()

    def overdue(self, on: date) -> bool:
        """Has the deadline passed before it was rectified?"""
        return self.state in ("opened", "assigned") and self.deadline is not None and on > self.deadline


def open_problem(
    store: Store,
    *,
    title: str,
    subject: str,
    department: str,
    actor: str,
    at: datetime,
    description: str = "",
    deadline: date | None = None,
    decision: str | None = None,
    rule: str | None = None,
    also: Also[ProblemRecord] | None = None,
) -> ProblemRecord:
    """Open a problem of the enterprise `subject`, for a department to follow; `also` is done in the same transaction.

    Raises `StepError`, and `NotRecordedError` for a decision that is not recorded.
    """
    id = new_id("P", at)
    place = f"problem {id}"
    wrong = [*required(place, title=title, subject=subject, department=department)]
    refuse_if([*wrong, *day_from(place, "deadline", deadline, local_day(at))])
    body = {
        "title": title,
        "description": description,
        "subject": subject,
        "department": department,
        "deadline": _text(deadline),
        "decision": decision,
        "rule": rule,
    }
    with store.writing() as writer:
        if decision is not None:
            decision_in(writer, decision)
        writer.append([NewEntry("problem.opened", id, body)], actor=actor, at=at)
        return together(writer, problem_in(writer, id), also)


def assign_problem(
    store: Store,
    id: str,
    *,
    owner: str,
    actor: str,
    at: datetime,
    deadline: date | None = None,
    note: str = "",
    also: Also[ProblemRecord] | None = None,
) -> ProblemRecord:
    """Hand it to an owner (责任人), with a deadline; None keeps the one there is. Raises as the other steps."""
    place = f"problem {id}"
    wrong = [*required(place, owner=owner), *day_from(place, "deadline", deadline, local_day(at))]
    body = {"owner": owner, "deadline": _text(deadline), "note": note}
    return _step(store, id, "problem.assigned", body, (actor, at, also), wrong)


def add_evidence(
    store: Store,
    id: str,
    *,
    actor: str,
    at: datetime,
    note: str = "",
    documents: Mapping[str, str] | None = None,
    also: Also[ProblemRecord] | None = None,
) -> ProblemRecord:
    """Hand in evidence: documents (name → SHA-256, kept before with `Store.put`), a note, or both."""
    given = dict(documents or {})
    wrong = [] if given else required(f"problem {id}", documents=note)
    return _step(store, id, "problem.evidence", {"note": note, "documents": given}, (actor, at, also), wrong)


def mark_rectified(
    store: Store, id: str, *, note: str, actor: str, at: datetime, also: Also[ProblemRecord] | None = None
) -> ProblemRecord:
    """Report that it is rectified; there must be evidence since it was last sent to be rectified."""
    return _step(
        store, id, "problem.rectified", {"note": note}, (actor, at, also), required(f"problem {id}", note=note)
    )


def recheck_problem(
    store: Store,
    id: str,
    *,
    passed: bool,
    note: str,
    actor: str,
    at: datetime,
    documents: Mapping[str, str] | None = None,
    also: Also[ProblemRecord] | None = None,
) -> ProblemRecord:
    """Recheck (复查) what was reported rectified, or look back (回头看) at what was closed."""
    body = {"passed": passed, "note": note, "documents": dict(documents or {})}
    return _step(store, id, "problem.rechecked", body, (actor, at, also), required(f"problem {id}", note=note))


def close_problem(
    store: Store, id: str, *, actor: str, at: datetime, note: str = "", also: Also[ProblemRecord] | None = None
) -> ProblemRecord:
    """Close (销号) what passed the recheck."""
    return _step(store, id, "problem.closed", {"note": note}, (actor, at, also), [])


def reopen_problem(
    store: Store,
    id: str,
    *,
    why: str,
    actor: str,
    at: datetime,
    deadline: date | None = None,
    also: Also[ProblemRecord] | None = None,
) -> ProblemRecord:
    """Open a closed problem again; it goes back to its owner."""
    place = f"problem {id}"
    wrong = [*required(place, why=why), *day_from(place, "deadline", deadline, local_day(at))]
    return _step(store, id, "problem.reopened", {"why": why, "deadline": _text(deadline)}, (actor, at, also), wrong)


def problem(store: Store, id: str) -> ProblemRecord:
    """A problem as it stands; raises `NotRecordedError`."""
    with store.reading() as reader:
        return problem_in(reader, id)


def problem_in(reader: Reader, id: str) -> ProblemRecord:
    """A problem as a transaction sees it; raises `NotRecordedError`."""
    entries = reader.entries(kind=PROBLEM_KINDS, subject=id)
    if not entries:
        raise NotRecordedError("problem", id)
    return fold_problem(entries)


def problems(
    store: Store,
    *,
    state: State | None = None,
    department: str | None = None,
    owner: str | None = None,
    subject: str | None = None,
    overdue_on: date | None = None,
) -> list[ProblemRecord]:
    """Problems, newest first; `subject` is a part of the enterprise's name, `overdue_on` leaves only late ones."""
    return [
        one
        for one in folded(store, PROBLEM_KINDS, fold_problem)
        if state in (None, one.state)
        and department in (None, one.department)
        and owner in (None, one.owner)
        and (subject is None or subject in one.subject)
        and (overdue_on is None or one.overdue(overdue_on))
    ]


def fold_problem(entries: Iterable[Entry]) -> ProblemRecord:
    """The problem that the entries of one subject tell; they start with `problem.opened`."""
    trail = tuple(entry for entry in entries if entry.kind in PROBLEM_KINDS)
    first, body = trail[0], trail[0].body
    now = ProblemRecord(
        id=first.subject,
        title=body["title"],
        description=body["description"],
        subject=body["subject"],
        department=body["department"],
        state="opened",
        opened_at=first.at,
        opened_by=first.actor,
        decision=body["decision"],
        rule=body["rule"],
        deadline=_day(body["deadline"]),
    )
    for entry in trail[1:]:
        now = _moved(now, entry, entry.body)
    return replace(now, trail=trail)


def _moved(now: ProblemRecord, entry: Entry, body: Mapping[str, Any]) -> ProblemRecord:
    match entry.kind:
        case "problem.assigned":
            deadline = _day(body["deadline"]) or now.deadline
            return replace(now, state="assigned", owner=body["owner"], deadline=deadline)
        case "problem.evidence":
            added = Evidence(body["note"], body["documents"], entry.actor, entry.at)
            return replace(now, evidence=(*now.evidence, added), fresh=now.fresh + 1)
        case "problem.rectified":
            return replace(now, state="rectified", rectified_at=entry.at)
        case "problem.rechecked":
            return _rechecked(now, entry, body)
        case "problem.closed":
            return replace(now, state="closed", closed_at=entry.at)
    return _sent_back(replace(now, deadline=_day(body["deadline"]) or now.deadline))


def _rechecked(now: ProblemRecord, entry: Entry, body: Mapping[str, Any]) -> ProblemRecord:
    looking_back = now.state == "closed"
    done = Recheck(body["passed"], body["note"], body["documents"], entry.actor, entry.at, looking_back)
    now = replace(now, rechecks=(*now.rechecks, done))
    if not done.passed:
        return _sent_back(now)
    return now if looking_back else replace(now, state="passed")


def _sent_back(now: ProblemRecord) -> ProblemRecord:
    """To be rectified again, with new evidence."""
    again = now.reopened + (now.state == "closed")
    return replace(now, state="assigned", fresh=0, rectified_at=None, closed_at=None, reopened=again)


def _step(
    store: Store,
    id: str,
    kind: str,
    body: Mapping[str, Any],
    by: tuple[str, datetime, Also[ProblemRecord] | None],
    wrong: list[Problem],
) -> ProblemRecord:
    """Append a step when everything about it is right, else one `StepError` with all that is wrong."""
    place, (step, allowed), (actor, at, also) = f"problem {id}", _STEPS[kind], by
    with store.writing() as writer:
        now = problem_in(writer, id)
        if now.state not in allowed:
            states = [STATES[state] for state in allowed]
            wrong = [*wrong, state_of(place, STATES[now.state], states, step)]
        elif kind == "problem.rectified":
            wrong = [*wrong, *required(place, evidence=now.fresh)]
        refuse_if(wrong)
        writer.append([NewEntry(kind, id, body)], actor=actor, at=at)
        return together(writer, problem_in(writer, id), also)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
