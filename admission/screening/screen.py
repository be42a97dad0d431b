"""`screen`: one project against the rules of one day, with everything that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from admission._version import VERSION
from admission.rulebook import Catalogue, Ruleset
from admission.screening.classes import Classifications, class_result, classifications
from admission.screening.decision import Breach, Decision, DutyResult, PhaseCount, Question, Receipt
from admission.screening.duties import duties
from admission.screening.facts import ComponentFacts, component_facts
from admission.screening.findings import findings
from admission.screening.lists import Assessment, assess
from admission.screening.project import Project
from admission.screening.questions import Undecided, questions
from admission.screening.remedies import remedies
from admission.screening.score import score
from admission.screening.verdict import VERDICTS, Verdict, severity, strictest

__all__ = ["Follow", "Followed", "facts_sha256", "fixed_verdicts", "screen"]

_OPEN_PARK = (Verdict.ADMIT, Verdict.CONDITIONAL, Verdict.REVIEW, Verdict.REJECT)


@dataclass(frozen=True, slots=True)
class Followed:
    """What the milestones of a project show: its duties, breaches, the days to ask for, the state of the 三同时."""

    duties: tuple[DutyResult, ...]
    breaches: tuple[Breach, ...]
    questions: tuple[Question, ...]
    phases: tuple[PhaseCount, ...] = ()


Follow = Callable[[Project, Ruleset, tuple[ComponentFacts, ...], Classifications, str], Followed]
"""How the life cycle is brought in: `admission.lifecycle` gives it, and this room does not know that one."""


def screen(project: Project, ruleset: Ruleset, *, lang: str = "zh", follow: Follow | None = None) -> Decision:
    """Hold `project` against `ruleset` and say whether it fits, why, and what follows.

    The day is `ruleset.on`; nothing here reads the clock. Unknown facts stay unknown: they widen
    `possible`, never soften the verdict. Raises `InputError` when stated facts contradict each
    other. The same project and ruleset give the same bytes (`Decision.to_json`). With milestones,
    `follow` gives duties and breaches; without, the duties are those that the classes bring.
    """
    components = component_facts(project, ruleset)
    assessments = assess(ruleset, components, project.judgements)
    classes = classifications(ruleset, components)
    possible = _possible_verdicts(assessments, ruleset)
    if follow is not None and project.milestones:
        life = follow(project, ruleset, components, classes, lang)
    else:
        life = Followed(duties(project, ruleset, components, classes, lang), (), ())
    todo, points = life.duties, score(ruleset, components, lang, life.phases)
    undecided = Undecided(assessments, classes, todo, points, possible)
    return Decision.model_construct(
        project=project.name,
        park=ruleset.park.park if ruleset.park else None,
        as_of=ruleset.on,
        verdict=_verdict(assessments, ruleset),
        possible_verdicts=possible,
        findings=findings(assessments, ruleset, lang),
        eia=class_result(classes[Catalogue.EIA], Catalogue.EIA, ruleset, lang),
        permit=class_result(classes[Catalogue.PERMIT], Catalogue.PERMIT, ruleset, lang),
        score=points,
        duties=todo,
        breaches=life.breaches,
        questions=(*questions(undecided, components, ruleset, lang), *life.questions),
        remedies=remedies(assessments, components, project.judgements, ruleset, lang),
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


def _plain(value: frozenset[str] | date) -> object:
    return sorted(value) if isinstance(value, frozenset) else value.isoformat()


def fixed_verdicts(ruleset: Ruleset) -> tuple[Verdict, frozenset[Verdict]]:
    """What the ruleset asks of every project, whatever its facts: now, and what that can become.

    Without a catalogue in force a person has to say what the class is. Without a park the city's and
    the park's own rules are unknown; naming it can add clauses of any kind.
    """
    floor = Verdict.REVIEW if ruleset.absent else Verdict.ADMIT
    if not ruleset.leaves_park_open:
        return floor, frozenset((floor,))
    reach = frozenset(verdict for verdict in _OPEN_PARK if severity(verdict) >= severity(floor))
    return strictest((floor, Verdict.INCOMPLETE)), reach


def _verdict(assessments: Iterable[Assessment], ruleset: Ruleset) -> Verdict:
    """The most serious contribution."""
    floor = severity(fixed_verdicts(ruleset)[0])
    return VERDICTS[max(floor, max((assessment.weight for assessment in assessments), default=floor))]


def _possible_verdicts(assessments: Iterable[Assessment], ruleset: Ruleset) -> tuple[Verdict, ...]:
    """Every verdict that answering what is unknown can still lead to, mildest first."""
    reached = set(map(severity, fixed_verdicts(ruleset)[1]))
    for options in {assessment.reachable for assessment in assessments}:
        reached = {max(pair) for pair in product(reached, map(severity, options))}
    return tuple(VERDICTS[rank] for rank in sorted(reached))
