"""The two grammars: YAML events and JSON tokens → nodes."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from dataclasses import dataclass, field
from json.decoder import scanstring
from typing import Any, NoReturn

import yaml

from admission._messages import Phrase
from admission._nodes import DEPTH, Listing, Mapping, Node, Scalar
from admission.errors import Place, Problem, ProblemCode

__all__ = ["read_json", "read_yaml"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KEY_DETAIL = Phrase("键应为文字，不能是列表或键值", "a key must be text, not a list or mapping")
_YAML_ZH = {
    "mapping values are not allowed in this context": "此处不应有冒号；文字中含冒号加空格时请加引号",
    "found character that cannot start any token": "此处的字符不能作开头；缩进用空格，不用制表符",
    "could not find expected ':'": "缺少冒号",
    "did not find expected key": "缩进与上文不一致",
    "did not find expected '-' indicator": "列表项的缩进与上文不一致",
    "did not find expected node content": "括号内缺少内容",
    "did not find expected ',' or ']'": "缺少“,”或“]”",
    "did not find expected ',' or '}'": "缺少“,”或“}”",
    "found unexpected end of stream": "引号没有结束",
    "found unknown escape character": "双引号内有不认识的转义",
    "did not find expected <document start>": "此处内容与上文不在同一层；多个文档之间用 --- 分隔",
}


class _Stop(Exception):  # noqa: N818 - a signal inside this module, not an error of the package
    """Reading cannot go on; the problem has been added."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been read."""

    place: Place
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Node | None = None

    def close(self) -> Node:
        if self.is_mapping:
            return Mapping(tuple(self.pairs.values()), self.place)
        return Listing(tuple(self.items), self.place)


