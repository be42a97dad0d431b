"""Rule shapes of the life cycle: `rules/three_simultaneities/*.yaml`, beside the duties that follow a class."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from admission._messages import Phrase
from admission.rulebook.model import Confidence, Department, DutyCite, Period, Status, Strict
from admission.vocabulary import Label

__all__ = [
    "BreachKind",
    "Broken",
    "ChainRule",
    "Covered",
    "Derivation",
    "LifeDuty",
    "LifeFile",
    "LifeJudgement",
    "Limit",
    "MaterialItem",
    "Order",
    "Pattern",
    "PenaltyRange",
    "Prescription",
    "Regime",
    "Step",
    "Trigger",
]

Unit = Literal["calendar_day", "working_day", "month", "year"]
Gravity = Literal["normal", "serious", "overdue", "refuse", "per_time"]
_MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class Limit(Strict):
    """The last lawful day, counted as the law counts it; exactly one form is given.

    `before`: not later than the first of these milestones. `within` n units `after` a milestone.
    `ahead` n units `of` a milestone. `yearly`: on these days of each year once `after` has happened.
    `every` n units after the last of `after`. `exclusive`: the day reached itself is too late (满).
    `first_day_counts`: the day it is counted from is the first day of the period (a notice is open on that day).
    `pick` says which occurrence counts: the first, the last, the next on or after the occasion, or
    the last one not later than the act.
    """

    before: tuple[str, ...] = ()
    within: Annotated[int, Field(ge=0)] | None = None
    ahead: Annotated[int, Field(ge=0)] | None = None
    every: Annotated[int, Field(ge=1)] | None = None
    yearly: tuple[_MonthDay, ...] = ()
    unit: Unit | None = None
    after: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    exclusive: bool = False
    first_day_counts: bool = False
    pick: Literal["first", "last", "next", "last_before_act"] = "first"

    @model_validator(mode="after")
    def _check(self) -> Limit:
        forms = [self.before, self.within is not None, self.ahead is not None, self.every is not None, self.yearly]
        if sum(map(bool, forms)) != 1:
            raise ValueError(
                Phrase(
                    "limit 应恰有 before、within、ahead、every、yearly 之一",
                    "limit needs exactly one of before, within, ahead, every, yearly",
                )
            )
        counted = self.within is not None or self.ahead is not None or self.every is not None
        if counted != (self.unit is not None):
            raise ValueError(Phrase("within、ahead、every 须写明 unit", "within, ahead and every need a unit"))
        if bool(self.after) != (self.within is not None or self.every is not None or bool(self.yearly)):
            raise ValueError(Phrase("within、every、yearly 须写明 after", "within, every and yearly need after"))
        if bool(self.of) != (self.ahead is not None):
            raise ValueError(Phrase("ahead 须写明 of", "ahead needs of"))
        return self

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The milestones it is counted from."""
        return (*self.before, *self.after, *self.of)


class Trigger(Strict):
    """The duty arises with any of these milestones; `absent` says what holds while none is recorded."""

    any: tuple[str, ...] = Field(min_length=1)
    absent: Literal["none", "unknown"] = "none"


class Broken(Strict):
    """Which breach it is when the duty is done too late, not done at all, or done too early."""

    breach: str
    on: tuple[Literal["late", "overdue", "early"], ...] = ("late", "overdue")


class Step(Strict):
    """The duty as a step of the process sheet (办理流程): what to bring and what it costs."""

    order: int
    stage: Literal["preparation", "construction", "commissioning", "acceptance"]
    documents: Label
    fee: Label


