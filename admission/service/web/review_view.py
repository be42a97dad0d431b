"""What a joint review shows: findings by department, questions to answer, the trail in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from admission.record import Entry, Review
from admission.rulebook import Effect
from admission.screening import Outcome
from admission.service.web.words import say

__all__ = ["Group", "Question", "Step", "bearing", "by_department", "questions", "trail"]

Json = Mapping[str, Any]
_WEIGHS = (Outcome.HIT, Outcome.UNMET, Outcome.REVIEW)


@dataclass(frozen=True, slots=True)
class Group:
    """A department's findings: those that weigh, and those still undecided."""

    department: str
    weighing: tuple[Json, ...]
    undecided: tuple[Json, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A rule that needs a person: the finding, who may answer, and whether the reader may."""

    finding: Json
    departments: tuple[str, ...]
    mine: bool
    answered: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the trail in words."""

    entry: Entry
    title: str
    lines: tuple[str, ...]


def bearing(decision: Json) -> list[Json]:
    """The findings of a Decision JSON that bear on the project, most serious first."""
    kept = (*_WEIGHS, Outcome.UNKNOWN)
    return [f for f in decision["findings"] if f["outcome"] in kept and f["effect"] != Effect.ENCOURAGE]


def by_department(findings: Iterable[Json], mine: str | None) -> list[Group]:
    """The findings of each department, the reader's own first, then the one with most that weighs."""
    found: dict[str, list[Json]] = {}
    for finding in findings:
        for name in finding["department"].split("、"):
            found.setdefault(name, []).append(finding)
    groups = [
        Group(
            name,
            tuple(f for f in listed if f["outcome"] in _WEIGHS),
            tuple(f for f in listed if f["outcome"] not in _WEIGHS),
            name == mine,
        )
        for name, listed in found.items()
    ]
    return sorted(groups, key=lambda group: (not group.mine, -len(group.weighing), -len(group.undecided)))


def questions(review: Review, decision: Json, mine: str | None) -> list[Question]:
    """The rules that wait for a person and those that were answered, the reader's own first."""
    answered = {judged.rule: judged for judged in review.judgements}
    findings = {finding["rule"]: finding for finding in reversed(decision["findings"])}
    allowed = {rule: (judged.department,) for rule, judged in answered.items()} | dict(review.waiting)
    found = [
        Question(findings[rule], tuple(names), mine in names, answered.get(rule))
        for rule, names in allowed.items()
        if rule in findings
    ]
    return sorted(found, key=lambda question: (question.answered is not None, not question.mine))


def trail(entries: Sequence[Entry]) -> list[Step]:
    """Every entry, oldest first, with what it says."""
    return [Step(entry, say(entry.kind, "step"), tuple(_lines(entry))) for entry in entries]


def _lines(entry: Entry) -> Iterable[str]:
    body = entry.body
    match entry.kind:
        case "review.opened":
            yield f"研判 {body['decision']}，结论：{say(body['verdict'])}"
            yield "参加部门：" + _dated(body["departments"])
        case "review.opinion":
            yield f"{body['department']}：{say(body['position'], 'position')}。{body['reasons']}"
            yield from (f"附加条件：{condition}" for condition in body["conditions"])
            yield from (f"附件：{name}" for name in body.get("documents", {}))
        case "review.judgement":
            yield f"{body['department']}答复 {body['rule']}：{say(body['answer'])}。{body['why']}"
            yield f"重新研判 {body['decision']}，结论：{say(body['verdict'])}"
            if body["departments"]:
                yield "新增参加部门：" + _dated(body["departments"])
        case _:
            yield f"结果：{say(body['outcome'], 'result')}"
            yield from filter(None, (body["note"],))


def _dated(departments: Iterable[tuple[str, str | None]]) -> str:
    return "、".join(name + (f"（{due} 前）" if due else "") for name, due in departments)
