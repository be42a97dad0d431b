"""One deliberately broken document per kind of mistake; `expected.yaml` says what each must be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from admission.errors import InputError, ProblemCode
from admission.rulebook import Rulebook, load_rulebook
from admission.screening import read_projects

FOLDER = Path(__file__).parent.parent / "bad_input"
EXPECTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(cache=False)


def problems_of(name: str, rulebook: Rulebook) -> InputError:
    with pytest.raises(InputError) as caught:
        read_projects((FOLDER / name).read_bytes(), name, rulebook)
    return caught.value


def test_every_broken_document_is_in_the_table() -> None:
    assert sorted(EXPECTED) == sorted(file.name for file in FOLDER.iterdir() if file.name != "expected.yaml")


@pytest.mark.parametrize("name", EXPECTED)
def test_every_mistake_is_named_with_its_line_and_what_to_do(name: str, rulebook: Rulebook) -> None:
    problems = problems_of(name, rulebook).problems
    expected = EXPECTED[name]
    assert [(p.place.line, p.code.value, p.field) for p in problems] == [
        (e["line"], e["code"], e["field"]) for e in expected
    ]
    for problem, row in zip(problems, expected, strict=True):
        text = problem.text()
        assert text.startswith(f"{name}:{row['line']}: " if row["line"] else f"{name}: ")
        assert not [words for words in row["words"] if words not in text]
        assert text.count("；") >= 2, "what is wrong; what was expected; what to do"


@pytest.mark.parametrize("name", EXPECTED)
def test_every_mistake_is_one_line_that_can_be_printed(name: str, rulebook: Rulebook) -> None:
    error = problems_of(name, rulebook)
    for lang in ("zh", "en"):
        lines = error.text(lang).split("\n")
        assert len(lines) == len(error.problems)
        assert all(line.isprintable() for line in lines)
    assert "；" not in error.text("en")


def test_the_table_knows_every_kind_of_mistake_in_a_document() -> None:
    found = {row["code"] for rows in EXPECTED.values() for row in rows}
    codes = list(ProblemCode)
    of_files = codes[codes.index(ProblemCode.ENCODING) : codes.index(ProblemCode.NOT_A_LIST) + 1]
    of_documents = codes[codes.index(ProblemCode.WRONG_LEVEL) : codes.index(ProblemCode.UNKNOWN_PARK) + 1]
    elsewhere = {
        ProblemCode.CONTRADICTION,
        ProblemCode.WORK_ELSEWHERE,
        ProblemCode.NOT_WORKBOOK,
        ProblemCode.WORKBOOK_CELL,
    }  # found by `screen`, not by the reader
    assert {code.value for code in (*of_files, *of_documents) if code not in elsewhere} <= found


def test_a_document_of_ten_megabytes_is_refused_by_its_size(rulebook: Rulebook) -> None:
    with pytest.raises(InputError, match="文件太大：10000000 字节；上限 2000000 字节"):
        read_projects(b"#" * 10_000_000, "big.yaml", rulebook)
