"""What the store costs: appends, decisions, verification. `python benchmarks/store.py [URL] [--count N]`.

Without a URL a new SQLite file in a temporary folder. Times are milliseconds per operation.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from admission import Project, load_rulebook, screen
from admission.record import NewEntry, Store, open_store, record_decision, verify

ROOT = Path(__file__).resolve().parents[1]
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


def measured(name: str, count: int, work: Callable[[int], object]) -> None:
    work(0)
    took = []
    busy = time.process_time()
    for number in range(1, count + 1):
        start = time.perf_counter()
        work(number)
        took.append((time.perf_counter() - start) * 1000)
    busy = (time.process_time() - busy) / count * 1000
    took.sort()
    middle, late = statistics.median(took), took[int(len(took) * 0.99) - 1]
    print(f"{name:<52} median {middle:7.2f} ms   p99 {late:7.2f} ms   of it our own {busy:5.2f} ms")


def run(store: Store, count: int) -> None:
    rulebook = load_rulebook()
    path = ROOT / "examples" / "projects" / "herbal-extraction.yaml"
    project = Project.from_yaml(path, rulebook)
    assert project.as_of is not None
    ruleset = rulebook.in_force(project.park, on=project.as_of)
    text = screen(project, ruleset).to_json().encode()

    def small(number: int) -> object:
        return store.append([NewEntry("access", f"s{number}", {"number": number})], actor="bench", at=AT)

    def same(number: int) -> object:
        return record_decision(store, project, ruleset, made, actor="bench", at=AT, text=text)

    def other(number: int) -> object:
        about = project.model_copy(update={"name": f"{project.name}{number}"})
        found = made.model_copy(update={"project": about.name})
        content = text.replace(project.name.encode(), about.name.encode(), 1)
        return record_decision(store, about, ruleset, found, actor="bench", at=AT, text=content)

    made = screen(project, ruleset)
    same(0)  # keeps the rules
    print(f"decision of {len(text):,} bytes; {store.engine.dialect.name}")
    measured("an entry", count, small)
    measured("a decision whose text is kept already", count, same)
    measured("a decision with a text of its own", count // 4, other)
    start = time.perf_counter()
    found = verify(store)
    assert found.ok
    took = time.perf_counter() - start
    print(f"verify {found.entries} entries, {found.documents} documents: {took:.2f} s")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("url", nargs="?")
    arguments.add_argument("--count", type=int, default=1000)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder, open_store(given.url or f"sqlite:///{folder}/bench.db") as store:
        run(store, given.count)


if __name__ == "__main__":
    main()