class LifeDuty(Strict):
    """Something to be done by a day, and what follows when it is not (义务).

    `do`: any one of these milestones fulfils it, in the occurrence `match` names. `each`: one duty
    for every occurrence of this milestone. `counts_after`: only what was done after the first of
    these counts. `unrecorded`: what it means, once the limit is past, that no act is recorded:
    approvals and the like are on public record, what lies in the enterprise's own files is unknown
    until asked. `voluntary`: nothing has to be done, but it must not be done after the limit.
    `implied_by`: where this milestone is recorded, the act must have happened on some day.
    `void_when`: then what was done does not count. `disputed`: how norms differ.
    """

    id: str
    title: Label
    covers: tuple[str, ...] = ()
    subject: Literal["project", "park"] = "project"
    owner: Literal["enterprise", "authority", "park"] = "enterprise"
    phase: Literal["design", "construction", "operation"] | None = None
    when: str = "true"
    trigger: Trigger | None = None
    unless: tuple[str, ...] = ()
    each: str | None = None
    do: tuple[str, ...] = Field(min_length=1)
    match: Literal["first", "last", "next", "nth"] = "first"
    counts_after: tuple[str, ...] = ()
    unrecorded: Literal["undone", "unknown"] = "unknown"
    voluntary: bool = False
    void_when: str | None = None
    implied_by: tuple[str, ...] = ()
    limit: Limit | None = None
    floor: Limit | None = None
    after: tuple[str, ...] = ()
    before: Label
    evidence: Label
    department: Department
    breaches: tuple[Broken, ...] = ()
    penalty: str | None = None
    step: Step | None = None
    effective: Period | None = None
    cite: tuple[DutyCite, ...] = Field(min_length=1)
    explanation: Label | None = None
    disputed: Label | None = None
    status: Status
    confidence: Confidence
    provenance: str

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Every milestone it names."""
        found = [
            *self.do,
            *self.unless,
            *self.implied_by,
            *self.counts_after,
            *(self.trigger.any if self.trigger else ()),
        ]
        found += [self.each] if self.each else []
        for limit in (self.limit, self.floor):
            found += limit.events if limit else ()
        return tuple(dict.fromkeys(found))

    @cached_property
    def acts(self) -> tuple[str, ...]:
        """The milestones that tell whether it was done."""
        return (*self.do, *self.counts_after)

    @cached_property
    def grounds(self) -> tuple[str, ...]:
        """The milestones that tell whether it arises."""
        return (*self.unless, *(self.trigger.any if self.trigger else ()))

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Its conditions with their keys."""
        return (("when", self.when), *((("void_when", self.void_when),) if self.void_when else ()))

    def cites_on(self, day: date) -> tuple[DutyCite, ...]:
        """The citations whose period covers `day`."""
        return tuple(cite for cite in self.cite if cite.effective.state(day) == "in_force")


