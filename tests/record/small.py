"""Decisions by a small rulebook, recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from admission.lifecycle import screen
from admission.record import DecisionRecord, NewEntry, Store, record_decision
from admission.rulebook import Rulebook, load_files
from admission.screening import Project
from tests.screening import small

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in China
DAY = date(2026, 3, 1)

JUDGED = {"judgement": {"zh": "是否影响？", "en": "does it matter?"}}
CLAUSES = (
    small.item("J1", "restrict", "a", department="生态环境", **JUDGED),
    small.item("J2", "restrict", "b", department="发改、经信", **JUDGED),
    small.item("N1", "require", "c", department="水利", must="d"),
    small.item("X1", "prohibit", "e", department="规自"),
)


def rules(*more: small.Rule) -> Rulebook:
    """A rulebook whose files can be kept: two clauses for people, a requirement, a prohibition."""
    return small.rulebook(*CLAUSES, *more)


def changed_rules() -> Rulebook:
    """The same with one word of one clause changed."""
    clauses = [dict(clause) for clause in CLAUSES]
    clauses[2]["must"] = "d or f"
    return small.rulebook(*clauses)


def again(rulebook: Rulebook) -> Rulebook:
    """The same rulebook, loaded from its files."""
    return load_files(rulebook.files)


FACTS: dict[str, Any] = {"a": True, "b": True, "c": True, "d": False, "e": False, "f": True, "amount": 12}


def project(**facts: Any) -> Project:
    """A project that two people have to look at, unless told otherwise."""
    known = {name: value for name, value in {**FACTS, **facts}.items() if value is not None}
    return small.flat(**known)


def recorded(store: Store, rulebook: Rulebook, about: Project | None = None, at: datetime = NOON) -> DecisionRecord:
    """A decision, made and recorded."""
    ruleset = rulebook.in_force("plain", on=DAY)
    found = about or project()
    return record_decision(store, found, ruleset, screen(found, ruleset), actor="张三", at=at)


def later(minutes: int) -> datetime:
    """Some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def entry(number: int = 1, **body: Any) -> NewEntry:
    """Some entry."""
    return NewEntry("access", f"s{number}", body)
