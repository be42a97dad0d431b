"""Cases beside the rules (`*.cases.yaml`): what each rule is expected to make of given facts.

A case is one project of one component. `given` holds its industry, activity and facts by any name
a document may use, and for duties `eia_class` and `permit_class`; `done` the milestones reached;
`expect` what each rule makes of it on the day `as_of`; `needs` the facts that the undecided rules
must ask for. Reading collects every mistake with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from admission._messages import NONE, Phrase, listed
from admission._reading import Listing, Node, Scalar, decode, describe, parse
from admission._reading import Mapping as Pairs
from admission.errors import Place, Problem, ProblemCode
from admission.review.subjects import Subject
from admission.rulebook import Rulebook, SourceFile
from admission.rulebook.checks import unknown_reference
from admission.screening.catalogue import NONE as NO_LEVEL
from admission.screening.verdict import Outcome
from admission.vocabulary import Fact, Value, parse_date, parse_value

__all__ = ["NOT_APPLICABLE", "NOT_IN_FORCE", "Case", "Expectation", "number_text", "read_cases"]

NOT_APPLICABLE = "not_applicable"
NOT_IN_FORCE = "not_in_force"
_KEYS = ("name", "as_of", "given", "expect", "needs", "done")
_REQUIRED = ("name", "as_of", "given", "expect")
_DUTY = ("pending", "met", "unknown", NOT_APPLICABLE)
_FULL = 100


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one rule must come out as: one outcome, or the levels (points) still possible."""

    rule: str
    found: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Case:
    """One case; only known facts stand in `values`, by canonical name."""

    place: Place
    name: str
    as_of: date
    values: Mapping[str, Value]
    expect: tuple[Expectation, ...]
    needs: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """`file:line`."""
        return str(self.place)


def read_cases(
    files: Iterable[SourceFile], rulebook: Rulebook, rules: Mapping[str, Subject], problems: list[Problem]
) -> tuple[Case, ...]:
    """The cases of `files` that are well formed; whatever is wrong is added to `problems`."""
    reader = _Reader(rulebook, rules, problems)
    return tuple(case for name, data in files for node in reader.nodes(name, data) for case in reader.case(node))


def number_text(number: float) -> str:
    """Points as cases write them: `100`, `62.5`."""
    return f"{number:.10g}"


