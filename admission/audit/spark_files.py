"""The audit of files on Spark: read, held against the rules and written by the workers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from admission.audit.files import (
    QUESTIONS,
    WORKBOOKS,
    Request,
    Summary,
    earlier,
    finish,
    for_people,
    form_of,
    open_tables,
    placed,
    save_ledger,
)
from admission.audit.sources import Source
from admission.errors import MissingExtraError
from admission.rulebook import Rulebook

__all__ = ["audit_on_spark"]

_ALL = 1 << 30


def audit_on_spark(request: Request, rulebook: Rulebook, progress: Callable[[int], None] | None = None) -> Summary:
    """As `audit_files`, on the Spark session of this process, or a local one when there is none.

    Tables of a folder are folders of parts, as Spark writes them.
    Raises `MissingExtraError` without pyspark, else as `audit_files`.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtraError("admission audit --engine spark", "spark") from error
    from admission.audit.frames import audit_tables
    from admission.audit.spark import figures_on_spark, questions_on_spark

    sources = open_tables(request.table, request.components, request.milestones)
    session = SparkSession.builder.appName("admission audit").getOrCreate()
    table = _frame(session, request.table, sources["enterprises"])
    components, milestones = (
        None if kind not in sources else _frame(session, place or request.table, sources[kind])
        for kind, place in (("components", request.components), ("milestones", request.milestones))
    )
    ruleset, before = rulebook.in_force(request.park, on=request.on), earlier(request.previous)

    def run(place: Path) -> Summary:
        found = audit_tables(table, ruleset, components=components, milestones=milestones)
        form = form_of(request)
        for name, frame in zip(found._fields, found, strict=True):
            _write(frame, place / f"{name}.{form}", form)
        if for_people(request):
            asked = questions_on_spark(table, ruleset, components, milestones)
            _write(asked, place / f"{QUESTIONS}.{form}", form)
        errors = [row.asDict() for row in found.errors.collect()]
        states = save_ledger(request, place, before)
        summary = finish(
            request, rulebook, place, figures_on_spark(table, ruleset, components, milestones), states, errors
        )
        if progress is not None:
            progress(int(summary.figures["enterprises"]))
        return summary

    return placed(request, rulebook, run)


def _frame(session: Any, path: Path, source: Source) -> Any:
    """A file as a Spark frame; workbooks and texts in other encodings are read here and handed over."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return session.read.parquet(str(path.resolve()))
    if path.suffix.lower() not in WORKBOOKS and source.encoding.startswith("utf"):
        return session.read.csv(str(path.resolve()), header=True, multiLine=True, escape='"')
    table = next(iter(source.blocks(_ALL)))
    return session.createDataFrame(table.rename_columns(list(source.headers)))


def _write(frame: Any, target: Path, form: str) -> None:
    writer = frame.write.mode("overwrite")
    place = target.resolve().as_uri()
    if form == "csv":
        writer.option("header", True).csv(place)
    else:
        writer.parquet(place)
