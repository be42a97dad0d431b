"""Many enterprises against one ruleset (批量审计)."""

from __future__ import annotations
