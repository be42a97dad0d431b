"""The EIA or permit class of a decision, with the catalogue entries behind it."""

from __future__ import annotations

from admission.cli.page import Page, shorten
from admission.cli.words import CLASSES, LANGUAGES, label, say
from admission.rulebook import Catalogue, Rulebook, Status
from admission.screening import Decision
from admission.screening.decision import EntryLine

__all__ = ["add_class", "class_label"]

_TITLE_CELLS = 60
_NEEDS = 3
_ENTRIES = 8
_BODY = 2


def class_label(rulebook: Rulebook, kind: Catalogue, level: str, lang: str) -> str:
    """What a class is called: as its catalogue says, else as the contract names it."""
    for edition in rulebook.editions.values():
        if edition.catalogue is kind and level in edition.level_labels:
            return edition.level_labels[level].get(lang)
    return CLASSES[kind][level][LANGUAGES.index(lang)] if level in CLASSES[kind] else level


def add_class(page: Page, kind: Catalogue, decision: Decision, rulebook: Rulebook, lang: str) -> None:
    """The class in force or those still possible, then entry by entry, component and reason."""
    result = decision.eia if kind is Catalogue.EIA else decision.permit

    def levels(found: tuple[str, ...]) -> str:
        return say("or", lang).join(class_label(rulebook, kind, level, lang) for level in found)

    name = label(kind, lang)
    if result.level is None:
        page.heading(say("class open", lang, kind=name, levels=levels(result.possible)))
    else:
        page.heading(say("class", lang, kind=name, level=levels((result.level,))))
    if not result.entries:
        page.add(say("no entries", lang), indent=_BODY)
        return
    for line in result.entries[:_ENTRIES]:
        _add_entry(page, line, levels(line.possible), rulebook, lang)
    if len(result.entries) > _ENTRIES:
        page.add(say("and more", lang, count=len(result.entries) - _ENTRIES), indent=_BODY)
    document = result.entries[0].cite.document
    page.add(say("entries from", lang, cite=say("cite whole", lang, document=document)), indent=_BODY)


def _add_entry(page: Page, line: EntryLine, levels: str, rulebook: Rulebook, lang: str) -> None:
    doubt = say("unverified", lang) if line.status is Status.UNVERIFIED else ""
    title = say("entry", lang, entry=line.entry, title=shorten(line.title, _TITLE_CELLS))
    page.add(title + doubt, indent=_BODY)
    if line.level is not None:
        state = say("entry level", lang, component=line.component, level=levels)
        page.add(state, indent=2 * _BODY)
        page.add(say("reason", lang, why=line.why), indent=2 * _BODY)
        return
    labels = [rulebook.vocabulary.facts[name].label.get(lang) for name in line.needs]
    needs = say("comma", lang).join(labels[:_NEEDS])
    if len(labels) > _NEEDS:
        needs = say("and others", lang, items=needs, count=len(labels))
    page.add(say("entry open", lang, component=line.component, levels=levels, needs=needs), indent=2 * _BODY)
