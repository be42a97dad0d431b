"""How long loading, screening and a cold command take; prints one report.

Run from the checkout: `python benchmarks/screen.py [--rounds 100]`. Never part of the tests: times
depend on the machine. `pip install 'admission[bench]'` adds the comparison with zen-engine.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from zen_conditions import compare

from admission import Project, Ruleset, load_rulebook, read_projects, screen
from admission.errors import InputError
from admission.screening.classes import classifications
from admission.screening.facts import component_facts
from admission.screening.lists import assess
from admission.vocabulary import Value

PROJECTS = sorted((Path(__file__).resolve().parent.parent / "examples" / "projects").glob("*.yaml"))
COLD_RUNS = 7
LOAD = (
    "import time; t0 = time.perf_counter(); from admission import load_rulebook; t1 = time.perf_counter(); "
    "load_rulebook(); print(t1 - t0, time.perf_counter() - t1)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="times each example is screened")
    rounds = parser.parse_args().rounds
    print(f"machine: {os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}, {platform.system()}")
    with tempfile.TemporaryDirectory() as cache:
        report_loading(cache)
        report_screening(rounds)
        report_command(cache)
    report_zen(rounds)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def report_loading(cache: str) -> None:
    print(f"\nload_rulebook() in a fresh process, median of {COLD_RUNS}")
    for title, setting in (("without cache", "off"), ("with cache", cache)):
        _fresh(LOAD, setting)
        runs = [tuple(map(float, _fresh(LOAD, setting).split())) for _ in range(COLD_RUNS)]
        load = statistics.median(run[1] for run in runs)
        print(f"  {title:<14} {load:6.3f} s   (import admission {statistics.median(run[0] for run in runs):.3f} s)")


def _fresh(code: str, cache: str) -> str:
    environment = {**os.environ, "ADMISSION_CACHE": cache}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout


def cases() -> list[tuple[str, Project, Ruleset]]:
    rulebook = load_rulebook()
    found = []
    for path in PROJECTS:
        for project in read_projects(path.read_bytes(), path.name, rulebook):
            assert project.as_of is not None
            found.append((path.stem, project, rulebook.in_force(park=project.park, on=project.as_of)))
    return found


def bare(project: Project, ruleset: Ruleset) -> None:
    """Findings and classes alone: no sentences, traces, questions, score, duties."""
    components = component_facts(project, ruleset)
    assess(ruleset, components, project.judgements)
    classifications(ruleset, components)


def report_screening(rounds: int) -> None:
    print(f"\nscreening, warm, {rounds} rounds each (ms)")
    heads = ("project", "screen p50", "p95", "findings + classes p50", "components", "questions")
    print("  {:<20}{:>11}{:>8}{:>25}{:>12}{:>11}".format(*heads))
    everything: list[float] = []
    alone: list[float] = []
    for name, project, ruleset in cases():
        decision = screen(project, ruleset)
        full = timed(lambda p=project, r=ruleset: screen(p, r), rounds)
        short = timed(lambda p=project, r=ruleset: bare(p, r), rounds)
        everything += full
        alone += short
        counts = f"{len(project.components):>12}{len(decision.questions):>11}"
        print(f"  {name:<20}{p50(full):>11.2f}{p95(full):>8.2f}{p50(short):>25.2f}{counts}")
    print(f"  {'all':<20}{p50(everything):>11.2f}{p95(everything):>8.2f}{p50(alone):>25.2f}")
    report_new_projects(rounds)


def report_new_projects(rounds: int) -> None:
    """The examples with other numbers each time: answers kept from earlier projects help less."""
    everything: list[float] = []
    alone: list[float] = []
    for _, project, ruleset in cases():
        screen(project, ruleset)
        for one, other in zip(*(changed(project, ruleset, seed, rounds) for seed in (1, 2)), strict=True):
            everything += timed(lambda p=one, r=ruleset: screen(p, r), 1)
            alone += timed(lambda p=other, r=ruleset: bare(p, r), 1)
    print(f"  {'never seen before':<20}{p50(everything):>11.2f}{p95(everything):>8.2f}{p50(alone):>25.2f}")


def changed(project: Project, ruleset: Ruleset, seed: int, count: int) -> list[Project]:
    """`count` projects like this one with every number drawn anew; those that contradict themselves are left out."""
    draw = random.Random(seed)
    found: list[Project] = []
    while len(found) < count:
        one = project.model_copy(
            update={
                "facts": redrawn(project.facts, draw),
                "components": tuple(
                    part.model_copy(update={"facts": redrawn(part.facts, draw)}) for part in project.components
                ),
            }
        )
        with contextlib.suppress(InputError):
            component_facts(one, ruleset)
            found.append(one)
    return found


def redrawn(facts: Mapping[str, Value], draw: random.Random) -> dict[str, Value]:
    """Numbers anywhere between half and one and a half times what they were."""
    factor = draw.uniform(0.5, 1.5)  # one for all, so that sums and their parts still agree
    return {
        name: value * factor if isinstance(value, float) and not isinstance(value, bool) else value
        for name, value in facts.items()
    }


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of each of `rounds` runs."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return found


def p50(values: list[float]) -> float:
    return statistics.median(values)


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def report_command(cache: str) -> None:
    project = str(next(path for path in PROJECTS if path.stem == "valve-plant"))
    command = [sys.executable, "-c", "from admission.cli import main; main()", "screen", project]
    print(f"\n`admission screen valve-plant.yaml`, a new process each time, median of {COLD_RUNS}")
    for title, setting in (("without cache", "off"), ("with cache", cache)):
        print(f"  {title:<14} {_wall(command, setting):6.3f} s")
    nothing = _wall([sys.executable, "-c", "pass"], cache)
    imports = _wall([sys.executable, "-c", "import admission.cli.app, admission.cli.screen"], cache) - nothing
    total = _wall(command, cache)
    print(f"  of which imports {imports:.3f} s ({imports / total:.0%}), starting Python {nothing:.3f} s")


def _wall(command: list[str], cache: str) -> float:
    environment = {**os.environ, "ADMISSION_CACHE": cache}

    def run() -> None:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)

    run()
    return statistics.median(timed(run, COLD_RUNS)) / 1000


def report_zen(rounds: int) -> None:
    print("\nthe same conditions in zen-engine")
    prepared = [(name, component_facts(project, ruleset)[0].values) for name, project, ruleset in cases()]
    for line in compare(load_rulebook(), dict(prepared), rounds):
        print(f"  {line}")


if __name__ == "__main__":
    main()
