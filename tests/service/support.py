"""What the tests of the service share: people, a clock that stands, a browser without a screen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import FastAPI
from starlette.testclient import TestClient

from admission.service.security.passwords import hashed
from admission.service.security.people import Account, Role

PASSWORD = "long enough to guess"
_HASH = hashed(PASSWORD)


class People:
    """Accounts in memory: everybody's password is `PASSWORD`."""

    def __init__(self) -> None:
        people = (
            Account("clerk", Role.CLERK, None, _HASH),
            Account("reviewer", Role.REVIEWER, "生态环境", _HASH),
            Account("boss", Role.ADMINISTRATOR, None, _HASH),
        )
        self.known: dict[str, Account] = {person.name: person for person in people}

    def find(self, name: str) -> Account | None:
        return self.known.get(name)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def browser(app: FastAPI, name: str | None = None) -> TestClient:
    """A browser, logged in as `name`."""
    client = TestClient(app, follow_redirects=False)
    if name is not None:
        token = token_of(client.get("/login").text)
        form: Mapping[str, str] = {"csrf_token": token, "username": name, "password": PASSWORD}
        assert client.post("/login", data=form).headers["location"] == "/"
    return client
