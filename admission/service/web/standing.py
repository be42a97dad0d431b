"""Where the interview of a brief stands: worked out in a thread from the brief and the rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from admission.lifecycle import screen
from admission.rulebook import Rulebook, Ruleset
from admission.screening import Decision, Project, Verdict, read_projects
from admission.screening.draft import NONE_OF_THEM, UNSURE
from admission.screening.facts import INDUSTRY
from admission.screening.interview import Ask, Asked, Bounds, Interview, Phase, interview
from admission.service.web.drafts import DraftState
from admission.vocabulary import Fact, FactType

__all__ = [
    "Field",
    "Given",
    "PartView",
    "Standing",
    "Steps",
    "field_of",
    "fields_of",
    "given_answers",
    "part_views",
    "standing",
    "steps_of_bounds",
]

_GROUP = 4
_NAME = "brief.json"


@dataclass(frozen=True, slots=True)
class Standing:
    """The project as stated, the decision on it, the interview, and the questions to show now."""

    project: Project
    ruleset: Ruleset
    decision: Decision
    interview: Interview
    group: tuple[Ask, ...]

    @property
    def next_phase(self) -> Phase | None:
        """The phase to offer when nothing of this one is left."""
        phases = list(Phase)
        asked = {ask.phase for ask in self.interview.asks}
        rest = [phase for phase in phases if self.interview.waiting[phase] and phase not in asked]
        return rest[0] if rest and not self.group else None


def standing(state: DraftState, rulebook: Rulebook, today: date) -> Standing:
    """Raises `InputError` when the answers contradict each other."""
    text = json.dumps(state.document, ensure_ascii=False)
    (project,) = read_projects(text.encode(), _NAME, rulebook)
    ruleset = rulebook.in_force(project.park, on=project.as_of or today)
    decision = screen(project, ruleset)
    unsure = state.draft(rulebook.vocabulary).unsure()
    found = interview(project, ruleset, unsure, until=state.until, decision=decision)
    return Standing(project, ruleset, decision, found, _group(found.asks, state.skipped))


def _group(asks: Sequence[Ask], skipped: Iterable[Asked]) -> tuple[Ask, ...]:
    """The most decisive question, and those that the same paper answers just as well now."""
    put_off = set(skipped)
    left = [ask for ask in asks if ask.key not in put_off]
    if not left:
        return ()
    first = left[0]
    if not first.question.leading:
        return (first,)
    alike = [
        ask
        for ask in left[1:]
        if ask.question.leading
        and ask.phase == first.phase
        and (ask.question.proof, ask.question.component) == (first.question.proof, first.question.component)
    ]
    return (first, *alike)[:_GROUP]


@dataclass(frozen=True, slots=True)
class Field:
    """A question as a form shows it; `value` is what was given: texts of options, or one text."""

    number: int
    key: Asked
    fact: Fact
    label: str
    ask: str
    proof: str
    options: tuple[tuple[str, str], ...]
    value: tuple[str, ...] = ()
    problem: str = ""
    asked: Ask | None = None

    @property
    def id(self) -> str:
        """What stands for the question in a form."""
        return f"{self.key.fact}|{self.key.component or ''}"

    @property
    def kind(self) -> str:
        """How it is answered."""
        return self.fact.type.value


def field_of(number: int, key: Asked, fact: Fact, ask: Ask | None = None) -> Field:
    """The form of one question, nothing given yet."""
    question = fact.ask or fact.label
    return Field(
        number=number,
        key=key,
        fact=fact,
        label=fact.label.zh,
        ask=question.zh,
        proof=fact.proof.zh if fact.proof else "",
        options=_options(fact),
        asked=ask,
    )


def _options(fact: Fact) -> tuple[tuple[str, str], ...]:
    if fact.type is FactType.BOOL:
        return (("是", "是"), ("否", "否"))
    found = tuple((name, member.zh) for name, member in fact.members.items())
    return (*found, (NONE_OF_THEM[0], "以上都没有")) if fact.type is FactType.SET else found


def fields_of(found: Standing) -> tuple[Field, ...]:
    """The forms of the questions to show now."""
    facts = found.ruleset.vocabulary.facts
    return tuple(field_of(number, ask.key, facts[ask.key.fact], ask) for number, ask in enumerate(found.group, 1))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer given earlier, as it is listed."""

    key: Asked
    label: str
    text: str
    unsure: bool

    @property
    def id(self) -> str:
        """What stands for it in an address."""
        return f"{self.key.fact}|{self.key.component or ''}"


def given_answers(state: DraftState, rulebook: Rulebook) -> tuple[Given, ...]:
    """Everything the document states, in the order it was answered."""
    facts = rulebook.vocabulary.facts
    order = {key: place for place, key in enumerate(key for step in state.history for key in step)}
    written = sorted(state.draft(rulebook.vocabulary).answers(), key=lambda item: order.get(item[0], -1))
    return tuple(
        Given(key, facts[key.fact].label.zh, _told(value, facts[key.fact], rulebook), value == UNSURE)
        for key, value in written
    )


@dataclass(frozen=True, slots=True)
class PartView:
    """A component as it is listed: its name, its industry in words (empty: not known), how many answers it has."""

    name: str
    industry: str
    answers: int


def part_views(state: DraftState, rulebook: Rulebook) -> tuple[PartView, ...]:
    """The components of the project; none while it is one undivided whole."""
    given = given_answers(state, rulebook)
    return tuple(
        PartView(
            name,
            next((item.text for item in given if item.key == Asked(INDUSTRY, name) and not item.unsure), ""),
            sum(item.key.component == name for item in given),
        )
        for name in (state.parts if len(state.parts) > 1 else ())
    )


def _told(written: Any, fact: Fact, rulebook: Rulebook) -> str:
    if isinstance(written, bool):
        return "是" if written else "否"
    if isinstance(written, list):
        return "、".join(_told(item, fact, rulebook) for item in written) or "无"
    text = str(written)
    if fact.type is FactType.CODE:
        table = rulebook.vocabulary.codes
        return f"{text} {table.name(text)}" if fact.codes == "industry" and table.exists(text) else text
    if text in fact.members:
        return fact.members[text].zh
    return f"{text} {fact.unit}" if fact.unit and text != UNSURE else text


@dataclass(frozen=True, slots=True)
class Steps:
    """One result with every value it can take: still possible, just excluded, or excluded before."""

    title: str
    items: tuple[tuple[str, str], ...]


def steps_of_bounds(now: Bounds, before: Bounds | None) -> tuple[Steps, Steps, Steps]:
    """Verdict, EIA class and permit class as the page draws them: (value, `open` | `closing` | `closed`)."""
    verdicts = (Verdict.ADMIT, Verdict.CONDITIONAL, Verdict.REVIEW, Verdict.REJECT)
    eia, permit = ("report", "form", "registration", "none"), ("key", "simplified", "registration", "none")

    def drawn(title: str, values: Sequence[str], left: Sequence[str], earlier: Sequence[str]) -> Steps:
        states = ("open" if value in left else "closing" if value in earlier else "closed" for value in values)
        return Steps(title, tuple(zip(values, states, strict=True)))

    old = before or now
    return (
        drawn("verdict", verdicts, now.at_admission, old.at_admission),
        drawn("eia", eia, now.eia, old.eia),
        drawn("permit", permit, now.permit, old.permit),
    )
