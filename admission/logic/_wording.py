"""The words of `sentence` and `trace` in Chinese and English, and how single values read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from admission.logic.nodes import CompareOp
from admission.vocabulary import Fact, FactType, Value, Vocabulary

__all__ = ["Speaker", "Wording", "wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that differs between the languages; `{…}` is filled in.

    Predicates (`numbers`, `dates`, `words`) follow the item directly, so they bring their own
    space where the language has one.
    """

    language: str
    conjunction: str
    disjunction: str
    comma: str
    last_option: str
    more: str
    semicolon: str
    brackets: str
    remark: str
    quoted: str
    denied: str
    denied_group: str
    bool_case: str
    value_case: str
    otherwise: str
    value_otherwise: str
    undefined: str
    extremum: Mapping[str, str]
    shifted: Mapping[str, str]
    agree: Mapping[bool, str]
    numbers: Mapping[CompareOp, str]
    dates: Mapping[CompareOp, str]
    words: Mapping[str, str]
    constants: Mapping[bool, str]
    whole: Mapping[bool, str]
    answers: Mapping[bool, str]
    nothing: str
    measured: str
    also: str
    unclear: str
    too_coarse: str
    undecided: str


_ZH = Wording(
    language="zh",
    conjunction="，且",
    disjunction="，或",
    comma="、",
    last_option=" 或 ",
    more="{items} 等 {count} 项",
    semicolon="；",
    brackets="（{}）",
    remark="{text}（{remark}）",
    quoted="“{}”",
    denied="并非“{}”",
    denied_group="并非（{}）",
    bool_case="若{when}，则{then}；",
    value_case="若{when}，则为 {then}；",
    otherwise="否则{}",
    value_otherwise="否则为 {}",
    undefined="否则不定",
    extremum={"greatest": "{}中的最大值", "least": "{}中的最小值"},
    shifted={
        "+days": "{day}后 {amount} 日",
        "+months": "{day}后 {amount} 个月",
        "+years": "{day}后 {amount} 年",
        "-days": "{day}前 {amount} 日",
        "-months": "{day}前 {amount} 个月",
        "-years": "{day}前 {amount} 年",
    },
    agree={True: "与{}一致", False: "与{}不一致"},
    numbers={"=": " = {}", "!=": " ≠ {}", "<": " < {}", "<=": " ≤ {}", ">": " > {}", ">=": " ≥ {}"},
    dates={"=": "为 {}", "!=": "不为 {}", "<": "早于 {}", "<=": "不晚于 {}", ">": "晚于 {}", ">=": "不早于 {}"},
    words={
        "is": "为 {}",
        "is not": "不为 {}",
        "one of": "为 {} 之一",
        "none of": "不为 {} 之一",
        "includes": "含 {}",
        "excludes": "不含 {}",
        "under": "属于 {}",
        "not under": "不属于 {}",
        "unstated": "尚未填报",
        "stated": "已填报",
    },
    constants={True: "成立", False: "不成立"},
    whole={True: "任何情形", False: "没有任何情形"},
    answers={True: "是", False: "否"},
    nothing="无",
    measured="{item} {value}",
    also="{predicate}，即 {value}",
    unclear="尚不清楚：{}",
    too_coarse="已填 {}，需填得更细",
    undecided="无法得出结论：{}",
)

