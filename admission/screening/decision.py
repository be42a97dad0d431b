"""The decision as other programs read it (contract: Decision JSON); frozen pydantic models."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from admission.rulebook import Cite, Effect, Stage, Status
from admission.screening.verdict import Outcome, Verdict

__all__ = [
    "Breach",
    "ClassResult",
    "CriterionResult",
    "Decision",
    "DutyResult",
    "EntryLine",
    "FactChange",
    "Finding",
    "Frozen",
    "PhaseCount",
    "Question",
    "Receipt",
    "Remedy",
    "Score",
]


class Frozen(BaseModel):
    """Base of all results: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Finding(Frozen):
    """One clause applied to one component (判定); `component` is None when it concerns the whole project."""

    rule: str
    title: str
    component: str | None
    outcome: Outcome
    effect: Effect
    dimension: str
    department: str
    stage: Stage
    cite: Cite
    status: Status
    why: str
    trace: dict[str, Any] | None
    needs: tuple[str, ...]
    remedy: str | None

    @cached_property
    def json_part(self) -> bytes:
        """The finding inside the JSON of a decision, made once: most decisions share most findings."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True)


class EntryLine(Frozen):
    """One catalogue entry that concerns a component; `class` is None while several are possible."""

    rule: str
    entry: str
    title: str
    level: str | None = Field(alias="class")
    possible: tuple[str, ...]
    component: str
    cite: Cite
    status: Status
    why: str
    needs: tuple[str, ...]


class ClassResult(Frozen):
    """EIA or permit class of the project: `class` is None exactly when `possible` has several members."""

    level: str | None = Field(alias="class")
    possible: tuple[str, ...]
    entries: tuple[EntryLine, ...]


class PhaseCount(Frozen):
    """One of the three simultaneities (同时设计、同时施工、同时投产使用): how many of its duties stand how."""

    phase: Literal["design", "construction", "operation"]
    title: str
    met: int
    pending: int
    overdue: int
    unknown: int


class CriterionResult(Frozen):
    """Points of one criterion, 0–100, before weighting; `low` < `high` while facts are missing.

    `phases` are the duties that the points count, where they do.
    """

    id: str
    title: str
    weight: float
    low: float
    high: float
    basis: str
    needs: tuple[str, ...]
    phases: tuple[PhaseCount, ...] = ()


class Score(Frozen):
    """Fit score (契合度), 0–100, as an interval."""

    low: float
    high: float
    criteria: tuple[CriterionResult, ...]


class DutyResult(Frozen):
    """Something to be done (义务); `notes` say what about it could not be checked."""

    id: str
    title: str
    due: date | None
    before: str
    status: Literal["met", "pending", "overdue", "unknown"]
    department: str
    cite: Cite
    cites: tuple[Cite, ...]
    needs: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Breach(Frozen):
    """A duty broken (违法情形); filled from milestones by the life-cycle rules.

    `until` None: it goes on. `disputed`: norms in force together differ on whether it is one.
    """

    id: str
    title: str
    since: date | None
    until: date | None = None
    duty: str = ""
    why: str = ""
    disputed: str | None = None
    status: Status = Status.VERIFIED
    cite: Cite
    cites: tuple[Cite, ...] = ()
    penalty: dict[str, Any]


class Question(Frozen):
    """An unknown fact that can still change something (待补充信息).

    `changes` holds `verdict`, `eia`, `permit`, `score` and the ids of the rules it can decide. A
    question that is not `leading` may become needless by the answer to one before it.
    """

    fact: str
    label: str
    ask: str
    unit: str | None
    proof: str
    component: str | None
    leading: bool
    changes: tuple[str, ...]


class FactChange(Frozen):
    """One fact, as it is and as it would have to be."""

    fact: str
    label: str
    component: str | None
    before: Any = Field(alias="from")
    after: Any = Field(alias="to")


class Remedy(Frozen):
    """The smallest change that lifts the rejection (整改路径)."""

    changes: tuple[FactChange, ...]
    cites: tuple[Cite, ...]


class Receipt(Frozen):
    """What is needed to replay the decision (凭证)."""

    ruleset: str
    ruleset_sha256: str
    engine: str
    facts_sha256: str


class Decision(Frozen):
    """Everything the rules of one day say of one project (研判结果)."""

    project: str
    park: str | None
    as_of: date
    verdict: Verdict
    possible_verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]
    eia: ClassResult
    permit: ClassResult
    score: Score
    duties: tuple[DutyResult, ...]
    breaches: tuple[Breach, ...]
    questions: tuple[Question, ...]
    remedies: tuple[Remedy, ...]
    receipt: Receipt

    def to_json(self, indent: int | None = None) -> str:
        """The document of the contract: UTF-8 text, keys in the contract's order, same input same bytes."""
        return self.to_bytes().decode() if indent is None else self.model_dump_json(by_alias=True, indent=indent)

    def to_bytes(self) -> bytes:
        """`to_json()` in UTF-8, put together from the parts that its findings keep."""
        write = self.__pydantic_serializer__.to_json
        before = write(self, by_alias=True, include=_BEFORE)
        after = write(self, by_alias=True, exclude={*_BEFORE, _FINDINGS})
        findings = b",".join([finding.json_part for finding in self.findings])
        return b'%b,"%b":[%b],%b' % (before[:-1], _FINDINGS.encode(), findings, after[1:])


_FINDINGS = "findings"
_NAMES = list(Decision.model_fields)
_BEFORE = set(_NAMES[: _NAMES.index(_FINDINGS)])
