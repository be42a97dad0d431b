from __future__ import annotations

import copy
import pickle
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import admission.errors
from admission._messages import NONE, Phrase, listed, message, shortened
from admission.errors import (
    AdmissionError,
    ConditionError,
    InputError,
    MissingExtraError,
    NotInForceError,
    Place,
    Problem,
    ProblemCode,
    ProblemsError,
    RulebookError,
    StepError,
)


def keys(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


# --- sentences ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ProblemCode)
def test_every_code_has_a_sentence_in_both_languages_from_the_same_values(code: ProblemCode) -> None:
    zh, en = message(code, "zh"), message(code, "en")
    assert zh[0]
    assert en[0]
    assert set().union(*map(keys, zh)) >= set().union(*map(keys, en))
    assert all(part.isascii() for part in en)
    assert not any(part.endswith(("。", "；", ".", ";")) for part in (*zh, *en))


@pytest.mark.parametrize("code", ProblemCode)
def test_every_sentence_can_be_filled(code: ProblemCode) -> None:
    values = dict.fromkeys(set().union(*map(keys, message(code, "zh"))) - {"field"}, Phrase("甲", "A"))
    problem = Problem(code, Place("f.yaml", 3), "key", values)
    assert problem.text().startswith("f.yaml:3: ")
    assert problem.text("en").isascii()


def test_a_phrase_reads_differently_in_each_language() -> None:
    problem = Problem(ProblemCode.ENCODING, Place("f"), values={"guess": Phrase("未知编码", "something else")})
    assert "未知编码" in problem.text()
    assert "something else" in problem.text("en")
    assert "未知编码" in problem.text("fr"), "any other language reads as Chinese"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda phrase: pickle.loads(pickle.dumps(phrase))])
def test_a_phrase_keeps_both_sides_when_copied(copied: object) -> None:
    phrase = copied(Phrase("无", "none"))  # type: ignore[operator]
    assert (phrase, phrase.en) == ("无", "none")


def test_listed_joins_in_the_way_of_each_language() -> None:
    found = listed(["甲", Phrase("乙", "B")])
    assert isinstance(found, Phrase)
    assert (found, found.en) == ("甲、乙", "甲, B")
    assert listed([]) is NONE
    assert listed(iter(()), "—") == "—"


def test_shortened_keeps_sixty_characters() -> None:
    assert shortened("长" * 60) == "长" * 60
    assert shortened("长" * 61) == "长" * 59 + "…"


# --- problems ----------------------------------------------------------------------------------------------------


def test_a_place_is_a_file_or_a_line_of_it() -> None:
    assert str(Place("f.yaml", 3, 7)) == "f.yaml:3"
    assert str(Place("f.yaml")) == "f.yaml"


def test_the_field_is_named_when_there_is_one() -> None:
    assert Problem(ProblemCode.FILE_EMPTY, Place("f")).text() == "f: 文件是空的；应有项目资料或规则内容；请填写后再试"
    assert Problem(ProblemCode.PERIOD, Place("f", 2), "effective").text("en") == (
        "f:2: effective: the period ends before it begins; expected to >= from; correct it"
    )


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_a_problem_is_one_printable_line_whatever_was_written(key: str, field: str, file: str) -> None:
    problem = Problem(ProblemCode.INTERNAL_FACT, Place(file, 1), field, {"key": key})
    for lang in ("zh", "en"):
        assert problem.text(lang).isprintable()


def test_what_cannot_be_printed_is_escaped() -> None:
    problem = Problem(ProblemCode.INTERNAL_FACT, Place("f"), values={"key": "a\nb\x1b[31m\u202e\ud800"})
    assert "“a\\nb\\x1b[31m\\u202e\\ud800”" in problem.text()


# --- errors ------------------------------------------------------------------------------------------------------


def test_problems_are_ordered_by_place() -> None:
    places = [Place("b", 1), Place("a", 10), Place("a", 9), Place("a", 9, 4)]
    error = InputError(Problem(ProblemCode.PERIOD, place) for place in places)
    assert [problem.place for problem in error.problems] == [
        Place("a", 9),
        Place("a", 9, 4),
        Place("a", 10),
        Place("b", 1),
    ]
    assert str(error) == error.text()
    assert len(error.text("en").split("\n")) == 4


@pytest.mark.parametrize("kind", [InputError, RulebookError])
def test_problem_errors_can_be_sent_to_another_process(kind: type[ProblemsError]) -> None:
    values = {"guess": Phrase("未知编码", "an unknown encoding")}
    error = kind([Problem(ProblemCode.ENCODING, Place("f", 1), "x", values)])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.problems == error.problems
    assert again.text("en") == error.text("en")


def test_errors_carry_their_data() -> None:
    condition = ConditionError(ProblemCode.CONDITION_NODE, node="Select")
    assert (condition.code, condition.values) == (ProblemCode.CONDITION_NODE, {"node": "Select"})
    assert "Select is not part of the condition language" in str(condition)
    absent = NotInForceError("park x", date(2026, 11, 24), "never")
    assert (absent.subject, absent.on, absent.reason) == ("park x", date(2026, 11, 24), "never")
    assert "2026-11-24" in str(absent)
    extra = MissingExtraError("audit", "frames")
    assert (extra.feature, extra.extra) == ("audit", "frames")
    assert "pip install 'admission[frames]'" in str(extra)


def test_the_drawn_tree_is_the_tree() -> None:
    drawing = admission.errors.__doc__ or ""
    kinds = [kind for name in admission.errors.__all__ if isinstance(kind := getattr(admission.errors, name), type)]
    errors = [kind for kind in kinds if issubclass(kind, AdmissionError)]
    assert all(f" {kind.__name__} " in drawing or f"{kind.__name__}  " in drawing for kind in errors)
    assert {kind for kind in errors if issubclass(kind, ProblemsError)} == {
        ProblemsError,
        InputError,
        RulebookError,
        StepError,
    }
