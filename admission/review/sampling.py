"""Facts at and around every boundary that a condition knows, and facts that make it come out as wanted.

A row is a set of facts as a component has them: derived facts computed, none of them contradicted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from admission.logic import evaluate, facts_of, walk
from admission.logic.nodes import And, AnyOf, Case, Compare, Constant, Expr, FactRef, In, Not, Or, Under, children
from admission.logic.values import shorter_codes
from admission.rulebook import Rulebook
from admission.vocabulary import Fact, FactType, IndustryCodes, Value, Vocabulary, WasteCodes

__all__ = ["Row", "Sampler"]

Row = Mapping[str, Value | None]
_Draft = dict[str, Value | None]
_Pair = tuple[Expr, Expr]
_HALF = 1 / 2
_STEP = 1 / 100
_TRIES = 2


class Sampler:
    """Draws rows for conditions over the facts that bear on `trees`; the same seed gives the same rows."""

    def __init__(self, rulebook: Rulebook, trees: Iterable[Expr], seed: int = 0) -> None:
        self._rulebook = rulebook
        self._random = random.Random(seed)
        self._trees = tuple(self._with_definitions(trees))
        self._pools = self._make_pools()
        facts = rulebook.vocabulary.facts.values()
        self._computed = {fact.name for fact in facts if fact.internal and fact.define is not None}

    def _with_definitions(self, trees: Iterable[Expr]) -> Iterator[Expr]:
        waiting, seen = list(trees), set[str]()
        while waiting:
            tree = waiting.pop()
            yield tree
            for name in facts_of(tree) - seen:
                seen.add(name)
                definition = self._definition(name)
                if definition is not None:
                    waiting.append(definition)

    def _definition(self, name: str) -> Expr | None:
        text = self._rulebook.vocabulary.facts[name].define
        return None if text is None else self._rulebook.conditions.tree(text)

    def _make_pools(self) -> Mapping[str, Sequence[Value | None]]:
        known: dict[str, set[Value]] = {name: set() for tree in self._trees for name in facts_of(tree)}
        for node in (node for tree in self._trees for node in walk(tree)):
            for name, value in _mentioned(node):
                known[name].add(value)
        vocabulary = self._rulebook.vocabulary
        return {name: (*_pool(vocabulary, name, values), None) for name, values in sorted(known.items())}

    @property
    def stated(self) -> tuple[str, ...]:
        """The facts that rows state: all but those that only the engine computes."""
        return tuple(name for name in self._pools if name not in self._computed)

    def rows(
        self, tree: Expr, count: int, path: Sequence[int] | None = None, pair: _Pair | None = None
    ) -> Iterator[Row]:
        """Up to `count` rows: with `path` such that the node there decides `tree`, else such that it is true.

        `pair` is that node and another which should come out differently.
        """
        for _ in range(count):
            draft: _Draft = {name: self._draw(name) for name in self.stated if self._random.random() < _HALF}
            lazy = self._random.choice((0, 0, _HALF))
            for _ in range(_TRIES):
                if path is None:
                    self._force(tree, True, draft)
                else:
                    self._open_way(tree, path, draft, pair, lazy)
            row = self._complete(draft)
            if row is not None:
                yield row

    def _draw(self, name: str) -> Value | None:
        one, other = self._random.choice(self._pools[name]), self._random.choice(self._pools[name])
        if isinstance(one, frozenset) and isinstance(other, frozenset) and self._random.random() < _HALF:
            return one | other
        return one

    def _complete(self, draft: _Draft) -> Row | None:
        """The draft with its derived facts, None when they contradict it."""
        row = {name: value for name, value in draft.items() if value is not None and name not in self._computed}
        filled: _Draft = dict(row)
        return None if self._rulebook.derivations.derive(filled) else filled

    def _open_way(self, node: Expr, path: Sequence[int], draft: _Draft, pair: _Pair | None, lazy: float) -> None:
        """Set facts so that the value of `node` hangs on the node at `path`, which takes any value.

        Other parts are now and then (`lazy`) left as they are: unknown lets a change show as well.
        """
        if not path:
            if pair is None or not self._search(
                lambda row: evaluate(pair[0], row) is not evaluate(pair[1], row), node, draft
            ):
                self._vary(node, draft)
            return
        parts = children(node)
        order = list(range(len(parts)))
        self._random.shuffle(order)
        for position in order:
            if position != path[0] and self._random.random() < lazy:
                continue
            if position != path[0] and isinstance(node, And | Or):
                self._force(parts[position], isinstance(node, And), draft)
            elif position != path[0] and isinstance(node, Case) and position == 0:
                self._force(parts[0], path[0] == 1, draft)
        self._open_way(parts[path[0]], path[1:], draft, pair, lazy)

    def _vary(self, node: Expr, draft: _Draft) -> None:
        """Let `node` come out one way or the other: by its facts at random, or as asked for."""
        if self._random.random() < _HALF:
            for name in sorted(facts_of(node)):
                self._set(name, self._draw(name), draft)
            return
        for part in node.parts if isinstance(node, And | Or) and self._random.random() < _HALF else (node,):
            self._force(part, self._random.random() < _HALF, draft)

    def _set(self, name: str, value: Value | None, draft: _Draft) -> None:
        """Give a fact a value; one that only the engine computes gets it through its formula."""
        definition = self._definition(name)
        if definition is not None and (name in self._computed or self._random.random() < _HALF):
            draft.pop(name, None)
            if isinstance(value, bool):
                self._force(definition, value, draft)
        else:
            draft[name] = value

    def _force(self, node: Expr, wanted: bool, draft: _Draft) -> None:
        """Set facts so that `node` comes out as `wanted`, as far as that can be seen."""
        match node:
            case Constant():
                return
            case Not(part=part):
                self._force(part, not wanted, draft)
            case And(parts=parts) | Or(parts=parts):
                whole = isinstance(node, And) is wanted
                for part in self._random.sample(parts, len(parts)) if whole else (self._random.choice(parts),):
                    self._force(part, wanted, draft)
            case FactRef(name=name):
                self._set(name, wanted, draft)
            case _:
                self._search(lambda row: evaluate(node, row) is wanted, node, draft)

    def _search(self, fits: Callable[[Row], bool], node: Expr, draft: _Draft) -> bool:
        """Draw the facts of `node` until they fit, and set them."""
        names = sorted(facts_of(node))
        widest = max((len(self._pools[name]) for name in names), default=0)
        for _ in range(widest * len(names) * _TRIES):
            found = {name: self._draw(name) for name in names}
            if fits({**draft, **found}):
                for name, value in found.items():
                    self._set(name, value, draft)
                return True
        return False


def _mentioned(node: Expr) -> Iterator[tuple[str, Value]]:
    """The constants that a node sets beside a fact."""
    match node:
        case Under(name=name, prefixes=words) | AnyOf(name=name, members=words):
            yield from ((name, frozenset({word})) for word in words)
        case In(item=item, options=options):
            yield from ((name, option) for name in facts_of(item) for option in options)
        case Compare(left=left, right=right):
            constants = [part.value for part in walk(node) if isinstance(part, Constant)]
            yield from ((name, value) for name in facts_of(left) | facts_of(right) for value in constants)


def _pool(vocabulary: Vocabulary, name: str, known: Iterable[Value]) -> Sequence[Value]:
    """Values at and around what the conditions mention, and one that they do not."""
    fact = vocabulary.facts[name]
    match fact.type:
        case FactType.BOOL:
            return (True, False)
        case FactType.NUMBER:
            return tuple(_numbers(fact, known))
        case FactType.DATE:
            days = [value for value in known if isinstance(value, date)]
            return tuple(day + timedelta(days=step) for day in days for step in (-2, -1, 0, 1, 2))
        case FactType.CODE:
            words = {word for value in known if isinstance(value, frozenset) for word in value}
            return (
                frozenset(),
                *(frozenset({code}) for code in _codes(vocabulary.code_table(fact), tuple(sorted(words)))),
            )
        case FactType.SET:
            words = {word for value in known if isinstance(value, frozenset) for word in value}
            others = [member for member in fact.members if member not in words][:1]
            return (frozenset(), *(frozenset({word}) for word in (*sorted(words), *others)))
    words = {value for value in known if isinstance(value, str)}
    others = [member for member in fact.members if member not in words][:1]
    return (*sorted(words), *(others or ("-",)))


def _codes(table: IndustryCodes | WasteCodes, prefixes: tuple[str, ...]) -> Sequence[str]:
    """The prefixes, what they begin with, the codes under them, and one code under none."""
    under = [code for code in table.table if code.startswith(prefixes)]
    others = [code for code in table.table if table.is_prefix(code) and not code.startswith(prefixes)][-1:]
    return tuple(dict.fromkeys((*prefixes, *shorter_codes(prefixes), *under, *others)))


def _numbers(fact: Fact, known: Iterable[Value]) -> Iterator[float]:
    low, high = fact.range or (None, None)
    found = {0.0, 1.0}
    for value in known:
        if isinstance(value, float | int) and not isinstance(value, bool):
            step = abs(value) * _STEP or _STEP
            around = (0.0, step * _STEP, step * _HALF, step, 2 * step, float(abs(value)))
            found |= {value + sign * part for part in around for sign in (-1, 1)}
    for number in sorted(found):
        if (low is None or number >= low) and (high is None or number <= high):
            yield number
