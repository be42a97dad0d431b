"""Who is asking: people with a role, machines with a key."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import Depends
from starlette.requests import Request

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError

__all__ = ["Me", "Role", "User", "current_user", "maybe_user"]


class Role(StrEnum):
    """What somebody is here for; the roles of `admission.record.users`."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class User:
    """Who makes this request: `name` is the actor of what is written to the store."""

    name: str
    role: Role
    department: str | None
    via: Literal["session", "key"]


def maybe_user(request: Request) -> User | None:
    """Who asks, or None for somebody who is not logged in."""
    found = getattr(request.state, "user", None)
    return found if isinstance(found, User) else None


async def current_user(request: Request) -> User:
    """Who asks; a 401 problem when nobody is logged in. `Me` is how a route asks."""
    user = maybe_user(request)
    if user is None:
        raise ProblemError(Kind.NOT_LOGGED_IN)
    return user


Me = Annotated[User, Depends(current_user)]
"""The parameter of a route for people and machines that are logged in."""
