"""Duties on a line: every step of every stage, no style of its own, nothing of a user left unescaped."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from admission import Project, lifecycle, load_rulebook
from admission.report.sheets import steps_of
from admission.report.timeline import timeline_svg

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("width", [330, 680])
@pytest.mark.parametrize("path", ["projects/valve-plant.yaml", "lifecycle/02-built-before-approval.yaml"])
def test_every_step_stands_on_the_line(path: str, width: int) -> None:
    rulebook = load_rulebook()
    project = Project.from_yaml(EXAMPLES / path, rulebook)
    steps = steps_of(lifecycle(project, rulebook.in_force(project.park, on=project.as_of or date(2026, 11, 24))))
    drawn = timeline_svg(steps, width=width)
    assert "style" not in drawn
    root = ElementTree.fromstring(f"<all>{drawn}</all>")
    text = "".join(root.itertext())
    assert [step.title for step in steps if step.title not in text] == []
    marks = root.findall(".//{*}circle[@class!='stage']")
    assert [mark.attrib["class"].split()[1] for mark in marks] == [step.status for step in steps]
    assert all(float(svg.attrib["viewBox"].split()[2]) == width for svg in root)


def test_without_steps_there_is_no_line() -> None:
    assert timeline_svg(()) == ""
