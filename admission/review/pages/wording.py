"""What pages say about parts of a rule, in Chinese; every text returned is Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from admission.logic import condition_key
from admission.logic.sentence import to_sentence
from admission.review.bench import Bench
from admission.review.cases import NOT_APPLICABLE, NOT_IN_FORCE
from admission.review.pages.markdown import escape
from admission.review.subjects import Subject
from admission.rulebook import Cite, Edition, Period
from admission.rulebook.workbook_layout import CHOICES
from admission.screening.catalogue import NONE
from admission.screening.facts import ACTIVITY
from admission.screening.verdict import Outcome

__all__ = ["Teller", "cite_text", "period_text", "status_text"]

_UNDECIDED = "待定"
_PLACES = {"park": "园区", "city": "城市", "river_basin": "流域"}
_OUTCOMES = {
    Outcome.HIT: "命中",
    Outcome.CLEAR: "不涉及",
    Outcome.MET: "已满足",
    Outcome.UNMET: "未满足",
    Outcome.REVIEW: "需人工研判",
    Outcome.UNKNOWN: _UNDECIDED,
    "pending": "待办",
    NONE: "各栏都不符",
    NOT_APPLICABLE: "不适用",
    NOT_IN_FORCE: "不在有效期",
}


def period_text(period: Period) -> str:
    """`2021-03-01 起` or `2021-03-01 至 2026-08-14`."""
    return f"{period.start} 起" if period.end is None else f"{period.start} 至 {period.end}"


def cite_text(cite: Cite, period: Period | None = None) -> str:
    """`《文件》（文号）条款`, with the time in which it is the text to quote, and where it can be read."""
    number = f"（{cite.number}）" if cite.number else ""
    when = f"（{period_text(period)}）" if period else ""
    url = f" <{cite.url}>" if cite.url else ""
    return escape(f"《{cite.document}》{number}{cite.article or ''}{when}") + url


def status_text(status: str, confidence: str | None = None) -> str:
    """`已核实，把握高`."""
    sure = f"，把握{CHOICES['confidence'][confidence]}" if confidence else ""
    return CHOICES["status"][status] + sure


class Teller:
    """Says what needs the rulebook or the cases to be said."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.rulebook = bench.rulebook
        self.codes = bench.rulebook.vocabulary.codes

    def condition(self, text: str | None, areas: Sequence[str] = ()) -> str:
        """A condition in words; empty without one."""
        if text is None:
            return ""
        tree = self.rulebook.conditions.tree(condition_key(text, tuple(areas)))
        return escape(to_sentence(tree, self.rulebook.vocabulary))

    def industries(self, codes: Iterable[str]) -> str:
        """`341 锅炉及原动设备制造、…`."""
        return escape("、".join(map(self.industry, codes)))

    def industry(self, code: str) -> str:
        """`341 锅炉及原动设备制造`; not escaped."""
        return f"{code} {self.codes.name(code)}" if self.codes.exists(code) else code

    def members(self, fact: str, members: Iterable[str]) -> str:
        """Options of an enum or set fact by their names."""
        known = self.rulebook.vocabulary.facts[fact].members if fact in self.rulebook.vocabulary.facts else {}
        return escape("、".join(known[name].zh if name in known else name for name in members))

    def activities(self, members: Iterable[str]) -> str:
        """Kinds of work by their names."""
        return self.members(ACTIVITY, members)

    def scope(self, edition: Edition) -> str:
        """For whom an edition is law: `国家`, `园区：重庆石柱工业园区`."""
        names = [self._place(kind, name) for kind, name in edition.applies_to.items()]
        return escape("：".join([CHOICES["layer"][edition.layer], *filter(None, ["、".join(names)])]))

    def _place(self, kind: str, name: str) -> str:
        park = self.rulebook.parks.get(name) if kind == "park" else None
        return park.name.zh if park is not None else f"{_PLACES[kind]} {name}"

    def level(self, edition: Edition, level: str) -> str:
        """The name of a class."""
        return escape(edition.level_labels[level].zh)

    def cases(self, subject: Subject) -> str:
        """`12 个：环境影响报告书 4，待定 2`: how many cases, and what they come out as."""
        found: Counter[str] = Counter()
        for case in self.bench.cases_of.get(subject.id, ()):
            found.update(self._outcome(e.found, subject) for e in case.expect if e.rule == subject.id)
        counts = "，".join(
            f"{name} {count}" for name, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        )
        return f"{found.total()} 个：{counts}" if found else "没有"

    def _outcome(self, found: tuple[str, ...], subject: Subject) -> str:
        if len(found) != 1:
            return _UNDECIDED
        if subject.kind == "duty" and found[0] == Outcome.MET:
            return "已完成"
        if subject.kind == "criterion" and found[0] not in _OUTCOMES:
            return f"{found[0]} 分"
        labels = subject.owned.edition.level_labels
        return labels[found[0]].zh if found[0] in labels else _OUTCOMES[found[0]]
