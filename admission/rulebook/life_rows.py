"""The life-cycle rules in the shape of all others: duties, questions for a person, penalty ranges, material changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from admission.rulebook.life_model import LifeDuty, LifeJudgement, MaterialItem, PenaltyRange
from admission.rulebook.model import DutyCite, Edition, Layer, Period, Status
from admission.rulebook.rows import Row, binding, rows
from admission.rulebook.rulebook import Rulebook
from admission.vocabulary import Label

__all__ = ["life_rows", "penalty_titles", "selected"]

_WHERE = "rules/three_simultaneities"
_READ = "high"
_TITLES = {
    "life": Label(zh="全过程义务", en="Duties of the life cycle"),
    "question": Label(zh="须由人回答的问题", en="Questions for a person"),
    "penalty": Label(zh="罚则", en="Penalty ranges"),
    "change": Label(zh="重大变动情形", en="Material changes"),
}
_OF_A_LIST = Label(zh="违反生态环境准入清单建设", en="Built against the admission list")


def selected(rulebook: Rulebook, park: str | None, on: date | None, today: date) -> list[Row]:
    """All rules; with a park those that bind it on the day; with a day alone those in force then."""
    found, life = list(rows(rulebook)), list(life_rows(rulebook))
    if park is not None:
        day = on or today
        names = binding(rulebook.in_force(park, on=day))
        in_force = [row for row in life if row.effective.state(day) == "in_force"]
        return [*(row for row in found if row.id in names), *in_force]
    found += life
    if on is None:
        return found
    return [row for row in found if {row.effective.state(on), row.edition.effective.state(on)} == {"in_force"}]


def life_rows(rulebook: Rulebook) -> Iterator[Row]:
    """Every one, in the order of the files; in force from the first of its citations to the end of the last."""
    life, titles = rulebook.life, penalty_titles(rulebook)
    for duty in life.duties:
        yield _row(duty, "life", duty.title, duty.cite, duty.status)
    for asked in life.judgements:
        yield _row(asked, "question", asked.title, asked.cite, asked.status)
    for item in life.penalties:
        status = Status.VERIFIED if item.confidence == _READ else Status.UNVERIFIED
        yield _row(item, "penalty", titles[item.penalty], (item.cite,), status)
    for change in life.material_change:
        yield _row(change, "change", change.title, (change.cite,), change.status)


def penalty_titles(rulebook: Rulebook) -> Mapping[str, Label]:
    """Penalty → the duty or question whose breach it follows."""
    titles = {item.penalty: _OF_A_LIST for item in rulebook.life.penalties}
    rules: list[LifeDuty | LifeJudgement] = [*rulebook.life.duties, *rulebook.life.judgements]
    for rule in reversed(rules):
        if rule.penalty is not None:
            titles[rule.penalty] = rule.title
    return titles


def _row(
    rule: LifeDuty | LifeJudgement | PenaltyRange | MaterialItem,
    kind: str,
    title: Label,
    cites: Sequence[DutyCite],
    status: Status,
) -> Row:
    ends = [cite.effective.end for cite in cites]
    first = min(cite.effective.start for cite in cites)
    last = None if None in ends else max(end for end in ends if end is not None)
    period = getattr(rule, "effective", None) or Period(start=first, end=last)
    plain = tuple(cite.plain for cite in cites)
    return Row(rule.id, kind, title, plain, status, rule.confidence, period, rule.provenance, _edition(kind), rule)


@cache
def _edition(kind: str) -> Edition:
    """They stand in files by subject; listed, they are grouped by kind."""
    return Edition(
        edition=f"CN-LIFE-{kind.upper()}",
        kind="duty",
        layer=Layer.NATIONAL,
        title=_TITLES[kind],
        effective=Period(start=date.min, end=None),
        provenance=_WHERE,
    )
