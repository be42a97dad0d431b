"""Problems of enterprises (问题整改) as users see them, on the pages and through the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from admission.record import ProblemRecord, problem, problems
from admission.record.ledger import STATES
from admission.service.handed import department_of, known
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Role, User
from admission.service.state import Services

__all__ = ["files_of_problem", "seen_problem", "seen_problems"]


def _is_seen(found: ProblemRecord, user: User) -> bool:
    """A department sees what it follows, a machine what it opened."""
    own = user.role is not Role.MACHINE or found.opened_by == user.name
    return own and department_of(user) in (None, found.department)


def seen_problem(shared: Services, id: str, user: User) -> ProblemRecord:
    """A problem the user may see; a 404 problem for any other, so that nobody learns what there is."""
    found = known(lambda: problem(shared.store, id))
    if not _is_seen(found, user):
        raise ProblemError(Kind.NOT_FOUND)
    return found


def seen_problems(
    shared: Services,
    user: User,
    *,
    state: str = "",
    department: str = "",
    words: str = "",
    owner: str = "",
    overdue_on: date | None = None,
) -> list[ProblemRecord]:
    """The problems the user may see, newest first; `words` stand in subject, title or id, empty ones choose nothing."""
    chosen = next((one for one in STATES if one == state), None)
    found = problems(shared.store, state=chosen, department=department or None, overdue_on=overdue_on)
    texts = (words.strip(), owner.strip())
    return [
        one
        for one in found
        if _is_seen(one, user) and texts[0] in f"{one.subject} {one.title} {one.id}" and texts[1] in (one.owner or "")
    ]


def files_of_problem(found: ProblemRecord) -> Mapping[str, str]:
    """Every file of a problem, name → SHA-256."""
    handed = [*(one.documents for one in found.evidence), *(one.documents for one in found.rechecks)]
    return {name: sha for documents in handed for name, sha in documents.items()}
