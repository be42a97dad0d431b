"""Case files stand beside their rules and say nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.rules.case_runner import bench

FILES = sorted({case.place.file for case in bench().cases})


@pytest.mark.parametrize("file", FILES)
def test_each_case_file_stands_beside_its_rules(file: str) -> None:
    """A case may mention rules of other files, but some of each file are its own; names are unique."""
    cases = [case for case in bench().cases if case.place.file == file]
    own = {bench().rules[expected.rule].file for case in cases for expected in case.expect}
    assert file.replace(".cases.yaml", ".yaml") in own
    assert [name for name, count in Counter(case.name for case in cases).items() if count > 1] == []


@pytest.mark.parametrize("file", FILES)
def test_only_undecided_rules_need_facts(file: str) -> None:
    decided = [
        case.at
        for case in bench().cases
        if case.place.file == file and case.needs
        if all(len(expected.found) == 1 and expected.found[0] != "unknown" for expected in case.expect)
    ]
    assert decided == []
