"""What a YAML or JSON text consists of, each part with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from admission.errors import Place

__all__ = ["DEPTH", "Listing", "Mapping", "Node", "Scalar", "place_of", "plain"]

DEPTH = 40
"""The deepest nesting that is read."""

_INTEGER = re.compile(r"[-+]?(0|[1-9]\d*)", re.ASCII)
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.\d+|(0|[1-9]\d*)(\.\d*)?)([eE][-+]?\d+)?", re.ASCII)
_NAMED = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMERIC_START = frozenset("0123456789+-.")
_LONGEST_INTEGER = 400


class Scalar(NamedTuple):
    """One value as written; `plain` is False when it was quoted or a block text."""

    text: str
    plain: bool
    place: Place


class Listing(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    place: Place


class Mapping(NamedTuple):
    """Keys and values in order; of a key written twice only the first stands here."""

    pairs: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of `key`, None when absent."""
        return next((value for name, value in self.pairs if name.text == key), None)


Node = Scalar | Listing | Mapping


def plain(node: Node) -> object:
    """Python values of a node: dict, list, str, int, float, bool, None.

    Unquoted scalars follow the YAML 1.2 core schema (`yes` is text), except that digits with a
    leading zero stay text, as codes are; dates stay text.
    """
    if isinstance(node, Scalar):
        return _scalar(node.text) if node.plain else node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.pairs}


def _scalar(text: str) -> bool | int | float | str | None:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) < _LONGEST_INTEGER else float(text)
    if _BASED.fullmatch(text):
        return int(text[:_LONGEST_INTEGER], 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NAMED.fullmatch(text):
        return float(text.lower().replace(".", ""))
    return text


def place_of(node: Node, path: Sequence[str | int]) -> Place:
    """The place of the deepest part of `node` that exists on `path`; steps that do not exist are passed over.

    A key's own place stands for its value, so that an error names the line the key is on.
    """
    place = node.place
    for step in path:
        found = _step(node, step)
        if found is not None:
            place, node = found
    return place


def _step(node: Node, step: str | int) -> tuple[Place, Node] | None:
    if isinstance(node, Mapping):
        return next(((key.place, value) for key, value in node.pairs if key.text == str(step)), None)
    if isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
        return node.items[step].place, node.items[step]
    return None
