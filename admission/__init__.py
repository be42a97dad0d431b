"""Rule-based admission screening for industrial parks (产业园区项目准入研判).

>>> from datetime import date
>>> from admission import Project, load_rulebook, screen
>>> ruleset = load_rulebook().in_force(park="shizhu", on=date(2026, 11, 24))  # doctest: +SKIP
>>> decision = screen(Project.from_yaml("valve-plant.yaml"), ruleset)  # doctest: +SKIP
"""

from __future__ import annotations

from admission import errors
from admission._version import VERSION
from admission.lifecycle import Life, lifecycle, material_change, screen
from admission.rulebook import Rulebook, Ruleset, load_rulebook
from admission.screening import Component, Decision, Judgement, Milestone, Project, read_projects

__version__ = VERSION

__all__ = [
    "Component",
    "Decision",
    "Judgement",
    "Life",
    "Milestone",
    "Project",
    "Rulebook",
    "Ruleset",
    "__version__",
    "errors",
    "lifecycle",
    "load_rulebook",
    "material_change",
    "read_projects",
    "screen",
]
