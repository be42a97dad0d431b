"""What the columns of a table are: keys, facts, milestones, or nothing that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from admission._messages import Phrase, ProblemCode, listed, shortened
from admission.errors import Place, Problem
from admission.rulebook import Rulebook
from admission.vocabulary import Fact, normalise_key

__all__ = [
    "COMPONENT",
    "COMPONENTS",
    "DATE",
    "ENTERPRISE",
    "EVENT",
    "MILESTONES",
    "PARK",
    "Headers",
    "read_headers",
]

ENTERPRISE, COMPONENT, COMPONENTS, MILESTONES, PARK, EVENT, DATE = (
    "enterprise",
    "component",
    "components",
    "milestones",
    "park",
    "event",
    "date",
)
KEYS: Mapping[str, tuple[str, ...]] = {
    ENTERPRISE: ("企业名称", "企业", "项目名称", "项目", "单位名称", "name", "project"),
    COMPONENT: ("建设内容名称", "建设内容", "component_name"),
    COMPONENTS: (),
    MILESTONES: (),
    PARK: ("园区", "园区编号"),
    EVENT: ("节点", "事件"),
    DATE: ("日期",),
}
_KEY_NAMES = {normalise_key(text): key for key, texts in KEYS.items() for text in (key, *texts)}
_UNIT = re.compile(r"\s*[\[【][^\]】]*[\]】]\s*$")
_DAY_WORD = re.compile(r"(日期|时间)\s*$")
_COLUMN = Phrase("列", "column")


@dataclass(frozen=True, slots=True)
class Headers:
    """Positions of the columns of a table by what they are; `wrong` gives those that cannot be used, and why."""

    keys: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[int, Problem] = field(default_factory=dict)


def read_headers(texts: Sequence[str], rulebook: Rulebook, keys: Sequence[str], *, milestones: bool) -> Headers:
    """The meaning of each heading: one of `keys`, a fact by any of its names, with `milestones` also an event.

    A unit in square brackets after the name is passed over, and 日期 after that of an event, which tells 环评批复日期,
    an event, from 环评批复, a fact. Nothing raises: a heading that is unknown,
    internal or stands twice is in `wrong`, and its column is not read.
    """
    names: dict[str, int] = {}
    facts: dict[str, int] = {}
    events: dict[str, int] = {}
    wrong: dict[int, Problem] = {}
    known_events = _event_names(rulebook) if milestones else {}
    for position, text in enumerate(texts):
        if not text.strip():
            continue
        target, name = _meaning(text, rulebook, keys, known_events, (names, facts, events))
        if isinstance(name, Problem):
            wrong[position] = name
        elif name in target:
            values = {"other": texts[target[name]]}
            wrong[position] = Problem(ProblemCode.STATED_TWICE, Place(""), shortened(text), values)
        else:
            target[name] = position
    return Headers(names, facts, events, wrong)


def _event_names(rulebook: Rulebook) -> dict[str, str]:
    return {normalise_key(text): id for id, event in rulebook.milestones.items() for text in (event.zh, id)}


def _meaning(
    text: str,
    rulebook: Rulebook,
    keys: Sequence[str],
    events: Mapping[str, str],
    targets: tuple[dict[str, int], dict[str, int], dict[str, int]],
) -> tuple[dict[str, int], str | Problem]:
    bare = _UNIT.sub("", text)
    key = _KEY_NAMES.get(normalise_key(bare))
    if key in keys:
        return targets[0], str(key)
    fact = rulebook.vocabulary.find(text) or rulebook.vocabulary.find(bare)
    if fact is not None:
        return targets[1], _usable(fact, text)
    event = events.get(normalise_key(bare)) or events.get(normalise_key(_DAY_WORD.sub("", bare)))
    return (targets[1], _unknown(text, rulebook)) if event is None else (targets[2], event)


def _usable(fact: Fact, text: str) -> str | Problem:
    return Problem(ProblemCode.INTERNAL_FACT, Place(""), text, {"key": text}) if fact.internal else fact.name


def _unknown(text: str, rulebook: Rulebook) -> Problem:
    values = {"kind": _COLUMN, "key": shortened(text), "nearest": listed(rulebook.vocabulary.nearest(text))}
    return Problem(ProblemCode.UNKNOWN_KEY, Place(""), shortened(text), values)
