"""Every failure this package reports, as one tree.

::

    AdmissionError                 base; `except AdmissionError` catches everything below
    ├── ProblemsError              a list of problems collected before raising
    │   ├── InputError             a project document, table or command input is wrong
    │   ├── RulebookError          a rule, vocabulary or park file is wrong
    │   └── StepError              a step of a review, problem or account that the record does not allow
    ├── ConditionError             one condition text does not parse or type-check
    ├── NotInForceError            a rule, edition or park asked for has no version on that day
    ├── StepsExceededError         chaining rules that never come to an end
    ├── NotRecordedError           the store has nothing of that id
    ├── StoreError                 the store cannot be opened, read or written
    └── MissingExtraError          an optional library is not installed

Each error carries its data as attributes; the sentence a person reads is made from them
(`Problem.text`), in Chinese or English. Problems are collected first and raised once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from typing import NamedTuple

from admission._messages import ProblemCode, message, shortened

__all__ = [
    "AdmissionError",
    "ConditionError",
    "InputError",
    "MissingExtraError",
    "NotInForceError",
    "NotRecordedError",
    "Place",
    "Problem",
    "ProblemCode",
    "ProblemsError",
    "RulebookError",
    "StepError",
    "StepsExceededError",
    "StoreError",
]


class Place(NamedTuple):
    """Where something stands: file name, 1-based line and column (0 = the file as a whole).

    In a workbook `file` is the file and its sheet, line and column those of the `cell` (`H5`).
    """

    file: str
    line: int = 0
    column: int = 0
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return f"{self.file}!{self.cell}"
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with what was expected and what to do.

    `code` is for programs, `values` fill the sentences of that code, `field` is the key or
    path concerned, `place` the position in its file.
    """

    code: ProblemCode
    place: Place
    field: str = ""
    values: Mapping[str, object] = with_default(default_factory=dict)

    def text(self, lang: str = "zh") -> str:
        """`file:line: what is wrong; what was expected; what to do` in `zh` or `en`."""
        head = f"{self.place}: "
        if self.field and "{field}" not in message(self.code, lang)[0]:
            head += f"{self.field}: "
        return _printable(head + _separator(lang).join(self._parts(lang)))

    def reason(self, lang: str = "zh") -> str:
        """What is wrong and what was expected, for who has just answered a question about `field`."""
        return _printable(_separator(lang).join(self._parts(lang)[:2]))

    def _parts(self, lang: str) -> list[str]:
        values: dict[str, str] = {"field": self.field, **{key: str(value) for key, value in self.values.items()}}
        return [part.format(**values) for part in message(self.code, lang) if part]


def _separator(lang: str) -> str:
    return "；" if lang == "zh" else "; "


def _printable(text: str) -> str:
    """`text` on one line, what cannot be printed written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class AdmissionError(Exception):
    """Base of every error raised on purpose by this package."""


class ProblemsError(AdmissionError):
    """All problems found in one reading, ordered by place; `problems` is never empty."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.place, p.field, p.code)))
        super().__init__(self.text())

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)

    def text(self, lang: str = "zh") -> str:
        """One line per problem."""
        return "\n".join(problem.text(lang) for problem in self.problems)


class InputError(ProblemsError):
    """What the user gave cannot be understood."""


class RulebookError(ProblemsError):
    """A rule, vocabulary, park or scoring file cannot be used."""


class StepError(ProblemsError):
    """The record does not allow this step (联合审查、问题整改、账号): nothing was written."""


class ConditionError(AdmissionError):
    """A condition is outside the language, or its types do not fit.

    `code` and `values` are those of the `Problem` that a loader makes of it.
    """

    def __init__(self, code: ProblemCode, /, **values: object) -> None:
        self.code = code
        self.values: dict[str, object] = values
        super().__init__(Problem(code, Place("<condition>"), values=values).text("en"))


class NotInForceError(AdmissionError):
    """There is no version of something on a day.

    `reason` is one of `not_yet`, `ended`, `never`; `subject` names the rule, edition or park.
    """

    def __init__(self, subject: str, on: date, reason: str) -> None:
        self.subject = subject
        self.on = on
        self.reason = reason
        super().__init__(f"{subject} has no version in force on {on}: {reason}")


class MissingExtraError(AdmissionError):
    """An optional library is missing; `extra` is the name to install."""

    def __init__(self, feature: str, extra: str) -> None:
        self.feature = feature
        self.extra = extra
        super().__init__(f"{feature} 需要可选组件：pip install 'admission[{extra}]' ({feature} needs this extra)")


class StepsExceededError(AdmissionError):
    """Inference was stopped after `steps` conclusions: the chaining rules do not come to an end."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        super().__init__(f"more than {steps} conclusions: the chaining rules do not end")


class NotRecordedError(AdmissionError):
    """The store has nothing of this `kind` under this `id`."""

    def __init__(self, kind: str, id: str) -> None:
        self.kind = kind
        self.id = id
        super().__init__(f"没有记录 {kind} {shortened(id)} (no such {kind} is recorded)")


class StoreError(AdmissionError):
    """The store at `url` (without its password) cannot be opened, read or written; `reason` says why."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"{url}: {reason}")
