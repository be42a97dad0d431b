"""The lines of one rule or fact for `admission rules show`: (name, text) pairs in reading order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from admission.cli.class_text import class_label
from admission.cli.decision_text import cite_text
from admission.cli.words import departments, label, period_text, say
from admission.logic import condition_key
from admission.logic.sentence import Writer, to_sentence
from admission.rulebook import Cite, Criterion, Dimension, Duty, Entry, Item, Period, Rulebook
from admission.rulebook.rows import Row, rows
from admission.vocabulary import Fact, FactType, Label

__all__ = ["fact_lines", "rule_lines"]

Lines = Iterator[tuple[str, str]]
_SENSITIVE = "sensitive_areas"
_ACTIVITY = "activity"
_USED_AT_MOST = 12


class _Told:
    """Says the parts of a rule in one language."""

    def __init__(self, rulebook: Rulebook, lang: str) -> None:
        self.rulebook = rulebook
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    def pair(self, key: str, text: str | Label | None) -> Lines:
        """One line, or none when there is nothing to say."""
        if text:
            yield self.say(f"show {key}"), text.get(self.lang) if isinstance(text, Label) else text

    def joined(self, texts: Iterable[str]) -> str:
        return self.say("comma").join(texts)

    def condition(self, text: str | None, areas: tuple[str, ...] = ()) -> str | None:
        """A condition in words."""
        if text is None:
            return None
        tree = self.rulebook.conditions.tree(condition_key(text, areas))
        return to_sentence(tree, self.rulebook.vocabulary, self.lang)

    def members(self, fact_name: str, members: Iterable[str]) -> str:
        fact = self.rulebook.vocabulary.facts.get(fact_name)
        known = fact.members if fact is not None else {}
        return self.joined(known[member].get(self.lang) if member in known else member for member in members)

    def cite(self, cite: Cite, period: Period | None = None) -> str:
        number = self.say("brackets", text=cite.number) if cite.number else ""
        when = self.say("brackets", text=period_text(period, self.lang)) if period else ""
        return cite_text(cite, self.lang) + number + when


def rule_lines(row: Row, rulebook: Rulebook, lang: str) -> Lines:
    """Citation, what the rule says, how sure we are and where it was read."""
    told = _Told(rulebook, lang)
    yield from _cite_lines(row, told)
    match row.rule:
        case Item():
            yield from _item_lines(row.rule, told)
        case Entry():
            yield from _entry_lines(row, row.rule, told)
        case Duty():
            yield from _duty_lines(row.rule, told)
        case Criterion():
            yield from _criterion_lines(row.rule, told)
    status = label(row.status, lang)
    if row.confidence is not None:
        status = told.say("confidence", status=status, confidence=told.say(f"confidence {row.confidence}"))
    yield from told.pair("status", status)
    yield from told.pair("period", period_text(row.effective, lang))
    yield from told.pair("source", row.provenance)


def _cite_lines(row: Row, told: _Told) -> Lines:
    periods = [cite.effective for cite in row.rule.cite] if isinstance(row.rule, Duty) else [None] * len(row.cites)
    for position, (cite, period) in enumerate(zip(row.cites, periods, strict=True)):
        yield "" if position else told.say("show cite"), told.cite(cite, period)
        if cite.url:
            yield told.say("show url"), cite.url
    edition = row.edition
    layer = label(edition.layer, told.lang)
    text = f"{edition.edition} {edition.title.get(told.lang)}" + told.say("brackets", text=layer)
    yield told.say("show edition"), text


def _item_lines(item: Item, told: _Told) -> Lines:
    parts = (label(item.effect, told.lang), label(item.dimension, told.lang, Dimension))
    yield from told.pair("effect", " · ".join(parts))
    yield from told.pair("department", departments(item.department, told.lang))
    yield from told.pair("when", told.condition(item.when))
    yield from told.pair("must", told.condition(item.must))
    yield from told.pair("judgement", item.judgement)
    yield from told.pair("remedy", item.remedy)
    yield from told.pair("reading", item.explanation)
    yield from told.pair("refines", told.joined(item.refines))


def _entry_lines(row: Row, entry: Entry, told: _Told) -> Lines:
    codes = told.rulebook.vocabulary.codes
    named = [f"{code} {codes.name(code)}" for code in entry.industries if not code.startswith("-")]
    if entry.industries_other:
        named.append(told.say("other industries"))
    excluded = (code[1:] for code in entry.industries if code.startswith("-"))
    yield from told.pair("industries", told.joined(named))
    yield from told.pair("excluded", told.joined(f"{code} {codes.name(code)}" for code in excluded))
    yield from told.pair("activities", told.members(_ACTIVITY, entry.activities))
    yield from told.pair("implied", told.condition(entry.implied_by, entry.sensitive_areas))
    yield from told.pair("scope", told.condition(entry.scope, entry.sensitive_areas))
    yield from told.pair("areas", told.members(_SENSITIVE, entry.sensitive_areas))
    order = row.edition.levels
    for level in sorted(entry.levels, key=order.index):
        cell = entry.levels[level]
        kind = row.edition.catalogue
        name = level if kind is None else class_label(told.rulebook, kind, level, told.lang)
        yield name, cell.text
        yield (
            "",
            told.say("level text", level=told.say("show when"), text=told.condition(cell.when, entry.sensitive_areas)),
        )
    yield from told.pair("reading", entry.reading)


def _duty_lines(duty: Duty, told: _Told) -> Lines:
    yield from told.pair("department", departments(duty.department, told.lang))
    yield from told.pair("when", told.condition(duty.when))
    yield from told.pair("before", duty.before)
    events = (told.rulebook.milestones[event] for event in duty.done_by)
    yield from told.pair("done", told.joined(event.en if told.lang == "en" else event.zh for event in events))
    yield from told.pair("done", told.condition(duty.done_when))
    yield from told.pair("reading", duty.explanation)


def _criterion_lines(criterion: Criterion, told: _Told) -> Lines:
    yield from told.pair("weight", f"{criterion.weight:g}")
    yield from told.pair("basis", criterion.basis)
    name = told.say("show when")
    for points in criterion.points:
        yield name, told.say("points", score=f"{points.score:g}", when=told.condition(points.when))
        name = ""
    yield name, told.say("otherwise", score=f"{criterion.otherwise:g}")
    if criterion.counts_duties:
        yield "", told.say("counts duties")


def fact_lines(fact: Fact, rulebook: Rulebook, lang: str) -> Lines:
    """What a fact means, how to ask for it, what proves it, and which rules read it."""
    told = _Told(rulebook, lang)
    yield from told.pair("type", label(fact.type, lang))
    if fact.unit:
        yield from told.pair("unit", Writer(rulebook.vocabulary, lang).unit(fact.unit))
    yield from told.pair("range", _range_text(fact, told))
    yield from told.pair("meaning", fact.meaning)
    yield from told.pair("ask", told.say("internal") if fact.internal else fact.ask)
    yield from told.pair("proof", fact.proof)
    if fact.type in (FactType.ENUM, FactType.SET):
        members = (f"{name} {words.get(lang)}" for name, words in fact.members.items())
        yield from told.pair("members", told.joined(members))
    yield from told.pair("aliases", told.joined(fact.aliases))
    yield from told.pair("define", told.condition(fact.define))
    users = [row.id for row in rows(rulebook) if any(fact.name in rulebook.reads(key) for key in _keys(row))]
    shown = told.joined(users[:_USED_AT_MOST])
    if len(users) > _USED_AT_MOST:
        shown = told.say("and others", items=shown, count=len(users))
    yield from told.pair("used", shown or told.say("used by none"))
    yield from told.pair("source", told.joined(fact.source))


def _range_text(fact: Fact, told: _Told) -> str | None:
    if fact.range is None:
        return None
    number = Writer(told.rulebook.vocabulary, told.lang).number
    low, high = (told.say("open end") if bound is None else number(bound, None) for bound in fact.range)
    return told.say("range", low=low, high=high)


def _keys(row: Row) -> Iterator[str]:
    """The keys of every condition of a rule."""
    rule = row.rule
    if isinstance(rule, Entry):
        texts = (rule.implied_by, rule.scope, *(level.when for level in rule.levels.values()))
        yield from (condition_key(text, rule.sensitive_areas) for text in texts if text is not None)
    elif isinstance(rule, Criterion):
        yield from (points.when for points in rule.points)
    elif isinstance(rule, Item | Duty):
        yield rule.when
        if isinstance(rule, Item) and rule.must is not None:
            yield rule.must
