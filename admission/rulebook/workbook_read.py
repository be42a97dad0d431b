"""The cells of a list → the nodes its YAML file would have, each placed by its cell.

What is wrong in a cell is told, and then read as something harmless, so that everything else is
still checked. What is told about such a stand-in later on is not passed on (see `told`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass
from difflib import get_close_matches

from admission._messages import Phrase, listed, shortened
from admission._nodes import Listing, Mapping, Node, Scalar
from admission.errors import Place, Problem, ProblemCode
from admission.rulebook.workbook_cells import UNPRINTABLE, Filled, Sheet
from admission.rulebook.workbook_layout import (
    CHOICES,
    CONTENT,
    DOCUMENT_FIELDS,
    DOCUMENT_SHEET,
    ENGLISH,
    HINT,
    ITEM_FIELDS,
    ITEMS_SHEET,
    SUBJECT,
    Field,
)
from admission.vocabulary.model import normalise_key
from admission.vocabulary.values import parse_date

__all__ = ["ListReader"]

_HEADING_WITHIN = 20
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_SEPARATORS = re.compile("[\n、，,;；]")
_SKELETON = {"id", "dimension"}
_STAND_INS = {"date": "2000-01-01", "condition": "true"}
_EFFECT = next(field.heading for field in ITEM_FIELDS if field.path == "effect")
_ADD = Phrase("请补上", "add it")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row under its headings."""

    sheet: Sheet
    number: int
    columns: Table[str, int]
    cells: Table[int, Filled]

    def get(self, heading: str) -> Filled | None:
        return self.cells.get(self.columns.get(heading, 0))

    def place(self, heading: str) -> Place:
        """The cell under `heading`; the sheet when it has no such column."""
        column = self.columns.get(heading)
        return self.sheet.whole if column is None else self.sheet.place(self.number, column)


class _Tree:
    """A mapping put together from dotted paths, in the order of adding."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._values: dict[str, Node] = {}

    def add(self, path: str, value: Node | None) -> None:
        if value is not None:
            self._values[path] = value

    def drop(self, path: str) -> None:
        del self._values[path]

    def has(self, path: str) -> bool:
        return path in self._values

    def text(self, path: str) -> str | None:
        value = self._values.get(path)
        return value.text if isinstance(value, Scalar) else None

    def node(self) -> Mapping:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for path, value in self._values.items():
            head, _, rest = path.partition(".")
            if rest:
                key, inner = pairs.get(head, (_key(head, value.place), Mapping((), value.place)))
                assert isinstance(inner, Mapping)  # a path is either a value or a group of values
                pairs[head] = key, Mapping((*inner.pairs, (_key(rest, value.place), value)), inner.place)
            else:
                pairs[head] = _key(head, value.place), value
        return Mapping(tuple(pairs.values()), self._place)


def _key(text: str, place: Place) -> Scalar:
    return Scalar(text, False, place)


def _is_heading(cells: Table[int, Filled], names: Table[str, str]) -> bool:
    """A row with two known headings; a title above them has none."""
    return sum(normalise_key(cell.text) in names for cell in cells.values()) > 1


def _day(text: str) -> str:
    """`2026年1月2日`, `2026/1/2` or `20260102` → `2026-01-02`; anything else as it stands."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return text
    year, month, day = (part for part in found.groups() if part is not None)
    return f"{year}-{month:0>2}-{day:0>2}"


def _is_day(text: str) -> bool:
    return parse_date(text) is not None


_READ: Table[str, Callable[[str], str]] = {"key": str.strip, "choice": str.strip, "date": _day}


