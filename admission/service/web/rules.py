"""Pages of the rules: browse and search, one rule with its cases, two days or editions side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from admission.rulebook import Cite, Duty, Edition, Item, Period, Rulebook
from admission.rulebook.life_model import LifeDuty, LifeJudgement, MaterialItem, PenaltyRange
from admission.rulebook.listing import every, selected
from admission.rulebook.rows import Row
from admission.service.pages import page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.state import services
from admission.service.web.context import SHOWN, Asked, Me, Number
from admission.service.web.forms import day_of, park_of
from admission.service.web.life_view import breach_views, penalty_notes
from admission.service.web.paging import Paging
from admission.service.web.rule_compare import Comparison, compare_days, compare_editions
from admission.service.web.rule_view import case_views, rule_parts, shelf
from admission.service.web.words import KIND_WORDS

__all__ = ["Wanted", "departments", "router"]

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; empty fields do not narrow."""

    q: str
    kind: str
    status: str
    department: str
    sector: tuple[str, ...]
    edition: str
    park: str | None
    on: date | None

    def finds(self, row: Row, rulebook: Rulebook) -> bool:
        """Does a rule answer to everything but the day and the park?"""
        return (
            self.kind in ("", row.kind)
            and self.status in ("", row.status)
            and self.edition in ("", row.edition.edition)
            and (not self.department or self.department in departments(row))
            and (not self.q or _mentions(row, rulebook, self.q))
            and (not self.sector or any(shelf(rulebook).concerns(row.id, code) for code in self.sector))
        )


def departments(row: Row) -> tuple[str, ...]:
    """Who answers for a rule."""
    rule = row.rule
    return tuple(rule.department.split("、")) if isinstance(rule, Item | Duty | LifeDuty | LifeJudgement) else ()


def _mentions(row: Row, rulebook: Rulebook, text: str) -> bool:
    """Does every word stand somewhere in what the rule says or where it stands?"""
    whole = shelf(rulebook).text(row)
    return all(word in whole for word in text.casefold().split())


@router.get("/rules")
async def list_rules(
    request: Request,
    user: Me,
    q: Asked = "",
    kind: Asked = "",
    status: Asked = "",
    department: Asked = "",
    sector: Asked = "",
    edition: Asked = "",
    park: Asked = "",
    on: Asked = "",
    p: Number = 1,
) -> Response:
    """Browse and search."""
    shared = services(request)
    rulebook = shared.rules.rulebook
    codes, problems = _sector(sector, rulebook)
    day = day_of(on, problems, "日期")
    wanted = Wanted(q.strip(), kind, status, department, codes, edition, park_of(park, rulebook), day)

    def work() -> tuple[list[Row], Counter[str]]:
        found = selected(rulebook, wanted.park, wanted.on, shared.clock.day())
        kept = [row for row in found if wanted.finds(row, rulebook)]
        return kept, Counter(row.kind for row in kept)

    found, counts = await shared.computing.run(work)
    paging = Paging(request, len(found), p, SHOWN)
    shown = found[paging.start : paging.end]
    sectors = [(code, rulebook.vocabulary.codes.name(code)) for code in codes]
    return page(
        request, "rules/list.html", rows=shown, counts=counts, total=len(found), paging=paging, wanted=wanted,
        problems=problems, options=_options(rulebook), sectors=sectors, sector=sector, on=on,
        notes=penalty_notes(shown, rulebook),
    )  # fmt: skip


def _sector(text: str, rulebook: Rulebook) -> tuple[tuple[str, ...], list[str]]:
    """The industries somebody wrote, by number or by words; and what is wrong with it."""
    codes, wanted = rulebook.vocabulary.codes, text.strip()
    known = codes.normalise(wanted)
    if not wanted or known is not None:
        return (() if known is None else (known,)), []
    hits = tuple(hit.code for hit in codes.search(wanted) if hit.code.isdigit())
    return hits, [] if hits else [f"行业“{wanted}”不在 GB/T 4754 中：请写代码或行业名称"]


@lru_cache(maxsize=2)
def _options(rulebook: Rulebook) -> dict[str, Any]:
    """What the fields of the search offer."""
    found = list(every(rulebook))
    counts = Counter(name for row in found for name in departments(row))
    editions: dict[str, Edition] = {**rulebook.editions, **{row.edition.edition: row.edition for row in found}}
    return {
        "rulebook": rulebook,
        "kinds": KIND_WORDS,
        "departments": [name for name, _ in counts.most_common()],
        "editions": editions,
    }


@router.get("/rules/compare")
async def compare_rules(
    request: Request,
    user: Me,
    park: Asked = "",
    before: Asked = "",
    after: Asked = "",
    old: Asked = "",
    new: Asked = "",
) -> Response:
    """Two days (`before`, `after`) or two editions (`old`, `new`) side by side."""
    shared = services(request)
    rulebook = shared.rules.rulebook
    problems: list[str] = []
    days = (day_of(before, problems, "原来的日期"), day_of(after, problems, "新的日期"))
    unknown = [name for name in (old, new) if name and name not in rulebook.editions]
    problems += [f"没有版本“{name}”" for name in unknown]
    chosen = park_of(park, rulebook)

    def work() -> Comparison | None:
        if old and new and not unknown:
            return compare_editions(rulebook, old, new)
        if days[0] is not None and days[1] is not None:
            return compare_days(rulebook, chosen, days[0], days[1])
        return None

    found = await shared.computing.run(work)
    asked = {"park": park, "before": before, "after": after, "old": old, "new": new}
    notes = penalty_notes((*found.came, *found.went), rulebook) if found is not None else {}
    given = {"found": found, "notes": notes, "asked": asked, "rulebook": rulebook, "problems": problems}
    return page(request, "rules/compare.html", **given)


@router.get("/rules/breaches")
async def list_breaches(request: Request, user: Me) -> Response:
    """Every kind of breach: what it is, until when it lasts, the duties behind it, what it costs."""
    rulebook = services(request).rules.rulebook
    return page(request, "rules/breaches.html", breaches=breach_views(rulebook))


@router.get("/rules/{id:path}")
async def show_rule(request: Request, id: str, user: Me) -> Response:
    """One rule."""
    shared = services(request)
    rulebook = shared.rules.rulebook
    row = next((row for row in every(rulebook) if row.id == id), None)
    if row is None:
        gone = next((old for old in rulebook.retired if old.id == id), None)
        detail = f"规则 {id} 已于 {gone.on} 停用：{gone.reason}" if gone else f"规则库中没有 {id}"
        raise ProblemError(Kind.NOT_FOUND, detail)

    def work() -> dict[str, Any]:
        views = case_views(row, rulebook, shared.rules.paths)
        return {"parts": rule_parts(row, rulebook), "cases": views, "refined_by": _refined_by(row, rulebook)}

    found = await shared.computing.run(work)
    return page(request, "rules/rule.html", row=row, cites=_cites(row), today=shared.clock.day(), **found)


def _refined_by(row: Row, rulebook: Rulebook) -> list[str]:
    return [owned.rule.id for owned in rulebook.items if row.id in owned.rule.refines]


def _cites(row: Row) -> list[tuple[Cite, Period | None]]:
    """What a rule rests on, each with the time in which it is to be quoted, where the rule says so."""
    match row.rule:
        case Duty() | LifeDuty() | LifeJudgement():
            return [(cite.plain, cite.effective) for cite in row.rule.cite]
        case PenaltyRange() | MaterialItem():
            return [(row.rule.cite.plain, row.rule.cite.effective)]
    return [(cite, None) for cite in row.cites]
