"""Examples of the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["PROJECTS"]

PROJECTS: Mapping[str, dict[str, Any]] = {
    "casting": {
        "name": "年产2万吨精密铸件项目",
        "park": "shizhu",
        "as_of": "2026-11-24",
        "facts": {"nature": "new", "total_investment_wan_yuan": 12000},
        "components": [
            {
                "name": "铸造车间",
                "industry": ["3391"],
                "facts": {"ferrous_casting_t_per_year": 20000, "uses_cupola_furnace": False},
            },
            {"name": "天然气锅炉", "activity": "boiler", "facts": {"gas_boiler_total_t_per_h": 2}},
        ],
    },
    "brief": {"name": "阀门厂", "park": "shizhu", "industry": "344", "facts": {}},
    "milestones": {
        "name": "水泵扩建项目",
        "park": "shizhu",
        "as_of": "2026-11-24",
        "industry": "344",
        "milestones": [{"event": "construction_start", "date": "2026-01-05"}],
    },
}
"""Project documents by name."""
