"""What every step of a review, a problem or an account has in common: it is allowed, or all reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from admission._messages import Phrase, listed, shortened
from admission.errors import Place, Problem, ProblemCode, StepError
from admission.record.writing import Writer

__all__ = ["WHAT", "Also", "day_from", "member_of", "refuse_if", "required", "state_of", "together"]

Result = TypeVar("Result")
Also = Callable[[Writer, Result], None]
"""What a caller writes in the transaction of a step, given its result; it stands or falls with the step."""

WHAT = {
    "reasons": Phrase("理由", "reasons"),
    "conditions": Phrase("附加条件", "conditions"),
    "departments": Phrase("参加部门", "departments"),
    "why": Phrase("理由", "reason"),
    "title": Phrase("标题", "title"),
    "owner": Phrase("责任人", "owner"),
    "subject": Phrase("单位名称", "name of the enterprise"),
    "note": Phrase("说明", "note"),
    "evidence": Phrase("整改证据", "evidence"),
    "documents": Phrase("证据文件或说明", "file or note"),
    "name": Phrase("用户名", "user name"),
    "department": Phrase("部门", "department"),
}
"""What a person is asked for, by field."""


def refuse_if(problems: Iterable[Problem]) -> None:
    """Raise one `StepError` with all of them, when there are any."""
    found = list(problems)
    if found:
        raise StepError(found)


def required(place: str, **given: object) -> list[Problem]:
    """A problem for every field that is empty."""
    empty = [name for name, value in given.items() if not (value.strip() if isinstance(value, str) else value)]
    return [Problem(ProblemCode.STEP_MISSING, Place(place), name, {"what": WHAT[name]}) for name in empty]


def member_of(place: str, field: str, given: str, members: Iterable[str]) -> list[Problem]:
    """A problem when `given` is none of `members`."""
    known = list(members)
    if given in known:
        return []
    values = {"actual": shortened(given), "members": listed(known), "nearest": listed(())}
    return [Problem(ProblemCode.UNKNOWN_MEMBER, Place(place), field, values)]


def state_of(place: str, state: Phrase, allowed: Iterable[Phrase], step: Phrase) -> Problem:
    """That a step does not go with the state."""
    values = {"state": state, "step": step, "expected": listed(allowed)}
    return Problem(ProblemCode.STEP_STATE, Place(place), "state", values)


def day_from(place: str, field: str, day: date | None, first: date) -> list[Problem]:
    """A problem when `day` comes before `first`."""
    if day is None or day >= first:
        return []
    return [Problem(ProblemCode.STEP_DAY, Place(place), field, {"day": day, "first": first})]


def together(writer: Writer, result: Result, also: Also[Result] | None) -> Result:
    """The result of a step, when what goes with it is written."""
    if also is not None:
        also(writer, result)
    return result
