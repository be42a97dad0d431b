"""Project documents (YAML, JSON, JSON Lines) → `Project`, every mistake collected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from difflib import get_close_matches
from typing import get_args

from admission._messages import Phrase, listed, shortened
from admission._reading import Listing, Node, Scalar, decode, describe, parse, plain
from admission._reading import Mapping as Table
from admission.errors import InputError, Place, Problem, ProblemCode
from admission.rulebook import Rulebook
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.project import Component, Judgement, Milestone, Project
from admission.vocabulary import Fact, Value, Vocabulary, is_unknown, normalise_key, parse_date, parse_value

__all__ = ["UNDONE", "read_projects"]

_IDENTITY = (INDUSTRY, ACTIVITY)
_PROJECT_KEYS = ("name", "park", "as_of", "facts", "components", "milestones", "judgements", *_IDENTITY)
_COMPONENT_KEYS = ("name", "facts", *_IDENTITY)
_MILESTONE_KEYS = ("event", "date", "document")
_JUDGEMENT_KEYS = ("rule", "answer", "who", "when", "why")
_ANSWERS: tuple[str, ...] = get_args(Judgement.model_fields["answer"].annotation)
UNDONE = ("未办", "未办理", "没有", "not done", "undone")
"""What `date` of a milestone may say of something that has not been done."""
_ENOUGH_PROBLEMS = 50
"""From here on no look-alikes are searched, so that a file of nonsense is answered soon."""

_KEY = Phrase("键", "key")
_FACT = Phrase("填报项", "fact")
_TEXT = Phrase("一段文字", "one text"), Phrase("一段文字", "a text")
_TOP = Phrase("项目本身的键", "a key of the project"), Phrase("最外层", "the top level")
_UNDER_FACTS = Phrase(" facts: 之下", "facts:")
_ADVICE: Mapping[str, str] = {
    "name": Phrase("请写 name: 项目名称", "write name: the project's name"),
    "event": Phrase("请写 event: 节点编号", "write event: a milestone id"),
    "rule": Phrase("请写 rule: 条目编号", "write rule: the id of a rule"),
    "answer": Phrase(f"请写 answer: {'、'.join(_ANSWERS)} 之一", f"write answer: one of {', '.join(_ANSWERS)}"),
    "who": Phrase("请写 who: 研判人", "write who: the person who judged"),
    "when": Phrase("请写 when: 研判日期", "write when: the day of the judgement"),
    "why": Phrase("请写 why: 理由", "write why: the reason"),
}

_Parts = dict[str, tuple[Scalar, Node]]
_Identity = dict[str, Value]


def read_projects(data: bytes, name: str, rulebook: Rulebook) -> list[Project]:
    """The projects of one file; raises one `InputError` with all problems of all documents."""
    problems: list[Problem] = []
    text = decode(data, name, problems)
    nodes = parse(text, name, problems) if text is not None else []
    reader = _Reader(rulebook, problems)
    projects = [project for node in nodes if (project := reader.project(node)) is not None]
    if problems:
        raise InputError(problems)
    return projects


class _Reader:
    """Reads the documents of one file; what is wrong goes to `problems` and reads as unknown."""

    def __init__(self, rulebook: Rulebook, problems: list[Problem]) -> None:
        self._rulebook = rulebook
        self._vocabulary: Vocabulary = rulebook.vocabulary
        self._events = {normalise_key(text): id for id, event in rulebook.milestones.items() for text in (event.zh, id)}
        asked = [owned.rule.id for owned in rulebook.items] + [rule.id for rule in rulebook.life.judgements]
        self._rules = tuple(dict.fromkeys(asked))
        self._problems = problems

    def project(self, node: Node) -> Project | None:
        """One document, or None when something in it is wrong."""
        before = len(self._problems)
        parts = self._parts(node, _PROJECT_KEYS, "")
        if parts is None:
            return None
        name = self._required(parts, "name", node.place) or "?"
        facts, identity = self._facts(parts)
        project = {
            "name": name,
            "park": self._park(parts),
            "as_of": self._day(parts, "as_of"),
            "facts": facts,
            "components": self._components(parts, name, identity),
            "milestones": self._milestones(parts),
            "judgements": self._judgements(parts),
        }
        return Project.model_validate(project) if len(self._problems) == before else None

    def _report(self, code: ProblemCode, place: Place, field: str = "", **values: object) -> None:
        self._problems.append(Problem(code, place, field, values))

    # keys and shapes

    def _parts(self, node: Node, allowed: Collection[str], field: str) -> _Parts | None:
        """The allowed keys of a mapping; industry and activity under any of their names."""
        if not isinstance(node, Table):
            self._report(ProblemCode.NOT_A_MAPPING, node.place, field, actual=describe(node))
            return None
        parts: _Parts = {}
        for key, value in node.pairs:
            fact = None if key.text in allowed else self._vocabulary.find(key.text)
            name = fact.name if fact is not None and fact.name in _IDENTITY else key.text
            if name not in allowed:
                self._stray(key, value, fact, allowed)
            elif name in parts:
                self._report(ProblemCode.STATED_TWICE, key.place, key.text, other=parts[name][0].text)
            else:
                parts[name] = key, value
        return parts

    def _stray(self, key: Scalar, node: Node, fact: Fact | None, allowed: Collection[str]) -> None:
        """A key that does not belong here: it has another place, or nobody knows it."""
        text = shortened(key.text)
        if fact is not None:
            role = Phrase(f"填报项（{fact.label.zh}）", f"a fact ({fact.name})")
            self._report(ProblemCode.WRONG_LEVEL, key.place, text, key=text, role=role, target=_UNDER_FACTS)
            parse_value(fact, node, self._vocabulary, self._problems)
        elif key.text in _PROJECT_KEYS:
            role, target = _TOP
            self._report(ProblemCode.WRONG_LEVEL, key.place, text, key=text, role=role, target=target)
        else:
            nearest = self._alike(key.text, allowed) or list(allowed)
            self._report(ProblemCode.UNKNOWN_KEY, key.place, text, kind=_KEY, key=text, nearest=listed(nearest))

    def _alike(self, text: str, known: Collection[str]) -> list[str]:
        if len(self._problems) >= _ENOUGH_PROBLEMS:
            return []
        return get_close_matches(shortened(text), known, 3, 0.5)

    def _items(self, parts: _Parts, key: str) -> tuple[Node, ...]:
        """The items of a list; a mapping in its place is reported and read as the only item."""
        _, node = parts.get(key, (None, None))
        if node is None or plain(node) in (None, ""):
            return ()
        if isinstance(node, Listing):
            return node.items
        self._report(ProblemCode.NOT_A_LIST, node.place, key, actual=describe(node))
        return (node,) if isinstance(node, Table) else ()

    def _text(self, parts: _Parts, key: str) -> str | None:
        _, node = parts.get(key, (None, None))
        if node is None or plain(node) is None:
            return None
        if not isinstance(node, Scalar):
            expected, example = _TEXT
            self._report(
                ProblemCode.WRONG_TYPE, node.place, key, actual=describe(node), expected=expected, example=example
            )
            return None
        return node.text.strip() or None

    def _required(self, parts: _Parts, key: str, place: Place) -> str | None:
        before = len(self._problems)
        text = self._text(parts, key)
        if text is None and len(self._problems) == before:
            self._report(ProblemCode.MISSING_KEY, place, key, key=key, advice=_ADVICE[key])
        return text

    def _day(self, parts: _Parts, key: str) -> date | None:
        text = None if key in parts and is_unknown(parts[key][1]) else self._text(parts, key)
        if text is None:
            return None
        day = parse_date(text)
        if day is None:
            self._report(ProblemCode.BAD_DATE, parts[key][1].place, key, actual=shortened(text))
        return day

    def _park(self, parts: _Parts) -> str | None:
        text, parks = self._text(parts, "park"), self._rulebook.parks
        if text is not None and text not in parks:
            place = parts["park"][1].place
            self._report(ProblemCode.UNKNOWN_PARK, place, "park", actual=shortened(text), members=listed(parks))
        return text

    # facts

    def _facts(self, parts: _Parts) -> tuple[dict[str, Value], _Identity]:
        """Facts by canonical name, and industry and activity, which identify a component.

        Both may also stand under `facts:`.
        """
        found: dict[str, Value] = {}
        seen: dict[str, str] = {}
        for name in _IDENTITY:
            if name in parts:
                self._fact(*parts[name], found, seen)
        _, node = parts.get("facts", (None, None))
        if isinstance(node, Table):
            for key, value in node.pairs:
                self._fact(key, value, found, seen)
        elif node is not None and plain(node) not in (None, ""):
            self._report(ProblemCode.NOT_A_MAPPING, node.place, "facts", actual=describe(node))
        identity = {name: found.pop(name) for name in _IDENTITY if name in found}
        return found, identity

    def _fact(self, key: Scalar, node: Node, found: dict[str, Value], seen: dict[str, str]) -> None:
        fact, text = self._vocabulary.find(key.text), shortened(key.text)
        if fact is None and key.text in _PROJECT_KEYS:
            role, target = _TOP
            self._report(ProblemCode.WRONG_LEVEL, key.place, text, key=text, role=role, target=target)
        elif fact is None:
            helpful = len(self._problems) < _ENOUGH_PROBLEMS
            nearest = listed(self._vocabulary.nearest(key.text) if helpful else ())
            self._report(ProblemCode.UNKNOWN_KEY, key.place, text, kind=_FACT, key=text, nearest=nearest)
        elif fact.internal:
            self._report(ProblemCode.INTERNAL_FACT, key.place, text, key=text)
        elif fact.name in seen:
            self._report(ProblemCode.STATED_TWICE, key.place, text, other=seen[fact.name])
        else:
            seen[fact.name] = text
            value = parse_value(fact, node, self._vocabulary, self._problems)
            if value is not None:
                found[fact.name] = value

    # components, milestones, judgements

    def _components(self, parts: _Parts, name: str, identity: _Identity) -> tuple[Component, ...]:
        found: list[Component] = []
        places: dict[str, Place] = {}
        for position, node in enumerate(self._items(parts, "components"), 1):
            inner = self._parts(node, _COMPONENT_KEYS, "components")
            if inner is None:
                continue
            facts, own = self._facts(inner)
            title = self._text(inner, "name") or f"建设内容{position}"
            place = inner["name"][1].place if "name" in inner else node.place
            if title in places:
                first = places[title].line
                self._report(ProblemCode.SAME_NAME, place, "name", name=shortened(title), first=first)
            places.setdefault(title, place)
            found.append(_component(title, facts, {**identity, **own}))
        return tuple(found) or (_component(name, {}, identity),)

    def _milestones(self, parts: _Parts) -> tuple[Milestone, ...]:
        """The events; one without a date, or with `date: 不清楚`, is kept as one of unknown date."""
        found = []
        for item in self._items(parts, "milestones"):
            inner = self._parts(item, _MILESTONE_KEYS, "milestones")
            if inner is None:
                continue
            event, document, undone = self._event(inner, item), self._text(inner, "document"), self._is_undone(inner)
            day = None if undone else self._day(inner, "date")
            if event is not None:
                found.append(Milestone(event=event, date=day, document=document, undone=undone))
        return tuple(found)

    def _is_undone(self, inner: _Parts) -> bool:
        """Does `date` say in words that it has not been done?"""
        _, node = inner.get("date", (None, None))
        return isinstance(node, Scalar) and node.text.strip().lower() in UNDONE

    def _event(self, inner: _Parts, item: Node) -> str | None:
        text = self._required(inner, "event", item.place)
        if text is None:
            return None
        event = self._events.get(normalise_key(text))
        if event is None:
            alike = list(dict.fromkeys(self._events[key] for key in self._alike(normalise_key(text), self._events)))
            nearest = listed(f"{id}（{self._rulebook.milestones[id].zh}）" for id in alike)
            place = inner["event"][1].place
            self._report(ProblemCode.UNKNOWN_EVENT, place, "event", actual=shortened(text), nearest=nearest)
        return event

    def _judgements(self, parts: _Parts) -> tuple[Judgement, ...]:
        found: dict[str, Judgement] = {}
        for item in self._items(parts, "judgements"):
            inner = self._parts(item, _JUDGEMENT_KEYS, "judgements")
            if inner is None:
                continue
            before = len(self._problems)
            given: dict[str, object] = {key: self._required(inner, key, item.place) for key in _JUDGEMENT_KEYS}
            given["when"] = self._day(inner, "when")
            self._check_judgement(inner, given, found)
            if len(self._problems) == before:
                judgement = Judgement.model_validate(given)
                found[judgement.rule] = judgement
        return tuple(found.values())

    def _check_judgement(self, inner: _Parts, given: Mapping[str, object], found: Collection[str]) -> None:
        rule, answer = given["rule"], given["answer"]
        if isinstance(answer, str) and answer not in _ANSWERS:
            place, nearest = inner["answer"][1].place, listed(self._alike(answer, _ANSWERS))
            actual, members = shortened(answer), listed(_ANSWERS)
            self._report(ProblemCode.UNKNOWN_MEMBER, place, "answer", actual=actual, members=members, nearest=nearest)
        if isinstance(rule, str) and rule not in self._rules:
            nearest = listed(self._alike(rule, self._rules))
            place, kind = inner["rule"][1].place, Phrase("条目", "rule")
            self._report(ProblemCode.UNKNOWN_REFERENCE, place, "rule", kind=kind, id=shortened(rule), nearest=nearest)
        elif rule in found:
            self._report(ProblemCode.STATED_TWICE, inner["rule"][1].place, "rule", other=rule)


def _component(name: str, facts: dict[str, Value], identity: _Identity) -> Component:
    return Component.model_validate({"name": name, "facts": facts, **identity})
