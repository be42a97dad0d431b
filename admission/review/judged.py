"""What people concluded about the changes of rules that no case notices.

The conclusions stand in a file beside the page with the figures (`quality.md`, `quality.judged.yaml`)
and are written into the page with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from admission._reading import decode, parse, validate
from admission.errors import Problem, ProblemsError
from admission.review.mutants import Mutant

__all__ = ["Conclusion", "judged_path", "outdated", "read_judged"]


class Conclusion(BaseModel):
    """Why one change that survives wants no case; `rule`, `part` and `change` say which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(min_length=1)
    part: str = Field(min_length=1)
    change: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def concerns(self, mutant: Mutant) -> bool:
        """Whether this is about `mutant`."""
        return (self.rule, self.part, self.change) == (mutant.rule, mutant.field, mutant.change)


class _File(BaseModel):
    """The file: a list of conclusions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged: tuple[Conclusion, ...] = ()


def judged_path(page: Path) -> Path:
    """`quality.judged.yaml` for `quality.md`."""
    return page.with_name(f"{page.stem}.judged.yaml")


def read_judged(path: Path) -> tuple[Conclusion, ...]:
    """The conclusions of a file; none when there is no file. Raises `ProblemsError` with all that is wrong in it."""
    if not path.exists():
        return ()
    problems: list[Problem] = []
    text = decode(path.read_bytes(), path.name, problems)
    nodes = [] if text is None else parse(text, path.name, problems)
    files = [validate(_File, node, problems) for node in nodes]
    if problems:
        raise ProblemsError(problems)
    return tuple(one for file in files if file is not None for one in file.judged)


def outdated(judged: Iterable[Conclusion], survivors: Iterable[Mutant]) -> tuple[Conclusion, ...]:
    """The conclusions about changes that do not survive any more, or never did."""
    found = tuple(survivors)
    return tuple(one for one in judged if not any(one.concerns(mutant) for mutant in found))
