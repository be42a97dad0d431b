"""An audit of files: read, hold against the rules and write in blocks, so that memory stays bounded."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from admission._messages import ProblemCode
from admission.audit.engine import BlockResult
from admission.audit.figures import Figures
from admission.audit.ledger import BROKEN, SOUND, UNDECIDED, LedgerBook, look_back
from admission.audit.output import Format, TableFile, ahead, in_background, staged
from admission.audit.reading import TableReader
from admission.audit.run import Auditor
from admission.audit.sources import Source, open_source, open_workbook
from admission.errors import InputError, Place, Problem
from admission.rulebook import Rulebook
from admission.screening.verdict import Outcome

__all__ = [
    "QUESTIONS",
    "TABLES",
    "WORKBOOKS",
    "Request",
    "Summary",
    "audit_files",
    "earlier",
    "finish",
    "for_people",
    "form_of",
    "open_tables",
    "placed",
    "save_ledger",
]

TABLES = ("enterprises", "findings", "errors", "ledger", "emitters", "duties", "breaches")
QUESTIONS = "questions"
"""A table that only a workbook is made from: what to ask each enterprise first, and what the answer can change."""

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
_SHOWN = 20
_FIGURES = "figures.json"


@dataclass(frozen=True, slots=True)
class Request:
    """What to audit and where to put it.

    `output` is a folder, which gets one file per table (`TABLES`) in `form` and figures.json, or a workbook
    (.xlsx), or a single .parquet or .csv file for the findings alone. `previous` is the ledger, the findings or
    the folder of an earlier audit.
    """

    table: Path
    park: str | None
    on: date
    output: Path | None = None
    form: Format = "parquet"
    components: Path | None = None
    milestones: Path | None = None
    previous: Path | None = None
    deadline: date | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What an audit of files found: figures as plain values, how many cells could not be used, the first of them."""

    figures: dict[str, Any]
    errors: int
    first_errors: tuple[dict[str, Any], ...]


def open_tables(table: Path, components: Path | None = None, milestones: Path | None = None) -> dict[str, Source]:
    """The tables by what they hold; a workbook can hold all three. Raises `InputError`."""
    found: dict[str, Source] = {}
    for kind, path in (("enterprises", table), ("components", components), ("milestones", milestones)):
        if path is None:
            continue
        if not path.is_file():
            raise InputError([Problem(ProblemCode.FILE_MISSING, Place(str(path)), values={"detail": str(path)})])
        if path.suffix.lower() in WORKBOOKS:
            sheets = open_workbook(path)
            found |= sheets if kind == "enterprises" else {kind: sheets.get(kind, sheets["enterprises"])}
        else:
            found[kind] = open_source(path)
    return found


def audit_files(request: Request, rulebook: Rulebook, progress: Callable[[int], None] | None = None) -> Summary:
    """Runs `request`; `progress` is told the number of enterprises done so far.

    Results are written beside the target and moved there at the end: a run that is broken off leaves nothing
    half-written. Raises `InputError` when a table cannot be read at all, `OSError` when results cannot be written.
    """
    sources = open_tables(request.table, request.components, request.milestones)
    reader = TableReader(rulebook, sources["enterprises"], sources.get("components"), sources.get("milestones"))
    auditor = Auditor(reader, rulebook, request.park, request.on, questions=for_people(request))
    before = earlier(request.previous)

    def run(place: Path) -> Summary:
        return _run(request, auditor, rulebook, before, place, progress)

    return placed(request, rulebook, run)


def placed(request: Request, rulebook: Rulebook, run: Callable[[Path], Summary]) -> Summary:
    """Has `run` write the tables to a temporary folder, and makes of it what `request` asks for."""
    if request.output is not None and request.output.suffix.lower() not in (".xlsx", ".parquet", ".csv"):
        with staged(request.output, folder=True) as place:
            return run(place)
    with tempfile.TemporaryDirectory(prefix="admission-audit-") as temporary:
        place = Path(temporary)
        summary = run(place)
        if request.output is not None:
            _single(request, rulebook, summary, place)
        return summary


def _single(request: Request, rulebook: Rulebook, summary: Summary, place: Path) -> None:
    """One file made of the tables in `place`."""
    assert request.output is not None
    with staged(request.output, folder=False) as target:
        if for_people(request):
            from admission.audit.workbook import write_workbook

            write_workbook(target, place, summary.figures, rulebook, request.park, request.on)
        else:
            shutil.copyfile(place / f"findings{request.output.suffix.lower()}", target)


def for_people(request: Request) -> bool:
    """Is a workbook wanted, which tells what to ask?"""
    return request.output is not None and request.output.suffix.lower() == ".xlsx"


def form_of(request: Request) -> Format:
    """A single CSV file is written as such; a workbook is made from Parquet files."""
    suffix = request.output.suffix.lower() if request.output is not None else ""
    return "csv" if suffix == ".csv" else "parquet" if suffix in (".xlsx", ".parquet") else request.form