class LifeJudgement(Strict):
    """A clause that a person has to answer (需人工研判), with the question and what an answer entails."""

    id: str
    title: Label
    covers: tuple[str, ...] = ()
    subject: Literal["project", "park"] = "project"
    when: str = "true"
    trigger: Trigger | None = None
    question: Label
    entails: Label
    department: Department
    penalty: str | None = None
    effective: Period | None = None
    cite: tuple[DutyCite, ...] = Field(min_length=1)
    status: Status
    confidence: Confidence
    provenance: str

    @cached_property
    def events(self) -> tuple[str, ...]:
        """Every milestone it names."""
        return self.trigger.any if self.trigger else ()

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Its condition with its key."""
        return (("when", self.when),)

    def cites_on(self, day: date) -> tuple[DutyCite, ...]:
        """The citations whose period covers `day`."""
        return tuple(cite for cite in self.cite if cite.effective.state(day) == "in_force")


class Derivation(Strict):
    """A milestone whose day follows from another (`permit_expiry` five years after `permit_issued`).

    Only for sources in `effective`; a stated day of `event` wins.
    """

    event: str
    after: tuple[str, ...] = Field(min_length=1)
    add: Annotated[int, Field(ge=1)]
    unit: Unit
    effective: Period
    cite: tuple[DutyCite, ...] = Field(min_length=1)
    covers: tuple[str, ...] = ()


class Order(Strict):
    """Two milestones that cannot stand the other way round in time, whatever the law says."""

    earlier: str
    later: str
    why: Label


class Prescription(Strict):
    """How long after its end an act may still be fined."""

    years: Annotated[int, Field(ge=1)]
    years_with_harm: Annotated[int, Field(ge=1)]
    cite: DutyCite


class Regime(Strict):
    """A period of the law; the day of the act decides which one holds."""

    id: str
    title: Label
    effective: Period
    prescription: Prescription
    lighter_law: DutyCite | None = None
    highest_of_several: DutyCite | None = None
    daily_fine: tuple[DutyCite, ...] = ()


class PenaltyRange(Strict):
    """One range of one norm: for whom, for which document, how grave.

    `unit` wan_yuan, or a fraction or multiple of `base` (总投资额, 收费, 处置费用). `at_discretion`: 可以.
    """

    id: str
    penalty: str
    document: Literal["report", "form", "registration", "any"] = "any"
    circumstance: Label | None = None
    gravity: Gravity
    target: Literal["unit", "person", "agency"]
    low: Annotated[float, Field(ge=0)]
    high: Annotated[float, Field(ge=0)]
    unit: Literal["wan_yuan", "fraction", "multiple"]
    base: Literal["total_investment", "fee", "disposal_cost"] | None = None
    base_floor_wan_yuan: float | None = None
    at_discretion: bool = False
    daily: bool = False
    cite: DutyCite
    confidence: Confidence
    provenance: str

    @model_validator(mode="after")
    def _check(self) -> PenaltyRange:
        if self.low > self.high:
            raise ValueError(Phrase("low 不应大于 high", "low must not exceed high"))
        if (self.unit == "wan_yuan") == (self.base is not None):
            raise ValueError(
                Phrase(
                    "fraction、multiple 须写明 base，wan_yuan 不写",
                    "fraction and multiple need a base, wan_yuan has none",
                )
            )
        return self


class BreachKind(Strict):
    """One kind of breach (违法情形) by its id in the contract; `ended_by`: milestones that bring the act to its end."""

    id: str
    title: Label
    meaning: Label
    rank: int
    ended_by: tuple[str, ...] = ()


class MaterialItem(Strict):
    """One item of the list of material changes (重大变动清单)."""

    id: str
    item: str
    category: Label
    title: Label
    when: str
    cite: DutyCite
    status: Status
    confidence: Confidence
    provenance: str


class Pattern(Strict):
    """What a chaining rule needs to find: a symbol of this kind in one of these states.

    `of`, `by` and `day` name variables; the same name in two patterns means the same value.
    """

    kind: str
    state: tuple[str, ...] = Field(min_length=1)
    of: str | None = None
    by: str | None = None
    day: str | None = None


class ChainRule(Strict):
    """A forward-chaining rule over symbols and day numbers; `where` compares two day variables."""

    id: str
    given: tuple[Pattern, ...] = Field(min_length=1)
    where: tuple[Annotated[str, Field(pattern=r"^[a-z]+ (<=|<|>|>=) [a-z]+$")], ...] = ()
    then: Pattern


class Covered(Strict):
    """A rule of the reference list that is neither a duty nor a judgement: where it is done, or why not."""

    rule: str
    zh: str
    how: Literal["duty", "judgement", "computed", "catalogue", "list", "not"]
    by: tuple[str, ...] = ()
    note: Label | None = None


class LifeFile(Strict):
    """One file of life-cycle rules; any of the lists may be missing."""

    lifecycle: str
    title: Label
    provenance: str
    notes: tuple[Label, ...] = ()
    regimes: tuple[Regime, ...] = ()
    breaches: tuple[BreachKind, ...] = ()
    duties: tuple[LifeDuty, ...] = ()
    judgements: tuple[LifeJudgement, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    orders: tuple[Order, ...] = ()
    penalties: tuple[PenaltyRange, ...] = ()
    material_change: tuple[MaterialItem, ...] = ()
    chaining: tuple[ChainRule, ...] = ()
    coverage: tuple[Covered, ...] = ()
