"""A duty of the rulebook held against one history: does it apply, was it done, by when had it to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from admission.lifecycle.events import History, Occurrence
from admission.lifecycle.limits import Bound, bound_of, cycles
from admission.lifecycle.symbols import Symbol
from admission.rulebook.life_model import LifeDuty
from admission.screening.views import Views

__all__ = ["Instance", "instances"]


class Instance(NamedTuple):
    """One duty on one occasion, ready to be turned into symbols.

    `applies` None: undecided. `act` is the day it was done; `act_open`: it may have been done on
    another day, or on an unknown one. `asks` are the milestones whose day is missing.
    """

    key: str
    rule: LifeDuty
    applies: bool | None
    occasion: Occurrence | None
    act: date | None
    act_open: bool
    limit: Bound
    floor: Bound | None
    asks: tuple[str, ...]

    def unless_recorded(self, history: History) -> Instance:
        """Past its limit, an act that only the enterprise's own files would show is unknown, not undone."""
        past = self.limit.day is not None and self.limit.day < history.as_of
        told = self.rule.unrecorded == "undone" or not history.undone.isdisjoint(self.rule.do)
        if self.act is not None or not past or not self.applies or told or self.rule.voluntary:
            return self
        return self._replace(act_open=True, asks=tuple(dict.fromkeys((*self.asks, self.rule.do[0]))))

    def symbols(self) -> Iterator[Symbol]:
        """What the engine is told of it."""
        key = self.key
        yield Symbol("duty", "on" if self.applies else "maybe", key)
        state = ("done" if self.act else "none") + ("-open" if self.act_open else "")
        yield Symbol("act", state, key, day=self.act.toordinal() if self.act else 0)
        limit = self.limit
        if self.rule.voluntary and self.act is None:
            limit = limit._replace(day=None, open=False)
        yield _bound("limit", key, limit)
        if self.floor is not None:
            yield _bound("floor", key, self.floor)
        for broken in self.rule.breaches:
            yield from (Symbol("breaks", state, key, broken.breach) for state in broken.on)


def _bound(kind: str, key: str, bound: Bound) -> Symbol:
    state = ("set" if bound.day else "free") + ("-open" if bound.open else "")
    return Symbol(kind, state, key, day=bound.day.toordinal() if bound.day else 0)


def instances(rule: LifeDuty, history: History, views: Views) -> list[Instance]:
    """The occasions of one duty; none when it does not apply or was not yet, or no longer, the law."""
    applies = _applies(rule, history, views)
    if applies is False:
        return []
    void = rule.void_when is not None and views.holds(rule.void_when) is True
    if rule.limit is not None and rule.limit.yearly:
        found = list(_yearly(rule, history, applies, void))
    else:
        occasions = _occasions(rule, history)
        many = len(occasions) > 1
        found = [
            _instance(rule, history, applies, void, occasion, number if many else 0)
            for number, occasion in enumerate(occasions, 1)
        ]
    return [item.unless_recorded(history) for item in found if _in_force(item, history)]


def _occasions(rule: LifeDuty, history: History) -> list[Occurrence | None]:
    """What the duty arises from; None stands for the duty as such, or for an occasion of unknown day."""
    if rule.each is None:
        return [None]
    found: list[Occurrence | None] = list(history.all(rule.each))
    if rule.each in history.unknown or (not found and rule.limit is not None and rule.each in rule.limit.before):
        found.append(None)
    return found


def _applies(rule: LifeDuty, history: History, views: Views) -> bool | None:
    """Kleene's conjunction of the condition, the trigger and what excludes the duty."""
    triggered = _triggered(rule, history)
    if triggered is False or history.past(*rule.unless):
        return False
    holds = views.holds(rule.when)
    if holds is False:
        return False
    return None if holds is None or triggered is None or history.uncertain(*rule.unless) else True


def _triggered(rule: LifeDuty, history: History) -> bool | None:
    trigger = rule.trigger
    if trigger is None or history.all(*trigger.any):
        return True
    return None if history.uncertain(*trigger.any) or trigger.absent == "unknown" else False


