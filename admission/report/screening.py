"""研判报告: what a decision says, as a sheet that an office can stamp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from admission.logic.sentence import Writer
from admission.report.labels import DUTY_STATUS, LANGUAGES, departments, label
from admission.report.screening_words import numbered, told
from admission.report.sheets import Column, Section, Sheet, Table, cite_text, polished
from admission.report.words import CLASS_WORDS
from admission.rulebook import Effect, Ruleset, Stage, Status
from admission.screening import Decision, Finding, Outcome, Project, Verdict
from admission.screening.decision import ClassResult, EntryLine, FactChange
from admission.screening.interview import Phase, interview

__all__ = ["screening_sheet"]

_QUESTIONS = 15
_HASH = 12
_ACTIVITY = "activity"


def screening_sheet(decision: Decision, project: Project, ruleset: Ruleset, *, lang: str = "zh") -> Sheet:
    """The report on `decision`, which `ruleset` gave of `project`."""
    return _Report(decision, project, ruleset, lang).sheet()


class _Report:
    def __init__(self, decision: Decision, project: Project, ruleset: Ruleset, lang: str) -> None:
        self._decision = decision
        self._project = project
        self._ruleset = ruleset
        self._lang = lang
        self._vocabulary = ruleset.vocabulary

    def sheet(self) -> Sheet:
        park = self._ruleset.park
        name = park.name.get(self._lang) if park else self._told("no park")
        found = [section for section in self._sections() if section is not None]
        sections = [
            Section(numbered(number, section.title, self._lang), section.text, section.table)
            for number, section in enumerate(found, 1)
        ]
        sheet = Sheet(
            kind="screening",
            title=self._told("title"),
            lang=self._lang,
            particulars=self._particulars(name),
            opening=(self._told("opening", count=len(self._ruleset.items)),),
            sections=(*sections, *self._annex()),
            signatures=(
                (
                    self._told("maker", park=name if park else ""),
                    self._told("stamp"),
                    self._told("handler"),
                    self._told("day"),
                ),
                (self._told("checker"), "", self._told("reviewer"), self._told("day")),
            ),
            footer=self._told("footer"),
            headline=(self._told("verdict"), label(self._decision.verdict, self._lang)),
        )
        return polished(sheet)

    def _told(self, key: str, **values: object) -> str:
        return told(key, self._lang, **values)

    def _sections(self) -> Iterator[Section | None]:
        decision = self._decision
        yield self._because()
        yield self._missing()
        yield self._classes()
        later = sum(1 for _ in self._later())
        yield Section(self._told("conditions"), (self._told("conditions text", count=later),)) if later else None
        yield self._remedies() if decision.verdict is Verdict.REJECT else None
        yield self._breaches()
        yield self._duties()
        yield self._criteria()
        yield self._questions()
        yield Section(self._told("notes"), self._notes())

    # what stands at the top

    def _particulars(self, park: str) -> tuple[tuple[str, str], ...]:
        decision = self._decision
        return (
            (self._told("number"), self._told("number blank")),
            (self._told("project"), decision.project),
            (self._told("park"), park),
            (self._told("components"), "\n".join(self._components())),
            (self._told("as of"), decision.as_of.isoformat()),
            (self._told("eia"), self._class("eia", decision.eia.possible)),
            (self._told("permit"), self._class("permit", decision.permit.possible)),
            (self._told("score"), self._score()),
        )

    def _components(self) -> Iterator[str]:
        codes, works = self._vocabulary.codes, self._vocabulary.facts[_ACTIVITY].members
        for part in self._project.components:
            kinds = [f"{code} {codes.name(code)}" for code in sorted(part.industry or ()) if codes.exists(code)]
            kinds += [works[work].get(self._lang) for work in sorted(part.activity or ()) if work in works]
            kind = self._told("comma").join(kinds) or self._told("unidentified")
            yield self._told("component", name=part.name, kind=kind) if part.name != self._decision.project else kind

    def _class(self, kind: str, levels: tuple[str, ...]) -> str:
        words = [CLASS_WORDS[kind, level][LANGUAGES.index(self._lang)] for level in levels]
        return words[0] if len(words) == 1 else self._told("open class", classes=self._told("or").join(words))

    def _score(self) -> str:
        score = self._decision.score
        if not score.criteria:
            return self._told("no score")
        low, high = f"{score.low:g}", f"{score.high:g}"
        return self._told("points", low=low) if low == high else self._told("span", low=low, high=high)

    # the clauses

    def _because(self) -> Section:
        findings = self._decision.findings
        weighty = [finding for finding in findings if _weighs(finding)]
        rows = [
            (
                self._clause(finding),
                label(finding.effect if finding.outcome is Outcome.HIT else finding.outcome, self._lang),
                self._reason(finding),
                departments(finding.department, self._lang),
            )
            for finding in weighty
        ]
        quiet = sum(finding.outcome in (Outcome.CLEAR, Outcome.NOT_APPLICABLE) for finding in findings)
        met = sum(finding.outcome is Outcome.MET for finding in findings)
        counts = self._told("clear count", count=quiet, met=met)
        text = (counts,) if rows else (self._told("nothing hit"), counts)
        columns = (("clause", 0.33), ("result", 0.11), ("reason", 0.37), ("department", 0.12))
        return Section(self._told("because"), text, self._table(columns, rows) if rows else None)

    def _clause(self, finding: Finding) -> str:
        doubt = self._told("unverified") if finding.status is Status.UNVERIFIED else ""
        return f"{finding.title}\n{cite_text(finding.cite, self._lang)}{doubt}"

    def _reason(self, finding: Finding) -> str:
        where = "" if finding.component is None or len(self._project.components) == 1 else f"{finding.component}："
        remedy = f"\n{self._told('remedy', remedy=finding.remedy)}" if finding.remedy else ""
        return f"{where}{finding.why}{remedy}"

    def _missing(self) -> Section | None:
        open_now = [
            finding
            for finding in self._decision.findings
            if finding.outcome is Outcome.UNKNOWN and not _is_later(finding) and finding.effect is not Effect.ENCOURAGE
        ]
        merged: dict[str, dict[str, None]] = {}
        for finding in open_now:
            merged.setdefault(self._clause(finding), {}).update(dict.fromkeys(map(self._label, finding.needs)))
        rows = [(clause, self._told("comma").join(needs) or "—") for clause, needs in merged.items()]
        if not rows:
            return None
        return Section(self._told("missing"), table=self._table((("clause", 0.5), ("needs", 0.43)), rows))

    def _label(self, name: str) -> str:
        return self._vocabulary.facts[name].label.get(self._lang)

    def _later(self) -> Iterator[Finding]:
        """Conditions of the later stages; a project that is turned away has none."""
        seen: set[str] = set()
        if self._decision.verdict is Verdict.REJECT:
            return
        for finding in self._decision.findings:
            open_later = finding.outcome is Outcome.UNKNOWN and _is_later(finding)
            if open_later and finding.effect is not Effect.ENCOURAGE and finding.rule not in seen:
                seen.add(finding.rule)
                yield finding

    def _annex(self) -> tuple[Section, ...]:
        rows = [
            (self._clause(finding), label(finding.stage, self._lang), departments(finding.department, self._lang))
            for finding in self._later()
        ]
        if not rows:
            return ()
        columns = (("clause", 0.66), ("stage", 0.13), ("department", 0.14))
        return (Section(self._told("annex"), table=self._table(columns, rows), annex=True),)

    # classes, duties, score

    def _classes(self) -> Section:
        results: tuple[tuple[str, ClassResult], ...] = (
            ("eia", self._decision.eia),
            ("permit", self._decision.permit),
        )
        rows = [self._entry(kind, line) for kind, result in results for line in result.entries]
        if not rows:
            return Section(self._told("classes"), (self._told("no entries"),))
        columns = (("entry", 0.3), ("component", 0.14), ("class", 0.15), ("reason", 0.34))
        return Section(self._told("classes"), table=self._table(columns, rows))

    def _entry(self, kind: str, line: EntryLine) -> tuple[str, ...]:
        entry = self._told("entry", entry=line.entry, title=line.title)
        document = cite_text(line.cite.model_copy(update={"article": None}), self._lang)
        return (f"{document}{entry}", line.component, self._class(kind, line.possible), line.why)

    def _duties(self) -> Section:
        title = "duties if" if self._decision.verdict is Verdict.REJECT else "duties"
        status = {key: pair[LANGUAGES.index(self._lang)] for key, pair in DUTY_STATUS.items()}
        rows = [
            (
                duty.title,
                duty.before + (self._told("by", day=duty.due) if duty.due else ""),
                departments(duty.department, self._lang),
                cite_text(duty.cite, self._lang),
                status[duty.status],
            )
            for duty in self._decision.duties
        ]
        if not rows:
            return Section(self._told(title), (self._told("no duties"),))
        columns = (("matter", 0.31), ("deadline", 0.22), ("department", 0.11), ("basis", 0.19), ("state", 0.1))
        return Section(self._told(title), table=self._table(columns, rows))

    def _criteria(self) -> Section | None:
        rows = [
            (
                item.title,
                self._told("weight", weight=f"{item.weight:g}"),
                f"{item.low:g}" if item.low == item.high else f"{item.low:g}—{item.high:g}",
                item.basis,
            )
            for item in self._decision.score.criteria
        ]
        columns = (("criterion", 0.25), ("weight", 0.1), ("points", 0.12), ("basis", 0.46))
        return Section(self._told("criteria"), table=self._table(columns, rows)) if rows else None

    def _remedies(self) -> Section:
        remedies = self._decision.remedies
        if not remedies:
            return Section(self._told("remedies"), (self._told("no remedies"),))
        cites = self._told("comma").join(cite_text(cite, self._lang) for cite in remedies[0].cites)
        lines = [
            f"{number}. {self._told('semicolon').join(map(self._change, remedy.changes))}"
            for number, remedy in enumerate(remedies, 1)
        ]
        return Section(self._told("remedies"), (self._told("remedies text", cites=cites), *lines))

    def _change(self, change: FactChange) -> str:
        fact = change.label if change.component is None else f"{change.label}（{change.component}）"
        before, after = (self._value(change.fact, value) for value in (change.before, change.after))
        return self._told("change", fact=fact, before=before, after=after)

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return self._told("unknown")
        fact = self._vocabulary.facts[name]
        plain = frozenset(value) if isinstance(value, list | tuple) else value
        return Writer(self._vocabulary, self._lang).value(plain, fact.unit, fact)

    def _breaches(self) -> Section | None:
        lines = tuple(
            self._told("since", title=breach.title, since=breach.since or "—", why=breach.why)
            for breach in self._decision.breaches
        )
        return Section(self._told("breaches"), lines) if lines else None

    def _questions(self) -> Section | None:
        """What decides admission or a class; what is asked later stands in the annex."""
        found = interview(self._project, self._ruleset, until=Phase.ADMISSION, lang=self._lang, decision=self._decision)
        asked = [ask.question for ask in found.asks if ask.question.leading]
        lines = [
            f"{number}. {self._told('question', ask=question.ask, proof=question.proof or '—')}"
            for number, question in enumerate(asked[:_QUESTIONS], 1)
        ]
        if len(asked) > _QUESTIONS:
            lines.append(self._told("more", count=len(asked) - _QUESTIONS))
        return Section(self._told("questions"), tuple(lines)) if lines else None

    def _notes(self) -> tuple[str, ...]:
        receipt = self._decision.receipt
        notes = [self._told("note day")]
        if any(_weighs(finding) and finding.status is Status.UNVERIFIED for finding in self._decision.findings):
            notes.append(self._told("note unverified"))
        rules, facts = receipt.ruleset_sha256[:_HASH], receipt.facts_sha256[:_HASH]
        park, _, day = receipt.ruleset.partition("@")
        notes.append(self._told("note receipt", park=park, day=day, rules=rules, facts=facts, engine=receipt.engine))
        return tuple(f"{number}. {text}" for number, text in enumerate(notes, 1))

    def _table(self, columns: Iterable[tuple[str, float]], rows: Iterable[tuple[str, ...]]) -> Table:
        heads = [Column(self._told(f"column {key}"), share) for key, share in columns]
        number = Column(self._told("column number"), 1 - sum(column.share for column in heads))
        return Table((number, *heads), tuple((str(place), *row) for place, row in enumerate(rows, 1)))


def _weighs(finding: Finding) -> bool:
    if finding.outcome in (Outcome.UNMET, Outcome.REVIEW):
        return True
    return finding.outcome is Outcome.HIT and finding.effect is not Effect.ENCOURAGE


def _is_later(finding: Finding) -> bool:
    return finding.stage is not Stage.ADMISSION
