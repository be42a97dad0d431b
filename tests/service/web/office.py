"""What the tests of audits, reviews, rectification and rules share: decisions on record, more reviewers, forms."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path

from starlette.testclient import TestClient

from admission import Project
from admission.lifecycle import screen
from admission.record import Review, open_review, policy_of, record_decision
from admission.record.users import add_user
from admission.screening import Decision
from tests.service.support import NOON, PASSWORD, Service, shipped

ROOT = Path(__file__).parents[3]
PROJECTS, TABLES = ROOT / "examples" / "projects", ROOT / "examples" / "audit"


@lru_cache(maxsize=4)
def screened(stem: str, park: str = "demo") -> tuple[Project, Decision]:
    """An example as if it came to a park, with its decision."""
    project = Project.from_yaml(PROJECTS / f"{stem}.yaml", shipped()).model_copy(update={"park": park})
    return project, screen(project, shipped().in_force(park, on=NOON.date()))


def recorded(service: Service, stem: str, park: str = "demo") -> str:
    """The id of a recorded decision on an example."""
    project, decision = screened(stem, park)
    ruleset = shipped().in_force(park, on=NOON.date())
    return record_decision(service.shared.store, project, ruleset, decision, actor="clerk", at=NOON).id


def opened(service: Service, stem: str, park: str = "demo") -> Review:
    """A review of an example, opened by the clerk."""
    policy = policy_of(shipped().in_force(park, on=NOON.date()))
    return open_review(service.shared.store, recorded(service, stem, park), actor="clerk", at=NOON, policy=policy)


def reviewer(service: Service, name: str, department: str) -> None:
    """One more reviewer."""
    add_user(
        service.shared.store, name, role="reviewer", actor="test", at=NOON, password=PASSWORD, department=department
    )


def text_of(page: str) -> str:
    """What a page says, without marks and runs of blanks."""
    body = page[page.index("<main") :]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)))


def page_of(client: TestClient, path: str, status: int = 200) -> str:
    """What a page says."""
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text[:2000]
    return text_of(answer.text)
