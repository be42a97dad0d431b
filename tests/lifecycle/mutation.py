"""One thing wrong in a duty or question: would a recorded history notice?

`python -m tests.lifecycle.mutation` prints the score and the survivors. The histories stand in
`rules/three_simultaneities/life.histories.jsonl`, each with what the rule makes of it; they were made once on both
sides of every limit, trigger and period (`--write`) and are data from then on: whoever changes a rule has to change
them, and sees by it what the change does. `test_every_duty.py` holds periods and units to the law apart from the rules.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from admission import Milestone, Project
from admission.errors import InputError
from admission.lifecycle.fixpoint import Fixpoint
from admission.lifecycle.instances import instances
from admission.lifecycle.judging import applies
from admission.lifecycle.situation import Situation, situation
from admission.lifecycle.symbols import Symbol
from admission.logic import Expr, evaluate
from admission.review.changes import tree_changes
from admission.review.histories import read_histories
from admission.rulebook.life_model import LifeDuty, LifeJudgement, Limit, Trigger
from admission.rulebook.model import Period
from admission.rulebook.sources import read_history_sources, shipped_paths
from admission.screening.classes import classifications
from admission.screening.facts import component_facts
from admission.vocabulary import FactType
from tests.lifecycle.histories import chains, project, rules

DATA = shipped_paths()[0] / "three_simultaneities" / "life.histories.jsonl"
JUDGED = Path(__file__).resolve().parents[1] / "data" / "life_histories.judged.yaml"
ONE = timedelta(days=1)
DOCUMENTS = ("report", "form", "registration", "none")
PERMITS = ("key", "simplified", "registration", "none")
Rule = LifeDuty | LifeJudgement
Outcome = tuple[str, ...]


@dataclass(frozen=True)
class History:
    """Milestones (a day, `不清楚` or `未办`), facts and the day of the check."""

    facts: Mapping[str, Any]
    events: tuple[tuple[str, str], ...]
    as_of: date


@dataclass(frozen=True)
class Mutant:
    """A rule with one thing changed; `tree` stands for the condition it has in place of its own."""

    rule: Rule
    part: str
    change: str
    tree: Expr | None = None
    of: str = field(default="", compare=False)


def every_rule() -> tuple[Rule, ...]:
    """The duties and the questions."""
    return (*rules().life.duties, *rules().life.judgements)


# what a rule makes of a history


@cache
def _engine() -> Fixpoint:
    return Fixpoint(chains())


def _milestone(event: str, day: str) -> Milestone:
    plain = None if day in ("不清楚", "未办") else date.fromisoformat(day)
    return Milestone(event=event, date=plain, undone=day == "未办")


@cache
def _parsed(facts: tuple[tuple[str, Any], ...]) -> Project:
    return project(facts=dict(facts))


def situated(history: History, rule: Rule) -> Situation:
    """The history, ready for a rule of its subject."""
    given = _parsed(tuple(sorted(history.facts.items())))
    given = given.model_copy(update={"milestones": tuple(_milestone(*event) for event in history.events)})
    ruleset = rules().in_force(None, on=history.as_of)
    components = component_facts(given, ruleset)
    return situation(given, ruleset, components, classifications(ruleset, components), "zh", rule.subject)


class _Changed:
    """Views in which one condition reads otherwise."""

    def __init__(self, at: Situation, condition: str, tree: Expr) -> None:
        self._at, self._condition, self._tree = at, condition, tree

    def holds(self, condition: str) -> bool | None:
        if condition != self._condition:
            return self._at.views.holds(condition)
        (values,) = [component.values for component in component_facts(self._at.project, self._at.ruleset)]
        classes = {name: levels[0] for name, levels in self._at.possible.items()}
        return evaluate(self._tree, {**values, **classes})  # type: ignore[return-value]


def outcome(rule: Rule, at: Situation, tree: Expr | None = None) -> Outcome:
    """Every line of the rule: state, due day, breaches, what is asked for."""
    views: Any = at.views if tree is None else _Changed(at, rule.when, tree)
    if isinstance(rule, LifeJudgement):
        in_force = rule.effective is None or rule.effective.state(at.as_of) == "in_force"
        return (str(applies(rule, replace(at, views=views))) if in_force else "False",)
    found = instances(rule, at.history, views)
    symbols = [Symbol("today", "is", day=at.as_of.toordinal()), *(s for item in found for s in item.symbols())]
    states: dict[str, list[str]] = {}
    for symbol in sorted(_engine().conclude(symbols)):
        if symbol.kind in ("status", "breach"):
            states.setdefault(symbol.of, []).append(symbol.state if symbol.kind == "status" else f"!{symbol.by}")
    return tuple(
        " ".join(
            [str(item.limit.day or "-"), str(item.act or "-"), *states.get(item.key, []), *(f"?{a}" for a in item.asks)]
        )
        for item in found
    )


# mutants


def mutants(rule: Rule) -> Iterator[Mutant]:
    """The rule with each single part changed that something looks at: a yearly day has no first day that counts."""
    for part, change, updated in _updates(rule):
        yield Mutant(rule.model_copy(update=updated), part, change, of=rule.id)
    for changed in tree_changes(rules().conditions.tree(rule.when)):
        yield Mutant(rule, "when", changed.words, changed.tree, of=rule.id)


def _updates(rule: Rule) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if rule.trigger is not None:
        if (getattr(rule, "each", None),) != rule.trigger.any:
            yield "trigger", "none", {"trigger": None}
        other = "none" if rule.trigger.absent == "unknown" else "unknown"
        if getattr(rule, "each", None) not in rule.trigger.any:  # without the event there is no occasion
            yield "trigger", f"absent {other}", {"trigger": rule.trigger.model_copy(update={"absent": other})}
        for name, rest in _without(rule.trigger.any):
            yield "trigger", f"without {name}", {"trigger": Trigger(any=rest, absent=rule.trigger.absent)}
    if rule.effective is not None:
        for period, words in _periods(rule.effective):
            yield "effective", words, {"effective": period}
    if isinstance(rule, LifeDuty):
        yield from _duty_updates(rule)


def _without(names: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if len(names) > 1:
        for name in names:
            yield name, tuple(other for other in names if other != name)


def _periods(period: Period) -> Iterator[tuple[Period, str]]:
    for step in (-1, 1):
        yield Period(start=period.start + step * ONE, end=period.end), f"from {step:+d}"
        if period.end is not None:
            yield Period(start=period.start, end=period.end + step * ONE), f"to {step:+d}"


def _duty_updates(rule: LifeDuty) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for part in ("do", "unless", "counts_after", "implied_by"):
        names = getattr(rule, part)
        for name, rest in _without(names):
            yield part, f"without {name}", {part: rest}
        if len(names) == 1 and part != "do":
            yield part, "none", {part: ()}
    for match in _matches(rule):
        if match != rule.match:
            yield "match", match, {"match": match}
    for part in ("each", "void_when"):
        if getattr(rule, part) is not None:
            yield part, "none", {part: None}
    yield "voluntary", str(not rule.voluntary), {"voluntary": not rule.voluntary}
    other = "undone" if rule.unrecorded == "unknown" else "unknown"
    yield "unrecorded", other, {"unrecorded": other}
    for number, broken in enumerate(rule.breaches):
        rest = rule.breaches[:number] + rule.breaches[number + 1 :]
        yield "breaches", f"without {broken.breach}", {"breaches": rest}
        for state in ("late", "overdue", *(("early",) if rule.floor else ())):
            on = tuple(s for s in broken.on if s != state) if state in broken.on else (*broken.on, state)
            changed = broken.model_copy(update={"on": on})
            yield "breaches", f"{broken.breach} {state}", {"breaches": (*rest, changed)}
    for part in ("limit", "floor"):
        limit = getattr(rule, part)
        if limit is not None:
            yield part, "none", {part: None}
            for words, update in _limits(limit, rule):
                yield part, words, {part: limit.model_copy(update=update)}


def _matches(rule: LifeDuty) -> tuple[str, ...]:
    """A yearly duty takes any act of its year; what recurs counts from the last; the nth needs an occasion."""
    if rule.limit is not None and rule.limit.yearly:
        return ()
    if rule.limit is not None and rule.limit.every is not None:
        return ("first", "last")
    return ("first", "last", "next", "nth") if rule.each else ("first", "last", "next")


def _limits(limit: Limit, rule: LifeDuty) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in ("within", "ahead", "every"):
        number = getattr(limit, part)
        if number is not None:
            for moved in (number - 1, number + 1):
                yield f"{part} {number} → {moved}", {part: moved}
    if limit.unit is not None:
        for unit in ("calendar_day", "working_day", "month", "year"):
            if unit != limit.unit and (limit.within or limit.ahead or limit.every):
                yield f"unit {unit}", {"unit": unit}
    for part in ("before", "after", "of", "yearly"):
        for name, rest in _without(getattr(limit, part)):
            yield f"{part} without {name}", {part: rest}
    for number, day in enumerate(limit.yearly):
        moved = (date.fromisoformat(f"2024-{day}") + ONE).isoformat()[5:]
        yield f"yearly {day} → {moved}", {"yearly": (*limit.yearly[:number], moved, *limit.yearly[number + 1 :])}
    if limit.yearly:
        return
    for part in ("exclusive", *(("first_day_counts",) if limit.unit else ())):
        yield f"{part} {not getattr(limit, part)}", {part: not getattr(limit, part)}
    if rule.each in limit.events or limit.every is not None:  # counted from the occasion itself, or the last time
        return
    for pick in ("first", "last", *(("next",) if rule.each else ()), "last_before_act"):
        if pick != limit.pick:
            yield f"pick {pick}", {"pick": pick}


# histories around every boundary, and at random


def candidates(rule: Rule, count: int = 160) -> Iterator[History]:
    """Histories of the milestones that the rule names, close enough together to meet its limits."""
    draw = random.Random(rule.id)
    names = _names(rule)
    facts = list(_facts(rule))
    starts = [date(2024, 6, 3), *_edges(rule)]
    yield from _exact(rule, facts, names)
    for number in range(count):
        base = draw.choice(starts)
        chosen = draw.choice(facts) if number % 3 else facts[0]
        days = {name: base + timedelta(days=draw.choice((0, 0, 0, 1, -1, 3, 40, 400))) for name in names}
        kept = [name for name in names if draw.random() < 0.75]
        as_of = base + timedelta(days=draw.choice((0, 1, 5, 30, 200, 1000, 2500, draw.randrange(800))))
        events = [(name, _word(days[name], draw)) for name in kept]
        if kept and draw.random() < 0.3:
            name = draw.choice(kept)
            events.append((name, (days[name] + timedelta(days=draw.choice((1, 20, 500)))).isoformat()))
        history = History(chosen, tuple(events), as_of)
        yield history
        yield from _around(rule, history)


def _exact(rule: Rule, facts: Sequence[dict[str, Any]], names: Sequence[str]) -> Iterator[History]:
    """Every threshold and class, every edge of the period of the law, every day of a yearly duty."""
    start = max(date(2024, 6, 3), rule.effective.start if rule.effective else date.min)
    others = {*getattr(rule, "do", ()), *getattr(rule, "unless", ())}
    events = tuple((name, start.isoformat()) for name in names if name not in others)
    numeric = [name for name in sorted(rules().reads(rule.when)) if name in rule.when and _is_number(name)]
    flags = [name for name in facts[0] if facts[0][name] in ("true", "false")]
    alone = [{**dict.fromkeys(flags, "false"), flag: "true"} for flag in flags] if numeric else []
    for chosen in (*({**facts[0], **flag} for flag in alone), *facts[:12]):
        for name in numeric:
            for limit in _numbers(rule):
                for factor in (0.5, 0.985, 0.995, 1, 1.005, 2):
                    yield History({**chosen, name: limit * factor}, events, date(2026, 7, 1))
                    low = {**chosen, **dict.fromkeys(numeric, 0.0), name: limit * factor}
                    yield History(low, events, date(2026, 7, 1))
    for document, permit in product(DOCUMENTS, PERMITS):
        classes = {"decided_eia_document": document, "decided_permit_class": permit}
        yield History({**facts[0], **classes}, events, date(2026, 7, 1))
    for edge in _edges(rule):
        yield History(facts[0], (), edge)
        yield History(facts[0], events, edge)
        yield History(facts[0], tuple((name, edge.isoformat()) for name, _ in events), edge)
    limit = getattr(rule, "limit", None)
    for text in limit.yearly if limit else ():
        for step in (-1, 0, 1):
            yield History(facts[0], events, date.fromisoformat(f"2025-{text}") + step * ONE)


def _is_number(name: str) -> bool:
    fact = rules().vocabulary.facts[name]
    return fact.type is FactType.NUMBER and not fact.internal


def _word(day: date, draw: random.Random) -> str:
    roll = draw.random()
    return "不清楚" if roll < 0.05 else "未办" if roll < 0.1 else day.isoformat()


def _around(rule: Rule, history: History) -> Iterator[History]:
    """The act on the last day, the day before and after; the check on those days."""
    if isinstance(rule, LifeJudgement):
        return
    try:
        found = instances(rule, (at := situated(history, rule)).history, at.views)
    except InputError:
        return
    for item in found[:1]:
        for bound in (item.limit.day, item.floor.day if item.floor else None):
            if bound is None or not date(1990, 1, 1) < bound < date(2090, 1, 1):
                continue
            others = tuple(event for event in history.events if event[0] not in rule.do)
            twice = tuple((rule.do[0], (bound + days * ONE).isoformat()) for days in (-20, 400))
            for acts in (((rule.do[0], "未办"),), twice):
                yield History(history.facts, (*others, *acts), max(history.as_of, bound + 900 * ONE))
            for step in (-1, 0, 1):
                act = (rule.do[0], (bound + step * ONE).isoformat())
                yield History(history.facts, (*others, act), max(history.as_of, bound + 5 * ONE))
                yield History(history.facts, others, bound + step * ONE)


def _names(rule: Rule) -> list[str]:
    names = list(rule.events)
    for derivation in rules().life.derivations:
        if derivation.event in names:
            names += derivation.after
    return list(dict.fromkeys(names))


def _edges(rule: Rule) -> Iterator[date]:
    if rule.effective is not None:
        yield from (rule.effective.start + step * ONE for step in (-1, 0, 1))
        if rule.effective.end is not None:
            yield from (rule.effective.end + step * ONE for step in (-1, 0, 1))


def _facts(rule: Rule) -> Iterator[dict[str, Any]]:
    """Facts under which its conditions hold, do not, and are undecided, drawn around every threshold."""
    draw = random.Random(rule.id)
    read = {name for _, condition in rule.conditions for name in rules().reads(condition)}
    known = [rules().vocabulary.facts[name] for name in sorted(read)]
    found: list[dict[str, Any]] = []
    holds: list[dict[str, Any]] = []
    for _ in range(30 if rule.when == "true" else 600):
        facts: dict[str, Any] = {
            "decided_eia_document": draw.choice(DOCUMENTS),
            "decided_permit_class": draw.choice(PERMITS),
        }
        for fact in known:
            if not fact.internal and fact.name not in facts and draw.random() < 0.9:
                value = _value(fact, rule, draw)
                if value is not None:
                    facts[fact.name] = value
        try:
            at = situated(History(facts, (), date(2026, 7, 1)), rule)
        except InputError:  # what is derived contradicts what it is derived from
            continue
        void = getattr(rule, "void_when", None)
        good = at.views.holds(rule.when) is True and (void is None or at.views.holds(void) is not True)
        (holds if good else found).append(facts)
    yield from (*holds[:60], *found[:60])


def _value(fact: Any, rule: Rule, draw: random.Random) -> Any:
    if fact.type is FactType.BOOL:
        return draw.choice(("true", "false"))
    if fact.type is FactType.NUMBER:
        limits = _numbers(rule)
        near = [limit * factor for limit in limits for factor in (0.5, 0.985, 0.995, 1, 1.005, 1.015, 2)]
        return draw.choice([0.0, *near, 900_000.0])
    if fact.type is FactType.ENUM:
        return draw.choice(sorted(fact.members))
    if fact.type is FactType.SET:
        named = [member for member in sorted(fact.members) if f"'{member}'" in rule.when] or sorted(fact.members)
        return f"[{draw.choice(named if draw.random() < 0.8 else sorted(fact.members))}]"
    return None


def _numbers(rule: Rule) -> list[float]:
    import re

    return [float(text) for text in re.findall(r"(?<![\w'])\d+(?:\.\d+)?(?![\w'])", rule.when)]


# the recorded histories


def recorded() -> dict[str, list[tuple[History, Outcome]]]:
    """Rule → its histories with what it must make of each."""
    return {
        rule: [(History(one.facts, one.events, one.as_of), one.gives) for one in found]
        for rule, found in read_histories(read_history_sources([DATA])).items()
    }


def survivors(rule: Rule, held: Iterable[tuple[History, Outcome]]) -> tuple[int, list[Mutant]]:
    """How many mutants the histories kill, and those that they do not."""
    placed = [(situated(history, rule), gives) for history, gives in held]
    living, killed = [], 0
    for mutant in mutants(rule):
        if any(outcome(mutant.rule, at, mutant.tree) != gives for at, gives in placed):
            killed += 1
        else:
            living.append(mutant)
    return killed, living


def make(rule: Rule) -> list[tuple[History, Outcome]]:
    """Few histories that together notice every change that any of many would."""
    living, kept = list(mutants(rule)), list[tuple[History, Outcome]]()
    for history in candidates(rule):
        try:
            at = situated(history, rule)
        except InputError:
            continue
        gives = outcome(rule, at)
        rest = [mutant for mutant in living if outcome(mutant.rule, at, mutant.tree) == gives]
        if len(rest) < len(living):
            kept.append((history, gives))
            living = rest
        if not living:
            break
    return kept


def write() -> None:
    """Make the histories anew."""
    lines = [
        {
            "rule": rule.id,
            "facts": history.facts,
            "events": history.events,
            "as_of": history.as_of.isoformat(),
            "gives": gives,
        }
        for rule in every_rule()
        for history, gives in make(rule)
    ]
    DATA.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="make the histories anew from the rules")
    if parser.parse_args().write:
        write()
    held, killed, living = recorded(), 0, list[Mutant]()
    for rule in every_rule():
        some, left = survivors(rule, held[rule.id])
        killed, living = killed + some, living + left
    for mutant in living:
        print(f"{mutant.of} {mutant.part}: {mutant.change}")
    print(f"{killed}/{killed + len(living)} = {100 * killed / (killed + len(living)):.1f} %")


if __name__ == "__main__":
    main()
