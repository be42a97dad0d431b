"""A joint review (联合审查) as its entries tell it: a pure fold, the same whoever reads it.

The entries are `review.opened`, `review.opinion`, `review.judgement`, `review.closed`. How they
come about stands in `reviewing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from admission.record.chain import Entry
from admission.rulebook import ReviewPolicy
from admission.screening import Verdict

__all__ = ["POSITIONS", "REVIEW_KINDS", "Judged", "Opinion", "Review", "Seat", "fold_review"]

REVIEW_KINDS = ("review.opened", "review.opinion", "review.judgement", "review.closed")
POSITIONS = ("agree", "conditional", "object")
"""同意, 有条件同意, 不同意."""

Position = Literal["agree", "conditional", "object"]
Outcome = Literal["agreed", "agreed_with_conditions", "not_agreed"]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a department signed, and the decision and verdict it had before it."""

    department: str
    position: Position
    reasons: str
    conditions: tuple[str, ...]
    who: str
    at: str
    decision: str
    verdict: Verdict
    documents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement rule answered by a person, and the decision that came of it."""

    rule: str
    answer: str
    why: str
    department: str
    who: str
    at: str
    decision: str


@dataclass(frozen=True, slots=True)
class Seat:
    """A department in the review; `due` None: no day is laid down. `opinion` is its last one."""

    department: str
    due: date | None
    opinion: Opinion | None = None

    def overdue(self, on: date) -> bool:
        """Has its day passed without an opinion?"""
        return self.opinion is None and self.due is not None and on > self.due


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it stands; `decision` is the current one, `decisions` all of them from the first.

    `waiting` are the rules that still need a person, with the departments that may answer. `trail`
    are the entries behind all this.
    """

    id: str
    project: str
    park: str | None
    decision: str
    decisions: tuple[str, ...]
    verdict: Verdict
    policy: ReviewPolicy
    seats: tuple[Seat, ...]
    waiting: Mapping[str, tuple[str, ...]]
    opened_at: str
    opened_by: str
    opinions: tuple[Opinion, ...] = ()
    judgements: tuple[Judged, ...] = ()
    outcome: Outcome | None = None
    closed_at: str | None = None
    closed_by: str | None = None
    note: str = ""
    trail: tuple[Entry, ...] = ()

    @property
    def open(self) -> bool:
        """Is it still going on?"""
        return self.outcome is None

    def seat(self, department: str) -> Seat | None:
        """The seat of a department, or None."""
        return next((seat for seat in self.seats if seat.department == department), None)

    def counts(self, seat: Seat) -> bool:
        """Is there an opinion, and is the verdict still what the department had before it?"""
        return seat.opinion is not None and seat.opinion.verdict == self.verdict

    def missing(self, on: date) -> tuple[Seat, ...]:
        """The departments that must still be heard before the review can close on day `on`."""
        return tuple(seat for seat in self.seats if not self.counts(seat) and not self._silent(seat, on))

    def _silent(self, seat: Seat, on: date) -> bool:
        """Silence counts as agreement where the policy says so; the lead department always has to speak."""
        agrees = self.policy.silence == "agrees" and seat.department != self.policy.lead
        return agrees and seat.overdue(on)

    def result(self) -> Outcome:
        """The outcome by the declared policy, of the opinions that count and the verdict."""
        counted = [seat.opinion for seat in self.seats if seat.opinion is not None and self.counts(seat)]
        deciding = [opinion for opinion in counted if self.policy.lead in (None, opinion.department)]
        if self.verdict is Verdict.REJECT or any(opinion.position == "object" for opinion in deciding):
            return "not_agreed"
        limited = self.verdict is Verdict.CONDITIONAL or any(opinion.position == "conditional" for opinion in counted)
        return "agreed_with_conditions" if limited else "agreed"


def fold_review(entries: Iterable[Entry]) -> Review:
    """The review that the entries of one subject tell; they start with `review.opened`."""
    trail = tuple(entry for entry in entries if entry.kind in REVIEW_KINDS)
    review = _opened(trail[0])
    for entry in trail[1:]:
        review = _STEPS[entry.kind](review, entry, entry.body)
    return replace(review, trail=trail)


def _opened(entry: Entry) -> Review:
    body = entry.body
    return Review(
        id=entry.subject,
        project=body["project"],
        park=body["park"],
        decision=body["decision"],
        decisions=(body["decision"],),
        verdict=Verdict(body["verdict"]),
        policy=ReviewPolicy.model_validate(body["policy"]),
        seats=_seats(body),
        waiting=_waiting(body),
        opened_at=entry.at,
        opened_by=entry.actor,
    )


def _seats(body: Mapping[str, Any]) -> tuple[Seat, ...]:
    return tuple(Seat(name, None if due is None else date.fromisoformat(due)) for name, due in body["departments"])


def _waiting(body: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return {rule: tuple(departments) for rule, departments in body["waiting"]}


def _opinion(review: Review, entry: Entry, body: Mapping[str, Any]) -> Review:
    opinion = Opinion(
        department=body["department"],
        position=body["position"],
        reasons=body["reasons"],
        conditions=tuple(body["conditions"]),
        who=entry.actor,
        at=entry.at,
        decision=body["decision"],
        verdict=Verdict(body["verdict"]),
        documents=body.get("documents", {}),
    )
    seats = tuple(
        replace(seat, opinion=opinion) if seat.department == opinion.department else seat for seat in review.seats
    )
    return replace(review, seats=seats, opinions=(*review.opinions, opinion))


def _judgement(review: Review, entry: Entry, body: Mapping[str, Any]) -> Review:
    judged = Judged(
        rule=body["rule"],
        answer=body["answer"],
        why=body["why"],
        department=body["department"],
        who=entry.actor,
        at=entry.at,
        decision=body["decision"],
    )
    known = {seat.department for seat in review.seats}
    return replace(
        review,
        decision=judged.decision,
        decisions=(*review.decisions, judged.decision),
        verdict=Verdict(body["verdict"]),
        waiting=_waiting(body),
        seats=(*review.seats, *(seat for seat in _seats(body) if seat.department not in known)),
        judgements=(*review.judgements, judged),
    )


def _closed(review: Review, entry: Entry, body: Mapping[str, Any]) -> Review:
    return replace(review, outcome=body["outcome"], note=body["note"], closed_at=entry.at, closed_by=entry.actor)


_STEPS = {"review.opinion": _opinion, "review.judgement": _judgement, "review.closed": _closed}
