"""One rule as a page shows it: what it says in words, where it stands, how sure it is, its cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from admission.errors import AdmissionError, Problem
from admission.review.cases import Case, read_cases
from admission.review.histories import RecordedHistory, read_histories
from admission.review.pages.naming import named_codes
from admission.review.subjects import Subject, places_of, subjects
from admission.rulebook import Criterion, Duty, Entry, Item, Rulebook, shipped_paths
from admission.rulebook.life_model import LifeDuty, LifeJudgement
from admission.rulebook.life_rows import life_rows
from admission.rulebook.rows import Row
from admission.rulebook.sources import read_case_sources, read_history_sources
from admission.screening.facts import ACTIVITY
from admission.service.web.life_view import history_views, life_codes, life_parts
from admission.service.web.rule_parts import CaseView, Part, Teller
from admission.service.web.words import cite_text, period_text, say
from admission.vocabulary import Label

__all__ = ["Shelf", "case_views", "rule_parts", "shelf"]

_SENSITIVE = "sensitive_areas"


class Shelf:
    """A rulebook with what browsing needs beside it: the industries that each rule names."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.subjects: Mapping[str, Subject] = subjects(rulebook, places_of(rulebook.files))
        self.codes = {name: named_codes(subject, rulebook) for name, subject in self.subjects.items()}
        self.codes |= {row.id: life_codes(row, rulebook) for row in life_rows(rulebook)}
        self._texts: dict[str, str] = {}

    def text(self, row: Row) -> str:
        """All that a rule says, in small letters, to search in."""
        if row.id not in self._texts:
            lines = [row.id, row.title.zh, row.title.en, row.edition.title.zh, *map(cite_text, row.cites)]
            lines += [_whole(part) for part in rule_parts(row, self.rulebook)]
            self._texts[row.id] = "\n".join(lines).casefold()
        return self._texts[row.id]

    def concerns(self, rule: str, code: str) -> bool:
        """Does a rule name the industry `code`, a group above it or one inside it?"""
        return any(named.startswith(code) or code.startswith(named) for named in self.codes.get(rule, ()))

    def cases(self, rule: str, paths: Iterable[Path]) -> tuple[Case, ...]:
        """The cases of one rule in the case files of `paths`, by default the shipped ones."""
        files = read_case_sources(tuple(paths) or shipped_paths())
        mine = [file for file in files if rule.encode() in file[1]]
        wrong: list[Problem] = []
        found = read_cases(mine, self.rulebook, self.subjects, wrong)
        return tuple(case for case in found if any(expected.rule == rule for expected in case.expect))

    def histories(self, rule: str, paths: Iterable[Path]) -> tuple[RecordedHistory, ...]:
        """The histories of one rule of the life cycle in the files of `paths`, by default the shipped ones."""
        files = read_history_sources(tuple(paths) or shipped_paths())
        mine = [(name, _lines_with(rule, data)) for name, data in files if rule.encode() in data]
        return read_histories(mine).get(rule, ())


def _lines_with(rule: str, data: bytes) -> bytes:
    """The lines that name a rule, each in its place; the others empty."""
    return b"\n".join(line if rule.encode() in line else b"" for line in data.split(b"\n"))


@lru_cache(maxsize=2)
def shelf(rulebook: Rulebook) -> Shelf:
    """The shelf of a rulebook, made once; takes a second or two."""
    return Shelf(rulebook)


def rule_parts(row: Row, rulebook: Rulebook, on: date | None = None) -> list[Part]:
    """What the rule says, in reading order, without what says nothing; with a day only the penalties of that day."""
    teller = Teller(rulebook)
    match row.rule:
        case Item():
            found = _item(row.rule, teller)
        case Entry():
            found = _entry(row, row.rule, teller)
        case Duty():
            found = _duty(row.rule, teller)
        case Criterion():
            found = _criterion(row.rule, teller)
        case _:
            found = life_parts(row.rule, rulebook, on)
    return [part for part in found if part.text or part.condition or part.links]


def _whole(part: Part) -> str:
    return " ".join((part.text, part.condition, *(text for _, text in part.links)))


def _zh(label: Label | None) -> str:
    return label.zh if label is not None else ""


