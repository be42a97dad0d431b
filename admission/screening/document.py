"""Project documents (YAML, JSON, JSON Lines) → `Project`, every mistake collected."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from difflib import get_close_matches

from admission._messages import Phrase
from admission._reading import Listing, Mapping, Node, Scalar, decode, describe, parse, validate
from admission.errors import InputError, Place, Problem, ProblemCode
from admission.rulebook import Rulebook
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.screening.project import Component, Judgement, Milestone, Project
from admission.vocabulary import Value, Vocabulary, parse_value
from admission.vocabulary.values import parse_date

__all__ = ["read_projects"]

_PROJECT_KEYS = ("name", "park", "as_of", "facts", "components", "milestones", "judgements", INDUSTRY, ACTIVITY)
_COMPONENT_KEYS = ("name", "facts", INDUSTRY, ACTIVITY)
_MILESTONE_KEYS = ("event", "date", "document")
_NONE = Phrase("无", "none")


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
    """Reads the documents of one file."""

    def __init__(self, rulebook: Rulebook, problems: list[Problem]) -> None:
        self._rulebook = rulebook
        self._vocabulary: Vocabulary = rulebook.vocabulary
        self._problems = problems

    def project(self, node: Node) -> Project | None:
        """One document, or None when it is not even a mapping or has no name."""
        parts = self._mapping(node, _PROJECT_KEYS, Phrase("键", "key"))
        if parts is None:
            return None
        before = len(self._problems)
        name = self._text(parts.get("name"))
        if name is None:
            self._report(ProblemCode.MISSING_KEY, node.place, "name", key="name", advice=_NAME_ADVICE)
        facts, identity = self._facts(parts)
        project = {
            "name": name or "?",
            "park": self._park(parts.get("park")),
            "as_of": self._day(parts.get("as_of"), "as_of"),
            "facts": facts,
            "components": self._components(parts, name or "?", identity),
            "milestones": self._milestones(parts.get("milestones")),
            "judgements": self._judgements(parts.get("judgements")),
        }
        return Project.model_validate(project) if len(self._problems) == before else None

    def _report(self, code: ProblemCode, place: Place, field: str = "", **values: object) -> None:
        self._problems.append(Problem(code, place, field, values))

    def _mapping(self, node: Node, allowed: Collection[str], kind: str) -> dict[str, Node] | None:
        if not isinstance(node, Mapping):
            self._report(ProblemCode.NOT_A_MAPPING, node.place, actual=describe(node))
            return None
        found: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.text in allowed:
                found[key.text] = value
            else:
                self._unknown_key(key, allowed, kind)
        return found

    def _unknown_key(self, key: Scalar, allowed: Collection[str], kind: str) -> None:
        fact = self._vocabulary.find(key.text)
        if fact is not None:
            nearest: str = Phrase(
                f"它是填报项，请写在 facts: 之下（{fact.label.zh}）",
                f"it is a fact: write it under facts: ({fact.name})",
            )
        else:
            nearest = "、".join(get_close_matches(key.text, allowed, 3, 0.5)) or "、".join(allowed)
        self._report(ProblemCode.UNKNOWN_KEY, key.place, key.text, kind=kind, key=key.text, nearest=nearest)

    def _listing(self, node: Node | None) -> tuple[Node, ...]:
        if node is None or (isinstance(node, Scalar) and not node.text):
            return ()
        if not isinstance(node, Listing):
            self._report(ProblemCode.NOT_A_LIST, node.place, actual=describe(node))
            return ()
        return node.items

    def _text(self, node: Node | None) -> str | None:
        if node is None or (isinstance(node, Scalar) and node.text.strip() in ("", "null", "~")):
            return None
        if not isinstance(node, Scalar):
            self._report(
                ProblemCode.WRONG_TYPE,
                node.place,
                actual=describe(node),
                expected=Phrase("一段文字", "one text"),
                example=Phrase("一段文字", "a text"),
            )
            return None
        return node.text.strip()

    def _day(self, node: Node | None, field: str) -> date | None:
        text = self._text(node)
        if text is None or node is None:
            return None
        day = parse_date(text)
        if day is None:
            self._report(ProblemCode.BAD_DATE, node.place, field, actual=text)
        return day

    def _park(self, node: Node | None) -> str | None:
        text = self._text(node)
        parks = self._rulebook.parks
        if text is not None and node is not None and text not in parks:
            self._report(ProblemCode.UNKNOWN_PARK, node.place, "park", actual=text, members="、".join(parks) or "—")
        return text

    def _facts(self, parts: dict[str, Node]) -> tuple[dict[str, Value], dict[str, Value | None]]:
        """Facts by canonical name, and industry and activity, which identify a component.

        Both may also stand under `facts:`.
        """
        found: dict[str, Value] = {}
        seen: dict[str, str] = {}
        identity: dict[str, Value | None] = {}
        node = parts.get("facts")
        if node is not None and not (isinstance(node, Scalar) and not node.text):
            if not isinstance(node, Mapping):
                self._report(ProblemCode.NOT_A_MAPPING, node.place, "facts", actual=describe(node))
            else:
                for key, value in node.pairs:
                    self._fact(key, value, found, seen)
        for name in (INDUSTRY, ACTIVITY):
            if name in parts:
                self._fact(Scalar(name, True, parts[name].place), parts[name], found, seen)
            if name in found:
                identity[name] = found.pop(name)
        return found, identity

    def _fact(self, key: Scalar, node: Node, found: dict[str, Value], seen: dict[str, str]) -> None:
        fact = self._vocabulary.find(key.text)
        if fact is None:
            nearest = "、".join(self._vocabulary.nearest(key.text)) or _NONE
            self._report(
                ProblemCode.UNKNOWN_KEY,
                key.place,
                key.text,
                kind=Phrase("填报项", "fact"),
                key=key.text,
                nearest=nearest,
            )
        elif fact.internal:
            self._report(ProblemCode.INTERNAL_FACT, key.place, key.text, key=key.text)
        elif fact.name in seen:
            self._report(ProblemCode.STATED_TWICE, key.place, key.text, other=seen[fact.name])
        else:
            seen[fact.name] = key.text
            value = parse_value(fact, node, self._vocabulary, self._problems)
            if value is not None:
                found[fact.name] = value

    def _components(
        self, parts: dict[str, Node], name: str, identity: dict[str, Value | None]
    ) -> tuple[Component, ...]:
        nodes = self._listing(parts.get("components"))
        if not nodes:
            return (self._component(name, {}, identity),)
        found = []
        for position, node in enumerate(nodes, 1):
            inner = self._mapping(node, _COMPONENT_KEYS, Phrase("键", "key"))
            if inner is not None:
                facts, own = self._facts(inner)
                title = self._text(inner.get("name")) or f"建设内容{position}"
                found.append(self._component(title, facts, {**identity, **own}))
        return self._distinct(found, nodes)

    def _component(self, name: str, facts: dict[str, Value], identity: dict[str, Value | None]) -> Component:
        return Component.model_validate({"name": name, "facts": facts, **identity})

    def _distinct(self, components: list[Component], nodes: tuple[Node, ...]) -> tuple[Component, ...]:
        """Two components of one name could not be told apart in a result."""
        seen: dict[str, Place] = {}
        for component, node in zip(components, nodes, strict=False):
            if component.name in seen:
                self._report(
                    ProblemCode.DUPLICATE_NAME, node.place, "name", name=component.name, other=seen[component.name]
                )
            seen.setdefault(component.name, node.place)
        return tuple(components)

    def _milestones(self, node: Node | None) -> tuple[Milestone, ...]:
        found = []
        for item in self._listing(node):
            parts = self._mapping(item, _MILESTONE_KEYS, Phrase("键", "key"))
            if parts is None:
                continue
            event, day = self._text(parts.get("event")), self._day(parts.get("date"), "date")
            self._check_event(event, item)
            if event is not None and day is not None:
                found.append(Milestone(event=event, date=day, document=self._text(parts.get("document"))))
        return tuple(found)

    def _check_event(self, event: str | None, item: Node) -> None:
        known = self._rulebook.milestones
        if event is None:
            self._report(ProblemCode.MISSING_KEY, item.place, "event", key="event", advice=_EVENT_ADVICE)
        elif event not in known:
            nearest = "、".join(get_close_matches(event, known, 3, 0.5)) or _NONE
            self._report(ProblemCode.UNKNOWN_EVENT, item.place, "event", actual=event, nearest=nearest)

    def _judgements(self, node: Node | None) -> tuple[Judgement, ...]:
        found = (validate(Judgement, item, self._problems) for item in self._listing(node))
        return tuple(item for item in found if item is not None)


_NAME_ADVICE = Phrase("请写 name: 项目名称", "write name: the project's name")
_EVENT_ADVICE = Phrase("请写 event: 节点编号", "write event: a milestone id")
