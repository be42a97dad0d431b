"""`lifecycle`: the duties, deadlines and breaches of one project or park, from its milestones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, cast

from admission.lifecycle.asking import date_questions, fact_questions
from admission.lifecycle.inference import Inference, engine
from admission.lifecycle.instances import Instance, instances
from admission.lifecycle.judging import judgement_lines
from admission.lifecycle.lines import Outcome, breach_line, duty_line, merged
from admission.lifecycle.material import material_change
from admission.lifecycle.readiness import phase_count, readiness
from admission.lifecycle.results import Contradiction, DutyLine, Event, Life, built
from admission.lifecycle.situation import Situation, situation
from admission.lifecycle.symbols import Symbol, compile_chains
from admission.lifecycle.words import event_label
from admission.rulebook import Ruleset
from admission.rulebook.life_rules import LifeRules
from admission.screening.classes import Classifications, classifications
from admission.screening.decision import Breach, Decision, DutyResult
from admission.screening.facts import ComponentFacts, component_facts
from admission.screening.project import Project
from admission.screening.screen import Followed
from admission.screening.screen import screen as screen_facts

__all__ = ["chainer", "lifecycle", "screen"]

_STATUS = {state: place for place, state in enumerate(("overdue", "pending", "unknown", "met"))}
_QUICK = "fixpoint"
"""The engine of `screen`, which answers while somebody waits: a quarter of the time of the other, the same answer."""
_Drawn = tuple[tuple[DutyLine, ...], tuple[Breach, ...]]


def lifecycle(
    project: Project,
    ruleset: Ruleset,
    *,
    lang: str = "zh",
    subject: Literal["project", "park"] | None = None,
    inference: str | None = None,
) -> Life:
    """What `project` has to do by when, what it has broken, and what must still be asked.

    The day is `ruleset.on`; nothing here reads the clock. A milestone that is not recorded counts as
    not done, one recorded without a date as unknown: then the duty is `unknown` with a question, and
    never a breach. `subject` park: the milestones are those of the park's own plan. `inference` names
    the engine (`durable_rules`, `fixpoint`); both give the same answer. Raises `InputError` when
    stated facts contradict each other.
    """
    components = component_facts(project, ruleset)
    at = situation(project, ruleset, components, classifications(ruleset, components), lang, subject)
    duties, breaches = _draw(at, inference)
    contradictions = _contradictions(at)
    return Life.model_validate(
        {
            "project": project.name,
            "park": ruleset.park.park if ruleset.park else None,
            "subject": at.subject,
            "as_of": at.as_of,
            "engine": chainer(ruleset.rulebook.life, inference).name,
            "eia": at.possible["eia_class"],
            "permit": at.possible["permit_class"],
            "events": tuple(_events(at)),
            "duties": duties,
            "breaches": breaches,
            "judgements": judgement_lines(at),
            "contradictions": contradictions,
            "material_change": material_change(at.facts, ruleset, lang=lang) if _changed(at) else (),
            "readiness": readiness(duties, lang),
            "questions": (*date_questions(duties, contradictions, at), *fact_questions(duties, ruleset, lang)),
        }
    )


def screen(project: Project, ruleset: Ruleset, *, lang: str = "zh") -> Decision:
    """Hold `project` against `ruleset`: whether it fits, why, what follows; with milestones its duties and breaches.

    See `admission.screening.screen` for verdict, classes and questions, `lifecycle` for the rest. A
    rulebook without life-cycle duties gives those that the classes bring.
    """
    follow = _follow if ruleset.rulebook.life.duties else None
    return screen_facts(project, ruleset, lang=lang, follow=follow)


def _follow(
    project: Project,
    ruleset: Ruleset,
    components: tuple[ComponentFacts, ...],
    classes: Classifications,
    lang: str,
) -> Followed:
    at = situation(project, ruleset, components, classes, lang)
    duties, breaches = _draw(at, _QUICK)
    plain = tuple(built(DutyResult, vars(duty)) for duty in duties)
    phases = tuple(map(phase_count, readiness(duties, lang).phases))
    return Followed(plain, breaches, date_questions(duties, _contradictions(at), at), phases)


def chainer(rules: LifeRules, name: str | None = None) -> Inference:
    """The inference engine of a rulebook's chaining rules: one for all projects."""
    key = ("engine", name)
    if key not in rules.kept:
        rules.kept[key] = engine(compile_chains(rules.chaining), name)
    return cast(Inference, rules.kept[key])


