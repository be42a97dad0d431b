"""A Parquet file larger than the memory the audit may use: made, audited under a limit, measured.

`python benchmarks/audit_large.py [--gib 5] [--folder DIR]` makes a table of about that size (columns written
plain, so that the bytes are there), audits it in a process of its own and prints time and peak memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from audit import DAY, PARK, rulebook
from enterprises import Maker
from pyarrow import parquet

CHUNK = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=5.0, help="size of the file in GiB")
    parser.add_argument("--folder", type=Path, help="where to put it (a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        table = Path(folder) / "large.parquet"
        rows = make(table, int(given.gib * 2**30))
        print(f"{rows:,} enterprises in {table.stat().st_size / 2**30:.2f} GiB")
        script = str(Path(__file__).with_name("audit.py"))
        command = [sys.executable, script, "--one", str(table), str(Path(folder) / "out")]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(
            f"audited in {found['seconds']:.0f} s, peak memory {found['peak']:.2f} GiB, {found['findings']:,} findings"
        )


def make(table: Path, size: int) -> int:
    """Writes enterprises until the file has the size; the number of them. Chunks repeat under new names."""
    maker = Maker(rulebook().in_force(PARK, on=DAY))
    chunk = maker.table(CHUNK)
    rows = 0
    options = {"compression": "none", "use_dictionary": False}
    with parquet.ParquetWriter(table, chunk.schema, **options) as writer:
        while table.stat().st_size < size:
            writer.write_table(chunk.set_column(0, "enterprise", maker.names(CHUNK)))
            rows += chunk.num_rows
    return rows


if __name__ == "__main__":
    main()
