"""What one clause says of one set of facts, worked out once for all components that are alike in what it reads.

Most clauses read a few facts only, so most projects get most answers from those before. An answer
depends on nothing but the clause and the facts it reads; the ruleset keeps the answers it gave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any

from admission.logic import facts_of, next_facts, open_facts, walk
from admission.logic.nodes import IsUnknown
from admission.logic.trace import summary, trace
from admission.rulebook import Effect, Item, Owned, Ruleset, Setting
from admission.screening.verdict import Outcome, contribution, reachable, settled
from admission.vocabulary import Value

__all__ = ["QUIET", "Answer", "Answers", "conditions", "make_room", "outcome_of"]

QUIET = (Outcome.CLEAR, Outcome.NOT_APPLICABLE)
"""Outcomes that need no explanation beyond a sentence."""

_KEPT = 32
_Facts = Mapping[str, Value | None]


def conditions(item: Item) -> tuple[str, ...]:
    """The conditions that decide the clause: its trigger, and the duty itself where it has one."""
    return (item.when,) if item.must is None else (item.when, item.must)


class Answer:
    """One clause against the facts it reads; everything but the outcome is worked out when asked for.

    `outcome` accounts for unverified rules, not for recorded judgements.
    """

    def __init__(self, item: Item, facts: _Facts, ruleset: Ruleset) -> None:
        self._item = item
        self._facts = facts
        self._ruleset = ruleset
        self.outcome = settled(item, _outcome(item, facts, ruleset))
        self.contribution = contribution(item, self.outcome)
        self.reachable = reachable(item, self.outcome)
        self.kept: dict[str | None, Any] = {}  # the assessments made of it, by component

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The unknown facts an undecided clause still hangs on."""
        if self.outcome is not Outcome.UNKNOWN:
            return ()
        trees = (self._ruleset.conditions.tree(key) for key in conditions(self._item))
        found = (self._ruleset.askable(open_facts(tree, self._facts), self._facts) for tree in trees)
        return tuple(dict.fromkeys(name for names in found for name in names))

    @cached_property
    def needs_first(self) -> tuple[str, ...]:
        """Those to begin with: the trigger before the duty, the gate before what lies behind it."""
        if self.outcome is not Outcome.UNKNOWN:
            return ()
        names = next_facts(self._ruleset.conditions.tree(self._undecided), self._facts)
        return self._ruleset.askable(names, self._facts, first=True)

    @cached_property
    def asks(self) -> tuple[tuple[str, bool], ...]:
        """Every fact it needs, and whether to begin with that."""
        first = self.needs_first
        return tuple((name, name in first) for name in self.needs)

    def reasons(self, lang: str) -> str:
        """What was found, in a sentence, with the park's reading of the terms it uses where the clause bites."""
        said = summary(self._telling, self._facts, self._ruleset.vocabulary, lang)
        return said if self.outcome in QUIET else said + _readings(self._settings, lang)

    def trace(self, lang: str) -> dict[str, Any] | None:
        """The condition leaf by leaf with the facts; None where the clause does not concern the project."""
        if self.outcome in QUIET:
            return None
        found = trace(self._telling, self._facts, self._ruleset.vocabulary, lang)
        if self._settings:
            readings = [(setting.name, setting.meaning.get(lang), setting.default) for setting in self._settings]
            found["settings"] = [dict(zip(("name", "meaning", "default"), part, strict=True)) for part in readings]
        return found

    @cached_property
    def _settings(self) -> tuple[Setting, ...]:
        keys = conditions(self._item)
        return tuple(dict.fromkeys(setting for key in keys for setting in self._ruleset.settings_for(key)))

    @property
    def _undecided(self) -> str:
        function = self._ruleset.conditions.function
        return next(key for key in conditions(self._item) if function(key)(self._facts.get) is None)

    @cached_property
    def _telling(self) -> Any:
        """The condition that explains the outcome: what is undecided, or the duty itself once it is triggered."""
        if self.outcome is Outcome.UNKNOWN:
            key = self._undecided
        else:
            key = conditions(self._item)[0 if self.outcome in QUIET else -1]
        return self._ruleset.conditions.tree(key)


