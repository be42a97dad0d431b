"""What the process of a job runs: `python -m admission.service.jobs.work FOLDER`.

Reads `request.json`, says on standard output how far it is (a number a line), leaves `results/` and
`outcome.json`. It is never more than this: killed at any moment, it leaves a job that failed.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from admission.audit.files import Request, audit_files, open_tables
from admission.audit.impact import CHANGES, changes, summarise
from admission.audit.workbook import write_workbook
from admission.errors import AdmissionError
from admission.rulebook import Rulebook, load_files
from admission.service.jobs.limits import TooManyRowsError, bounded
from admission.service.problems import of_error

__all__ = ["main"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CSV = ("enterprises", "findings", "ledger", "errors")


def main(folder: Path) -> int:
    """Does the job in `folder`; the exit status is 0 when there is an outcome, good or bad."""
    os.chdir(folder)  # so that no path of the server stands in a message
    folder = Path()
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    bounded(request["seconds"], request["memory"])
    with Path(request["rulebook"]).open("rb") as stream:
        rulebook: Rulebook = pickle.load(stream)
    try:
        outcome = _WORK[request["kind"]](folder, request, rulebook, _Counted(request["rows"]))
    except TooManyRowsError as error:
        outcome = {"too_many_rows": error.rows}
    except AdmissionError as error:
        outcome = {"problem": of_error(error, request["lang"]).model_dump(mode="json")}
    _write(folder / "outcome.json", json.dumps(outcome, ensure_ascii=False))
    return 0


class _Counted:
    """Tells how many enterprises are done, and ends the work when there are too many."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, done: int) -> None:
        if done > self.most:
            raise TooManyRowsError(done)
        os.write(1, f"{done}\n".encode())

    def check(self, rows: int | None) -> None:
        """Rows that are known before they are read."""
        if rows is not None and rows > self.most:
            raise TooManyRowsError(rows)


def _audit(folder: Path, request: dict[str, Any], rulebook: Rulebook, told: _Counted) -> dict[str, Any]:
    tables = [_path(folder, request, name) for name in ("table", "components", "milestones")]
    assert tables[0] is not None  # every job has a table
    for source in open_tables(tables[0], *tables[1:]).values():
        told.check(source.rows)
    on, results = date.fromisoformat(request["as_of"]), folder / "results"
    previous, deadline = _path(folder, request, "previous"), request["deadline"]
    done = audit_files(
        Request(
            tables[0],
            request["park"],
            on,
            results,
            "parquet",
            tables[1],
            tables[2],
            previous,
            date.fromisoformat(deadline) if deadline else None,
        ),
        rulebook,
        told,
    )
    write_workbook(results / "workbook.xlsx", results, done.figures, rulebook, request["park"], on)
    for name in _CSV:
        _as_csv(results / f"{name}.parquet")
    return {"figures": done.figures, "errors": done.errors, "first_errors": list(done.first_errors)}


def _impact(folder: Path, request: dict[str, Any], rulebook: Rulebook, told: _Counted) -> dict[str, Any]:
    table, components = _path(folder, request, "table"), _path(folder, request, "components")
    assert table is not None  # every job has a table
    sources = open_tables(table, components)
    for source in sources.values():
        told.check(source.rows)
    parks = {"from": request.get("from_park", request["park"]), "to": request["park"]}
    named = {side: request.get(f"{side}_rules") for side in parks}
    books = {kept: _rules(kept, rulebook) for kept in set(named.values())}  # each is read once
    sides = [books[named[side]].in_force(park, on=date.fromisoformat(request[side])) for side, park in parks.items()]
    blocks = list(changes(sources["enterprises"], sources.get("components"), sides[0], sides[1]))
    found = pl.concat([pl.DataFrame(schema=CHANGES), *blocks])
    results = folder / "results"
    results.mkdir()
    found.write_parquet(results / "changes.parquet")
    _as_csv(results / "changes.parquet")
    return {"figures": summarise(found)}


def _rules(kept: str | None, rulebook: Rulebook) -> Rulebook:
    """The rules of the files kept at a place, or those in use; raises `RulebookError` when they are read no more."""
    if kept is None:
        return rulebook
    with Path(kept).open("rb") as stream:
        return load_files(pickle.load(stream))


_WORK: dict[str, Callable[[Path, dict[str, Any], Rulebook, _Counted], dict[str, Any]]] = {
    "audit": _audit,
    "impact": _impact,
}


def _path(folder: Path, request: dict[str, Any], name: str) -> Path | None:
    suffix = request["files"].get(name)
    return folder / f"{name}{suffix}" if suffix else None


def _as_csv(path: Path) -> None:
    """A table as CSV that a spreadsheet opens as it is: with a byte-order mark, and nothing in it a formula."""
    table = pl.read_parquet(path).with_columns(pl.col(pl.Categorical).cast(pl.String))
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    safe = [_defused(pl.col(name)).alias(name) for name in texts]
    nested = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    joined = [_defused(pl.col(name).cast(pl.List(pl.String)).list.join("、")).alias(name) for name in nested]
    table.with_columns(*safe, *joined).write_csv(path.with_suffix(".csv"), include_bom=True)


def _defused(text: pl.Expr) -> pl.Expr:
    starts: Iterable[pl.Expr] = [text.str.starts_with(sign) for sign in _FORMULA]
    return pl.when(pl.any_horizontal(*starts)).then(pl.lit("'") + text).otherwise(text)


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
