"""The batch audit at 10^4, 10^5 and 10^6 enterprises, end to end, beside other ways to do the same; one report.

Run from the checkout: `python benchmarks/audit.py [--sizes 10000,100000,1000000]`. Each audit runs in a process
of its own: read Parquet, hold every rule against every component, write findings, ledger and figures. Never
part of the tests. `pip install 'admission[bench]'` adds the comparison with zen-engine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
from by_hand import RULES_BY_HAND, by_hand
from enterprises import Maker, facts_read, keys_of
from pyarrow import parquet
from screen import _processor
from zen_conditions import NoCounterpartError, _graph, _known, to_zen

from admission import Project, Rulebook, Ruleset, load_rulebook
from admission.audit.block import Placed
from admission.audit.engine import Engine
from admission.audit.facts import FactWriter
from admission.audit.files import Request, audit_files
from admission.audit.lowering import Lowering
from admission.audit.machine import Machine
from admission.audit.program import Builder
from admission.audit.projects import project_at
from admission.audit.reading import TableReader
from admission.audit.run import BLOCK
from admission.audit.sources import arrow_source, open_source
from admission.errors import InputError
from admission.logic import facts_of
from admission.logic.columnar import schema, to_polars
from admission.rulebook import Item, Owned
from admission.screening import screen
from admission.screening.facts import component_facts
from admission.screening.lists import conditions
from admission.vocabulary import FactType

DAY, PARK = date(2026, 11, 24), "shizhu"
LOOPED, ZEN, FEW = 300, 100, 500_000


def rulebook() -> Rulebook:
    """The shipped rules."""
    return load_rulebook()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of enterprises")
    parser.add_argument("--folder", type=Path, help="where to keep the tables (a temporary folder)")
    parser.add_argument("--one", type=Path, nargs=2, metavar=("TABLE", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(*given.one)
        return
    book = rulebook()
    ruleset = book.in_force(PARK, on=DAY)
    entries = sum(len(catalogue.entries) for catalogue in ruleset.catalogues.values())
    print(f"machine: {os.cpu_count()} cores, {_processor()}")
    print(f"rules: {len(ruleset.items)} list items, {entries} catalogue entries, {len(book.derived)} derived facts")
    print(f"columns: {len(facts_read(ruleset))} facts")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        for size in map(int, given.sizes.split(",")):
            report(ruleset, size, Path(folder))


def one(table: Path, output: Path) -> None:
    """One audit in a process of its own; its result as JSON."""
    book = rulebook()
    start = time.perf_counter()
    summary = audit_files(Request(table, PARK, DAY, output), book)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    life = summary.figures["life_cycle"]
    found = {"seconds": seconds, "peak": peak, "findings": sum(summary.figures["findings"].values())}
    found |= {"lived": life["enterprises"], "duties": sum(life["duties"].values())}
    print(json.dumps(found | {"verdicts": summary.figures["verdicts"]}))


def report(ruleset: Ruleset, size: int, folder: Path) -> None:
    table, output = folder / f"{size}.parquet", folder / f"{size}"
    Maker(ruleset).write(table, size)
    command = [sys.executable, __file__, "--one", str(table), str(output)]
    ours = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    components = pl.scan_parquet(output / "enterprises.parquet").select(pl.col("components").sum()).collect().item()
    evaluations = components * sum(1 for _ in keys_of(ruleset))
    seconds = ours["seconds"]
    print(f"\n{size:,} enterprises, {components:,} components, {table.stat().st_size / 2**20:,.0f} MiB of Parquet")
    written = sum(path.stat().st_size for path in output.iterdir()) / 2**20
    print(
        f"  audit end to end      {seconds:9.2f} s   peak {ours['peak']:.2f} GiB   {size / seconds:,.0f} enterprises/s"
    )
    print(f"  with milestones       {ours['lived']:,} enterprises, {ours['duties']:,} duties")
    print(f"  findings written      {ours['findings']:,} in {written:,.0f} MiB")
    print(f"  rule evaluations/s    {evaluations / seconds / 1e6:9.0f} million, everything included")
    alone = by_planes(ruleset, table)
    print(
        f"  evaluation alone      {alone * size:9.2f} s   {evaluations / size / alone / 1e6:,.0f} million evaluations/s"
    )
    others = (("screen() loop", by_screen), ("zen-engine", by_zen))
    for name, function in others:
        per = function(ruleset, table)
        if per is not None:
            ratios = f"{per * size / seconds:,.0f} × our end to end, {per / alone:,.0f} × our evaluation of everything"
            print(f"  {name:<21} {per * size:9.0f} s   {ratios} (measured on a sample)")
            if function is by_zen:
                same = by_same_conditions(ruleset, table)
                print(
                    f"  same conditions       {same * size:9.2f} s   evaluation against evaluation: {per / same:,.0f} ×"
                )
    report_twenty(ruleset, table)
    report_conditions(ruleset, table)
    copied = timed(lambda: copy(table, folder / "copy.parquet"))
    print(f"  read and copy columns {copied:9.2f} s   audit is {seconds / copied:.1f} × that")
    shutil.rmtree(output)
    table.unlink()


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copy(table: Path, target: Path) -> None:
    """Reads every column block by block and writes it again: what the disk and the format ask for."""
    with parquet.ParquetFile(table) as source, parquet.ParquetWriter(target, source.schema_arrow) as writer:
        for batch in source.iter_batches(batch_size=BLOCK):
            writer.write_batch(batch)


def sample(ruleset: Ruleset, table: Path, count: int) -> Iterator[Project]:
    reader = TableReader(ruleset.rulebook, open_source(table))
    block, _ = next(iter(reader.blocks(count)))
    for position in range(block.enterprises.size):
        project = project_at(block, position, ruleset.vocabulary)
        try:
            component_facts(project, ruleset)
        except InputError:  # it contradicts itself: nothing can be evaluated
            continue
        yield project


def by_planes(ruleset: Ruleset, table: Path) -> float:
    """Seconds for one enterprise, columns in memory: facts, all rules, verdicts, classes, what to ask."""
    reader = TableReader(ruleset.rulebook, open_source(table))
    block, _ = next(iter(reader.blocks(BLOCK)))
    engine = Engine(ruleset, reader.columns)  # without the life cycle, which is no program alone
    placed, machine = Placed(block), Machine(engine.compiled.program)
    inputs = placed.inputs(reader.columns)
    machine.run(placed.layout, inputs)
    return best(lambda: machine.run(placed.layout, inputs)) / block.enterprises.size


def by_screen(ruleset: Ruleset, table: Path) -> float:
    """Seconds for one enterprise by `screen`."""
    projects = list(sample(ruleset, table, LOOPED))[:LOOPED]
    return timed(lambda: [screen(project, ruleset) for project in projects]) / len(projects)


def by_zen(ruleset: Ruleset, table: Path) -> float | None:
    """Seconds for one enterprise by zen-engine: the conditions it can express, all in one decision per component."""
    try:
        import zen
    except ImportError:
        return None
    texts = zen_texts(ruleset)
    decision = zen.ZenEngine().create_decision(json.dumps(_graph(list(texts.values()))))
    read = {name for key in texts for name in facts_of(ruleset.conditions.tree(key))}
    given = []
    projects = list(sample(ruleset, table, ZEN))[:ZEN]
    for project in projects:
        for component in component_facts(project, ruleset):
            facts = {name: _known(ruleset.rulebook, name, component.values.get(name)) for name in read}
            given.append({n: sorted(v) if isinstance(v, frozenset) else v for n, v in facts.items()})
    spent = min(timed(lambda: [decision.evaluate(facts) for facts in given]) for _ in range(3))
    return spent / len(projects)


def zen_texts(ruleset: Ruleset) -> dict[str, str]:
    """The conditions that zen-engine can express, by key."""
    texts = {}
    for key in dict.fromkeys(keys_of(ruleset)):
        tree = ruleset.conditions.tree(key)
        if all(ruleset.vocabulary.facts[name].type is not FactType.DATE for name in facts_of(tree)):
            try:
                texts[key] = to_zen(tree)
            except NoCounterpartError:
                continue
    return texts


def by_same_conditions(ruleset: Ruleset, table: Path) -> float:
    """Seconds for one enterprise: on bit planes the very conditions that zen-engine is given, and nothing else.

    Columns stand ready, as zen-engine's contexts do; presumptions and derived facts are worked out, which zen-engine
    is given.
    """
    reader = TableReader(ruleset.rulebook, open_source(table))
    block, _ = next(iter(reader.blocks(BLOCK)))
    builder = Builder()
    lowering = Lowering(builder, ruleset.vocabulary)
    FactWriter(ruleset, reader.columns, builder, lowering).write()
    truths = [lowering.truth(ruleset.conditions.tree(key)) for key in zen_texts(ruleset)]
    machine, placed = Machine(builder.finish({mask for truth in truths for mask in truth})), Placed(block)
    inputs = placed.inputs(reader.columns)
    machine.run(placed.layout, inputs)
    return best(lambda: machine.run(placed.layout, inputs)) / block.enterprises.size


def report_twenty(ruleset: Ruleset, table: Path) -> None:
    """Twenty clauses by the audit and by hand in Polars: from the same columns in memory to the same findings."""
    items = [owned for owned in ruleset.items if owned.rule.id in RULES_BY_HAND]
    given = _columns_of(ruleset, items, table)

    def audited() -> list[pa.Table]:
        reader = TableReader(ruleset.rulebook, arrow_source(given, "table"))
        engine = Engine(ruleset, reader.columns, needs=False, items=items, classes=False)
        return [engine.run(block).findings for block, _ in reader.blocks(BLOCK)]

    def written() -> pl.DataFrame:
        return by_hand(pl.DataFrame(pl.from_arrow(given)))

    mine, theirs = _pairs(audited()), written()
    differ = mine.join(theirs, on=["row", "rule"], how="anti").height
    differ += theirs.join(mine, on=["row", "rule"], how="anti").height
    ours, hand = best(audited), best(written)
    print(
        f"  {len(items)} clauses, {given.num_rows:,} enterprises: {mine.height:,} findings, {differ:,} differ by hand"
    )
    print(f"                        {ours:9.3f} s   by hand in Polars {hand:.3f} s: ours takes {ours / hand:.2f} ×")


def _columns_of(ruleset: Ruleset, items: Sequence[Owned[Item]], table: Path) -> pa.Table:
    """What the clauses read and the table has, of the enterprises and of their components."""
    read = {name for owned in items for name in ruleset.reads(owned.rule.when)}
    kept = [name for name in parquet.read_schema(table).names if name in read]
    given = parquet.read_table(table, columns=["enterprise", *kept, "components"]).slice(0, FEW).combine_chunks()
    lists = given["components"].combine_chunks()
    parts = lists.values
    names = [name for name in parts.type.names if name in {"component", *read}]
    structs = pa.StructArray.from_arrays([parts.field(name) for name in names], names)
    narrow = pa.ListArray.from_arrays(lists.offsets, structs)
    return given.set_column(given.num_columns - 1, "components", narrow)


def _pairs(findings: Sequence[pa.Table]) -> pl.DataFrame:
    """Enterprises and clauses: by hand a clause is not told once for all components that are alike."""
    frame = pl.concat(pl.DataFrame(pl.from_arrow(part.select(["row", "rule"]))) for part in findings)
    frame = frame.with_columns(pl.col("row").cast(pl.UInt32) - 1, pl.col("rule").cast(pl.String))
    return frame.filter(pl.col("rule").is_in(list(RULES_BY_HAND))).unique()


def report_conditions(ruleset: Ruleset, table: Path) -> None:
    """Every condition of the lists on one block: bit planes, and one Polars expression each."""
    reader = TableReader(ruleset.rulebook, open_source(table))
    block, _ = next(iter(reader.blocks(BLOCK)))
    engine = Engine(ruleset, reader.columns, needs=False, classes=False)
    placed = Placed(block)
    inputs = placed.inputs(reader.columns)
    machine = Machine(engine.compiled.program)
    machine.run(placed.layout, inputs)
    planes = best(lambda: machine.run(placed.layout, inputs))
    frame = pl.DataFrame(pl.from_arrow(next(iter(open_source(table).blocks(BLOCK)))))
    frame = frame.rename(dict(zip(frame.columns, open_source(table).headers, strict=True)))
    facts = [fact for fact in ruleset.vocabulary.facts.values() if fact.name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in schema(facts).items())
    trees = {key: ruleset.conditions.tree(key) for owned in ruleset.items for key in conditions(owned.rule)}
    built = [to_polars(tree).alias(f"c{number}") for number, tree in enumerate(trees.values())]
    lazily = best(lambda: frame.lazy().select(pl.len(), *built).collect())
    print(
        f"  {len(trees)} list conditions of {block.enterprises.size:,} enterprises: bit planes {planes:.3f} s with "
        f"derived facts and components; Polars expressions {lazily:.3f} s without"
    )


def best(work: Callable[[], object]) -> float:
    return statistics.median(timed(work) for _ in range(5))


if __name__ == "__main__":
    main()
