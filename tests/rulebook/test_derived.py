"""Facts that follow from others: their order, their values, and what to ask instead of them."""

from __future__ import annotations

import pickle
from datetime import date

import pytest

from admission.errors import ConditionError, ProblemCode
from admission.logic.builder import ConditionsBuilder
from admission.logic.derive import Derivations
from admission.vocabulary import FactType, Value
from tests.rulebook.sources import base_rulebook

BOOK = base_rulebook()
Facts = dict[str, Value | None]


def _derived(facts: Facts, derivations: Derivations = BOOK.derivations) -> Facts:
    found = dict(facts)
    assert derivations.derive(found) == ()
    return {name: value for name, value in found.items() if name not in facts and value is not None}


def test_a_derived_fact_comes_after_those_it_reads() -> None:
    names = [fact.name for fact in BOOK.derived]
    assert names.index("is_large") < names.index("is_huge_new_build")
    assert set(names) == {fact.name for fact in BOOK.vocabulary.derived}


NEW = frozenset({"new"})
NOT_STATED: Facts = {"coating_is_stated": False, "is_stated_new_build": False}


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, NOT_STATED),  # `is null` has a value when nothing is known
        ({"nature": NEW}, NOT_STATED),
        ({"furnace": "electric"}, {**NOT_STATED, "has_electric_furnace": True}),
        ({"furnace": "cupola"}, NOT_STATED),  # a CASE without ELSE only ever confirms
        (
            {"coating_t_per_year": 10.0},
            {"coating_is_stated": True, "is_large": True, "otherwise": False, "doubled_coating_t_per_year": 20.0},
        ),
        (
            {"coating_t_per_year": 9.0, "nature": NEW},
            {
                "coating_is_stated": True,
                "is_stated_new_build": True,
                "is_large": False,
                "is_huge_new_build": False,
                "doubled_coating_t_per_year": 18.0,
            },
        ),
        ({"is_large": True, "nature": NEW}, {**NOT_STATED, "is_huge_new_build": True, "otherwise": False}),
    ],
)
def test_what_follows_from_what_is_known(stated: Facts, expected: Facts) -> None:
    assert _derived(stated) == expected
    assert _derived(stated, pickle.loads(pickle.dumps(BOOK.derivations))) == expected


def test_a_stated_value_stands_and_a_contradiction_is_told() -> None:
    facts: Facts = {"coating_t_per_year": 10.0, "is_large": False, "nature": NEW}
    (found,) = BOOK.derivations.derive(facts)
    assert (found.fact.name, found.stated, found.derived) == ("is_large", False, True)
    assert facts["is_large"] is False
    assert facts["is_huge_new_build"] is False  # what follows, follows from the stated value
    assert BOOK.derivations.derive({"coating_t_per_year": 10.0, "is_large": True}) == ()


def test_what_a_fact_bears_on() -> None:
    assert BOOK.derivations.following(["nature", "no_such_fact"]) == {"is_huge_new_build", "is_stated_new_build"}
    assert BOOK.derivations.following([]) == frozenset()


def test_what_must_be_computed_again_when_facts_change() -> None:
    always = ["coating_is_stated", "is_stated_new_build"]
    concerned = BOOK.derivations.concerned
    assert sorted(fact.name for fact in concerned(["no_such_fact"])) == always
    assert {fact.name for fact in concerned(["is_large"])} == {*always, "is_huge_new_build", "is_large", "otherwise"}
    assert "has_electric_furnace" in {fact.name for fact in concerned(["furnace"])}


@pytest.mark.parametrize(
    ("names", "values", "expected"),
    [
        (["is_large"], {}, ("coating_t_per_year",)),  # asked through what it follows from
        (["is_huge_new_build"], {}, ("coating_t_per_year", "nature")),
        (["is_huge_new_build"], {"nature": NEW}, ("coating_t_per_year",)),
        (["is_huge_new_build", "nature"], {}, ("coating_t_per_year", "nature")),  # once each
        (["has_electric_furnace"], {}, ("has_electric_furnace",)),  # its formula can only confirm it
        (["otherwise"], {}, ("coating_t_per_year",)),  # an internal fact is never asked itself
        (["nothing_else"], {}, ()),
        (["is_large"], {"coating_t_per_year": 1.0, "is_large": None}, ("is_large",)),  # nothing left to ask through
        ([], {}, ()),
    ],
)
def test_what_to_ask_for_an_unknown_fact(names: list[str], values: Facts, expected: tuple[str, ...]) -> None:
    assert BOOK.terms.askable(names, values) == expected
    assert BOOK.in_force("a", on=date(2026, 3, 1)).askable(names, values) == expected


def test_the_same_words_are_checked_for_every_use() -> None:
    """A formula that is a number for one rule is still no condition for the next."""
    builder = ConditionsBuilder(BOOK.vocabulary)
    tree = builder.add("coating_t_per_year * 2", FactType.NUMBER)
    assert builder.add("coating_t_per_year * 2", None) is tree
    with pytest.raises(ConditionError) as raised:
        builder.add("coating_t_per_year * 2")
    assert raised.value.code is ProblemCode.CONDITION_TYPE


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("in_entry_sensitive_area", True, True),
        ("not in_entry_sensitive_area", True, False),
        ("in_entry_sensitive_area and is_large", False, False),
        ("is_large or (not in_entry_sensitive_area and has_boiler)", False, True),
        ("bank_distance_m > 5 and in_entry_sensitive_area", True, True),
    ],
)
def test_sensitive_areas_may_stand_anywhere_among_and_or_not(text: str, known: bool, expected: bool) -> None:
    builder = ConditionsBuilder(BOOK.vocabulary)
    builder.add(text, sensitive_areas=("reserve",))
    (key,) = builder.trees
    areas = frozenset({"reserve"}) if known else frozenset({"wetland"})
    facts: Facts = {"sensitive_areas": areas, "is_large": False, "has_boiler": True, "bank_distance_m": 9.0}
    assert key != text
    assert builder.build().function(key)(facts.get) is expected
    assert builder.build().tree(key) == builder.trees[key]
