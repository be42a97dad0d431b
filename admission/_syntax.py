"""The two grammars: YAML events and JSON tokens → nodes."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, NoReturn, cast

import yaml
from yaml.error import Mark

from admission._messages import Phrase, shortened
from admission._nodes import DEPTH, Listing, Mapping, Node, Scalar
from admission.errors import Place, Problem, ProblemCode

__all__ = ["read_json", "read_yaml"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ENDS = frozenset((yaml.MappingEndEvent, yaml.SequenceEndEvent))
_NODES = frozenset((yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent))
_tuple = tuple.__new__  # a named tuple of checked parts, without the wrapper that names them
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_KEY_DETAIL = Phrase("键应为文字，不能是列表或键值", "a key must be text, not a list or mapping")
_YAML_TAGS = "tag:yaml.org,2002:"
_UNCLOSED = "found unexpected end of stream"
_YAML_ZH = {
    "mapping values are not allowed in this context": "此处不应有冒号；文字中含冒号加空格时请加引号",
    "found character that cannot start any token": "此处的字符不能作开头；缩进用空格，不用制表符",
    "could not find expected ':'": "缺少冒号",
    "did not find expected key": "缩进与上文不一致",
    "did not find expected '-' indicator": "列表项的缩进与上文不一致",
    "did not find expected node content": "括号内缺少内容",
    "did not find expected ',' or ']'": "缺少“,”或“]”",
    "did not find expected ',' or '}'": "缺少“,”或“}”",
    _UNCLOSED: "引号没有结束",
    "found unknown escape character": "双引号内有不认识的转义",
    "did not find expected <document start>": "此处内容与上文不在同一层；多个文档之间用 --- 分隔",
}


class _Stop(Exception):  # noqa: N818 - a signal inside this module, not an error of the package
    """Reading cannot go on; the problem has been added."""


class _List:
    """A list whose end has not been read."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.items: list[Node] = []
        self.add = self.items.append

    def close(self) -> Node:
        return Listing(tuple(self.items), self.place)


class _Map:
    """A mapping whose end has not been read; keys and values come in turn."""

    def __init__(self, place: Place, report: Callable[..., None]) -> None:
        self.place = place
        self.pairs: dict[str, tuple[Scalar, Node]] = {}
        self._report = report
        self._key: Node | None = None

    def add(self, node: Node) -> None:
        key = self._key
        if key is None:
            self._key = node
            return
        self._key = None
        if not isinstance(key, Scalar):
            self._report(ProblemCode.SYNTAX, key.place, detail=_KEY_DETAIL, format="YAML")
        elif key.text in self.pairs:
            first = self.pairs[key.text][0].place.line
            self._report(ProblemCode.DUPLICATE_KEY, key.place, key=shortened(key.text), first=first)
        else:
            self.pairs[key.text] = key, node

    def close(self) -> Node:
        return Mapping(tuple(self.pairs.values()), self.place)


class _Builder:
    """Puts nodes together; keeps `documents` complete whatever happens later.

    `add` takes the next node: it is that of the innermost list or mapping that is open.
    """

    def __init__(self, name: str, problems: list[Problem], language: str) -> None:
        self.refused: set[str] = set()
        self.name = name
        self.language = language
        self.problems = problems
        self.documents: list[Node] = []
        self.stack: list[_List | _Map] = []
        self.add: Callable[[Node], None] = self.documents.append

    def report(self, code: ProblemCode, place: Place, **values: object) -> None:
        self.problems.append(Problem(code, place, values=values))

    def add_escaped(self, scalar: Scalar) -> None:
        """Add a text with escapes, which must not smuggle in what no report could print."""
        if not scalar.text.isprintable() and (found := _UNPRINTABLE.search(scalar.text)):
            self.control_character(scalar.place, ord(found[0]))
            scalar = Scalar(_UNPRINTABLE.sub("\ufffd", scalar.text), scalar.plain, scalar.place)
        self.add(scalar)

    def refuse(self, place: Place, zh: str, en: str, what: str) -> None:
        """Something of YAML that is not read, said once for each `what`."""
        if (said := f"{en} {what}") not in self.refused:
            self.refused.add(said)
            detail = Phrase(f"{zh} {shortened(what)}", shortened(said))
            self.report(ProblemCode.ALIAS_OR_TAG, place, detail=detail)

    def control_character(self, place: Place, character: int) -> None:
        detail = Phrase(f"含有控制字符 U+{character:04X}", f"control character U+{character:04X}")
        self.report(ProblemCode.SYNTAX, place, detail=detail, format=self.language)

    def open(self, place: Place, *, is_mapping: bool) -> None:
        if len(self.stack) >= DEPTH:
            self.report(ProblemCode.TOO_DEEP, place, limit=DEPTH)
            raise _Stop
        top = _Map(place, self.report) if is_mapping else _List(place)
        self.stack.append(top)
        self.add = top.add

    def close(self) -> None:
        node = self.stack.pop().close()
        self.add = self.stack[-1].add if self.stack else self.documents.append
        self.add(node)


