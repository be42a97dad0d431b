"""Decisions that last: what was decided, on which facts, by which rules, when and for whom."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from admission.errors import NotRecordedError
from admission.record import tables
from admission.record.chain import Entry, NewDocument, NewEntry, canonical, utc
from admission.record.reading import Reader, body_field, chosen, entry_of
from admission.record.receipts import FORMAT, project_document, result_sha256, summary
from admission.record.rulesets import keep_rules
from admission.record.store import Store
from admission.record.times import new_id
from admission.record.writing import Writer
from admission.rulebook import Ruleset
from admission.screening import Decision, Project, Verdict
from admission.screening.decision import Receipt

__all__ = [
    "DECISION",
    "DecisionRecord",
    "NewDecision",
    "decision",
    "decision_in",
    "decision_text",
    "decisions",
    "receipt_of",
    "record_decision",
    "write_decision",
]

DECISION = "decision"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One recorded decision without its text; `rulebook` is the id of the kept files behind it.

    `brief` is the saved brief and `replaces` the decision that this one goes on from, if any.
    """

    id: str
    seq: int
    at: str
    actor: str
    project: str
    park: str | None
    as_of: date
    lang: str
    verdict: Verdict
    rulebook: str
    receipt: Receipt
    project_sha256: str
    decision_sha256: str
    brief: str | None = None
    replaces: str | None = None

    @classmethod
    def of(cls, entry: Entry) -> DecisionRecord:
        """The record that an entry of kind `decision` is."""
        body = entry.body
        return cls(
            id=entry.subject,
            seq=entry.seq,
            at=entry.at,
            actor=entry.actor,
            project=body["project"],
            park=body["park"],
            as_of=date.fromisoformat(body["as_of"]),
            lang=body["lang"],
            verdict=Verdict(body["verdict"]),
            rulebook=body["rulebook"],
            receipt=Receipt.model_validate(body["receipt"]),
            project_sha256=body["documents"]["project"],
            decision_sha256=body["documents"]["decision"],
            brief=body.get("brief"),
            replaces=body.get("replaces"),
        )


class NewDecision:
    """A decision made ready to be written: texts and hashes, before any lock is taken.

    `text` is `decision.to_json()` where the caller has it already.
    """

    def __init__(
        self,
        project: Project,
        ruleset: Ruleset,
        decision: Decision,
        *,
        lang: str = "zh",
        text: str | bytes | None = None,
        brief: str | None = None,
        replaces: str | None = None,
    ) -> None:
        self.ruleset = ruleset
        content = decision.to_bytes() if text is None else text
        self.decision = NewDocument(content.encode() if isinstance(content, str) else content, _JSON)
        self.project = NewDocument(canonical(project_document(project)).encode(), _JSON)
        self.body: dict[str, Any] = {
            "project": decision.project,
            "park": decision.park,
            "as_of": decision.as_of.isoformat(),
            "lang": lang,
            "verdict": decision.verdict,
            "rulebook": ruleset.rulebook.files_sha256,
            "receipt": decision.receipt.model_dump(mode="json"),
            "documents": {"project": self.project.sha256, "decision": self.decision.sha256},
        }
        self.body |= {key: value for key, value in (("brief", brief), ("replaces", replaces)) if value is not None}


def record_decision(
    store: Store,
    project: Project,
    ruleset: Ruleset,
    decision: Decision,
    *,
    actor: str,
    at: datetime,
    lang: str = "zh",
    text: str | bytes | None = None,
    brief: str | None = None,
) -> DecisionRecord:
    """Write a decision down, with the project, and the files of its rules once.

    `lang` is the language it was made in, `text` its JSON where the caller has it already.
    """
    new = NewDecision(project, ruleset, decision, lang=lang, text=text, brief=brief)
    store.prepare((new.project, new.decision))
    with store.writing() as writer:
        return write_decision(writer, new, actor=actor, at=at)


def write_decision(writer: Writer, new: NewDecision, *, actor: str, at: datetime) -> DecisionRecord:
    """Write a decision that was made ready, inside a transaction of the caller."""
    keep_rules(writer, new.ruleset, actor=actor, at=at)
    writer.put_all((new.project, new.decision), actor=actor, at=at)
    entry = NewEntry(DECISION, new_id("D", at), new.body)
    return DecisionRecord.of(writer.append([entry], actor=actor, at=at)[0])


def decision(store: Store, id: str) -> DecisionRecord:
    """The record of one decision; raises `NotRecordedError`."""
    with store.reading() as reader:
        return decision_in(reader, id)


def decision_in(reader: Reader, id: str) -> DecisionRecord:
    """The record of one decision as a transaction sees it; raises `NotRecordedError`."""
    found = reader.entries(kind=DECISION, subject=id, limit=1)
    if not found:
        raise NotRecordedError(DECISION, id)
    return DecisionRecord.of(found[0])


def decision_text(store: Store, record: DecisionRecord) -> str:
    """The Decision JSON exactly as it was given."""
    return store.get(record.decision_sha256).decode()


def decisions(
    store: Store,
    *,
    project: str | None = None,
    park: str | None = None,
    verdict: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before_seq: int | None = None,
    limit: int = 100,
) -> list[DecisionRecord]:
    """Recorded decisions, newest first; `project` is a part of its name, `until` not included.

    `before_seq` with the `seq` of the last one gives the next page.
    """
    columns = tables.entries.c
    with store.connection() as connection:
        dialect = connection.dialect.name
        query = chosen(DECISION, before_seq=before_seq)
        for name, wanted in (("park", park), ("verdict", verdict)):
            if wanted is not None:
                query = query.where(body_field(name, dialect) == wanted)
        if project is not None:
            query = query.where(body_field("project", dialect).contains(project, autoescape=True))
        if actor is not None:
            query = query.where(columns.actor == actor)
        if since is not None:
            query = query.where(columns.at >= utc(since))
        if until is not None:
            query = query.where(columns.at < utc(until))
        rows = connection.execute(query.order_by(columns.seq.desc()).limit(limit))
        return [DecisionRecord.of(entry_of(row)) for row in rows]


def receipt_of(store: Store, record: DecisionRecord | str) -> dict[str, Any]:
    """The receipt of a recorded decision: enough to compute it again anywhere with the same rules."""
    found = decision(store, record) if isinstance(record, str) else record
    made = json.loads(decision_text(store, found))
    return {
        "format": FORMAT,
        "id": found.id,
        "project": json.loads(store.get(found.project_sha256)),
        "park": found.park,
        "as_of": found.as_of.isoformat(),
        "lang": found.lang,
        "receipt": found.receipt.model_dump(mode="json"),
        "rulebook": found.rulebook,
        "decision_sha256": found.decision_sha256,
        "result_sha256": result_sha256(made),
        "summary": summary(made),
    }
