"""Derived facts: the indexed way gives what computing every one of them gives."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from admission.logic import Conditions, Derivations, derive
from admission.logic.parse import parse
from admission.vocabulary import Fact, Value

DEFINITIONS = {
    "heated": "CASE WHEN boiler > 0 THEN TRUE WHEN boiler = 0 THEN FALSE END",
    "silent": "plain is null",
    "louder": "silent and not plain",
    "warm": "heated or other",
    "hot": "warm and boiler >= 10",
    "total": "boiler + second",
}
SOURCES: dict[str, tuple[Value | None, ...]] = {
    "boiler": (None, 0.0, 2.0, 10.0),
    "second": (None, 0.0, 1.0),
    "plain": (None, True, False),
    "other": (None, True, False),
}


def fact(name: str, define: str) -> Fact:
    return Fact.model_validate(
        {
            "name": name,
            "type": "number" if name == "total" else "bool",
            "label": {"zh": name, "en": name},
            "meaning": {"zh": name, "en": name},
            "internal": True,
            "define": define,
        }
    )


ORDER = tuple(fact(name, define) for name, define in DEFINITIONS.items())
CONDITIONS = Conditions({define: parse(define) for define in DEFINITIONS.values()})
DERIVATIONS = Derivations(ORDER, CONDITIONS)
STATED = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in SOURCES.items()},
    optional={name: st.sampled_from((None, True, False)) for name in DEFINITIONS if name != "total"},
)


@given(STATED)
def test_the_index_leaves_nothing_out(stated: dict[str, Value | None]) -> None:
    everything, indexed = dict(stated), dict(stated)
    refuted = derive(everything, ORDER, CONDITIONS)
    assert DERIVATIONS.derive(indexed) == refuted
    assert {k: v for k, v in indexed.items() if v is not None} == {k: v for k, v in everything.items() if v is not None}


def test_only_what_can_have_a_value_is_computed() -> None:
    assert [item.name for item in DERIVATIONS.concerned([])] == ["silent", "louder"]
    assert [item.name for item in DERIVATIONS.concerned(["other"])] == ["silent", "louder", "warm", "hot"]
    assert [item.name for item in DERIVATIONS.concerned(["total"])] == ["silent", "louder", "total"]


def test_what_follows_from_a_fact_goes_all_the_way() -> None:
    assert DERIVATIONS.following(["boiler"]) == {"heated", "warm", "hot", "total"}
    assert DERIVATIONS.following(["plain", "unheard-of"]) == {"silent", "louder"}


def test_a_refuted_statement_is_returned_and_stands() -> None:
    facts: dict[str, Value | None] = {"boiler": 2.0, "heated": False}
    (found,) = DERIVATIONS.derive(facts)
    assert (found.fact.name, found.stated, found.derived) == ("heated", False, True)
    assert facts["heated"] is False


def test_derivations_survive_the_cache() -> None:
    facts: dict[str, Value | None] = {"boiler": 12.0, "second": 3.0}
    assert pickle.loads(pickle.dumps(DERIVATIONS)).derive(facts) == ()
    assert (facts["hot"], facts["total"]) == (True, 15.0)
