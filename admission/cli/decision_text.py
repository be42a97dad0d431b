"""A decision as a page that answers in the order people ask: verdict, why, what next, what follows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any

from admission.cli.class_text import add_class
from admission.cli.page import Page
from admission.cli.words import DUTY_STATUS, LANGUAGES, departments, label, say
from admission.logic.sentence import Writer
from admission.rulebook import Catalogue, Cite, Effect, Rulebook, Stage, Status
from admission.screening import Decision, Finding, Outcome, Question, Verdict
from admission.screening.decision import DutyResult, FactChange, PhaseCount

__all__ = ["DecisionText", "cite_text"]

_STYLES = {
    Verdict.ADMIT: "bold green",
    Verdict.CONDITIONAL: "bold yellow",
    Verdict.INCOMPLETE: "bold cyan",
    Verdict.REVIEW: "bold magenta",
    Verdict.REJECT: "bold red",
}
_TARGETS = ("verdict", "eia", "permit", "score")
_MAIN_FINDINGS, _UNDECIDED, _CONDITIONS, _QUESTIONS, _RULES = 12, 5, 10, 8, 2
_HASH = 8
_BODY = 2


def cite_text(cite: Cite, lang: str) -> str:
    """`《中华人民共和国长江保护法》第二十六条第二款`."""
    if cite.article is None:
        return say("cite whole", lang, document=cite.document)
    return say("cite", lang, document=cite.document, article=cite.article)


class DecisionText:
    """Writes one decision on a page."""

    def __init__(self, page: Page, decision: Decision, rulebook: Rulebook, lang: str) -> None:
        self._page = page
        self._decision = decision
        self._rulebook = rulebook
        self._lang = lang

    def write(self) -> None:
        """All sections in order."""
        self._head()
        self._why()
        self._questions()
        for kind in Catalogue:
            add_class(self._page, kind, self._decision, self._rulebook, self._lang)
        self._score()
        self._duties()
        self._breaches()
        self._remedies()
        self._receipt()

    def _say(self, key: str, **values: object) -> str:
        return say(key, self._lang, **values)

    def _body(self, text: str, lead: str = "", indent: int = _BODY) -> None:
        self._page.add(text, lead=lead, indent=indent)

    def _joined(self, texts: Iterable[str]) -> str:
        return self._say("comma").join(texts)

    def _head(self) -> None:
        decision, page = self._decision, self._page
        page.add(decision.project, style="bold")
        park = self._rulebook.parks.get(decision.park or "")
        where = park.name.get(self._lang) + " · " if park else ""
        page.add(f"{where}{decision.as_of}")
        if park is None:
            page.add(self._say("no park", parks=self._joined(self._rulebook.parks)))
        page.gap()
        verdict = label(decision.verdict, self._lang)
        page.add(self._say("verdict", verdict=verdict), style=_STYLES[decision.verdict])
        if len(decision.possible_verdicts) > 1:
            options = self._say("or").join(label(option, self._lang) for option in decision.possible_verdicts)
            self._body(self._say("possible", verdicts=options))

    def _why(self) -> None:
        self._page.heading(self._say("why"))
        findings = self._decision.findings
        main = [finding for finding in findings if _weighs(finding)]
        unknown = [finding for finding in findings if finding.outcome is Outcome.UNKNOWN]
        later = [finding for finding in unknown if _is_condition(finding)]
        open_ones = [finding for finding in unknown if finding not in later and finding.effect is not Effect.ENCOURAGE]
        good = [finding for finding in findings if _favours(finding)]
        if not main and not unknown:
            self._body(self._say("nothing weighs"))
        rules = list(dict.fromkeys((finding.rule, finding.outcome) for finding in main))
        for key in rules[:_MAIN_FINDINGS]:
            self._main_finding([finding for finding in main if (finding.rule, finding.outcome) == key])
        if len(rules) > _MAIN_FINDINGS:
            self._body(self._say("more findings", count=len(rules) - _MAIN_FINDINGS))
        self._brief("undecided", open_ones)
        self._brief("later", sorted(later, key=lambda finding: list(Stage).index(finding.stage)), _CONDITIONS)
        self._brief("favourable", good)
        counts = {outcome: sum(f.outcome is outcome for f in findings) for outcome in Outcome}
        clear, absent = counts[Outcome.CLEAR], counts[Outcome.NOT_APPLICABLE]
        if clear or absent:
            self._body(self._say("counted", clear=clear, not_applicable=absent))

    def _main_finding(self, found: list[Finding]) -> None:
        """One clause, with the reason for each component it concerns."""
        first = found[0]
        weight = first.effect if first.outcome is Outcome.HIT else first.outcome
        self._body(first.title, lead=self._say("tag", tag=label(weight, self._lang)))
        self._body(self._say("basis", cite=self._cite(first)), indent=2 * _BODY)
        for why in dict.fromkeys(finding.why for finding in found):
            names = [finding.component for finding in found if finding.why == why and finding.component is not None]
            if names and self._is_divided:
                text = self._say("reason of", component=self._joined(names), why=why)
            else:
                text = self._say("reason", why=why)
            self._body(text, indent=2 * _BODY)
        if first.remedy:
            self._body(self._say("remedy", remedy=first.remedy), indent=2 * _BODY)

    @property
    def _is_divided(self) -> bool:
        """Does the decision speak of more than one component?"""
        decision = self._decision
        named = {finding.component for finding in decision.findings if finding.component is not None}
        named |= {entry.component for result in (decision.eia, decision.permit) for entry in result.entries}
        return len(named) > 1

    def _cite(self, finding: Finding) -> str:
        doubt = self._say("unverified") if finding.status is Status.UNVERIFIED else ""
        return cite_text(finding.cite, self._lang) + doubt

    def _brief(self, key: str, found: list[Finding], most: int = _UNDECIDED) -> None:
        """A count and the first few, one line each."""
        firsts = list({finding.rule: finding for finding in reversed(found)}.values())[::-1]
        if not firsts:
            return
        self._body(self._say(key, count=len(firsts)))
        for finding in firsts[:most]:
            tag = self._say("tag", tag=label(_word(finding, key), self._lang))
            text = finding.title + self._say("brackets", text=self._cite(finding))
            self._body(text, lead=tag, indent=2 * _BODY)
        if len(firsts) > most:
            self._body(self._say("and more", count=len(firsts) - most), indent=2 * _BODY)

    def _questions(self) -> None:
        """What decides admission now; the rest is counted: what may become needless, what can wait."""
        questions = self._decision.questions
        now = [question for question in questions if question.leading and self._decides_now(question)]
        shown = now[:_QUESTIONS]
        key = "ask" if len(shown) < len(now) else "ask all" if now else "nothing to ask"
        self._page.heading(self._say(key, count=len(now), shown=len(shown)))
        for number, question in enumerate(shown, 1):
            self._question(number, question)
        if len(now) > len(shown):
            self._body(self._say("more questions", count=len(now) - len(shown)))
        rest = [question for question in questions if question not in now]
        following = sum(self._decides_now(question) for question in rest)
        if following:
            self._body(self._say("follow-up questions", count=following))
        if len(rest) > following:
            self._body(self._say("later questions", count=len(rest) - following))

    def _decides_now(self, question: Question) -> bool:
        """Does the answer bear on a class, or on the verdict through a clause of the admission stage?"""
        if "eia" in question.changes or "permit" in question.changes:
            return True
        return "verdict" in question.changes and not self._later_rules.issuperset(question.changes[1:])

    @cached_property
    def _later_rules(self) -> frozenset[str]:
        """The clauses that are answered after admission, and those that cannot change a verdict."""
        found = self._decision.findings
        return frozenset(
            {item.rule for item in found if item.stage is not Stage.ADMISSION or item.effect is Effect.ENCOURAGE}
            | {duty.id for duty in self._decision.duties}
            | set(_TARGETS)
        )

    def _question(self, number: int, question: Question) -> None:
        lead = f"{number}. "
        text = question.ask
        if question.component is not None:
            text = self._say("of component", text=text, component=question.component)
        self._body(text, lead=lead)
        targets = [self._say(f"target {target}") for target in _TARGETS if target in question.changes]
        rules = [change for change in question.changes if change not in _TARGETS]
        named = self._joined([*targets, *rules[:_RULES]])
        if len(rules) > _RULES:
            named = self._say("and rules", items=named, count=len(rules))
        notes = [self._say("changes", changes=named)]
        if question.proof:
            notes.append(self._say("proof", proof=question.proof))
        self._body(self._say("semicolon").join(notes), indent=_BODY + len(lead))

    def _score(self) -> None:
        score = self._decision.score
        if not score.criteria:
            self._page.heading(self._say("no score"))
            return
        low, high = f"{score.low:g}", f"{score.high:g}"
        text = low if low == high else self._say("score span", low=low, high=high)
        self._page.heading(self._say("score", score=text))
        for criterion in score.criteria:
            share = criterion.weight / sum(item.weight for item in score.criteria)
            low, high = (f"{points * share:.1f}" for points in (criterion.low, criterion.high))
            points = low if low == high else self._say("score span", low=low, high=high)
            text = self._say("criterion", title=criterion.title, points=points, most=f"{100 * share:.1f}")
            self._body(text + self._say("brackets", text=criterion.basis))
            if criterion.phases:
                phases = self._say("semicolon").join(filter(None, map(self._phase, criterion.phases)))
                self._body(self._say("phases", phases=phases), indent=_BODY + _BODY)

    def _phase(self, phase: PhaseCount) -> str:
        """The duties of one of the three simultaneities, counted by their state; nothing when it has none."""
        at = LANGUAGES.index(self._lang)
        states = ((DUTY_STATUS[name][at], getattr(phase, name)) for name in ("met", "pending", "overdue", "unknown"))
        counts = [self._say("phase count", status=status, count=count) for status, count in states if count]
        return self._say("phase", title=phase.title, counts=self._say("comma").join(counts)) if counts else ""

    def _duties(self) -> None:
        rejected = self._decision.verdict is Verdict.REJECT
        self._page.heading(self._say("follows if" if rejected else "follows"))
        certain = [duty for duty in self._decision.duties if duty.status != "unknown"]
        if rejected and certain:
            self._body(self._titles(certain))
            certain = []
        for number, duty in enumerate(certain, 1):
            self._duty(f"{number}. ", duty)
        undecided = [duty for duty in self._decision.duties if duty.status == "unknown"]
        if undecided:
            self._body(self._say("undecided duties", titles=self._titles(undecided)))
        if not self._decision.duties:
            self._body(self._say("no duties"))

    def _titles(self, duties: Iterable[DutyResult]) -> str:
        return self._say("semicolon").join(duty.title for duty in duties) + self._say("stop")

    def _duty(self, lead: str, duty: DutyResult) -> None:
        state = DUTY_STATUS[duty.status][LANGUAGES.index(self._lang)]
        note = departments(duty.department, self._lang)
        if duty.status != "pending":
            note = self._joined((note, state))
        self._body(duty.title + self._say("brackets", text=note), lead=lead)
        when = duty.before if duty.due is None else self._say("due", before=duty.before, due=duty.due)
        cites = self._say("semicolon").join(cite_text(cite, self._lang) for cite in duty.cites)
        self._body(self._say("when due", before=when), indent=_BODY + len(lead))
        self._body(self._say("basis", cite=cites), indent=_BODY + len(lead))
        for text in duty.notes:
            self._body(text, indent=_BODY + len(lead))

    def _breaches(self) -> None:
        if not self._decision.breaches:
            return
        self._page.heading(self._say("breaches"))
        for number, breach in enumerate(self._decision.breaches, 1):
            since = breach.since or self._say("unknown value")
            self._body(self._say("since", title=breach.title, since=since), lead=f"{number}. ")
            self._body(self._say("basis", cite=cite_text(breach.cite, self._lang)), indent=2 * _BODY)

    def _remedies(self) -> None:
        if self._decision.verdict is not Verdict.REJECT:
            return
        self._page.heading(self._say("remedies"))
        remedies = self._decision.remedies
        if not remedies:
            self._body(self._say("no remedies"))
            return
        cites = self._joined(cite_text(cite, self._lang) for cite in remedies[0].cites)
        self._body(self._say("any one of", cites=cites))
        for number, remedy in enumerate(remedies, 1):
            changes = self._say("semicolon").join(self._change(change) for change in remedy.changes)
            self._body(changes, lead=f"{number}. ")

    def _change(self, change: FactChange) -> str:
        fact = change.label
        if change.component is not None:
            fact = self._say("of component", text=fact, component=change.component)
        before, after = (self._value(change.fact, value) for value in (change.before, change.after))
        return self._say("change", fact=fact, before=before, after=after)

    def _value(self, name: str, value: Any) -> str:
        if value is None:
            return self._say("unknown value")
        fact = self._rulebook.vocabulary.facts[name]
        plain = frozenset(value) if isinstance(value, list | tuple) else value
        return Writer(self._rulebook.vocabulary, self._lang).value(plain, fact.unit, fact)

    def _receipt(self) -> None:
        receipt = self._decision.receipt
        rules, facts = receipt.ruleset_sha256[:_HASH], receipt.facts_sha256[:_HASH]
        self._page.gap()
        text = self._say("receipt", ruleset=receipt.ruleset, rules=rules, facts=facts, engine=receipt.engine)
        self._page.add(text, style="dim")


def _word(finding: Finding, key: str) -> StrEnum:
    """What stands in front of a finding listed under `key`."""
    if key == "later":
        return finding.stage
    return finding.outcome if finding.outcome is Outcome.MET else finding.effect


def _is_condition(finding: Finding) -> bool:
    """A clause of a later stage that is still open: a condition of admission."""
    return finding.stage is not Stage.ADMISSION and finding.effect is not Effect.ENCOURAGE


def _weighs(finding: Finding) -> bool:
    if finding.outcome in (Outcome.UNMET, Outcome.REVIEW):
        return True
    return finding.outcome is Outcome.HIT and finding.effect is not Effect.ENCOURAGE


def _favours(finding: Finding) -> bool:
    return finding.outcome is Outcome.MET or (finding.outcome is Outcome.HIT and finding.effect is Effect.ENCOURAGE)
