"""JSON Schema (2020-12) of the two documents: the project as it is read, the decision as it is given.

The project schema is made from the vocabulary of a rulebook. It takes everything the reader takes
in its usual spelling; aliases and Chinese labels of facts are listed as `x-names` and allowed as
keys, because the reader knows them all.
"""

from __future__ import annotations

from typing import Any

from admission.rulebook import Rulebook
from admission.screening import Decision, Judgement
from admission.screening.document import UNDONE
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.vocabulary import Fact, FactType

__all__ = ["decision_schema", "project_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_DATE: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_SHARED: dict[str, Schema] = {
    "unknown": {"enum": [None, "", "未知", "不清楚", "不知道", "不详", "待定", "unknown"]},
    "yes_no": {"anyOf": [{"type": "boolean"}, {"enum": ["是", "否", "有", "无", "yes", "no"]}]},
    "written_number": {"type": "string", "pattern": r"\d"},
    "codes": {"anyOf": [{"$ref": "#/$defs/code"}, {"type": "array", "items": {"$ref": "#/$defs/code"}}]},
    "code": {"type": "string", "pattern": r"\d{2,4}", "examples": ["3391", "C3391"]},
    "wastes": {"anyOf": [{"$ref": "#/$defs/waste"}, {"type": "array", "items": {"$ref": "#/$defs/waste"}}]},
    "waste": {"type": "string", "pattern": r"\d", "examples": ["900-041-49", "HW49 900-041-49"]},
}


def decision_schema() -> Schema:
    """The schema of the decision as `screen --format json` prints it."""
    return {"$schema": _DRAFT, **Decision.model_json_schema(by_alias=True, mode="serialization")}


def project_schema(rulebook: Rulebook, lang: str = "zh") -> Schema:
    """The schema of one project document, with every fact that can be stated."""
    facts: Schema = {"$ref": "#/$defs/facts"}
    shared: dict[str, Schema] = {name: {"$ref": f"#/$defs/{name}"} for name in (INDUSTRY, ACTIVITY)}
    nothing = {"type": "null"}
    component = {"name": {"type": ["string", "null"]}, **shared, "facts": {"anyOf": [facts, nothing]}}
    properties: dict[str, Schema] = {
        "name": {"type": "string", "minLength": 1},
        "park": {"enum": [*rulebook.parks, None]},
        "as_of": {"anyOf": [_DATE, nothing]},
        **shared,
        "facts": {"anyOf": [facts, nothing]},
        "components": _list_of(_closed(component)),
        "milestones": _list_of({"$ref": "#/$defs/milestone"}),
        "judgements": _list_of({"$ref": "#/$defs/judgement"}),
    }
    judgement = Judgement.model_json_schema()
    return {
        "$schema": _DRAFT,
        "title": "Project",
        **_closed(properties, ["name"]),
        "$defs": {
            **_SHARED,
            "milestone": _milestone(rulebook),
            "judgement": judgement,
            **{name: _fact(rulebook.vocabulary.facts[name], lang) for name in (INDUSTRY, ACTIVITY)},
            "facts": _facts(rulebook, lang),
        },
    }


def _closed(properties: dict[str, Schema], required: list[str] | None = None) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": required} if required else found


def _list_of(items: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": items}, {"type": "null"}]}


def _milestone(rulebook: Rulebook) -> Schema:
    events = [{"const": event.id, "title": event.zh} for event in rulebook.milestones.values()]
    document = {"type": ["string", "null"]}
    day = {"anyOf": [_DATE, {"enum": [*UNDONE, None]}]}
    return _closed({"event": {"oneOf": events}, "date": day, "document": document}, ["event"])


def _facts(rulebook: Rulebook, lang: str) -> Schema:
    stated = (fact for fact in rulebook.vocabulary.facts.values() if not fact.internal)
    return {
        "type": "object",
        "description": "canonical names; aliases and Chinese labels (x-names) are understood as well",
        "properties": {fact.name: _fact(fact, lang) for fact in stated},
        "additionalProperties": True,
    }


def _fact(fact: Fact, lang: str) -> Schema:
    """One fact: its values, what it is called, its unit, what it means."""
    return {
        "title": fact.label.get(lang),
        "description": fact.meaning.get(lang) if fact.meaning else "",
        "anyOf": [*_values(fact), {"$ref": "#/$defs/unknown"}],
        "x-type": fact.type.value,
        "x-unit": fact.unit,
        "x-names": [*fact.names[1:]],
    }


def _values(fact: Fact) -> list[Schema]:
    match fact.type:
        case FactType.BOOL:
            return [{"$ref": "#/$defs/yes_no"}]
        case FactType.NUMBER:
            low, high = fact.range or (None, None)
            limits = {"minimum": low, "maximum": high}
            number = {"type": "number", **{key: value for key, value in limits.items() if value is not None}}
            return [number, {"$ref": "#/$defs/written_number"}]
        case FactType.ENUM:
            return [_options(fact)]
        case FactType.SET:
            return [_options(fact), {"type": "array", "items": _options(fact)}, {"type": "string"}]
        case FactType.DATE:
            return [_DATE]
        case FactType.CODE:
            return [{"$ref": "#/$defs/wastes" if fact.codes == "waste" else "#/$defs/codes"}]
        case _:
            return [{"type": "string"}]


def _options(fact: Fact) -> Schema:
    """The ids of an enum or set, or any of the other words for them."""
    ids = [{"const": name, "title": words.zh} for name, words in fact.members.items()]
    words = [text for member in fact.members.values() for text in (member.zh, member.en, *member.aliases)]
    return {"anyOf": [*ids, {"enum": list(dict.fromkeys(words))}]}
