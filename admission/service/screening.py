"""The work of a request, done in a thread: a body in, a decision out as the bytes the library makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from admission.errors import AdmissionError
from admission.lifecycle import lifecycle, screen
from admission.rulebook import Rulebook, Ruleset
from admission.screening import Decision, Project
from admission.screening.interview import Phase, interview
from admission.service.asking import Asked, only_project, ruleset_headers, ruleset_of
from admission.service.problem_words import Kind
from admission.service.problems import ProblemDocument, ProblemError, of_error

__all__ = ["Answer", "Screened", "answer_lifecycle", "answer_questions", "batch_projects", "screened"]

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route sends: a JSON document as bytes, and which rules made it."""

    content: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Screened:
    """A project, the rules it was held against, the decision and its bytes."""

    project: Project
    ruleset: Ruleset
    decision: Decision
    content: bytes


def screened(project: Project, asked: Asked, rulebook: Rulebook) -> Screened:
    """The decision on a project; its document is made once."""
    ruleset = ruleset_of(project, asked, rulebook)
    decision = screen(project, ruleset, lang=asked.lang)
    return Screened(project, ruleset, decision, decision.to_bytes())


def answer_lifecycle(asked: Asked, rulebook: Rulebook, subject: Literal["project", "park"] | None) -> Answer:
    """Duties, breaches and deadlines of the one project of the body."""
    project = only_project(asked, rulebook)
    ruleset = ruleset_of(project, asked, rulebook)
    life = lifecycle(project, ruleset, lang=asked.lang, subject=subject)
    return Answer(life.to_json().encode(), ruleset_headers(ruleset))


def answer_questions(
    asked: Asked, rulebook: Rulebook, unsure: Iterable[tuple[str, str | None]], until: Phase
) -> Answer:
    """What is still needed, most decisive first, and whether anything left can change the verdict."""
    project = only_project(asked, rulebook)
    ruleset = ruleset_of(project, asked, rulebook)
    decision = screen(project, ruleset, lang=asked.lang)
    found = interview(project, ruleset, unsure, until=until, lang=asked.lang, decision=decision)
    head = decision.model_dump(mode="json", include={"project", "park", "as_of", "receipt"})
    content = json.dumps(head | found.model_dump(mode="json", by_alias=True), ensure_ascii=False)
    return Answer(content.encode(), ruleset_headers(ruleset))


def batch_projects(asked: Asked, rulebook: Rulebook, most: int) -> list[Project | ProblemDocument]:
    """The projects of a batch, each read on its own, so that one mistake costs one answer only.

    The body is a JSON array or JSON Lines. Raises a problem when it is neither, or too long.
    """
    found: list[Project | ProblemDocument] = []
    for number, item in enumerate(_items(asked, most)):
        try:
            one = Asked(item, f"item {number}.json", asked.park, asked.as_of, asked.today, asked.lang)
            found.append(only_project(one, rulebook))
        except AdmissionError as error:
            found.append(of_error(error, asked.lang))
    return found


def _items(asked: Asked, most: int) -> list[bytes]:
    """The documents of a batch as texts."""
    lines = asked.name.endswith(".jsonl")
    items = [line for line in asked.body.splitlines() if line.strip()] if lines else list(_array(asked.body))
    if not items:
        raise ProblemError(Kind.BAD_REQUEST, "[]")
    if len(items) > most:
        raise ProblemError(Kind.TOO_LARGE, f"{len(items)} > {most}")
    return items


def _array(body: bytes) -> Iterator[bytes]:
    """The items of a JSON array as they are written, so that each is read by the reader of projects."""
    try:
        text = body.decode("utf-8-sig")
        at = _skip(text, 0)
        if text[at : at + 1] != "[":
            raise ValueError
        at = _skip(text, at + 1)
        while text[at] != "]":
            _, end = _DECODER.raw_decode(text, at)
            yield text[at:end].encode()
            at = _skip(text, end)
            if text[at] not in ",]":
                raise ValueError
            if text[at] == ",":
                at = _skip(text, at + 1)
                if text[at] == "]":
                    raise ValueError
        if _skip(text, at + 1) != len(text):
            raise ValueError
    except (ValueError, IndexError, RecursionError) as error:
        raise ProblemError(Kind.BAD_REQUEST, "应为 JSON 数组 (expected a JSON array)") from error


def _skip(text: str, at: int) -> int:
    """The position of the next character that is no blank."""
    found = _BLANKS.match(text, at)
    return found.end() if found is not None else at
