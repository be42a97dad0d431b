"""What the tests of the service share: a store with people in it, a clock that stands, browsers and machines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from admission import Rulebook, load_rulebook
from admission.record.users import add_user, issue_key
from admission.service import Settings, create_app
from admission.service.clock import Clock
from admission.service.state import Services

PASSWORD = "long enough to guess"
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PEOPLE = {"clerk": None, "reviewer": "生态环境", "administrator": None}


class StandingClock(Clock):
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at = NOON

    def moment(self) -> datetime:
        return self.at

    def pass_by(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


@lru_cache(maxsize=1)
def shipped() -> Rulebook:
    return load_rulebook()


@dataclass
class Service:
    """A running service with one person of every role, named as the role, and a machine with a key."""

    app: FastAPI
    shared: Services
    clock: StandingClock
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str | None = None) -> TestClient:
        """A browser, logged in as `name`; what it sends carries the CSRF token."""
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        if name is not None:
            token = token_of(client.get("/login").text)
            form: Mapping[str, str] = {"csrf_token": token, "username": name, "password": PASSWORD}
            assert client.post("/login", data=form).headers["location"] == "/"
            client.headers["X-CSRF-Token"] = token_of(client.get("/").text)
        return client

    def machine(self) -> TestClient:
        """A client with an API key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        return TestClient(self.app, headers=headers, follow_redirects=False, raise_server_exceptions=False)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@contextmanager
def running(folder: Path, *, rulebook: Rulebook | None = None, **settings: Any) -> Iterator[Service]:
    """The service on a store of its own in `folder`."""
    given = {"plain_http": True, "login_per_minute": 1000, "reload_seconds": 0} | settings
    chosen = Settings(**{"store": f"sqlite:///{folder}/store.db", "data": folder / "files"} | given)
    clock = StandingClock()
    app = create_app(chosen, clock=clock, rulebook=rulebook or (None if chosen.rules else shipped()))
    shared = app.state.services
    with TestClient(app):
        for name, department in PEOPLE.items():
            add_user(shared.store, name, role=name, actor="test", at=NOON, password=PASSWORD, department=department)
        add_user(shared.store, "machine", role="machine", actor="test", at=NOON)
        _, key = issue_key(shared.store, "machine", label="test", actor="test", at=NOON)
        yield Service(app, shared, clock, key)
