"""A decision written down: with its messages and its idempotency key, all in one transaction."""

from __future__ import annotations

from asyncio import wrap_future
from collections.abc import Callable

from admission.record import NewDecision, Writer, write_decision
from admission.service.asking import Asked, ruleset_headers
from admission.service.idempotency import Once
from admission.service.screening import Answer, Screened
from admission.service.state import Services
from admission.service.webhooks.outbox import announce

__all__ = ["DECISION_HEADER", "ready", "record", "writing"]

DECISION_HEADER = "Admission-Decision"


def ready(found: Screened, asked: Asked, shared: Services) -> NewDecision:
    """A decision made ready for the store, hashed and compressed; to be done in a thread."""
    new = NewDecision(found.project, found.ruleset, found.decision, lang=asked.lang, text=found.content)
    shared.store.prepare((new.project, new.decision))
    return new


async def record(found: Screened, new: NewDecision, actor: str, shared: Services, once: Once | None = None) -> Answer:
    """Writes the decision down; the answer with its id, when it is on disk."""
    return await wrap_future(shared.recorder.submit(writing(found, new, actor, shared, once)))


def writing(
    found: Screened, new: NewDecision, actor: str, shared: Services, once: Once | None = None
) -> Callable[[Writer], Answer]:
    """What writes the decision down, in a transaction that may do more; it gives the answer with its id."""
    at = shared.clock.moment()

    def work(writer: Writer) -> Answer:
        made = write_decision(writer, new, actor=actor, at=at)
        dropped = announce(writer, made, found.decision, at, shared.settings)
        if dropped:
            shared.metrics.webhooks.labels("dropped").inc(dropped)
        answer = Answer(found.content, {**ruleset_headers(found.ruleset), DECISION_HEADER: made.id})
        if once is not None:
            once.keep(writer, answer.headers, answer.content, stored=new.decision.stored)
        return answer

    return work
