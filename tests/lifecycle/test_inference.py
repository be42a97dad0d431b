"""Both engines draw the same conclusions, whatever the order of arrival, and come to an end."""

from __future__ import annotations

import builtins
import itertools
import operator
import random
import sys
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission.errors import MissingExtraError, StepsExceededError
from admission.lifecycle import fixpoint
from admission.lifecycle.fixpoint import Fixpoint
from admission.lifecycle.inference import engine
from admission.lifecycle.symbols import Chain, Comparison, Given, Symbol
from tests.lifecycle.histories import chains, random_symbols

durable = pytest.importorskip("admission.lifecycle.durable", reason="durable_rules cannot be had on this machine")
EXAMPLES, EACH = 110, 100
"""11,000 histories a run."""


@settings(max_examples=EXAMPLES, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_both_engines_agree_on_every_history_in_any_order(seed: int) -> None:
    draw = random.Random(seed)
    plain, fast = engine(chains(), "fixpoint"), engine(chains(), "durable_rules")
    for _ in range(EACH):
        symbols = random_symbols(draw, 3)
        expected = plain.conclude(symbols)
        draw.shuffle(symbols)
        assert fast.conclude(symbols) == expected, symbols


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64))
def test_the_order_of_arrival_does_not_matter(seed: int) -> None:
    draw = random.Random(seed)
    symbols = random_symbols(draw, 12)
    shuffled = draw.sample(symbols, len(symbols))
    for name in ("fixpoint", "durable_rules"):
        assert engine(chains(), name).conclude(symbols) == engine(chains(), name).conclude(shuffled)


def test_every_duty_gets_a_status_from_every_combination_of_states() -> None:
    plain = engine(chains(), "fixpoint")
    for duty in ("on", "maybe"):
        for act in ("done", "done-open", "none", "none-open"):
            for limit in ("set", "set-open", "free", "free-open"):
                for act_day, limit_day, today in ((3, 5, 4), (3, 5, 9), (5, 5, 5), (7, 5, 8), (7, 5, 4)):
                    symbols = [
                        Symbol("today", "is", day=today),
                        Symbol("duty", duty, "d"),
                        Symbol("act", act, "d", day=act_day if act.startswith("done") else 0),
                        Symbol("limit", limit, "d", day=limit_day if limit.startswith("set") else 0),
                    ]
                    states = {found.state for found in plain.conclude(symbols) if found.kind == "status"}
                    assert len(states) == 1, symbols


@pytest.mark.parametrize("duty", ["on", "maybe"])
@pytest.mark.parametrize("act", ["done-open", "none-open"])
@pytest.mark.parametrize("limit", ["set", "set-open", "free", "free-open"])
def test_an_open_act_never_makes_a_breach(duty: str, act: str, limit: str) -> None:
    symbols = [Symbol("today", "is", day=9), Symbol("duty", duty, "d"), Symbol("act", act, "d", day=8)]
    symbols += [
        Symbol("limit", limit, "d", day=5),
        Symbol("breaks", "late", "d", "b"),
        Symbol("breaks", "overdue", "d", "b"),
    ]
    found = engine(chains(), "fixpoint").conclude(symbols)
    assert not [symbol for symbol in found if symbol.kind == "breach"]


@pytest.mark.parametrize("name", ["fixpoint", "durable_rules"])
def test_nothing_follows_from_nothing(name: str) -> None:
    assert engine(chains(), name).conclude([]) == frozenset()


@pytest.mark.parametrize("name", ["fixpoint", "durable_rules"])
def test_what_no_rule_looks_for_is_no_trouble(name: str) -> None:
    assert engine(chains(), name).conclude([Symbol("weather", "fine"), Symbol("weather", "fine")]) == frozenset()


ENDLESS = (
    Chain(
        "pair", (Given("a", "s", "x", None, "t"), Given("a", "s", "y", None, "u")), (), Given("p", "s", "x", "y", None)
    ),
    Chain(
        "cross", (Given("p", "s", "x", "y", None), Given("p", "s", "z", "w", None)), (), Given("q", "s", "x", "w", None)
    ),
)


@pytest.mark.parametrize("kind", [Fixpoint, durable.Durable])
def test_conclusions_are_bounded(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixpoint, "STEPS", 20)
    monkeypatch.setattr(durable, "STEPS", 20)
    with pytest.raises(StepsExceededError, match="20"):
        kind(ENDLESS).conclude([Symbol("a", "s", f"n{number}") for number in range(9)])


def test_a_run_after_an_error_starts_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    found = durable.Durable(ENDLESS)
    monkeypatch.setattr(durable, "STEPS", 20)
    with pytest.raises(StepsExceededError):
        found.conclude([Symbol("a", "s", f"n{number}") for number in range(9)])
    monkeypatch.undo()
    assert found.conclude([Symbol("a", "s", "n")]) == Fixpoint(ENDLESS).conclude([Symbol("a", "s", "n")])


def test_threads_share_one_engine() -> None:
    shared, plain = engine(chains(), "durable_rules"), engine(chains(), "fixpoint")
    work = [random_symbols(random.Random(number), 6) for number in range(40)]
    found: list[object] = [None] * len(work)

    def run(first: int) -> None:
        for position in range(first, len(work), 4):
            found[position] = shared.conclude(work[position])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [plain.conclude(symbols) for symbols in work]


