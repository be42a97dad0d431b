"""What the handlers of the pages share: who asks, the store in a thread, a page with what is wrong beside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from anyio.to_thread import run_sync
from fastapi import Depends, File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from admission.errors import ProblemsError
from admission.record import Store
from admission.service.problems import fault_of, language_of
from admission.service.security.people import Role, User, current_user
from admission.service.state import services

__all__ = [
    "SHOWN",
    "Asked",
    "Chosen",
    "Field",
    "Files",
    "Me",
    "Number",
    "Several",
    "attached",
    "department_of",
    "file_answer",
    "go",
    "told",
    "work",
]

Me = Annotated[User, Depends(current_user)]
Asked = Annotated[str, Query(max_length=200)]
"""A word or a few in the address: what somebody looks for."""
Chosen = Annotated[str, Form(max_length=200)]
"""A short field of a form."""
Field = Annotated[str, Form(max_length=10_000)]
"""A long field of a form."""
Several = Annotated[list[str], Form(default_factory=list)]
"""Boxes that are checked."""
Files = Annotated[list[UploadFile], File(default_factory=list)]
Number = Annotated[int, Query(ge=1, le=100_000)]
"""A page of a list, or a row."""
SHOWN = 50
"""Lines of a list on one page."""
Result = TypeVar("Result")
_NAME = 200


async def work(task: Callable[[], Result]) -> Result:
    """What `task` gives, done in a thread: it reads or writes the store."""
    return await run_sync(task)


def department_of(user: User) -> str | None:
    """The department to whose records somebody is limited; None: to none."""
    return (user.department or "") if user.role is Role.REVIEWER else None


def told(request: Request, error: ProblemsError) -> list[str]:
    """Everything that is wrong, as sentences: what, what was expected, what to do."""
    faults = [fault_of(problem, language_of(request)) for problem in error.problems]
    return ["".join(filter(None, (fault.what, "。" if fault.what else "", fault.advice))) for fault in faults]


def go(path: str) -> Response:
    """On to another page after a form was taken."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


async def attached(request: Request, user: User, files: list[UploadFile]) -> Mapping[str, str]:
    """Keeps uploaded files in the store: name → SHA-256. A browser sends one without name when none was chosen."""
    shared = services(request)
    found: dict[str, str] = {}
    for file in files:
        if file.filename:
            content, at = await file.read(), shared.clock.moment()
            media = file.content_type or "application/octet-stream"
            put = partial(shared.store.put, content, media, actor=user.name, at=at)
            found[_plain(file.filename, found)] = await work(put)
    return found


def _plain(name: str, taken: Mapping[str, str]) -> str:
    """The name of a file without folders and control characters, unlike those that are taken."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable())[-_NAME:] or "file"
    return plain if plain not in taken else f"{len(taken) + 1}-{plain}"


def file_answer(store: Store, sha256: str, files: Mapping[str, str]) -> Response | None:
    """A kept file to save, never to show: None when it is not among `files` (name → SHA-256)."""
    name = next((name for name, kept in files.items() if kept == sha256), None)
    if name is None:
        return None
    from urllib.parse import quote

    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers: dict[str, Any] = {"Content-Disposition": disposition}
    return Response(store.get(sha256), headers=headers, media_type="application/octet-stream")
