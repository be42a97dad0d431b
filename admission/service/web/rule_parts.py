"""What a rule's page is made of: lines of what it says, cases in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admission.logic import condition_key
from admission.logic.sentence import to_sentence
from admission.rulebook import Rulebook
from admission.vocabulary import FactType, Value

__all__ = ["CaseView", "Part", "Teller"]


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a rule's page: a name, what it says, below it the condition in words, and (address, text) of links."""

    name: str
    text: str
    condition: str = ""
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case in words: its facts, and what the rule must make of them."""

    name: str
    as_of: str
    facts: tuple[tuple[str, str], ...]
    expected: str
    needs: str


class Teller:
    """Says the parts of a rule in Chinese."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def condition(self, text: str | None, areas: tuple[str, ...] = ()) -> str:
        """A condition as a sentence; empty without one."""
        if text is None:
            return ""
        tree = self.rulebook.conditions.tree(condition_key(text, areas))
        return to_sentence(tree, self.rulebook.vocabulary)

    def industries(self, codes: Iterable[str]) -> str:
        """`341 锅炉及原动设备制造、…`."""
        known = self.rulebook.vocabulary.codes
        return "、".join(f"{code} {known.name(code)}" if known.exists(code) else code for code in codes)

    def members(self, fact: str, members: Iterable[str]) -> str:
        """Options of a fact by their names."""
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
