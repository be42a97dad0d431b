"""Clauses that a person must answer: the question, when it arises, and what a recorded answer entails."""

from __future__ import annotations

from collections.abc import Mapping

from admission.lifecycle.lines import act_of, cites_for
from admission.lifecycle.penalties import penalty_of
from admission.lifecycle.results import JudgementLine
from admission.lifecycle.situation import Situation
from admission.rulebook.life_model import LifeJudgement
from admission.screening.project import Judgement

__all__ = ["judgement_lines"]

_HIT = ("hit", "unmet")


def judgement_lines(at: Situation) -> tuple[JudgementLine, ...]:
    """Every question that arises or may arise, answered ones first as far as they are hits."""
    answers = {answer.rule: answer for answer in at.project.judgements}
    found = []
    for rule in at.rules.judgements:
        applies = _applies(rule, at)
        in_force = rule.effective is None or rule.effective.state(at.as_of) == "in_force"
        if rule.subject == at.subject and applies is not False and in_force:
            found.append(_line(rule, applies, answers, at))
    order = ("hit", "review", "clear")
    return tuple(sorted(found, key=lambda line: (order.index(line.outcome), line.id)))


def _applies(rule: LifeJudgement, at: Situation) -> bool | None:
    if rule.trigger is None or at.history.past(*rule.trigger.any):
        return at.views.holds(rule.when)
    if at.history.uncertain(*rule.trigger.any) or rule.trigger.absent == "unknown":
        return None if at.views.holds(rule.when) is not False else False
    return False


def _line(rule: LifeJudgement, applies: bool | None, answers: Mapping[str, Judgement], at: Situation) -> JudgementLine:
    answer = answers.get(rule.id)
    outcome = "review" if answer is None else "hit" if answer.answer in _HIT else "clear"
    day = answer.when if answer else at.as_of
    penalty = None
    if outcome == "hit" and rule.penalty is not None:
        penalty = penalty_of(rule.penalty, act_of(day, None, at), at.as_of, at.rules, at.lang)
    return JudgementLine.model_validate(
        {
            "id": rule.id,
            "title": rule.title.get(at.lang),
            "question": rule.question.get(at.lang),
            "entails": rule.entails.get(at.lang),
            "outcome": outcome,
            "applies": applies,
            "department": rule.department,
            "cite": cites_for(rule.cite, (day,))[0],
            "penalty": penalty,
            "who": answer.who if answer else None,
            "when": answer.when if answer else None,
        }
    )
