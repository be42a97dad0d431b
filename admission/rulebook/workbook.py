"""A list as a workbook a clerk can edit, and back, with nothing lost (清单与 Excel 互转).

One sheet holds the document, one the clauses, one row each. What comes back is checked like a
file of the rulebook, and every problem names its cell: `清单.xlsx 条目!H5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import yaml
from pydantic import BaseModel

from admission._messages import Phrase
from admission._nodes import Scalar, plain
from admission.errors import Place, Problem, ProblemCode, RulebookError
from admission.rulebook.loading import check_list
from admission.rulebook.model import Edition, Item, Park
from admission.rulebook.rulebook import Rulebook
from admission.rulebook.workbook_cells import UNPRINTABLE, escape, read_sheets
from admission.rulebook.workbook_layout import (
    CHOICES,
    DOCUMENT_FIELDS,
    DOCUMENT_SHEET,
    ITEM_FIELDS,
    ITEMS_SHEET,
    SKELETON,
    Field,
)
from admission.rulebook.workbook_read import ListReader
from admission.rulebook.workbook_write import Value, write_workbook
from admission.vocabulary import Vocabulary

__all__ = ["ImportedList", "list_to_workbook", "list_to_yaml", "template_workbook", "workbook_to_list"]

_CELL_LIMIT = 32_767
_SKELETON_ROWS = 3
_WIDTH = 150
_INVISIBLE = re.compile("[\t\r\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class ImportedList:
    """A list read from a workbook, and what its owner should know.

    `replaces` says that the rulebook has an edition of this id, `gone` are ids of that edition
    that are neither in the list nor retired, `unfilled` the rows passed over because they hold no
    more than an id and a dimension, `chinese_only` the number of texts without English.
    """

    edition: Edition
    items: tuple[Item, ...]
    replaces: bool
    gone: tuple[str, ...]
    unfilled: tuple[int, ...]
    chinese_only: int

    def to_yaml(self) -> str:
        """The text of the list's file."""
        return list_to_yaml(self.edition, self.items)


def list_to_workbook(edition: Edition, items: Sequence[Item], vocabulary: Vocabulary) -> bytes:
    """The `.xlsx` content of a list: its document, its clauses, how to fill it in, the facts.

    What was written is read back: content that a workbook cannot hold (a cell above 32,767
    characters, a list with levels …) raises `RulebookError` and is never dropped.
    """
    problems: list[Problem] = []
    document = list(_document_rows(edition))
    rows = [_item_row(item) for item in items]
    cells = [(f"{edition.edition}.{heading}", value) for heading, *values in document for value in values]
    cells += [
        (f"{item.id}.{path}", value) for item, row in zip(items, rows, strict=True) for path, value in row.items()
    ]
    for field, value in cells:
        if isinstance(value, str) and (fault := _unfit(value)):
            problems.append(_cannot_hold(edition, field, fault))
    if problems:
        raise RulebookError(problems)
    data = write_workbook(document, rows, _usable(vocabulary))
    problems += _lost(edition, items, data)
    if problems:
        raise RulebookError(problems)
    return data


def template_workbook(park: Park, vocabulary: Vocabulary) -> bytes:
    """An empty list of a park: the four dimensions with ids ready, everything else to be filled in."""
    name = f"PARK-{park.park.upper()}"
    given: Mapping[str, tuple[Value, Value]] = {
        "edition": (f"{name}-LIST", None),
        "title": (f"{park.name.zh}生态环境准入清单", f"Environmental admission list of the {park.name.en}"),
        "layer": (CHOICES["layer"]["park"], None),
        "applies_to.park": (park.park, None),
        "status": (CHOICES["status"]["unverified"], None),
    }
    document = [(field.heading, *given.get(field.path, (None, None))) for field in DOCUMENT_FIELDS]
    rows: list[Mapping[str, Value]] = [
        {"id": f"{name}-{part}-{number:02}", "dimension": CHOICES["dimension"][dimension]}
        for part, dimension, _ in SKELETON
        for number in range(1, _SKELETON_ROWS + 1)
    ]
    return write_workbook(document, rows, _usable(vocabulary))


def workbook_to_list(data: bytes, name: str, rulebook: Rulebook) -> ImportedList:
    """The list of a workbook called `name`, checked as if it stood among the rules of `rulebook`.

    Raises one `RulebookError` with every problem of every cell.
    """
    problems: list[Problem] = []
    sheets = read_sheets(data, name, (DOCUMENT_SHEET, ITEMS_SHEET), problems)
    if sheets is None:
        raise RulebookError(problems)
    reader = ListReader(sheets, problems)
    node = reader.read()
    later: list[Problem] = []
    found = check_list(node, rulebook, later)
    told = reader.told
    problems += [
        replace(problem, field=reader.headings.get(problem.place, problem.field))
        for problem in later
        if problem.place not in told
    ]
    if problems or found is None:
        raise RulebookError(problems)
    edition, items = found
    before = {owned.rule.id for owned in rulebook.items if owned.edition.edition == edition.edition}
    gone = before - {item.id for item in items} - {retired.id for retired in rulebook.retired}
    replaces = edition.edition in rulebook.editions
    return ImportedList(edition, items, replaces, tuple(sorted(gone)), tuple(reader.unfilled), reader.chinese_only)


