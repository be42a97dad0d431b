"""From assessed clauses and absent catalogues to the findings of a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from admission.rulebook import Absence, Catalogue, Cite, Dimension, Effect, Ruleset, Stage, Status
from admission.screening.answers import QUIET
from admission.screening.decision import Finding
from admission.screening.lists import Assessment
from admission.screening.verdict import Outcome, Verdict, severity

__all__ = ["findings"]

_OUTCOMES: tuple[Outcome, ...] = (
    Outcome.HIT,
    Outcome.UNMET,
    Outcome.REVIEW,
    Outcome.UNKNOWN,
    Outcome.MET,
    Outcome.CLEAR,
    Outcome.NOT_APPLICABLE,
)
_REASONS = {
    "not_yet": {"zh": "尚未施行", "en": "not yet in force"},
    "ended": {"zh": "已经失效", "en": "no longer in force"},
    "never": {"zh": "规则库中没有", "en": "not in this rulebook"},
}
_NAMES = {
    Catalogue.EIA: {"zh": "环评分类管理名录", "en": "EIA catalogue"},
    Catalogue.PERMIT: {"zh": "排污许可分类管理名录", "en": "permit catalogue"},
}


def findings(assessments: Sequence[Assessment], ruleset: Ruleset, lang: str) -> tuple[Finding, ...]:
    """One finding per assessment and per catalogue that is not in force, most serious first, then by rule."""
    alike: defaultdict[tuple[Verdict, Outcome], list[Finding]] = defaultdict(list)
    for absence in ruleset.absent:
        alike[Verdict.REVIEW, Outcome.REVIEW].append(_absent(absence, ruleset, lang))
    if ruleset.leaves_park_open:
        alike[Verdict.INCOMPLETE, Outcome.UNKNOWN].append(_no_park(lang))
    for item in assessments:  # by rule, then in the order of the components
        finding = item.told.get(lang)
        if finding is None:
            finding = item.told[lang] = _told(item, lang)
        alike[item.contribution, item.outcome].append(finding)
    return tuple(finding for key in sorted(alike, key=_rank) for finding in alike[key])


def _rank(key: tuple[Verdict, Outcome]) -> tuple[int, int]:
    verdict, outcome = key
    return -severity(verdict), _OUTCOMES.index(outcome)


def _told(assessment: Assessment, lang: str) -> Finding:
    item, answer, quiet = assessment.item, assessment.answer, assessment.outcome in QUIET
    return Finding(
        rule=item.id,
        title=item.title.get(lang),
        component=assessment.component,
        outcome=assessment.outcome,
        effect=item.effect,
        dimension=item.dimension,
        department=item.department,
        stage=item.stage,
        cite=assessment.owned.edition.cite(item.article),
        status=item.status,
        why=_why(assessment, answer.reasons(lang), lang),
        trace=None if quiet else answer.trace(lang),
        needs=answer.needs,
        remedy=item.remedy.get(lang) if item.remedy and not quiet else None,
    )


def _why(assessment: Assessment, reasons: str, lang: str) -> str:
    item, judged, chinese = assessment.item, assessment.judgement, lang == "zh"
    if judged is not None:
        head = f"人工研判（{judged.who} {judged.when}）" if chinese else f"judged by {judged.who} on {judged.when}"
        return f"{head}：{judged.why}" if chinese else f"{head}: {judged.why}"
    if assessment.outcome is not Outcome.REVIEW:
        return reasons
    if item.judgement is not None:
        question = item.judgement.get(lang)
        return f"{question}（{reasons}）" if chinese else f"{question} ({reasons})"
    return f"条文未经原文核实，须人工研判：{reasons}" if chinese else f"clause not verified, needs a person: {reasons}"


def _no_park(lang: str) -> Finding:
    """No park was named: the rules of its city, river basin and its own list were not held against the project."""
    chinese = "没有指定园区：只对照了全国规则，所在市、流域和园区自己的规则都没有对照。"
    english = (
        "No park was named: only national rules were applied, not those of the city, the river basin and the park."
    )
    title = {"zh": "所在园区的规则", "en": "Rules of the park"}
    remedy = {
        "zh": "用 park: 或 --park 指定园区后重新研判。",
        "en": "Name the park (park: or --park) and screen again.",
    }
    return Finding(
        rule="park",
        title=title[lang],
        component=None,
        outcome=Outcome.UNKNOWN,
        effect=Effect.REQUIRE,
        dimension=Dimension.SPATIAL_LAYOUT,
        department="生态环境",
        stage=Stage.ADMISSION,
        cite=Cite(document=title[lang]),
        status=Status.VERIFIED,
        why=chinese if lang == "zh" else english,
        trace={"absent": "park", "reason": "never", "value": None},
        needs=(),
        remedy=remedy[lang],
    )


def _absent(absence: Absence, ruleset: Ruleset, lang: str) -> Finding:
    """No edition of a catalogue on that day: the class needs a person, and `trace` says why."""
    kind = Catalogue(absence.subject)
    name, reason = _NAMES[kind], _REASONS[absence.reason][lang]
    chinese = f"{ruleset.on} 这一天没有可用的{name['zh']}（{reason}），类别须人工判定。"
    english = f"No {name['en']} for {ruleset.on}: {reason}; the class needs a person."
    editions = [edition for edition in ruleset.rulebook.editions.values() if edition.catalogue is kind]
    edition = editions[0] if editions else None
    return Finding(
        rule=edition.edition if edition else kind.value,
        title=edition.title.get(lang) if edition else name[lang],
        component=None,
        outcome=Outcome.REVIEW,
        effect=Effect.REQUIRE,
        dimension="industry_policy",
        department="生态环境",
        stage=Stage.ADMISSION,
        cite=edition.cite(None) if edition else Cite(document=name["zh"]),
        status=edition.status if edition else Status.VERIFIED,
        why=chinese if lang == "zh" else english,
        trace={"absent": kind.value, "reason": absence.reason, "value": None},
        needs=(),
        remedy=None,
    )
