"""What the page of a problem shows: its history in words, and its files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admission.record import Entry, ProblemRecord
from admission.service.web.words import say

__all__ = ["HistoryStep", "steps"]


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One entry in words, with the files handed in (name → SHA-256)."""

    entry: Entry
    title: str
    lines: tuple[str, ...]
    files: Mapping[str, str]


def steps(problem: ProblemRecord) -> list[HistoryStep]:
    """The history, oldest first."""
    return [
        HistoryStep(entry, say(entry.kind, "step"), tuple(_lines(entry)), entry.body.get("documents") or {})
        for entry in problem.trail
    ]


def _lines(entry: Entry) -> Iterator[str]:
    body = entry.body
    match entry.kind:
        case "problem.opened":
            yield f"{body['subject']}：{body['title']}（{body['department']}）"
            yield from filter(None, (body["description"],))
        case "problem.assigned":
            yield f"责任人：{body['owner']}"
        case "problem.rechecked":
            yield "通过" if body["passed"] else "不通过，退回整改"
        case "problem.reopened":
            yield body["why"]
    if body.get("deadline"):
        yield f"整改期限：{body['deadline']}"
    if body.get("note"):
        yield body["note"]
