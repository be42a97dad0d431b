"""Clauses that a person must answer: the question, when it arises, and what a recorded answer entails."""

from __future__ import annotations

from typing import cast

from admission.lifecycle.lines import act_of, cites_for
from admission.lifecycle.penalties import penalty_of
from admission.lifecycle.results import JudgementLine
from admission.lifecycle.situation import Situation
from admission.rulebook.life_model import LifeJudgement
from admission.screening.project import Judgement

__all__ = ["applies", "judgement_lines"]

_HIT = ("hit", "unmet")
_ORDER = {"hit": 0, "review": 1, "clear": 2}


def judgement_lines(at: Situation) -> tuple[JudgementLine, ...]:
    """Every question that arises or may arise, answered ones first as far as they are hits."""
    answers = {answer.rule: answer for answer in at.project.judgements}
    found = []
    for rule in at.rules.judgements_of.get(at.subject, ()):
        arises = applies(rule, at)
        if arises is not False and (rule.effective is None or rule.effective.state(at.as_of) == "in_force"):
            answer = answers.get(rule.id)
            found.append(_open(rule, arises, at) if answer is None else _answered(rule, arises, answer, at))
    return tuple(sorted(found, key=lambda line: (_ORDER[line.outcome], line.id)))


def applies(rule: LifeJudgement, at: Situation) -> bool | None:
    """Does the question arise; None: it may."""
    trigger = rule.trigger
    if trigger is None or at.history.past(*trigger.any):
        return at.views.holds(rule.when)
    if trigger.absent == "unknown" or at.history.uncertain(*trigger.any):
        return None if at.views.holds(rule.when) is not False else False
    return False


def _open(rule: LifeJudgement, arises: bool | None, at: Situation) -> JudgementLine:
    """The line of a question that nobody has answered: the same for every project under the law of the day."""
    cite = cites_for(rule.cite, (at.as_of,))[0]
    key = ("judgement", rule.id, arises, at.lang, id(cite))
    if key not in at.rules.kept:
        at.rules.kept[key] = _line(rule, arises, at.lang, outcome="review", cite=cite)
    return cast(JudgementLine, at.rules.kept[key])


def _answered(rule: LifeJudgement, arises: bool | None, answer: Judgement, at: Situation) -> JudgementLine:
    outcome = "hit" if answer.answer in _HIT else "clear"
    penalty = None
    if outcome == "hit" and rule.penalty is not None:
        penalty = penalty_of(rule.penalty, act_of(answer.when, None, at), at.as_of, at.rules, at.lang)
    cite = cites_for(rule.cite, (answer.when,))[0]
    who = {"who": answer.who, "when": answer.when}
    return _line(rule, arises, at.lang, outcome=outcome, cite=cite, penalty=penalty, **who)


def _line(rule: LifeJudgement, arises: bool | None, lang: str, **found: object) -> JudgementLine:
    return JudgementLine.model_validate(
        {
            "id": rule.id,
            "title": rule.title.get(lang),
            "question": rule.question.get(lang),
            "entails": rule.entails.get(lang),
            "applies": arises,
            "department": rule.department,
            "penalty": None,
            "who": None,
            "when": None,
            **found,
        }
    )
