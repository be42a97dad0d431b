"""Which rules name which industries, and which concern a project whatever its industry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from admission.logic.nodes import And, Case, Compare, Constant, Expr, FactRef, Not, Or, Under, children
from admission.logic.sentence import as_claim
from admission.review.subjects import Subject
from admission.rulebook import Entry, Rulebook
from admission.screening.facts import INDUSTRY

__all__ = ["codes_in", "is_bound", "named_codes"]


def named_codes(subject: Subject, rulebook: Rulebook) -> tuple[str, ...]:
    """The industry prefixes a rule names as those it is about, in order; what it excepts is left out.

    Conditions are followed into derived facts (`is_chemical_project` names what its formula names).
    What a `must` says is the way out of a rule, not what it is about.
    """
    if isinstance(subject.owned.rule, Entry):
        return tuple(code for code in subject.owned.rule.industries if not code.startswith("-"))
    return codes_in(_triggers(subject, rulebook), rulebook)


def codes_in(trees: Iterable[Expr], rulebook: Rulebook) -> tuple[str, ...]:
    """The industry prefixes that conditions name as those they are about, in order."""
    return tuple(sorted({code for tree in trees for code in _named(tree, True, rulebook)}))


def is_bound(subject: Subject, rulebook: Rulebook) -> bool:
    """Can the rule concern a component only through its industry?"""
    rule = subject.owned.rule
    if isinstance(rule, Entry):
        return not (rule.activities or rule.implied_by or rule.industries_other)
    return all(_needs_industry(tree, rulebook) for tree in _triggers(subject, rulebook))


def _triggers(subject: Subject, rulebook: Rulebook) -> list[Expr]:
    return [rulebook.conditions.tree(spot.key) for spot in subject.spots if spot.field != "must"]


def _named(node: Expr, holds: bool, rulebook: Rulebook) -> Iterator[str]:
    claim = as_claim(node) if isinstance(node, Compare) else None
    if claim is not None:
        yield from _named(claim[0], holds is claim[1], rulebook)
        return
    match node:
        case Under(name=name, prefixes=prefixes):
            yield from prefixes if holds and name == INDUSTRY else ()
        case Not(part=part):
            yield from _named(part, not holds, rulebook)
        case FactRef(name=name):
            define = rulebook.vocabulary.facts[name].define
            yield from () if define is None else _named(rulebook.conditions.tree(define), holds, rulebook)
        case Case(when=when, then=Constant(value=bool(value)), otherwise=otherwise):
            yield from _named(when, holds is value, rulebook)
            yield from () if otherwise is None else _named(otherwise, holds, rulebook)
        case _:
            for child in children(node):
                yield from _named(child, holds, rulebook)


def _needs_industry(node: Expr, rulebook: Rulebook) -> bool:
    match node:
        case Under(name=name):
            return name == INDUSTRY
        case And(parts=parts):
            return any(_needs_industry(part, rulebook) for part in parts)
        case Or(parts=parts):
            return all(_needs_industry(part, rulebook) for part in parts)
        case FactRef(name=name):
            define = rulebook.vocabulary.facts[name].define
            return define is not None and _needs_industry(rulebook.conditions.tree(define), rulebook)
    return False
