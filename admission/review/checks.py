"""What should hold between rules that load: citations, no gaps in time, no duplicates, nothing unreachable.

`problems` must be mended; `notices` are worth a look and may be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

from admission.errors import Problem, ProblemCode
from admission.logic import Expr
from admission.logic.nodes import And, Or, children
from admission.review.bench import Bench
from admission.review.changes import with_children
from admission.review.dated import own_period
from admission.review.reach import unreachable
from admission.review.subjects import Subject
from admission.rulebook import Duty, Edition, Item
from admission.rulebook.checks import same_document

__all__ = ["Review", "check_rules"]


@dataclass(frozen=True, slots=True)
class Review:
    """What was found, each list in the order of files and lines."""

    problems: tuple[Problem, ...]
    notices: tuple[Problem, ...]


def check_rules(bench: Bench) -> Review:
    """Everything that this module looks for."""
    problems = [*_citations(bench), *_gaps(bench), *_out_of_reach(bench)]
    notices = list(_without_cases(bench))
    for problem, meant in _duplicates(bench):
        (notices if meant else problems).append(problem)
    return Review(_sorted(problems), _sorted(notices))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.place, problem.field, problem.code)))


def _citations(bench: Bench) -> Iterator[Problem]:
    """Where a document, clause or source is blank, or a duty has no citation for some days."""
    for name, edition in bench.rulebook.editions.items():
        located = bench.places.editions[name]
        blank = [key for key in ("document", "provenance") if _is_blank(getattr(edition, key))]
        yield from (Problem(ProblemCode.CITATION, located.place(key), key, {"id": name}) for key in blank)
    for subject in bench.rules.values():
        rule: Any = subject.owned.rule
        located = bench.places.rules[subject.id]
        for key in ("article", "entry", "provenance"):
            if _is_blank(getattr(rule, key, None)):
                yield Problem(ProblemCode.CITATION, located.place(key), key, {"id": subject.id})
        for day in _days_without_cite(rule, subject.owned.edition) if isinstance(rule, Duty) else ():
            yield Problem(ProblemCode.UNCITED_DAYS, located.place("cite"), "cite", {"id": subject.id, "day": day})


def _is_blank(text: object) -> bool:
    return isinstance(text, str) and not text.strip()


def _days_without_cite(duty: Duty, edition: Edition) -> Iterator[date]:
    """The first of each run of days, after its first citation begins, on which the duty has nothing to cite."""
    ends = {cite.effective.end + timedelta(days=1) for cite in duty.cite if cite.effective.end is not None}
    return (day for day in sorted(ends) if edition.effective.state(day) == "in_force" and not duty.cites_on(day))


def _gaps(bench: Bench) -> Iterator[Problem]:
    """Days between two editions of one document on which neither is in force."""
    editions = sorted(bench.rulebook.editions.values(), key=lambda edition: edition.effective.start)
    groups: list[list[Edition]] = []
    for edition in editions:
        group = next((group for group in groups if same_document(group[0], edition)), None)
        if group is None:
            groups.append([edition])
        else:
            group.append(edition)
    for earlier, later in (pair for group in groups for pair in pairwise(group)):
        end = earlier.effective.end
        if end is not None and end + timedelta(days=1) < later.effective.start:
            place = bench.places.editions[later.edition].place("effective")
            values = {"id": later.edition, "other": earlier.edition, "end": end, "start": later.effective.start}
            yield Problem(ProblemCode.EDITION_GAP, place, "effective", values)


def _out_of_reach(bench: Bench) -> Iterator[Problem]:
    for subject in bench.rules.values():
        for spot in unreachable(subject, bench.rulebook):
            yield Problem(ProblemCode.UNREACHABLE, spot.place, f"{subject.id}.{spot.field}")


def _without_cases(bench: Bench) -> Iterator[Problem]:
    for subject in bench.rules.values():
        if subject.id not in bench.cases_of:
            yield Problem(ProblemCode.NO_CASES, subject.place, values={"id": subject.id})


def _duplicates(bench: Bench) -> Iterator[tuple[Problem, bool]]:
    """Clauses of one layer with the same effect and condition; meant when two documents say the same."""
    alike: defaultdict[object, list[Subject]] = defaultdict(list)
    for subject in bench.rules.values():
        if isinstance(subject.owned.rule, Item):
            alike[_meaning(subject, bench)].append(subject)
    for one, other in (pair for group in alike.values() for pair in combinations(group, 2)):
        if _period(one).overlaps(_period(other)):
            values = {"id": other.id, "other": f"{one.id}（{one.place}）"}
            problem = Problem(ProblemCode.DUPLICATE_RULE, other.place, "when", values)
            yield problem, one.owned.edition is not other.owned.edition


def _period(subject: Subject) -> Any:
    return own_period(subject) or subject.owned.edition.effective


def _meaning(subject: Subject, bench: Bench) -> object:
    edition, item = subject.owned.edition, subject.owned.rule
    trees = tuple(repr(_ordered(bench.rulebook.conditions.tree(spot.key))) for spot in subject.spots)
    place = tuple(sorted(edition.applies_to.items()))
    return (edition.layer, place, item.effect, trees, item.judgement and item.judgement.zh)


def _ordered(node: Expr) -> Expr:
    """The condition with the parts of `and` and `or` in one order."""
    parts = tuple(_ordered(part) for part in children(node))
    if isinstance(node, And | Or):
        parts = tuple(sorted(parts, key=repr))
    return with_children(node, parts) if parts else node
