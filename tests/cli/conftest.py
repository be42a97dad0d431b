from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from admission import Decision, Rulebook, load_rulebook, read_projects, screen
from admission.cli import options
from admission.cli.app import app

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects"
VALVE = EXAMPLES / "valve-plant.yaml"
PUMP = EXAMPLES / "pump-expansion.yaml"
BRIEF = EXAMPLES / "valve-plant-brief.yaml"
BLENDER = EXAMPLES / "chemical-blender.yaml"


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cache for all runs of this folder, never the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ADMISSION_CACHE", str(folder))
        patch.delenv("FORCE_COLOR", raising=False)
        yield folder


@pytest.fixture(scope="session")
def rulebook(_cache: Path) -> Rulebook:
    return load_rulebook()


@pytest.fixture
def cli(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command line in this process; `--rules` reads from disk, anything else the loaded rulebook."""
    monkeypatch.setattr(
        "admission.rulebook.load_rulebook",
        lambda *paths, cache=True: load_rulebook(*paths, cache=cache) if paths else rulebook,
    )

    def run(*arguments: str | Path, input: str | bytes | None = None) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return run


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the command line stands still."""
    from datetime import date

    class Still(date):
        @classmethod
        def today(cls) -> Still:
            return cls(2026, 11, 24)

    monkeypatch.setattr(options, "date", Still)


@pytest.fixture(scope="session")
def decisions(rulebook: Rulebook) -> dict[tuple[str, str], Decision]:
    """Decisions of the example projects by file stem and language."""
    found = {}
    for path in (VALVE, BRIEF, BLENDER):
        (project,) = read_projects(path.read_bytes(), path.name, rulebook)
        assert project.as_of is not None
        ruleset = rulebook.in_force(project.park, on=project.as_of)
        for lang in ("zh", "en"):
            found[path.stem, lang] = screen(project, ruleset, lang=lang)
    return found
