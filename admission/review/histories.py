"""Histories beside the life-cycle rules (`*.histories.jsonl`): the cases of duties and of questions for a person.

One JSON object a line: `rule`; `facts` of the project as a document writes them; `events`, each a milestone and its
day, `不清楚` or `未办`; `as_of`; and what the rule `gives`, one text per occurrence. For a question that is whether
it is to be answered: `True`, `False`, `None` for not known. For a duty: the last day, the day it was done (`-` for
none), its states, `!breach`, and `?milestone` for each day that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from admission._reading import decode, parse, validate
from admission.errors import Problem, RulebookError
from admission.rulebook import SourceFile
from admission.rulebook.model import Strict

__all__ = ["RecordedHistory", "read_histories"]


class RecordedHistory(Strict):
    """One history and what its rule makes of it."""

    rule: str
    facts: dict[str, str | float]
    events: tuple[tuple[str, str], ...]
    as_of: date
    gives: tuple[str, ...]


def read_histories(files: Iterable[SourceFile]) -> Mapping[str, tuple[RecordedHistory, ...]]:
    """Rule → its histories, in the order of the files; raises `RulebookError` with all that is wrong."""
    problems: list[Problem] = []
    found: dict[str, list[RecordedHistory]] = {}
    for name, data in files:
        text = decode(data, name, problems)
        for node in parse(text, name, problems) if text is not None else ():
            one = validate(RecordedHistory, node, problems)
            if one is not None:
                found.setdefault(one.rule, []).append(one)
    if problems:
        raise RulebookError(problems)
    return {rule: tuple(histories) for rule, histories in found.items()}