class ListReader:
    """Reads the two sheets of a list once; problems are collected.

    `headings` says what stands in each cell that was read,
    `unfilled` are the rows that hold no more than an id and a dimension and were passed over,
    `chinese_only` counts the texts whose English was left empty.
    """

    def __init__(self, sheets: Table[str, Sheet], problems: list[Problem]) -> None:
        self._sheets = sheets
        self._problems = problems
        self.headings: dict[Place, str] = {}
        self.unfilled: list[int] = []
        self.chinese_only = 0

    @property
    def told(self) -> frozenset[Place]:
        """Every place something has been said about."""
        return frozenset(problem.place for problem in self._problems)

    def read(self) -> Mapping:
        """The list as its YAML file would have it."""
        document = self._document(self._sheets[DOCUMENT_SHEET])
        sheet = self._sheets[ITEMS_SHEET]
        items = Listing(tuple(self._items(sheet)), sheet.whole)
        return Mapping((*document.pairs, (_key("items", sheet.whole), items)), document.place)

    # the two sheets

    def _document(self, sheet: Sheet) -> Mapping:
        known = (SUBJECT, CONTENT, ENGLISH, HINT)
        rows: dict[str, list[_Row]] = {}
        fields = {normalise_key(field.heading): field for field in DOCUMENT_FIELDS}
        for row in self._rows(sheet, known, required=(SUBJECT, CONTENT)):
            subject = row.get(SUBJECT)
            if subject is None:
                if row.get(CONTENT) or row.get(ENGLISH):
                    self._stray(row.place(SUBJECT), Phrase("这一行没有写是哪一项", "the row does not say what it is"))
                continue
            found = fields.get(normalise_key(subject.text))
            if found is None:
                self._unknown(subject.text, [field.heading for field in DOCUMENT_FIELDS], row.place(SUBJECT))
            else:
                rows.setdefault(found.path, []).append(row)
        tree = _Tree(sheet.whole)
        tree.add("kind", Scalar("list", False, sheet.whole))
        for field in DOCUMENT_FIELDS:
            self._add_subject(tree, field, rows.get(field.path, []), sheet)
        self._check_layer(tree, rows, sheet)
        return tree.node()

    def _add_subject(self, tree: _Tree, field: Field, rows: Sequence[_Row], sheet: Sheet) -> None:
        if field.path == "notes":
            labels = [self._label(field, row, CONTENT, ENGLISH) for row in rows]
            tree.add("notes", Listing(tuple(label for label in labels if label is not None), sheet.whole))
            return
        if not rows and field.required:
            tree.add(field.path, self._missing(field, sheet.whole))
        for row in rows[1:]:
            values = {"key": field.heading, "first": rows[0].number}
            self._problems.append(Problem(ProblemCode.DUPLICATE_KEY, row.place(SUBJECT), values=values))
        for row in rows[:1]:
            if field.kind == "label":
                tree.add(field.path, self._label(field, row, CONTENT, ENGLISH))
            else:
                if row.get(ENGLISH) is not None:
                    self._stray(row.place(ENGLISH), Phrase("这一项没有英文", "this one has no English"))
                tree.add(field.path, self._value(field, row, CONTENT))

    def _check_layer(self, tree: _Tree, rows: Table[str, Sequence[_Row]], sheet: Sheet) -> None:
        """A list of a city or park says which; the loader would say so without naming the cell."""
        for layer in ("city", "park"):
            field = next(field for field in DOCUMENT_FIELDS if field.path == f"applies_to.{layer}")
            if tree.text("layer") == layer and tree.text(field.path) is None:
                place = rows[field.path][0].place(CONTENT) if field.path in rows else sheet.whole
                tree.add(field.path, self._missing(field, place))

    def _items(self, sheet: Sheet) -> Iterable[Mapping]:
        required = [field.heading for field in ITEM_FIELDS if field.required]
        fields = {field.path: field for field in ITEM_FIELDS}
        for row in self._rows(sheet, [field.heading for field in ITEM_FIELDS], required):
            filled = {field.path for field in ITEM_FIELDS if row.get(field.heading) is not None}
            if filled <= _SKELETON:
                self.unfilled += [row.number] if filled else []
                continue
            tree = _Tree(row.place(fields["id"].heading))
            for field in ITEM_FIELDS:
                base, _, lang = field.path.partition(".")
                if lang == "zh":
                    tree.add(base, self._label(field, row, field.heading, fields[f"{base}.en"].heading))
                elif lang != "en":
                    tree.add(field.path, self._value(field, row, field.heading))
            if tree.has("effective.to") and not tree.has("effective.from"):
                start = fields["effective.from"]
                tree.add(start.path, self._missing(start, row.place(start.heading), row))
            self._check_must(tree, row, fields["must"])
            yield tree.node()

    def _check_must(self, tree: _Tree, row: _Row, must: Field) -> None:
        """`must` goes with the effect `require` and no question; the loader would not name the cell."""
        effect, require = row.place(_EFFECT), CHOICES["effect"]["require"]
        if tree.text("must") is None:
            return
        if (effect not in self.told and tree.text("effect") != "require") or tree.has("judgement"):
            self._tell(
                row.place(must.heading),
                Phrase("此处不能填写", "nothing may stand here"),
                Phrase(
                    f"效力为“{require}”且没有“需人工回答的问题”时才填写", f"it filled only with the effect {require}"
                ),
                Phrase("请移到“触发条件”，或改效力", "move it to the condition, or change the effect"),
            )
            tree.drop("must")
        elif effect in self.told:
            tree.add("effect", Scalar("require", False, effect))

    # headings

    def _rows(self, sheet: Sheet, known: Sequence[str], required: Sequence[str]) -> Iterable[_Row]:
        """The rows below the headings; what is wrong with the headings is told first."""
        names = {normalise_key(heading): heading for heading in known}
        header = next((n for n, cells in sheet.rows.items() if n <= _HEADING_WITHIN and _is_heading(cells, names)), 1)
        columns: dict[str, int] = {}
        for column, cell in sheet.rows.get(header, {}).items():
            heading, place = names.get(normalise_key(cell.text)), sheet.place(header, column)
            if heading is None:
                self._unknown(cell.text, known, place)
            elif heading in columns:
                values = {"key": heading, "first": header}
                self._problems.append(Problem(ProblemCode.DUPLICATE_KEY, place, values=values))
            else:
                columns[heading] = column
        for heading in required:
            if heading not in columns:
                values = {"key": Phrase(f"列“{heading}”", f"column {heading}"), "advice": _ADD}
                self._problems.append(Problem(ProblemCode.MISSING_KEY, sheet.whole, values=values))
        headed = sheet.rows.get(header, {}).keys()
        stray: set[int] = set()
        for number, cells in sheet.rows.items():
            if number > header:
                row = _Row(sheet, number, columns, cells)
                for column in cells.keys() - headed - stray:
                    stray.add(column)
                    self._stray(sheet.place(number, column), Phrase("这一列没有列名", "the column has no heading"))
                yield row

    # values

    def _value(self, field: Field, row: _Row, heading: str) -> Node | None:
        """The value of a cell: None when empty, a stand-in when wrong."""
        cell, place = row.get(heading), row.place(heading)
        self.headings[place] = field.heading
        if cell is None:
            return self._missing(field, place, row) if field.required else None
        if self._is_unusable(cell, field, place):
            return self._stand_in(field, place)
        if field.kind == "lines":
            parts = (part.strip() for part in _SEPARATORS.split(cell.text))
            return Listing(tuple(Scalar(part, False, place) for part in parts if part), place)
        read = _READ.get(field.kind, str)
        text = read(cell.text)
        if field.kind == "choice":
            return self._choice(field, cell, place)
        if field.kind == "date" and not _is_day(text):
            self._problems.append(Problem(ProblemCode.BAD_DATE, place, field.heading, {"actual": shortened(cell.text)}))
            return self._stand_in(field, place)
        return Scalar(text, False, place)

    def _is_unusable(self, cell: Filled, field: Field, place: Place) -> bool:
        """A cell whose content cannot be taken as it stands; says why."""
        text = Phrase("直接写出的内容", "plain content")
        if cell.kind == "formula":
            advice = Phrase("请复制后“选择性粘贴”为数值", "copy it and paste it as a value")
            self._tell(place, Phrase("是公式", "it is a formula"), text, advice, field.heading)
        elif cell.kind == "fault":
            found = Phrase(f"是 Excel 的错误值 {cell.text}", f"it is Excel's error {cell.text}")
            self._tell(place, found, text, Phrase("请重新填写", "fill it in anew"), field.heading)
        elif cell.kind == "date" and field.kind in {"key", "lines", "condition", "choice"}:
            found = Phrase(f"被 Excel 当成了日期 {cell.text}", f"Excel took it for the date {cell.text}")
            advice = Phrase("请把单元格格式设为“文本”后重填", "format the cell as text and type it again")
            self._tell(place, found, Phrase("文字", "text"), advice, field.heading)
        elif bad := UNPRINTABLE.search(cell.text):
            code = f"U+{ord(bad[0]):04X}"
            found = Phrase(f"含有控制字符 {code}", f"it holds the control character {code}")
            self._tell(place, found, Phrase("可见的文字", "visible text"), Phrase("请删去", "delete it"), field.heading)
        else:
            return False
        return True

    def _choice(self, field: Field, cell: Filled, place: Place) -> Scalar:
        choices = CHOICES[field.path]
        wanted = normalise_key(cell.text)
        for member, shown in choices.items():
            if wanted in (member, normalise_key(shown)):
                return Scalar(member, False, place)
        shown_names = list(choices.values())
        values = {
            "actual": shortened(cell.text),
            "members": listed(shown_names),
            "nearest": listed(get_close_matches(cell.text, shown_names, 3, 0.3) or shown_names),
        }
        self._problems.append(Problem(ProblemCode.UNKNOWN_MEMBER, place, field.heading, values))
        return self._stand_in(field, place)

    def _label(self, field: Field, row: _Row, chinese: str, english: str) -> Mapping | None:
        """A text in both languages; English left empty is the Chinese."""
        zh, en = row.get(chinese), row.get(english)
        if zh is None and en is None and not field.required:
            return None
        place = row.place(chinese)
        self.headings[place] = field.heading
        text = self._missing(field, place, row) if zh is None else self._text(field, zh, place)
        other = text if en is None else self._text(field, en, row.place(english))
        self.chinese_only += en is None
        return Mapping(((_key("zh", place), text), (_key("en", other.place), other)), place)

    def _text(self, field: Field, cell: Filled, place: Place) -> Scalar:
        if self._is_unusable(cell, field, place):
            return self._stand_in(field, place)
        return Scalar(cell.text, False, place)

    # what is told

    def _stand_in(self, field: Field, place: Place) -> Scalar:
        if field.kind == "choice":
            return Scalar(next(iter(CHOICES[field.path])), False, place)
        return Scalar(_STAND_INS.get(field.kind, f"?{place.cell}"), False, place)

    def _missing(self, field: Field, place: Place, row: _Row | None = None) -> Scalar:
        """Says that something required is empty, unless its whole column is missing, which has been told."""
        if row is None or place.cell:
            values = {"key": field.heading, "advice": Phrase("请填写", "fill it in")}
            self._problems.append(Problem(ProblemCode.MISSING_KEY, place, values=values))
        return self._stand_in(field, place)

    def _tell(self, place: Place, detail: str, expected: str, advice: str, field: str = "") -> None:
        values = {"detail": detail, "expected": expected, "advice": advice}
        self._problems.append(Problem(ProblemCode.WORKBOOK_CELL, place, field, values))

    def _stray(self, place: Place, detail: str) -> None:
        expected = Phrase("每个内容都有列名和项目名", "a heading for everything that is filled in")
        self._tell(place, detail, expected, Phrase("请补上名称，或删去内容", "name it, or delete it"))

    def _unknown(self, text: str, known: Sequence[str], place: Place) -> None:
        nearest = listed(get_close_matches(text, known, 3, 0.5) or known)
        values = {"kind": Phrase("名称", "heading"), "key": shortened(text), "nearest": nearest}
        self._problems.append(Problem(ProblemCode.UNKNOWN_KEY, place, values=values))
