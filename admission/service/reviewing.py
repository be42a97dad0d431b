"""Steps of a joint review (联合审查) as users take them, on the pages and through the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from admission.record import (
    Review,
    answer_judgement,
    close_review,
    decision,
    open_review,
    policy_of,
    review,
    reviews,
    sign_opinion,
)
from admission.record.replaying import Rulebooks
from admission.record.steps import Also
from admission.rulebook import ReviewPolicy, Rulebook
from admission.service.handed import department_of, known
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import Role, User
from admission.service.state import Services

__all__ = [
    "files_of_review",
    "finish_review",
    "judge",
    "policy_in_use",
    "seen_review",
    "seen_reviews",
    "sign",
    "start_review",
]


def policy_in_use(rulebook: Rulebook, park: str | None, on: date) -> ReviewPolicy:
    """The policy of a park, by the rules in use; without the park the default."""
    return policy_of(rulebook.in_force(park if park in rulebook.parks else None, on=on))


def _is_seen(shared: Services, found: Review, user: User) -> bool:
    """A department sees what it takes part in, a machine what came of its own decisions or was opened by it."""
    department = department_of(user)
    if department is not None:
        return found.seat(department) is not None
    own = user.role is not Role.MACHINE or found.opened_by == user.name
    return own or decision(shared.store, found.decisions[0]).actor == user.name


def seen_review(shared: Services, id: str, user: User) -> Review:
    """A review the user may see; a 404 problem for any other, so that nobody learns what there is."""
    found = known(lambda: review(shared.store, id))
    if not _is_seen(shared, found, user):
        raise ProblemError(Kind.NOT_FOUND)
    return found


def seen_reviews(
    shared: Services, user: User, *, open: bool | None = None, decision_id: str | None = None, project: str = ""
) -> list[Review]:
    """The reviews the user may see, newest first; `project` is a part of its name."""
    found = reviews(shared.store, open=open, department=department_of(user), decision=decision_id)
    return [one for one in found if project in one.project and _is_seen(shared, one, user)]


def start_review(
    shared: Services, user: User, decision_id: str, departments: Sequence[str], also: Also[Review] | None = None
) -> Review:
    """Opens a review of a decision by the policy in use; raises `StepError`, or a 404 problem without the decision."""
    record = known(lambda: decision(shared.store, decision_id))
    if user.role is Role.MACHINE and record.actor != user.name:
        raise ProblemError(Kind.NOT_FOUND)
    policy, at = policy_in_use(shared.rules.rulebook, record.park, record.as_of), shared.clock.moment()
    return open_review(
        shared.store, record.id, actor=user.name, at=at, policy=policy, departments=departments, also=also
    )


def sign(
    shared: Services,
    user: User,
    id: str,
    *,
    position: str,
    reasons: str,
    conditions: Iterable[str],
    documents: Mapping[str, str],
    also: Also[Review] | None = None,
) -> Review:
    """Signs for the user's department; conditions count with the position `conditional` only. Raises `StepError`."""
    seen_review(shared, id, user)
    limits = [text for text in map(str.strip, conditions) if text] if position == "conditional" else []
    return sign_opinion(
        shared.store, id, department=user.department or "", position=position, reasons=reasons.strip(),
        conditions=limits, documents=documents, actor=user.name, at=shared.clock.moment(), also=also,
    )  # fmt: skip


def judge(
    shared: Services, user: User, id: str, *, rule: str, answer: str, why: str, also: Also[Review] | None = None
) -> Review:
    """Answers a rule that needs a person, which decides again: computes for a while. Raises `StepError`."""
    seen_review(shared, id, user)
    books = Rulebooks((shared.rules.rulebook,), shared.store)
    return answer_judgement(
        shared.store, id, rule=rule, answer=answer, why=why.strip(), department=user.department or "",
        actor=user.name, at=shared.clock.moment(), rulebooks=books, also=also,
    )  # fmt: skip


def finish_review(shared: Services, user: User, id: str, note: str, also: Also[Review] | None = None) -> Review:
    """Closes a review with the outcome that its policy gives; raises `StepError` with all that is missing."""
    seen_review(shared, id, user)
    return close_review(shared.store, id, actor=user.name, at=shared.clock.moment(), note=note.strip(), also=also)


def files_of_review(found: Review) -> Mapping[str, str]:
    """Every file handed in with an opinion, name → SHA-256."""
    return {name: sha for one in found.opinions for name, sha in one.documents.items()}