def _usable(vocabulary: Vocabulary) -> Iterator[Any]:
    return (fact for fact in vocabulary.facts.values() if not fact.internal)


# rows


def _document_rows(edition: Edition) -> Iterator[tuple[str, Value, Value]]:
    """(heading, content, English); every note is a row, one empty row when there are none."""
    values = _flat(edition)
    for field in DOCUMENT_FIELDS:
        if field.path == "notes":
            for note in edition.notes:
                yield field.heading, note.zh, note.en
            if not edition.notes:
                yield field.heading, None, None
        elif field.kind == "label":
            yield field.heading, values[f"{field.path}.zh"], values[f"{field.path}.en"]
        else:
            yield field.heading, _shown(field, values.get(field.path)), None


def _item_row(item: Item) -> dict[str, Value]:
    values = _flat(item)
    row = {field.path: _shown(field, values.get(field.path)) for field in ITEM_FIELDS}
    if item.effect != "require" and item.unmet == Item.model_fields["unmet"].default:
        row["unmet"] = None
    return row


def _flat(model: BaseModel, prefix: str = "") -> dict[str, Any]:
    """Values by dotted path, under the names the files use."""
    found: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value, path = getattr(model, name), f"{prefix}{field.alias or name}"
        if isinstance(value, BaseModel):
            found.update(_flat(value, f"{path}."))
        elif isinstance(value, dict):
            found.update({f"{path}.{key}": inner for key, inner in value.items()})
        else:
            found[path] = value
    return found


def _shown(field: Field, value: Any) -> Value:
    if value is None or isinstance(value, date):
        return value
    if field.kind == "lines":
        return "\n".join(value) or None
    return CHOICES.get(field.path, {}).get(value, str(value))


# nothing lost


def _unfit(text: str) -> str | None:
    """Why a cell cannot hold `text`."""
    if UNPRINTABLE.search(text):
        return Phrase("含有控制字符", "it holds a control character")
    if len(escape(text).encode("utf-16-le")) > 2 * _CELL_LIMIT:
        return Phrase(f"超过 {_CELL_LIMIT} 字", f"it is longer than {_CELL_LIMIT} characters")
    return None


def _cannot_hold(edition: Edition, field: str, detail: str) -> Problem:
    values = {
        "detail": Phrase(f"Excel 单元格存不下：{detail}", f"a workbook cannot hold this: {detail}"),
        "expected": Phrase("能放进单元格的内容", "what fits a cell"),
        "advice": Phrase("请直接改 YAML 文件", "edit the YAML file instead"),
    }
    return Problem(ProblemCode.WORKBOOK_CELL, Place(edition.edition), field, values)


def _lost(edition: Edition, items: Sequence[Item], data: bytes) -> Iterator[Problem]:
    """What does not come back from the workbook as it was."""
    problems: list[Problem] = []
    sheets = read_sheets(data, edition.edition, (DOCUMENT_SHEET, ITEMS_SHEET), problems)
    assert sheets is not None  # written a moment ago
    content = plain(ListReader(sheets, problems).read())
    assert isinstance(content, dict)
    yield from problems
    rows = content.pop("items")
    pairs: list[tuple[Edition | Item, Any]] = [(edition, content), *zip(items, rows, strict=not problems)]
    for model, row in () if problems else pairs:
        name = edition.edition if model is edition else getattr(model, "id", "")
        back = type(model).model_validate(row)
        for key in type(model).model_fields:
            if getattr(back, key) != getattr(model, key):
                yield _cannot_hold(edition, f"{name}.{key}", Phrase("读回来不一样", "it does not read back the same"))


# YAML


class _Dumper(yaml.SafeDumper):
    """Writes what the strict reader accepts: no anchors, and quotes around text that reads as another type."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if _INVISIBLE.search(text):
        style = '"'
    elif not isinstance(plain(Scalar(text, True, Place(""))), str):
        style = "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def list_to_yaml(edition: Edition, items: Sequence[Item]) -> str:
    """The YAML text of a list file, as the loader reads it."""
    content = edition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content["items"] = [item.model_dump(mode="json", by_alias=True, exclude_defaults=True) for item in items]
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
