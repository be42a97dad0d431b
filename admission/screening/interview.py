"""The interview: what to ask next, why, what it leaves open, and whether any answer can still change the result.

A pure function over a project, the rules of a day and the facts its user does not know. It adds to
`Decision.questions` when a question is due (`Phase`), the clauses and entries behind it with their
citations, and the bounds of the result; it asks nothing that cannot change them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Literal, NamedTuple, cast

from admission.rulebook import Catalogue, Cite, Duty, Entry, Item, Owned, Ruleset, Stage
from admission.screening.decision import Decision, Finding, Frozen, Question
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.project import Project
from admission.screening.screen import fixed_verdicts, screen
from admission.screening.verdict import VERDICTS, Outcome, Verdict, contribution, reachable, severity

__all__ = ["Ask", "Asked", "Bounds", "Interview", "Phase", "Reason", "Unsure", "interview"]

_INDEX = "every rule by id"
_ENVIRONMENT = "生态环境"
Target = Literal["verdict", "eia", "permit", "duties", "score"]


class Asked(NamedTuple):
    """What a question is about: a fact of one component (None: of the project as a whole)."""

    fact: str
    component: str | None = None


class Phase(StrEnum):
    """When a question is due, in this order.

    `admission` 入园时: it can change the verdict at admission or a class. `later` 环评、设计和运行阶段: it
    settles a condition of admission that is answered after admission. `more` 其他: only duties and score.
    """

    ADMISSION = "admission"
    LATER = "later"
    MORE = "more"


_PHASES = tuple(Phase)


class Bounds(Frozen):
    """What the result is now and can still become, mildest verdict first and strictest class first.

    `at_admission`: the verdicts still possible while what belongs to a later stage stays a condition;
    `possible_verdicts`: with those answered as well.
    """

    verdict: Verdict
    at_admission: tuple[Verdict, ...]
    possible_verdicts: tuple[Verdict, ...]
    eia: tuple[str, ...]
    permit: tuple[str, ...]


class Reason(Frozen):
    """One clause, entry or duty that the answer can decide; `worst`: the most serious verdict it can bring."""

    target: Target
    rule: str
    title: str
    cite: Cite | None
    worst: Verdict | None


class Ask(Frozen):
    """A question that is due, what it can change, and by which clauses, the most serious first.

    `refines`: the project says it already, but too coarsely for these clauses (an industry code of two digits).
    """

    question: Question
    phase: Phase
    refines: bool
    decides: tuple[Target, ...]
    reasons: tuple[Reason, ...]

    @property
    def key(self) -> Asked:
        """What it asks about."""
        return Asked(self.question.fact, self.question.component)


class Unsure(Frozen):
    """Something the user does not know that can still change the result: which paper and which department can tell."""

    ask: Ask
    document: str
    departments: tuple[str, ...]


class Interview(Frozen):
    """Where the interview stands.

    `asks` are the questions up to the phase asked for, the most decisive first; `waiting` how many each
    phase still has. `verdict_open`: an answer to one of `asks` can still change the verdict.
    """

    bounds: Bounds
    asks: tuple[Ask, ...]
    waiting: dict[Phase, int]
    unsure: tuple[Unsure, ...]
    verdict_open: bool


def interview(
    project: Project,
    ruleset: Ruleset,
    unsure: Iterable[tuple[str, str | None]] = (),
    *,
    until: Phase = Phase.LATER,
    lang: str = "zh",
    decision: Decision | None = None,
) -> Interview:
    """What to ask next of `project`, leaving out what its user has said not to know (`unsure`).

    A fact unsure of the whole project is not asked of a component either. `decision` is the result
    of screening, when the caller has it. Raises `InputError` when stated facts contradict each other.
    """
    found = decision if decision is not None else screen(project, ruleset, lang=lang)
    stakes = _Stakes.of(found, project, ruleset, lang)
    known = {Asked(*key) for key in unsure}
    asks: list[Ask] = []
    doubts: list[Unsure] = []
    waiting = dict.fromkeys(_PHASES, 0)
    for question in (each for whole in found.questions for each in _of_components(whole, project)):
        ask = stakes.ask(question)
        if ask is None:
            continue
        if ask.key in known or Asked(ask.key.fact) in known:
            doubts.append(_unsure(ask, stakes))
            continue
        waiting[ask.phase] += 1
        if _PHASES.index(ask.phase) <= _PHASES.index(until):
            asks.append(ask)
    asks.sort(key=lambda ask: _PHASES.index(ask.phase))
    return Interview(
        bounds=stakes.bounds,
        asks=tuple(asks),
        waiting=waiting,
        unsure=tuple(doubts),
        verdict_open=any("verdict" in ask.decides for ask in asks),
    )


def _of_components(question: Question, project: Project) -> Iterator[Question]:
    """The question; what is asked of the identity of the whole, of each component: no answer can be true of all.

    It goes to the components that nobody has identified, or, when there is none, to those that state it too coarsely.
    """
    parts = project.components
    if question.fact not in (INDUSTRY, ACTIVITY) or question.component is not None or len(parts) == 1:
        yield question
        return
    unknown = [part for part in parts if part.industry is None and part.activity is None]
    stated = [part for part in parts if getattr(part, question.fact) is not None]
    yield from (question.model_copy(update={"component": part.name}) for part in unknown or stated)


@dataclass(frozen=True, slots=True)
class _Stakes:
    """What the open questions of one decision are about."""

    project: Project
    bounds: Bounds
    rules: Mapping[str, Owned[Item] | Owned[Entry] | Owned[Duty]]
    answers: Mapping[str, Outcome]
    lang: str

    @classmethod
    def of(cls, decision: Decision, project: Project, ruleset: Ruleset, lang: str) -> _Stakes:
        rules = _index(ruleset)
        answers = {judgement.rule: Outcome(judgement.answer) for judgement in project.judgements}
        bounds = Bounds(
            verdict=decision.verdict,
            at_admission=_at_admission(decision.findings, rules, answers, ruleset),
            possible_verdicts=decision.possible_verdicts,
            eia=decision.eia.possible,
            permit=decision.permit.possible,
        )
        return cls(project, bounds, rules, answers, lang)

    def ask(self, question: Question) -> Ask | None:
        """The question with its phase and reasons; None when it can change nothing of what is listed."""
        reasons = sorted(self._reasons(question), key=_most_serious_first)
        asked = [reason.target for reason in reasons]
        if "score" in question.changes:
            asked.append("score")
        found: Iterable[Target] = ("verdict", "eia", "permit", "duties", "score")
        decides = tuple(target for target in found if target in asked)
        if not decides:
            return None
        phase, refines = self._phase(reasons), self._is_stated(question)
        return Ask(question=question, phase=phase, refines=refines, decides=decides, reasons=tuple(reasons))

    def _is_stated(self, question: Question) -> bool:
        if question.fact not in (INDUSTRY, ACTIVITY):
            return False
        asked = [part for part in self.project.components if question.component in (None, part.name)]
        return all(getattr(part, question.fact) is not None for part in asked)

    def _phase(self, reasons: Iterable[Reason]) -> Phase:
        weighty = [reason for reason in reasons if reason.target not in ("duties", "score")]
        if not weighty:
            return Phase.MORE
        later = all(isinstance(rule := self.rules[reason.rule].rule, Item) and _is_later(rule) for reason in weighty)
        return Phase.LATER if later else Phase.ADMISSION

    def _reasons(self, question: Question) -> Iterator[Reason]:
        for rule_id in question.changes:
            owned = self.rules.get(rule_id)
            if owned is None:
                continue
            title, rule = owned.rule.title.get(self.lang), owned.rule
            if isinstance(rule, Item):
                worst = self._worst(rule)
                if worst is not None:
                    cite = owned.edition.cite(rule.article)
                    yield Reason(target="verdict", rule=rule_id, title=title, cite=cite, worst=worst)
            elif isinstance(rule, Entry):
                kind = cast(Catalogue, owned.edition.catalogue).value
                if kind in question.changes:
                    article = f"第{rule.entry}项" if self.lang == "zh" else f"entry {rule.entry}"
                    yield Reason(target=kind, rule=rule_id, title=title, cite=owned.edition.cite(article), worst=None)
            else:
                yield Reason(target="duties", rule=rule_id, title=title, cite=None, worst=None)

    def _worst(self, item: Item) -> Verdict | None:
        """The worst the undecided clause can bring, None when that cannot change the verdict.

        A clause that leaves the verdict at "incomplete" changes it by being answered at all.
        """
        now = contribution(item, Outcome.UNKNOWN)
        worst = max(_reach(item, self.answers.get(item.id)), key=severity)
        floor = severity((self.bounds.possible_verdicts if _is_later(item) else self.bounds.at_admission)[0])
        return worst if max(severity(now), severity(worst)) > floor else None


def _is_later(item: Item) -> bool:
    return item.stage is not Stage.ADMISSION


def _reach(item: Item, answer: Outcome | None) -> frozenset[Verdict]:
    """What the undecided clause can still ask of the verdict."""
    return reachable(item, Outcome.UNKNOWN, answer)


def _at_admission(
    findings: Iterable[Finding],
    rules: Mapping[str, Owned[Item] | Owned[Entry] | Owned[Duty]],
    answers: Mapping[str, Outcome],
    ruleset: Ruleset,
) -> tuple[Verdict, ...]:
    """The verdicts still possible when clauses of later stages stay what they are now."""
    options: set[frozenset[Verdict]] = {fixed_verdicts(ruleset)[1]}
    for finding in findings:
        owned = rules.get(finding.rule)
        if owned is None or not isinstance(owned.rule, Item):
            continue  # no park, no catalogue: see `fixed_verdicts`
        item = owned.rule
        if finding.outcome is Outcome.UNKNOWN and not _is_later(item):
            options.add(_reach(item, answers.get(item.id)))
        else:
            options.add(frozenset({contribution(item, finding.outcome)}))
    reached = {0}
    for verdicts in options:
        reached = {max(pair) for pair in product(reached, map(severity, verdicts))}
    return tuple(VERDICTS[rank] for rank in sorted(reached))


def _index(ruleset: Ruleset) -> Mapping[str, Owned[Item] | Owned[Entry] | Owned[Duty]]:
    """Every clause, entry and duty in force by its id; worked out once for a ruleset."""
    if _INDEX not in ruleset.kept:
        entries = (owned for catalogue in ruleset.catalogues.values() for owned in catalogue.entries)
        found: Iterable[Owned[Item] | Owned[Entry] | Owned[Duty]] = (*ruleset.duties, *entries, *ruleset.items)
        ruleset.kept[_INDEX] = {owned.rule.id: owned for owned in found}
    return cast("Mapping[str, Owned[Item] | Owned[Entry] | Owned[Duty]]", ruleset.kept[_INDEX])


def _most_serious_first(reason: Reason) -> tuple[int, str]:
    return (-severity(reason.worst) if reason.worst is not None else 0, reason.rule)


def _unsure(ask: Ask, stakes: _Stakes) -> Unsure:
    """Who can tell: the departments that answer for the clauses; for a class that of the environment."""
    rules = (stakes.rules[reason.rule].rule for reason in ask.reasons)
    named = [part for rule in rules if isinstance(rule, Item | Duty) for part in rule.department.split("、")]
    return Unsure(ask=ask, document=ask.question.proof, departments=tuple(dict.fromkeys(named)) or (_ENVIRONMENT,))
