"""The view of classes: what EIA and permit catalogue say of every component, by `screening.catalogue`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from admission.audit.sql.writer import Step, Writer, joined_words
from admission.logic import condition_key
from admission.logic.nodes import AnyOf, Constant
from admission.rulebook import Catalogue, CatalogueInForce, Entry, Ruleset
from admission.screening.catalogue import NONE, matches_code
from admission.screening.classes import possible_classes
from admission.screening.facts import ACTIVITY, INDUSTRY

__all__ = ["class_order", "classes_view", "entry_keys"]


def class_order(ruleset: Ruleset, kind: Catalogue) -> tuple[str, ...]:
    """The classes under a catalogue, strictest first."""
    catalogue = ruleset.catalogues.get(kind)
    return possible_classes(None, kind) if catalogue is None else (*catalogue.edition.levels, NONE)


def entry_keys(ruleset: Ruleset) -> tuple[str, ...]:
    """The conditions of the entries in force, each once."""
    entries = (owned.rule for catalogue in ruleset.catalogues.values() for owned in catalogue.entries)
    return tuple(dict.fromkeys(key for entry in entries for key in _keys(entry)))


def _keys(entry: Entry) -> Iterator[str]:
    for text in (entry.implied_by, entry.scope, *(level.when for level in entry.levels.values())):
        if text is not None:
            yield condition_key(text, entry.sensitive_areas)


def classes_view(ruleset: Ruleset, writer: Writer) -> str:
    """The statement: a row for every component and catalogue, `possible` strictest first, joined by `;`."""
    return _View(ruleset, writer).text()


class _View:
    def __init__(self, ruleset: Ruleset, writer: Writer) -> None:
        self._ruleset, self._writer = ruleset, writer
        self._columns: dict[str, str] = {}
        """Expression → the column that holds it."""

    def text(self) -> str:
        levels = [text for kind in Catalogue for text in self._levels(kind)]
        held = [f"{text} AS {name}" for text, name in self._columns.items()]
        steps: list[Step] = [
            ("tests", f"SELECT {', '.join(('enterprise', 'component', 'unusable', *held))} FROM {self._facts}"),
            ("levels", f"SELECT {', '.join(('enterprise', 'component', 'unusable', *levels))} FROM tests"),
            ("classes", self._classes()),
        ]
        level = f"CASE WHEN possible NOT LIKE '%;%' THEN possible END AS {self._writer.quoted('level')}"
        return self._writer.create(
            "classes", steps, f"SELECT enterprise, component, {self._catalogue}, {level}, possible FROM classes"
        )

    @property
    def _facts(self) -> str:
        return self._writer.view("facts")

    @property
    def _catalogue(self) -> str:
        return self._writer.quoted("catalogue")

    def _column(self, text: str) -> str:
        return self._columns.setdefault(text, f"x{len(self._columns)}")

    def _condition(self, text: str, entry: Entry) -> str:
        tree = self._ruleset.conditions.tree(condition_key(text, entry.sensitive_areas))
        found = self._writer.sql(tree)
        return found if isinstance(tree, Constant) else self._column(found)

    def _levels(self, kind: Catalogue) -> Iterator[str]:
        """For each level whether some entry makes it possible, and whether one leaves nothing milder."""
        catalogue = self._ruleset.catalogues.get(kind)
        if catalogue is None:
            return
        within: dict[str, list[str]] = {level: [] for level in catalogue.edition.levels}
        decided: dict[str, list[str]] = {level: [] for level in catalogue.edition.levels}
        for owned in catalogue.entries:
            self._entry(owned.rule, catalogue, within, decided)
        for level in catalogue.edition.levels:
            for mark, tests in (("w", within), ("d", decided)):
                yield f"({' OR '.join(tests[level]) or 'FALSE'}) AS {mark}_{kind.value}_{level}"

    def _entry(
        self,
        entry: Entry,
        catalogue: CatalogueInForce,
        within: Mapping[str, list[str]],
        decided: Mapping[str, list[str]],
    ) -> None:
        applies = self._column(self._applies(entry, catalogue))
        stricter = ""
        for name in catalogue.edition.levels:
            if name in entry.levels:
                holds = self._condition(entry.levels[name].when, entry)
                within[name].append(f"({applies} IS NOT FALSE{stricter} AND {holds} IS NOT FALSE)")
                decided[name].append(f"({applies} IS TRUE{stricter} AND {holds} IS TRUE)")
                stricter += f" AND {holds} IS NOT TRUE"

    def _applies(self, entry: Entry, catalogue: CatalogueInForce) -> str:
        """Does the entry concern the component, three-valued."""
        matches = [] if matches_code(entry, catalogue, None) is False else [self._by_code(entry, catalogue)]
        if entry.activities:
            matches.append(self._writer.sql(AnyOf(ACTIVITY, entry.activities)))
        if entry.implied_by is not None:
            matches.append(self._sql(entry.implied_by, entry))
        found = " OR ".join(f"({match})" for match in matches) or "FALSE"
        return found if entry.scope is None else f"({found}) AND ({self._sql(entry.scope, entry)})"

    def _sql(self, text: str, entry: Entry) -> str:
        return self._writer.sql(self._ruleset.conditions.tree(condition_key(text, entry.sensitive_areas)))

    def _by_code(self, entry: Entry, catalogue: CatalogueInForce) -> str:
        """`matches_code` of every code of the standard, as the shortest beginnings that say the same."""
        codes = [
            code for code in self._ruleset.vocabulary.codes.table if self._ruleset.vocabulary.codes.is_prefix(code)
        ]
        answers = {code: matches_code(entry, catalogue, frozenset((code,))) for code in codes}
        yes = self._holds(_beginnings(answers, lambda answer: answer is True))
        open_ = self._holds(tuple(f"{code};" for code in codes if answers[code] is None))
        otherwise = f"{self._writer.quoted(INDUSTRY)} IS NOT NULL" if open_ is None else f"NOT ({open_})"
        start = "" if yes is None else f"WHEN {yes} THEN TRUE "
        return f"CASE {start}WHEN {otherwise} THEN FALSE END"

    def _holds(self, starts: tuple[str, ...]) -> str | None:
        """Some code begins so; a start that ends with `;` is the whole code."""
        if not starts:
            return None
        return " OR ".join(f"({self._found(start)})" for start in starts)

    def _found(self, start: str) -> str:
        column, dialect = self._writer.quoted(INDUSTRY), self._writer.dialect
        (text,) = self._writer.texts((f";{start}",))
        return f"POSITION({text} IN {column}) > 0" if dialect != "mysql" else f"LOCATE({text}, {column}) > 0"

    def _classes(self) -> str:
        """A row for each catalogue, with the classes still possible."""
        kinds = " UNION ALL ".join(f"SELECT '{kind.value}' AS {self._catalogue}" for kind in Catalogue)
        cases = " ".join(f"WHEN k.{self._catalogue} = '{kind.value}' THEN {self._possible(kind)}" for kind in Catalogue)
        return (
            f"SELECT enterprise, component, k.{self._catalogue}, "
            f"CASE WHEN unusable = 1 THEN NULL {cases} END AS possible FROM levels CROSS JOIN ({kinds}) AS k"
        )

    def _possible(self, kind: Catalogue) -> str:
        order = class_order(self._ruleset, kind)
        if kind not in self._ruleset.catalogues:
            return self._writer.texts((";".join(order),))[0]
        words, stricter = [], ""
        for level in order:
            test = "TRUE" if level == NONE else f"w_{kind.value}_{level}"
            words.append(f"CASE WHEN {test}{stricter} THEN '{level}' END")
            stricter += f" AND NOT d_{kind.value}_{level}"
        return joined_words(words)


def _beginnings(answers: Mapping[str, bool | None], wanted: Callable[[bool | None], bool]) -> tuple[str, ...]:
    """The shortest beginnings under which every code is wanted; together they cover exactly the wanted codes."""
    found: list[str] = []
    for code in sorted(answers):
        below = (answer for other, answer in answers.items() if other.startswith(code))
        if wanted(answers[code]) and not code.startswith(tuple(found)):
            found.append(code if all(map(wanted, below)) else f"{code};")
    return tuple(found)
