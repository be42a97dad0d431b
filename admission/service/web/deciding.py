"""A recorded decision as its page needs it: the decision, the project and the rules it was made by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from admission.lifecycle import lifecycle
from admission.lifecycle.results import Life
from admission.record import DecisionRecord, Store, decision_text, kept_rulebook
from admission.record.receipts import project_of
from admission.report import Sheet, notice_sheet, process_sheet, screening_sheet
from admission.rulebook import Effect, Rulebook, Ruleset, Stage
from admission.screening import Decision, Finding, Outcome, Project
from admission.screening.decision import FactChange
from admission.screening.interview import Interview, Phase, interview
from admission.service.state import Services
from admission.service.web.values import Values

__all__ = ["Clause", "Decided", "decided", "sheet_of"]

_Kept = dict[str, Rulebook]
_kept: WeakKeyDictionary[Store, _Kept] = WeakKeyDictionary()
_AT_MOST = 2


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause with what it says of every component it concerns."""

    first: Finding
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Decided:
    """One decision with everything behind it."""

    record: DecisionRecord
    decision: Decision
    project: Project
    ruleset: Ruleset

    @property
    def park(self) -> str:
        """What the park is called, empty when none was named."""
        return self.ruleset.park.name.zh if self.ruleset.park else ""

    @property
    def weighty(self) -> tuple[Clause, ...]:
        """The clauses that weigh on the verdict."""
        return _clauses(finding for finding in self.decision.findings if _weighs(finding))

    @property
    def missing(self) -> tuple[Clause, ...]:
        """The clauses of admission that cannot be decided yet."""
        return _clauses(finding for finding in self._unknown() if finding.stage is Stage.ADMISSION)

    @property
    def conditions(self) -> tuple[Clause, ...]:
        """The open clauses of later stages: conditions of admission."""
        return _clauses(finding for finding in self._unknown() if finding.stage is not Stage.ADMISSION)

    @property
    def favourable(self) -> tuple[Clause, ...]:
        """What encourages the project, and requirements that it meets."""
        met = (finding for finding in self.decision.findings if _favours(finding))
        return _clauses(met)

    @property
    def quiet(self) -> int:
        """How many clauses do not concern the project or are not touched."""
        return sum(finding.outcome in (Outcome.CLEAR, Outcome.NOT_APPLICABLE) for finding in self.decision.findings)

    def interview(self) -> Interview:
        """What is still to be asked at admission."""
        return interview(self.project, self.ruleset, until=Phase.ADMISSION, decision=self.decision)

    def life(self) -> Life:
        """The steps that follow."""
        return lifecycle(self.project, self.ruleset)

    def label(self, name: str) -> str:
        """What a fact is called."""
        return self.ruleset.vocabulary.facts[name].label.zh

    def value(self, name: str, value: Any) -> str:
        """A value of a fact in words."""
        return Values(self.ruleset.vocabulary).value(name, value)

    def change(self, change: FactChange) -> Mapping[str, str]:
        """One change of a remedy in words."""
        fact = change.label if change.component is None else f"{change.label}（{change.component}）"
        before, after = (self.value(change.fact, value) for value in (change.before, change.after))
        return {"fact": fact, "before": before, "after": after}

    def _unknown(self) -> Iterable[Finding]:
        return (
            finding
            for finding in self.decision.findings
            if finding.outcome is Outcome.UNKNOWN and finding.effect is not Effect.ENCOURAGE
        )


def _clauses(findings: Iterable[Finding]) -> tuple[Clause, ...]:
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.rule, []).append(finding)
    return tuple(Clause(found[0], tuple(found)) for found in grouped.values())


def _weighs(finding: Finding) -> bool:
    if finding.outcome in (Outcome.UNMET, Outcome.REVIEW):
        return True
    return finding.outcome is Outcome.HIT and finding.effect is not Effect.ENCOURAGE


def _favours(finding: Finding) -> bool:
    return finding.outcome is Outcome.MET or (finding.outcome is Outcome.HIT and finding.effect is Effect.ENCOURAGE)


def decided(shared: Services, record: DecisionRecord) -> Decided:
    """The decision with its project and the rules it was made by, as they were kept; in a thread."""
    text = decision_text(shared.store, record)
    rulebook = _rulebook(shared, record.rulebook)
    document = json.loads(shared.store.get(record.project_sha256))
    project = project_of(document, rulebook)
    ruleset = rulebook.in_force(record.park, on=record.as_of)
    return Decided(record, Decision.model_validate_json(text), project, ruleset)


def _rulebook(shared: Services, id: str) -> Rulebook:
    """The rulebook in use when it is the one, else the kept one; a few of those are remembered."""
    current = shared.rules.rulebook
    if current.files_sha256 == id:
        return current
    found = _kept.setdefault(shared.store, {})
    if id not in found:
        if len(found) >= _AT_MOST:
            found.clear()
        found[id] = kept_rulebook(shared.store, id)
    return found[id]


def sheet_of(kind: str, found: Decided) -> Sheet:
    """研判报告, 办理流程 or 告知单 (`report`, `process`, `notice`)."""
    if kind == "report":
        return screening_sheet(found.decision, found.project, found.ruleset)
    make = process_sheet if kind == "process" else notice_sheet
    return make(found.life(), park=found.park)