_EN = Wording(
    language="en",
    conjunction=", and ",
    disjunction=", or ",
    comma=", ",
    last_option=" or ",
    more="{items} and others ({count} in all)",
    semicolon="; ",
    brackets="({})",
    remark="{text} ({remark})",
    quoted="“{}”",
    denied="not “{}”",
    denied_group="not ({})",
    bool_case="if {when}, then {then}; ",
    value_case="if {when}, then {then}; ",
    otherwise="otherwise {}",
    value_otherwise="otherwise {}",
    undefined="otherwise undetermined",
    extremum={"greatest": "the greatest of {}", "least": "the least of {}"},
    shifted={
        "+days": "{amount} day(s) after {day}",
        "+months": "{amount} month(s) after {day}",
        "+years": "{amount} year(s) after {day}",
        "-days": "{amount} day(s) before {day}",
        "-months": "{amount} month(s) before {day}",
        "-years": "{amount} year(s) before {day}",
    },
    agree={True: " agrees with {}", False: " disagrees with {}"},
    numbers=_ZH.numbers,
    dates={
        "=": " is {}",
        "!=": " is not {}",
        "<": " is before {}",
        "<=": " is not after {}",
        ">": " is after {}",
        ">=": " is not before {}",
    },
    words={
        "is": " is {}",
        "is not": " is not {}",
        "one of": " is one of {}",
        "none of": " is none of {}",
        "includes": " includes {}",
        "excludes": " does not include {}",
        "under": " is under {}",
        "not under": " is not under {}",
        "unstated": " is not stated",
        "stated": " is stated",
    },
    constants={True: "true", False: "false"},
    whole={True: "in every case", False: "in no case"},
    answers={True: "yes", False: "no"},
    nothing="none",
    measured="{item}: {value}",
    also="{predicate}, that is {value}",
    unclear="not known yet: {}",
    too_coarse="stated as {}, a finer code is needed",
    undecided="no conclusion can be reached: {}",
)


def wording(lang: str) -> Wording:
    """The words of `zh` or `en`; any other language reads as Chinese."""
    return _EN if lang == "en" else _ZH


class Speaker:
    """Labels, units and values in one language.

    At most `limit` options of a list are named (None: all of them).
    """

    def __init__(self, vocabulary: Vocabulary, lang: str, limit: int | None = None) -> None:
        self.vocabulary = vocabulary
        self.words = wording(lang)
        self._limit = limit

    def label(self, name: str) -> str:
        """What a fact is called."""
        return self.vocabulary.facts[name].label.get(self.words.language)

    def unit(self, unit: str) -> str:
        """`t/a` → `吨/年` in Chinese, `亩` → `mu` in English, where the vocabulary has such a synonym."""
        return _unit(self.words.language, unit, self.vocabulary.units.get(unit, ()))

    def number(self, value: float, unit: str | None) -> str:
        """`10 吨/年`: whole numbers without a point, all significant digits, the unit if there is one."""
        text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
        return f"{text} {self.unit(unit)}" if unit else text

    def value(self, value: Value, unit: str | None = None, fact: Fact | None = None) -> str:
        """One known value; members of `fact` by their labels, industry codes with their names."""
        if isinstance(value, bool):
            return self.words.answers[value]
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str):
            return self._text(value, fact)
        if isinstance(value, frozenset):
            return self.words.comma.join(self._text(item, fact) for item in sorted(value)) or self.words.nothing
        return self.number(value, unit)

    def remark(self, text: str, remark: str) -> str:
        """`text（remark）`, or `text` alone."""
        return self.words.remark.format(text=text, remark=remark) if remark else text

    def _text(self, value: str, fact: Fact | None) -> str:
        if fact is not None and value in fact.members:
            return fact.members[value].get(self.words.language)
        if fact is not None and fact.type is FactType.CODE and self.vocabulary.code_table(fact).exists(value):
            return f"{value} {self.vocabulary.code_table(fact).name(value)}"
        return self.words.quoted.format(value)

    def options(self, values: Sequence[Value], unit: str | None = None, fact: Fact | None = None) -> str:
        """`A、B 或 C`."""
        texts = [self.value(value, unit, fact) for value in values[: self._limit]]
        if len(texts) < len(values):
            return self.words.more.format(items=self.words.comma.join(texts), count=len(values))
        return self.words.last_option.join(part for part in (self.words.comma.join(texts[:-1]), texts[-1]) if part)


@cache
def _unit(language: str, unit: str, synonyms: tuple[str, ...]) -> str:
    foreign, wanted = (_has_chinese, _has_latin) if language == "en" else (_has_latin, _has_chinese)
    if not foreign(unit):
        return unit
    return next((text for text in synonyms if wanted(text) and not foreign(text)), unit)


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _has_latin(text: str) -> bool:
    return any(character.isascii() and character.isalpha() for character in text)
