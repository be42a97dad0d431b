"""What a hash stands for: the content, not the file, its place, its order or its comments."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from admission.rulebook import Rulebook, SourceFile, load_rulebook
from admission.rulebook.loading import load_sources
from tests.rulebook.sources import BASE, base_files, base_rulebook, changed

DAY = date(2025, 3, 1)


def _hashes(book: Rulebook) -> tuple[str, str]:
    return book.sha256, book.in_force("a", on=DAY).sha256


def test_the_place_and_the_order_of_files_do_not_matter(tmp_path: Path) -> None:
    moved = shutil.copytree(BASE, tmp_path / "elsewhere" / "rules")
    (moved / "parks.yaml").rename(moved / "a-parks.yaml")
    expected = _hashes(base_rulebook())
    assert _hashes(load_rulebook(moved, cache=False)) == expected
    assert _hashes(load_sources(tuple(reversed(base_files())))) == expected


LEVELS = "levels: [report, form]"
LABELS = "level_labels:\n  report: {zh: 报告书, en: Report}\n  form: {zh: 报告表, en: Form}"
SAME: list[tuple[str, str, str]] = [
    ("lists.yaml", "edition: NAT\n", "# a comment\nedition: NAT\n"),
    ("lists.yaml", "title: {zh: 国家清单, en: National list}", "title:\n  zh: 国家清单\n  en: National list"),
    (
        "eia.yaml",
        LEVELS + "\n" + LABELS + "\nprovenance: 测试\n---\n",
        LABELS + "\n" + LEVELS + "\nprovenance: 测试\n---\n",
    ),
]


@pytest.mark.parametrize(("name", "old", "new"), SAME)
def test_comments_and_layout_do_not_matter(name: str, old: str, new: str) -> None:
    assert _hashes(load_sources(changed(name, old, new))) == _hashes(base_rulebook())


DIFFERENT: list[tuple[str, str, str]] = [
    ("lists.yaml", "when: bank_distance_m <= 1000\n", "when: bank_distance_m < 1000\n"),
    ("lists.yaml", "    article: 第二条\n", "    article: 第二条第一款\n"),
    ("lists.yaml", "number: 第1号", "number: 第2号"),  # the citation of every clause of the edition
    ("eia.yaml", "coating_t_per_year >= 10 or", "coating_t_per_year > 10 or"),
    ("eia.yaml", "sensitive_areas: [reserve]", "sensitive_areas: [wetland]"),
    ("parks.yaml", "fact: bank_distance_m, value: 5000", "fact: bank_distance_m, value: 5001"),
    ("vocabulary/words.yaml", "define: coating_t_per_year >= 10", "define: coating_t_per_year > 10"),
    ("vocabulary/words.yaml", "range: [0, 1000]", "range: [0, 2000]"),
    ("vocabulary/codes.csv", "阀门和旋塞制造", "阀门制造"),
    ("duties.yaml", "done_by: [filed]", "done_by: []"),
    ("duties.yaml", "weight: 60\n    basis: {zh: 规划", "weight: 60\n    basis: {zh: 园区规划"),
]


@pytest.mark.parametrize(("name", "old", "new"), DIFFERENT)
def test_a_change_of_rule_fact_or_park_shows(name: str, old: str, new: str) -> None:
    book, ruleset = _hashes(base_rulebook())
    other_book, other_ruleset = _hashes(load_sources(changed(name, old, new)))
    assert book != other_book
    assert ruleset != other_ruleset


def test_only_what_is_in_force_counts_for_the_ruleset() -> None:
    """A change of an edition that has not begun changes the rulebook, not the rules of the day."""
    files = changed(
        "eia.yaml", "effective: {from: 2027-01-01, to: 2028-12-31}", "effective: {from: 2027-01-01, to: null}"
    )
    book, ruleset = _hashes(base_rulebook())
    other_book, other_ruleset = _hashes(load_sources(files))
    assert book != other_book
    assert ruleset == other_ruleset


def test_one_rule_changes_and_the_others_keep_their_hashes() -> None:
    other = load_sources(changed("lists.yaml", "when: bank_distance_m <= 1000\n", "when: bank_distance_m < 1000\n"))
    before = {owned.rule.id: owned.sha256 for owned in base_rulebook().items}
    after = {owned.rule.id: owned.sha256 for owned in other.items}
    assert {rule for rule in before if before[rule] != after[rule]} == {"NAT-01"}


def test_two_days_with_the_same_rules_have_the_same_hash_and_two_parks_do_not() -> None:
    book = base_rulebook()
    assert book.in_force("a", on=DAY).sha256 == book.in_force("a", on=date(2025, 3, 2)).sha256
    assert book.in_force("a", on=DAY).sha256 != book.in_force("b", on=DAY).sha256
    assert book.in_force("b", on=DAY).sha256 != book.in_force(on=DAY).sha256


def test_a_rule_may_not_move_to_another_edition_unseen() -> None:
    files: list[SourceFile] = []
    for name, data in base_files():
        text = data.decode()
        files.append((name, text.replace("edition: EIA-1\nentries", "edition: EIA-2\nentries").encode()))
    moved = load_sources(files)
    before = {owned.rule.id: owned.sha256 for owned in base_rulebook().entries}
    assert all(owned.sha256 != before[owned.rule.id] for owned in moved.entries)
