"""Opening a brief for the one who may work on it, and saving it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import RedirectResponse, Response

from admission.errors import NotRecordedError
from admission.record import Brief, brief, brief_document, save_brief
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Role, User
from admission.service.state import Services
from admission.service.web.drafts import DraftState

__all__ = ["Opened", "open_brief", "save_state", "to_brief"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A brief somebody may work on."""

    brief: Brief
    state: DraftState


def open_brief(shared: Services, id: str, user: User) -> Opened:
    """The brief, for its owner or an administrator; a 404 problem for anybody else."""
    try:
        found = brief(shared.store, id)
    except NotRecordedError:
        raise ProblemError(Kind.NOT_FOUND) from None
    if found.owner != user.name and user.role is not Role.ADMINISTRATOR:
        raise ProblemError(Kind.NOT_FOUND)
    return Opened(found, DraftState.of(brief_document(shared.store, found)))


def save_state(shared: Services, state: DraftState, user: User, id: str | None = None) -> Brief:
    """Writes the brief down, a new one without `id`."""
    title, at = state.document["name"], shared.clock.moment()
    return save_brief(shared.store, state.saved(), title=title, actor=user.name, at=at, id=id)


def to_brief(id: str, part: str = "") -> Response:
    """On to the brief, or to a page of it, after a form was taken."""
    return RedirectResponse(f"/briefs/{id}{part}", HTTPStatus.SEE_OTHER)
