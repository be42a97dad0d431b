"""The hazardous waste list as a table (CSV) → `Waste`."""

from __future__ import annotations

import csv
import io
import re
from pathlib import PurePath

from admission._messages import Phrase
from admission.errors import Place, Problem, ProblemCode
from admission.vocabulary.wastes import ROOT, Waste

__all__ = ["is_waste_table", "read_wastes"]

_COLUMNS = ("waste_code", "name", "category", "hazard", "source_industry", "name_en", "words")
_CATEGORY = re.compile(rf"{ROOT}\d{{2}}", re.ASCII)
_CODE = re.compile(r"\d{3}-\d{3}-\d{2}", re.ASCII)
_HAZARD = re.compile(r"(?:In|[TCIR])(?:[,/](?:In|[TCIR]))*", re.ASCII)


def is_waste_table(name: str, text: str) -> bool:
    """Whether a file holds hazardous wastes: a CSV whose first column says so."""
    return PurePath(name).suffix == ".csv" and text.lstrip().startswith(_COLUMNS[0])


def read_wastes(text: str, name: str, problems: list[Problem]) -> list[Waste]:
    """The rows of a waste table; each category must stand above its codes, and codes end in its number."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: dict[str, Waste] = {}
    try:
        header = next(lines, [])
        missing = [column for column in _COLUMNS if column not in header]
        if missing:
            values = {"key": "、".join(missing), "advice": Phrase("请补上该列", "add the column")}
            problems.append(Problem(ProblemCode.MISSING_KEY, Place(name, 1), values=values))
            return []
        for cells in filter(None, lines):
            _read_waste(dict(zip(header, cells, strict=False)), found, Place(name, lines.line_num), problems)
    except csv.Error as error:
        values = {"detail": str(error), "format": "CSV"}
        problems.append(Problem(ProblemCode.SYNTAX, Place(name, lines.line_num), values=values))
    return list(found.values())


def _read_waste(row: dict[str, str], found: dict[str, Waste], place: Place, problems: list[Problem]) -> None:
    code, name, category, hazard, industry, english, words = (row.get(column, "").strip() for column in _COLUMNS)
    normal = f"{category} {code}" if category else code
    if normal in found:
        values: dict[str, object] = {"id": code, "other": found[normal].name}
        problems.append(Problem(ProblemCode.DUPLICATE_ID, place, values=values))
    elif not name or not (_is_code(code, category, hazard, found) if category else _is_category(code, english)):
        detail = Phrase(
            "每行应为类别（HW 加两位数，有英文名）或废物（8 位代码，末两位为上文已有的类别，特性为 T、C、I、R、In）",
            "expected a category (HW and two digits, with an English name), or a waste (an 8-digit code ending in"
            " the number of a category above, hazards T, C, I, R, In)",
        )
        problems.append(Problem(ProblemCode.SCHEMA, place, values={"detail": detail}))
    else:
        several = tuple(word.strip() for word in words.split(";") if word.strip())
        found[normal] = Waste(normal, name, category or None, hazard, industry, english, several)


def _is_category(code: str, english: str) -> bool:
    return bool(_CATEGORY.fullmatch(code) and english)


def _is_code(code: str, category: str, hazard: str, found: dict[str, Waste]) -> bool:
    ends = category in found and f"{ROOT}{code[-2:]}" == category
    return bool(ends and _CODE.fullmatch(code) and _HAZARD.fullmatch(hazard))
