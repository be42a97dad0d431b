"""Joint reviews (联合审查) as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from admission.record import Review
from admission.rulebook import ReviewPolicy
from admission.rulebook.workbook_layout import DEPARTMENTS
from admission.screening import Verdict
from admission.service.steps import Name, Note, Told, TrailStep, Words, taken, trail_of

__all__ = [
    "Closing",
    "Department",
    "Judged",
    "NewJudgement",
    "NewReview",
    "Position",
    "ReviewLine",
    "ReviewList",
    "ReviewWhole",
    "SeatLine",
    "Signed",
    "review_line",
    "review_whole",
]

Position = Literal["agree", "conditional", "object"]
_Outcome = Literal["agreed", "agreed_with_conditions", "not_agreed"]
_READ = ConfigDict(frozen=True, from_attributes=True)


def _known(name: str) -> str:
    if name not in DEPARTMENTS:
        raise ValueError(f"没有这个部门，应为 (no such department, expected) {'、'.join(DEPARTMENTS)}")
    return name


Department = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(DEPARTMENTS)})]
"""A department as the rules name it."""


class NewReview(BaseModel):
    """对哪个决定发起联合审查 (which decision is to be reviewed)."""

    model_config = taken({"decision": "D20261124-3f9ac1b2d4", "departments": ["林业"]})

    decision: Name = Field(description="台账编号 (id of the recorded decision)")
    departments: tuple[Department, ...] = Field(
        (), max_length=len(DEPARTMENTS), description="判定所列部门以外另加的 (besides those that its findings name)"
    )


class NewJudgement(BaseModel):
    """须人工研判的条目的答复 (the answer to a rule that needs a person)."""

    model_config = taken({"rule": "PARK-A", "answer": "clear", "why": "经现场核查，不涉及该工艺"})

    rule: Name = Field(description="条目编号，在 waiting 中 (id of the rule, one of `waiting`)")
    answer: Literal["clear", "hit", "met", "unmet", "not_applicable"] = Field(
        description="不涉及、触及、满足、不满足、不适用 (what a person finds)"
    )
    why: Words = Field(description="理由 (reasons)")


class Closing(BaseModel):
    """办结时的说明 (a note at the end)."""

    model_config = taken({"note": "各部门意见一致"})

    note: Note = Field("", description="说明，可空 (may be empty)")


class Signed(BaseModel):
    """一份会签意见 (a signed opinion)."""

    model_config = _READ

    department: str
    position: Position
    reasons: str
    conditions: tuple[str, ...]
    who: str
    at: datetime
    decision: str = Field(description="签署时的决定 (the decision it was about)")
    verdict: Verdict = Field(description="签署时的结论 (the verdict of then)")
    documents: dict[str, str] = Field(description="附件：文件名 → 哈希 (files by name: their hashes)")


class Judged(BaseModel):
    """一条已答复的研判 (a rule that a person has answered)."""

    model_config = _READ

    rule: str
    answer: str
    why: str
    department: str
    who: str
    at: datetime
    decision: str = Field(description="随之重新作出的决定 (the decision made again with it)")


class SeatLine(BaseModel):
    """一个参加部门 (a department that takes part)."""

    model_config = _READ

    department: str
    due: date | None = Field(description="期限；空为未规定 (its day; null: none is laid down)")
    overdue: bool = Field(description="过期未签 (its day has passed without an opinion)")
    position: Position | None = Field(description="最近一次意见 (its last opinion)")
    counts: bool = Field(description="意见是否针对现在的结论 (is the opinion about the verdict of now?)")


class ReviewLine(Told):
    """一次联合审查 (a joint review)."""

    seq: int = Field(description="发起记录的序号 (number of the entry that opened it)")
    project: str
    park: str | None
    decision: str = Field(description="现在的决定 (the decision of now)")
    verdict: Verdict
    open: bool
    outcome: _Outcome | None = Field(description="办结的结果 (null while it is open)")
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    seats: tuple[SeatLine, ...]
    waiting: dict[str, tuple[str, ...]] = Field(description="须人工研判的条目 → 可答复的部门 (rule → who may answer)")


class ReviewWhole(ReviewLine):
    """一次联合审查的全部：意见、研判、全程记录 (with its opinions, judgements and full trail)."""

    decisions: tuple[str, ...] = Field(description="先后的决定 (all decisions, oldest first)")
    policy: ReviewPolicy = Field(description="园区声明的办法 (how the outcome comes about)")
    missing: tuple[str, ...] = Field(description="办结前还须签署的部门 (who must still sign)")
    opinions: tuple[Signed, ...]
    judgements: tuple[Judged, ...]
    closed_by: str | None
    note: str
    trail: tuple[TrailStep, ...]


class ReviewList(BaseModel):
    """联合审查的一页，新的在前；`next` 作为下一页的 `before` (`next` is the `before` of the next page)."""

    model_config = ConfigDict(frozen=True)

    total: int = Field(description="符合条件的件数 (how many match)")
    reviews: tuple[ReviewLine, ...]
    next: int | None


def _line(found: Review, today: date) -> dict[str, Any]:
    seats = [
        SeatLine(
            department=seat.department,
            due=seat.due,
            overdue=seat.overdue(today),
            position=None if seat.opinion is None else seat.opinion.position,
            counts=found.counts(seat),
        )
        for seat in found.seats
    ]
    own = {name: getattr(found, name) for name in ReviewLine.model_fields if name not in ("seq", "seats")}
    return {**own, "seq": found.trail[0].seq, "seats": seats}


def review_line(found: Review, today: date) -> ReviewLine:
    """A review in short, as it stands on a day."""
    return ReviewLine.model_validate(_line(found, today))


def review_whole(found: Review, today: date) -> ReviewWhole:
    """A review with everything, as it stands on a day."""
    more = {name: getattr(found, name) for name in ("decisions", "policy", "closed_by", "note")}
    more["missing"] = [seat.department for seat in found.missing(today)] if found.open else []
    more["opinions"] = [Signed.model_validate(one) for one in found.opinions]
    more["judgements"] = [Judged.model_validate(one) for one in found.judgements]
    return ReviewWhole.model_validate({**_line(found, today), **more, "trail": trail_of(found.trail)})
