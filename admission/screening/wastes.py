"""Hazardous waste codes against the list of the day.

While the edition at hand is the law, a code that is not in it is wrong. On other days the list of
the day is another one, which is not at hand: the code stands, and whoever reads the decision is
told that it could not be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from admission._messages import ProblemCode
from admission.errors import Place, Problem
from admission.rulebook import Duty, Ruleset
from admission.screening.project import Project
from admission.vocabulary import FactType, Value, Vocabulary

__all__ = ["notes", "unlisted_codes"]

_View = Mapping[str, Value | None]


def unlisted_codes(project: Project, vocabulary: Vocabulary, on: date) -> Iterator[Problem]:
    """One problem per stated waste code that the edition in force on the day `on` does not have.

    None on the days of other editions.
    """
    table = vocabulary.wastes
    if not table.in_force(on):
        return
    parts = [(project.facts, ""), *((part.facts, f"{part.name}.") for part in project.components)]
    for facts, where in parts:
        for name, code in _unlisted(facts, vocabulary):
            values = {"actual": code, **table.refusal(code)}
            label = vocabulary.facts[name].label.zh
            yield Problem(ProblemCode.UNKNOWN_CODE, Place(project.name), f"{where}{label}", values)


def notes(duty: Duty, ruleset: Ruleset, views: Sequence[Sequence[_View]], lang: str) -> tuple[str, ...]:
    """What a duty to name waste codes cannot vouch for: the codes, on a day of another edition of the list."""
    table, vocabulary = ruleset.vocabulary.wastes, ruleset.vocabulary
    if duty.done_when is None or table.in_force(ruleset.on):
        return ()
    names = [name for name in ruleset.reads(duty.done_when) if vocabulary.facts[name].codes == "waste"]
    given = [{name: view[name] for name in names if view.get(name) is not None} for case in views for view in case]
    if not any(given):
        return ()
    unlisted = sorted({code for facts in given for _, code in _unlisted(facts, vocabulary)})
    chinese = f"代码按{table.title}核对，该版本在{ruleset.on}不适用，请对照当日有效的名录复核。"
    english = f"Codes were checked against the {table.title.en}, not in force on {ruleset.on}: see the list of the day."
    if unlisted:
        chinese += f"该版本没有：{'、'.join(unlisted)}。"
        english += f" Not in that edition: {', '.join(unlisted)}."
    return (chinese if lang == "zh" else english,)


def _unlisted(facts: Mapping[str, Value | None], vocabulary: Vocabulary) -> Iterable[tuple[str, str]]:
    """Fact and code of every waste code among `facts` that the edition at hand does not have."""
    for name, value in facts.items():
        fact = vocabulary.facts.get(name)
        if fact is not None and fact.type is FactType.CODE and fact.codes == "waste" and isinstance(value, frozenset):
            yield from ((name, code) for code in sorted(value) if not vocabulary.wastes.listed(code))
