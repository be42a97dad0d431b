"""Quality of the rules themselves: cases, coverage, mutation, checks between rules."""

from __future__ import annotations

from admission.review.bench import Bench, CaseResult, Difference, open_bench
from admission.review.cases import Case, Expectation, read_cases

__all__ = ["Bench", "Case", "CaseResult", "Difference", "Expectation", "open_bench", "read_cases"]
