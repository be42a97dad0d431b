"""Every rule of a rulebook in one shape: what it is called, where it stands, since when, how sure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from admission.rulebook.editions import Owned
from admission.rulebook.life_model import LifeDuty, LifeJudgement, MaterialItem, PenaltyRange
from admission.rulebook.model import Cite, Criterion, Duty, Edition, Entry, Item, Period, Status
from admission.rulebook.rulebook import Rulebook, Ruleset
from admission.vocabulary import Label

__all__ = ["KINDS", "Row", "binding", "kind_counts", "rows"]

KINDS = ("eia", "permit", "list", "duty", "score", "life", "question", "penalty", "change", "fact")
Rule = Entry | Item | Duty | Criterion | LifeDuty | LifeJudgement | PenaltyRange | MaterialItem


@dataclass(frozen=True, slots=True)
class Row:
    """One rule; `kind` is one of `KINDS`, `cites` what it rests on."""

    id: str
    kind: str
    title: Label
    cites: tuple[Cite, ...]
    status: Status
    confidence: str | None
    effective: Period
    provenance: str
    edition: Edition
    rule: Rule

    def document(self) -> dict[str, Any]:
        """The row as JSON values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title.model_dump(),
            "edition": self.edition.edition,
            "layer": self.edition.layer,
            "cite": [cite.model_dump(mode="json", by_alias=True) for cite in self.cites],
            "status": self.status,
            "confidence": self.confidence,
            "effective": self.effective.model_dump(mode="json", by_alias=True),
            "provenance": self.provenance,
        }


def rows(rulebook: Rulebook) -> Iterator[Row]:
    """Entries, list items, duties and criteria, in the order of the files."""
    for entry in rulebook.entries:
        yield _entry(entry)
    for item in rulebook.items:
        yield _item(item)
    for duty in rulebook.duties:
        yield _duty(duty)
    for criterion in rulebook.criteria:
        yield _criterion(criterion)


def _entry(owned: Owned[Entry]) -> Row:
    rule, edition = owned.rule, owned.edition
    kind = edition.catalogue.value if edition.catalogue else "list"
    cites = (edition.cite(f"第{rule.entry}项"),)
    return Row(
        rule.id,
        kind,
        rule.title,
        cites,
        rule.status,
        rule.confidence,
        edition.effective,
        rule.provenance,
        edition,
        rule,
    )


def _item(owned: Owned[Item]) -> Row:
    rule, edition = owned.rule, owned.edition
    period = rule.effective or edition.effective
    cites = (edition.cite(rule.article),)
    return Row(rule.id, "list", rule.title, cites, rule.status, rule.confidence, period, rule.provenance, edition, rule)


def _duty(owned: Owned[Duty]) -> Row:
    rule, edition = owned.rule, owned.edition
    return Row(
        rule.id,
        "duty",
        rule.title,
        rule.cite,
        rule.status,
        rule.confidence,
        edition.effective,
        edition.provenance,
        edition,
        rule,
    )


def _criterion(owned: Owned[Criterion]) -> Row:
    rule, edition = owned.rule, owned.edition
    name = f"{edition.edition}/{rule.id}"
    cites = (edition.cite(None),)
    return Row(
        name, "score", rule.title, cites, edition.status, None, edition.effective, edition.provenance, edition, rule
    )


def binding(ruleset: Ruleset) -> frozenset[str]:
    """The ids of the rules in force for the park and day of `ruleset`."""
    names = {owned.rule.id for found in ruleset.catalogues.values() for owned in found.entries}
    names |= {owned.rule.id for owned in ruleset.items}
    names |= {owned.rule.id for owned in ruleset.duties}
    names |= {f"{owned.edition.edition}/{owned.rule.id}" for owned in ruleset.criteria}
    return frozenset(names)


def kind_counts(found: Iterator[Row] | list[Row], facts: int) -> dict[str, int]:
    """How many rules of each kind, and the facts."""
    counts = dict.fromkeys(KINDS, 0)
    for row in found:
        counts[row.kind] += 1
    counts["fact"] = facts
    return counts
