"""From classification to the lines of a decision, and to the facts that could still change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from admission.logic import condition_key
from admission.logic.nodes import Constant
from admission.logic.trace import summary
from admission.rulebook import Catalogue, Ruleset
from admission.screening.catalogue import NONE, Classification, EntryResult, classify
from admission.screening.decision import ClassResult, EntryLine
from admission.screening.facts import ACTIVITY, INDUSTRY, ComponentFacts

__all__ = ["Classifications", "class_result", "classifications", "entry_needs", "possible_classes", "still_open"]

_CLASSES = {
    Catalogue.EIA: ("report", "form", "registration", NONE),
    Catalogue.PERMIT: ("key", "simplified", "registration", NONE),
}
Classifications = Mapping[Catalogue, Classification | None]


def classifications(ruleset: Ruleset, components: tuple[ComponentFacts, ...]) -> Classifications:
    """The classification under each catalogue, None where no edition is in force."""
    return {
        kind: classify(ruleset.catalogues[kind], components, ruleset) if kind in ruleset.catalogues else None
        for kind in Catalogue
    }


def possible_classes(found: Classification | None, kind: Catalogue) -> tuple[str, ...]:
    """The classes still possible, strictest first: every class while no catalogue is in force."""
    return _CLASSES[kind] if found is None else found.possible


def class_result(found: Classification | None, kind: Catalogue, ruleset: Ruleset, lang: str) -> ClassResult:
    """The class with every entry that concerns the project, strictest first.

    Entries that are merely conceivable because a component has neither industry nor activity are
    not listed one by one.
    """
    possible = possible_classes(found, kind)
    if found is None:
        return ClassResult(level=None, possible=possible, entries=())
    rank = {level: position for position, level in enumerate(found.order)}
    shown = [result for result in found.results if result.matching.value or not result.component.unidentified]
    shown.sort(key=lambda r: (rank[r.possible[0]], rank[r.possible[-1]], r.entry.rule.id, r.component.name))
    lines = tuple(_line(result, ruleset, lang) for result in shown)
    return ClassResult(level=found.level, possible=possible, entries=lines)


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
        asked = [ruleset.vocabulary.facts[name].label.get(lang) for name in entry_needs(result, ruleset)]
        return f"尚不清楚：{'、'.join(asked)}" if lang == "zh" else f"still unknown: {', '.join(asked)}"
    if level == NONE:
        return "不符合本项任何一栏" if lang == "zh" else "no cell of the entry is met"
    cell = entry.levels[level]
    condition = tree(condition_key(cell.when, entry.sensitive_areas))
    if isinstance(condition, Constant):
        return cell.text
    reasons = summary(condition, values, ruleset.vocabulary, lang)
    return f"{cell.text}（{reasons}）" if lang == "zh" else f"{cell.text} ({reasons})"


def entry_needs(result: EntryResult, ruleset: Ruleset, stricter_than: str | None = None) -> tuple[str, ...]:
    """Unknown facts that the result of an entry hangs on, in the order to ask them.

    With `stricter_than` only those that can lead to a stricter level than that.
    """
    if result.level is not None or not _is_stricter(result.possible[0], stricter_than, result):
        return ()
    entry = result.entry.rule
    names: list[str] = []
    if result.matching.value is None:
        names.extend(_identity_needs(result))
        names.extend(_open(entry.implied_by, result, ruleset))
    names.extend(_open(entry.scope, result, ruleset))
    for level in result.open_levels:
        if _is_stricter(level, stricter_than, result):
            names.extend(_open(entry.levels[level].when, result, ruleset))
    return tuple(dict.fromkeys(names))


def _identity_needs(result: EntryResult) -> tuple[str, ...]:
    identity = ((result.matching.by_code, INDUSTRY), (result.matching.by_activity, ACTIVITY))
    return tuple(name for value, name in identity if value is None)


def _open(condition: str | None, result: EntryResult, ruleset: Ruleset) -> tuple[str, ...]:
    if condition is None:
        return ()
    return result.component.asked(condition_key(condition, result.entry.rule.sensitive_areas), ruleset)


def _is_stricter(level: str, other: str | None, result: EntryResult) -> bool:
    order = (*result.entry.edition.levels, NONE)
    return other is None or order.index(level) < order.index(other)


def still_open(found: Classification | None, ruleset: Ruleset) -> Iterator[tuple[str, EntryResult]]:
    """Facts that can still change the project's class, with the entry result each belongs to.

    Of a component that may be anything only what it is matters first.
    """
    if found is None or found.level is not None:
        return
    mildest = found.possible[-1]
    for result in found.results:
        conceivable = result.component.unidentified and result.matching.value is None
        if not conceivable:
            names = entry_needs(result, ruleset, stricter_than=mildest)
        else:
            names = _identity_needs(result) if _is_stricter(result.possible[0], mildest, result) else ()
        yield from ((name, result) for name in names)
