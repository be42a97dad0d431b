"""Histories per second with both inference engines, and memory over a long run.

    python benchmarks/lifecycle.py             # one run of everything
    python benchmarks/lifecycle.py --memory 100000

Whole histories are the worked ones of examples/lifecycle, from read document to result; symbols are
the engine alone on the same histories.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from admission import Project, Ruleset, lifecycle, load_rulebook, read_projects
from admission.lifecycle.inference import ENGINES, Inference
from admission.lifecycle.life import chainer
from admission.lifecycle.symbols import Symbol

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "lifecycle"
ROUNDS = 5
Case = tuple[Project, Ruleset]


def cases() -> list[Case]:
    rulebook = load_rulebook()
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem != "expected":
            (project,) = read_projects(path.read_bytes(), path.name, rulebook)
            found.append((project, rulebook.in_force(project.park, on=project.as_of or date(2026, 7, 1))))
    return found


def symbols(draw: random.Random, duties: int) -> list[Symbol]:
    """One history as an engine sees it: `duties` duties with their acts and limits."""
    found = [Symbol("today", "is", day=740_000)]
    for number in range(duties):
        name, day = f"d{number}", 740_000 + draw.randint(-400, 400)
        found.append(Symbol("duty", draw.choice(("on", "maybe")), name))
        found.append(Symbol("act", draw.choice(("done", "none", "none-open")), name, day=day))
        found.append(Symbol("limit", draw.choice(("set", "free", "set-open")), name, day=740_000))
        found.append(Symbol("breaks", "late", name, "b"))
    return found


def per_second(work: Callable[[], int]) -> float:
    """The median rate of several rounds; `work` says how many it did."""
    rates = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - start))
    return statistics.median(rates)


def speed(found: list[Case]) -> None:
    draw = random.Random(1)
    batch = [symbols(draw, 30) for _ in range(200)]
    print(f"{'engine':<15}{'histories/s':>14}{'ms each':>10}{'symbol sets/s (30 duties)':>28}")
    for name in ENGINES:
        engine = chainer(found[0][1].rulebook.life, name)
        whole = per_second(lambda name=name: sum(1 for case in found for _ in (lifecycle(*case, inference=name),)))  # type: ignore[misc]
        alone = per_second(lambda engine=engine: sum(1 for item in batch for _ in (engine.conclude(item),)))  # type: ignore[misc]
        print(f"{name:<15}{whole:>14.0f}{1000 / whole:>10.2f}{alone:>28.0f}")


def resident() -> int:
    """Memory of this process now, in KiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def memory(engine: Inference, histories: int) -> None:
    """Run many histories; memory is read ten times on the way."""
    draw, start = random.Random(2), time.perf_counter()
    readings: list[int] = []
    for position in _steps(histories):
        for _ in range(histories // 10):
            engine.conclude(symbols(draw, 5))
        gc.collect()
        readings.append(resident())
        if position in (1, 10):
            print(f"{engine.name}: after {position * histories // 10:>7} histories {readings[-1]} KiB")
    spent = time.perf_counter() - start
    print(f"{engine.name}: growth {readings[-1] - readings[0]} KiB from a tenth to the whole, {spent:.0f} s")


def _steps(histories: int) -> Iterable[int]:
    return range(1, 11) if histories >= 10 else ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", type=int, default=20_000, help="histories of the memory run, 0 for none")
    given = parser.parse_args()
    found = cases()
    speed(found)
    if given.memory:
        for name in ENGINES:
            memory(chainer(found[0][1].rulebook.life, name), given.memory)


if __name__ == "__main__":
    main()
