"""The conversation of `admission ask`: every answer is saved, until nothing can change the result."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from admission.cli.ask_file import AskedFile
from admission.cli.ask_talk import Order, Talk, option_named
from admission.cli.class_text import class_label
from admission.cli.words import departments, label, say
from admission.errors import InputError
from admission.rulebook import Catalogue, Rulebook
from admission.screening.draft import read_answer
from admission.screening.interview import Asked, Phase, interview
from admission.vocabulary import Fact, FactType, Value
from admission.vocabulary.codes import IndustryCodes
from admission.vocabulary.wastes import WasteCodes

if TYPE_CHECKING:
    from admission.screening import Decision
    from admission.screening.interview import Ask, Bounds, Interview, Unsure

__all__ = ["Session"]

_FIRST = (Phase.ADMISSION, Phase.LATER, Phase.MORE)
_HITS = 9
_INDENT = 3
_PARK = Asked("park")
_NAME = Asked("name")


class Session:
    """One run of the interview; `day` of the law, `park` from the command line wins over the document."""

    def __init__(
        self, file: AskedFile, rulebook: Rulebook, talk: Talk, *, park: str | None, day: date | None, now: date
    ) -> None:
        self._talk = talk
        self._lang = talk.lang
        self._file = file
        self._rulebook = rulebook
        self._park = park
        self._day = day
        self._now = now
        self._history: list[Asked] = []
        self._skipped: set[Asked] = set()
        self._until = Phase.ADMISSION
        self._open_park = False
        self._bounds: Bounds | None = None
        self.decision: Decision | None = None

    def run(self) -> bool:
        """Ask until nothing is left or the user stops; False when the input ended before that."""
        answered = sum(1 for _ in self._file.draft.answers())
        self._talk.say("ask intro", file=self._file.name)
        if answered:
            self._talk.say("ask resumed", count=answered)
        try:
            while self._step():
                pass
        except (EOFError, KeyboardInterrupt):
            return False
        return True

    def standing(self) -> Interview:
        """Where the interview is now; raises `InputError` when the answers contradict each other."""
        from admission.lifecycle import screen

        project = self._file.project()
        park = self._park or project.park
        ruleset = self._rulebook.in_force(park, on=self._day or project.as_of or self._now)
        self.decision = screen(project, ruleset, lang=self._lang)
        unsure = self._file.draft.unsure()
        return interview(project, ruleset, unsure, until=self._until, lang=self._lang, decision=self.decision)

    def _step(self) -> bool:
        """One question; False when the interview is over."""
        content = self._file.draft.content
        if not content.get("name"):
            return self._ask_name()
        if self._wants_park():
            return self._ask_park()
        standing = self.standing()
        self._show(standing)
        asks = [ask for ask in standing.asks if ask.key not in self._skipped]
        if not asks:
            return self._goes_on(standing)
        return self._answer(asks[0])

    # what comes before the facts

    def _ask_name(self) -> bool:
        self._talk.say("ask name", style="bold")
        reply = self._talk.reply()
        if reply is Order.STOP:
            raise EOFError
        if isinstance(reply, Order) or not reply:
            self._talk.say("ask nothing before" if reply is Order.BACK else "ask name needed", style="yellow")
            return True
        self._file.set("name", reply)
        self._keep(_NAME)
        return True

    def _wants_park(self) -> bool:
        stated = self._park or self._file.draft.content.get("park") or self._open_park
        return not stated and bool(self._rulebook.parks)

    def _ask_park(self) -> bool:
        parks = list(self._rulebook.parks)
        self._talk.say("ask park", style="bold")
        named = [f"{id} {self._rulebook.parks[id].name.get(self._lang)}" for id in parks]
        self._talk.page((f"{number} {text}", _INDENT, "") for number, text in enumerate(named, 1))
        reply = self._talk.reply()
        if reply is Order.STOP:
            return False
        if reply is Order.BACK:
            return self._back()
        if reply is Order.SKIP or (isinstance(reply, str) and reply.casefold() in ("不清楚", "未知", "unknown")):
            self._open_park = True
            return True
        titles = {self._rulebook.parks[id].name.get(self._lang): id for id in parks}
        chosen = option_named(reply, parks) if isinstance(reply, str) else ""
        chosen = titles.get(chosen, chosen)
        if chosen not in parks:
            self._talk.say("ask no park", style="yellow")
            return True
        self._file.set("park", chosen)
        self._keep(_PARK)
        return True

    # the questions

    def _answer(self, ask: Ask) -> bool:
        """Ask until there is an answer, or an order in its place."""
        fact = self._rulebook.vocabulary.facts[ask.key.fact]
        self._talk.ask(ask, fact, len(self._history) + 1)
        while True:
            reply = self._talk.reply()
            if reply is Order.STOP:
                return False
            if reply is Order.BACK:
                return self._back()
            if reply is Order.SKIP:
                self._skipped.add(ask.key)
                return True
            if isinstance(reply, Order):
                self._talk.help(fact)
            elif not reply:
                self._talk.say("ask empty", style="yellow")
            elif self._taken(ask, fact, reply):
                return True

    def _taken(self, ask: Ask, fact: Fact, reply: str) -> bool:
        """Was the reply an answer that fits the others? It is saved then; else the user is told why not."""
        try:
            value = self._value(fact, reply)
        except InputError as error:
            key = "ask not yes no" if fact.type is FactType.BOOL else "ask again"
            reasons = "；".join(problem.reason(self._lang) for problem in error.problems)
            self._talk.say(key, reason=reasons, text=reply, style="yellow")
            return False
        except LookupError:
            self._talk.say("ask no hits", words=reply, style="yellow")
            return False
        if value is None and ask.refines:
            return self._put_off(ask)
        self._file.put(ask.key, value)
        try:
            asks = self.standing().asks
        except InputError as error:
            self._file.draft.take_back(ask.key)
            reasons = "；".join(problem.reason(self._lang) for problem in error.problems)
            self._talk.say("ask contradicts", reason=reasons, style="yellow")
            return False
        self._keep(ask.key)
        return self._put_off(ask) if any(other.key == ask.key for other in asks) else True

    def _put_off(self, ask: Ask) -> bool:
        """A code that stays too coarse is not asked for again today."""
        self._skipped.add(ask.key)
        self._talk.say("ask coarse")
        return True

    def _value(self, fact: Fact, reply: str) -> Value | None:
        """What the reply means; words in place of a code are looked up. `LookupError`: nothing is called so."""
        vocabulary = self._rulebook.vocabulary
        if fact.type is FactType.CODE:
            try:
                return read_answer(fact, reply, vocabulary)
            except InputError:
                return read_answer(fact, self._code(fact, reply), vocabulary)
        return read_answer(fact, option_named(reply, list(fact.members)), vocabulary)

    def _code(self, fact: Fact, words: str) -> str:
        """The code chosen among those that words find."""
        table = self._rulebook.vocabulary.code_table(fact)
        while True:
            hits = _hits(table, words)
            if not hits:
                raise LookupError(words)
            self._talk.say("ask hits")
            self._talk.page((f"{number} {code} {name}", _INDENT, "") for number, (code, name) in enumerate(hits, 1))
            reply = self._talk.reply()
            if isinstance(reply, Order):
                raise LookupError(words)
            code = option_named(reply, [code for code, _ in hits])
            if all(table.normalise(part) for part in code.split("、")):
                return code
            words = reply

    def _back(self) -> bool:
        if not self._history:
            self._talk.say("ask nothing before", style="yellow")
            return True
        key = self._history.pop()
        if key in (_NAME, _PARK):
            del self._file.draft.content[key.fact]
        else:
            self._file.draft.take_back(key)
        self._file.save()
        self._talk.say("ask back")
        return True

    def _keep(self, key: Asked) -> None:
        self._history.append(key)
        self._file.save()

    # between the phases

    def _goes_on(self, standing: Interview) -> bool:
        """Offer the phases after this one; False when there is none or the user has enough."""
        following = _FIRST[_FIRST.index(self._until) + 1 :]
        for phase in following:
            self._until = phase
            if not standing.waiting[phase]:
                continue
            self._talk.page([("", 0, "")])
            verdict = label(standing.bounds.verdict, self._lang)
            key = "ask later" if phase is Phase.LATER else "ask more"
            self._talk.say(key, verdict=verdict, count=standing.waiting[phase], style="bold")
            return self._talk.agrees()
        return False

    def _show(self, standing: Interview) -> None:
        """The bounds, when an answer has changed them."""
        before, now = self._bounds, standing.bounds
        if before == now:
            return
        self._bounds = now
        told = self._told(now, self._lang)
        self._talk.say("ask bounds", style="cyan", verdicts=told[0], eia=told[1], permit=told[2])
        if before is not None:
            gone = [label(verdict, self._lang) for verdict in before.at_admission if verdict not in now.at_admission]
            if gone:
                self._talk.say("ask excluded", items=say("comma", self._lang).join(gone), style="green")
            if len(before.at_admission) > 1 and len(now.at_admission) == 1 and now.verdict == now.at_admission[0]:
                self._talk.say("ask verdict settled", style="green")

    def _told(self, bounds: Bounds, lang: str) -> tuple[str, str, str]:
        def classes(kind: Catalogue, levels: tuple[str, ...]) -> str:
            return say("or", lang).join(class_label(self._rulebook, kind, level, lang) for level in levels)

        verdicts = say("or", lang).join(label(verdict, lang) for verdict in bounds.at_admission)
        return verdicts, classes(Catalogue.EIA, bounds.eia), classes(Catalogue.PERMIT, bounds.permit)

    def tell_end(self) -> None:
        """What the user did not know and who can tell, and whether anything can still change the verdict."""
        standing = self.standing()
        if standing.unsure:
            self._talk.say("ask unsure head", count=len(standing.unsure), style="bold")
            self._talk.page((self._unsure_line(item), 2, "") for item in standing.unsure)
        if self._skipped:
            self._talk.say("ask skipped", count=len(self._skipped))
        if not standing.waiting[Phase.ADMISSION] and not standing.waiting[Phase.LATER]:
            self._talk.say("ask final" if len(standing.bounds.possible_verdicts) == 1 else "ask final open")

    def _unsure_line(self, item: Unsure) -> str:
        named = departments("、".join(item.departments), self._lang)
        text = say("ask unsure", self._lang, label=item.ask.question.label, document=item.document, departments=named)
        return "· " + text


def _hits(table: IndustryCodes | WasteCodes, words: str) -> list[tuple[str, str]]:
    """Codes that fit the words, each with its name."""
    if isinstance(table, IndustryCodes):
        return [(hit.code, hit.name) for hit in table.search(words, limit=_HITS)]
    return [(hit.waste.code, hit.waste.name) for hit in table.search(words, limit=_HITS)]
