"""Histories for the tests: projects written as few words, and symbols at random."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from admission import Life, Project, Rulebook, lifecycle, load_rulebook, read_projects
from admission.lifecycle.symbols import Chain, Symbol, compile_chains

__all__ = ["FORM", "chains", "follow", "project", "random_symbols", "rules", "statuses"]

FORM = {"decided_eia_document": "form", "decided_permit_class": "simplified"}
Day = str | None


@lru_cache(maxsize=1)
def rules() -> Rulebook:
    """The shipped rulebook."""
    return load_rulebook(cache=False)


def chains() -> tuple[Chain, ...]:
    """Its chaining rules."""
    return compile_chains(rules().life.chaining)


def project(
    *milestones: tuple[str, Day], facts: Mapping[str, Any] | None = None, more: str = "", industry: str | None = "3443"
) -> Project:
    """A project with these milestones; a day may be None, `未办` or a date."""
    lines = ["name: 试验项目"]
    if industry:
        lines.append(f"industry: ['{industry}']")
    lines.append("facts:")
    lines += [f"  {name}: {_text(value)}" for name, value in (FORM if facts is None else facts).items()]
    lines.append("milestones:")
    lines += [f"  - {{event: {event}, date: {'null' if day is None else day}}}" for event, day in milestones]
    (found,) = read_projects("\n".join([*lines, more]).encode(), "test.yaml", rules())
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def follow(
    *milestones: tuple[str, Day],
    facts: Mapping[str, Any] | None = None,
    as_of: str = "2026-07-01",
    more: str = "",
    **options: Any,
) -> Life:
    """The life cycle of such a project on a day."""
    given = project(*milestones, facts=facts, more=more)
    return lifecycle(given, rules().in_force(None, on=date.fromisoformat(as_of)), **options)


def statuses(life: Life) -> dict[str, str]:
    """Duty → status."""
    return {duty.id: duty.status for duty in life.duties}


def random_symbols(draw: random.Random, duties: int) -> list[Symbol]:
    """A history of up to `duties` duties as the engine sees it, in any order; days close together so that they meet."""
    found = [Symbol("today", "is", day=draw.randint(1, 8))]
    for number in range(draw.randint(0, duties)):
        name = f"d{number}"
        found.append(Symbol("duty", draw.choice(("on", "on", "maybe")), name))
        found.append(_dated("act", draw.choice(("done", "done-open", "none", "none-open")), name, draw))
        for kind in ("limit", "floor"):
            found.append(_dated(kind, draw.choice(("set", "set-open", "free", "free-open")), name, draw))
        for state in ("late", "overdue", "early"):
            if draw.random() < 0.5:
                found.append(Symbol("breaks", state, name, draw.choice("ab")))
        if number and draw.random() < 0.5:
            found.append(Symbol("needs", "step", name, f"d{draw.randrange(number)}"))
    draw.shuffle(found)
    return found


def _dated(kind: str, state: str, name: str, draw: random.Random) -> Symbol:
    has_day = state.startswith(("done", "set"))
    return Symbol(kind, state, name, day=draw.randint(1, 8) if has_day else 0)
