"""One rule as a page shows it: what it says in words, where it stands, how sure it is, its cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from admission.errors import AdmissionError, Problem
from admission.logic import condition_key
from admission.logic.sentence import to_sentence
from admission.review.cases import Case, read_cases
from admission.review.pages.naming import named_codes
from admission.review.subjects import Subject, places_of, subjects
from admission.rulebook import Criterion, Duty, Entry, Item, Rulebook, shipped_paths
from admission.rulebook.rows import Row
from admission.rulebook.sources import read_case_sources
from admission.screening.facts import ACTIVITY
from admission.service.web.words import cite_text, period_text, say
from admission.vocabulary import FactType, Label, Value

__all__ = ["CaseView", "Part", "Shelf", "case_views", "readable", "rule_parts", "shelf", "shelved"]

_SENSITIVE = "sensitive_areas"


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a rule's page: a name, what it says, and below it the condition in words."""

    name: str
    text: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case in words: its facts, and what the rule must make of them."""

    name: str
    as_of: str
    facts: tuple[tuple[str, str], ...]
    expected: str
    needs: str


def shelved(found: Iterable[Row]) -> list[Row]:
    """Those of `found` that have a page here: the rules a project is screened by, not those of its life cycle."""
    return [row for row in found if isinstance(row.rule, Item | Entry | Duty | Criterion)]


class Shelf:
    """A rulebook with what browsing needs beside it: the industries that each rule names."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.subjects: Mapping[str, Subject] = subjects(rulebook, places_of(rulebook.files))
        self.codes = {name: named_codes(subject, rulebook) for name, subject in self.subjects.items()}
        self._texts: dict[str, str] = {}

    def text(self, row: Row) -> str:
        """All that a rule says, in small letters, to search in."""
        if row.id not in self._texts:
            lines = [row.id, row.title.zh, row.title.en, row.edition.title.zh, *map(cite_text, row.cites)]
            lines += [f"{part.text} {part.condition}" for part in rule_parts(row, self.rulebook)]
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


@lru_cache(maxsize=2)
def shelf(rulebook: Rulebook) -> Shelf:
    """The shelf of a rulebook, made once; takes a second or two."""
    return Shelf(rulebook)


class _Teller:
    """Says the parts of a rule in Chinese."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def condition(self, text: str | None, areas: tuple[str, ...] = ()) -> str:
        if text is None:
            return ""
        tree = self.rulebook.conditions.tree(condition_key(text, areas))
        return to_sentence(tree, self.rulebook.vocabulary)

    def industries(self, codes: Iterable[str]) -> str:
        known = self.rulebook.vocabulary.codes
        return "、".join(f"{code} {known.name(code)}" if known.exists(code) else code for code in codes)

    def members(self, fact: str, members: Iterable[str]) -> str:
        found = self.rulebook.vocabulary.facts.get(fact)
        known = found.members if found is not None else {}
        return "、".join(known[name].zh if name in known else name for name in members)

    def fact(self, name: str, value: Value) -> tuple[str, str]:
        """Label and value of a fact."""
        fact = self.rulebook.vocabulary.facts[name]
        label = fact.label.zh
        if isinstance(value, bool):
            return label, "是" if value else "否"
        if isinstance(value, frozenset):
            codes = fact.type is FactType.CODE
            return label, (self.industries(sorted(value)) if codes else self.members(name, sorted(value))) or "无"
        if isinstance(value, float):
            return label, f"{value:g} {fact.unit or ''}".strip()
        return label, self.members(name, (str(value),))


def rule_parts(row: Row, rulebook: Rulebook) -> list[Part]:
    """What the rule says, in reading order, without what says nothing."""
    teller = _Teller(rulebook)
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
            raise AssertionError(row.id)  # rules of the life cycle have pages of their own: see `shelved`
    return [part for part in found if part.text or part.condition]


def _zh(label: Label | None) -> str:
    return label.zh if label is not None else ""


def _item(item: Item, teller: _Teller) -> Iterator[Part]:
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


def _entry(row: Row, entry: Entry, teller: _Teller) -> Iterator[Part]:
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


def _duty(duty: Duty, teller: _Teller) -> Iterator[Part]:
    yield Part("时间", duty.before.zh)
    yield Part("责任部门", duty.department)
    yield Part("触发条件", "", teller.condition(duty.when))
    events = (teller.rulebook.milestones[event] for event in duty.done_by)
    yield Part("完成标志", "、".join(event.zh for event in events))
    yield Part("完成条件", "", teller.condition(duty.done_when))
    yield Part("条文怎样理解", _zh(duty.explanation))
    for cite in duty.cite:
        yield Part("行为发生在", period_text(cite.effective), cite_text(cite))


def _criterion(criterion: Criterion, teller: _Teller) -> Iterator[Part]:
    yield Part("权重", f"{criterion.weight:g}")
    yield Part("根据", criterion.basis.zh)
    for points in criterion.points:
        yield Part(f"得 {points.score:g} 分", "", teller.condition(points.when))
    yield Part("其他情形", f"得 {criterion.otherwise:g} 分")


def case_views(row: Row, cases: Sequence[Case], rulebook: Rulebook) -> list[CaseView]:
    """The cases of a rule in words."""
    teller, facts = _Teller(rulebook), rulebook.vocabulary.facts
    found = []
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


def readable(cases: Shelf, rule: str, paths: Iterable[Path]) -> tuple[Case, ...] | None:
    """The cases of a rule, None when the case files cannot be read."""
    try:
        return cases.cases(rule, paths)
    except AdmissionError:
        return None
