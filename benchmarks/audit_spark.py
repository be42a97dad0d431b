"""The audit on a local Spark against the audit here, on 100,000 enterprises with unknowns: byte for byte after sorting.

`python benchmarks/audit_spark.py [--count 100000] [--folder DIR]`; needs Java and `pip install 'admission[spark]'`.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from pathlib import Path

import polars as pl
from audit import DAY, PARK, rulebook
from enterprises import Maker

from admission.audit import audit_files, audit_on_spark
from admission.audit.files import Request


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where to put the tables (a temporary folder)")
    given = parser.parse_args()
    from pyspark.sql import SparkSession

    SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g").getOrCreate()
    book = rulebook()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        Maker(book.in_force(PARK, on=DAY)).write(folder / "table.parquet", given.count)
        marks = []
        for engine, run in (("here", audit_files), ("spark", audit_on_spark)):
            start = time.perf_counter()
            run(Request(folder / "table.parquet", PARK, DAY, folder / engine), book)
            marks.append([digest(folder / engine / f"{table}.parquet") for table in ("enterprises", "findings")])
            print(f"{engine:<6}{time.perf_counter() - start:8.1f} s   {' '.join(mark[:16] for mark in marks[-1])}")
        print("equal" if marks[0] == marks[1] else "DIFFERENT")


def digest(path: Path) -> str:
    """Hash of a table as sorted CSV."""
    table = pl.scan_parquet(path / "*.parquet" if path.is_dir() else path).select(pl.all().cast(pl.String))
    rows = table.sort(pl.all()).collect(engine="streaming")
    return hashlib.sha256(rows.write_csv().encode()).hexdigest()


if __name__ == "__main__":
    main()
