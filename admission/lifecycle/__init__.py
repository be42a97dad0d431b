"""The life cycle: milestones → duties, deadlines, breaches (三同时、排污许可、验收 and what comes with them).

Duties are data; the engine that chains them is durable_rules, or the plain one that gives the same
answers. `lifecycle` is the whole of it for one project, `screen` the decision with it inside.
"""

from __future__ import annotations

from admission.lifecycle.life import lifecycle, screen
from admission.lifecycle.material import material_change
from admission.lifecycle.results import Life

__all__ = ["Life", "lifecycle", "material_change", "screen"]
