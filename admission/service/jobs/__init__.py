"""Long work on uploaded tables: in a process of its own, which may be killed without harm."""

from __future__ import annotations

from admission.service.jobs.runner import Runner

__all__ = ["Runner"]
