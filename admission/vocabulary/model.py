"""What a fact is: its type, unit, wording and the values it may take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from admission._messages import Phrase
from admission.errors import Place

__all__ = ["Fact", "FactType", "Label", "Member", "Value", "normalise_key"]

Value = bool | float | str | date | frozenset[str]
"""A known value; an unknown fact has none (`None`, or it is left out of the mapping)."""

_CHOICES = frozenset({"enum", "set"})
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=65_536)
def normalise_key(text: str) -> str:
    """A name as it is compared: NFKC (full-width brackets, ㎡, ％ …), no white space, no case.

    >>> normalise_key("溶剂型涂料 （含稀释剂）")
    '溶剂型涂料(含稀释剂)'
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class FactType(StrEnum):
    """What kind of value a fact takes."""

    BOOL = "bool"
    NUMBER = "number"
    ENUM = "enum"
    SET = "set"
    DATE = "date"
    CODE = "code"
    TEXT = "text"


class _Model(BaseModel):
    """Settings shared by the models of this module."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Label(_Model):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, lang: str) -> str:
        """The text in `zh` or `en`; any other language reads as Chinese."""
        return self.en if lang == "en" else self.zh


class Member(Label):
    """One option of an enum or set fact; `aliases` are other words a document may use for it."""

    aliases: tuple[str, ...] = ()


class Fact(_Model):
    """One thing that can be known about a project or a component.

    `range` is a physical sanity interval, both ends included, in `unit`; None = open.
    `scope` `project` means one value for the whole site, `component` one per component.
    `codes` says of a fact of type `code` in which table its codes stand: GB/T 4754 or the hazardous
    waste list. `work` names the activity whose work item the fact describes. `define` is the
    formula of a fact that follows from others. `umbrella` is the fact in that formula to ask for
    first, because one answer settles many such facts (涉及哪些环境敏感区). An `internal` fact is
    computed by the engine, never stated.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    type: FactType
    label: Label
    unit: str | None = None
    meaning: Label | None = None
    ask: Label | None = None
    proof: Label | None = None
    range: tuple[float | None, float | None] | None = None
    members: Mapping[str, Member] = Field(default_factory=dict)
    codes: Literal["industry", "waste"] = "industry"
    aliases: tuple[str, ...] = ()
    work: str | None = None
    scope: Literal["project", "component"] = "component"
    changeable: bool = False
    internal: bool = False
    define: str | None = None
    umbrella: str | None = None
    source: tuple[str, ...] = ()
    place: Place | None = Field(default=None, exclude=True, repr=False)

    def __hash__(self) -> int:
        return hash(self.name)

    @model_validator(mode="after")
    def _check(self) -> Fact:
        """Each fact carries what its type needs, and nothing its type cannot use."""
        for wrong, zh, en in self._rules():
            if wrong:
                raise ValueError(Phrase(zh, en))
        return self

    def _rules(self) -> tuple[tuple[bool, str, str], ...]:
        number, choice = self.type is FactType.NUMBER, self.type in _CHOICES
        low, high = self.range or (None, None)
        asked = None not in (self.meaning, self.ask, self.proof)
        return (
            (not number and self.unit is not None, "只有 number 类型可写 unit", "only a number has a unit"),
            (not number and self.range is not None, "只有 number 类型可写 range", "only a number has a range"),
            (low is not None and high is not None and low > high, "range 的下限大于上限", "range is upside down"),
            (choice and not self.members, "enum 和 set 类型必须列出 members", "an enum or set needs members"),
            (not choice and bool(self.members), "只有 enum 和 set 类型可写 members", "only an enum or set has members"),
            (
                self.umbrella is not None and self.umbrella not in _WORD.findall(self.define or ""),
                "umbrella 指标必须出现在 define 中",
                "the umbrella fact must stand in define",
            ),
            (
                self.type is not FactType.CODE and self.codes != "industry",
                "只有 code 类型可写 codes",
                "only a code fact has codes",
            ),
            (self.internal and self.ask is not None, "internal 指标不写 ask", "an internal fact is never asked"),
            (
                not self.internal and not asked,
                "必须写明 meaning、ask 和 proof",
                "meaning, ask and proof are required",
            ),
        )

    @cached_property
    def member_names(self) -> Mapping[str, str]:
        """Normalised id, label or alias of each member → member id; the first claim wins."""
        names: dict[str, str] = {normalise_key(member): member for member in self.members}
        for member, words in self.members.items():
            for text in (words.zh, words.en, *words.aliases):
                names.setdefault(normalise_key(text), member)
        return names

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that must be this fact's alone: canonical, Chinese label, aliases."""
        return (self.name, self.label.zh, *self.aliases)