class Answers:
    """The answers of one clause, by the facts it reads; the oldest go when there are many.

    `names` are the facts it names, `reads` those and the facts behind them.
    """

    def __init__(self, owned: Owned[Item], ruleset: Ruleset) -> None:
        self.owned = owned
        self._item = owned.rule
        self._ruleset = ruleset
        self.names = frozenset[str]().union(*(facts_of(ruleset.conditions.tree(key)) for key in conditions(owned.rule)))
        self.reads = frozenset[str]().union(*(ruleset.reads(key) for key in conditions(owned.rule)))
        self._names = tuple(sorted(self.reads))
        self._key: Callable[[_Facts], object] = itemgetter(*self._names) if self._names else _nothing_read
        self._kept: dict[object, Answer] = {}

    @cached_property
    def only_gains(self) -> bool:
        """Does a clause that is decided stay so when more becomes known? Not if it asks what is unknown."""
        facts = self._ruleset.vocabulary.facts
        definitions = (facts[name].define for name in self.reads)
        keys = (*conditions(self._item), *(key for key in definitions if key is not None))
        nodes = (node for key in keys for node in walk(self._ruleset.conditions.tree(key)))
        return not any(isinstance(node, IsUnknown) for node in nodes)

    def of(self, values: _Facts) -> Answer:
        """The answer for a component with these facts."""
        try:
            key = self._key(values)
        except KeyError:  # not made by `component_facts`: what is left out is unknown
            return self.of({**dict.fromkeys(self._names), **values})
        found = self._kept.get(key)
        if found is None:
            make_room(self._kept, _KEPT)
            facts = {name: values[name] for name in self._names}
            found = self._kept[key] = Answer(self._item, facts, self._ruleset)
        return found


def make_room(kept: dict[Any, Any], most: int) -> None:
    """Let the older half of `kept` go when it holds `most`; other threads may be using it."""
    if len(kept) >= most:
        for key in list(kept)[: most // 2]:
            kept.pop(key, None)


def _readings(settings: Sequence[Setting], lang: str) -> str:
    """Which terms are read as the park settings say, and whether that is a default; the trace has their words."""
    if not settings:
        return ""
    if lang == "en":
        names = (f"{item.title.en} ({'default' if item.default else 'set by the park'})" for item in settings)
        return f" [park settings: {', '.join(names)}]"
    names = (f"{item.title.zh}（{'默认' if item.default else '园区已定'}）" for item in settings)
    return f"〔园区口径：{'、'.join(names)}〕"


def _nothing_read(values: _Facts) -> object:
    """The key of a clause that holds whatever the facts are."""
    return ()


def _outcome(item: Item, values: _Facts, ruleset: Ruleset) -> Outcome:
    function = ruleset.conditions.function
    triggered: bool | None = function(item.when)(values.get)
    fulfilled: bool | None = None
    if item.must is not None and triggered is not False:
        fulfilled = function(item.must)(values.get)
    return outcome_of(item, triggered, fulfilled)


def outcome_of(item: Item, triggered: bool | None, fulfilled: bool | None) -> Outcome:
    """What the clause says when its `when` is `triggered` and its `must`, if it has one, `fulfilled`."""
    untouched = Outcome.NOT_APPLICABLE if item.effect is Effect.REQUIRE else Outcome.CLEAR
    if item.must is None:
        return _choose(triggered, Outcome.HIT if item.judgement is None else Outcome.REVIEW, untouched)
    if triggered is False:
        return untouched
    if fulfilled is False:
        return _choose(triggered, Outcome.UNMET, untouched)
    return _choose(fulfilled, Outcome.MET, Outcome.UNMET)


def _choose(value: bool | None, when_true: Outcome, when_false: Outcome) -> Outcome:
    return Outcome.UNKNOWN if value is None else when_true if value else when_false
