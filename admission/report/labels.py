"""What verdicts, outcomes, effects, classes and departments are called, for everything people read.

Every verdict, outcome, effect, class … has a label in both languages; `admission.cli.words` checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from admission.rulebook import Catalogue, Dimension, Effect, Layer, Stage, Status
from admission.screening.verdict import Outcome, Verdict
from admission.vocabulary import FactType

__all__ = ["CLASSES", "DUTY_STATUS", "LABELS", "LANGUAGES", "Pair", "departments", "label"]

LANGUAGES = ("zh", "en")
Pair = tuple[str, str]
"""Chinese, English."""

LABELS: Mapping[type[StrEnum], Mapping[str, Pair]] = {
    Verdict: {
        Verdict.ADMIT: ("准予入园", "Admit"),
        Verdict.CONDITIONAL: ("有条件入园", "Admit on conditions"),
        Verdict.INCOMPLETE: ("资料不足", "Incomplete information"),
        Verdict.REVIEW: ("需人工研判", "Needs review by a person"),
        Verdict.REJECT: ("不予入园", "Reject"),
    },
    Stage: {
        Stage.ADMISSION: ("入园时", "at admission"),
        Stage.DESIGN: ("环评与设计", "EIA and design"),
        Stage.OPERATION: ("建设运行", "build and run"),
    },
    Outcome: {
        Outcome.HIT: ("命中", "applies"),
        Outcome.CLEAR: ("不涉及", "clear"),
        Outcome.UNKNOWN: ("待定", "undecided"),
        Outcome.MET: ("已满足", "met"),
        Outcome.UNMET: ("未满足", "not met"),
        Outcome.NOT_APPLICABLE: ("不适用", "not applicable"),
        Outcome.REVIEW: ("需人工研判", "needs review"),
    },
    Effect: {
        Effect.PROHIBIT: ("禁止", "prohibited"),
        Effect.RESTRICT: ("限制", "restricted"),
        Effect.REQUIRE: ("要求", "required"),
        Effect.ENCOURAGE: ("鼓励", "encouraged"),
    },
    Dimension: {
        Dimension.SPATIAL_LAYOUT: ("空间布局约束", "spatial layout"),
        Dimension.POLLUTANT_DISCHARGE: ("污染物排放管控", "pollutant discharge"),
        Dimension.ENVIRONMENTAL_RISK: ("环境风险防控", "environmental risk"),
        Dimension.RESOURCE_EFFICIENCY: ("资源利用效率", "resource efficiency"),
        Dimension.INDUSTRY_POLICY: ("产业政策", "industrial policy"),
    },
    Status: {
        Status.VERIFIED: ("已核实", "verified"),
        Status.UNVERIFIED: ("未核实", "unverified"),
    },
    Layer: {
        Layer.NATIONAL: ("国家", "national"),
        Layer.CITY: ("市级", "city"),
        Layer.PARK: ("园区", "park"),
    },
    Catalogue: {
        Catalogue.EIA: ("环评类别", "EIA class"),
        Catalogue.PERMIT: ("排污许可类别", "Permit class"),
    },
    FactType: {
        FactType.BOOL: ("是或否", "yes or no"),
        FactType.NUMBER: ("数字", "number"),
        FactType.ENUM: ("单选", "one of"),
        FactType.SET: ("多选", "several of"),
        FactType.DATE: ("日期", "date"),
        FactType.CODE: ("行业代码", "industry codes"),
        FactType.TEXT: ("文字", "text"),
    },
}

CLASSES: Mapping[Catalogue, Mapping[str, Pair]] = {
    Catalogue.EIA: {
        "report": ("环境影响报告书", "EIA report"),
        "form": ("环境影响报告表", "EIA form"),
        "registration": ("环境影响登记表", "EIA registration"),
        "none": ("名录未列，无需环评", "not listed, no EIA"),
    },
    Catalogue.PERMIT: {
        "key": ("重点管理", "key management"),
        "simplified": ("简化管理", "simplified management"),
        "registration": ("登记管理", "registration"),
        "none": ("名录未列，无需许可或登记", "not listed, neither permit nor registration"),
    },
}

DUTY_STATUS: Mapping[str, Pair] = {
    "overdue": ("已逾期", "overdue"),
    "pending": ("待办", "to do"),
    "unknown": ("待定", "undecided"),
    "met": ("已完成", "done"),
}

_DEPARTMENTS: Mapping[str, str] = {
    "生态环境": "environment",
    "发改": "development and reform",
    "经信": "industry and information",
    "规自": "planning and natural resources",
    "水利": "water",
    "应急": "emergency management",
    "住建": "housing and construction",
    "卫健": "health",
    "林业": "forestry",
    "农业农村": "agriculture",
    "市场监管": "market supervision",
    "管委会": "park administration",
    "交通": "transport",
}


def label(item: StrEnum | str, lang: str, kind: type[StrEnum] | None = None) -> str:
    """The label of an enum member; with `kind`, of the member of that value."""
    return LABELS[kind or type(item)][item][LANGUAGES.index(lang)]  # type: ignore[index]  # a text has no kind: `kind` says it


def departments(text: str, lang: str) -> str:
    """`生态环境、发改` in the language asked for; an unknown one as it stands."""
    return text if lang == "zh" else ", ".join(_DEPARTMENTS.get(part, part) for part in text.split("、"))
