"""A rulebook of a few facts; each test adds the rules it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from admission.rulebook import Rulebook, Ruleset
from admission.rulebook.loading import load_sources
from admission.screening import Component, Decision, Judgement, Project, screen
from admission.vocabulary import Value

DAY = date(2026, 3, 1)
Rule = dict[str, Any]

_CODES = """code,name,level,parent,section,edition
C,制造业,1,,C,2017
33,金属制品业,2,C,C,2017
339,铸造及其他金属制品制造,3,33,C,2017
3391,黑色金属铸造,4,339,C,2017
3392,有色金属铸造,4,339,C,2017
34,通用设备制造业,2,C,C,2017
344,泵、阀门制造,3,34,C,2017
3443,阀门和旋塞制造,4,344,C,2017
47,房屋建筑业,2,C,C,2017
"""


def _fact(kind: str, zh: str, **more: object) -> Rule:
    said = {"zh": f"{zh}？", "en": f"{zh}?"}
    words = {} if more.get("internal") else {"meaning": said, "ask": said, "proof": {"zh": "可研", "en": "study"}}
    return {"type": kind, "label": {"zh": zh, "en": zh.lower()}, **words, **more}


def _members(*names: str) -> Rule:
    return {name: {"zh": f"{name}项", "en": name} for name in names}


FACTS: Mapping[str, Rule] = {
    "industry": _fact("code", "行业"),
    "activity": _fact("set", "工作", members=_members("boiler", "plating", "storage")),
    **{name: _fact("bool", name.upper(), changeable=name in "ab") for name in "abcdef"},
    "planned": _fact("bool", "规划", scope="project"),
    "amount": _fact("number", "用量", unit="t/a", range=[0, 1000], changeable=True, aliases=["用量别名"]),
    "height": _fact("number", "高度", unit="m", changeable=True),
    "distance": _fact("number", "距离", unit="m", range=[0, None], scope="project", changeable=True),
    "fuel": _fact("set", "燃料", members=_members("coal", "gas", "oil"), changeable=True),
    "furnace": _fact("enum", "炉型", members=_members("cupola", "electric", "other"), changeable=True),
    "opened": _fact("date", "开业日", changeable=True),
    "is_large": _fact("bool", "规模大", define="amount >= 100"),
    "is_coal": _fact("bool", "用煤", define="any_of(fuel, 'coal')", changeable=True),
    "is_confirmed": _fact("bool", "已确认", define="CASE WHEN a THEN TRUE END"),
    "boiler_t_per_h": _fact("number", "锅炉出力", unit="t/h", work="boiler"),
    "boiler_fuel": _fact("enum", "锅炉燃料", members=_members("coal", "gas"), work="boiler"),
    "has_boiler": _fact(
        "bool",
        "有锅炉",
        work="boiler",
        define="CASE WHEN any_of(activity, 'boiler') or boiler_t_per_h > 0 THEN TRUE END",
    ),
    "has_coal_boiler": _fact("bool", "燃煤锅炉", work="boiler", define="CASE WHEN not has_boiler THEN FALSE END"),
    "has_plating": _fact("bool", "有电镀", work="plating", define="CASE WHEN c THEN TRUE END"),
    "plating_known": _fact("bool", "电镀清楚", work="plating", define="c or d"),
    "sensitive_areas": _fact("set", "敏感区", members=_members("reserve", "wetland")),
    "in_entry_sensitive_area": _fact("bool", "本项敏感区"),
    "is_other": _fact("bool", "其他", internal=True),
    "eia_class": _fact("enum", "环评类别", internal=True, members=_members("report", "form", "registration", "none")),
    "permit_class": _fact("enum", "许可类别", internal=True, members=_members("key", "simplified", "registration")),
}
_OPEN = {"from": "2020-01-01"}
_STATE = {"status": "verified", "confidence": "high"}


def _title(rule: str) -> Rule:
    return {"zh": f"{rule}号", "en": rule}


def item(rule: str, effect: str = "prohibit", when: str = "a", **more: object) -> Rule:
    """A clause of a list."""
    base = {"id": rule, "title": _title(rule), "article": f"第{rule}条", "effect": effect, "when": when, **_STATE}
    return {**base, "dimension": "spatial_layout", "department": "生态环境", "provenance": "测试", **more}


def entry(rule: str, levels: Mapping[str, str], **more: object) -> Rule:
    """A row of a catalogue; `levels` maps each level to its condition."""
    cells = {name: {"when": when, "text": f"{name}栏"} for name, when in levels.items()}
    base = {"id": rule, "entry": rule.lstrip("EP"), "title": _title(rule), "levels": cells, "provenance": "测试"}
    return {**base, **_STATE, **more}


def duty(rule: str, when: str, **more: object) -> Rule:
    """A duty."""
    cite = [{"document": "某法", "article": "第一条", "effective": _OPEN}]
    base = {"id": rule, "title": _title(rule), "when": when, "before": {"zh": "开工前", "en": "before the start"}}
    return {**base, "department": "生态环境", "cite": cite, **_STATE, **more}


def criterion(rule: str, weight: float, points: Sequence[tuple[str, float]], otherwise: float = 0) -> Rule:
    """A criterion of the score."""
    given = [{"when": when, "score": score} for when, score in points]
    base = {"id": rule, "title": _title(rule), "weight": weight, "basis": {"zh": "政策", "en": "policy"}}
    return {**base, "points": given, "otherwise": otherwise}


def _edition(name: str, kind: str, **more: object) -> Rule:
    base = {"edition": name, "kind": kind, "layer": "national", "title": _title(name), "document": f"《{name}》"}
    return {**base, "effective": _OPEN, "provenance": "测试", **more}


_LEVELS = {"eia": ("report", "form", "registration"), "permit": ("key", "simplified", "registration")}


def catalogue(kind: str, effective: Rule | None = None) -> Rule:
    """The edition of a catalogue."""
    levels = _LEVELS[kind]
    labels = {level: {"zh": level, "en": level} for level in levels}
    more = {"catalogue": kind, "levels": levels, "level_labels": labels, "effective": effective or _OPEN}
    return _edition(kind.upper(), "catalogue", **more)


def rulebook(
    *rules: Rule,
    eia: Sequence[Rule] = (),
    permit: Sequence[Rule] = (),
    duties: Sequence[Rule] = (),
    criteria: Sequence[Rule] = (),
    catalogues: Sequence[Rule] | None = None,
    facts: Mapping[str, Rule] = FACTS,
) -> Rulebook:
    """The facts above with these rules; `rules` are clauses."""
    plain = {"park": "plain", "name": {"zh": "普通园区", "en": "Plain park"}, "extends": ["national"]}
    park = {"park": "p", "name": {"zh": "园区", "en": "Park"}, "city": "east", "facts": _PARK_FACTS}
    documents: list[Rule] = [
        _edition("LIST", "list", items=rules, number="第1号", url="https://example.org/list"),
        _edition("DUTY", "duty", duties=duties),
        {"milestones": [{"id": "filed", "zh": "已备案", "en": "Filed"}, {"id": "built", "zh": "建成", "en": "Built"}]},
        park,
        plain,
    ]
    if criteria:
        documents.append(_edition("SCORE", "score", criteria=criteria))
    documents.extend([catalogue("eia"), catalogue("permit")] if catalogues is None else catalogues)
    for name, entries in (("EIA", eia), ("PERMIT", permit)):
        if entries:
            documents.append({"edition": name, "entries": entries})
    return _load(json.dumps(facts, ensure_ascii=False), json.dumps(documents, ensure_ascii=False))


_PARK_FACTS = [{"fact": "planned", "value": True, "source": "测试"}]


@cache
def _load(facts: str, documents: str) -> Rulebook:
    files = [("rules/vocabulary/facts.yaml", f'{{"facts": {facts}}}'), ("rules/vocabulary/gbt.csv", _CODES)]
    files += [(f"rules/{n}.yaml", json.dumps(d, ensure_ascii=False)) for n, d in enumerate(json.loads(documents))]
    return load_sources([(name, text.encode()) for name, text in files])


def component(name: str = "项目", /, **facts: Any) -> Component:
    """A component; `industry` and `activity` among `facts` say what it is, sets may be any collection."""
    known = {fact: _value(value) for fact, value in facts.items()}
    identity = {key: known.pop(key, None) for key in ("industry", "activity")}
    return Component(name=name, facts=known, **identity)  # type: ignore[arg-type]


def _value(value: Any) -> Value:
    if isinstance(value, list | tuple | set):
        return frozenset(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def project(*components: Component, judgements: Iterable[Judgement] = (), **facts: Any) -> Project:
    """A project; without `components` it is one component with no facts of its own."""
    whole = components or (component(),)
    known = {fact: _value(value) for fact, value in facts.items()}
    return Project(name="项目", facts=known, components=whole, judgements=tuple(judgements))


def flat(**facts: Any) -> Project:
    """A flat document: one component named like the project, whose facts are the project's."""
    identity = {key: facts.pop(key) for key in ("industry", "activity") if key in facts}
    return project(component(**identity), **facts)


def judged(rule: str, answer: str) -> Judgement:
    """A recorded judgement."""
    return Judgement(rule=rule, answer=answer, who="张三", when=date(2026, 2, 1), why="现场核实")  # type: ignore[arg-type]


def decide(rules: Rulebook, about: Project, lang: str = "zh", on: date = DAY) -> Decision:
    """The decision in a park of which nothing is known."""
    return screen(about, rules.in_force("plain", on=on), lang=lang)


def ruleset(rules: Rulebook, on: date = DAY) -> Ruleset:
    """The rules in force in a park of which nothing is known."""
    return rules.in_force("plain", on=on)
