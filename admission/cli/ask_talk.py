"""One question of `admission ask` on the screen, and what the user types in return."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

import typer

from admission.cli.ask_words import BACK, HELP, NO, SKIP, STOP, YES
from admission.cli.decision_text import cite_text
from admission.cli.page import Page
from admission.cli.streams import emit, screen_width
from admission.cli.words import label, say
from admission.vocabulary import Fact, FactType

if TYPE_CHECKING:
    from admission.screening.interview import Ask

__all__ = ["Order", "Talk", "option_named"]

_REASONS = 3
_BODY = 3
_ANSWERS = {
    FactType.BOOL: "ask yes no",
    FactType.ENUM: "ask one",
    FactType.SET: "ask several",
    FactType.CODE: "ask code",
    FactType.DATE: "ask day",
    FactType.TEXT: "ask text",
}


class Order(Enum):
    """What a user wants instead of answering."""

    BACK = auto()
    SKIP = auto()
    HELP = auto()
    STOP = auto()


_ORDERS = {**dict.fromkeys(BACK, Order.BACK), **dict.fromkeys(SKIP, Order.SKIP)} | {
    **dict.fromkeys(HELP, Order.HELP),
    **dict.fromkeys(STOP, Order.STOP),
}


class Talk:
    """Prints and reads; `lang` is that of the phrases. `EOFError` when there is nothing more to read."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def say(self, key: str, *, style: str = "", indent: int = 0, **values: object) -> None:
        """One phrase as a paragraph."""
        self.page([(say(key, self.lang, **values), indent, style)])

    def page(self, lines: Iterable[tuple[str, int, str]]) -> None:
        """Paragraphs: text, indent, style."""
        page = Page(screen_width())
        for text, indent, style in lines:
            page.add(text, indent=indent, style=style)
        emit(page, None, self.lang)

    def line(self) -> str:
        """What the user types; in a pipe it is shown, so that the output reads like a conversation."""
        try:
            text: str = typer.prompt("›", prompt_suffix=" ", default="", show_default=False)
        except typer.Abort:
            typer.echo()
            raise EOFError from None
        if not (sys.stdin is not None and sys.stdin.isatty()):
            typer.echo(text.strip())
        return text.strip()

    def reply(self) -> str | Order:
        """An answer, or an order in its place."""
        text = self.line()
        return _ORDERS.get(text.casefold(), text)

    def agrees(self) -> bool:
        """Yes or no, asked again until it is one of them."""
        while True:
            text = self.line()
            if text.casefold() in YES:
                return True
            if text.casefold() in NO:
                return False
            self.say("ask not yes no", text=text, style="yellow")

    def ask(self, ask: Ask, fact: Fact, number: int) -> None:
        """The question, why it is asked, where the answer is found, and how to write it."""
        question, lang = ask.question, self.lang
        head = say("ask number", lang, number=number) + "  " + question.ask
        if question.component is not None:
            head += say("ask of component", lang, component=question.component)
        if ask.phase != "admission":
            head += say(f"ask {ask.phase.value} tag", lang)
        lines = [("", 0, ""), (head, 0, "bold"), *((text, _BODY, "dim") for text in self._why(ask))]
        if question.proof:
            lines.append((say("ask proof", lang, document=question.proof), _BODY, "dim"))
        lines += [(text, _BODY, "") for text in self._options(fact)]
        self.page(lines)

    def help(self, fact: Fact) -> None:
        """What counts and what does not."""
        if fact.meaning is not None:
            self.say("ask meaning", meaning=fact.meaning.get(self.lang), indent=_BODY)
        self.page((text, _BODY, "") for text in self._options(fact))

    def _why(self, ask: Ask) -> list[str]:
        lang = self.lang
        targets = say("comma", lang).join(say(f"ask target {target}", lang) for target in ask.decides)
        told = [say("ask why", lang, targets=targets)]
        for reason in [reason for reason in ask.reasons if reason.cite is not None][:_REASONS]:
            assert reason.cite is not None
            cite = cite_text(reason.cite, lang)
            if reason.worst is None:
                told.append("· " + say("ask reason", lang, cite=cite, title=reason.title))
            else:
                worst = label(reason.worst, lang)
                told.append("· " + say("ask reason worst", lang, cite=cite, title=reason.title, verdict=worst))
        if len(ask.reasons) > _REASONS:
            told.append("· " + say("ask more reasons", lang, count=len(ask.reasons) - _REASONS))
        return told

    def _options(self, fact: Fact) -> list[str]:
        lang = self.lang
        if fact.type is FactType.NUMBER:
            unit = say("ask number of", lang, unit=fact.unit) if fact.unit else say("ask plain number", lang)
            return [unit]
        told = [f"{number} {member.get(lang)}" for number, member in enumerate(fact.members.values(), 1)]
        return ["　".join(told), say(_ANSWERS[fact.type], lang)] if told else [say(_ANSWERS[fact.type], lang)]


def option_named(text: str, options: Sequence[str]) -> str:
    """`text` with every number of an option replaced by the option, if it is nothing but such numbers."""
    parts = [part for part in text.replace("，", "、").replace(",", "、").replace(" ", "、").split("、") if part]
    numbers = [int(part) for part in parts if part.isdecimal() and part.isascii()]
    if not parts or len(numbers) < len(parts) or not all(1 <= number <= len(options) for number in numbers):
        return text
    return "、".join(options[number - 1] for number in numbers)