def read_yaml(text: str, name: str, problems: list[Problem]) -> list[Node]:
    """The complete documents of a YAML stream; nothing is ever expanded, so nothing can blow up.

    Control characters are reported and then read as if they were not there.
    """
    builder = _Builder(name, problems, "YAML")
    for number, line in enumerate(text.split("\n") if _CONTROL.search(text) else (), 1):
        if found := _CONTROL.search(line):
            builder.control_character(Place(name, number, found.start() + 1), ord(found[0]))
    try:
        _feed_all(builder, _LOADER(_CONTROL.sub("", text)))
    except _Stop:
        pass
    except yaml.MarkedYAMLError as error:
        detail = str(error.problem)
        said = Phrase(_YAML_ZH.get(detail, detail), detail)
        mark = error.context_mark if detail == _UNCLOSED else error.problem_mark
        builder.report(ProblemCode.SYNTAX, _place(builder, mark), detail=said, format="YAML")
    return builder.documents


def _feed_all(builder: _Builder, parser: Any) -> None:
    """Every event of the stream; what most of a rule file consists of takes the short way."""
    take, name = parser.get_event, builder.name
    while (event := take()) is not None:
        kind = type(event)
        if kind in _ENDS:
            builder.close()
        elif kind in _NODES and event.anchor is event.tag is None:
            mark = event.start_mark
            place = _tuple(Place, (name, mark.line + 1, mark.column + 1, ""))
            if kind is not yaml.ScalarEvent:
                builder.open(place, is_mapping=kind is yaml.MappingStartEvent)
            elif event.style == '"':
                builder.add_escaped(Scalar(event.value, False, place))
            else:
                builder.add(_tuple(Scalar, (event.value, not event.style, place)))
        else:
            _feed(builder, event)


def _feed(builder: _Builder, event: yaml.Event) -> None:
    """An event with an anchor or a tag, an alias, or one that carries nothing."""
    place = _place(builder, event.start_mark)
    if isinstance(event, yaml.AliasEvent):
        builder.refuse(place, "引用", "alias", f"*{event.anchor}")
        builder.add(Scalar("", True, place))
    elif isinstance(event, yaml.ScalarEvent):
        _refuse_marks(builder, event, event.tag, place)
        builder.add_escaped(Scalar(event.value, not event.style, place))
    elif isinstance(event, yaml.CollectionStartEvent):
        _refuse_marks(builder, event, event.tag, place)
        builder.open(place, is_mapping=isinstance(event, yaml.MappingStartEvent))


def _refuse_marks(builder: _Builder, event: yaml.NodeEvent, tag: str | None, place: Place) -> None:
    if event.anchor is not None:
        builder.refuse(place, "锚点", "anchor", f"&{event.anchor}")
    if tag is not None:
        builder.refuse(place, "标签", "tag", tag.replace(_YAML_TAGS, "!!"))


def _place(builder: _Builder, mark: object) -> Place:
    """The place of a mark; the parser gives one to every event and error."""
    where = cast(Mark, mark)
    return Place(builder.name, where.line + 1, where.column + 1)


