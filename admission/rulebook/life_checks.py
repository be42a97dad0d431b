"""What must hold between life-cycle rules: ids, references, periods, variables of the chaining rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from admission._messages import Phrase, ProblemCode
from admission.errors import Place, Problem
from admission.rulebook.checks import unknown_reference
from admission.rulebook.files import Located, RuleFiles
from admission.rulebook.life_model import ChainRule, LifeDuty, LifeFile
from admission.rulebook.model import DutyCite, Period, Strict

__all__ = ["check_life", "life_conditions", "life_ids"]

_MILESTONE = Phrase("节点", "milestone")
_BREACH = Phrase("违法情形", "breach")
_PENALTY = Phrase("罚则", "penalty")
_DUTY = Phrase("义务", "duty")
_VARIABLE = Phrase("变量", "variable")
_NAMED = ("duties", "judgements", "penalties", "material_change", "chaining", "breaches", "regimes")
Reference = tuple[tuple[str, ...], str]


def life_ids(found: RuleFiles) -> Iterator[tuple[str, Place]]:
    """Every id with its place; ids of regimes, breaches and chaining rules are their own name space."""
    for file in found.life:
        yield f"lifecycle:{file.model.lifecycle}", file.place("lifecycle")
        for key in _NAMED:
            prefix = f"{key}:" if key in ("breaches", "regimes", "chaining") else ""
            for index, rule in enumerate(getattr(file.model, key)):
                yield f"{prefix}{rule.id}", file.place(key, index, "id")


def life_conditions(found: RuleFiles) -> Iterator[tuple[Place, str, str]]:
    """Place, field and text of every condition."""
    for file in found.life:
        for key in ("duties", "judgements"):
            for index, rule in enumerate(getattr(file.model, key)):
                for field, text in rule.conditions:
                    yield file.place(key, index, field), f"{rule.id}.{field}", text
        for index, item in enumerate(file.model.material_change):
            yield file.place("material_change", index, "when"), f"{item.id}.when", item.when


@dataclass(frozen=True, slots=True)
class _Known:
    milestones: frozenset[str]
    breaches: frozenset[str]
    penalties: frozenset[str]
    duties: frozenset[str]


def check_life(found: RuleFiles, problems: list[Problem]) -> None:
    """References exist, periods end after they begin, chaining rules name only what they have matched."""
    known = _Known(
        frozenset(event.model.id for event in found.milestones) | found.broken,
        frozenset(kind.id for file in found.life for kind in file.model.breaches) | found.broken,
        frozenset(item.penalty for file in found.life for item in file.model.penalties) | found.broken,
        frozenset(duty.id for file in found.life for duty in file.model.duties) | found.broken,
    )
    for file in found.life:
        _check_duties(file, known, problems)
        _check_judgements(file, known, problems)
        _check_dates(file, known, problems)
        _check_chaining(file, problems)
        _check_periods(file, problems)


def _missing(
    file: Located[LifeFile],
    path: Sequence[str | int],
    kind: Phrase,
    names: Iterable[str],
    known: frozenset[str],
    problems: list[Problem],
) -> None:
    field = ".".join(str(step) for step in path if not isinstance(step, int))
    problems.extend(
        unknown_reference(file.place(*path), field, kind, name, sorted(known)) for name in names if name not in known
    )


def _check_duties(file: Located[LifeFile], known: _Known, problems: list[Problem]) -> None:
    for index, duty in enumerate(file.model.duties):
        path = ("duties", index)
        for field, events in _events(duty):
            _missing(file, (*path, *field), _MILESTONE, events, known.milestones, problems)
        kinds = [broken.breach for broken in duty.breaches]
        _missing(file, (*path, "breaches"), _BREACH, kinds, known.breaches, problems)
        _missing(file, (*path, "penalty"), _PENALTY, _one(duty.penalty), known.penalties, problems)
        _missing(file, (*path, "after"), _DUTY, duty.after, known.duties, problems)


def _events(duty: LifeDuty) -> Iterator[tuple[tuple[str, ...], Iterable[str]]]:
    yield ("do",), duty.do
    yield ("unless",), duty.unless
    yield ("implied_by",), duty.implied_by
    yield ("counts_after",), duty.counts_after
    yield ("each",), _one(duty.each)
    yield ("trigger",), duty.trigger.any if duty.trigger else ()
    for key in ("limit", "floor"):
        limit = getattr(duty, key)
        yield (key,), limit.events if limit else ()


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)


def _check_judgements(file: Located[LifeFile], known: _Known, problems: list[Problem]) -> None:
    for index, judgement in enumerate(file.model.judgements):
        path = ("judgements", index)
        _missing(file, (*path, "trigger"), _MILESTONE, judgement.events, known.milestones, problems)
        _missing(file, (*path, "penalty"), _PENALTY, _one(judgement.penalty), known.penalties, problems)


def _check_dates(file: Located[LifeFile], known: _Known, problems: list[Problem]) -> None:
    for index, derivation in enumerate(file.model.derivations):
        events = (derivation.event, *derivation.after)
        _missing(file, ("derivations", index, "event"), _MILESTONE, events, known.milestones, problems)
    for index, kind in enumerate(file.model.breaches):
        _missing(file, ("breaches", index, "ended_by"), _MILESTONE, kind.ended_by, known.milestones, problems)
    for index, order in enumerate(file.model.orders):
        _missing(
            file, ("orders", index, "earlier"), _MILESTONE, (order.earlier, order.later), known.milestones, problems
        )


def _check_chaining(file: Located[LifeFile], problems: list[Problem]) -> None:
    for index, rule in enumerate(file.model.chaining):
        bound = frozenset(_variables(rule))
        wanted = [name for name in (rule.then.of, rule.then.by, rule.then.day) if name]
        wanted += [name for text in rule.where for name in text.split()[::2]]
        _missing(file, ("chaining", index, "then"), _VARIABLE, wanted, bound, problems)


def _variables(rule: ChainRule) -> Iterator[str]:
    for pattern in rule.given:
        yield from (name for name in (pattern.of, pattern.by, pattern.day) if name)


def _check_periods(file: Located[LifeFile], problems: list[Problem]) -> None:
    for key in ("duties", "judgements", "penalties", "material_change", "regimes", "derivations"):
        for index, rule in enumerate(getattr(file.model, key)):
            for path, period in _periods(rule):
                if period.end is not None and period.end < period.start:
                    place = file.place(key, index, *path)
                    problems.append(Problem(ProblemCode.PERIOD, place, "effective"))


def _periods(rule: Strict) -> Iterator[tuple[tuple[str | int, ...], Period]]:
    period = getattr(rule, "effective", None)
    if period is not None:
        yield ("effective",), period
    cites = getattr(rule, "cite", ())
    if isinstance(cites, DutyCite):
        yield ("cite", "effective"), cites.effective
    else:
        yield from ((("cite", index, "effective"), cite.effective) for index, cite in enumerate(cites))
