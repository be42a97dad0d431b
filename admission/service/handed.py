"""What steps of reviews and problems share, pages and API alike: who is limited to what, and files handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from anyio.to_thread import run_sync
from fastapi import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from admission.errors import NotRecordedError
from admission.record import Store
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Role, User
from admission.service.state import services

__all__ = ["attached", "department_of", "file_answer", "known", "work"]

Result = TypeVar("Result")
_NAME = 200


async def work(task: Callable[[], Result]) -> Result:
    """What `task` gives, done in a thread: it reads or writes the store."""
    return await run_sync(task)


def known(find: Callable[[], Result]) -> Result:
    """What `find` gives; a 404 problem when the store has no such thing."""
    try:
        return find()
    except NotRecordedError:
        raise ProblemError(Kind.NOT_FOUND) from None


def department_of(user: User) -> str | None:
    """The department to whose records somebody is limited; None: to none."""
    return (user.department or "") if user.role is Role.REVIEWER else None


async def attached(request: Request, user: User, files: Iterable[UploadFile]) -> Mapping[str, str]:
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


def file_answer(store: Store, sha256: str, files: Mapping[str, str]) -> Response:
    """A kept file to save, never to show; a 404 problem when it is not among `files` (name → SHA-256)."""
    name = next((name for name, kept in files.items() if kept == sha256), None)
    if name is None:
        raise ProblemError(Kind.NOT_FOUND)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers: dict[str, Any] = {"Content-Disposition": disposition}
    return Response(store.get(sha256), headers=headers, media_type="application/octet-stream")
