"""Rule-based admission screening for industrial parks (产业园区项目准入研判).

>>> from datetime import date
>>> from admission import Project, load_rulebook, screen
>>> ruleset = load_rulebook().in_force(park="shizhu", on=date(2026, 11, 24))  # doctest: +SKIP
>>> decision = screen(Project.from_yaml("valve-plant.yaml"), ruleset)  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from admission import errors
from admission._version import VERSION
from admission.lifecycle import Life, lifecycle, material_change, screen
from admission.rulebook import Rulebook, Ruleset, load_rulebook
from admission.screening import Component, Decision, Judgement, Milestone, Project, read_projects

if TYPE_CHECKING:
    from admission.audit import Audit, audit, audit_tables
    from admission.audit.impact import impact

__version__ = VERSION

__all__ = [
    "Audit",
    "Component",
    "Decision",
    "Judgement",
    "Life",
    "Milestone",
    "Project",
    "Rulebook",
    "Ruleset",
    "__version__",
    "audit",
    "audit_tables",
    "errors",
    "impact",
    "lifecycle",
    "load_rulebook",
    "material_change",
    "read_projects",
    "screen",
]

_AUDIT = ("Audit", "audit", "audit_tables", "impact")
"""Names of the audit room: it needs data frames, so it is loaded when one of them is first used.

`audit` is the room itself, which can be called, so that `admission.audit.files` stays what it is.
"""


def __getattr__(name: str) -> Any:
    if name not in _AUDIT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    room = importlib.import_module("admission.audit")
    return room if name == "audit" else getattr(room, name)
