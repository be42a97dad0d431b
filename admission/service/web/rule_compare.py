"""Two days, or two editions of the rules, side by side: what came, what went, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from admission.rulebook import Cite, Duty, Rulebook
from admission.rulebook.life_model import LifeDuty, LifeJudgement, PenaltyRange
from admission.rulebook.listing import selected
from admission.rulebook.rows import Row, rows
from admission.service.web.rule_parts import Part
from admission.service.web.rule_view import rule_parts
from admission.service.web.words import cite_text, period_text, status_text

__all__ = ["Change", "Comparison", "compare_days", "compare_editions"]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule that reads otherwise: the lines that differ, each with what it was and what it is."""

    before: Row
    after: Row
    lines: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came, what went, what changed, and how many stayed."""

    came: tuple[Row, ...]
    went: tuple[Row, ...]
    changed: tuple[Change, ...]
    same: int


def compare_days(rulebook: Rulebook, park: str | None, before: date, after: date) -> Comparison:
    """The rules in force on two days, for a park or (None) all there are.

    A clause that takes the place of another under the same title counts as changed, and so does a
    duty that other law is quoted for.
    """
    old, new = ({row.id: row for row in selected(rulebook, park, day, day)} for day in (before, after))
    stayed = [(id, id) for id in old if id in new]
    went, came = ([row for id, row in side.items() if id not in other] for side, other in ((old, new), (new, old)))
    pairs = (*stayed, *_pairs(went, came, (_title,)))
    return _compared(old, new, pairs, _Texts(rulebook, before), _Texts(rulebook, after))


def compare_editions(rulebook: Rulebook, before: str, after: str) -> Comparison:
    """Two editions; their clauses belong together when they stand under the same title or article."""
    old, new = ({row.id: row for row in rows(rulebook) if row.edition.edition == name} for name in (before, after))
    pairs = _pairs(old.values(), new.values(), (_title, _article))
    return _compared(old, new, pairs, _Texts(rulebook), _Texts(rulebook))


def _title(row: Row) -> str | None:
    """The title; of a penalty also for whom, for which document and how grave: one duty has many ranges."""
    rule = row.rule
    if not isinstance(rule, PenaltyRange):
        return row.title.zh
    case = rule.circumstance.zh if rule.circumstance else ""
    return "|".join((row.title.zh, rule.target, rule.document, rule.gravity, case))


def _article(row: Row) -> str | None:
    return row.cites[0].article if row.cites else None


def _pairs(
    old: Iterable[Row], new: Iterable[Row], keys: Iterable[Callable[[Row], str | None]]
) -> list[tuple[str, str]]:
    """Clauses that go together, each once, by the first key that is the same."""
    left, free, found = list(old), {row.id: row for row in new}, []
    for key in keys:
        by_key = {name: row.id for row in free.values() if (name := key(row))}
        for row in tuple(left):
            id = by_key.pop(key(row) or "", None)
            if id is not None:
                found.append((row.id, id))
                left.remove(row)
                del free[id]
    return found


class _Texts:
    """Name of a line → what a rule says there, with the law quoted on a day."""

    def __init__(self, rulebook: Rulebook, day: date | None = None) -> None:
        self._rulebook, self._day = rulebook, day

    def of(self, row: Row) -> dict[str, str]:
        """Everything that can differ between two readings of a rule."""
        found = {"编号": row.id, "标题": row.title.zh, "依据": "；".join(map(cite_text, self._cites(row)))}
        found["有效期"] = period_text(row.effective)
        found["核实情况"] = status_text(row.status, row.confidence)
        for part in rule_parts(row, self._rulebook, self._day):
            found[part.name] = "\n".join(filter(None, (found.get(part.name, ""), _whole(part))))
        return found

    def _cites(self, row: Row) -> tuple[Cite, ...]:
        if isinstance(row.rule, Duty | LifeDuty | LifeJudgement) and self._day is not None:
            return row.rule.cites_on(self._day)
        return row.cites


def _compared(
    old: Mapping[str, Row], new: Mapping[str, Row], pairs: Iterable[tuple[str, str]], before: _Texts, after: _Texts
) -> Comparison:
    paired = list(pairs)
    gone, come = {one for one, _ in paired}, {other for _, other in paired}
    changes = [Change(old[a], new[b], _lines(before.of(old[a]), after.of(new[b]))) for a, b in paired]
    changed = tuple(change for change in changes if change.lines)
    return Comparison(
        came=tuple(row for id, row in new.items() if id not in come),
        went=tuple(row for id, row in old.items() if id not in gone),
        changed=changed,
        same=len(paired) - len(changed),
    )


def _lines(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    names = dict.fromkeys((*one, *other))
    return tuple((n, one.get(n, ""), other.get(n, "")) for n in names if one.get(n, "") != other.get(n, ""))


def _whole(part: Part) -> str:
    return "：".join(filter(None, (part.text, part.condition)))