def _run(
    request: Request,
    auditor: Auditor,
    rulebook: Rulebook,
    before: pl.DataFrame | None,
    place: Path,
    progress: Callable[[int], None] | None,
) -> Summary:
    form = form_of(request)
    files = {name: TableFile(place / f"{name}.{form}", form) for name in (*TABLES, QUESTIONS)}
    book = LedgerBook(before, request.on, request.deadline)
    figures = Figures(rulebook, request.on)
    done_so_far = 0
    with in_background() as later:
        for done in ahead(auditor.blocks()):
            result = done.result
            later(partial(_write, files, result, book))
            figures.add(done)
            files["emitters"].write(figures.last_emitters.to_arrow())
            done_so_far += result.enterprises.num_rows
            if progress is not None:
                progress(done_so_far)
    notes = auditor.reader.notes
    files["errors"].write(notes.table())
    files["ledger"].write(book.rest().to_arrow())
    for file in files.values():
        file.close()
    return finish(request, rulebook, place, figures, book.states, notes.entries)


def finish(
    request: Request,
    rulebook: Rulebook,
    place: Path,
    figures: Figures,
    states: Mapping[str, int],
    errors: Sequence[dict[str, Any]],
) -> Summary:
    """The figures of an audit whose tables are in `place`; `states` counts the problems of its ledger."""
    found = {
        "park": request.park,
        "as_of": request.on.isoformat(),
        "rules_sha256": rulebook.sha256,
        **figures.result(states),
        "errors": len(errors),
    }
    (place / _FIGURES).write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return Summary(found, len(errors), tuple(errors[:_SHOWN]))


def _write(files: dict[str, TableFile], result: BlockResult, book: LedgerBook) -> None:
    for name, table in (
        ("enterprises", result.enterprises),
        ("findings", result.findings),
        ("duties", result.life.duties),
        ("breaches", result.life.breaches),
    ):
        files[name].write(table)
    if result.questions is not None:
        files[QUESTIONS].write(result.questions)
    told = result.findings if book.looks_back else _problems(result.findings)
    tables = (told, result.enterprises.select(SOUND), result.life.breaches.select(BROKEN))
    duties = _open_duties(result.life.duties) if book.looks_back else None
    findings, enterprises, breaches = map(_polars, tables)
    ledger = book.add(findings, enterprises, breaches, None if duties is None else _polars(duties))
    files["ledger"].write(ledger.to_arrow())


def _polars(table: pa.Table) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(table))


def _open_duties(duties: pa.Table) -> pa.Table:
    """The duties that are undecided."""
    return _coded(duties, "status", ("unknown",)).select(UNDECIDED)


def _coded(table: pa.Table, name: str, words: Sequence[str]) -> pa.Table:
    """The rows in which a coded column holds one of `words`, taken out before they become texts."""
    cells = table.column(name).unify_dictionaries().combine_chunks()
    wanted = [at for at, word in enumerate(cells.dictionary.to_pylist()) if word in words]
    return table.filter(pc.is_in(cells.indices, pa.array(wanted, cells.indices.type)))


def _problems(findings: pa.Table) -> pa.Table:
    """The few findings that can be problems."""
    return _coded(findings, "outcome", (Outcome.HIT, Outcome.UNMET))


def save_ledger(request: Request, place: Path, before: pl.DataFrame | None) -> Mapping[str, int]:
    """The ledger of an audit whose other tables are in `place`, in one go; its problems by state."""
    form = form_of(request)
    findings, enterprises = _scan(place / f"findings.{form}"), _scan(place / f"enterprises.{form}")
    now = enterprises.select(SOUND).collect()
    duties = _scan(place / f"duties.{form}").filter(pl.col("status").cast(pl.String) == "unknown").select(UNDECIDED)
    life = (_scan(place / f"breaches.{form}").select(BROKEN).collect(), duties.collect())
    ledger = look_back(before, findings, now, request.on, request.deadline, *life)
    TableFile.save(place / f"ledger.{form}", form, ledger.to_arrow())
    return dict(ledger.get_column("status").value_counts().iter_rows())


def _scan(path: Path) -> pl.LazyFrame:
    place = path / f"*{path.suffix}" if path.is_dir() else path
    return pl.scan_csv(place, try_parse_dates=True) if path.suffix == ".csv" else pl.scan_parquet(place)


def earlier(path: Path | None) -> pl.DataFrame | None:
    """The ledger of an earlier audit: a file, or the folder it was written to."""
    if path is None:
        return None
    if path.is_dir():
        found = [path / f"ledger.{form}" for form in ("parquet", "csv") if (path / f"ledger.{form}").is_file()]
        path = found[0] if found else path / "ledger.parquet"
    if not path.is_file():
        raise InputError([Problem(ProblemCode.FILE_MISSING, Place(str(path)), values={"detail": str(path)})])
    if path.suffix.lower() in WORKBOOKS:
        from admission.audit.workbook import read_ledger

        return read_ledger(path)
    return _scan(path).collect()
