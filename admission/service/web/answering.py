"""What comes back from a form of questions: answers, or what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import FormData

from admission.errors import InputError
from admission.screening.draft import NONE_OF_THEM, UNSURE, read_answer
from admission.screening.interview import Asked
from admission.service.web.standing import Field, field_of
from admission.vocabulary import FactType, Value, Vocabulary

__all__ = ["NOTHING", "Hits", "Reply", "key_of", "lookup", "read_form", "texts"]

_HITS = 12
_LONGEST = 200
_BOTH = "“不清楚”不能和别的答案一起选，请只留一种。"
_NONE_AND = "“以上都没有”不能和别的选项一起选，请只留一种。"
_CHOOSE = "请从下面查到的代码中选一个；没有合适的，换个词再查。"
_NO_HITS = "没有查到“{words}”；请换个词，或直接写代码。"
NOTHING = "请至少回答一项；不知道就选“不清楚”，想以后再答就点“以后再答”。"


@dataclass(frozen=True, slots=True)
class Hits:
    """Codes found by words, each with its name and what stands above it; `chosen` ones come first."""

    codes: tuple[tuple[str, str, str], ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """The answers of a form (None: 不清楚), and its fields again with what is wrong."""

    answers: Mapping[Asked, Value | None]
    fields: tuple[Field, ...]
    problem: str = ""

    @property
    def is_fine(self) -> bool:
        """Can the answers be put into the document?"""
        return not self.problem and not any(field.problem for field in self.fields)


def key_of(text: str, vocabulary: Vocabulary) -> Asked | None:
    """The question that `fact|component` stands for; None when there is no such fact to be stated."""
    name, _, component = text.partition("|")
    fact = vocabulary.facts.get(name)
    return None if fact is None or fact.internal else Asked(name, component or None)


def texts(form: FormData, name: str) -> list[str]:
    """The texts given under a name; files and blanks are none."""
    return [text.strip() for text in form.getlist(name) if isinstance(text, str) and text.strip()]


def read_form(form: FormData, vocabulary: Vocabulary) -> Reply:
    """Every question of the form, as it was answered; one left blank is not answered."""
    answers: dict[Asked, Value | None] = {}
    fields: list[Field] = []
    for number, text in enumerate(texts(form, "key"), 1):
        key = key_of(text, vocabulary)
        if key is None:
            continue
        given, words = texts(form, f"value-{number}"), texts(form, f"words-{number}")
        field = replace(field_of(number, key, vocabulary.facts[key.fact]), value=tuple(given))
        if not given and words:
            field = replace(field, value=tuple(words), problem=_words_problem(field, words, vocabulary))
        elif given:
            try:
                answers[key] = _value(field, given, vocabulary)
            except InputError as error:
                field = replace(field, problem="；".join(problem.reason("zh") for problem in error.problems))
            except ValueError as error:
                field = replace(field, problem=str(error))
        fields.append(field)
    empty = not answers and not any(field.problem for field in fields)
    return Reply(answers, tuple(fields), NOTHING if empty else "")


def _value(field: Field, given: Sequence[str], vocabulary: Vocabulary) -> Value | None:
    """The value of what was given; `ValueError` for choices that exclude each other."""
    if any(len(text) > _LONGEST for text in given):
        raise ValueError(f"太长了，最多 {_LONGEST} 个字。")
    if UNSURE in given:
        if len(given) > 1:
            raise ValueError(_BOTH)
        return None
    if field.fact.type is FactType.SET and NONE_OF_THEM[0] in given and len(given) > 1:
        raise ValueError(_NONE_AND)
    several = field.fact.type in (FactType.SET, FactType.CODE) and given[0] not in NONE_OF_THEM
    return read_answer(field.fact, list(given) if several else given[0], vocabulary)


def _words_problem(field: Field, words: Sequence[str], vocabulary: Vocabulary) -> str:
    found = lookup(field.fact.codes, words[0], vocabulary).codes
    return _CHOOSE if found else _NO_HITS.format(words=words[0][:_LONGEST])


def lookup(table: str, words: str, vocabulary: Vocabulary, chosen: Iterable[str] = ()) -> Hits:
    """Industry or waste codes that fit the words, those chosen already first."""
    kept = tuple(dict.fromkeys(chosen))
    if table == "waste":
        wastes = vocabulary.wastes
        named = [(code, wastes.table[code].name, "") for code in kept if code in wastes.table]
        named += [(hit.waste.code, hit.waste.name, "") for hit in wastes.search(words[:_LONGEST], limit=_HITS)]
    else:
        codes = vocabulary.codes
        own = codes.normalise(words) if words else None
        named = [(code, codes.name(code), "") for code in (*kept, own) if code is not None and codes.exists(code)]
        hits = codes.search(words[:_LONGEST], limit=_HITS) if words else []
        named += [(hit.code, hit.name, " › ".join(hit.path[1:])) for hit in hits]
    unique = {code: (code, name, path) for code, name, path in reversed(named)}
    return Hits(tuple(unique[code] for code in dict.fromkeys(code for code, _, _ in named)), kept)
