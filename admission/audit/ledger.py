"""The ledger of problems (问题台账), and looking back (回头看): what became of the problems of an earlier audit.

A problem is a clause that an enterprise or one of its components meets to its disadvantage: a finding
`hit` or `unmet` that weighs on the verdict. A breach of a life-cycle duty is one too; its rule is written
`duty/breach`. A problem's fingerprint is made of rule, enterprise and component.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import date

import polars as pl

from admission.screening.verdict import Outcome, Verdict

__all__ = [
    "BROKEN",
    "LEDGER",
    "SOUND",
    "UNDECIDED",
    "LedgerBook",
    "breaches_of",
    "fingerprint",
    "look_back",
    "problems_of",
]

LEDGER = {
    "fingerprint": pl.String,
    "enterprise": pl.String,
    "component": pl.String,
    "rule": pl.String,
    "outcome": pl.String,
    "severity": pl.String,
    "department": pl.String,
    "citation": pl.String,
    "since": pl.Date,
    "status": pl.String,
    "found_on": pl.Date,
    "seen_on": pl.Date,
    "deadline": pl.Date,
    "closed_on": pl.Date,
}
"""Columns of a ledger. `status` is new, open, closed or reopened; `deadline` is the day set for rectification.

`since` is the first day of a breach; one that has come to its end is closed on its last day.
"""

BROKEN = ("enterprise", "breach", "duty", "since", "until", "disputed", "department", "citation")
SOUND = ("enterprise", "contradicts", "breaches")
UNDECIDED = ("enterprise", "duty")
"""What a ledger reads of the breaches, of the enterprises, and of the duties that are undecided."""

BREACH, DISPUTED = "breach", "disputed"
"""Outcome of a problem that is a breach, and the severity of one on which norms in force together differ."""

_KEY = ("rule", "enterprise", "component")
_PAIR = ("rule", "enterprise")
_SEEN = ("outcome", "severity", "department", "citation")
_OPEN = ("new", "open", "reopened")


def fingerprint(rule: str, enterprise: str | None, component: str | None) -> str:
    """The same for the same clause, enterprise and component in every audit: 16 hexadecimal digits."""
    text = "\n".join((rule, enterprise or "", component or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def problems_of(findings: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """The problems among `findings`, one per fingerprint."""
    names = (*_KEY, *_SEEN)
    weighs = pl.col("outcome").cast(pl.String).is_in([Outcome.HIT, Outcome.UNMET])
    weighs &= pl.col("severity").cast(pl.String) != Verdict.ADMIT
    found = findings.lazy().filter(weighs).select(pl.col(name).cast(pl.String) for name in names)
    table = found.unique(_KEY, keep="first", maintain_order=True).collect()
    marks = [fingerprint(*key) for key in table.select(_KEY).iter_rows()]
    return table.insert_column(0, pl.Series("fingerprint", marks, pl.String))


def breaches_of(breaches: pl.DataFrame) -> pl.DataFrame:
    """The problems that `breaches` are, one per fingerprint; `until` where none of its breaches goes on any more."""
    texts = breaches.select(
        rule=pl.concat_str(_duty_of("duty"), pl.lit("/"), pl.col("breach").cast(pl.String)),
        enterprise=pl.col("enterprise").cast(pl.String),
        component=pl.lit(None, pl.String),
        outcome=pl.lit(BREACH),
        severity=pl.when(pl.col("disputed")).then(pl.lit(DISPUTED)).otherwise(pl.lit(BREACH)),
        department=pl.col("department").cast(pl.String),
        citation=pl.col("citation").cast(pl.String),
        since=pl.col("since").cast(pl.Date),
        until=pl.col("until").cast(pl.Date),
    )
    goes_on = pl.col("until").is_null()
    table = (
        texts.sort("until", "since", descending=[True, False], nulls_last=False, maintain_order=True)
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col(_SEEN).first(),
            pl.when(goes_on.any()).then(pl.col("since").filter(goes_on).min()).otherwise(pl.col("since").min()),
            pl.when(~goes_on.any()).then(pl.col("until").max()).alias("until"),
        )
    )
    marks = [fingerprint(*key) for key in table.select(_KEY).iter_rows()]
    return table.insert_column(0, pl.Series("fingerprint", marks, pl.String))


def _duty_of(column: str) -> pl.Expr:
    """The duty that the key of a duty, or the rule of a problem, begins with."""
    return pl.col(column).cast(pl.String).str.extract("^([^#/]*)")


def look_back(
    previous: pl.DataFrame | None,
    findings: pl.DataFrame | pl.LazyFrame,
    enterprises: pl.DataFrame,
    on: date,
    deadline: date | None = None,
    breaches: pl.DataFrame | None = None,
    undecided: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The ledger after an audit: every problem new, still open, closed or reopened.

    `previous` is the ledger (or just the findings) of the audit before, None for a first audit; `findings` and
    `enterprises` are those of this audit, made on day `on`. A problem is closed only when this audit says that it
    is gone: while the clause is undecided, or the enterprise missing or contradicting itself, it stays. A problem
    of the whole enterprise and one of a component under the same clause are taken for the same. `deadline` is
    set for problems that have none yet. Closed problems stay in the ledger, so that they can be seen to come back.
    `breaches` (`BROKEN`) are problems too, `undecided` (`UNDECIDED`) the duties that cannot be told: neither closes a
    problem, nor does it when nothing is recorded of the enterprise any more.
    """
    days = {"since": pl.lit(None, pl.Date), "until": pl.lit(None, pl.Date)}
    now = problems_of(findings).with_columns(**days)
    if breaches is not None and breaches.height:
        now = pl.concat([now, breaches_of(breaches).select(now.columns)])
    before = _ledger(previous)
    current = _current(now, before, on, deadline)
    gone = _not_matched(before, now)
    left = _left_open(gone, findings, enterprises, undecided)
    was_open = pl.col("status").is_in(_OPEN)
    closes = was_open & ~left
    gone = gone.with_columns(
        status=pl.when(closes).then(pl.lit("closed")).when(was_open).then(pl.lit("open")).otherwise("status"),
        closed_on=pl.when(closes).then(pl.lit(on, pl.Date)).otherwise("closed_on"),
    )
    return pl.concat([current, gone.select(*LEDGER)]).sort("status", *_KEY, nulls_last=False)