def read_json(text: str, name: str, problems: list[Problem], *, lines: bool = False) -> list[Node]:
    """The complete values of a JSON text; in JSON Lines a broken line does not hide the others.

    `lines` says that the text is JSON Lines; otherwise it is when its lines look so.
    """
    rows = text.split("\n")
    if lines or _looks_like_lines(rows):
        return [node for number, row in enumerate(rows) for node in _JsonReader(row, name, problems, number).read()]
    return _JsonReader(text, name, problems, 0).read()


def _looks_like_lines(rows: list[str]) -> bool:
    """Several lines that each start an object, or whose first is a complete one."""
    filled = [row for row in rows if row.strip()]
    if len(filled) < 2:
        return False
    problems: list[Problem] = []
    first = _JsonReader(filled[0], "", problems, 0).read()
    return all(row.lstrip().startswith("{") for row in filled) or (bool(first) and not problems)


_BLANKS = r"[ \t\n\r]*"
_SIMPLE = r'[^"\\\x00-\x1f]*'
_WORD = r"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.+-])"


class _JsonReader:
    """One JSON text, or one line of JSON Lines; `first_line` lines stand before it."""

    _SPACE = re.compile(_BLANKS)
    _BLANK = frozenset(" \t\n\r")
    _STRINGS = json.JSONDecoder()
    _ATOM = re.compile(_WORD, re.ASCII)
    _PAIR = re.compile(
        rf'{_BLANKS}"(?P<key>{_SIMPLE})"{_BLANKS}:{_BLANKS}(?:"(?P<text>{_SIMPLE})"|(?P<word>{_WORD}))', re.ASCII
    )

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
        character = self.text[self.position : self.position + 1]
        if character in self._BLANK:
            match = self._SPACE.match(self.text, self.position)
            self.position = match.end() if match else self.position
            character = self.text[self.position : self.position + 1]
        return character

    def _place(self, position: int | None = None) -> Place:
        """The place of a character, by default of the next one."""
        at = self.position if position is None else position
        line = bisect_left(self.breaks, at)
        start = self.breaks[line - 1] + 1 if line else 0
        return _tuple(Place, (self.builder.name, self.first_line + line + 1, at - start + 1, ""))

    def _complain(self, place: Place, zh: str, en: str) -> None:
        self.builder.report(ProblemCode.SYNTAX, place, detail=Phrase(zh, en), format="JSON")

    def _fail(self, zh: str, en: str) -> NoReturn:
        self._complain(self._place(), zh, en)
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
                comma = self._place()
                self.position += 1
                if self._next() == end:
                    self._complain(comma, f"{end} 之前多了一个逗号", f"a comma too many before {end}")
                else:
                    self._item(is_mapping=is_mapping)
            if self._next() != end:
                self._fail(f"此处应为逗号或 {end}", f"expected a comma or {end} here")
        self.position += 1
        self.builder.close()

    def _item(self, *, is_mapping: bool) -> None:
        if is_mapping:
            if self._simple():
                return
            if self._next() != '"':
                self._fail("此处应为双引号内的键", "expected a key in double quotes here")
            self._string()
            if self._next() != ":":
                self._fail("此处应为冒号", "expected a colon here")
            self.position += 1
        self._value()

    def _simple(self) -> bool:
        """Reads a key without escapes with a text, number or word, which most pairs are; False for any other."""
        found = self._PAIR.match(self.text, self.position)
        if found is None:
            return False
        add, kind = self.builder.add_escaped, found.lastgroup or ""
        is_text = kind == "text"
        add(_tuple(Scalar, (found["key"], False, self._place(found.start("key") - 1))))
        place = self._place(found.start(kind) - is_text)
        add(_tuple(Scalar, (found[kind], not is_text, place)))
        self.position = found.end()
        return True

    def _string(self) -> None:
        place = self._place()
        try:
            text, self.position = self._STRINGS.raw_decode(self.text, self.position)
        except json.JSONDecodeError as error:
            self.position = min(error.pos, len(self.text))
            self._fail("字符串没有结束，或含有换行、控制字符或不认识的转义", f"bad string: {error.msg}")
        self.builder.add_escaped(_tuple(Scalar, (text, False, place)))