class _Reader:
    """Reads one case after the other; problems are collected, never raised."""

    def __init__(self, rulebook: Rulebook, rules: Mapping[str, Subject], problems: list[Problem]) -> None:
        self._rulebook = rulebook
        self._vocabulary = rulebook.vocabulary
        self._rules = rules
        self._problems = problems

    def _problem(self, code: ProblemCode, place: Place, field: str = "", **values: object) -> None:
        self._problems.append(Problem(code, place, field, values))

    def nodes(self, name: str, data: bytes) -> Sequence[Node]:
        """The cases of one file, unread."""
        text = decode(data, name, self._problems)
        found: list[Node] = []
        for document in parse(text, name, self._problems) if text is not None else ():
            listing = document.get("cases") if isinstance(document, Pairs) else None
            if not isinstance(document, Pairs):
                self._problem(ProblemCode.NOT_A_MAPPING, document.place, actual=describe(document))
            elif listing is None:
                self._missing("cases", document.place)
            elif not isinstance(listing, Listing):
                self._problem(ProblemCode.NOT_A_LIST, listing.place, "cases", actual=describe(listing))
            else:
                found += listing.items
        return found

    def _missing(self, key: str, place: Place) -> None:
        advice = Phrase("写法见 docs/quality.md", "see docs/quality.md")
        self._problem(ProblemCode.MISSING_KEY, place, key, key=key, advice=advice)

    def case(self, node: Node) -> Iterable[Case]:
        """The case, or nothing when something in it is wrong."""
        if not isinstance(node, Pairs):
            self._problem(ProblemCode.NOT_A_MAPPING, node.place, actual=describe(node))
            return
        before = len(self._problems)
        for key, _ in node.pairs:
            if key.text not in _KEYS:
                self._unknown_key(key, Phrase("键", "key"), get_close_matches(key.text, _KEYS))
        for name in _REQUIRED:
            if node.get(name) is None:
                self._missing(name, node.place)
        values = self._given(node.get("given"))
        as_of, expect = self._day(node.get("as_of")), self._expect(node.get("expect"))
        needs = tuple(fact.name for key in self._scalars(node, "needs") if (fact := self._fact(key)) is not None)
        done = tuple(event for key in self._scalars(node, "done") if (event := self._event(key)))
        if len(self._problems) == before and as_of is not None:
            yield Case(node.place, self._text(node, "name"), as_of, values, expect, needs, done)

    def _unknown_key(self, key: Scalar, kind: Phrase, nearest: Sequence[str]) -> None:
        self._problem(ProblemCode.UNKNOWN_KEY, key.place, key.text, kind=kind, key=key.text, nearest=listed(nearest))

    def _text(self, node: Pairs, key: str) -> str:
        found = node.get(key)
        if found is not None and not isinstance(found, Scalar):
            expected = Phrase("一段文字", "one text")
            self._problem(
                ProblemCode.WRONG_TYPE, found.place, key, actual=describe(found), expected=expected, example=key
            )
        return found.text if isinstance(found, Scalar) else ""

    def _day(self, node: Node | None) -> date | None:
        day = parse_date(node.text) if isinstance(node, Scalar) else None
        if node is not None and day is None:
            self._problem(ProblemCode.BAD_DATE, node.place, "as_of", actual=describe(node))
        return day

    def _pairs(self, node: Node | None, field: str) -> Sequence[tuple[Scalar, Node]]:
        if node is not None and not isinstance(node, Pairs):
            self._problem(ProblemCode.NOT_A_MAPPING, node.place, field, actual=describe(node))
        return node.pairs if isinstance(node, Pairs) else ()

    def _scalars(self, node: Pairs, key: str) -> Sequence[Scalar]:
        found = node.get(key)
        if found is None:
            return ()
        items = found.items if isinstance(found, Listing) else (found,)
        scalars = [item for item in items if isinstance(item, Scalar)]
        if not isinstance(found, Listing) or len(scalars) < len(items):
            self._problem(ProblemCode.NOT_A_LIST, found.place, key, actual=describe(found))
        return scalars

    def _fact(self, key: Scalar) -> Fact | None:
        fact = self._vocabulary.find(key.text)
        if fact is None:
            self._unknown_key(key, Phrase("填报项", "fact"), self._vocabulary.nearest(key.text))
        return fact

    def _event(self, key: Scalar) -> str:
        events = self._rulebook.milestones
        if key.text not in events:
            nearest = get_close_matches(key.text, events)
            self._problem(ProblemCode.UNKNOWN_EVENT, key.place, "done", actual=key.text, nearest=listed(nearest))
        return key.text

    def _given(self, node: Node | None) -> Mapping[str, Value]:
        values: dict[str, Value] = {}
        stated: dict[str, str] = {}
        for key, part in self._pairs(node, "given"):
            fact = self._fact(key)
            if fact is None:
                continue
            if fact.name in stated:
                self._problem(ProblemCode.STATED_TWICE, key.place, key.text, other=stated[fact.name])
            stated[fact.name] = key.text
            value = parse_value(fact, part, self._vocabulary, self._problems)
            if value is not None:
                values[fact.name] = value
        return values

    def _expect(self, node: Node | None) -> tuple[Expectation, ...]:
        found = []
        for key, part in self._pairs(node, "expect"):
            subject = self._rules.get(key.text)
            if subject is None:
                clause = Phrase("规则", "rule")
                self._problems.append(unknown_reference(key.place, "expect", clause, key.text, self._rules))
                continue
            items = part.items if isinstance(part, Listing) else (part,)
            words = tuple(word for item in items if (word := self._outcome(item, subject)))
            found.append(Expectation(key.text, words, key.place))
        if node is not None and not found and isinstance(node, Pairs) and not node.pairs:
            self._missing("expect", node.place)
        return tuple(found)

    def _outcome(self, node: Node, subject: Subject) -> str:
        text = node.text if isinstance(node, Scalar) else ""
        if text == NOT_IN_FORCE:
            return text
        if subject.kind == "criterion":
            return self._points(text, node, subject)
        allowed = _words(subject)
        if text not in allowed:
            nearest = get_close_matches(text, allowed)
            values = {"actual": describe(node), "members": listed(allowed), "nearest": listed(nearest, NONE)}
            self._problem(ProblemCode.UNKNOWN_MEMBER, node.place, subject.id, **values)
        return text

    def _points(self, text: str, node: Node, subject: Subject) -> str:
        try:
            points = float(text)
        except ValueError:
            points = -1.0
        if not 0 <= points <= _FULL:
            values = {"actual": describe(node), "low": 0, "high": _FULL, "unit": ""}
            self._problem(ProblemCode.OUT_OF_RANGE, node.place, subject.id, **values)
        return number_text(points)


def _words(subject: Subject) -> tuple[str, ...]:
    """The outcomes a case may expect of a rule."""
    if subject.kind == "entry":
        return (*subject.owned.edition.levels, NO_LEVEL, NOT_APPLICABLE, NOT_IN_FORCE)
    return (*(_DUTY if subject.kind == "duty" else map(str, Outcome)), NOT_IN_FORCE)
