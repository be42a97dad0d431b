"""The runner would notice a wrong case, and the case files are about rules that exist."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from admission.errors import ProblemsError
from tests.rules.case_runner import Case, differences, read_cases, rulebook, shipped_case_files

WRITTEN = """\
cases:
  - name: 行业未填
    as_of: 2026-03-01
    given: {有电镀工艺: 否}
    expect: {CN-EIA-2021-069: [report, form, none]}
    needs: [industry]
"""
FILES = list(shipped_case_files())


def _case(folder: Path, text: str = WRITTEN) -> Case:
    path = folder / "x.cases.yaml"
    path.write_text(text, encoding="utf-8")
    (case,) = read_cases(path, path.name)
    return case


def test_a_wrong_expectation_is_told(tmp_path: Path) -> None:
    case = _case(tmp_path, WRITTEN.replace("有电镀工艺", "has_electroplating"))
    assert case.at == "x.cases.yaml:2"
    (wrong,) = differences(replace(case, expect={"CN-EIA-2021-069": ("form",)}), rulebook())
    assert wrong.startswith("CN-EIA-2021-069: expected form, found ")


def test_a_fact_that_is_not_asked_for_is_told(tmp_path: Path) -> None:
    case = _case(tmp_path, WRITTEN.replace("有电镀工艺", "electroplating"))
    assert any(
        "not asked for: has_electroplating" in line
        for line in differences(replace(case, needs=("has_electroplating",)), rulebook())
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("否", "也许"), ("CN-EIA-2021-069:", "CN-EIA-2021-999:"), ("有电镀工艺", "有电镀艺工"), ("needs", "need")],
)
def test_a_case_that_is_no_valid_document_fails(tmp_path: Path, old: str, new: str) -> None:
    text = WRITTEN.replace("有电镀工艺", "has_electroplating") if old != "有电镀工艺" else WRITTEN
    with pytest.raises((AssertionError, ProblemsError)):
        differences(_case(tmp_path, text.replace(old, new)), rulebook())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_case_file_stands_beside_its_rules(path: Path) -> None:
    """A case may mention rules of other files, but some of each file are its own; names are unique."""
    rules = path.with_name(path.name.replace(".cases.yaml", ".yaml"))
    text = rules.read_text(encoding="utf-8")
    cases = read_cases(path, path.name)
    expected = {rule for case in cases for rule in case.expect}
    assert any(f"id: {rule}\n" in text for rule in expected)
    assert [name for name, count in Counter(case.name for case in cases).items() if count > 1] == []
    assert [
        case.name
        for case in cases
        if case.needs and all(len(found) == 1 and found[0] != "unknown" for found in case.expect.values())
    ] == []
