"""Bytes → text → nodes → models, every problem collected with its place.

The reader is stricter than YAML: no anchors, aliases, tags or duplicate keys, no keys that are
not scalars, at most `DEPTH` levels. Scalars keep their text, so that `0411` stays a code.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from admission._messages import Phrase, shortened
from admission._nodes import DEPTH, Listing, Mapping, Node, Scalar, place_of, plain
from admission._schema import schema_problems
from admission._syntax import read_json, read_yaml
from admission.errors import Place, Problem, ProblemCode

__all__ = [
    "DEPTH",
    "Listing",
    "Mapping",
    "Node",
    "Scalar",
    "decode",
    "describe",
    "parse",
    "place_of",
    "plain",
    "validate",
]

_Model = TypeVar("_Model", bound=BaseModel)
_UNSET = object()

_SIZE = 2_000_000
_LINES = (".jsonl", ".ndjson")
_NOT_TEXT: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", Phrase("Excel、Word 或压缩文件", "an Excel, Word or zip file")),
    (b"\xd0\xcf\x11\xe0", Phrase("旧版 Excel 或 Word 文件", "an old Excel or Word file")),
    (b"%PDF", "PDF"),
)


def decode(data: bytes, name: str, problems: list[Problem], limit: int = _SIZE) -> str | None:
    """The text of a UTF-8 file (byte-order mark removed), or None with a problem added.

    `limit` is the largest size in bytes. A file of blanks and comments alone counts as empty.
    """
    place = Place(name)
    if len(data) > limit:
        problems.append(Problem(ProblemCode.FILE_TOO_LARGE, place, values={"size": len(data), "limit": limit}))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        problems.append(_unreadable(data, place))
        return None
    if all(_is_blank(line) for line in text.splitlines()):
        problems.append(Problem(ProblemCode.FILE_EMPTY, place))
        return None
    return text


def _is_blank(line: str) -> bool:
    content = line.strip()
    return content in {"", "---", "..."} or content.startswith("#")


def _unreadable(data: bytes, place: Place) -> Problem:
    """What a file that is not UTF-8 text may be."""
    for signature, kind in _NOT_TEXT:
        if data.startswith(signature):
            return Problem(ProblemCode.NOT_TEXT, place, values={"guess": kind})
    return Problem(ProblemCode.ENCODING, place, values={"guess": _guess(data)})


def _guess(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16"
    if b"\0" in data:
        return Phrase("UTF-16 或二进制文件", "UTF-16 or a binary file")
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return Phrase("未知编码", "an unknown encoding")
    return "GB18030/GBK"


def parse(text: str, name: str, problems: list[Problem]) -> list[Node]:
    """The documents of a YAML stream, a JSON value, or JSON Lines; a list at the top is several.

    With a syntax error the documents complete before it are returned and the problem is added.
    A text that starts like JSON but does not parse is tried as YAML, unless its name or its
    first characters say that JSON was meant.
    """
    if text.lstrip()[:1] in {"{", "["}:
        found: list[Problem] = []
        nodes = read_json(text, name, found, lines=name.lower().endswith(_LINES))
        if not found or _says_json(text, name):
            problems += found
            return _documents(nodes, name, problems)
    return _documents(read_yaml(text, name, problems), name, problems)


def _says_json(text: str, name: str) -> bool:
    if name.lower().endswith((".json", *_LINES)):
        return True
    if name.lower().endswith((".yaml", ".yml")):
        return False
    return re.match(r'\s*(\[\s*)?\{\s*"', text) is not None


def _documents(nodes: Sequence[Node], name: str, problems: list[Problem]) -> list[Node]:
    documents: list[Node] = []
    for node in nodes:
        if isinstance(node, Listing):
            documents += node.items
        elif not isinstance(node, Scalar) or plain(node) is not None:
            documents.append(node)
    if not documents and not problems:
        problems.append(Problem(ProblemCode.FILE_EMPTY, Place(name)))
    return documents


def describe(node: Node) -> str:
    """What a node is, for the sentence "…, got …": the text, or the kind and size."""
    if isinstance(node, Scalar):
        return shortened(node.text) or Phrase("空值", "nothing")
    if isinstance(node, Listing):
        return Phrase(f"{len(node.items)} 项的列表", f"a list of {len(node.items)}")
    return Phrase(f"{len(node.pairs)} 个键的键值表", f"a mapping of {len(node.pairs)} keys")


def validate(model: type[_Model], node: Node, problems: list[Problem], data: object = _UNSET) -> _Model | None:
    """`node` as a `model`, or None with one problem per wrong part, at its place.

    `data` replaces the plain values of the node when the caller has added to them.
    """
    try:
        return model.model_validate(plain(node) if data is _UNSET else data)
    except ValidationError as error:
        problems += schema_problems(error, model, node)
        return None
