"""The life cycle as a page: what is broken, what is due, what is undecided, how ready it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from admission.cli.decision_text import cite_text
from admission.cli.lifecycle_words import tell
from admission.cli.page import Page
from admission.cli.words import departments
from admission.lifecycle.results import DutyLine, Life, PenaltyLine, PenaltyResult
from admission.rulebook import Rulebook
from admission.screening.decision import Breach

__all__ = ["LifeText"]

_BODY = 2
_QUESTIONS, _DUE = 10, 15


class LifeText:
    """Writes one life cycle on a page."""

    def __init__(self, page: Page, life: Life, rulebook: Rulebook, lang: str) -> None:
        self._page = page
        self._life = life
        self._rulebook = rulebook
        self._lang = lang

    def write(self) -> None:
        """All sections in order."""
        self._head()
        self._contradictions()
        self._breaches()
        self._duties("overdue", [d for d in self._life.duties if d.status == "overdue" and not self._named(d)])
        self._duties("due", [d for d in self._life.duties if d.status == "pending"])
        self._counts()
        self._changes()
        self._hits()
        self._questions()

    def _tell(self, key: str, **values: object) -> str:
        return tell(key, self._lang, **values)

    def _body(self, text: str, lead: str = "", indent: int = _BODY) -> None:
        self._page.add(text, lead=lead, indent=indent)

    def _named(self, duty: DutyLine) -> bool:
        return any(breach.duty == duty.id for breach in self._life.breaches)

    def _head(self) -> None:
        life, page = self._life, self._page
        page.add(life.project, style="bold")
        park = self._rulebook.parks.get(life.park or "")
        page.add((park.name.get(self._lang) + " · " if park else "") + str(life.as_of))
        if life.subject == "park":
            page.add(self._tell("park itself"))
        readiness = life.readiness
        phases = self._tell("comma").join(
            self._tell("phase", title=phase.title, met=phase.met, all=len(phase.duties)) for phase in readiness.phases
        )
        if any(phase.duties for phase in readiness.phases):
            score = self._span(readiness.low, readiness.high)
            page.add(self._tell("readiness", score=score, phases=phases))

    def _span(self, low: float, high: float) -> str:
        return f"{low:g}" if low == high else f"{low:g}–{high:g}"

    def _contradictions(self) -> None:
        if not self._life.contradictions:
            return
        self._page.heading(self._tell("contradictions"))
        for found in self._life.contradictions:
            text = self._tell(
                "contradiction",
                earlier=self._event(found.earlier),
                earlier_day=found.earlier_date,
                later=self._event(found.later),
                later_day=found.later_date,
                why=found.why,
            )
            self._body(text, lead="- ")

    def _event(self, event: str) -> str:
        known = self._rulebook.milestones[event]
        return known.zh if self._lang == "zh" else known.en

    def _breaches(self) -> None:
        self._page.heading(self._tell("breaches"))
        if not self._life.breaches:
            self._body(self._tell("no breach"))
        for number, breach in enumerate(self._life.breaches, 1):
            self._breach(number, breach)

    def _breach(self, number: int, breach: Breach) -> None:
        until = self._tell("until", day=breach.until) if breach.until else self._tell("goes on")
        self._page.add(
            self._tell("breach", title=breach.title, since=breach.since, until=until),
            lead=f"{number}. ",
            indent=_BODY,
            style="bold red",
        )
        indent = 2 * _BODY
        self._body(breach.why, indent=indent)
        if breach.disputed:
            self._body(self._tell("disputed", text=breach.disputed), indent=indent)
        cites = self._tell("comma").join(cite_text(cite, self._lang) for cite in breach.cites)
        self._body(self._tell("basis", cites=cites), indent=indent)
        self._penalty(PenaltyResult.model_validate(breach.penalty), indent)

    def _penalty(self, found: PenaltyResult, indent: int) -> None:
        for item in found.ranges:
            self._body(self._range(item), lead="· ", indent=indent)
        if found.conflicts:
            self._body(self._tell("conflict"), indent=indent)
        if found.ranges and found.act_law != found.decision_law:
            law = self._tell(f"law {found.lighter}")
            self._body(self._tell("lighter", law=law), indent=indent)
        if found.daily_fine_from is not None:
            self._body(self._tell("daily", day=found.daily_fine_from), indent=indent)
        if found.barred_after is not None:
            key = {True: "barred", False: "not barred", None: "perhaps barred"}[found.barred]
            values = {"day": found.barred_after, "harm": found.barred_after_with_harm}
            self._body(self._tell(key, **values), indent=indent)

    def _range(self, item: PenaltyLine) -> str:
        parts = [self._tell(f"law {item.regime}"), self._tell(f"target {item.target}")]
        parts += [] if item.gravity == "normal" else [self._tell(f"gravity {item.gravity}")]
        parts += [item.circumstance] if item.circumstance else []
        parts += [] if item.document == "any" else [self._tell(f"document {item.document}")]
        amount = self._amount(item)
        head = self._tell("comma").join(parts)
        return self._tell("range", head=head, amount=amount, cite=cite_text(item.cite, self._lang))

    def _amount(self, item: PenaltyLine) -> str:
        shown: dict[str, Any] = {"low": f"{item.low:g}", "high": f"{item.high:g}"}
        if item.unit == "wan_yuan":
            return self._tell("amount", **shown)
        if item.unit == "multiple":
            return self._tell("multiple", base=self._tell(f"base {item.base}"), **shown)
        shares = {"low": f"{item.low * 100:g}", "high": f"{item.high * 100:g}"}
        text = self._tell("share", base=self._tell(f"base {item.base}"), **shares)
        if item.low_wan_yuan is None:
            return text
        return text + self._tell("that is", low=f"{item.low_wan_yuan:g}", high=f"{item.high_wan_yuan:g}")

    def _duties(self, key: str, duties: Sequence[DutyLine]) -> None:
        if not duties:
            return
        self._page.heading(self._tell(key))
        for number, duty in enumerate(duties[:_DUE], 1):
            due = self._tell("by", day=duty.due) if duty.due else duty.before
            estimated = self._tell("estimated") if duty.estimated else ""
            who = "" if duty.owner != "authority" else self._tell("authority")
            self._body(self._tell("duty", title=duty.title, due=due + estimated, who=who), lead=f"{number}. ")
            where = departments(duty.department, self._lang)
            detail = self._tell("detail", cite=cite_text(duty.cite, self._lang), department=where)
            self._body(detail, indent=2 * _BODY)
        if len(duties) > _DUE:
            self._body(self._tell("more", count=len(duties) - _DUE))

    def _counts(self) -> None:
        states = [duty.status for duty in self._life.duties]
        late = sum(duty.late for duty in self._life.duties)
        self._page.gap()
        self._page.add(
            self._tell("counts", met=states.count("met"), late=late, unknown=states.count("unknown"), all=len(states))
        )

    def _changes(self) -> None:
        if not self._life.material_change:
            return
        self._page.heading(self._tell("changes"))
        for outcome in ("material", "unknown"):
            for item in self._life.material_change:
                if item.outcome == outcome:
                    self._body(self._tell("item", item=item.item, title=item.title, why=item.why), lead="- ")
        clear = sum(item.outcome == "not_material" for item in self._life.material_change)
        self._body(self._tell("not material", count=clear))

    def _hits(self) -> None:
        hits = [line for line in self._life.judgements if line.outcome == "hit"]
        if hits:
            self._page.heading(self._tell("hits"))
        for line in hits:
            self._body(self._tell("hit", title=line.title, entails=line.entails), lead="- ")
        self._page.gap()
        open_ones = sum(line.outcome == "review" for line in self._life.judgements)
        if open_ones:
            self._page.add(self._tell("reviews", count=open_ones))

    def _questions(self) -> None:
        questions = tuple(dict.fromkeys(question.ask for question in self._life.questions))
        if not questions:
            return
        self._page.heading(self._tell("questions"))
        for number, ask in enumerate(questions[:_QUESTIONS], 1):
            self._body(ask, lead=f"{number}. ")
        if len(questions) > _QUESTIONS:
            self._body(self._tell("more", count=len(questions) - _QUESTIONS))
