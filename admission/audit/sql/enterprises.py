"""The view of enterprises: verdict and classes with what is still possible, from the views of findings and classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from admission.audit.engine import fixed_of
from admission.audit.sql.classes import class_order
from admission.audit.sql.findings import CONTRADICTION
from admission.audit.sql.writer import Writer, joined_words
from admission.rulebook import Catalogue, Ruleset
from admission.screening.screen import fixed_verdicts
from admission.screening.verdict import VERDICTS, Outcome, Verdict, reachable, severity

__all__ = ["enterprises_view"]

_COMPONENTS, _NOTHING = "components", "0"


def enterprises_view(ruleset: Ruleset, writer: Writer) -> str:
    """The statement; the columns are those of the table `enterprises` of an audit."""
    return _View(ruleset, writer).text()


class _View:
    """The rows of both views are put under each other and taken together by enterprise.

    Columns of these rows: `asked` and `lowest` rank what findings ask of the verdict now and at the least,
    `v_…` whether they can come to each verdict; `…_strict` ranks the mildest class of a component,
    `…_<class>` whether it can come to each.
    """

    def __init__(self, ruleset: Ruleset, writer: Writer) -> None:
        self._ruleset, self._writer = ruleset, writer
        self._kinds = {kind: class_order(ruleset, kind) for kind in Catalogue}

    def text(self) -> str:
        findings, classes = dict(self._of_findings()), dict(self._of_classes())
        names = list({**findings, **classes})
        views = ((classes, self._writer.view("classes")), (findings, self._writer.view("findings")))
        rows = " UNION ALL ".join(_selected(names, cells, view) for cells, view in views)
        sums = ", ".join(f"{'SUM' if name == _COMPONENTS else 'MAX'}({name}) AS {name}" for name in names)
        lines = ["enterprise", _COMPONENTS, *self._verdicts(), *self._classes()]
        said = ", ".join(lines[:2] + [_unless_refuted(line) for line in lines[2:]])
        return self._writer.create(
            "enterprises",
            [],
            f"SELECT {said}, refuted = 1 AS contradicts\n"
            f"FROM (SELECT enterprise, {sums} FROM ({rows}) AS u GROUP BY enterprise) AS g",
        )

    # findings

    def _of_findings(self) -> Iterator[tuple[str, str]]:
        worst = defaultdict[Verdict, list[str]](list)
        for owned in self._ruleset.items:
            worst[max(reachable(owned.rule, Outcome.UNKNOWN), key=severity)].append(owned.rule.id)
        fixed = self._among([finding.rule for finding in fixed_of(self._ruleset)])
        rank = _cases(((f"severity = '{verdict}'", severity(verdict)) for verdict in VERDICTS[1:]), 0)
        yield "refuted", f"CASE WHEN rule = '{CONTRADICTION}' THEN 1 ELSE 0 END"
        yield "asked", rank
        yield "lowest", _cases(((f"outcome = '{Outcome.UNKNOWN}' OR {fixed}", 0),), rank)
        for verdict in VERDICTS[1:]:
            open_ = f"outcome = '{Outcome.UNKNOWN}' AND {self._among(worst[verdict])}"
            now = f"outcome <> '{Outcome.UNKNOWN}' AND severity = '{verdict}'"
            yield f"v_{verdict}", f"CASE WHEN NOT {fixed} AND ({open_} OR {now}) THEN 1 ELSE 0 END"

    def _among(self, rules: Sequence[str]) -> str:
        return f"(rule IN ({', '.join(self._writer.texts(rules))}))" if rules else "(FALSE)"

    def _verdicts(self) -> Iterator[str]:
        now, reach = fixed_verdicts(self._ruleset)
        floor, first = severity(now), min(map(severity, reach))
        found = _cases(
            ((f"asked <= {rank}", f"'{verdict}'") for rank, verdict in enumerate(VERDICTS) if rank >= floor), "NULL"
        )
        yield f"{found} AS verdict"
        words = [
            f"CASE WHEN lowest <= {rank}{'' if verdict in reach else f' AND v_{verdict} = 1'} THEN '{verdict}' END"
            for rank, verdict in enumerate(VERDICTS)
            if rank >= first
        ]
        yield f"{joined_words(words)} AS possible_verdicts"

    # classes

    def _of_classes(self) -> Iterator[tuple[str, str]]:
        catalogue = self._writer.quoted("catalogue")
        yield _COMPONENTS, f"CASE WHEN {catalogue} = '{next(iter(Catalogue)).value}' THEN 1 ELSE 0 END"
        for kind, order in self._kinds.items():
            mine = f"{catalogue} = '{kind.value}'"
            held = [(f"{mine} AND CONCAT(';', possible, ';') LIKE '%;{level};%'", level) for level in order]
            for test, level in held:
                yield f"{kind.value}_{level}", f"CASE WHEN {test} THEN 1 ELSE 0 END"
            strict = [(test, rank) for rank, (test, _) in enumerate(reversed(held))]
            yield f"{kind.value}_strict", _cases(strict, 0)

    def _classes(self) -> Iterator[str]:
        """A class is possible that some component can come to while none is certain of a stricter one."""
        for kind, order in self._kinds.items():
            words = [
                f"CASE WHEN {kind.value}_{level} = 1 AND {kind.value}_strict <= {rank} THEN '{level}' END"
                for rank, level in reversed(list(enumerate(reversed(order))))
            ]
            possible = joined_words(words)
            yield f"CASE WHEN {possible} NOT LIKE '%;%' THEN {possible} END AS {kind.value}"
            yield f"{possible} AS {kind.value}_possible"


def _cases(cases: Iterable[tuple[str, object]], otherwise: object) -> str:
    """What belongs to the first test that holds."""
    return f"CASE {' '.join(f'WHEN {test} THEN {value}' for test, value in cases)} ELSE {otherwise} END"


def _selected(names: Iterable[str], cells: Mapping[str, str], view: str) -> str:
    """The rows of a view with all columns, 0 in those it has nothing for."""
    listed = ", ".join(f"{cells.get(name, _NOTHING)} AS {name}" for name in names)
    return f"SELECT enterprise, {listed} FROM {view}"


def _unless_refuted(line: str) -> str:
    text, name = line.rsplit(" AS ", 1)
    return f"CASE WHEN refuted = 0 THEN {text} END AS {name}"
