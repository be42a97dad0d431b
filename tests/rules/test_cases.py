"""The cases beside the rules, one test each: `pytest tests/rules -k CN-EIA-2021-069`.

The id is file:line, then what is expected, so that a failure can be opened and a rule picked.
"""

from __future__ import annotations

import pytest

from admission.review import Case
from tests.rules.case_runner import bench, told


def _id(case: Case) -> str:
    return f"{case.at} " + " ".join(f"{expected.rule}={'/'.join(expected.found)}" for expected in case.expect)


@pytest.mark.parametrize("case", bench().cases, ids=_id)
def test_the_rules_do_what_the_case_says(case: Case) -> None:
    result = bench().run(case)
    assert result.passed, told(result)
