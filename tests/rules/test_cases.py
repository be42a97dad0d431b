"""The cases beside the rules, one test each: `pytest tests/rules -k CN-EIA-2021-069`.

The id is file:line, then what is expected, so that a failure can be opened and a rule picked.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from admission.rulebook import shipped_paths
from tests.rules.case_runner import Case, differences, read_cases, rulebook, shipped_case_files

ROOT = shipped_paths()[0].parent


def _parameters() -> Iterator[pytest.param]:
    for path in shipped_case_files():
        for case in read_cases(path, path.relative_to(ROOT).as_posix()):
            expected = " ".join(f"{rule}={'/'.join(found)}" for rule, found in case.expect.items())
            yield pytest.param(case, id=f"{case.at} {expected}")


@pytest.mark.parametrize("case", list(_parameters()))
def test_the_rules_do_what_the_case_says(case: Case) -> None:
    wrong = differences(case, rulebook())
    assert not wrong, "\n".join((f"{case.at}: {case.name}", *wrong))