@pytest.mark.parametrize(("operator", "expected"), [("<=", {3, 5}), ("<", {3}), (">", {7}), (">=", {5, 7})])
@pytest.mark.parametrize("turned", [False, True])
def test_every_comparison_on_either_side(operator: str, expected: set[int], turned: bool) -> None:
    mirrored = operator.translate(str.maketrans("<>", "><"))
    where = Comparison("b", mirrored, "a") if turned else Comparison("a", operator, "b")  # type: ignore[arg-type]
    patterns = (Given("l", "s", None, None, "a"), Given("r", "s", None, None, "b"))
    for given_patterns in (patterns, patterns[::-1]):
        rule = (Chain("c", given_patterns, (where,), Given("out", "s", None, None, "a")),)
        symbols = [Symbol("l", "s", day=day) for day in (3, 5, 7)] + [Symbol("r", "s", day=5)]
        for kind in (Fixpoint, durable.Durable):
            assert {symbol.day for symbol in kind(rule).conclude(symbols)} == expected


def test_without_durable_rules_the_plain_engine_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **keywords: Any) -> Any:
        if name.startswith(("durable", "admission.lifecycle.durable")):
            raise ImportError(name)
        return real(name, *args, **keywords)

    engine.cache_clear()
    monkeypatch.delitem(sys.modules, "admission.lifecycle.durable", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    try:
        assert engine(ENDLESS).name == "fixpoint"
        with pytest.raises(MissingExtraError):
            engine(ENDLESS, "durable_rules")
    finally:
        engine.cache_clear()


def test_a_failure_inside_the_engine_is_not_kept_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    found = durable.Durable(ENDLESS)

    def fail(*_: object) -> Symbol:
        raise ValueError("broken")

    monkeypatch.setattr(durable, "_conclusion", fail)
    with pytest.raises(ValueError, match="broken"):
        found.conclude([Symbol("a", "s", "n"), Symbol("a", "s", "m")])
    monkeypatch.undo()
    assert found.conclude([Symbol("a", "s", "n"), Symbol("a", "s", "m")])


@pytest.mark.parametrize("name", ["fixpoint", "durable_rules"])
def test_a_run_in_which_no_rule_fires_leaves_the_interpreter_alive(name: str) -> None:
    found = engine(chains(), name)
    for number in range(50):
        assert found.conclude([Symbol("today", "is", day=7)]) == frozenset()
        assert found.conclude([Symbol("duty", "on", f"d{number}"), Symbol("today", "is", day=7)]) == frozenset()


SHAPES = (
    # the same variable as name and as maker, twice the same pattern, no name at all, one pattern only
    (Chain("self", (Given("a", "s", "x", "x", None),), (), Given("out", "s", "x", None, None)),),
    (
        Chain(
            "twice",
            (Given("a", "s", "x", "y", "t"), Given("a", "s", "y", "x", "u")),
            (Comparison("t", "<", "u"),),
            Given("out", "s", "x", "y", "u"),
        ),
    ),
    (
        Chain(
            "loose",
            (Given("a", "s", None, None, "t"), Given("b", "s", "x", "y", "t")),
            (),
            Given("a", "r", "y", None, "t"),
        ),
        Chain(
            "on",
            (Given("a", "r", "x", None, "t"), Given("b", "s", "x", None, None)),
            (),
            Given("a", "s", "x", None, "t"),
        ),
    ),
)


@pytest.mark.parametrize("shape", range(len(SHAPES)))
def test_chains_of_any_shape_give_what_trying_every_combination_gives(shape: int) -> None:
    draw, chains_ = random.Random(shape), SHAPES[shape]
    for _ in range(300):
        symbols = {
            Symbol(draw.choice("ab"), draw.choice("sr"), draw.choice("xy"), draw.choice("xy"), draw.randint(1, 3))
            for _ in range(draw.randint(0, 6))
        }
        assert Fixpoint(chains_).conclude(symbols) == _by_trying(chains_, symbols)


def _by_trying(rules: tuple[Chain, ...], symbols: set[Symbol]) -> frozenset[Symbol]:
    compare = {"<=": operator.le, "<": operator.lt, ">": operator.gt, ">=": operator.ge}
    known = set(symbols)
    while True:
        found = set()
        for rule in rules:
            for chosen in itertools.permutations(known, len(rule.given)):
                values: dict[str, object] = {"": "-"}
                fits = all(
                    (symbol.kind, symbol.state) == (given.kind, given.state)
                    and all(
                        variable is None or values.setdefault(variable, value) == value
                        for variable, value in zip(given[2:], symbol[2:], strict=True)
                    )
                    for given, symbol in zip(rule.given, chosen, strict=True)
                )
                if fits and all(compare[t.operator](values[t.left], values[t.right]) for t in rule.where):  # type: ignore[operator]
                    of, by = (values[variable or ""] for variable in rule.then[2:4])
                    day = values[rule.then.day] if rule.then.day else 0
                    found.add(Symbol(rule.then.kind, rule.then.state, str(of), str(by), day))  # type: ignore[arg-type]
        if found <= known:
            return frozenset(known - symbols)
        known |= found
