"""What to ask for, in SQL: the walk of `admission.audit.needs`, its masks written as conditions on a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from admission.audit.lowering import Lowering
from admission.audit.needs import NeedsWriter
from admission.audit.program import Builder, Instruction, Mask, Truth
from admission.audit.sql.writer import Writer, joined_words
from admission.logic.nodes import Constant, Expr, FactRef, facts_of
from admission.rulebook import Ruleset

__all__ = ["SqlNeeds"]

_IS, _VALUE, _KNOWN, _UNKNOWN = "is", "value", "NOT NULL", "NULL"


class SqlNeeds:
    """Writes the `needs` of clauses; `columns` are conditions that stand in a column already."""

    def __init__(self, ruleset: Ruleset, writer: Writer, columns: Mapping[Expr, str]) -> None:
        self._writer, self._masks = writer, _Masks()
        self._expressions = _Expressions(self._masks, ruleset, writer, columns)
        self._needs = NeedsWriter(ruleset, self._masks, self._expressions)

    @property
    def reads(self) -> frozenset[str]:
        """The facts that what was written so far reads."""
        return frozenset(self._expressions.reads)

    def text(self, keys: Sequence[str]) -> str | None:
        """The facts to ask for while one of the conditions `keys` is undecided, in order; None if there never are."""
        asked: dict[str, Mask] = {}
        words = []
        for name, rows in (place for key in keys for place in self._needs.places(key, self._masks.rows)):
            (word,) = self._writer.texts((name,))
            test = self._masks.without(rows, asked[name]) if name in asked else rows
            words.append(f"CASE WHEN {self._masks.text(test)} THEN {word} END")
            asked[name] = self._masks.either(rows, asked[name]) if name in asked else rows
        return joined_words(words) if words else None


class _Masks(Builder):
    """Conditions on a row in place of masks: `is` tests an expression, `value` is one."""

    def unknown(self, truth: Truth) -> Mask:
        step = self._step(truth.true)
        if step is not None and step.operation == _IS:
            return self.emit(_IS, *step.inputs, extra=_UNKNOWN)
        return super().unknown(truth)

    def text(self, mask: Mask) -> str:
        """The condition of a mask."""
        step = self._step(mask)
        if step is None:
            return "TRUE" if mask == self.rows else "FALSE"
        if step.operation in (_IS, "known"):
            return f"{self._value(step)} IS {step.extra or _KNOWN}"
        if step.operation == "or":
            return f"({' OR '.join(map(self.text, self._parts(mask)))})"
        found = [self._not(part) if taken else self.text(part) for part, taken in self._conjuncts(mask)]
        return f"({' AND '.join(found)})" if len(found) > 1 else found[0]

    def _parts(self, mask: Mask) -> Iterator[Mask]:
        """What an `or` is made of, however deep: databases and readers do not like brackets in brackets."""
        step = self._step(mask)
        if step is None or step.operation != "or":
            yield mask
        else:
            for part in step.inputs:
                yield from self._parts(part)

    def _conjuncts(self, mask: Mask) -> Iterator[tuple[Mask, bool]]:
        """What must hold, and (true) what must not."""
        step = self._step(mask)
        if step is not None and step.operation in ("and", "minus"):
            one, other = step.inputs
            yield from self._conjuncts(one)
            if step.operation == "and":
                yield from self._conjuncts(other)
            else:
                yield from ((part, True) for part in self._parts(other))
        elif mask != self.rows:
            yield mask, False

    def _not(self, mask: Mask) -> str:
        step = self._step(mask)
        if step is not None and (step.operation == "known" or step.extra == _KNOWN):
            return f"{self._value(step)} IS {_UNKNOWN}"
        return f"NOT ({self.text(mask)})"

    def _value(self, step: Instruction) -> str:
        value = self._step(step.inputs[0])
        assert value is not None
        return str(value.extra)

    def _step(self, mask: Mask) -> Instruction | None:
        first = self._code[0].out if self._code else self._size
        return self._code[mask - first] if mask >= first else None


class _Expressions(Lowering):
    """Conditions and values as SQL expressions, whole: nothing is computed step by step."""

    def __init__(self, masks: _Masks, ruleset: Ruleset, writer: Writer, columns: Mapping[Expr, str]) -> None:
        super().__init__(masks, ruleset.vocabulary)
        self._masks, self._writer, self._columns = masks, writer, columns
        self.reads: set[str] = set()

    def known(self, name: str) -> Mask:
        return self._masks.emit(_IS, self.value(FactRef(name)), extra=_KNOWN)

    def truth(self, node: Expr) -> Truth:
        if isinstance(node, Constant):
            return self._masks.always(bool(node.value))
        value = self.value(node)
        return Truth(self._masks.emit(_IS, value, extra="TRUE"), self._masks.emit(_IS, value, extra="FALSE"))

    def value(self, node: Expr) -> Mask:
        if node in self._columns:
            return self._masks.emit(_VALUE, extra=self._columns[node])
        self.reads |= facts_of(node)
        text = self._writer.sql(node)
        return self._masks.emit(_VALUE, extra=text if isinstance(node, FactRef) else f"({text})")
