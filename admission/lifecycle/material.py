"""Material change (重大变动): what was approved against what was built, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from admission.lifecycle.results import MaterialLine
from admission.logic import open_facts
from admission.logic.trace import summary
from admission.rulebook import Ruleset
from admission.rulebook.life_model import MaterialItem
from admission.vocabulary import Value

__all__ = ["material_change"]

_SHOWN = 4
_WORDS = {
    "zh": {"material": "属重大变动：", "not_material": "不属：", "unknown": "尚缺："},
    "en": {"material": "material: ", "not_material": "not material: ", "unknown": "still needed: "},
}


def material_change(
    facts: Mapping[str, Value | None], ruleset: Ruleset, *, lang: str = "zh"
) -> tuple[MaterialLine, ...]:
    """Every item of the list, answered from `facts` (approved_… and actual_… among them).

    An item is material, not material, or unknown with the facts that are missing; unknown never
    counts as unchanged. Source: 环办环评函〔2020〕688号. Items not in force on the day are left out.
    """
    items = ruleset.rulebook.life.material_change
    values = dict(facts)
    ruleset.terms.derivations.derive(values)
    return tuple(_answer(item, values, ruleset, lang) for item in items if _runs(item, ruleset.on))


def _listed(labels: Sequence[str], lang: str) -> str:
    """The first few, and how many there are."""
    text = ("、" if lang == "zh" else ", ").join(labels[:_SHOWN])
    if len(labels) <= _SHOWN:
        return text
    return f"{text} 等{len(labels)}项" if lang == "zh" else f"{text} and others ({len(labels)} in all)"


def _runs(item: MaterialItem, day: date) -> bool:
    return item.cite.effective.state(day) == "in_force"


def _answer(item: MaterialItem, values: Mapping[str, Value | None], ruleset: Ruleset, lang: str) -> MaterialLine:
    tree = ruleset.conditions.tree(item.when)
    found = ruleset.conditions.function(item.when)(values.get)
    needs = ruleset.askable(open_facts(tree, values), values) if found is None else ()
    outcome = {True: "material", False: "not_material", None: "unknown"}[found]
    if found is None:
        reason = _listed([ruleset.vocabulary.facts[name].label.get(lang) for name in needs], lang)
    else:
        reason = summary(tree, values, ruleset.vocabulary, lang)
    return MaterialLine.model_validate(
        {
            "id": item.id,
            "item": item.item,
            "category": item.category.get(lang),
            "title": item.title.get(lang),
            "outcome": outcome,
            "why": _WORDS[lang][outcome] + reason,
            "needs": needs,
            "cite": item.cite.plain,
        }
    )
