"""How statements are written: names, literals and steps in each dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from admission.logic.nodes import Constant, Expr
from admission.logic.sql import Dialect, column_name, to_sql
from admission.vocabulary import Fact, FactType, Value

__all__ = ["EMPTY", "Step", "Writer", "is_now", "joined_words"]

Step = tuple[str, str]
"""The name of a common table expression, and its text."""

EMPTY = ";"
"""The empty set in a cell."""

_TYPES: Mapping[Dialect, Mapping[FactType, str]] = {
    "postgres": {FactType.BOOL: "BOOLEAN", FactType.NUMBER: "DOUBLE PRECISION", FactType.DATE: "DATE"},
    "mysql": {FactType.BOOL: "SIGNED", FactType.NUMBER: "DOUBLE", FactType.DATE: "DATE"},
    "spark": {FactType.BOOL: "BOOLEAN", FactType.NUMBER: "DOUBLE", FactType.DATE: "DATE"},
}
_TEXT_TYPES: Mapping[Dialect, str] = {"postgres": "TEXT", "mysql": "CHAR", "spark": "STRING"}
_NOT_MERGED = "LIMIT 18446744073709551615"
"""MySQL and MariaDB put each step into the next, which grows without bound, unless the step has a limit."""

_WORDS_AT_ONCE = 50
"""PostgreSQL takes no more than 100 arguments of a function."""


class Writer:
    """Writes for one dialect and one table."""

    def __init__(self, dialect: Dialect, table: str) -> None:
        self.dialect: Dialect = dialect
        self._place = exp.to_table(table)
        self.table = self._place.sql(dialect, identify=True)

    def sql(self, node: Expr) -> str:
        """A condition or value as one expression."""
        return to_sql(node, self.dialect)

    def quoted(self, name: str) -> str:
        """A column's name."""
        return exp.to_identifier(column_name(name, self.dialect), quoted=True).sql(self.dialect)

    def null(self, fact: Fact) -> str:
        """Unknown, in the type of `fact`."""
        kind = _TYPES[self.dialect].get(fact.type, _TEXT_TYPES[self.dialect])
        return f"CAST(NULL AS {kind})"

    def literal(self, value: Value) -> str:
        """A value as it stands in a cell."""
        if isinstance(value, frozenset):
            value = EMPTY + "".join(f"{member}{EMPTY}" for member in sorted(value))
        return self.sql(Constant(value))

    def texts(self, words: Iterable[str]) -> tuple[str, ...]:
        """Text literals."""
        return tuple(self.sql(Constant(word)) for word in words)

    def view(self, suffix: str) -> str:
        """The name of the view `<table>_<suffix>`."""
        name = self._place.copy()
        name.set("this", exp.to_identifier(f"{self._place.name}_{suffix}", quoted=True))
        return name.sql(self.dialect, identify=True)

    def create(self, suffix: str, steps: Sequence[Step], last: str) -> str:
        """`CREATE VIEW` over a chain of steps, each computed once; ends with a semicolon."""
        materialized = "AS MATERIALIZED" if self.dialect == "postgres" else "AS"
        apart = f"\n{_NOT_MERGED}" if self.dialect == "mysql" else ""
        chain = ",\n".join(f"{name} {materialized} (\n{text}{apart}\n)" for name, text in steps)
        start = f"WITH {chain}\n" if steps else ""
        return f"CREATE VIEW {self.view(suffix)} AS\n{start}{last};\n"


def is_now(name: str, value: bool | None) -> str:
    """The test that `name` is true, false or unknown."""
    return f"{name} IS NULL" if value is None else f"{name} IS TRUE" if value else f"{name} IS FALSE"


def joined_words(words: Sequence[str]) -> str:
    """The words that are not NULL, joined by `;`; the empty text when all are."""
    while len(words) > _WORDS_AT_ONCE:
        parts = (words[start : start + _WORDS_AT_ONCE] for start in range(0, len(words), _WORDS_AT_ONCE))
        words = [f"NULLIF({joined_words(part)}, '')" for part in parts]
    return f"CONCAT_WS('{EMPTY}', {', '.join(words)})"
