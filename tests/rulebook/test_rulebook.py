"""What is in force for a park on a day, and why something is not."""

from __future__ import annotations

import pickle
from datetime import date, timedelta

import pytest

from admission.errors import NotInForceError
from admission.logic import condition_key
from admission.rulebook import Absence, Catalogue, Cite, Period, Ruleset, load_rulebook
from admission.rulebook.loading import load_sources
from tests.rulebook.sources import BASE, base_rulebook, changed

DAY = date(2026, 3, 1)
BOOK = base_rulebook()


def _items(ruleset: Ruleset) -> set[str]:
    return {owned.rule.id for owned in ruleset.items}


@pytest.mark.parametrize(
    ("park", "expected"),
    [
        (None, {"NAT-01"}),
        ("a", {"NAT-01", "CITY-01", "PARK-A-01"}),
        ("b", {"NAT-01"}),  # another city, no river basin
        ("c", {"NAT-01"}),  # in the city, but its ruleset extends the national layer only
    ],
)
def test_layers_bind_the_parks_they_apply_to(park: str | None, expected: set[str]) -> None:
    assert _items(BOOK.in_force(park, on=DAY)) == expected


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2021-02-28", set()),
        ("2021-03-01", {"NAT-01"}),
        ("2021-12-31", {"NAT-01"}),
        ("2022-01-01", {"NAT-01", "CITY-01", "RIVER-01"}),  # the item's own period opens
        ("2022-12-31", {"NAT-01", "CITY-01", "RIVER-01"}),
        ("2023-01-01", {"NAT-01", "CITY-01", "PARK-A-01"}),  # … and closes
    ],
)
def test_first_and_last_days_count(on: str, expected: set[str]) -> None:
    assert _items(BOOK.in_force("a", on=date.fromisoformat(on))) == expected


@pytest.mark.parametrize(
    ("on", "edition", "reason"),
    [
        ("2019-12-31", None, "not_yet"),
        ("2020-01-01", "EIA-1", None),
        ("2025-12-31", "EIA-1", None),
        ("2026-01-01", None, "not_yet"),  # between two editions: the next one is to come
        ("2027-01-01", "EIA-2", None),
        ("2028-12-31", "EIA-2", None),
        ("2029-01-01", None, "ended"),
    ],
)
def test_a_day_outside_every_edition_has_a_reason(on: str, edition: str | None, reason: str | None) -> None:
    ruleset = BOOK.in_force("a", on=date.fromisoformat(on))
    found = ruleset.catalogues.get(Catalogue.EIA)
    assert (found.edition.edition if found else None) == edition
    absent = {absence.subject: absence.reason for absence in ruleset.absent}
    assert absent.get("eia") == reason
    assert Absence("permit", "never") in ruleset.absent


def test_an_unknown_park_is_a_typed_error() -> None:
    with pytest.raises(NotInForceError) as raised:
        BOOK.in_force("nowhere", on=DAY)
    assert (raised.value.subject, raised.value.on, raised.value.reason) == ("park nowhere", DAY, "never")


def test_duties_and_scores_follow_their_editions() -> None:
    a, b = BOOK.in_force("a", on=DAY), BOOK.in_force("b", on=DAY)
    assert [owned.rule.id for owned in a.duties] == [owned.rule.id for owned in b.duties] == ["DUTY-1"]
    assert [owned.rule.id for owned in a.criteria] == ["size", "kind"]
    assert not b.criteria
    assert not BOOK.in_force("a", on=date(2020, 12, 31)).duties


@pytest.mark.parametrize(("on", "document"), [("2020-12-31", []), ("2026-08-14", ["某法"]), ("2026-08-15", ["法典"])])
def test_a_duty_cites_the_law_of_the_day(on: str, document: list[str]) -> None:
    (owned,) = BOOK.duties
    day = date.fromisoformat(on)
    assert [cite.document for cite in owned.rule.cites_on(day)] == document
    cites = BOOK.in_force("a", on=day).duty_cites.get("DUTY-1", ())
    assert [cite.document for cite in cites] == document
    assert all(type(cite) is Cite for cite in cites)


def test_a_citation_names_the_document_or_else_the_title() -> None:
    cite = BOOK.editions["NAT"].cite("第一条")
    assert (cite.document, cite.number, cite.article, cite.url) == ("国家清单", "第1号", "第一条", None)


def test_park_facts_have_the_types_of_their_facts() -> None:
    assert dict(BOOK.in_force("a", on=DAY).park_facts) == {
        "has_boiler": False,
        "bank_distance_m": 5000.0,
        "nature": frozenset({"new"}),
        "furnace": "electric",
        "opened_on": date(2010, 6, 1),
        "industry": frozenset({"3443"}),
        "plan_name": "总体规划",
    }
    assert isinstance(BOOK.in_force("a", on=DAY).park_facts["bank_distance_m"], float)
    assert not BOOK.in_force("b", on=DAY).park_facts
    assert not BOOK.in_force(on=DAY).park_facts


