"""Rule shapes as data: what one clause, catalogue entry, duty or criterion says.

All are frozen pydantic models, read from YAML. Conditions are kept as text here; the rulebook
holds their trees and compiled functions (`Rulebook.conditions`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from admission._messages import Phrase
from admission.vocabulary import FactType, Label, Value

__all__ = [
    "Catalogue",
    "Cite",
    "Criterion",
    "Department",
    "Dimension",
    "Duty",
    "DutyCite",
    "Edition",
    "Effect",
    "Entry",
    "Item",
    "Layer",
    "Level",
    "Milestones",
    "Park",
    "ParkFact",
    "Period",
    "Points",
    "Retired",
    "ReviewPolicy",
    "Setting",
    "Stage",
    "Status",
    "Strict",
]


class Strict(BaseModel):
    """Base of all rule models: immutable, no unknown keys; what was worked out from one is not copied with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def __copy__(self) -> Self:
        copy = super().__copy__()
        for name in copy.__dict__.keys() - type(self).model_fields:
            del copy.__dict__[name]
        return copy

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        fields = type(self).model_fields
        return {**state, "__dict__": {name: value for name, value in self.__dict__.items() if name in fields}}


class Layer(StrEnum):
    """Whose rule it is; a later layer may only be stricter."""

    NATIONAL = "national"
    CITY = "city"
    PARK = "park"


class Effect(StrEnum):
    """What a list item does to a project that meets its condition."""

    PROHIBIT = "prohibit"
    RESTRICT = "restrict"
    REQUIRE = "require"
    ENCOURAGE = "encourage"


class Dimension(StrEnum):
    """The four dimensions of the admission list (准入清单四维度) and industrial policy."""

    SPATIAL_LAYOUT = "spatial_layout"
    POLLUTANT_DISCHARGE = "pollutant_discharge"
    ENVIRONMENTAL_RISK = "environmental_risk"
    RESOURCE_EFFICIENCY = "resource_efficiency"
    INDUSTRY_POLICY = "industry_policy"


class Status(StrEnum):
    """`verified`: read at the source. An `unverified` rule never rejects a project by itself."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class Stage(StrEnum):
    """When a clause has to be answered: to admit a project, in its EIA and design, or while it is built and run.

    What is unknown of a later stage is a condition of admission, not a gap in the application.
    """

    ADMISSION = "admission"
    DESIGN = "design"
    OPERATION = "operation"


class Catalogue(StrEnum):
    """The two classified catalogues (分类管理名录)."""

    EIA = "eia"
    PERMIT = "permit"


Department = str
Confidence = Literal["high", "medium", "low"]


class Period(Strict):
    """From the first day in force to the last, both included; open where `to` is missing."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")

    def state(self, day: date) -> Literal["in_force", "not_yet", "ended"]:
        """Is `day` inside, before or after the period?"""
        if day < self.start:
            return "not_yet"
        return "ended" if self.end is not None and day > self.end else "in_force"

    def overlaps(self, other: Period) -> bool:
        """Do the two periods share a day?"""
        return (self.end is None or other.start <= self.end) and (other.end is None or self.start <= other.end)


class Cite(Strict):
    """Where a clause stands."""

    document: str
    number: str | None = None
    article: str | None = None
    url: str | None = None


class Edition(Strict):
    """A rule document as issued on a date (版本)."""

    edition: str
    kind: Literal["catalogue", "list", "duty", "score"]
    layer: Layer
    title: Label
    effective: Period
    provenance: str
    document: str | None = None
    status: Status = Status.VERIFIED
    number: str | None = None
    url: str | None = None
    applies_to: dict[Literal["city", "park", "river_basin"], str] = Field(default_factory=dict)
    catalogue: Catalogue | None = None
    levels: tuple[str, ...] = ()
    level_labels: dict[str, Label] = Field(default_factory=dict)
    notes: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Edition:
        if self.kind == "catalogue" and (self.catalogue is None or not self.levels):
            raise ValueError(
                Phrase("kind: catalogue 必须写明 catalogue 和 levels", "a catalogue needs catalogue and levels")
            )
        unnamed = "、".join(level for level in self.levels if level not in self.level_labels)
        if unnamed:
            raise ValueError(Phrase(f"level_labels 缺少 {unnamed}", f"level_labels lacks {unnamed}"))
        if self.layer is not Layer.NATIONAL and self.layer.value not in self.applies_to:
            detail = f"layer: {self.layer}"
            raise ValueError(
                Phrase(f"{detail} 必须在 applies_to 中写明 {self.layer}", f"{detail} needs {self.layer} in applies_to")
            )
        return self

    def cite(self, article: str | None) -> Cite:
        """A citation of `article` of this document."""
        return Cite(document=self.document or self.title.zh, number=self.number, article=article, url=self.url)


class Item(Strict):
    """One clause of a negative, admission or positioning list (条目)."""

    id: str
    title: Label
    article: str
    effect: Effect
    dimension: Dimension
    department: Department
    stage: Stage = Stage.ADMISSION
    when: str
    must: str | None = None
    judgement: Label | None = None
    unmet: Literal["conditional", "reject"] = "conditional"
    remedy: Label | None = None
    explanation: Label | None = None
    refines: tuple[str, ...] = ()
    effective: Period | None = None
    status: Status
    confidence: Confidence
    provenance: str

    @model_validator(mode="after")
    def _check(self) -> Item:
        if self.must is not None and (self.effect is not Effect.REQUIRE or self.judgement is not None):
            raise ValueError(
                Phrase(
                    "must 只用于 effect: require，且不与 judgement 并用",
                    "must goes with effect: require, and never with judgement",
                )
            )
        return self