def _item(item: Item, teller: Teller) -> Iterator[Part]:
    yield Part("性质", f"{say(item.effect, 'effect')} · {say(item.dimension, 'dimension')}")
    yield Part("责任部门", item.department)
    yield Part("何时落实", say(item.stage, "stage"))
    yield Part("触发条件", "", teller.condition(item.when))
    yield Part("应当满足", "", teller.condition(item.must))
    yield Part("不满足时", say(item.unmet, "unmet") if item.must is not None else "")
    yield Part("须由人回答", _zh(item.judgement))
    yield Part("整改办法", _zh(item.remedy))
    yield Part("条文怎样理解", _zh(item.explanation))
    yield Part("细化的上位条款", "、".join(item.refines))


def _entry(row: Row, entry: Entry, teller: Teller) -> Iterator[Part]:
    areas = entry.sensitive_areas
    named = teller.industries(code for code in entry.industries if not code.startswith("-"))
    other = "名录其他条目没有列入的行业" if entry.industries_other else ""
    yield Part("行业", "、".join(filter(None, (named, other))))
    yield Part("不含行业", teller.industries(code[1:] for code in entry.industries if code.startswith("-")))
    yield Part("工作内容", teller.members(ACTIVITY, entry.activities))
    yield Part("也适用于", "", teller.condition(entry.implied_by, areas))
    yield Part("适用范围", "", teller.condition(entry.scope, areas))
    yield Part("环境敏感区", teller.members(_SENSITIVE, areas))
    for level in row.edition.levels:
        if level in entry.levels:
            cell = entry.levels[level]
            yield Part(row.edition.level_labels[level].zh, cell.text, teller.condition(cell.when, areas))
    yield Part("条文怎样理解", _zh(entry.reading))


def _duty(duty: Duty, teller: Teller) -> Iterator[Part]:
    yield Part("时间", duty.before.zh)
    yield Part("责任部门", duty.department)
    yield Part("触发条件", "", teller.condition(duty.when))
    events = (teller.rulebook.milestones[event] for event in duty.done_by)
    yield Part("完成标志", "、".join(event.zh for event in events))
    yield Part("完成条件", "", teller.condition(duty.done_when))
    yield Part("条文怎样理解", _zh(duty.explanation))
    for cite in duty.cite:
        yield Part("行为发生在", period_text(cite.effective), cite_text(cite))


def _criterion(criterion: Criterion, teller: Teller) -> Iterator[Part]:
    yield Part("权重", f"{criterion.weight:g}")
    yield Part("根据", criterion.basis.zh)
    for points in criterion.points:
        yield Part(f"得 {points.score:g} 分", "", teller.condition(points.when))
    yield Part("其他情形", f"得 {criterion.otherwise:g} 分")


def case_views(row: Row, rulebook: Rulebook, paths: Iterable[Path]) -> list[CaseView] | None:
    """The cases of a rule in words, from the files of `paths`; None when these cannot be read."""
    try:
        if isinstance(row.rule, LifeDuty | LifeJudgement):
            return history_views(row.rule, shelf(rulebook).histories(row.id, paths), rulebook)
        return _case_views(row, shelf(rulebook).cases(row.id, paths), rulebook)
    except AdmissionError:
        return None


def _case_views(row: Row, cases: Sequence[Case], rulebook: Rulebook) -> list[CaseView]:
    teller, facts, found = Teller(rulebook), rulebook.vocabulary.facts, []
    for case in cases:
        words = next(expected.found for expected in case.expect if expected.rule == row.id)
        expected = " 或 ".join(_outcome(word, row) for word in words)
        stated = tuple(teller.fact(name, value) for name, value in case.values.items())
        needs = "、".join(facts[name].label.zh for name in case.needs)
        found.append(CaseView(case.name, case.as_of.isoformat(), stated, expected, needs))
    return found


_OUTCOMES = {
    "pending": "待办",
    "met": "已完成",
    "none": "各栏都不符",
    "not_in_force": "不在有效期",
    "review": "需人工研判",
}


def _outcome(word: str, row: Row) -> str:
    labels = row.edition.level_labels
    if word in labels:
        return labels[word].zh
    if row.kind == "score" and word.replace(".", "", 1).isdigit():
        return f"{word} 分"
    if word in _OUTCOMES and (row.kind == "duty" or word not in ("met",)):
        return _OUTCOMES[word]
    return say(word)
