"""The lines of one life-cycle duty or question for `admission rules show`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from admission.cli.decision_text import cite_text
from admission.cli.lifecycle_words import tell
from admission.cli.words import departments, label, period_text
from admission.logic.sentence import to_sentence
from admission.rulebook import Rulebook
from admission.rulebook.life_model import LifeDuty, LifeJudgement, MaterialItem, PenaltyRange
from admission.rulebook.life_rows import life_rows
from admission.rulebook.model import DutyCite
from admission.rulebook.rows import Row
from admission.vocabulary.model import normalise_key

__all__ = ["find_life_rules", "life_rule_lines"]

Lines = Iterator[tuple[str, str]]
_ALWAYS = "true"


def find_life_rules(name: str, rulebook: Rulebook) -> Iterator[Row]:
    """Rules of that id (an occurrence `#2` may follow), in any case, or, ranges aside, of that exact title."""
    wanted = normalise_key(name.partition("#")[0])
    for row in life_rows(rulebook):
        titles = () if row.kind == "penalty" else (row.title.zh, row.title.en)
        if wanted in map(normalise_key, (row.id, *titles)):
            yield row


def life_rule_lines(row: Row, rulebook: Rulebook, lang: str) -> Lines:
    """(name, text) pairs in reading order."""
    rule = row.rule
    if isinstance(rule, LifeDuty | LifeJudgement):
        yield from _asked(rule, rulebook, lang)
    elif isinstance(rule, PenaltyRange):
        if rule.circumstance is not None:
            yield tell("show when", lang), rule.circumstance.get(lang)
        yield tell("show law", lang), _range(rule, lang)
    elif isinstance(rule, MaterialItem):
        yield tell("show when", lang), to_sentence(rulebook.conditions.tree(rule.when), rulebook.vocabulary, lang)
        yield tell("show cite", lang), _cite(rule.cite, lang)
    yield tell("show status", lang), label(row.status, lang)
    yield tell("show source", lang), row.provenance


def _asked(rule: LifeDuty | LifeJudgement, rulebook: Rulebook, lang: str) -> Lines:
    if rule.when != _ALWAYS:
        tree = rulebook.conditions.tree(rule.when)
        yield tell("show when", lang), to_sentence(tree, rulebook.vocabulary, lang)
    if rule.trigger is not None:
        yield tell("show trigger", lang), _events(rule.trigger.any, rulebook, lang)
    if isinstance(rule, LifeDuty):
        yield from _duty(rule, rulebook, lang)
    else:
        yield tell("show question", lang), rule.question.get(lang)
        yield tell("show entails", lang), rule.entails.get(lang)
    yield tell("show department", lang), departments(rule.department, lang)
    for cite in rule.cite:
        yield tell("show cite", lang), _cite(cite, lang)
    for item in rulebook.life.penalties:
        if item.penalty == rule.penalty:
            yield tell("show penalty", lang), f"{item.id} {_range(item, lang)}"


def _duty(rule: LifeDuty, rulebook: Rulebook, lang: str) -> Lines:
    yield tell("show do", lang), _events(rule.do, rulebook, lang)
    yield tell("show before", lang), rule.before.get(lang)
    yield tell("show evidence", lang), rule.evidence.get(lang)
    kinds = {kind.id: kind.title.get(lang) for kind in rulebook.life.breaches}
    for broken in rule.breaches:
        yield tell("show breach", lang), f"{kinds[broken.breach]} ({broken.breach})"
    for text in (rule.explanation, rule.disputed):
        if text is not None:
            yield tell("show explanation", lang), text.get(lang)


def _events(names: Iterable[str], rulebook: Rulebook, lang: str) -> str:
    known = (rulebook.milestones[name] for name in names)
    return tell("comma", lang).join(f"{event.zh if lang == 'zh' else event.en} ({event.id})" for event in known)


def _cite(cite: DutyCite, lang: str) -> str:
    return f"{cite_text(cite.plain, lang)} · {period_text(cite.effective, lang)}"


def _range(item: PenaltyRange, lang: str) -> str:
    parts = [tell(f"target {item.target}", lang)]
    parts += [] if item.gravity == "normal" else [tell(f"gravity {item.gravity}", lang)]
    parts += [] if item.document == "any" else [tell(f"document {item.document}", lang)]
    factor = 100 if item.unit == "fraction" else 1
    amount = tell(f"unit {item.unit}", lang, low=f"{item.low * factor:g}", high=f"{item.high * factor:g}")
    return tell("range", lang, head=tell("comma", lang).join(parts), amount=amount, cite=_cite(item.cite, lang))
