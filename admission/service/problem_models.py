"""Problems of enterprises (问题整改) as the API takes and tells them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from admission.record import ProblemRecord
from admission.service.asking import Day
from admission.service.review_models import Department
from admission.service.steps import Name, Note, Told, TrailStep, Words, taken, trail_of

__all__ = [
    "Assignment",
    "Handed",
    "NewProblem",
    "ProblemLine",
    "ProblemList",
    "ProblemState",
    "ProblemWhole",
    "Rechecked",
    "Rectified",
    "Reopening",
    "problem_line",
    "problem_whole",
]

ProblemState = Literal["opened", "assigned", "rectified", "passed", "closed"]
_READ = ConfigDict(frozen=True, from_attributes=True)
_DEADLINE = "整改期限，今天或以后 (deadline, today or later)"


class NewProblem(BaseModel):
    """立案：什么单位，什么问题，哪个部门跟进 (a new problem)."""

    model_config = taken(
        {
            "title": "未办理排污许可证",
            "subject": "石柱某阀门有限公司",
            "department": "生态环境",
            "description": "现场检查发现",
            "deadline": "2026-12-31",
        }
    )

    title: Name = Field(description="标题 (title)")
    subject: Name = Field(description="单位名称 (name of the enterprise)")
    department: Department = Field(description="跟进的部门 (who follows it)")
    description: Note = Field("", description="情况 (what was found)")
    deadline: Day | None = Field(None, description=_DEADLINE)
    decision: Name | None = Field(None, description="由哪个决定发现 (the recorded decision it came of)")
    rule: Name | None = Field(None, description="条目编号 (the rule it came of)")


class Assignment(BaseModel):
    """交办：责任人和期限 (whose it is, and until when)."""

    model_config = taken({"owner": "张三", "deadline": "2026-12-31", "note": ""})

    owner: Name = Field(description="责任人 (owner)")
    deadline: Day | None = Field(None, description=f"{_DEADLINE}；空为不变 (null: as it was)")
    note: Note = Field("", description="说明 (a note)")


class Rectified(BaseModel):
    """报告整改完成 (it is said to be rectified)."""

    model_config = taken({"note": "已取得排污许可证"})

    note: Words = Field(description="说明 (what was done)")


class Reopening(BaseModel):
    """重新立案 (why it is opened again)."""

    model_config = taken({"why": "许可证已被撤销", "deadline": "2027-01-31"})

    why: Words = Field(description="理由 (reasons)")
    deadline: Day | None = Field(None, description=f"{_DEADLINE}；空为不变 (null: as it was)")


class Handed(BaseModel):
    """一份证据 (evidence handed in)."""

    model_config = _READ

    note: str
    documents: dict[str, str] = Field(description="文件名 → 哈希 (files by name: their hashes)")
    who: str
    at: datetime


class Rechecked(Handed):
    """一次复查；销号之后为回头看 (a recheck, or a look back after closing)."""

    passed: bool
    looking_back: bool


class ProblemLine(Told):
    """一个问题 (a problem)."""

    seq: int = Field(description="立案记录的序号 (number of the entry that opened it)")
    title: str
    subject: str
    department: str
    state: ProblemState = Field(description="待交办、整改中、待复查、复查通过、已销号 (how far it is)")
    owner: str | None
    deadline: date | None
    overdue: bool
    opened_at: datetime
    opened_by: str
    decision: str | None
    rule: str | None
    reopened: int = Field(description="重新立案几次 (how often it was opened again)")


class ProblemWhole(ProblemLine):
    """一个问题的全部：证据、复查、全程记录 (with its evidence, rechecks and full trail)."""

    description: str
    evidence: tuple[Handed, ...]
    rechecks: tuple[Rechecked, ...]
    rectified_at: datetime | None
    closed_at: datetime | None
    trail: tuple[TrailStep, ...]


class ProblemList(BaseModel):
    """问题的一页，新的在前；`next` 作为下一页的 `before` (`next` is the `before` of the next page)."""

    model_config = ConfigDict(frozen=True)

    total: int = Field(description="符合条件的件数 (how many match)")
    problems: tuple[ProblemLine, ...]
    next: int | None


def _line(found: ProblemRecord, today: date) -> dict[str, object]:
    own = {name: getattr(found, name) for name in ProblemLine.model_fields if name not in ("seq", "overdue")}
    return {**own, "seq": found.trail[0].seq, "overdue": found.overdue(today)}


def problem_line(found: ProblemRecord, today: date) -> ProblemLine:
    """A problem in short, as it stands on a day."""
    return ProblemLine.model_validate(_line(found, today))


def problem_whole(found: ProblemRecord, today: date) -> ProblemWhole:
    """A problem with everything, as it stands on a day."""
    more = {name: getattr(found, name) for name in ("description", "rectified_at", "closed_at")}
    more["evidence"] = [Handed.model_validate(one) for one in found.evidence]
    more["rechecks"] = [Rechecked.model_validate(one) for one in found.rechecks]
    return ProblemWhole.model_validate({**_line(found, today), **more, "trail": trail_of(found.trail)})
