from __future__ import annotations

import pytest
from hypothesis import given

from admission.logic import walk
from admission.logic.nodes import Constant, Expr, children
from admission.logic.parse import parse
from admission.review.changes import tree_changes, with_children
from tests.logic.strategies import conditions


def words(text: str) -> list[str]:
    return [change.words for change in tree_changes(parse(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", ["true → false"]),
        ("x >= 10", [">= → >", ">= → <", "10 → 9.9", "10 → 10.1", "not x"]),
        ("0 < x", ["< → <=", "< → >=", "0 → -0.01", "0 → 0.01", "not x"]),
        ("a and b", ["and → or", "without part 1", "without part 2", "not a", "not b"]),
        ("a or not b", ["or → and", "without part 1", "without part 2", "not a", "without not", "not b"]),
        ("under(i, '33', '34')", ["not under i", "without code 33", "without code 34"]),
        ("under(i, '33')", ["not under i"]),
        ("any_of(s, 'a', 'b')", ["not any_of s", "without member a", "without member b"]),
        ("e in ('a', 'b')", ["not in", "without option a", "without option b", "not e"]),
        ("e = 'a'", ["= → !=", "not e"]),
        ("d < DATE '2026-08-15'", ["< → <=", "< → >=", "2026-08-15 -1 day", "2026-08-15 +1 day", "not d"]),
    ],
)
def test_every_one_step_change(text: str, expected: list[str]) -> None:
    assert [found for found in words(text)] == expected


def test_the_areas_of_an_entry_are_one_claim() -> None:
    text = "CASE WHEN in_entry_sensitive_area is null THEN any_of(sensitive_areas, 'a', 'b') ELSE in_entry_sensitive_area END"
    assert words(text) == ["not in_entry_sensitive_area", "without area a", "without area b"]


@given(conditions())
def test_a_change_changes_one_place_and_never_nothing(tree: Expr) -> None:
    for change in tree_changes(tree):
        assert change.tree != tree
        if change.pair is not None:
            node = tree
            for step in change.path:
                node = children(node)[step]
            assert node == change.pair[0]


@given(conditions())
def test_children_can_be_put_back(tree: Expr) -> None:
    for node in walk(tree):
        assert with_children(node, children(node)) == node
    assert isinstance(Constant(True), Constant)