class Level(Strict):
    """One cell of a catalogue row: its condition and its words in short."""

    when: str
    text: str


class Entry(Strict):
    """One row of a classified catalogue (名录条目), evaluated per component.

    `industries` are GB/T 4754-2017 prefixes (`-3391` excludes), `activities` works without a code,
    `implied_by` a condition under which a component counts although it declares neither. `scope`
    false: does not apply.
    """

    id: str
    entry: str
    title: Label
    industries: tuple[str, ...] = ()
    industries_other: bool = False
    activities: tuple[str, ...] = ()
    implied_by: str | None = None
    scope: str | None = None
    sensitive_areas: tuple[str, ...] = ()
    levels: dict[str, Level]
    reading: Label | None = None
    status: Status
    confidence: Confidence
    provenance: str


class DutyCite(Cite):
    """A citation that holds for acts in a period (law of the day)."""

    effective: Period

    @cached_property
    def plain(self) -> Cite:
        """The citation without its period."""
        return Cite(document=self.document, number=self.number, article=self.article, url=self.url)


class Duty(Strict):
    """Something to be done because of what the project is (义务).

    Done when one of the milestones `done_by` is reached, or `done_when` holds.
    """

    id: str
    title: Label
    when: str
    before: Label
    done_by: tuple[str, ...] = ()
    done_when: str | None = None
    department: Department
    cite: tuple[DutyCite, ...] = Field(min_length=1)
    explanation: Label | None = None
    status: Status
    confidence: Confidence

    def cites_on(self, day: date) -> tuple[DutyCite, ...]:
        """The citations whose period covers `day` (law of the day)."""
        return tuple(cite for cite in self.cite if cite.effective.state(day) == "in_force")


class Points(Strict):
    """Points given when a condition holds."""

    when: str
    score: Annotated[float, Field(ge=0, le=100)]


class Criterion(Strict):
    """One criterion of the fit score: first true condition gives its points (0–100).

    `counts_duties`: once milestones are recorded, every duty of the three simultaneities counts alike:
    in full when met, nothing when overdue, either while undecided, and the points while it is not due yet.
    """

    id: str
    title: Label
    counts_duties: bool = False
    weight: Annotated[float, Field(gt=0, le=100)]
    basis: Label
    points: tuple[Points, ...]
    otherwise: Annotated[float, Field(ge=0, le=100)]


class ParkFact(Strict):
    """A fact that holds for every project of the park unless the project says otherwise."""

    fact: str
    value: bool | float | str | tuple[str, ...]
    source: str

    def as_value(self, kind: FactType) -> Value:
        """The value as rules see it, for a fact of type `kind` (the loader has checked that it fits)."""
        if isinstance(self.value, tuple):
            return frozenset(self.value)
        if kind is FactType.DATE:
            return date.fromisoformat(str(self.value))
        return float(self.value) if kind is FactType.NUMBER else self.value


class Setting(Strict):
    """How the park reads a term that the law leaves open.

    `facts` are the facts whose reading it fixes; `define`, with exactly one of them, is the
    formula that takes the place of the vocabulary's. `default`: not yet agreed with the authority.
    """

    name: str
    title: Label
    value: bool | float | str | tuple[str, ...] | None = None
    facts: tuple[str, ...] = ()
    define: str | None = None
    meaning: Label
    default: bool = True

    @model_validator(mode="after")
    def _check(self) -> Setting:
        if self.define is not None and len(self.facts) != 1:
            raise ValueError(Phrase("define 只能与一个 facts 并用", "define goes with exactly one of facts"))
        return self


class ReviewPolicy(Strict):
    """How a joint review (联合审查) of the park comes to its outcome; days are working days from the opening.

    `unanimous`: one objection is enough not to agree. `lead`: the `lead` department decides once the
    others have been heard. `silence`: whether a department that lets its day pass is waited for, or
    counts as agreeing. Without `working_days` there is no day. `source` says where this is laid down.
    """

    policy: Literal["unanimous", "lead"] = "unanimous"
    lead: Department | None = None
    working_days: Annotated[int, Field(gt=0)] | None = None
    deadlines: dict[Department, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    silence: Literal["waits", "agrees"] = "waits"
    source: str = ""

    @model_validator(mode="after")
    def _check(self) -> ReviewPolicy:
        if (self.policy == "lead") != (self.lead is not None):
            raise ValueError(Phrase("lead 与 policy: lead 须一起写", "lead goes with policy: lead"))
        return self


class Park(Strict):
    """An industrial park: where it is, which layers bind it, what holds for all its projects."""

    park: str
    name: Label
    county: Label | None = None
    city: str | None = None
    river_basin: str | None = None
    admin_code: str | None = None
    fictitious: bool = False
    extends: tuple[Layer, ...] = (Layer.NATIONAL, Layer.CITY)
    facts: tuple[ParkFact, ...] = ()
    settings: tuple[Setting, ...] = ()
    review: ReviewPolicy | None = None
    notes: tuple[Label, ...] = ()


class Milestones(Strict):
    """One kind of dated event in a project's life (节点)."""

    id: str
    zh: str
    en: str
    meaning: str | Label = ""


class Retired(Strict):
    """An id that was in use and never will be again."""

    id: str
    on: date
    reason: str
