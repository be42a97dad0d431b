"""Codes of the national hazardous waste list: normal form, names, hazards, days of validity, search.

Legal source: 国家危险废物名录, articles 5 (how a code is built) and 6 (codes of waste identified by testing).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from admission._messages import NONE, Phrase
from admission.vocabulary.likeness import in_order, plain, shared_pairs

__all__ = ["ROOT", "Waste", "WasteCodes", "WasteHit"]

ROOT = "HW"
"""What every code of the list begins with in its normal form."""

_CODE = r"(?<!\d)(\d{3})\s?[-‐‑–—−]?\s?(\d{3})\s?[-‐‑–—−]?\s?(\d{2})(?!\d)"
_CATEGORY = r"HW\s?(\d{1,2})(?!\d)"
_ANY_CODE, _ANY_CATEGORY = re.compile(_CODE, re.ASCII), re.compile(_CATEGORY, re.ASCII | re.IGNORECASE)
_WRITTEN = re.compile(rf"[\s(]*(?:{_CATEGORY}\D*?)?{_CODE}(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
_ONLY_CATEGORY = re.compile(rf"{_CATEGORY}\D*", re.ASCII | re.IGNORECASE | re.DOTALL)
_EQUAL, _CALLED, _INSIDE, _IN_ORDER, _ABOVE, _PAIRS = 100.0, 95.0, 80.0, 50.0, 30.0, 10.0
_GENERAL = 5.0
_NEAREST = 3
_BRIEF = 30
_LIKENESS = 0.6


@dataclass(frozen=True, slots=True)
class Waste:
    """One line of the list: a category (`HW49`) or a waste (`HW49 900-041-49`, `parent` its category).

    `hazard` is as printed: joined by a comma the first property is the main one and the others are
    possible, joined by a slash one or more hold. `english` and `words` (of categories) are ours.
    """

    code: str
    name: str
    parent: str | None = None
    hazard: str = ""
    industry: str = ""
    english: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WasteHit:
    """One search result; a higher `score` is better."""

    waste: Waste
    score: float


@dataclass(frozen=True)
class WasteCodes:
    """One edition of the list; `provenance` is what the meta file says: edition, period, source, notes."""

    table: Mapping[str, Waste] = field(default_factory=dict)
    provenance: Mapping[str, object] = field(default_factory=dict)
    separators: ClassVar[re.Pattern[str]] = re.compile(r"[、，,;；|](?=\s*(?:HW\s?)?\d{2})", re.ASCII | re.IGNORECASE)
    described: ClassVar[Phrase] = Phrase("一个危险废物代码或代码的列表", "one waste code or a list of codes")
    example: ClassVar[str] = "['900-041-49']"
    prefixes: ClassVar[Phrase] = Phrase("HW、类别或“类别 代码”", "HW, a category, or category and code")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "table": dict(self.table), "provenance": dict(self.provenance)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        proxies = {name: MappingProxyType(state[name]) for name in ("table", "provenance")}
        self.__dict__.update(state, **proxies)

    @classmethod
    def of(cls, wastes: Iterable[Waste], provenance: Mapping[str, object] | None = None) -> WasteCodes:
        """The table of `wastes`, in their order."""
        return cls(MappingProxyType({waste.code: waste for waste in wastes}), MappingProxyType(dict(provenance or {})))

    @property
    def title(self) -> Phrase:
        """The name of the edition."""
        name = self.provenance.get("edition")
        words = name if isinstance(name, dict) else {}
        return Phrase(words.get("zh", "国家危险废物名录"), words.get("en", "National hazardous waste list"))

    @property
    def effective(self) -> tuple[date | None, date | None]:
        """The first and the last day on which the edition is law; None where open or not said."""
        period = self.provenance.get("effective")
        days = period if isinstance(period, dict) else {}
        first, last = (days.get(key) for key in ("from", "to"))
        return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)

    def in_force(self, day: date) -> bool:
        """Whether this edition is the law of `day`."""
        first, last = self.effective
        return (first is None or first <= day) and (last is None or day <= last)

    def exists(self, code: str) -> bool:
        """Whether a waste or category (normal form) stands in the list; waste identified by testing does not."""
        return code in self.table

    def is_prefix(self, code: str) -> bool:
        """Whether codes begin so, as `under` asks: `HW` (any), a category, a code."""
        return code == ROOT or code in self.table

    def name(self, code: str) -> str:
        """The name of a code that exists; `KeyError` otherwise."""
        return self.table[code].name

    def listed(self, code: str) -> bool:
        """Whether a code in normal form is one of the edition: in its table, or given after testing."""
        tested = str(self.provenance.get("tested_prefix", NONE))
        return code in self.table or code.partition(" ")[2].startswith(f"{tested}-")

    def normalise(self, text: str) -> str | None:
        """`HW49 900-041-49` for `900-041-49`, `90004149`, `HW49 900-041-49` or `HW49（900-041-49）废活性炭`.

        The last two digits must be a category of the list and agree with the category written.
        A code that is well formed but not in the list is taken: a later edition may have it
        (`listed` tells). None for anything else, a category alone included.
        """
        text = unicodedata.normalize("NFKC", text).strip()
        written = _WRITTEN.fullmatch(text)
        if written is None or len(_ANY_CODE.findall(text)) > 1:
            return None
        _, *digits, _ = written.groups()
        category = f"{ROOT}{digits[-1]}"
        named = {f"{ROOT}{number:>02}" for number in _ANY_CATEGORY.findall(text)}
        return f"{category} {'-'.join(digits)}" if category in self.table and named <= {category} else None

    def nearest(self, text: str) -> tuple[str, ...]:
        """Up to three codes someone may have meant by `text`: like it, of its category, or named so."""
        close = self._close(unicodedata.normalize("NFKC", text).strip())
        return tuple(f"{code} {_brief(self.name(code))}" for code in close)

    def _close(self, text: str) -> list[str]:
        found = _ANY_CATEGORY.findall(text)
        family = f"{ROOT}{found[0]:>02}" if found else ""
        inside = self.below(family)
        if any(character.isdigit() for character in _ANY_CATEGORY.sub("", text)):
            digits = {code.partition(" ")[2]: code for code in self._wastes}
            match = _ANY_CODE.search(text)
            wanted = "-".join(match.groups()) if match else _ANY_CATEGORY.sub("", text).strip(" ()")
            return [digits[code] for code in get_close_matches(wanted, digits, _NEAREST, _LIKENESS)]
        return inside[:_NEAREST] or [hit.waste.code for hit in self.search(text) if hit.waste.parent][:_NEAREST]

    def below(self, category: str) -> list[str]:
        """The codes of a category."""
        return [code for code, waste in self.table.items() if waste.parent is not None and waste.parent == category]

    def refusal(self, text: str, helpful: bool = True) -> dict[str, object]:
        """What a message says of a text that is no waste code; the nearest codes only when `helpful`."""
        close = self.nearest(text) if helpful else ()
        chinese, english = f"相近的有：{'、'.join(close) or NONE}", f"nearest: {', '.join(close) or NONE.en}"
        if _ONLY_CATEGORY.fullmatch(unicodedata.normalize("NFKC", text).strip()):
            chinese = f"类别不是代码，{chinese}；代码未定时先不填，只填“产生危险废物：是”"
            english = f"a category is no code, {english}; until the code is known state only that waste is generated"
        expected = Phrase(
            "8 位废物代码，末两位为已有类别，如 900-041-49，前面可写类别 HW49",
            "8 digits ending in a category of the list, such as 900-041-49, with or without HW49 before them",
        )
        return {"table": self.title, "expected": expected, "nearest": Phrase(chinese, english)}

    def search(self, words: str, limit: int = 20) -> list[WasteHit]:
        """Wastes that fit all the words (Chinese or English, split at spaces), best first.

        A word fits a name it equals, stands in, or whose characters hold it in order, with or
        without a leading 废; then the category with its English name and everyday words. Wastes of
        no particular industry come before those of one.
        """
        wanted = [plain(word) for word in unicodedata.normalize("NFKC", words).split()]
        hits = []
        for waste in self.table.values():
            scores = [self._score(word, waste) for word in wanted]
            if scores and min(scores) > 0:
                general = _GENERAL if self._general and f" {self._general}-" in waste.code else 0.0
                hits.append(WasteHit(waste, round(sum(scores) / len(scores) + general, 3)))
        hits.sort(key=lambda hit: (-hit.score, hit.waste.code))
        return hits[:limit]

    def _score(self, word: str, waste: Waste) -> float:
        bare = word.removeprefix("废") or word
        name, also = self._names[waste.code]
        if word in (name, plain(waste.code)):
            return _EQUAL
        if any(bare == text.removeprefix("废") for text in also):
            return _CALLED
        if bare in name or word in plain(waste.code):
            return _INSIDE + _PAIRS * len(bare) / max(len(name), 1)
        if any(bare in text for text in also):
            return _INSIDE
        if len(bare) > 1 and in_order(bare, name):
            return _IN_ORDER + _PAIRS * len(bare) / len(name)
        above = self._names[waste.parent] if waste.parent else ("", ())
        if bare in above[0] or any(bare in text for text in above[1]):
            return _ABOVE
        return _PAIRS * shared_pairs(word, name)

    @cached_property
    def _names(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        return {
            code: (plain(waste.name), tuple(plain(text) for text in (waste.english, *waste.words) if text))
            for code, waste in self.table.items()
        }

    @property
    def _general(self) -> str:
        """How the codes of wastes of no particular industry begin."""
        return str(self.provenance.get("tested_prefix", "")).partition("-")[0]

    @cached_property
    def _wastes(self) -> list[str]:
        return [code for code, waste in self.table.items() if waste.parent is not None]


def _brief(name: str) -> str:
    return name if len(name) <= _BRIEF else f"{name[: _BRIEF - 1]}…"