def _draw(at: Situation, inference: str | None) -> _Drawn:
    """Duties into symbols, symbols into conclusions, conclusions into lines."""
    rules = at.rules
    of_subject = rules.duties_of.get(at.subject, ())
    found = [item for rule in of_subject for item in instances(rule, at.history, at.views)]
    conclusions = chainer(rules, inference).conclude(_symbols(found, at))
    outcomes = _outcomes(found, conclusions)
    lines = [duty_line(item, outcomes[item.key], at) for item in found]
    kinds = rules.breach_kinds
    broken = [
        breach_line(kinds[breach], item, Outcome(frozenset({how}), (), False), at)
        for item in found
        for breach, how in outcomes[item.key].breaches
    ]
    lines.sort(key=_order)
    return tuple(lines), merged(broken, kinds)


def _order(line: DutyLine) -> tuple[object, ...]:
    """Overdue first, then by due day, by the order of the process, by id."""
    return (_STATUS[line.status], line.due or date.max, line.step.order if line.step else 0, line.id)


def _symbols(found: Iterable[Instance], at: Situation) -> Iterable[Symbol]:
    """Everything the engine is told; what a duty waits for are the other duties it comes after."""
    yield Symbol("today", "is", day=at.as_of.toordinal())
    by_rule: dict[str, list[str]] = defaultdict(list)
    for item in found:
        by_rule[item.rule.id].append(item.key)
    for item in found:
        yield from item.symbols()
        yield from (Symbol("needs", "step", item.key, key) for rule in item.rule.after for key in by_rule[rule])


def _outcomes(found: Iterable[Instance], conclusions: Iterable[Symbol]) -> Mapping[str, Outcome]:
    states: dict[str, set[str]] = defaultdict(set)
    breaches: dict[str, set[tuple[str, str]]] = defaultdict(set)
    waiting: set[str] = set()
    for symbol in conclusions:
        if symbol.kind == "status":
            states[symbol.of].add(symbol.state)
        elif symbol.kind == "breach":
            breaches[symbol.of].add((symbol.by, symbol.state))
        elif symbol.kind == "waits":
            waiting.add(symbol.of)
    return {
        item.key: Outcome(frozenset(states[item.key]), tuple(sorted(breaches[item.key])), item.key in waiting)
        for item in found
    }


def _events(at: Situation) -> Iterable[Event]:
    ordered = sorted(at.project.milestones, key=lambda item: (item.date is None, item.date, item.event))
    for item in ordered:
        planned = item.date is not None and item.date > at.as_of
        values = {"event": item.event, "label": event_label(item.event, at), "date": item.date}
        yield built(Event, {**values, "document": item.document, "planned": planned})


def _contradictions(at: Situation) -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(
            earlier=pair.order.earlier,
            earlier_date=pair.earlier,
            later=pair.order.later,
            later_date=pair.later,
            why=pair.order.why.get(at.lang),
        )
        for pair in at.history.contradictions
    )


_CHANGES = frozenset({"change_identified", "material_change_date", "eia_reapproval_date"})
_COMPARED = ("approved_", "actual_")


def _changed(at: Situation) -> bool:
    """Is a change recorded, or what was approved compared with what is there?"""
    return bool(at.history.recorded & _CHANGES) or any(name.startswith(_COMPARED) for name in at.facts)