def _in_force(item: Instance, history: History) -> bool:
    if item.rule.effective is None:
        return True
    known = [item.occasion.day if item.occasion else None, item.limit.reference, item.act]
    day = next((day for day in known if day is not None and day <= history.as_of), history.as_of)
    return item.rule.effective.state(day) == "in_force"


def _instance(
    rule: LifeDuty, history: History, applies: bool | None, void: bool, occasion: Occurrence | None, number: int
) -> Instance:
    unplaced = occasion is None and rule.each is not None and rule.each in history.unknown
    act = None if void or unplaced else _act(rule, history, occasion, number)
    doubtful = history.uncertain(*rule.acts)
    implied = act is None and not void and _implied(rule, history, occasion)
    limit = Bound() if rule.limit is None else bound_of(rule.limit, history, occasion, rule.each, act)
    floor = None if rule.floor is None else bound_of(rule.floor, history, occasion, rule.each, act)
    asks = (*doubtful, *(rule.do[:1] if implied else ()), *limit.asks, *(floor.asks if floor else ()))
    asks += history.uncertain(*rule.grounds, *_one(rule.each, unplaced))
    return Instance(
        key=rule.id if number == 0 else f"{rule.id}#{number}",
        rule=rule,
        applies=None if unplaced else applies,
        occasion=occasion,
        act=act.day if act else None,
        act_open=bool(doubtful) or implied,
        limit=limit,
        floor=floor,
        asks=tuple(dict.fromkeys(asks)) if asks else (),
    )


def _one(event: str | None, wanted: bool) -> tuple[str, ...]:
    return (event,) if event is not None and wanted else ()


def _implied(rule: LifeDuty, history: History, occasion: Occurrence | None) -> bool:
    """Something is recorded that could not have come about without the act."""
    if not rule.implied_by:
        return False
    since = occasion.since if occasion else date.min
    return any(item.day >= since for item in history.past(*rule.implied_by)) or bool(
        history.uncertain(*rule.implied_by)
    )


def _act(rule: LifeDuty, history: History, occasion: Occurrence | None, number: int) -> Occurrence | None:
    """The occurrence that fulfils the duty, as far as one is recorded up to the day."""
    done = history.past(*rule.do)
    if rule.counts_after:
        begun = history.past(*rule.counts_after)
        done = [item for item in done if begun and item.day > begun[0].day]
    if rule.match == "nth":
        position = max(number, 1) - 1
        return done[position] if position < len(done) else None
    if rule.limit is not None and rule.limit.every is not None:
        last = history.past(*rule.limit.after)
        done = [item for item in done if not last or item.day > last[-1].day]
    elif rule.match == "next":
        since = occasion.since if occasion else _first_reference(rule, history)
        done = [item for item in done if item.day >= since]
    if not done:
        return None
    return done[-1] if rule.match == "last" else done[0]


def _first_reference(rule: LifeDuty, history: History) -> date:
    counted = rule.limit or rule.floor
    found = history.all(*counted.events) if counted else []
    return found[0].day if found else date.min


def _yearly(rule: LifeDuty, history: History, applies: bool | None, void: bool) -> Iterable[Instance]:
    """The last day of the year that has passed, and the next one."""
    assert rule.limit is not None
    started = history.past(*rule.limit.after)
    doubtful = history.uncertain(*rule.do)
    unplaced = history.uncertain(*rule.limit.after)
    asks = tuple(dict.fromkeys((*doubtful, *unplaced)))
    if not started:
        yield Instance(rule.id, rule, applies, None, None, bool(doubtful), Bound(open=bool(unplaced)), None, asks)
        return
    used: date | None = None
    for previous, due in cycles(rule.limit.yearly, started[0].day, history.as_of):
        done = [] if void else [o.day for o in history.past(*rule.do) if o.day > previous and o.day != used]
        used = done[0] if done else None
        key = f"{rule.id}#{due.isoformat()}"
        yield Instance(key, rule, applies, None, used, bool(doubtful), Bound(day=due), None, asks)