class _Builder:
    """Puts nodes together; keeps `documents` complete whatever happens later."""

    def __init__(self, name: str, problems: list[Problem], language: str) -> None:
        self.name = name
        self.language = language
        self.problems = problems
        self.documents: list[Node] = []
        self.stack: list[_Open] = []

    def report(self, code: ProblemCode, place: Place, **values: object) -> None:
        self.problems.append(Problem(code, place, values=values))

    def check(self, scalar: Scalar) -> None:
        """Escapes must not smuggle in what no report could print."""
        if found := _UNPRINTABLE.search(scalar.text):
            self.control_character(scalar.place, ord(found[0]))

    def control_character(self, place: Place, character: int) -> None:
        detail = Phrase(f"含有控制字符 U+{character:04X}", f"control character U+{character:04X}")
        self.report(ProblemCode.SYNTAX, place, detail=detail, format=self.language)

    def open(self, place: Place, *, is_mapping: bool) -> None:
        if len(self.stack) >= DEPTH:
            self.report(ProblemCode.TOO_DEEP, place, limit=DEPTH)
            raise _Stop
        self.stack.append(_Open(place, is_mapping))

    def close(self) -> None:
        self.add(self.stack.pop().close())

    def add(self, node: Node) -> None:
        if not self.stack:
            self.documents.append(node)
            return
        top = self.stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = node
        else:
            self._pair(top, top.key, node)
            top.key = None

    def _pair(self, top: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.report(ProblemCode.SYNTAX, key.place, detail=_KEY_DETAIL, format="YAML")
        elif key.text in top.pairs:
            first = top.pairs[key.text][0].place.line
            self.report(ProblemCode.DUPLICATE_KEY, key.place, key=key.text, first=first)
        else:
            top.pairs[key.text] = key, value


def read_yaml(text: str, name: str, problems: list[Problem]) -> list[Node]:
    """The complete documents of a YAML stream; nothing is ever expanded, so nothing can blow up."""
    builder = _Builder(name, problems, "YAML")
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _feed(builder, event)
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        mark, detail = error.problem_mark, str(error.problem)
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        builder.report(ProblemCode.SYNTAX, place, detail=Phrase(_YAML_ZH.get(detail, detail), detail), format="YAML")
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")
        place = Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        builder.control_character(place, int(error.character))
    return builder.documents


def _feed(builder: _Builder, event: yaml.Event) -> None:
    kind = type(event)
    if kind is yaml.ScalarEvent:
        scalar = Scalar(event.value, not event.style, _place(builder, event))
        if event.style == '"':
            builder.check(scalar)
        builder.add(scalar)
    elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
        builder.open(_place(builder, event), is_mapping=kind is yaml.MappingStartEvent)
    elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
        builder.close()
    elif kind is yaml.AliasEvent:
        place = _place(builder, event)
        builder.report(
            ProblemCode.ALIAS_OR_TAG, place, detail=Phrase(f"引用 *{event.anchor}", f"alias *{event.anchor}")
        )
        builder.add(Scalar("", True, place))


def _place(builder: _Builder, event: Any) -> Place:
    """Where an event starts; its tag and anchor are refused on the way."""
    mark = event.start_mark
    place = Place(builder.name, mark.line + 1, mark.column + 1)
    if event.anchor is not None and type(event) is not yaml.AliasEvent:
        builder.report(
            ProblemCode.ALIAS_OR_TAG, place, detail=Phrase(f"锚点 &{event.anchor}", f"anchor &{event.anchor}")
        )
    if getattr(event, "tag", None) is not None:
        builder.report(ProblemCode.ALIAS_OR_TAG, place, detail=Phrase(f"标签 {event.tag}", f"tag {event.tag}"))
    return place


def read_json(text: str, name: str, problems: list[Problem]) -> list[Node]:
    """The complete values of a JSON text; in JSON Lines a broken line does not hide the others."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    documents: list[Node] = []
    if len(filled) > 1 and all(line.lstrip().startswith("{") for line in filled):
        for number, line in enumerate(lines):
            documents += _JsonReader(line, name, problems, number).read()
        return documents
    return _JsonReader(text, name, problems, 0).read()


class _JsonReader:
    """One JSON text, or one line of JSON Lines; `first_line` lines stand before it."""

    _SPACE = re.compile(r"[ \t\n\r]*")
    _ATOM = re.compile(r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-])", re.ASCII)

    def __init__(self, text: str, name: str, problems: list[Problem], first_line: int) -> None:
        self.text = text
        self.position = 0
        self.builder = _Builder(name, problems, "JSON")
        self.first_line = first_line
        self.breaks = [match.start() for match in re.finditer("\n", text)]

    def read(self) -> list[Node]:
        """All values that stand one after another."""
        try:
            while self._next():
                self._value()
        except _Stop:
            pass
        return self.builder.documents

    def _next(self) -> str:
        """The next character that is not white space, '' at the end."""
        match = self._SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def _place(self) -> Place:
        line = bisect_left(self.breaks, self.position)
        start = self.breaks[line - 1] + 1 if line else 0
        return Place(self.builder.name, self.first_line + line + 1, self.position - start + 1)

    def _fail(self, zh: str, en: str) -> NoReturn:
        self.builder.report(ProblemCode.SYNTAX, self._place(), detail=Phrase(zh, en), format="JSON")
        raise _Stop

    def _value(self) -> None:
        character = self._next()
        if character == "{":
            self._collection("}", is_mapping=True)
        elif character == "[":
            self._collection("]", is_mapping=False)
        elif character == '"':
            self._string()
        else:
            atom = self._ATOM.match(self.text, self.position)
            if atom is None:
                self._fail("此处应为一个值", "expected a value here")
            self.builder.add(Scalar(atom[0], True, self._place()))
            self.position = atom.end()

    def _collection(self, end: str, *, is_mapping: bool) -> None:
        self.builder.open(self._place(), is_mapping=is_mapping)
        self.position += 1
        if self._next() != end:
            self._item(is_mapping=is_mapping)
            while self._next() == ",":
                self.position += 1
                self._item(is_mapping=is_mapping)
            if self._next() != end:
                self._fail(f"此处应为逗号或 {end}", f"expected a comma or {end} here")
        self.position += 1
        self.builder.close()

    def _item(self, *, is_mapping: bool) -> None:
        if is_mapping:
            if self._next() != '"':
                self._fail("此处应为双引号内的键", "expected a key in double quotes here")
            self._string()
            if self._next() != ":":
                self._fail("此处应为冒号", "expected a colon here")
            self.position += 1
        self._value()

    def _string(self) -> None:
        place = self._place()
        try:
            text, self.position = scanstring(self.text, self.position + 1, True)
        except json.JSONDecodeError as error:
            self.position = min(error.pos, len(self.text))
            self._fail("字符串没有结束，或含有换行、控制字符或不认识的转义", f"bad string: {error.msg}")
        scalar = Scalar(text, False, place)
        self.builder.check(scalar)
        self.builder.add(scalar)
