"""`screen`: one project against the rules of one day, with everything that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product

from admission._version import VERSION
from admission.logic.trace import summary, trace
from admission.rulebook import Catalogue, Effect, Ruleset
from admission.screening.classes import absence_reason, class_result, classifications
from admission.screening.decision import Decision, Finding, Receipt
from admission.screening.duties import duties
from admission.screening.facts import ComponentFacts, component_facts
from admission.screening.lists import Assessment, assess, needs
from admission.screening.project import Project
from admission.screening.questions import Undecided, questions
from admission.screening.remedies import remedies
from admission.screening.score import score
from admission.screening.verdict import VERDICTS, Outcome, Verdict, contribution, reachable, severity, strictest

__all__ = ["facts_sha256", "screen"]

_OUTCOMES: tuple[Outcome, ...] = (
    Outcome.HIT,
    Outcome.UNMET,
    Outcome.REVIEW,
    Outcome.UNKNOWN,
    Outcome.MET,
    Outcome.CLEAR,
    Outcome.NOT_APPLICABLE,
)
_QUIET = (Outcome.CLEAR, Outcome.NOT_APPLICABLE)


def screen(project: Project, ruleset: Ruleset, *, lang: str = "zh") -> Decision:
    """Hold `project` against `ruleset` and say whether it fits, why, and what follows.

    The day is `ruleset.on`; nothing here reads the clock. Unknown facts stay unknown: they widen
    `possible`, never soften the verdict. Raises `InputError` when stated facts contradict each
    other. The same project and ruleset give the same bytes (`Decision.to_json`).
    """
    components = component_facts(project, ruleset)
    assessments = assess(ruleset, components, project.judgements)
    classes = classifications(ruleset, components)
    possible = _possible_verdicts(assessments, ruleset)
    points = score(ruleset, components, lang)
    todo = duties(project, ruleset, components, classes, lang)
    undecided = Undecided(assessments, classes, todo, points, possible)
    return Decision(
        project=project.name,
        park=ruleset.park.park if ruleset.park else None,
        as_of=ruleset.on,
        verdict=_verdict(assessments, ruleset),
        possible_verdicts=possible,
        findings=_findings(assessments, components, ruleset, lang),
        eia=class_result(classes[Catalogue.EIA], Catalogue.EIA, ruleset, lang),
        permit=class_result(classes[Catalogue.PERMIT], Catalogue.PERMIT, ruleset, lang),
        score=points,
        duties=todo,
        breaches=(),
        questions=questions(undecided, components, ruleset, lang),
        remedies=remedies(assessments, components, ruleset, lang),
        receipt=Receipt(
            ruleset=ruleset.name,
            ruleset_sha256=ruleset.sha256,
            engine=f"admission {VERSION}",
            facts_sha256=facts_sha256(project),
        ),
    )


def facts_sha256(project: Project) -> str:
    """Hash of everything the project states, independent of key order and of how it was written."""
    text = json.dumps(project.model_dump(mode="python"), ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return dict(value)  # type: ignore[call-overload]


def _verdict(assessments: Iterable[Assessment], ruleset: Ruleset) -> Verdict:
    found = [contribution(assessment.item, assessment.outcome) for assessment in assessments]
    return strictest((*found, Verdict.REVIEW if ruleset.absent else Verdict.ADMIT))


def _possible_verdicts(assessments: Iterable[Assessment], ruleset: Ruleset) -> tuple[Verdict, ...]:
    """Every verdict that answering what is unknown can still lead to, mildest first."""
    reached = {severity(Verdict.REVIEW if ruleset.absent else Verdict.ADMIT)}
    for options in {reachable(assessment.item, assessment.outcome) for assessment in assessments}:
        ranks = {severity(option) for option in options}
        reached = {max(pair) for pair in product(reached, ranks)}
    return tuple(VERDICTS[rank] for rank in sorted(reached))


def _findings(
    assessments: Sequence[Assessment], components: Sequence[ComponentFacts], ruleset: Ruleset, lang: str
) -> tuple[Finding, ...]:
    order = {component.name: position for position, component in enumerate(components)}

    def rank(assessment: Assessment) -> tuple[object, ...]:
        weight = severity(contribution(assessment.item, assessment.outcome))
        place = order[assessment.component.name]
        return (-weight, _OUTCOMES.index(assessment.outcome), assessment.item.id, place)

    found = [_finding(assessment, ruleset, lang) for assessment in sorted(assessments, key=rank)]
    return (*_absence_findings(ruleset, lang), *found)


def _finding(assessment: Assessment, ruleset: Ruleset, lang: str) -> Finding:
    item, owned, quiet = assessment.item, assessment.owned, assessment.outcome in _QUIET
    key = _telling_key(assessment)
    tree, values = ruleset.conditions.tree(key), assessment.component.values
    return Finding(
        rule=item.id,
        title=item.title.get(lang),
        component=None if assessment.shared else assessment.component.name,
        outcome=assessment.outcome,
        effect=item.effect,
        dimension=item.dimension,
        department=item.department,
        cite=owned.edition.cite(item.article),
        status=item.status,
        why=_why(assessment, summary(tree, values, ruleset.vocabulary, lang), lang),
        trace=None if quiet else trace(tree, values, ruleset.vocabulary, lang),
        needs=needs(assessment, ruleset),
        remedy=item.remedy.get(lang) if item.remedy and not quiet else None,
    )


def _telling_key(assessment: Assessment) -> str:
    """The condition that explains the outcome: the duty itself once it is triggered."""
    item = assessment.item
    duty_speaks = item.effect is Effect.REQUIRE and assessment.outcome in (Outcome.MET, Outcome.UNMET)
    return item.must if duty_speaks and item.must is not None else item.when


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


def _absence_findings(ruleset: Ruleset, lang: str) -> Iterable[Finding]:
    for absence in ruleset.absent:
        kind = Catalogue(absence.subject)
        editions = [e for e in ruleset.rulebook.editions.values() if e.catalogue is kind]
        why = absence_reason(absence, ruleset.on, lang)
        for edition in editions[:1]:
            yield Finding(
                rule=edition.edition,
                title=edition.title.get(lang),
                component=None,
                outcome=Outcome.REVIEW,
                effect=Effect.REQUIRE,
                dimension="industry_policy",
                department="生态环境",
                cite=edition.cite(None),
                status=edition.status,
                why=why,
                trace=None,
                needs=(),
                remedy=None,
            )