def test_the_same_question_gives_the_same_ruleset_and_many_do_not_pile_up() -> None:
    book = load_sources(changed("lists.yaml", "第1号", "第2号"))
    assert book.in_force("a", on=DAY) is book.in_force("a", on=DAY)
    for day in range(200):
        book.in_force("a", on=DAY + timedelta(days=day))
    assert len(book._rulesets) <= 64


def test_names_for_receipts() -> None:
    assert BOOK.in_force("a", on=DAY).name == "a@2026-03-01"
    assert BOOK.in_force(on=DAY).name == "national@2026-03-01"


def test_the_state_of_an_edition_for_a_park() -> None:
    a = BOOK.in_force("a", on=DAY)
    states = {name: a.state(edition) for name, edition in BOOK.editions.items()}
    assert states == {
        "EIA-1": "ended",
        "EIA-2": "not_yet",
        "NAT": "in_force",
        "RIVER": "in_force",
        "CITY": "in_force",
        "PARK-A": "in_force",
        "DUTIES": "in_force",
        "SCORE": "in_force",
    }
    assert BOOK.in_force("b", on=DAY).state(BOOK.editions["CITY"]) is None


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (("2019-01-01", "2019-12-31"), False),
        (("2019-01-01", "2020-01-01"), True),
        (("2020-12-31", None), True),
        (("2021-01-01", None), False),
        (("2019-01-01", None), True),
    ],
)
def test_periods_that_share_a_day_overlap(other: tuple[str, str | None], expected: bool) -> None:
    year = Period.model_validate({"from": "2020-01-01", "to": "2020-12-31"})
    period = Period.model_validate({"from": other[0], "to": other[1]})
    assert year.overlaps(period) is period.overlaps(year) is expected


def test_a_condition_reads_the_facts_behind_its_derived_facts() -> None:
    ruleset = BOOK.in_force("a", on=DAY)
    assert ruleset.reads("is_large and any_of(nature, 'new')") == {"is_large", "coating_t_per_year", "nature"}
    assert ruleset.reads("is_large") == {"is_large", "coating_t_per_year"}
    assert ruleset.reads("is_large") is ruleset.reads("is_large")


def test_the_sensitive_areas_of_an_entry_are_its_own() -> None:
    """本栏目环境敏感区: the same words mean other areas in another entry."""
    words = "coating_t_per_year >= 10 or in_entry_sensitive_area"
    reserve = BOOK.conditions.function(condition_key(words, ("reserve",)))
    facts = {"coating_t_per_year": 1.0, "sensitive_areas": frozenset({"wetland"})}
    assert reserve(facts.get) is False
    assert reserve({**facts, "sensitive_areas": frozenset({"reserve"})}.get) is True
    assert reserve({**facts, "in_entry_sensitive_area": True}.get) is False  # the areas are known
    assert reserve({"coating_t_per_year": 1.0, "in_entry_sensitive_area": True}.get) is True
    assert reserve({"coating_t_per_year": 1.0}.get) is None
    wetland = BOOK.conditions.function(condition_key("not in_entry_sensitive_area", ("wetland",)))
    assert wetland(facts.get) is False


def test_a_catalogue_knows_its_entries_by_code() -> None:
    catalogue = BOOK.in_force(on=date(2025, 3, 1)).catalogues[Catalogue.EIA]
    assert dict(catalogue.prefixes) == {"34": (0,)}
    assert catalogue.below("3") == (0,)
    assert catalogue.below("3") is catalogue.below("3")
    assert catalogue.below("33") == ()
    assert catalogue.is_other(None) is None
    assert catalogue.is_other({"3443"}) is False
    assert catalogue.is_other({"3391"}) is True
    assert catalogue.is_other({"3"}) is None
    assert catalogue.is_other({"3", "3391"}) is True
    assert catalogue.is_other(set()) is False


def test_a_rulebook_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(BOOK))
    one, other = BOOK.in_force("a", on=DAY), copy.in_force("a", on=DAY)
    assert (copy.sha256, other.sha256) == (BOOK.sha256, one.sha256)
    assert other.conditions.function("has_boiler")({"has_boiler": True}.get) is True


def test_the_shipped_rulebook_loads_and_every_id_is_its_own() -> None:
    book = load_rulebook(cache=False)
    ids = [owned.rule.id for owned in (*book.entries, *book.items, *book.duties)] + list(book.editions)
    assert len(ids) == len(set(ids)) > 300
    assert book.retired == ()
    assert book.in_force("shizhu", on=date(2026, 11, 24)).absent == ()


def test_rules_of_ones_own_are_loaded_by_path() -> None:
    assert load_rulebook(BASE, cache=False).sha256 == load_rulebook(str(BASE), cache=False).sha256 == BOOK.sha256
