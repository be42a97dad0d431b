"""Vocabulary files → `Vocabulary`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from pathlib import PurePath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from admission._messages import Phrase
from admission._reading import Mapping, decode, describe, parse, place_of, plain, validate
from admission.errors import Place, Problem, ProblemCode
from admission.vocabulary.codes import IndustryCode, IndustryCodes
from admission.vocabulary.model import Fact, normalise_key
from admission.vocabulary.vocabulary import Vocabulary
from admission.vocabulary.waste_table import is_waste_table, read_wastes
from admission.vocabulary.wastes import Waste, WasteCodes

__all__ = ["load_vocabulary"]

_LIMIT = 10_000_000
_SET_HERE = ("name", "place")
_LEVELS = frozenset("1234")
_COLUMNS = ("code", "name", "level", "parent")


class _File(BaseModel):
    """One vocabulary file: facts, unit synonyms, or both."""

    model_config = ConfigDict(extra="forbid")

    facts: dict[str, Fact] = Field(default_factory=dict)
    units: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def load_vocabulary(files: Sequence[tuple[str, bytes]], problems: list[Problem]) -> Vocabulary:
    """The vocabulary of `files` (display name, content); what is wrong is added to `problems`.

    `*.csv` with the columns code, name, level and parent are industry codes, with a column
    waste_code hazardous wastes; the `*.meta.yaml` of the same name says where a table comes from.
    Every other YAML file has `facts:` or `units:`.
    """
    facts: list[Fact] = []
    units: dict[str, tuple[str, ...]] = {}
    units_place = Place("")
    codes: list[IndustryCode] = []
    wastes: list[Waste] = []
    about: dict[str, dict[str, object]] = {}
    waste_tables = {""}
    for name, data in files:
        text = decode(data, name, problems, _LIMIT)
        if text is None:
            continue
        if is_waste_table(name, text):
            waste_tables.add(_table_name(name))
            wastes += read_wastes(text, name, problems)
            continue
        if PurePath(name).suffix == ".csv":
            codes += _read_codes(text, name, problems)
            continue
        for node in parse(text, name, problems):
            if not isinstance(node, Mapping):
                problems.append(Problem(ProblemCode.NOT_A_MAPPING, node.place, values={"actual": describe(node)}))
            elif name.endswith(".meta.yaml"):
                about.setdefault(_table_name(name), {}).update((key.text, plain(value)) for key, value in node.pairs)
            else:
                file = _read_file(node, problems)
                facts += file.facts.values()
                if file.units:
                    units.update(file.units)
                    units_place = place_of(node, ("units",))
    _check_units(units, units_place, problems)
    of_wastes = {key: value for name in about.keys() & waste_tables for key, value in about[name].items()}
    of_codes = {key: value for name in about.keys() - waste_tables for key, value in about[name].items()}
    tables = IndustryCodes.of(codes, of_codes), WasteCodes.of(wastes, of_wastes)
    return Vocabulary(_unclashing(facts, problems), tables[0], units, tables[1])


def _table_name(name: str) -> str:
    """`gbt4754-2017` for the table and for its meta file."""
    return PurePath(name).name.partition(".")[0]


def _read_file(node: Mapping, problems: list[Problem]) -> _File:
    """The facts and units of one file; a fact that is wrong is left out."""
    data = {key.text: plain(value) for key, value in node.pairs}
    facts = data.get("facts")
    bodies: dict[str, object] = {}
    if isinstance(facts, dict):
        bodies = {key: _completed(key, body, node, problems) for key, body in facts.items()}
        data["facts"] = bodies
    file = validate(_File, node, problems, data)
    if file is not None:
        return file
    return _File(facts={key: fact for key, body in bodies.items() if (fact := _fact(body)) is not None})


def _completed(key: str, body: object, node: Mapping, problems: list[Problem]) -> object:
    """The body of a fact with the name and place it has by standing where it stands."""
    if not isinstance(body, dict):
        return body
    for taken in _SET_HERE:
        if taken in body:
            values = {"kind": Phrase("键", "key"), "key": taken, "nearest": Phrase("无", "none")}
            place = place_of(node, ("facts", key, taken))
            problems.append(Problem(ProblemCode.UNKNOWN_KEY, place, f"facts.{key}.{taken}", values))
    return {**body, "name": key, "place": place_of(node, ("facts", key))}


def _fact(body: object) -> Fact | None:
    try:
        return Fact.model_validate(body)
    except ValidationError:
        return None


def _read_codes(text: str, name: str, problems: list[Problem]) -> list[IndustryCode]:
    """The rows of a code table; its header must have the columns, its rows a code, a name and a known parent."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    codes: dict[str, IndustryCode] = {}
    try:
        header = next(lines, [])
        missing = [column for column in _COLUMNS if column not in header]
        if missing:
            values = {"key": "、".join(missing), "advice": Phrase("请补上该列", "add the column")}
            problems.append(Problem(ProblemCode.MISSING_KEY, Place(name, 1), values=values))
            return []
        for cells in filter(None, lines):
            row = dict(zip(header, cells, strict=False))
            _read_code(row, codes, Place(name, lines.line_num), problems)
    except csv.Error as error:
        values = {"detail": str(error), "format": "CSV"}
        problems.append(Problem(ProblemCode.SYNTAX, Place(name, lines.line_num), values=values))
    return list(codes.values())


def _read_code(row: dict[str, str], codes: dict[str, IndustryCode], place: Place, problems: list[Problem]) -> None:
    code, title, level, parent = (row.get(column, "").strip() for column in _COLUMNS)
    if code in codes:
        other = codes[code].name
        problems.append(Problem(ProblemCode.DUPLICATE_ID, place, values={"id": code, "other": other}))
    elif not code or not title or level not in _LEVELS or (bool(parent) and parent not in codes):
        detail = Phrase(
            "每行应有 code、name、level（1 至 4）和已在上文出现的 parent",
            "expected code, name, level (1 to 4) and a parent that stands above",
        )
        problems.append(Problem(ProblemCode.SCHEMA, place, values={"detail": detail}))
    else:
        codes[code] = IndustryCode(code, title, int(level), parent or None)


def _unclashing(facts: Iterable[Fact], problems: list[Problem]) -> list[Fact]:
    """The facts whose canonical names are new; every name that two facts claim is a problem."""
    owners: dict[str, Fact] = {}
    kept: list[Fact] = []
    canonical: set[str] = set()
    for fact in facts:
        if fact.name not in canonical:
            kept.append(fact)
            canonical.add(fact.name)
        for text in dict.fromkeys(normalise_key(name) for name in fact.names):
            owner = owners.setdefault(text, fact)
            if owner is not fact:
                values = {"name": text, "other": f"{owner.name}（{owner.place}）"}
                problems.append(Problem(ProblemCode.DUPLICATE_NAME, fact.place or Place(""), fact.name, values))
    return kept


def _check_units(units: Dictionary[str, tuple[str, ...]], place: Place, problems: list[Problem]) -> None:
    """One way of writing must not mean two units."""
    owners: dict[str, str] = {}
    for unit, synonyms in units.items():
        for text in dict.fromkeys(normalise_key(name) for name in (unit, *synonyms)):
            owner = owners.setdefault(text, unit)
            if owner != unit:
                problems.append(Problem(ProblemCode.DUPLICATE_NAME, place, unit, {"name": text, "other": owner}))
