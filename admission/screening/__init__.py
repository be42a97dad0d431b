"""One project against the rules of one day: `screen`, and the decision it gives."""

from __future__ import annotations

from admission.screening.decision import Decision, Finding, Question
from admission.screening.document import read_projects
from admission.screening.project import Component, Judgement, Milestone, Project
from admission.screening.screen import screen
from admission.screening.verdict import Outcome, Verdict

__all__ = [
    "Component",
    "Decision",
    "Finding",
    "Judgement",
    "Milestone",
    "Outcome",
    "Project",
    "Question",
    "Verdict",
    "read_projects",
    "screen",
]
