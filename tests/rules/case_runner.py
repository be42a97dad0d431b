"""The shipped rules with the cases beside them, read once; the running itself is `admission.review`."""

from __future__ import annotations

from functools import cache

from admission import load_rulebook
from admission.review import Bench, CaseResult, open_bench

__all__ = ["bench", "told"]


@cache
def bench() -> Bench:
    """Rules and cases as shipped."""
    return open_bench(rulebook=load_rulebook())


def told(result: CaseResult) -> str:
    """What is different from the case, one line each, beginning with the place and name of the case."""
    lines = [f"{result.case.at}: {result.case.name}", *(problem.text() for problem in result.problems)]
    for difference in result.differences:
        expected, found = "/".join(difference.expected), "/".join(difference.found.found)
        what = f"not asked for: {difference.missing}" if difference.missing else f"expected {expected}, found {found}"
        lines.append(f"{difference.place}: {difference.rule}: {what}; asked: {difference.found.needs}")
    return "\n".join(lines)
