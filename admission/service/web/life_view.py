"""A rule of the life cycle as a page shows it: what it says, what its breach costs, the histories it is held to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from admission.review.histories import RecordedHistory
from admission.review.pages.life_lines import LifeLine, LifeRule, LifeTeller
from admission.review.pages.naming import codes_in
from admission.rulebook import Rulebook
from admission.rulebook.life_model import LifeDuty, LifeJudgement, PenaltyRange
from admission.rulebook.rows import Row
from admission.screening.draft import read_answer
from admission.service.web.rule_parts import CaseView, Part, Teller
from admission.service.web.words import cite_text, period_text

__all__ = ["BreachView", "breach_views", "history_views", "life_codes", "life_parts", "penalty_notes"]

_STATES = {
    "met": "已办",
    "late": "逾期才办",
    "early": "过早",
    "overdue": "逾期未办",
    "pending": "待办",
    "unknown": "待核实",
}
_ASKED = {"True": "须由人回答", "False": "不须回答", "None": "是否须回答还不能定"}
_NOTHING = "-"


def life_parts(rule: LifeRule, rulebook: Rulebook, on: date | None = None) -> Iterator[Part]:
    """What the rule says, line by line; with a day only the penalties in force then."""
    teller = LifeTeller(rulebook)
    for line in teller.lines(rule):
        yield from _parts(line, teller, on)


def _parts(line: LifeLine, teller: LifeTeller, on: date | None) -> Iterator[Part]:
    if line.breach:
        yield Part(line.name, line.text, links=((f"/rules/breaches#{line.breach}", "什么情形、如何处罚"),))
        return
    if not line.rules:
        yield Part(line.name, line.text, line.condition)
    for rule in line.rules:
        link = (f"/rules/{rule.id}", rule.id)
        if not isinstance(rule, PenaltyRange):
            yield Part(line.name, rule.title.zh, links=(link,))
        elif on is None or rule.cite.effective.state(on) == "in_force":
            yield Part(line.name, _penalty(rule, teller), links=(link,))


def _penalty(item: PenaltyRange, teller: LifeTeller) -> str:
    """`单位，报告书：20至100 万元，依《…》第…条（2026-08-15 起）`."""
    whom, amount = teller.range(item)
    case = f"，{item.circumstance.zh}" if item.circumstance else ""
    return f"{whom}{case}：{amount}，依{cite_text(item.cite.plain)}（{period_text(item.cite.effective)}）"


def penalty_notes(rows: Iterable[Row], rulebook: Rulebook) -> Mapping[str, str]:
    """Penalty ranges among `rows` → for whom and how much, since many have one title."""
    teller = LifeTeller(rulebook)
    ranges = [row.rule for row in rows if isinstance(row.rule, PenaltyRange)]
    return {item.id: "：".join(teller.range(item)) for item in ranges}


@dataclass(frozen=True, slots=True)
class BreachView:
    """A kind of breach in words, with the duties that are broken by it and the ranges of their penalties."""

    id: str
    title: str
    meaning: str
    ended_by: str
    duties: tuple[tuple[str, str], ...]
    penalties: tuple[tuple[str, str], ...]


def breach_views(rulebook: Rulebook) -> list[BreachView]:
    """Every kind of breach, the most serious first."""
    teller, life = LifeTeller(rulebook), rulebook.life
    found = []
    for kind in life.breaches:
        duties = [duty for duty in life.duties if any(broken.breach == kind.id for broken in duty.breaches)]
        penalties = dict.fromkeys(duty.penalty for duty in duties if duty.penalty is not None)
        ranges = [item for penalty in penalties for item in life.ranges_of.get(penalty, ())]
        found.append(
            BreachView(
                kind.id,
                kind.title.zh,
                kind.meaning.zh,
                teller.events(kind.ended_by),
                tuple((duty.id, duty.title.zh) for duty in duties),
                tuple((item.id, _penalty(item, teller)) for item in ranges),
            )
        )
    return found


def life_codes(rule: Row, rulebook: Rulebook) -> tuple[str, ...]:
    """The industries that the condition of a rule of the life cycle names."""
    when = getattr(rule.rule, "when", None)
    return () if when is None else codes_in([rulebook.conditions.tree(when)], rulebook)


def history_views(
    rule: LifeDuty | LifeJudgement, histories: Iterable[RecordedHistory], rulebook: Rulebook
) -> list[CaseView]:
    """The histories of a duty or question in words."""
    teller = _HistoryTeller(rulebook)
    return [
        CaseView(f"第 {number} 例", one.as_of.isoformat(), teller.stated(one), *teller.expected(rule, one))
        for number, one in enumerate(histories, 1)
    ]


class _HistoryTeller:
    """Says a recorded history and what its rule makes of it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._facts = Teller(rulebook)
        self._life = LifeTeller(rulebook)

    def stated(self, one: RecordedHistory) -> tuple[tuple[str, str], ...]:
        """Facts, then milestones with their days."""
        vocabulary, found = self._rulebook.vocabulary, []
        for name, written in one.facts.items():
            value = read_answer(vocabulary.facts[name], _given(str(written)), vocabulary)
            unsure = (vocabulary.facts[name].label.zh, "不清楚")
            found.append(unsure if value is None else self._facts.fact(name, value))
        return (*found, *((self._life.events([event]), day) for event, day in one.events))

    def expected(self, rule: LifeDuty | LifeJudgement, one: RecordedHistory) -> tuple[str, str]:
        """What the rule makes of it, and the milestones whose days are missing."""
        if isinstance(rule, LifeJudgement):
            return "、".join(_ASKED[text] for text in one.gives), ""
        asked = [word[1:] for text in one.gives for word in text.split() if word.startswith("?")]
        return "；".join(map(self._occurrence, one.gives)) or "没有这项义务", self._life.events(dict.fromkeys(asked))

    def _occurrence(self, text: str) -> str:
        """`期限 2024-06-11，2024-06-10 已办` for one occurrence of a duty."""
        due, act, *words = text.split()
        states = [_STATES[word] for word in words if word in _STATES]
        breaches = [self._rulebook.life.breach_kinds[word[1:]].title.zh for word in words if word.startswith("!")]
        done = "" if act == _NOTHING else f"{act} 办理，"
        limit = "" if due == _NOTHING else f"期限 {due}，"
        return f"{limit}{done}{'、'.join(states)}" + (f"，违法情形：{'、'.join(breaches)}" if breaches else "")


def _given(text: str) -> str | list[str]:
    """A value as a document writes it: `[a, b]` is several."""
    return [part.strip() for part in text[1:-1].split(",") if part.strip()] if text.startswith("[") else text
