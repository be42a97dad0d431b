"""EIA and permit classes: matching, levels, the strictest of several, no catalogue on the day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admission.rulebook import Catalogue
from admission.screening import Component, Decision, Verdict
from admission.screening.classes import classifications, still_open
from admission.screening.facts import component_facts
from tests.screening.small import catalogue, component, decide, entry, flat, item, project, rulebook, ruleset

LEVELS = {"report": "a", "form": "b"}
ALL = {"report": "true"}
VALVE = {"industry": ["3443"]}


def eia(*entries: dict[str, Any], **facts: Any) -> Decision:
    return decide(rulebook(eia=entries), flat(**facts))


def possible(*entries: dict[str, Any], **facts: Any) -> list[str]:
    found = eia(*entries, **facts).eia
    assert (found.level is None) == (len(found.possible) > 1)
    return list(found.possible)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"a": True}, ["report"]),
        ({"a": False, "b": True}, ["form"]),
        ({"a": False, "b": False}, ["none"]),
        ({"b": True}, ["report", "form"]),
        ({"a": False}, ["form", "none"]),
        ({"b": False}, ["report", "none"]),
        ({}, ["report", "form", "none"]),
    ],
)
def test_the_first_true_level_governs_and_unknown_ones_stay_possible(
    facts: dict[str, Any], expected: list[str]
) -> None:
    assert possible(entry("E1", LEVELS, industries=["344"]), **VALVE, **facts) == expected


@pytest.mark.parametrize(
    ("prefixes", "codes", "expected"),
    [
        (["34"], ["3443"], ["report"]),
        (["344"], ["344"], ["report"]),
        (["3443"], ["344"], ["report", "none"]),
        (["3443"], ["34"], ["report", "none"]),
        (["33"], ["3443"], ["none"]),
        (["33", "-3391"], ["3391"], ["none"]),
        (["33", "-3391"], ["3392"], ["report"]),
        (["33", "-3391"], ["339"], ["report", "none"]),
        (["3391", "-3391"], ["33"], ["report", "none"]),
        (["33", "-3391"], ["3391", "3392"], ["report"]),
        (["33", "-3391"], ["3391", "339"], ["report", "none"]),
        (["33", "-3391"], ["3443"], ["none"]),
        ([], ["3443"], ["none"]),
    ],
)
def test_codes_match_by_prefix_and_coarse_ones_stay_open(
    prefixes: list[str], codes: list[str], expected: list[str]
) -> None:
    assert possible(entry("E1", ALL, industries=prefixes), industry=codes) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"activity": ["boiler"]}, ["report"]),
        ({"activity": ["storage"]}, ["none"]),
        ({"activity": ["storage"], "a": True}, ["report"]),
        ({"industry": ["3443"], "a": False}, ["none"]),
        ({"industry": ["3443"]}, ["report", "none"]),
        ({"a": True}, ["report"]),
        ({}, ["report", "none"]),
    ],
)
def test_an_entry_without_codes_matches_by_activity_or_by_what_is_done(
    facts: dict[str, Any], expected: list[str]
) -> None:
    found = {"a": False, **facts} if facts.get("activity") == ["storage"] else facts
    assert possible(entry("E1", ALL, activities=["boiler"], implied_by="a"), **found) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["47"], ["report"]),
        (["3443"], ["none"]),
        (["34"], ["report", "none"]),
        ([], ["none"]),
        (None, ["report", "none"]),
    ],
)
def test_all_other_industries_are_those_under_no_entry(codes: list[str] | None, expected: list[str]) -> None:
    entries = [entry("E1", {}, industries=["344"]), entry("E2", ALL, industries_other=True)]
    given = {} if codes is None else {"industry": codes, "activity": []}
    assert possible(*entries, **given) == expected


@pytest.mark.parametrize(("scope", "expected"), [(True, ["report"]), (False, ["none"]), (None, ["report", "none"])])
def test_outside_its_scope_an_entry_gives_no_level(scope: bool | None, expected: list[str]) -> None:
    facts = {} if scope is None else {"c": scope}
    assert possible(entry("E1", ALL, industries=["344"], scope="c"), **VALVE, **facts) == expected


def test_sensitive_areas_are_those_of_the_entry() -> None:
    when = {"report": "in_entry_sensitive_area", "form": "true"}
    entries = [
        entry("E1", when, industries=["344"], sensitive_areas=["reserve"]),
        entry("E2", when, industries=["344"], sensitive_areas=["wetland"]),
    ]
    found = eia(*entries, **VALVE, sensitive_areas=["wetland"]).eia
    assert [(line.rule, line.level) for line in found.entries] == [("E2", "report"), ("E1", "form")]


WORKSHOP, YARD = {"industry": ["3443"]}, {"industry": ["3391"]}


@pytest.mark.parametrize(
    ("workshop", "yard", "expected"),
    [
        ({"a": True}, {"a": False, "b": True}, ["report"]),
        ({"a": False, "b": False}, {"a": False, "b": True}, ["form"]),
        ({"a": False, "b": False}, {"a": False, "b": False}, ["none"]),
        ({"a": False}, {"a": False, "b": True}, ["form"]),
        ({"b": False}, {"a": False, "b": True}, ["report", "form"]),
        ({}, {"a": True}, ["report"]),
        ({"a": False}, {}, ["report", "form", "none"]),
    ],
)
def test_the_strictest_of_all_components_governs(
    workshop: dict[str, Any], yard: dict[str, Any], expected: list[str]
) -> None:
    rules = rulebook(eia=[entry("E1", LEVELS, industries=["33", "34"])])
    about = project(component("车间", **WORKSHOP, **workshop), component("堆场", **YARD, **yard))
    assert list(decide(rules, about).eia.possible) == expected


def test_permit_classes_have_their_own_order() -> None:
    rules = rulebook(permit=[entry("P1", {"key": "a", "simplified": "b", "registration": "true"}, industries=["34"])])
    found = decide(rules, flat(**VALVE, a=False)).permit
    assert (found.level, list(found.possible)) == (None, ["simplified", "registration"])
    assert decide(rules, flat(**VALVE, a=False, b=False)).permit.level == "registration"


def test_entries_are_listed_strictest_first_with_reason_and_citation() -> None:
    entries = [
        entry("E3", LEVELS, industries=["34"]),
        entry("E2", ALL, industries=["344"], scope="c"),
        entry("E1", {"form": "true"}, industries=["3443"]),
        entry("E4", ALL, industries=["3443"]),
        entry("E5", ALL, industries=["33"]),
        entry("E6", {"report": "d"}, industries=["344"]),
    ]
    found = eia(*entries, **VALVE, b=True, c=False, d=False).eia
    lines = [(line.entry, line.level, line.why) for line in found.entries]
    assert lines == [
        ("4", "report", "report栏"),
        ("3", None, "尚不清楚：A"),
        ("1", "form", "form栏"),
        ("2", "none", "不在本项范围：并非“C”"),
        ("6", "none", "不符合本项任何一栏"),
    ]
    assert found.entries[1].needs == ("a",)
    assert found.entries[0].cite.model_dump(exclude_none=True) == {"document": "《EIA》", "article": "第4项"}
    english = decide(rulebook(eia=entries), flat(**VALVE, b=True, c=False, d=False), "en").eia.entries
    assert [line.why for line in english][1:] == [
        "still unknown: a",
        "form栏",
        "outside the entry: not “c”",
        "no cell of the entry is met",
    ]
    assert english[0].cite.article == "entry 4"


def test_entries_that_are_merely_conceivable_are_not_listed() -> None:
    entries = [entry("E1", ALL, industries=["344"]), entry("E2", ALL, activities=["boiler"], implied_by="has_boiler")]
    assert eia(*entries).eia.entries == ()
    assert [line.rule for line in eia(*entries, has_boiler=True).eia.entries] == ["E2"]


def needs(*entries: dict[str, Any], components: tuple[Component, ...] = (), **facts: Any) -> list[str]:
    rules = ruleset(rulebook(eia=entries))
    about = project(*components, **facts) if components else flat(**facts)
    found = classifications(rules, component_facts(about, rules))
    return list(dict.fromkeys(name for name, _ in still_open(found[Catalogue.EIA], rules)))


@pytest.mark.parametrize(
    ("more", "facts", "expected"),
    [
        ({"industries": ["344"]}, VALVE, ["a", "b"]),
        ({"industries": ["344"]}, {**VALVE, "a": True}, []),
        ({"industries": ["3443"]}, {"industry": ["34"], "a": True}, ["industry"]),
        ({"industries": ["33", "-3391"]}, {"industry": ["339"], "a": True}, ["industry"]),
        ({"industries": ["344"], "scope": "c"}, {**VALVE, "a": True}, ["c"]),
        ({"industries": ["344"], "implied_by": "d"}, {**VALVE, "a": True}, []),
        ({"industries": ["33"], "implied_by": "d"}, {**VALVE, "a": True}, ["d"]),
        ({"activities": ["boiler"], "implied_by": "d and e"}, {**VALVE, "a": True, "d": True}, ["e"]),
        ({"industries": ["344"]}, {}, ["industry"]),
        ({"activities": ["boiler"]}, {}, ["activity"]),
        ({"activities": ["boiler"], "industries": ["344"], "implied_by": "d"}, {}, ["industry", "activity"]),
        ({"activities": ["boiler"], "implied_by": "d"}, {"d": True}, ["a", "b"]),
    ],
)
def test_what_an_open_class_hangs_on(more: dict[str, Any], facts: dict[str, Any], expected: list[str]) -> None:
    assert needs(entry("E1", LEVELS, **more), **facts) == expected


def test_what_cannot_make_the_class_stricter_is_not_asked() -> None:
    settled = entry("E1", {"form": "true"}, industries=["344"])
    stricter = entry("E2", {"report": "a", "form": "b", "registration": "c"}, industries=["344"])
    milder = entry("E3", {"form": "d", "registration": "e"}, industries=["344"], scope="f")
    anything = component("不明")
    assert needs(settled, stricter, milder, **VALVE) == ["a"]
    assert needs(settled, milder, components=(component("车间", **VALVE), anything)) == []
    assert needs(settled, stricter, components=(component("车间", **VALVE, a=False), anything)) == ["industry"]


def test_other_industries_ask_for_a_finer_code() -> None:
    entries = [entry("E1", ALL, industries=["344"], scope="c"), entry("E2", ALL, industries_other=True)]
    assert needs(*entries, industry=["34"], c=False) == ["industry"]


@pytest.mark.parametrize(
    ("effective", "reason", "words"),
    [
        ({"from": "2027-01-01"}, "not_yet", "尚未施行"),
        ({"from": "2020-01-01", "to": "2021-12-31"}, "ended", "已经失效"),
        (None, "never", "规则库中没有"),
    ],
)
def test_without_a_catalogue_every_class_is_possible_and_a_person_decides(
    effective: dict[str, str] | None, reason: str, words: str
) -> None:
    editions = [catalogue("permit")] if effective is None else [catalogue("eia", effective), catalogue("permit")]
    rules = rulebook(catalogues=editions)
    found = decide(rules, flat(**VALVE))
    assert (found.eia.level, list(found.eia.possible)) == (None, ["report", "form", "registration", "none"])
    assert found.eia.entries == ()
    assert (found.verdict, list(found.possible_verdicts)) == (Verdict.REVIEW, ["review"])
    (finding,) = found.findings
    assert (finding.outcome, finding.rule) == ("review", "eia" if effective is None else "EIA")
    assert finding.trace == {"absent": "eia", "reason": reason, "value": None}
    assert words in finding.why
    assert "2026-03-01" in decide(rules, flat(**VALVE), "en").findings[0].why
    assert found.permit.level == "none"


def test_a_missing_catalogue_comes_after_what_rejects() -> None:
    rules = rulebook(item("R", "prohibit", "a"), item("Z", "prohibit", "b"), catalogues=[])
    found = decide(rules, flat(a=True, b=False), on=date(2026, 1, 1))
    assert [finding.rule for finding in found.findings] == ["R", "eia", "permit", "Z"]
    assert found.verdict is Verdict.REJECT
