"""docs/conditions.md: every example parses and fits the shipped vocabulary, every table is true."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from admission.errors import ConditionError, Problem
from admission.logic.evaluate import evaluate
from admission.logic.parse import parse
from admission.logic.sentence import to_sentence
from admission.logic.types import check
from admission.vocabulary import Fact, FactType, Label, Vocabulary, load_vocabulary

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")
TRUTHS = {"真": True, "假": False, "不清楚": None, "true": True, "false": False, "unknown": None}
READINGS = {"读作": "zh", "reads as": "en"}


def _fenced(kind: str) -> list[str]:
    blocks = re.findall(rf"^```{kind}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def _tables() -> list[list[list[str]]]:
    """Each table as rows of cells, the header first, the ruler left out."""
    found = re.findall(r"(?:^\|.*\|\n)+", TEXT, re.MULTILINE)
    tables = [
        [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()] for block in found
    ]
    return [[header, *rows] for header, _ruler, *rows in tables]


def _code(cell: str) -> str:
    return cell.strip("`")


TRUTH_ROWS = [(table[0], row) for table in _tables() for row in table[1:] if row[0] in TRUTHS]
SENTENCE_ROWS = [(READINGS[table[0][1]], *row) for table in _tables() for row in table[1:] if table[0][1] in READINGS]


@cache
def _vocabulary() -> Vocabulary:
    problems: list[Problem] = []
    files = sorted((ROOT / "rules" / "vocabulary").iterdir())
    shipped = load_vocabulary([(file.name, file.read_bytes()) for file in files], problems)
    assert problems == []
    days = [
        Fact(name=name, type=FactType.DATE, label=Label(zh=name, en=name), internal=True)
        for name in ("approval_date", "start_date")
    ]
    return Vocabulary([*shipped.facts.values(), *days], shipped.codes, shipped.units)


@pytest.mark.parametrize("text", sorted(set(_fenced("sql"))))
def test_examples_fit(text: str) -> None:
    check(parse(text), _vocabulary())


@pytest.mark.parametrize("text", _fenced("sql refused"))
def test_refused_examples_are_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        check(parse(text), _vocabulary())


@pytest.mark.parametrize(("header", "row"), TRUTH_ROWS)
def test_truth_tables(header: list[str], row: list[str]) -> None:
    facts = {_code(name): TRUTHS[cell] for name, cell in zip(header, row, strict=True)}
    for condition, cell in zip(header, row, strict=True):
        assert evaluate(parse(_code(condition)), facts) is TRUTHS[cell], condition


@pytest.mark.parametrize(("lang", "condition", "sentence"), SENTENCE_ROWS)
def test_sentences(lang: str, condition: str, sentence: str) -> None:
    assert to_sentence(parse(_code(condition)), _vocabulary(), lang) == sentence


def test_both_languages_show_the_same() -> None:
    chinese, english = TEXT.split("\n# The condition language\n")
    examples = [re.findall(r"^```sql\n(.*?)^```$", part, re.MULTILINE | re.DOTALL) for part in (chinese, english)]
    assert examples[0] == examples[1]
    assert len(TRUTH_ROWS) == 2 * (9 + 3 + 5)
    assert len(SENTENCE_ROWS) == 5
    assert len(_fenced("sql refused")) >= 30
