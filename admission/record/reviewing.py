"""The steps of a joint review (联合审查): opened by a decision, signed, judged, closed. Nothing illegal is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

from admission._messages import Phrase, listed
from admission.errors import NotRecordedError, Place, Problem, ProblemCode
from admission.lifecycle import screen
from admission.lifecycle.clocks import add
from admission.record.chain import NewEntry
from admission.record.decisions import NewDecision, decision, receipt_of, write_decision
from admission.record.folding import folded
from admission.record.reading import Reader, body_field, chosen, entry_of
from admission.record.receipts import project_of
from admission.record.replaying import Rulebooks
from admission.record.reviews import POSITIONS, REVIEW_KINDS, Review, fold_review
from admission.record.steps import Also, member_of, refuse_if, required, state_of, together
from admission.record.store import Store
from admission.record.times import local_day, new_id
from admission.record.writing import Writer
from admission.rulebook import Effect, ReviewPolicy, Ruleset
from admission.screening import Judgement, Outcome, Project, Verdict

__all__ = [
    "answer_judgement",
    "close_review",
    "departments_of",
    "open_review",
    "policy_of",
    "review",
    "review_in",
    "reviews",
    "sign_opinion",
]

_OPEN, _CLOSED = Phrase("审查中", "open"), Phrase("已办结", "closed")
_SIGN, _JUDGE, _CLOSE = Phrase("签署意见", "sign"), Phrase("研判", "judge"), Phrase("办结", "close")
_STARTING = Phrase("重复发起审查", "open another review")
_BEARING = (Outcome.HIT, Outcome.UNMET, Outcome.REVIEW, Outcome.UNKNOWN)
_ANSWERS: tuple[str, ...] = get_args(Judgement.model_fields["answer"].annotation)
_CLOSABLE = (Verdict.ADMIT, Verdict.CONDITIONAL)


def policy_of(ruleset: Ruleset) -> ReviewPolicy:
    """The policy that the park declares (`review:` in its file), or unanimity without days."""
    declared = ruleset.park.review if ruleset.park is not None else None
    return declared or ReviewPolicy()


def departments_of(decision: Mapping[str, Any]) -> tuple[str, ...]:
    """The departments that findings of a Decision JSON name, where something bears on the project."""
    bearing = [f for f in decision["findings"] if f["outcome"] in _BEARING and f["effect"] != Effect.ENCOURAGE]
    return tuple(dict.fromkeys(name for finding in bearing for name in finding["department"].split("、")))


def open_review(
    store: Store,
    decision_id: str,
    *,
    actor: str,
    at: datetime,
    policy: ReviewPolicy | None = None,
    departments: Sequence[str] = (),
    also: Also[Review] | None = None,
) -> Review:
    """Open a review of a recorded decision, with the departments its findings name and those given.

    `policy` is `policy_of(ruleset)` or the default; `also` is done in the same transaction. Raises
    `NotRecordedError`, and `StepError` when nobody would take part or a review of it is going on.
    """
    record = decision(store, decision_id)
    found = json.loads(store.get(record.decision_sha256))
    chosen_policy = policy or ReviewPolicy()
    lead = () if chosen_policy.lead is None else (chosen_policy.lead,)
    names = tuple(dict.fromkeys((*lead, *departments_of(found), *departments)))
    body = {
        "decision": record.id,
        "project": record.project,
        "park": record.park,
        "policy": chosen_policy.model_dump(mode="json"),
        "departments": _due(names, chosen_policy, local_day(at)),
        **_standing(found),
    }
    id = new_id("R", at)
    with store.writing() as writer:
        problems = required(f"review {id}", departments=names)
        going_on = [other for other in _reviews_of(writer, record.id) if other.open]
        problems += [state_of(f"review {other.id}", _OPEN, [_CLOSED], _STARTING) for other in going_on]
        refuse_if(problems)
        writer.append([NewEntry("review.opened", id, body)], actor=actor, at=at)
        return together(writer, review_in(writer, id), also)


def sign_opinion(
    store: Store,
    id: str,
    *,
    department: str,
    position: str,
    reasons: str,
    actor: str,
    at: datetime,
    conditions: Sequence[str] = (),
    documents: Mapping[str, str] | None = None,
    also: Also[Review] | None = None,
) -> Review:
    """Sign for a department: `agree`, `conditional` (with `conditions`) or `object`, always with reasons.

    A later opinion takes the place of an earlier one; both stay in the trail. `documents` (name →
    SHA-256) are kept before. Raises `NotRecordedError`, `StepError`.
    """
    place = f"review {id}"
    with store.writing() as writer:
        now = review_in(writer, id)
        problems = [*_still_open(now, _SIGN), *_takes_part(now, department), *required(place, reasons=reasons)]
        problems += member_of(place, "position", position, POSITIONS)
        if position == "conditional":
            problems += required(place, conditions=[text for text in conditions if text.strip()])
        refuse_if(problems)
        body = {
            "department": department,
            "position": position,
            "reasons": reasons,
            "conditions": list(conditions),
            "decision": now.decision,
            "verdict": now.verdict,
            "documents": dict(documents or {}),
        }
        writer.append([NewEntry("review.opinion", id, body)], actor=actor, at=at)
        return together(writer, review_in(writer, id), also)


def answer_judgement(
    store: Store,
    id: str,
    *,
    rule: str,
    answer: str,
    why: str,
    department: str,
    actor: str,
    at: datetime,
    rulebooks: Rulebooks,
    also: Also[Review] | None = None,
) -> Review:
    """Answer a rule that needs a person, and decide again by the same rules of the same day.

    The new decision is recorded with the answer, in one transaction. Raises `NotRecordedError`
    (also when the rules of the decision are not to be found) and `StepError`.
    """
    while True:
        now = review(store, id)
        refuse_if(_judgement_problems(now, rule, answer, why, department))
        new = _decided_again(
            store,
            now,
            Judgement.model_validate({"rule": rule, "answer": answer, "who": actor, "when": local_day(at), "why": why}),
            rulebooks,
        )
        store.prepare((new.project, new.decision))
        with store.writing() as writer:
            if review_in(writer, id).trail != now.trail:
                continue  # somebody else was quicker: look again
            _write_judgement(writer, now, new, (rule, answer, why, department), actor, at)
            return together(writer, review_in(writer, id), also)


def close_review(
    store: Store, id: str, *, actor: str, at: datetime, note: str = "", also: Also[Review] | None = None
) -> Review:
    """Close a review with the outcome that its policy gives.

    Raises `NotRecordedError`, and `StepError` with every opinion that is missing and, where it would
    be agreed, with what still stands against that.
    """
    with store.writing() as writer:
        now = review_in(writer, id)
        problems = _still_open(now, _CLOSE)
        problems += [_unheard(now, seat.department, seat.due) for seat in now.missing(local_day(at))]
        outcome = now.result()
        if outcome != "not_agreed" and now.verdict not in _CLOSABLE:
            problems.append(_undecided(now))
        refuse_if(problems)
        writer.append([NewEntry("review.closed", id, {"outcome": outcome, "note": note})], actor=actor, at=at)
        return together(writer, review_in(writer, id), also)


def review(store: Store, id: str) -> Review:
    """A review as it stands; raises `NotRecordedError`."""
    with store.reading() as reader:
        return review_in(reader, id)


def review_in(reader: Reader, id: str) -> Review:
    """A review as a transaction sees it; raises `NotRecordedError`."""
    entries = reader.entries(kind=REVIEW_KINDS, subject=id)
    if not entries:
        raise NotRecordedError("review", id)
    return fold_review(entries)


def reviews(
    store: Store, *, open: bool | None = None, department: str | None = None, decision: str | None = None
) -> list[Review]:
    """Reviews, newest first: open or closed ones, those of a department, those of a decision."""
    return [
        one
        for one in folded(store, REVIEW_KINDS, fold_review)
        if open in (None, one.open)
        and (department is None or one.seat(department) is not None)
        and (decision is None or decision in one.decisions)
    ]


def _reviews_of(reader: Reader, decision_id: str) -> list[Review]:
    query = chosen(("review.opened", "review.judgement")).where(
        body_field("decision", reader.connection.dialect.name) == decision_id
    )
    return [review_in(reader, entry_of(row).subject) for row in reader.connection.execute(query).all()]


def _due(names: Iterable[str], policy: ReviewPolicy, opened: date) -> list[tuple[str, str | None]]:
    """Each department with its day, in order."""
    days = [(name, policy.deadlines.get(name, policy.working_days)) for name in names]
    return [
        (name, None if number is None else add(opened, number, "working_day").day.isoformat()) for name, number in days
    ]


def _standing(found: Mapping[str, Any]) -> dict[str, Any]:
    """Verdict, and the rules that need a person, with the departments that may answer them."""
    waiting = {
        finding["rule"]: finding["department"].split("、")
        for finding in found["findings"]
        if finding["outcome"] == Outcome.REVIEW and "absent" not in (finding["trace"] or {})
    }
    return {"verdict": found["verdict"], "waiting": list(waiting.items())}


def _decided_again(store: Store, now: Review, judgement: Judgement, rulebooks: Rulebooks) -> NewDecision:
    receipt = receipt_of(store, now.decision)
    ruleset, where = rulebooks.find(receipt)
    if ruleset is None or where == "missing":
        raise NotRecordedError("ruleset", receipt["receipt"]["ruleset_sha256"])
    project: Project = project_of(receipt["project"], ruleset.rulebook, now.decision)
    others = tuple(other for other in project.judgements if other.rule != judgement.rule)
    judged = project.model_copy(update={"judgements": (*others, judgement)})
    made = screen(judged, ruleset, lang=receipt["lang"])
    return NewDecision(judged, ruleset, made, lang=receipt["lang"], replaces=now.decision)


def _write_judgement(
    writer: Writer, now: Review, new: NewDecision, given: tuple[str, str, str, str], actor: str, at: datetime
) -> None:
    rule, answer, why, department = given
    record = write_decision(writer, new, actor=actor, at=at)
    found = json.loads(new.decision.content)
    known = {seat.department for seat in now.seats}
    added = [name for name in departments_of(found) if name not in known]
    body = {
        "rule": rule,
        "answer": answer,
        "why": why,
        "department": department,
        "decision": record.id,
        "departments": _due(added, now.policy, local_day(at)),
        **_standing(found),
    }
    writer.append([NewEntry("review.judgement", now.id, body)], actor=actor, at=at)


def _judgement_problems(now: Review, rule: str, answer: str, why: str, department: str) -> list[Problem]:
    place = f"review {now.id}"
    problems = [*_still_open(now, _JUDGE), *required(place, why=why), *member_of(place, "answer", answer, _ANSWERS)]
    again = {judged.rule: (judged.department,) for judged in now.judgements}
    allowed = {**again, **now.waiting}
    if department not in allowed.get(rule, ()):
        own = [name for name, departments in allowed.items() if department in departments]
        values = {"rule": rule, "department": department, "members": listed(own)}
        problems.append(Problem(ProblemCode.STEP_JUDGEMENT, Place(place), "rule", values))
    return problems


def _still_open(now: Review, step: Phrase) -> list[Problem]:
    return [] if now.open else [state_of(f"review {now.id}", _CLOSED, [_OPEN], step)]


def _takes_part(now: Review, department: str) -> list[Problem]:
    if now.seat(department) is not None:
        return []
    values = {"department": department, "members": listed(seat.department for seat in now.seats)}
    return [Problem(ProblemCode.STEP_DEPARTMENT, Place(f"review {now.id}"), "department", values)]


def _unheard(now: Review, department: str, due: date | None) -> Problem:
    seat = now.seat(department)
    expected = Phrase("参加的部门都要签署", "every department signs")
    if seat is not None and seat.opinion is not None:
        expected = Phrase("结论在签署之后变了，须重新签署", "the verdict has changed since it signed: sign again")
    shown = due if due is not None else Phrase("未规定", "none laid down")
    values = {"department": department, "expected": expected, "due": shown}
    return Problem(ProblemCode.STEP_OPINION, Place(f"review {now.id}"), department, values)


def _undecided(now: Review) -> Problem:
    if now.verdict is Verdict.REVIEW:
        expected = Phrase("须人工研判的条目都要答复", "expected an answer to every rule that needs a person")
        rules = listed(now.waiting)
        advice = Phrase(f"请先答复：{rules}", f"answer first: {rules}")
    else:
        expected = Phrase("资料应当齐全", "expected all facts")
        advice = Phrase("请补充资料后重新研判，再发起审查", "supply the facts, screen again and open a new review")
    values = {"verdict": now.verdict.value, "expected": expected, "advice": advice}
    return Problem(ProblemCode.STEP_VERDICT, Place(f"review {now.id}"), "verdict", values)
