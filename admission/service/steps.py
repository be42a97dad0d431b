"""A step taken through the API: done once per Idempotency-Key, answered by what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import Query, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.config import JsonDict
from starlette.responses import Response

from admission.record import Entry, ProblemRecord, Review
from admission.record.steps import Also
from admission.record.writing import Writer
from admission.service.idempotency import begin, key_of
from admission.service.security.people import User
from admission.service.state import services

__all__ = [
    "LONGEST",
    "SHOWN",
    "Before",
    "Limit",
    "Name",
    "Note",
    "Told",
    "TrailStep",
    "Words",
    "page_of",
    "take",
    "taken",
    "trail_of",
]

Result = TypeVar("Result")
LONGEST, _TEXT = 200, 10_000
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_MISPLACED = re.compile(f"[{_CONTROL}]")


def _plain(text: str) -> str:
    if _MISPLACED.search(text):
        raise ValueError("不能有控制字符 (no control characters)")
    return text


def _schema(most: int, *, blank: bool = False) -> WithJsonSchema:
    inner = f"[^{_CONTROL}]*"
    pattern = f"^{inner}$" if blank else f"^{inner}[^\\s{_CONTROL}]{inner}$"
    return WithJsonSchema({"type": "string", "pattern": pattern, "minLength": 0 if blank else 1, "maxLength": most})


_TRIMMED = StringConstraints(strip_whitespace=True, min_length=1)
Words = Annotated[str, _TRIMMED, Field(max_length=_TEXT), AfterValidator(_plain), _schema(_TEXT)]
"""A text that has to be given."""
Name = Annotated[str, _TRIMMED, Field(max_length=LONGEST), AfterValidator(_plain), _schema(LONGEST)]
"""A short text that has to be given."""
Note = Annotated[str, Field(max_length=_TEXT), AfterValidator(_plain), _schema(_TEXT, blank=True)]
"""A text that may be empty."""


Before = Annotated[int | None, Query(ge=1, le=2**53, description="上一页的 next (of the page before)")]
Limit = Annotated[int, Query(ge=1, le=500, description="每页几件 (lines of a page)")]
SHOWN = 50
"""Lines of a page unless asked otherwise."""


def taken(example: JsonDict) -> ConfigDict:
    """The configuration of a model that is a body: nothing unknown in it, and an example."""
    return ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [example]})


class Told(BaseModel):
    """What is told of something in the store."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str


class TrailStep(BaseModel):
    """台账中的一条记录 (an entry of the chain)."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    seq: int = Field(description="台账序号 (number in the chain)")
    at: datetime
    actor: str = Field(description="经手人 (who)")
    kind: str = Field(description="种类，见 docs/record.md (kind of entry)")
    body: dict[str, Any] = Field(description="内容 (what it says)")
    sha256: str = Field(description="本条的哈希 (hash of the entry)")


def trail_of(entries: Iterable[Entry]) -> tuple[TrailStep, ...]:
    """The entries of a trail, oldest first."""
    return tuple(TrailStep.model_validate(entry) for entry in entries)


Kept = TypeVar("Kept", Review, ProblemRecord)


def page_of(found: Sequence[Kept], before: int | None, limit: int) -> tuple[Sequence[Kept], int | None]:
    """A page of what was found, newest first: what was opened by entries before number `before`; the next `before`."""
    left = [one for one in found if before is None or one.trail[0].seq < before]
    shown = left[:limit]
    return shown, shown[-1].trail[0].seq if len(left) > limit else None


async def take(
    request: Request,
    user: User,
    given: Mapping[str, Any],
    do: Callable[[Also[Result]], Result],
    told: Callable[[Result], Told],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    run: Callable[..., Awaitable[Any]] = run_sync,
) -> Response:
    """Takes the step `do` in a thread and answers with what is told of its result.

    With an `Idempotency-Key` the same request (its path and `given`) is done once: the answer is kept in the
    transaction of the step. Raises what the step raises, and the problems of `begin`.
    """
    shared, key = services(request), key_of(request)
    target = f"{request.method} {request.scope['path']}?{request.url.query}\n"
    whole = target + json.dumps(given, sort_keys=True, default=str)
    once = await run_sync(begin, shared.store, user.name, key, whole.encode(), shared.clock.moment()) if key else None
    if isinstance(once, Response):
        return once

    def answered(result: Result) -> tuple[dict[str, str], bytes]:
        document = told(result)
        created = {"Location": f"{request.scope['path']}/{document.id}"} if status is HTTPStatus.CREATED else {}
        return created, document.model_dump_json().encode()

    def also(writer: Writer, result: Result) -> None:
        if once is not None:
            headers, content = answered(result)
            once.keep(writer, headers, content, status)

    try:
        headers, content = answered(await run(do, also))
    except BaseException:
        if once is not None:
            await run_sync(once.forget, shared.store)
        raise
    return Response(content, status, headers, "application/json")
