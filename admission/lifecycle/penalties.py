"""Penalty ranges of one act: the law of its day, the lighter law, conflicts of norms, prescription."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from admission.lifecycle.clocks import add
from admission.lifecycle.results import Conflict, PenaltyLine, PenaltyResult
from admission.rulebook.life_model import PenaltyRange, Regime
from admission.rulebook.life_rules import LifeRules

__all__ = ["Act", "penalty_of"]

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, as far as a penalty depends on it.

    `documents` are the EIA documents still possible, `investment` the total in 10,000 yuan, `harm`
    whether pollution or ecological damage was done; None where unknown. `until` None: it goes on.
    `found` is the day an authority found it, `decided` that of its decision, `ordered` the day an
    order to correct was served.
    """

    since: date
    until: date | None
    documents: Collection[str]
    investment: float | None = None
    harm: bool | None = None
    found: date | None = None
    decided: date | None = None
    ordered: date | None = None


def penalty_of(penalty: str | None, act: Act, as_of: date, rules: LifeRules, lang: str) -> PenaltyResult:
    """The ranges for `act` on day `as_of`; without a penalty in the rulebook the list is empty."""
    end = act.until or as_of
    decision = act.decided or as_of
    then, now = rules.regime_on(end), rules.regime_on(decision)
    days = {regime.id: day for regime, day in ((then, end), (now, decision)) if regime is not None}
    ranges = rules.ranges_of.get(penalty or "", ())
    lines = [
        _line(item, regime, act, rules, lang)
        for regime, day in days.items()
        for item in ranges
        if _concerns(item, act, day)
    ]
    lighter = _lighter(lines, list(days)) if len(days) > 1 else next(iter(days), None)
    lighter_cite = now.lighter_law if now is not None and len(days) > 1 else None
    return PenaltyResult(
        penalty=penalty,
        act_law=then.id if then else None,
        decision_law=now.id if now else None,
        ranges=tuple(lines),
        lighter=lighter,
        lighter_cite=lighter_cite.plain if lighter_cite else None,
        conflicts=tuple(_conflicts(lines, {regime.id: regime for regime in rules.regimes})),
        daily_fine_from=_daily(ranges, act),
        **_prescription(act, then or now, as_of),
    )


def _concerns(item: PenaltyRange, act: Act, day: date) -> bool:
    document = item.document == "any" or not act.documents or item.document in act.documents
    return document and item.cite.effective.state(day) == "in_force"


def _line(item: PenaltyRange, regime: str, act: Act, rules: LifeRules, lang: str) -> PenaltyLine:
    low, high = _amounts(item, act)
    if item.unit != "wan_yuan" and low is not None:
        return _made(item, regime, low, high, lang)
    key = ("penalty", item.id, regime, lang)
    if key not in rules.kept:  # the same for every act
        rules.kept[key] = _made(item, regime, low, high, lang)
    return cast(PenaltyLine, rules.kept[key])


def _made(item: PenaltyRange, regime: str, low: float | None, high: float | None, lang: str) -> PenaltyLine:
    return PenaltyLine(
        id=item.id,
        regime=regime,
        document=item.document,
        circumstance=item.circumstance.get(lang) if item.circumstance else None,
        gravity=item.gravity,
        target=item.target,
        low=item.low,
        high=item.high,
        unit=item.unit,
        base=item.base,
        low_wan_yuan=low,
        high_wan_yuan=high,
        at_discretion=item.at_discretion,
        cite=item.cite.plain,
        confidence=item.confidence,
    )


def _amounts(item: PenaltyRange, act: Act) -> tuple[float | None, float | None]:
    """The range in 10,000 yuan; None while the base is not known."""
    if item.unit == "wan_yuan":
        return item.low, item.high
    if item.base == "total_investment" and act.investment is not None:
        return item.low * act.investment, item.high * act.investment
    return None, None


def _lighter(lines: Sequence[PenaltyLine], regimes: Sequence[str]) -> str | None:
    """The law whose ordinary range for the unit ends lower (then begins lower); None when that is open."""
    tops: dict[str, tuple[float, float]] = {}
    for regime in regimes:
        ordinary = [x for x in lines if x.regime == regime and x.target == "unit" and x.gravity == "normal"]
        ranges = {
            (line.high_wan_yuan, line.low_wan_yuan)
            for line in ordinary
            if line.high_wan_yuan is not None and line.low_wan_yuan is not None
        }
        documents = {line.document for line in ordinary}
        if not ordinary or len(ranges) < len({(x.low, x.high, x.unit) for x in ordinary}) or len(documents) > 1:
            return None
        tops[regime] = max(ranges)
    best = min(tops.values())
    return next(regime for regime in regimes if tops[regime] == best)


def _conflicts(lines: Iterable[PenaltyLine], regimes: Mapping[str, Regime]) -> Iterable[Conflict]:
    """Groups of one law, document, circumstance, gravity and target whose norms differ."""
    groups: dict[tuple[str | None, ...], list[PenaltyLine]] = defaultdict(list)
    for line in lines:
        groups[line.regime, line.document, line.gravity, line.target, line.circumstance].append(line)
    for (regime, _, gravity, target, _), group in groups.items():
        if len({(line.low, line.high, line.unit) for line in group}) > 1:
            cite = regimes[str(regime)].highest_of_several
            yield Conflict(
                gravity=str(gravity),
                target=str(target),
                ranges=tuple(line.id for line in group),
                rule=cite.plain if cite else None,
            )


def _daily(ranges: Iterable[PenaltyRange], act: Act) -> date | None:
    """The first day of a fine by the day: the day after the order, while the act goes on."""
    if not any(item.daily for item in ranges) or act.ordered is None or act.ordered < act.since:
        return None
    return act.ordered + _ONE if act.until is None or act.until > act.ordered else None


def _prescription(act: Act, regime: Regime | None, as_of: date) -> dict[str, object]:
    """From the end of the act; found later than that, it is fined no more."""
    if regime is None or act.until is None:
        return {"barred_after": None, "barred_after_with_harm": None, "barred": None, "barred_cite": None}
    rule = regime.prescription
    short, long = add(act.until, rule.years, "year").day, add(act.until, rule.years_with_harm, "year").day
    found = act.found if act.found is not None else as_of
    barred = True if found > long else False if found <= short else None if act.harm is None else not act.harm
    return {
        "barred_after": short,
        "barred_after_with_harm": long,
        "barred": barred,
        "barred_cite": rule.cite.plain,
    }
