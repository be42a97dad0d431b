"""The conditions of the rulebook in the ZEN expression language, and both engines side by side.

ZEN has no unknown: every fact is given a value (what a component does not state is false, 0 or
empty), and only forms that both languages have are taken.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from admission import Rulebook
from admission.logic import Expr, condition_key, facts_of
from admission.logic.nodes import And, AnyOf, Compare, Constant, FactRef, In, Not, Or, Under
from admission.vocabulary import FactType, Value

OPERATORS = {"=": "==", "!=": "!="}
ABSENT: dict[FactType, object] = {
    FactType.BOOL: False,
    FactType.NUMBER: 0.0,
    FactType.SET: frozenset(),
    FactType.CODE: frozenset(),
    FactType.TEXT: "",
    FactType.DATE: date(2026, 1, 1),
}


class NoCounterpartError(Exception):
    """The form has no plain counterpart in ZEN."""


def to_zen(node: Expr) -> str:
    """The ZEN text of a condition; raises `NoCounterpartError`."""
    match node:
        case Constant(value=bool() as value):
            return "true" if value else "false"
        case Constant(value=float() | str() as value):
            return repr(value)
        case FactRef(name=name):
            return name
        case And(parts=parts):
            return "(" + " and ".join(map(to_zen, parts)) + ")"
        case Or(parts=parts):
            return "(" + " or ".join(map(to_zen, parts)) + ")"
        case Not(part=part):
            return f"not({to_zen(part)})"
        case Compare(op=op, left=left, right=right):
            return f"({to_zen(left)} {OPERATORS.get(op, op)} {to_zen(right)})"
        case In(item=item, options=options):
            return f"({to_zen(item)} in [{', '.join(to_zen(Constant(option)) for option in options)}])"
        case AnyOf(name=name, members=members):
            return f"some({name}, # in [{', '.join(map(repr, members))}])"
        case Under(name=name, prefixes=prefixes):
            return f"some({name}, {' or '.join(f'startsWith(#, {prefix!r})' for prefix in prefixes)})"
    raise NoCounterpartError(type(node).__name__)


def compare(rulebook: Rulebook, projects: Mapping[str, Mapping[str, Value | None]], rounds: int) -> Iterator[str]:
    """Lines of the report: how many conditions, whether both agree, how long each takes."""
    try:
        import zen
    except ImportError:
        yield "zen-engine is not installed: pip install 'admission[bench]'"
        return
    conditions = dict(_conditions(rulebook))
    count = len(set(_keys(rulebook)))
    yield f"{len(conditions)} of {count} conditions have a counterpart in ZEN; the others are left out"
    decision = zen.ZenEngine().create_decision(json.dumps(_graph(list(conditions.values()))))
    keys = list(conditions)
    functions = [rulebook.conditions.function(key) for key in keys]
    read = {name for key in keys for name in facts_of(rulebook.conditions.tree(key))}
    ours: list[float] = []
    theirs: list[float] = []
    different = 0
    for values in projects.values():
        facts = {name: _known(rulebook, name, values.get(name)) for name in read}
        plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in facts.items()}
        result = decision.evaluate(plain)["result"]
        mine = [function(facts.get) for function in functions]
        different += sum(bool(result[f"c{index}"]) is not value for index, value in enumerate(mine))
        ours.append(_best(lambda get=facts.get: [function(get) for function in functions], rounds))
        theirs.append(_best(lambda given=plain: decision.evaluate(given), rounds))
    mine_ms, zen_ms = statistics.median(ours), statistics.median(theirs)
    yield f"results that differ: {different} of {len(keys) * len(projects)}"
    times = f"generated Python {mine_ms:.3f} ms, zen-engine {zen_ms:.3f} ms, ratio {zen_ms / mine_ms:.1f}"
    yield f"all of them for one component: {times}"


def _keys(rulebook: Rulebook) -> Iterator[str]:
    """The conditions of all lists, catalogues, duties and criteria."""
    for item in (owned.rule for owned in rulebook.items):
        yield from filter(None, (item.when, item.must))
    for entry in (owned.rule for owned in rulebook.entries):
        texts = (entry.implied_by, entry.scope, *(level.when for level in entry.levels.values()))
        yield from (condition_key(text, entry.sensitive_areas) for text in texts if text is not None)
    yield from (owned.rule.when for owned in rulebook.duties)
    yield from (points.when for owned in rulebook.criteria for points in owned.rule.points)


def _conditions(rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    for key in dict.fromkeys(_keys(rulebook)):
        tree = rulebook.conditions.tree(key)
        if all(rulebook.vocabulary.facts[name].type is not FactType.DATE for name in facts_of(tree)):
            try:
                yield key, to_zen(tree)
            except NoCounterpartError:
                continue


def _known(rulebook: Rulebook, name: str, value: Value | None) -> Any:
    fact = rulebook.vocabulary.facts[name]
    if value is not None:
        return value
    return next(iter(fact.members), "") if fact.type is FactType.ENUM else ABSENT[fact.type]


def _graph(expressions: list[str]) -> dict[str, object]:
    """A decision of one step that computes every expression: the context is handed over once."""
    lines = [{"id": f"e{index}", "key": f"c{index}", "value": text} for index, text in enumerate(expressions)]
    place = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "position": place},
            {
                "id": "all",
                "name": "all",
                "type": "expressionNode",
                "position": place,
                "content": {"expressions": lines, "passThrough": False},
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": place},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "all", "type": "edge"},
            {"id": "2", "sourceId": "all", "targetId": "out", "type": "edge"},
        ],
    }


def _best(work: Callable[[], object], rounds: int) -> float:
    """Median milliseconds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)
