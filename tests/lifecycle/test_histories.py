"""The worked histories of examples/lifecycle give what they say, with either engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission import Life, lifecycle, read_projects, screen
from tests.lifecycle.histories import rules

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "lifecycle"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "expected")


def lived(name: str, **options: Any) -> Life:
    (project,) = read_projects((FOLDER / f"{name}.yaml").read_bytes(), name, rules())
    assert project.as_of is not None
    return lifecycle(project, rules().in_force(project.park, on=project.as_of), **options)


def test_every_history_has_an_expectation() -> None:
    assert sorted(EXPECTED) == NAMES
    assert len(NAMES) >= 12


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("engine", [None, "fixpoint"])
def test_breaches(name: str, engine: str | None) -> None:
    found = sorted(
        (breach.id, str(breach.since), str(breach.until)) for breach in lived(name, inference=engine).breaches
    )
    wanted = sorted((item["id"], str(item["since"]), str(item["until"])) for item in EXPECTED[name]["breaches"])
    assert found == wanted


@pytest.mark.parametrize("name", NAMES)
def test_duties(name: str) -> None:
    life = lived(name)
    found = {duty.id: duty for duty in life.duties}
    for key, given in EXPECTED[name]["duties"].items():
        wanted = given if isinstance(given, dict) else {"status": given}
        shown = {"status": found[key].status, "due": found[key].due}
        assert {part: shown[part] for part in wanted} == wanted, (key, found[key].why)


@pytest.mark.parametrize("name", NAMES)
def test_contradictions_and_questions(name: str) -> None:
    life = lived(name)
    assert len(life.contradictions) == EXPECTED[name].get("contradictions", 0)
    assert set(EXPECTED[name].get("questions", ())) <= {question.fact for question in life.questions}


@pytest.mark.parametrize("name", NAMES)
def test_the_reasoning_is_told_in_both_languages(name: str) -> None:
    assert len(EXPECTED[name]["reasoning"]["zh"]) > 20
    assert len(EXPECTED[name]["reasoning"]["en"]) > 40


@pytest.mark.parametrize("name", NAMES)
def test_the_same_history_gives_the_same_bytes(name: str) -> None:
    first, again = lived(name).to_json(), lived(name).to_json()
    assert first == again
    plain = json.loads(lived(name, inference="fixpoint").to_json())
    assert {**json.loads(first), "engine": ""} == {**plain, "engine": ""}


@pytest.mark.parametrize("name", NAMES)
def test_the_decision_has_the_same_duties_and_breaches(name: str) -> None:
    (project,) = read_projects((FOLDER / f"{name}.yaml").read_bytes(), name, rules())
    assert project.as_of is not None
    decision, life = screen(project, rules().in_force(project.park, on=project.as_of)), lived(name)
    assert [(d.id, d.status, d.due) for d in decision.duties] == [(d.id, d.status, d.due) for d in life.duties]
    assert decision.breaches == life.breaches
    parsed = json.loads(decision.to_json())
    assert all({"id", "title", "due", "status", "cite"} <= duty.keys() for duty in parsed["duties"])
    assert all({"id", "title", "since", "cite", "penalty"} <= breach.keys() for breach in parsed["breaches"])


def test_english_is_english() -> None:
    text = lived("06-production-before-acceptance", lang="en")
    words = [duty.title + duty.why + duty.before for duty in text.duties] + [breach.why for breach in text.breaches]
    assert not [word for word in words if any("\u4e00" <= character <= "\u9fff" for character in word)]
