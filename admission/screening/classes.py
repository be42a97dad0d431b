"""From classification to the lines of a decision, and to the facts that could still change it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from admission.logic import condition_key, open_facts
from admission.logic.trace import summary
from admission.rulebook import Absence, Catalogue, Entry, Ruleset
from admission.screening.catalogue import NONE, Classification, EntryResult, classify
from admission.screening.decision import ClassResult, EntryLine
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts

__all__ = ["absence_reason", "class_result", "classifications", "entry_needs", "still_open"]

_REASONS = {
    "not_yet": {"zh": "尚未施行", "en": "not yet in force"},
    "ended": {"zh": "已经失效", "en": "no longer in force"},
    "never": {"zh": "规则库中没有", "en": "not in this rulebook"},
}
_NAMES = {
    Catalogue.EIA: {"zh": "环评分类管理名录", "en": "EIA catalogue"},
    Catalogue.PERMIT: {"zh": "排污许可分类管理名录", "en": "permit catalogue"},
}


def classifications(ruleset: Ruleset, components: tuple[ComponentFacts, ...]) -> dict[Catalogue, Classification | None]:
    """The classification under each catalogue, None where no edition is in force."""
    return {
        kind: classify(ruleset.catalogues[kind], components, ruleset) if kind in ruleset.catalogues else None
        for kind in Catalogue
    }


def absence_reason(absence: Absence, on: date, lang: str) -> str:
    """Why there is no catalogue on that day, as a sentence."""
    name, reason = _NAMES[Catalogue(absence.subject)][lang], _REASONS[absence.reason][lang]
    if lang == "en":
        return f"No {name} for {on}: {reason}; the class needs a person."
    return f"{on} 这一天没有可用的{name}（{reason}），类别须人工判定。"


def class_result(found: Classification | None, kind: Catalogue, ruleset: Ruleset, lang: str) -> ClassResult:
    """The class with every entry that concerns the project, strictest first.

    Without a catalogue in force every class stays possible. Entries that are merely conceivable
    because a component has neither industry nor activity are not listed one by one.
    """
    if found is None:
        levels = {level for e in ruleset.rulebook.editions.values() if e.catalogue is kind for level in e.levels}
        known = [e.levels for e in ruleset.rulebook.editions.values() if e.catalogue is kind]
        order = known[0] if known else tuple(sorted(levels))
        return ClassResult(level=None, possible=(*order, NONE), entries=())
    rank = {level: position for position, level in enumerate(found.order)}
    shown = [result for result in found.results if _is_shown(result)]
    shown.sort(key=lambda r: (rank[r.possible[0]], rank[r.possible[-1]], r.entry.rule.id, r.component.name))
    lines = tuple(_line(result, ruleset, lang) for result in shown)
    return ClassResult(level=found.level, possible=found.possible, entries=lines)


def _is_shown(result: EntryResult) -> bool:
    unidentified = result.component.values[INDUSTRY] is None and result.component.values[ACTIVITY] is None
    return not unidentified and (result.applies is not False or _has_scope(result.entry.rule))


def _has_scope(entry: Entry) -> bool:
    return entry.scope is not None


def _line(result: EntryResult, ruleset: Ruleset, lang: str) -> EntryLine:
    entry, edition = result.entry.rule, result.entry.edition
    article = f"第{entry.entry}项" if lang == "zh" else f"entry {entry.entry}"
    return EntryLine(
        rule=entry.id,
        entry=entry.entry,
        title=entry.title.get(lang),
        level=result.level,
        possible=result.possible,
        component=result.component.name,
        cite=edition.cite(article),
        status=entry.status,
        why=_why(result, ruleset, lang),
        needs=entry_needs(result, ruleset),
    )


def _why(result: EntryResult, ruleset: Ruleset, lang: str) -> str:
    """The cell that decides, and the facts that decide it."""
    entry, values, tree = result.entry.rule, result.component.values, ruleset.conditions.tree
    if result.applies is False and entry.scope is not None:
        scope = summary(tree(condition_key(entry.scope, entry.sensitive_areas)), values, ruleset.vocabulary, lang)
        return f"不在本项范围：{scope}" if lang == "zh" else f"outside the entry: {scope}"
    level = result.level
    if level is None:
        asked = "、".join(ruleset.vocabulary.facts[name].label.get(lang) for name in entry_needs(result, ruleset))
        return f"尚不清楚：{asked}" if lang == "zh" else f"still unknown: {asked}"
    if level == NONE:
        return "不符合本项任何一栏" if lang == "zh" else "no cell of the entry is met"
    cell = entry.levels[level]
    reasons = summary(tree(condition_key(cell.when, entry.sensitive_areas)), values, ruleset.vocabulary, lang)
    return f"{cell.text}（{reasons}）" if lang == "zh" else f"{cell.text} ({reasons})"


def entry_needs(result: EntryResult, ruleset: Ruleset, stricter_than: str | None = None) -> tuple[str, ...]:
    """Unknown facts that the result of an entry hangs on, in the order to ask them.

    With `stricter_than` only those that can lead to a stricter level than that.
    """
    if result.level is not None:
        return ()
    entry, values, tree = result.entry.rule, result.component.values, ruleset.conditions.tree
    names: list[str] = []
    if result.applies is None:
        for text in (entry.implied_by, entry.scope):
            if text is not None:
                names.extend(open_facts(tree(condition_key(text, entry.sensitive_areas)), values))
        if values[INDUSTRY] is None or _is_partial(result):
            names.append(INDUSTRY)
    for level in result.open_levels:
        if stricter_than is not None and not _is_stricter(level, stricter_than, result):
            continue
        names.extend(open_facts(tree(condition_key(entry.levels[level].when, entry.sensitive_areas)), values))
    return ruleset.askable(names, values)


def _is_partial(result: EntryResult) -> bool:
    """Was the industry given too coarsely to tell? (`34` where the entry says `344`)"""
    codes = result.component.values[INDUSTRY]
    prefixes = [code.lstrip("-") for code in result.entry.rule.industries]
    return isinstance(codes, frozenset) and any(
        prefix.startswith(code) and prefix != code for code in codes for prefix in prefixes
    )


def _is_stricter(level: str, other: str, result: EntryResult) -> bool:
    order = (*result.entry.edition.levels, NONE)
    return order.index(level) < order.index(other)


def still_open(found: Classification | None, ruleset: Ruleset) -> Iterator[tuple[str, EntryResult]]:
    """Facts that can still change the project's class, with the entry result each belongs to."""
    if found is None or found.level is not None:
        return
    mildest = found.possible[-1]
    for result in found.results:
        if result.level is None:
            for name in entry_needs(result, ruleset, stricter_than=mildest):
                yield name, result