class LedgerBook:
    """The ledger of an audit block by block, so that only the earlier ledger is held in memory.

    `add` gives the part of the ledger for some enterprises, `rest` what the earlier ledger holds of
    enterprises that came in no block. `states` counts problems by status.
    """

    def __init__(self, previous: pl.DataFrame | None, on: date, deadline: date | None = None) -> None:
        self._before = None if previous is None else _ledger(previous)
        self._on, self._deadline = on, deadline
        self.states: Counter[str] = Counter()

    @property
    def looks_back(self) -> bool:
        """Is there an earlier ledger, so that `add` needs all findings and not only the problems?"""
        return self._before is not None

    def add(
        self,
        findings: pl.DataFrame,
        enterprises: pl.DataFrame,
        breaches: pl.DataFrame | None = None,
        undecided: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The problems of the enterprises of a block, with what was known of them before."""
        mine = None
        if self._before is not None:
            names = enterprises.select(pl.col("enterprise").cast(pl.String)).unique()
            mine = self._before.join(names, on="enterprise", how="semi", maintain_order="left")
            self._before = self._before.join(names, on="enterprise", how="anti", maintain_order="left")
        return self._counted(look_back(mine, findings, enterprises, self._on, self._deadline, breaches, undecided))

    def rest(self) -> pl.DataFrame:
        """The problems of enterprises that are not in the table: as they were."""
        nothing = pl.DataFrame(schema=dict.fromkeys((*_KEY, *_SEEN), pl.String))
        nobody = pl.DataFrame(schema={"enterprise": pl.String, "contradicts": pl.Boolean})
        return self._counted(look_back(self._before, nothing, nobody, self._on))

    def _counted(self, ledger: pl.DataFrame) -> pl.DataFrame:
        self.states.update(dict(ledger.get_column("status").value_counts().iter_rows()))
        return ledger


def _ledger(previous: pl.DataFrame | None) -> pl.DataFrame:
    """An earlier ledger; of plain findings the problems, all open."""
    if previous is None:
        return pl.DataFrame(schema=LEDGER)
    if "status" not in previous.columns:
        previous = problems_of(previous).with_columns(status=pl.lit("open"))
    columns = [
        (pl.col(name) if name in previous.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in LEDGER.items()
    ]
    return previous.select(columns).unique("fingerprint", keep="last", maintain_order=True)


def _earlier(before: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    return before.select(*keys, "status", "found_on", "deadline").unique(keys, keep="first", maintain_order=True)


def _current(now: pl.DataFrame, before: pl.DataFrame, on: date, deadline: date | None) -> pl.DataFrame:
    """The problems of this audit with what the earlier ledger knew of them."""
    whole = before.filter(pl.col("component").is_null())
    exact = now.join(_earlier(before, ("fingerprint",)), on="fingerprint", how="left", maintain_order="left")
    found = exact.join(_earlier(whole, _PAIR), on=_PAIR, how="left", suffix="_whole", maintain_order="left")
    found = found.join(_earlier(before, _PAIR), on=_PAIR, how="left", suffix="_any", maintain_order="left")

    def known(name: str) -> pl.Expr:
        for_whole = pl.when(pl.col("component").is_null()).then(f"{name}_any")
        return pl.when(pl.col("status").is_not_null()).then(name).otherwise(pl.coalesce(f"{name}_whole", for_whole))

    status, ended = known("status"), pl.col("until").is_not_null()
    state = pl.when(ended).then(pl.lit("closed")).when(status.is_null()).then(pl.lit("new"))
    state = state.when(status == "closed").then(pl.lit("reopened"))
    return found.select(
        *(name for name in now.columns if name != "until"),
        status=state.otherwise(pl.lit("open")),
        found_on=pl.coalesce(known("found_on"), pl.lit(on, pl.Date)),
        seen_on=pl.lit(on, pl.Date),
        deadline=pl.coalesce(known("deadline"), pl.when(~ended).then(pl.lit(deadline, pl.Date))),
        closed_on=pl.col("until"),
    ).select(*LEDGER)


def _not_matched(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The earlier problems that this audit has not found again, not even of the whole enterprise."""
    gone = before.join(now, on="fingerprint", how="anti", maintain_order="left")
    gone = gone.join(now.filter(pl.col("component").is_null()), on=_PAIR, how="anti", maintain_order="left")
    whole = gone.filter(pl.col("component").is_null()).join(now, on=_PAIR, how="semi")
    return gone.join(whole, on="fingerprint", how="anti", maintain_order="left")


def _left_open(
    gone: pl.DataFrame,
    findings: pl.DataFrame | pl.LazyFrame,
    enterprises: pl.DataFrame,
    undecided: pl.DataFrame | None,
) -> pl.Series:
    """Which of `gone` this audit cannot call closed."""
    if gone.is_empty():
        return pl.Series([], dtype=pl.Boolean)
    open_ones = (
        findings.lazy()
        .filter(pl.col("outcome").cast(pl.String).is_in([Outcome.UNKNOWN, Outcome.REVIEW]))
        .select(pl.col(name).cast(pl.String) for name in _PAIR)
        .unique()
        .collect()
    )
    if undecided is not None:
        duties = undecided.select(_duty_of("duty").alias("rule"), pl.col("enterprise").cast(pl.String)).unique()
        open_ones = pl.concat([open_ones, duties])
    sound = enterprises.filter(pl.col("contradicts").cast(pl.String) != "true")
    lived = pl.col("breaches").is_not_null() if "breaches" in sound.columns else pl.lit(False)
    decided = (
        sound.select(pl.col("enterprise").cast(pl.String), lived=lived)
        .group_by("enterprise")
        .agg(pl.col("lived").all())
    )
    by_duty = gone.select(*_PAIR, whole="rule").with_columns(rule=_duty_of("rule"))
    marked = by_duty.join(open_ones.with_columns(open=True), on=list(_PAIR), how="left", maintain_order="left")
    marked = marked.join(decided, on="enterprise", how="left", maintain_order="left")
    breach = pl.col("whole").str.contains("/", literal=True)
    unseen = pl.col("lived").is_null() | (breach & ~pl.col("lived").fill_null(False))
    return marked.select(pl.col("open").is_not_null() | unseen).to_series()
