"""GB/T 4754-2017 industry codes: normal form, names, ancestors, search by words."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar

from admission._messages import NONE, Phrase
from admission.vocabulary.likeness import in_order, plain, shared_pairs

__all__ = ["Hit", "IndustryCode", "IndustryCodes"]

_WRITTEN = re.compile(r"([A-Za-z]?)\s*(\d{2,4})(?!\d)(?:\s*\((.*)\)|[\s\-–—:]*(.*))", re.ASCII | re.DOTALL)
_LETTERS = string.ascii_letters
_SECTION = 1
_CLASS = 4
_EQUAL, _INSIDE, _IN_ORDER, _ABOVE, _PAIRS = 100.0, 80.0, 50.0, 30.0, 10.0
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class IndustryCode:
    """One line of the standard. `level` 1 section (letter), 2 division, 3 group, 4 class."""

    code: str
    name: str
    level: int
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result; `path` are the ancestors' names, outermost first; a higher `score` is better."""

    code: str
    name: str
    path: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class IndustryCodes:
    """All codes of the standard; `provenance` is whatever the meta file says about the table."""

    table: Mapping[str, IndustryCode] = field(default_factory=dict)
    provenance: Mapping[str, object] = field(default_factory=dict)
    title: ClassVar[str] = "GB/T 4754-2017"
    separators: ClassVar[re.Pattern[str]] = re.compile(r"[、，,;；|](?=\s*[A-Za-z]?\s?\d{2})", re.ASCII)
    described: ClassVar[Phrase] = Phrase("一个行业代码或代码的列表", "one industry code or a list of codes")
    example: ClassVar[str] = "['3391']"
    prefixes: ClassVar[Phrase] = Phrase("2–4 位代码", "2 to 4 digits")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "table": dict(self.table), "provenance": dict(self.provenance)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        proxies = {name: MappingProxyType(state[name]) for name in ("table", "provenance")}
        self.__dict__.update(state, **proxies)

    @classmethod
    def of(cls, codes: Iterable[IndustryCode], provenance: Mapping[str, object] | None = None) -> IndustryCodes:
        """The table of `codes`, in their order; of two with one code the first counts."""
        table: dict[str, IndustryCode] = {}
        for code in codes:
            table.setdefault(code.code, code)
        return cls(MappingProxyType(table), MappingProxyType(dict(provenance or {})))

    def exists(self, code: str) -> bool:
        """Whether `code` (digits only, or a section letter) stands in the standard."""
        return code in self.table

    def is_prefix(self, code: str) -> bool:
        """Whether codes of the standard begin so, as `under` asks; a section letter is no prefix."""
        return code.isdigit() and code in self.table

    def name(self, code: str) -> str:
        """The name of a code that exists; `KeyError` otherwise."""
        return self.table[code].name

    def path(self, code: str) -> tuple[str, ...]:
        """The ancestors of a code, section letter first, the code itself not included."""
        above: list[str] = []
        parent = self.table[code].parent
        while parent is not None and parent in self.table and parent not in above:
            above.append(parent)
            parent = self.table[parent].parent
        return tuple(reversed(above))

    def normalise(self, text: str) -> str | None:
        """The 2 to 4 digits of a code written `3391`, `C3391`, `c34` or `C3391 黑色金属铸造`.

        None when it is not in the standard, when the letter is another section's, when the
        name is another code's, and for a section letter alone.
        """
        written = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if written is None:
            return None
        letter, code, *names = written.groups()
        name = "".join(filter(None, names))
        if code not in self.table:
            return None
        if letter and letter.upper() != next(iter(self.path(code)), ""):
            return None
        if name and plain(name) != self._names[code]:
            return None
        return code

    def nearest(self, text: str) -> tuple[str, ...]:
        """Up to three codes someone may have meant by `text`, each written `3391 黑色金属铸造`."""
        written = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip())
        found = (
            self._relatives(text) if written is None else self._neighbours(written[2], written[3] or written[4] or "")
        )
        return tuple(f"{code} {self.name(code)}" for code in found)

    def refusal(self, text: str, helpful: bool = True) -> dict[str, object]:
        """What a message says of a code that is not in the standard; the nearest only when `helpful`."""
        close = self.nearest(text) if helpful else ()
        hint = Phrase(
            f"相近的有：{'、'.join(close) or NONE}；若取自 2011 版目录，请换成 2017 版代码",
            f"nearest: {', '.join(close) or NONE.en}; a code of the 2011 edition must be changed to the 2017 one",
        )
        expected = Phrase(
            "2017 版行业代码（2–4 位，可带门类字母）", "a 2017 code of 2 to 4 digits, section letter optional"
        )
        return {"table": self.title, "expected": expected, "nearest": hint}

    def _relatives(self, text: str) -> list[str]:
        """Codes for what is not written like a code: below a section, of a longer number, or named so."""
        text = unicodedata.normalize("NFKC", text).strip().upper()
        if text in self.table:
            return [code for code, entry in self.table.items() if entry.parent == text][:_NEAREST]
        digits = text.lstrip(_LETTERS)
        if digits.isdecimal():
            return self._neighbours(digits[:_CLASS], "")
        return [hit.code for hit in self.search(text, limit=_NEAREST)]

    def _neighbours(self, digits: str, name: str) -> list[str]:
        found = [hit.code for hit in self.search(name, limit=1)] if name else []
        if digits in self.table:
            return list(dict.fromkeys([*found, digits]))
        for length in range(len(digits), 0, -1):
            family = [code for code in self.table if code.startswith(digits[:length])]
            if family:
                family.sort(key=lambda code: (abs(int(code.ljust(_CLASS, "0")) - int(digits.ljust(_CLASS, "0"))), code))
                return list(dict.fromkeys(found + family))[:_NEAREST]
        return found

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Codes whose names fit all the words (split at spaces), best first.

        A word fits a name it equals, stands in, or whose characters hold it in order; then the
        names above; failing all, names that share pairs of characters with it. Classes (four
        digits) come before groups and divisions.
        """
        wanted = [plain(word) for word in unicodedata.normalize("NFKC", words).split()]
        scored: list[tuple[float, str]] = []
        for code, entry in self.table.items():
            if entry.level == _SECTION or not wanted:
                continue
            scores = [self._score(word, code) for word in wanted]
            if min(scores) > 0:
                scored.append((sum(scores) / len(scores) + entry.level - _CLASS, code))
        scored.sort(key=lambda item: (-item[0], item[1]))
        return [
            Hit(code, self.name(code), tuple(self.name(above) for above in self.path(code)), round(score, 3))
            for score, code in scored[:limit]
        ]

    def _score(self, word: str, code: str) -> float:
        name = self._names[code]
        if word in (name, code):
            return _EQUAL
        if word in name or code.startswith(word):
            return _INSIDE + 10 * len(word) / max(len(name), len(word))
        if in_order(word, name):
            return _IN_ORDER + 10 * len(word) / len(name)
        if any(word in self._names[above] for above in self.path(code)):
            return _ABOVE
        return _PAIRS * shared_pairs(word, name)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {code: plain(entry.name) for code, entry in self.table.items()}
